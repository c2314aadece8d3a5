"""One conversation with one process: the greeting, then questions in a window, answers in order.

Whatever breaks the conversation (the process ends, is silent too long, or writes what cannot be matched to a question)
raises Break with the questions that were still open. What to do about it is the runner's business.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calybris_conformance.outcomes import Outcome
from calybris_conformance.protocol import (
    SPEC,
    Answer,
    Bye,
    Hello,
    ProtocolError,
    Ready,
    Result,
    Run,
    encode,
    parse_response,
)
from calybris_conformance.transport import LineTooLong, Port, PortEnded, PortSilent, StartError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from calybris_conformance.corpus import Case


@dataclass(frozen=True, slots=True)
class Settings:
    """How a port is treated. Every duration is in seconds."""

    window: int = 32
    timeout_seconds: float = 5.0
    start_seconds: float = 30.0
    exit_seconds: float = 2.0
    restarts: int = 20
    seed: int = 0

    def timeout_of(self, case: Case) -> float:
        """How long this case may take, from when it is the oldest one open."""
        return self.timeout_seconds if case.timeout_seconds is None else case.timeout_seconds


class NotReady(Exception):  # noqa: N818 - an event of the port, not an error of the judge
    """The port never said that it is ready; str() is one clear sentence. `stderr` is what it printed."""

    def __init__(self, sentence: str, stderr: str = "") -> None:
        super().__init__(sentence)
        self.stderr = stderr


class Break(Exception):  # noqa: N818 - an event of the port, not an error of the judge
    """The conversation cannot go on.

    `outcome` is crash, timeout or malformed, `open_cases` what was asked and not answered, the oldest first, and
    `seconds` how long that one was open.
    """

    def __init__(
        self, outcome: Outcome, sentence: str, open_cases: Sequence[Case], seconds: float, stderr: str
    ) -> None:
        super().__init__(sentence)
        self.outcome = outcome
        self.open_cases = tuple(open_cases)
        self.seconds = seconds
        self.stderr = stderr


@dataclass(frozen=True, slots=True)
class Reply:
    """What came for a case: an answer, or the sentence that says why the line is none."""

    case: Case
    answer: Answer | str
    seconds: float


class Session:
    """A started and greeted port. Whoever makes one calls `finish` or `kill`. Raises NotReady."""

    def __init__(self, command: Sequence[str], hello: Hello, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._asked = 0
        try:
            self._port = Port(command, stop)
        except StartError as error:
            raise NotReady(str(error)) from None
        try:
            self.ready = self._greet(hello)
        except BaseException:
            self._port.kill()
            raise

    def kill(self) -> None:
        """Ends the process at once. May be called again."""
        self._port.kill()

    def take_stderr(self) -> str:
        """What the port printed on stderr since the last call."""
        return self._port.take_stderr()

    @property
    def port(self) -> Port:
        """The process, for who writes and reads lines himself. Every line sent takes a `next_seq`."""
        return self._port

    def next_seq(self) -> str:
        """A sequence that no question of this conversation had."""
        self._asked += 1
        return str(self._asked)

    def finish(self) -> str | None:
        """Says bye. Returns a sentence when the port did not leave as it should."""
        return self._port.finish(encode(Bye()), self._settings.exit_seconds)

    def ask(self, waiting: deque[Case], window: int) -> Iterator[Reply]:
        """Asks the waiting cases and removes them, at most `window` open at a time; replies in order. Raises Break."""
        open_cases: deque[tuple[str, Case]] = deque()
        oldest_since = time.monotonic()
        try:
            while waiting or open_cases:
                while waiting and len(open_cases) < window:
                    if not open_cases:
                        oldest_since = time.monotonic()
                    case = waiting.popleft()
                    seq = self.next_seq()
                    open_cases.append((seq, case))
                    self._port.send(encode(Run(seq, case.op, case.given, case.input)))
                seq, case = open_cases[0]
                line = self._port.receive(oldest_since + self._settings.timeout_of(case))
                now = time.monotonic()
                reply = Reply(case, self._read(line, seq), now - oldest_since)
                open_cases.popleft()
                oldest_since = now
                yield reply
        except _OutOfStep as error:
            broken = (error.outcome, str(error))
        except PortEnded as error:
            broken = (Outcome.CRASH, f"No answer: {error}.")
        except LineTooLong as error:
            broken = (Outcome.MALFORMED, str(error))
        except PortSilent:
            seconds = self._settings.timeout_of(open_cases[0][1])
            broken = (Outcome.TIMEOUT, f"No answer within {seconds:g} s.")
        else:
            return
        seconds = time.monotonic() - oldest_since
        self._port.kill()  # also makes its stderr complete
        raise Break(*broken, [case for _, case in open_cases], seconds, self._port.take_stderr())

    def _greet(self, hello: Hello) -> Ready:
        self._port.send(encode(hello))
        try:
            message = parse_response(self._port.receive(time.monotonic() + self._settings.start_seconds))
        except PortSilent:
            raise self._not_ready(f"The port was not ready within {self._settings.start_seconds:g} s.") from None
        except PortEnded as error:
            raise self._not_ready(f"The port never became ready: {error}.") from None
        except (LineTooLong, ProtocolError) as error:
            raise self._not_ready(f"The port's first line is not ready. {error}") from None
        if not isinstance(message, Ready):
            raise self._not_ready("The port's first line is a result; ready must come first.")
        if message.spec != SPEC:
            raise self._not_ready(f"The port implements the specification {message.spec!r}; this judge knows {SPEC!r}.")
        return message

    def _not_ready(self, sentence: str) -> NotReady:
        self._port.kill()
        return NotReady(sentence, self._port.take_stderr())

    def _read(self, line: bytes, seq: str) -> Answer | str:
        """The answer to the question `seq`; a sentence when the line is one in everything but its form."""
        try:
            message = parse_response(line)
        except ProtocolError as error:
            if error.seq == seq:
                return str(error)
            raise _OutOfStep(Outcome.MALFORMED if error.is_json else Outcome.CRASH, str(error)) from None
        if not isinstance(message, Result):
            raise _OutOfStep(Outcome.MALFORMED, "The port said ready again.")
        if message.seq != seq:
            raise _OutOfStep(Outcome.MALFORMED, f"The answer is to seq {message.seq[:40]!r}; seq {seq!r} was due.")
        return message.answer


class _OutOfStep(Exception):  # noqa: N818 - turned into Break at once
    """A line that cannot be matched to the oldest question."""

    def __init__(self, outcome: Outcome, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome
