"""What every command shares on its way to a terminal: the error with an exit code, aligned tables, colour, progress.

All of it is plain text when the stream is no terminal, so that a pipe, a log and a test see the same characters.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # as in `typing`, which is slow to import; every command waits for this module
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from types import TracebackType
    from typing import Self, TextIO

EXIT_OK = 0
EXIT_WRONG = 1
EXIT_USAGE = 2
EXIT_NEVER_READY = 3
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141

_STYLES = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "bold": "1"}
_PAINT = r"\x1b\[[0-9;]*m"
_GAP = "  "
_REDRAW_SECONDS = 0.1
_TICK_SECONDS = 1.0
_BAR_CELLS = 24


class CommandError(Exception):
    """What a command tells the user instead of doing its work: one line on stderr, and the exit code.

    `code` is the stable name of the refusal, where there is one; it is printed behind the message.
    """

    def __init__(self, message: str, exit_code: int = EXIT_USAGE, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.code = code

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]" if self.code else self.message


def one_line(text: str) -> str:
    """The text with everything that does not print escaped.

    Names of files and keys come from strangers: a newline in one must not make two lines of an error, and an escape
    sequence must not reach the terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """Aligned columns under a header; the columns numbered in `right` are aligned to the right.

    Every row has as many cells as the header (ValueError otherwise). Painted cells are measured without their paint.
    """
    lines = [header, *rows]
    widths = [max(map(visible_length, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        _GAP.join(
            _padded(cell, width, place in right) for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def paint(text: str, style: str, stream: TextIO) -> str:
    """The text in a style (good, bad, warn, dim, bold), when the stream is a terminal and NO_COLOR is not set."""
    codes = _STYLES[style]
    if os.environ.get("NO_COLOR") or not is_terminal(stream):
        return text
    return f"\x1b[{codes}m{text}\x1b[0m"


def is_terminal(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands more than plain text."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """A progress bar on stderr, gone when the work is done; silent unless stderr is a terminal.

    Used as a context manager. `total` is the number of steps (0 when there is nothing to do). The clock in it moves on
    while a step takes long, so that slow work can be told from work that hangs.
    """

    def __init__(self, total: int, label: str) -> None:
        import threading  # here, because most commands are over before it is loaded

        self._total = total
        self._label = label
        self._note = ""
        self._done = 0
        self._stream = sys.stderr
        self._visible = is_terminal(self._stream)
        self._started = time.monotonic()
        self._drawn = float("-inf")
        self._drawing = threading.Lock()
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        if self._visible:
            self._draw()
            self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._visible:
            self._ended.set()
            self._clock.join()
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def advance(self, n: int = 1, note: str = "") -> None:
        """Count `n` more steps as done; `note` says what is under way."""
        self._done += n
        self._note = note
        if self._visible and (self._done >= self._total or time.monotonic() - self._drawn >= _REDRAW_SECONDS):
            self._draw()

    def _tick(self) -> None:
        while not self._ended.wait(_TICK_SECONDS):
            self._draw()

    def _draw(self) -> None:
        with self._drawing:
            self._drawn = time.monotonic()
            share = min(self._done / self._total, 1.0) if self._total else 1.0
            filled = int(share * _BAR_CELLS)
            bar = "#" * filled + "." * (_BAR_CELLS - filled)
            minutes, seconds = divmod(int(self._drawn - self._started), 60)
            line = f"{self._label}  [{bar}]  {self._done}/{self._total}  {minutes}:{seconds:02}  {one_line(self._note)}"
            self._stream.write("\r" + line.rstrip()[: columns(self._stream) - 1] + "\x1b[K")
            self._stream.flush()


def columns(stream: TextIO) -> int:
    """The width of the terminal behind the stream, in characters."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def visible_length(cell: str) -> int:
    """How many characters of a painted text are seen."""
    import re  # only here, because it costs start-up time

    return len(re.sub(_PAINT, "", cell))


def _padded(cell: str, width: int, right: bool) -> str:
    padding = " " * (width - visible_length(cell))
    return padding + cell if right else cell + padding
