"""Which eligible candidate wins, and which comes second (RANK-1 … RANK-3)."""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.logic import implies


class Candidate(NamedTuple):
    """An eligible model as the ranking sees it; `position` is its place in the catalog, from 0."""

    utility: int
    cost: int
    quality_bps: int
    model_id: int
    position: int


class Podium(NamedTuple):
    """How many candidates have entered, the best, and the best of the others."""

    entered: int
    winner: Candidate  # means something from the first candidate on
    runner_up: Candidate  # means something from the second candidate on


NOBODY = Candidate(0, 0, 0, 0, 0)
EMPTY = Podium(0, NOBODY, NOBODY)


def outranks(one: Candidate, other: Candidate) -> bool:
    """Whether one stands before the other: higher utility, lower cost, higher quality, lower id (RANK-1).

    Only an unchecked policy can hold candidates that are equal in all four: the earlier one stays (RANK-2).
    """
    same_utility = one.utility == other.utility
    same_cost = same_utility & (one.cost == other.cost)
    same_quality = same_cost & (one.quality_bps == other.quality_bps)
    same_id = same_quality & (one.model_id == other.model_id)
    return (
        (one.utility > other.utility)
        | (same_utility & (one.cost < other.cost))
        | (same_cost & (one.quality_bps > other.quality_bps))
        | (same_quality & (one.model_id < other.model_id))
        | (same_id & (one.position < other.position))
    )


def same(one: Candidate, other: Candidate) -> bool:
    """Whether both are the same candidate."""
    return all([left == right for left, right in zip(one, other, strict=True)])


def is_podium(podium: Podium) -> bool:
    """Whether the winner stands before the runner-up, as soon as there are two."""
    return (podium.entered >= 0) & implies(podium.entered >= 2, outranks(podium.winner, podium.runner_up))


def is_new(podium: Podium, candidate: Candidate) -> bool:
    """Whether the candidate stands at another place of the catalog than those on the podium."""
    return implies(podium.entered >= 1, candidate.position != podium.winner.position) & implies(
        podium.entered >= 2, candidate.position != podium.runner_up.position
    )


def is_bounded(candidate: Candidate, podium: Podium) -> bool:
    """Whether a candidate that has entered is the winner, or the runner-up, or stands behind both."""
    is_winner = same(candidate, podium.winner)
    return (
        (podium.entered >= 1)
        & implies(podium.entered == 1, is_winner)
        & implies(
            podium.entered >= 2,
            is_winner | same(candidate, podium.runner_up) | outranks(podium.runner_up, candidate),
        )
    )


@require(lambda podium, candidate: is_podium(podium) & is_new(podium, candidate))
@ensure(lambda podium, result: is_podium(result) & (result.entered == podium.entered + 1))
@ensure(lambda candidate, result: is_bounded(candidate, result))
def enter(podium: Podium, candidate: Candidate) -> Podium:
    """Return the podium after one more candidate; the runner-up is the counterfactual (RANK-3)."""
    if podium.entered == 0:
        return Podium(1, candidate, NOBODY)
    if outranks(candidate, podium.winner):
        return Podium(podium.entered + 1, candidate, podium.winner)
    if podium.entered == 1 or outranks(candidate, podium.runner_up):
        return Podium(podium.entered + 1, podium.winner, candidate)
    return Podium(podium.entered + 1, podium.winner, podium.runner_up)
