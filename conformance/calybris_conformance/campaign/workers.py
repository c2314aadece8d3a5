"""The one worker that needs nothing: this process, a range at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.campaign import work

if TYPE_CHECKING:
    import threading

    from calybris_conformance.campaign.asking import Asker
    from calybris_conformance.campaign.tally import Tally


class Here:
    """Does each range when it is collected."""

    capacity = 1

    def __init__(self, scale: work.Scale, asker: Asker, stop: threading.Event) -> None:
        self._scale = scale
        self._asker = asker
        self._stop = stop
        self._waiting: list[work.Range] = []

    def submit(self, part: work.Range) -> None:
        """Remembers the range."""
        self._waiting.append(part)

    def collect(self) -> tuple[int, Tally]:
        """Does the oldest range that waits. Raises Interrupted."""
        part = self._waiting.pop(0)
        return part.number, work.do(self._scale, part, self._asker, self._stop)
