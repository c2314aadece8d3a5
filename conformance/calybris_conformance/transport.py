"""One process of a port: started in a group of its own, read on threads with bounded memory, never left behind. POSIX.

Three threads serve a process, so that the judge itself only ever waits with a deadline: one writes (a port that stops
reading cannot block the judge), one reads lines (at most LINE_LIMIT each, and at most PENDING_LIMIT unread in all; then
the port has to wait), one keeps the last STDERR_LIMIT bytes of stderr.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from calybris_conformance.strict_json import LINE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

STDERR_LIMIT: Final = 64 * 1024
PENDING_LIMIT: Final = 2 * LINE_LIMIT
EXIT_SECONDS: Final = 2.0
"""How long a port may take to exit after `bye`."""
_CHUNK: Final = 64 * 1024
_POLL_SECONDS: Final = 0.005
_JOIN_SECONDS: Final = 0.3
_END_SECONDS: Final = 0.5
_WAKE_SECONDS: Final = 0.1  # how often a waiting judge looks whether it was told to stop


class StartError(Exception):
    """The port's command cannot be started; str() is one clear sentence."""


class Interrupted(Exception):  # noqa: N818 - not an error: somebody told the judge to stop
    """The judge was told to stop while it waited for a port."""


class PortEnded(Exception):  # noqa: N818 - an event of the port, not an error of the judge
    """The port closed its stdout; str() says how the process ended."""


class PortSilent(Exception):  # noqa: N818 - an event of the port, not an error of the judge
    """No line came before the deadline."""


class LineTooLong(Exception):  # noqa: N818 - an event of the port, not an error of the judge
    """The port wrote more than LINE_LIMIT bytes without a newline; str() is one clear sentence."""


class Port:
    """A running port; a context manager that ends the whole process group on the way out, whatever happened.

    `stop` makes every wait end with Interrupted soon after it is set.
    """

    def __init__(self, command: Sequence[str], stop: threading.Event | None = None) -> None:
        self._stop = stop or threading.Event()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise StartError(f"The port's command {command[0]!r} cannot be started: {reason}.") from None
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._inbox = _Lines()
        self._stderr = _Tail()
        self._threads = [
            threading.Thread(target=target, name=f"port-{target.__name__}", daemon=True)
            for target in (self._write, self._read, self._read_stderr)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process, which is also its group's id."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Hands a line over for writing; never waits. A port that is gone is noticed by `receive`."""
        self._outbox.put(line)

    def receive(self, deadline: float) -> bytes:
        """The next line, without its newline. `deadline` is a time of `time.monotonic`.

        Raises PortSilent, PortEnded, LineTooLong or Interrupted.
        """
        while not self._stop.is_set():
            left = deadline - time.monotonic()
            event = self._inbox.get(max(0.0, min(left, _WAKE_SECONDS)))
            if isinstance(event, bytes):
                return event
            if isinstance(event, _Ended):
                raise PortEnded(self._describe_end() + event.remark)
            if event is not None:
                raise event
            if left <= 0:
                raise PortSilent
        raise Interrupted

    def take_stderr(self) -> str:
        """What the port wrote on stderr since the last call, at most the last STDERR_LIMIT bytes."""
        return self._stderr.take().decode("utf-8", "replace")

    def finish(self, farewell: bytes, seconds: float = EXIT_SECONDS) -> str | None:
        """Says farewell, closes stdin, waits, and kills what is left. Returns a sentence when the port misbehaved."""
        self.send(farewell)
        self._outbox.put(None)
        deadline = time.monotonic() + seconds
        problem: str | None = None
        try:
            line = self.receive(deadline)
            problem = f"The port wrote another line after its last answer: {line[:80]!r}."
        except LineTooLong as error:
            problem = f"The port went on writing after its last answer. {error}"
        except PortSilent:
            problem = f"The port did not exit within {seconds:g} s of bye."
        except PortEnded:
            if self._wait(deadline) is None:
                problem = f"The port did not exit within {seconds:g} s of bye."
        finally:
            self.kill()
        return problem

    def kill(self) -> None:
        """Ends the whole process group at once, and waits until the process is gone. May be called again."""
        if self._process.returncode is not None:
            return
        # The process is not reaped before its group is killed: until then the group's id cannot be anybody else's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._inbox.close()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join(
                timeout=_JOIN_SECONDS
            )  # a grandchild that left the group may hold a pipe open; it is not waited for
        self._close_pipes()

    def _close_pipes(self) -> None:
        writer, reader, stderr_reader = self._threads
        process = self._process
        for thread, pipe in ((writer, process.stdin), (reader, process.stdout), (stderr_reader, process.stderr)):
            if pipe is not None and not thread.is_alive():
                with contextlib.suppress(OSError):
                    pipe.close()

    def _describe_end(self) -> str:
        """How the process ended, as part of a sentence. It closes its stdout a moment before it is gone."""
        status = self._wait(time.monotonic() + _END_SECONDS)
        if status is None:
            return "it closed its stdout and went on running"
        if status.si_code == os.CLD_EXITED:
            return f"it exited with status {status.si_status}"
        names = {number.value: number.name for number in signal.Signals}
        return f"it was ended by {names.get(status.si_status, f'signal {status.si_status}')}"

    def _wait(self, deadline: float) -> os.waitid_result | None:
        """How the process ended, without reaping it; None when it still runs at the deadline."""
        while True:
            try:
                status = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            except ChildProcessError:  # `kill` has reaped it meanwhile; nobody reads this answer
                return None
            if status is not None or time.monotonic() >= deadline:
                return status
            time.sleep(_POLL_SECONDS)

    # ---- the three threads

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(OSError):
            while (line := self._outbox.get()) is not None:
                view = memoryview(line)
                while view:
                    view = view[stdin.write(view) :]
        with contextlib.suppress(OSError):
            stdin.close()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it is a pipe
        rest = bytearray()
        while chunk := stdout.read(_CHUNK):
            *lines, last = chunk.split(b"\n")
            for line in lines:
                rest += line
                if len(rest) > LINE_LIMIT or not self._inbox.put(bytes(rest)):
                    break
                rest.clear()
            else:
                rest += last
                if len(rest) <= LINE_LIMIT:
                    continue
            # Nothing after this can be trusted, and nothing more is kept.
            self._inbox.end(LineTooLong(f"The port wrote a line of more than {LINE_LIMIT:,} bytes."))
            return
        self._inbox.end(_Ended("; its last line has no newline" if rest else ""))

    def _read_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - it is a pipe
        while chunk := stderr.read(_CHUNK):
            self._stderr.add(chunk)


@dataclass(frozen=True, slots=True)
class _Ended:
    """The port closed its stdout."""

    remark: str


class _Lines:
    """Lines on their way from the reading thread to the judge; the reader waits while too much lies here."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._end: LineTooLong | _Ended | None = None
        self._closed = False

    def put(self, line: bytes) -> bool:
        """Waits for room; False when nobody will read any more."""
        with self._changed:
            # A short line costs more than its bytes.
            self._changed.wait_for(lambda: self._closed or self._bytes <= PENDING_LIMIT)
            if self._closed:
                return False
            self._lines.append(line)
            self._bytes += len(line) + 64
            self._changed.notify_all()
            return True

    def get(self, seconds: float) -> bytes | LineTooLong | _Ended | None:
        """The next line; the end when there is none left; None when nothing came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._end is not None, seconds)
            if self._lines:
                line = self._lines.popleft()
                self._bytes -= len(line) + 64
                self._changed.notify_all()
                return line
            return self._end

    def end(self, event: LineTooLong | _Ended) -> None:
        with self._changed:
            self._end = event
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Tail:
    """The last STDERR_LIMIT bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._data = b""

    def add(self, chunk: bytes) -> None:
        with self._lock:
            self._data = (self._data + chunk)[-STDERR_LIMIT:]

    def take(self) -> bytes:
        with self._lock:
            data, self._data = self._data, b""
            return data
