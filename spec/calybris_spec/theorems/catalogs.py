"""Catalogs of ANY size, by induction: what one step keeps, any number of steps keeps.

In each induction the recursive call is known by its contract only, and the catalog gets shorter. An entry that no model
and no request could give is passed over; that is how an induction says "for every catalog of valid entries".
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ELIGIBLE, UTILITY
from calybris_spec.decision import Tally, conclude, is_tally, take
from calybris_spec.gates import Appraisal
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import NONE, implies, no, within
from calybris_spec.policy import Verdict, check_next, model_problem
from calybris_spec.ranking import Candidate, Podium, enter, is_bounded, is_new, is_podium, outranks, same
from calybris_spec.types import Model, Policy, Request, is_decision, is_model, is_policy, is_request

ID, BPS, AMOUNT, VALUE = WIDTHS["u32"], WIDTHS["u16"], WIDTHS["u64"], WIDTHS["i64"]


class Entry(NamedTuple):
    """What `take` is told of one model."""

    model_id: int
    quality_bps: int
    appraisal: Appraisal


def is_entry(entry: Entry) -> bool:
    """Whether a model and a request could give it: `appraise` promises as much."""
    gate, terms, utility = entry.appraisal
    return all(
        [
            holds(ID, entry.model_id),
            holds(BPS, entry.quality_bps),
            within(ELIGIBLE, gate, UTILITY),
            holds(AMOUNT, terms.cost),
            holds(VALUE, utility),
        ]
    )


def taken(tally: Tally, entry: Entry) -> Tally:
    """Return the tally after the entry."""
    return take(tally, entry.model_id, entry.quality_bps, entry.appraisal)


def fit(podium: Podium) -> bool:
    """Whether a decision can hold what stands on the podium."""
    return all(
        [
            implies(
                podium.entered >= number,
                holds(ID, stands.model_id) & holds(AMOUNT, stands.cost) & holds(VALUE, stands.utility),
            )
            for number, stands in [(1, podium.winner), (2, podium.runner_up)]
        ]
    )


@require(lambda tally: is_tally(tally) & fit(tally.podium))
@require(lambda tally, seen: is_bounded(seen, tally.podium))
@ensure(lambda result: is_tally(result) & fit(result.podium))
@ensure(lambda seen, result: is_bounded(seen, result.podium))
def whoever_has_entered_stays_behind_the_podium(tally: Tally, entries: tuple[Entry, ...], seen: Candidate) -> Tally:
    """After any number of further models (RANK-3); and a decision can hold what the podium does (INPUT-2)."""
    # crosshair: specs_complete=True
    if len(entries) == 0:
        return tally
    head, rest = entries[0], entries[1:]
    assert len(rest) < len(entries)  # the measure
    after = taken(tally, head) if is_entry(head) else tally
    return whoever_has_entered_stays_behind_the_podium(after, rest, seen)


@require(lambda tally: is_tally(tally) & fit(tally.podium))
@ensure(lambda result: is_tally(result) & fit(result.podium))
def any_catalog_keeps_the_widths(tally: Tally, entries: tuple[Entry, ...]) -> Tally:
    """The same for a podium on which nobody need stand yet (INPUT-2)."""
    # crosshair: specs_complete=True
    if len(entries) == 0:
        return tally
    head, rest = entries[0], entries[1:]
    assert len(rest) < len(entries)  # the measure
    return any_catalog_keeps_the_widths(taken(tally, head) if is_entry(head) else tally, rest)


@require(lambda tally, entry: is_tally(tally) & fit(tally.podium) & is_entry(entry))
@require(lambda entry: entry.appraisal.gate == ELIGIBLE)
@ensure(lambda result: result)
def the_winner_of_any_catalog_stands_before_every_eligible_model(
    tally: Tally, before: tuple[Entry, ...], entry: Entry, after: tuple[Entry, ...]
) -> bool:
    """Wherever the model stands: any models before it, any behind it (RANK-1, RANK-3, DECIDE-1)."""
    reached = any_catalog_keeps_the_widths(tally, before)
    own = Candidate(
        entry.appraisal.utility, entry.appraisal.terms.cost, entry.quality_bps, entry.model_id, reached.seen
    )
    podium = whoever_has_entered_stays_behind_the_podium(taken(reached, entry), after, own).podium
    return (podium.entered >= 1) & (same(own, podium.winner) | outranks(podium.winner, own))


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda tally: is_tally(tally) & fit(tally.podium))
@ensure(lambda result: result)
def every_decision_fits_its_widths(policy: Policy, request: Request, tally: Tally) -> bool:
    """INPUT-2: deciding is total, whatever the catalog was; each of the thirteen fields lies in its width (TYPES-5)."""
    return is_decision(conclude(policy, request, tally).decision)


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda tally: is_tally(tally) & fit(tally.podium))
@ensure(lambda result: result)
def the_same_tally_gives_the_same_decision(policy: Policy, request: Request, tally: Tally) -> bool:
    """Determinism: nothing but the arguments enters (INPUT-2, DECIDE-7)."""
    one, other = conclude(policy, request, tally).decision, conclude(policy, request, tally).decision
    return all([left == right for left, right in zip(one, other, strict=True)])


def alike(one: Podium, other: Podium) -> bool:
    """Whether two podiums hold the same models, wherever these stand in their catalogs."""
    pairs = [(1, one.winner, other.winner), (2, one.runner_up, other.runner_up)]
    return (one.entered == other.entered) & all(
        [implies(one.entered >= number, same(a._replace(position=0), b._replace(position=0))) for number, a, b in pairs]
    )


def has_another_id(candidate: Candidate, podium: Podium) -> bool:
    """Whether the id of the candidate is none of those on the podium, as in every valid catalog (POLICY-3)."""
    return implies(podium.entered >= 1, candidate.model_id != podium.winner.model_id) & implies(
        podium.entered >= 2, candidate.model_id != podium.runner_up.model_id
    )


@require(lambda one, other: is_podium(one) & is_podium(other) & alike(one, other))
@require(lambda one, candidate: has_another_id(candidate, one))
@require(lambda one, candidate: is_new(one, candidate))
@require(lambda other, candidate, place: is_new(other, candidate._replace(position=place)))
@ensure(lambda result: result)
def podiums_that_are_alike_stay_alike(one: Podium, other: Podium, candidate: Candidate, place: int) -> bool:
    """Where a model stands never decides while ids are unique (RANK-1)."""
    return alike(enter(one, candidate), enter(other, candidate._replace(position=place)))


@require(lambda podium, one, two: is_podium(podium) & has_another_id(one, podium) & has_another_id(two, podium))
@require(lambda one, two: one.model_id != two.model_id)
@require(lambda podium, place: (podium.winner.position < place) & (podium.runner_up.position < place))
@ensure(lambda result: result)
def neighbours_may_change_places(podium: Podium, one: Candidate, two: Candidate, place: int) -> bool:
    """Two orders of a catalog with unique ids give podiums that are alike (RANK-1, RANK-3)."""
    here = enter(enter(podium, one._replace(position=place)), two._replace(position=place + 1))
    there = enter(enter(podium, two._replace(position=place)), one._replace(position=place + 1))
    return alike(here, there)


class Pair(NamedTuple):
    """Two podiums of the same models in two orders."""

    one: Podium
    other: Podium


def stands_before(podium: Podium, place: int) -> bool:
    """Whether whoever is on the podium stands in the catalog before this place."""
    return implies(podium.entered >= 1, podium.winner.position < place) & implies(
        podium.entered >= 2, podium.runner_up.position < place
    )


@require(lambda one, other: is_podium(one) & is_podium(other) & alike(one, other))
@require(lambda one, other, place: stands_before(one, place) & stands_before(other, place))
@ensure(lambda result: alike(result.one, result.other))
def whatever_follows_keeps_podiums_alike(one: Podium, other: Podium, rest: tuple[Candidate, ...], place: int) -> Pair:
    """By induction over any number of further models, at the same places (RANK-1, RANK-3).

    A model with the id of one that stands on the podium ends it: of such a catalog nothing is said.
    """
    # crosshair: specs_complete=True
    if len(rest) == 0 or no(has_another_id(rest[0], one)):
        return Pair(one, other)
    head, behind = rest[0]._replace(position=place), rest[1:]
    assert len(behind) < len(rest)  # the measure
    return whatever_follows_keeps_podiums_alike(enter(one, head), enter(other, head), behind, place + 1)


@require(lambda podium, one, two: is_podium(podium) & has_another_id(one, podium) & has_another_id(two, podium))
@require(lambda one, two: one.model_id != two.model_id)
@require(lambda podium, place: stands_before(podium, place))
@ensure(lambda result: result)
def neighbours_may_change_places_in_any_catalog(
    podium: Podium, one: Candidate, two: Candidate, rest: tuple[Candidate, ...], place: int
) -> bool:
    """Any models before them, any behind them: and swapping neighbours leads from any order to any other (RANK-3)."""
    here = enter(enter(podium, one._replace(position=place)), two._replace(position=place + 1))
    there = enter(enter(podium, two._replace(position=place)), one._replace(position=place + 1))
    behind = whatever_follows_keeps_podiums_alike(here, there, rest, place + 2)
    return alike(behind.one, behind.other)


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda one, other: is_tally(one) & is_tally(other) & alike(one.podium, other.podium))
@require(lambda one, other: all([a == b for a, b in zip(one.rejections, other.rejections, strict=True)]))
@ensure(lambda result: result)
def the_order_of_a_catalog_changes_nothing_but_the_index(
    policy: Policy, request: Request, one: Tally, other: Tally
) -> bool:
    """Twelve of the thirteen fields; `selected_model_index` is a place in the snapshot's own order (DECIDE-6)."""
    here, there = conclude(policy, request, one).decision, conclude(policy, request, other).decision
    unindexed = zip(here._replace(selected_model_index=0), there._replace(selected_model_index=0), strict=True)
    return all([left == right for left, right in unindexed])


@require(lambda verdict: within(NONE, verdict.problem, 12))
@ensure(lambda verdict, result: implies(verdict.problem != NONE, result.problem == verdict.problem))
@ensure(lambda verdict, result: implies(verdict.problem != NONE, result.place == verdict.place))
@ensure(lambda result: within(NONE, result.problem, 12))
def a_verdict_once_given_stays(verdict: Verdict, place: int, models: tuple[Model, ...], is_repeat: bool) -> Verdict:
    """Any number of further models changes nothing about the first problem (POLICY-3)."""
    # crosshair: specs_complete=True
    if len(models) == 0:
        return verdict
    head, rest = models[0], models[1:]
    assert len(rest) < len(models)  # the measure
    after = check_next(verdict, place, head, is_repeat) if is_model(head) else verdict
    return a_verdict_once_given_stays(after, place + 1, rest, is_repeat)


@require(lambda model: is_model(model))
@require(lambda model, is_repeat: model_problem(model, is_repeat) != NONE)
@ensure(lambda result: result)
def the_first_model_with_a_problem_decides(
    place: int, model: Model, is_repeat: bool, after: tuple[Model, ...], repeats_after: bool
) -> bool:
    """No problem before it: whatever follows, the verdict is its first problem, at its place (POLICY-3)."""
    found = check_next(Verdict(NONE, 0), place, model, is_repeat)
    verdict = a_verdict_once_given_stays(found, place + 1, after, repeats_after)
    return (verdict.problem == model_problem(model, is_repeat)) & (verdict.place == place)
