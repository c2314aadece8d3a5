"""The ranking is a strict total order (RANK-1, RANK-2), and the podium holds its first two (RANK-3)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.logic import implies, no
from calybris_spec.ranking import EMPTY, Candidate, Podium, enter, is_bounded, is_new, is_podium, outranks, same


@ensure(lambda result: result)
def outranks_is_the_lexicographic_order(one: Candidate, other: Candidate) -> bool:
    """Python's own order of tuples, as a second definition."""
    return outranks(one, other) == (
        (-one.utility, one.cost, -one.quality_bps, one.model_id, one.position)
        < (-other.utility, other.cost, -other.quality_bps, other.model_id, other.position)
    )


@ensure(lambda result: result)
def no_candidate_outranks_itself(one: Candidate) -> bool:
    """Irreflexive."""
    return no(outranks(one, one))


@ensure(lambda result: result)
def two_candidates_never_outrank_each_other(one: Candidate, other: Candidate) -> bool:
    """Asymmetric."""
    return no(outranks(one, other) & outranks(other, one))


@ensure(lambda result: result)
def outranks_is_transitive(one: Candidate, other: Candidate, third: Candidate) -> bool:
    """Transitive."""
    return implies(outranks(one, other) & outranks(other, third), outranks(one, third))


@ensure(lambda result: result)
def of_two_different_candidates_one_outranks_the_other(one: Candidate, other: Candidate) -> bool:
    """Total."""
    return outranks(one, other) ^ outranks(other, one) ^ same(one, other)


@require(lambda one, other: (one.model_id == other.model_id) & (one.utility == other.utility))
@require(lambda one, other: (one.cost == other.cost) & (one.quality_bps == other.quality_bps))
@require(lambda one, other: one.position < other.position)
@ensure(lambda result: result)
def of_two_equal_candidates_the_earlier_stays(one: Candidate, other: Candidate) -> bool:
    """RANK-2."""
    return outranks(one, other) & no(outranks(other, one))


@require(lambda podium, candidate, seen: is_podium(podium) & is_new(podium, candidate) & is_bounded(seen, podium))
@ensure(lambda result: result)
def whoever_stood_behind_the_podium_still_does(podium: Podium, candidate: Candidate, seen: Candidate) -> bool:
    """The step of the induction: so the podium of a catalog of any size holds its first two."""
    return is_bounded(seen, enter(podium, candidate))


@require(lambda podium, candidate: is_podium(podium) & is_new(podium, candidate))
@ensure(lambda result: result)
def the_podium_holds_only_who_has_entered(podium: Podium, candidate: Candidate) -> bool:
    """The winner and the runner-up are the candidate, or stood on the podium before."""
    after = enter(podium, candidate)
    was_winner, was_second = podium.entered >= 1, podium.entered >= 2
    winner_known = same(after.winner, candidate) | (same(after.winner, podium.winner) & was_winner)
    second_known = (
        same(after.runner_up, candidate)
        | (same(after.runner_up, podium.winner) & was_winner)
        | (same(after.runner_up, podium.runner_up) & was_second)
    )
    return winner_known & implies(after.entered >= 2, second_known & no(same(after.winner, after.runner_up)))


@require(lambda podium, one, other: is_podium(podium) & is_new(podium, one) & is_new(podium, other))
@require(lambda one, other: one.position != other.position)
@ensure(lambda result: result)
def the_order_of_the_catalog_does_not_matter(podium: Podium, one: Candidate, other: Candidate) -> bool:
    """Neighbours may be swapped, so any two orders of a catalog give the same podium."""
    here, there = enter(enter(podium, one), other), enter(enter(podium, other), one)
    return (here.entered == there.entered) & same(here.winner, there.winner) & same(here.runner_up, there.runner_up)


@require(lambda a, b, c: (a.position != b.position) & (a.position != c.position) & (b.position != c.position))
@ensure(lambda result: result)
def of_three_candidates_the_best_two_stand_on_the_podium(a: Candidate, b: Candidate, c: Candidate) -> bool:
    """A whole catalog, as a check on the induction."""
    podium = enter(enter(enter(EMPTY, a), b), c)
    best = [same(x, podium.winner) | outranks(podium.winner, x) for x in (a, b, c)]
    rest = [same(x, podium.winner) | same(x, podium.runner_up) | outranks(podium.runner_up, x) for x in (a, b, c)]
    return (podium.entered == 3) & all(best) & all(rest) & outranks(podium.winner, podium.runner_up)
