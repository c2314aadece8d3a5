"""Runs a campaign: gives out ranges, merges what comes back in the order of their numbers, and stops when it is time.

What a campaign finds is a function of its seed and of how many ranges were merged, whoever did them and in whatever
order they came back: the ranges of a generation share their weights, which follow from what was reached before the
generation in front of it; all of that is merged before one of them is given out. Generations grow, so that first the
weights learn quickly, and later any number of workers has something to do.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from calybris_conformance.campaign import steering
from calybris_conformance.campaign.tally import Tally
from calybris_conformance.campaign.work import Range

if TYPE_CHECKING:
    from calybris_conformance.campaign.journal import Journal
    from calybris_conformance.campaign.steering import Arm

GENERATION: Final = 8
"""Ranges in the first generation, and in the second; each later one has as many as all before it."""

Watcher = Callable[[Tally], object]
"""Hears of everything that is merged, whenever something is."""


class Workers(Protocol):
    """Who does ranges."""

    @property
    def capacity(self) -> int:
        """How many ranges should be under way at once."""
        ...

    def submit(self, part: Range) -> None:
        """Gives out a range."""
        ...

    def collect(self) -> tuple[int, Tally]:
        """Waits for one of them. Raises Interrupted, and NotReady from where a port was started."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after so many cases or seconds (None: never), or once there is a finding of no known kind."""

    cases: int | None = None
    seconds: float | None = None
    first_finding: bool = False
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a campaign came to, and what the cases of this run (not of an earlier one) took."""

    tally: Tally
    ranges: int
    cases_now: int
    seconds: float


def conduct(
    arms: tuple[Arm, ...], workers: Workers, journal: Journal, limits: Limits, watch: Watcher = lambda _tally: None
) -> Outcome:
    """Runs until a limit. Raises Interrupted; what was done by then is in the journal."""
    started = time.monotonic()
    merger = _Merger(arms)
    known, given_out, cases_now = dict(journal.done), 0, 0
    open_ranges: set[int] = set()
    ends_at = started + (math.inf if limits.seconds is None else limits.seconds)
    while True:
        while merger.merged in known and not _enough(merger.total, limits):
            merger.merge(known.pop(merger.merged))
            watch(merger.total)
        if _enough(merger.total, limits):
            break
        while len(open_ranges) < workers.capacity and time.monotonic() < ends_at:
            if given_out in known or given_out < merger.merged:
                given_out += 1
                continue
            part = merger.part(given_out)
            if part is None:
                break
            workers.submit(part)
            open_ranges.add(given_out)
            given_out += 1
        if not open_ranges:
            break
        number, tally = workers.collect()
        open_ranges.discard(number)
        journal.write(number, tally)
        known[number] = tally
        cases_now += tally.cases
    return Outcome(merger.total, merger.merged, cases_now, time.monotonic() - started)


def _enough(total: Tally, limits: Limits) -> bool:
    if total.stopped or (limits.first_finding and total.findings.keys() - limits.known):
        return True
    return limits.cases is not None and total.cases >= limits.cases


class _Merger:
    """Everything merged so far, in the order of the numbers, and the weights that follow from it."""

    def __init__(self, arms: tuple[Arm, ...]) -> None:
        self._arms = arms
        self.total = Tally()
        self.merged = 0
        self._weights: dict[int, tuple[int, ...]] = {0: steering.weights(arms, ()), 1: steering.weights(arms, ())}

    def merge(self, tally: Tally) -> None:
        """Adds the range whose turn it is."""
        self.total.add(tally)
        self.merged += 1
        generation = generation_of(self.merged)
        if generation_of(self.merged - 1) < generation:
            self._weights[generation + 1] = steering.weights(self._arms, self.total.reached)

    def part(self, number: int) -> Range | None:
        """The range with its weights, or None while those are not known."""
        weights = self._weights.get(generation_of(number))
        return None if weights is None else Range(number, self._arms, weights)


def generation_of(number: int) -> int:
    """The generation of a range: 0 … 7 are of the first, 8 … 15 of the next, then 16 … 31, 32 … 63, and so on."""
    return (number // GENERATION).bit_length()
