"""Rows asked many at a time with `decide.rows`, and right answers recognised by their bytes.

The first right answer of a conversation teaches how the port writes one: what stands before the number of the
question, between it and the rows, and behind them. After that an answer that is right is one comparison of bytes.
Whatever is not equal to these bytes is parsed and compared row by row, and rows that differ are asked again alone with
`decide`, so that a finding is a case that everybody can ask.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign import cases
from calybris_conformance.campaign.asking import Stopped, Wrong, first_of_each, wrong_of
from calybris_conformance.campaign.single import Single
from calybris_conformance.campaign.text_rows import TextRows
from calybris_conformance.outcomes import CaseResult, Outcome, Verdict
from calybris_conformance.protocol import Ok, ProtocolError, Result, parse_response
from calybris_conformance.runner import GivenUp
from calybris_conformance.transport import LineTooLong, PortEnded, PortSilent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.campaign.units import Batch
    from calybris_conformance.session import Session

FRAME: Final = 256
"""Rows in a question."""
_OPEN: Final = 2  # frames on their way at once: one that the port works on, one that it reads next
_SEPARATOR: Final = b'","'
_SHOWN: Final = 64  # rows of a frame that are asked again alone; a port that is wrong everywhere needs no more


@dataclass(frozen=True, slots=True)
class _Form:
    """How a port writes an answer."""

    head: bytes
    middle: bytes
    tail: bytes
    separator: bytes

    def line(self, seq: bytes, rows: bytes) -> bytes:
        """The line with which it gives these rows, that have `_SEPARATOR` between them."""
        if self.separator != _SEPARATOR:
            rows = rows.replace(_SEPARATOR, self.separator)
        return b"".join((self.head, seq, self.middle, rows, self.tail))


class Framed(Single):
    """A port behind the protocol that claims `decide.rows`."""

    _form: _Form | None = None

    def wrong_rows(self, batch: Batch, due: Mapping[str, Any]) -> tuple[int, list[Wrong]]:
        """Frame by frame; what is wrong with a frame is looked for when the others have been asked."""
        asked, right = TextRows(batch.columns, _SEPARATOR), TextRows(due, _SEPARATOR)
        frames = deque((first, min(first + FRAME, batch.rows)) for first in range(0, batch.rows, FRAME))
        given = json.dumps(batch.given(), separators=(",", ":")).encode()
        suspects, broken = list[int](), list[tuple[int, int]]()
        while frames:
            try:
                session = self.runner.session()
            except GivenUp as error:
                raise Stopped(str(error)) from None
            self._pass(session, frames, given, asked, right, suspects, broken)
        wrongs = list[Wrong]()
        for rows in (*(range(*frame) for frame in broken), *_parts(suspects)):
            wrongs += self.ask_rows(batch, due, rows)[1]
            if wrongs and not broken:
                break
        if (suspects or broken) and not wrongs:
            wrongs = [self._only_framed(batch, due, suspects[0] if suspects else broken[0][0])]
        return len(suspects) + len(broken), first_of_each(wrongs)

    def _pass(
        self,
        session: Session,
        frames: deque[tuple[int, int]],
        given: bytes,
        asked: TextRows,
        right: TextRows,
        suspects: list[int],
        broken: list[tuple[int, int]],
    ) -> None:
        """Asks frames until there are none or the conversation breaks.

        Adds the rows that are answered wrongly to `suspects`, and the frame that broke the conversation to `broken`.
        """
        open_frames: deque[tuple[bytes, int, int]] = deque()
        port, seconds = session.port, self.settings.timeout_seconds
        while frames or open_frames:
            while frames and len(open_frames) < min(_OPEN, session.ready.max_in_flight):
                first, last = frames.popleft()
                seq = session.next_seq().encode()
                open_frames.append((seq, first, last))
                port.send(_question(seq, given, asked.part(first, last)))
            seq, first, last = open_frames[0]
            try:
                line = port.receive(time.monotonic() + seconds)
                suspects += self._differing(line, seq, first, last, right.part(first, last))
            except (PortEnded, PortSilent, LineTooLong, ProtocolError):
                # Which row it was is found by asking them alone; the frames behind it are asked again.
                self.runner.drop()
                frames.extendleft(reversed([(first, last) for _, first, last in list(open_frames)[1:]]))
                broken.append((first, last))
                return
            open_frames.popleft()

    def _differing(self, line: bytes, seq: bytes, first: int, last: int, due: bytes) -> list[int]:
        """The rows of a frame of which the answer is not the one that is due. Raises ProtocolError."""
        if self._form is not None and line == self._form.line(seq, due):
            return []
        message = parse_response(line)
        if not isinstance(message, Result) or message.seq != seq.decode():
            raise ProtocolError("The answer is to another question.")
        answer = message.answer.ok if isinstance(message.answer, Ok) else {}
        rows = answer.get("rows")
        if not isinstance(rows, list) or len(rows) != last - first or answer.keys() != {"rows"}:
            return list(range(first, last))
        wanted = due.decode().split(_SEPARATOR.decode())
        differing = [first + place for place, row in enumerate(rows) if row != wanted[place]]
        if not differing:
            self._form = _learned(line, seq, due) or self._form
        return differing

    def _only_framed(self, batch: Batch, due: Mapping[str, Any], row: int) -> Wrong:
        """A row that is wrong in its frame and right alone: the frame around it, as a case."""
        first = row - row % FRAME
        last = min(first + FRAME, batch.rows)
        question, right = (TextRows(columns, b"\n").part(first, last).decode() for columns in (batch.columns, due))
        case = cases.case(
            cases.ROWS,
            batch.given(),
            {"rows": question.split("\n")},
            {"ok": {"rows": right.split("\n")}},
            f"unit-{batch.unit.index}/rows-{first}-{last}",
        )
        result = next(iter(self.results([case])))
        if result.outcome is Outcome.PASS:
            verdict = Verdict(Outcome.FLAKY, "A frame was answered wrongly, and rightly when it was asked again.")
            result = CaseResult(case, verdict.outcome, verdict)
        return wrong_of(row, result)


def _parts(rows: list[int]) -> list[list[int]]:
    return [rows[first : first + _SHOWN] for first in range(0, len(rows), _SHOWN)]


def _question(seq: bytes, given: bytes, rows: bytes) -> bytes:
    head = b'{"type":"run","seq":"%b","op":"decide.rows","given":%b,"input":{"rows":["' % (seq, given)
    return b"".join((head, rows, b'"]}}\n'))


def _learned(line: bytes, seq: bytes, due: bytes) -> _Form | None:
    """How this line is put together, if it is of an ordinary form."""
    for separator in (_SEPARATOR, b'", "'):
        before, found, tail = line.partition(due.replace(_SEPARATOR, separator))
        quoted = b'"%b"' % seq
        if found and before.count(quoted) == 1:
            head, _, middle = before.partition(quoted)
            return _Form(head + b'"', b'"' + middle, tail, separator)
    return None
