"""Doing a range of units: making each, asking it, measuring what it reached; a function of its arguments alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from calybris_conformance.campaign import coverage, expected, others, steering, units
from calybris_conformance.campaign.asking import Stopped, wrong_of
from calybris_conformance.campaign.tally import Tally, finding_of
from calybris_conformance.outcomes import Outcome
from calybris_conformance.transport import Interrupted

if TYPE_CHECKING:
    import threading

    from calybris_conformance.campaign.asking import Asker
    from calybris_conformance.campaign.steering import Arm


@dataclass(frozen=True, slots=True)
class Scale:
    """What every unit of a campaign shares. A range is `units` units of `rows` rows each."""

    seed: int
    rows: int
    units: int
    abilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """Units number·units … of a campaign, with the arms and weights that choose what each is."""

    number: int
    arms: tuple[Arm, ...]
    weights: tuple[int, ...]


def do(scale: Scale, part: Range, asker: Asker, stop: threading.Event) -> Tally:
    """Asks a range. Raises Interrupted once `stop` is set."""
    total = Tally()
    for index in range(part.number * scale.units, (part.number + 1) * scale.units):
        if stop.is_set():
            raise Interrupted
        profile, focus = steering.choose(scale.seed, index, part.arms, part.weights)
        try:
            tally = unit(units.Unit(scale.seed, index, profile, focus, scale.rows, scale.abilities), asker)
        except Stopped as error:
            total.stopped = str(error)
            return total
        total.add(tally)
    return total


def unit(made_from: units.Unit, asker: Asker) -> Tally:
    """Asks one unit. Raises Stopped and Interrupted."""
    if made_from.profile in others.PROFILES:
        return _asked_alone(made_from, asker)
    batch = units.make(made_from)
    due = expected.decide(batch.snapshot, batch.columns)
    count, wrongs = asker.wrong_rows(batch, due)
    tally = Tally(batch.rows, count, coverage.answers(due), coverage.marks(batch, due))
    for wrong in wrongs:
        tally.note(finding_of(made_from.index, made_from.profile, made_from.focus, wrong))
    return tally


def _asked_alone(made_from: units.Unit, asker: Asker) -> Tally:
    """A unit of questions that are not rows."""
    asked = others.cases_of(made_from, asker.features)
    tally = Tally(len(asked))
    for row, result in enumerate(asker.results(asked)):
        if result.outcome is Outcome.NOT_RUN:
            raise Stopped(result.verdict.detail)
        tally.reached.update(set(others.marks(result.case)))
        if result.outcome is not Outcome.PASS:
            tally.wrong += 1
            wrong = wrong_of(row, result)
            tally.note(finding_of(made_from.index, made_from.profile, made_from.focus, wrong))
    return tally
