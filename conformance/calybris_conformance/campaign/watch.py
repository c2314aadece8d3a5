"""A campaign as people see it while it runs: a few lines on a terminal, drawn again and again; nothing in a pipe."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, Self, TextIO

from calybris_ref.cli.terminal import columns, is_terminal, one_line, paint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from calybris_conformance.campaign.tally import Tally

_REDRAW_SECONDS: Final = 0.2
_RECENT_SECONDS: Final = 5.0  # the speed shown is that of so long ago until now
_WIDTH: Final = 100  # of lines of answers


class Watch:
    """Draws a tally on a stream (stderr); a context manager that leaves the terminal clean."""

    def __init__(self, name: str, universe: Sequence[str], stream: TextIO | None = None) -> None:
        self._name = name
        self._universe = universe
        self._stream = stream or sys.stderr
        self._visible = is_terminal(self._stream)
        self._started = time.monotonic()
        self._drawn = float("-inf")
        self._lines = 0
        self._recent: list[tuple[float, int]] = []
        self._before: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._visible:
            self._clear()
            self._stream.flush()

    def tally(self, tally: Tally) -> None:
        """Shows how far it is, if the last time is long enough ago."""
        now = time.monotonic()
        if self._before is None:
            self._before = tally.cases
        self._recent.append((now, tally.cases))
        while self._recent[0][0] < now - _RECENT_SECONDS and len(self._recent) > 2:
            self._recent.pop(0)
        if self._visible and now - self._drawn >= _REDRAW_SECONDS:
            self._drawn = now
            self._draw(self.lines(tally, now))

    def note(self, sentence: str) -> None:
        """Shows a line in the place of the tally: what is being done when cases are no longer counted."""
        if self._visible:
            self._draw([sentence])

    def lines(self, tally: Tally, now: float) -> list[str]:
        """What is shown."""
        minutes, seconds = divmod(int(now - self._started), 60)
        first_time, first_cases = self._recent[0]
        speed = int((tally.cases - first_cases) / (now - first_time)) if now > first_time else 0
        found = f"{len(tally.findings)} findings"
        headline = (
            f"{one_line(self._name)}  {tally.cases:,} cases  {speed:,}/s  "
            f"{paint(found, 'bad', self._stream) if tally.findings else found}  "
            f"{reached(tally, self._universe)}  {minutes}:{seconds:02}"
        )
        return [headline, *answers(tally.answers)]

    def _draw(self, lines: list[str]) -> None:
        self._clear()
        width = columns(self._stream) - 1  # a line that wraps would not be drawn over
        self._stream.write("\n".join(line if "\x1b" in line else line[:width] for line in lines))
        self._stream.flush()
        self._lines = len(lines)

    def _clear(self) -> None:
        if self._lines:
            up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
            self._stream.write(f"\r{up}\x1b[J")
        self._lines = 0


def reached(tally: Tally, universe: Sequence[str]) -> str:
    """How much of what can be reached was reached."""
    met = sum(mark in tally.reached for mark in universe)
    return f"reached {met} of {len(universe)} marks"


def answers(counts: Mapping[str, int]) -> list[str]:
    """How often each answer was due, the most frequent first, as many to a line as fit."""
    lines = [""]
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        cell = f"  {name} {count:,}"
        if len(lines[-1]) + len(cell) > _WIDTH:
            lines.append("")
        lines[-1] += cell
    return [line for line in lines if line]
