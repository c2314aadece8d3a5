"""Counting and concluding: nothing is lost, nothing counted twice, and the reason is that of the dominant gate."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.codes import DOMINANCE, ELIGIBLE, GATES, NO_MODEL_INDEX, REASONS, UTILITY
from calybris_spec.decision import (
    ADMITTED,
    NOTHING_SEEN,
    Rejections,
    Tally,
    conclude,
    decide,
    decide_batch,
    dominant_gate,
    hard_limit,
    is_tally,
    reject,
    saturated,
    select,
    take,
    utility_of_model,
)
from calybris_spec.gates import Appraisal, appraise
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import implies, within
from calybris_spec.ranking import same
from calybris_spec.theorems import unfolded
from calybris_spec.types import Model, Policy, Request, Snapshot, is_decision, is_model, is_policy, is_request

COUNT = WIDTHS["u16"]


def is_gate(gate: int) -> bool:
    """Whether the number is that of a gate, or ELIGIBLE."""
    return within(ELIGIBLE, gate, UTILITY)


@require(lambda rejections: all([number >= 0 for number in rejections]))
@ensure(lambda result: result)
def the_dominant_gate_beats_every_other_by_count_then_by_place(rejections: Rejections) -> bool:
    """A second definition of DECIDE-3: count and place in the list make one number, and the largest wins."""
    score = [10 * rejections[gate - 1] + place for place, gate in enumerate(DOMINANCE)]
    winner = DOMINANCE.index(dominant_gate(rejections))
    return all([(place == winner) | (score[place] < score[winner]) for place in range(9)])


@require(lambda number: number >= 0)
@ensure(lambda result: result)
def when_all_counts_are_equal_disabled_wins(number: int) -> bool:
    """Also when all are 0: with no model at all the reason is 102 (DECIDE-4)."""
    return GATES[dominant_gate(Rejections(*[number] * 9))].reason == 102


@require(lambda number: number >= 0)
@ensure(lambda result: result)
def each_gate_alone_gives_its_own_reason(number: int) -> bool:
    """The nine reasons, written out; every one has a name (TYPES-7)."""
    reasons = (102, 103, 104, 105, 106, 107, 110, 108, 109)
    alone = [Rejections(*[(number + 1) * (gate == k) for k in range(9)]) for gate in range(9)]
    given = [GATES[dominant_gate(rejections)].reason for rejections in alone]
    return all([one == other for one, other in zip(given, reasons, strict=True)]) & all([r in REASONS for r in given])


@require(lambda tally, appraisal: is_tally(tally) & is_gate(appraisal.gate))
@ensure(lambda result: result)
def a_model_changes_the_podium_or_one_count(
    tally: Tally, model_id: int, quality_bps: int, appraisal: Appraisal
) -> bool:
    """An eligible model leaves the histogram as it is, a rejected one the podium (GATE-3, TRACE-1)."""
    after = take(tally, model_id, quality_bps, appraisal)
    counts_stay = all([one == other for one, other in zip(after.rejections, tally.rejections, strict=True)])
    podium_stays = same(after.podium.winner, tally.podium.winner) & same(after.podium.runner_up, tally.podium.runner_up)
    return implies(appraisal.gate == ELIGIBLE, counts_stay) & implies(
        appraisal.gate != ELIGIBLE, podium_stays & (after.podium.entered == tally.podium.entered)
    )


@ensure(lambda result: result)
def nothing_seen_is_a_tally() -> bool:
    """The base of the induction."""
    return is_tally(NOTHING_SEEN)


@require(lambda tally: is_tally(tally))
@ensure(lambda tally, appraisals, result: is_tally(result) & (result.seen == tally.seen + len(appraisals)))
def every_model_of_any_catalog_is_counted_once(tally: Tally, appraisals: tuple[Appraisal, ...]) -> Tally:
    """By induction over catalogs of ANY size: eligible and rejected models add up to the models seen (TRACE-1)."""
    # crosshair: specs_complete=True
    if len(appraisals) == 0:
        return tally
    head, rest = appraisals[0], appraisals[1:]
    assert len(rest) < len(appraisals)  # the measure: without it a function that never returns would be confirmed
    gate = max(ELIGIBLE, min(UTILITY, head.gate))
    return every_model_of_any_catalog_is_counted_once(take(tally, 0, 0, head._replace(gate=gate)), rest)


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda tally: is_tally(tally) & (tally.podium.entered >= 1))
@ensure(lambda result: result)
def the_winner_is_reported_and_the_runner_up_beside_it(policy: Policy, request: Request, tally: Tally) -> bool:
    """DECIDE-1, RANK-3, field by field; nobody beside a winner who stands alone."""
    decision, winner, second = select(policy, request, tally), tally.podium.winner, tally.podium.runner_up
    several = tally.podium.entered >= 2
    return all(
        [
            decision.selected_model_id == winner.model_id,
            decision.selected_model_index == saturated(winner.position),
            decision.estimated_cost_microunits == winner.cost,
            decision.expected_utility_microunits == winner.utility,
            decision.counterfactual_model_id == second.model_id * several,
            decision.counterfactual_utility_microunits == second.utility * several,
            decision.evaluated_models == saturated(tally.seen),
            decision.eligible_models == saturated(tally.podium.entered),
        ]
    )


@require(lambda policy, request, evaluated: is_policy(policy) & is_request(request) & (evaluated >= 0))
@require(lambda reason: within(100, reason, 110))
@ensure(lambda result: result)
def a_rejection_fits_the_widths(policy: Policy, request: Request, reason: int, evaluated: int) -> bool:
    """INPUT-2: there is a decision record for it (DECIDE-2, TYPES-5)."""
    return is_decision(reject(policy, request, reason, evaluated))


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda tally: is_tally(tally) & (tally.podium.entered == 0))
@ensure(lambda result: result)
def nobody_eligible_means_the_dominant_reason(policy: Policy, request: Request, tally: Tally) -> bool:
    """The reason is decided by the histogram as it is shown, after saturation (DECIDE-3)."""
    answer = conclude(policy, request, tally)
    shown = [one == saturated(other) for one, other in zip(answer.rejections, tally.rejections, strict=True)]
    return all(shown) & (answer.decision.reason == GATES[dominant_gate(answer.rejections)].reason)


@require(lambda policy, request: is_policy(policy) & is_request(request))
@ensure(lambda result: result)
def risk_is_asked_before_confidence(policy: Policy, request: Request) -> bool:
    """GATE-1 hides GATE-2; a risk at its limit is too high, a confidence at its minimum is enough."""
    reason = hard_limit(policy, request)
    at_limit = hard_limit(policy, request._replace(risk_bps=policy.hard_risk_limit_bps))
    at_minimum = hard_limit(policy, request._replace(confidence_bps=policy.minimum_confidence_bps))
    return (
        implies(request.risk_bps >= policy.hard_risk_limit_bps, reason == 100) & (at_limit == 100) & (at_minimum != 101)
    )


@require(lambda count: count >= 0)
@ensure(lambda result: result)
def a_count_saturates_and_never_wraps(count: int) -> bool:
    """DECIDE-5; the last place that a u16 can name is also "no model" (DECIDE-6)."""
    shown = unfolded(saturated)(count)
    return holds(COUNT, shown) & ((shown == count) | ((shown == NO_MODEL_INDEX) & (count > NO_MODEL_INDEX)))


@require(lambda policy, one, other: is_policy(policy) & is_request(one) & is_request(other))
@ensure(lambda result: result)
def a_batch_is_decided_one_by_one(policy: Policy, one: Request, other: Request) -> bool:
    """No request of a batch changes another (DECIDE-7); with a catalog of none, which is a decision too (DECIDE-4)."""
    snapshot = Snapshot(policy, ())
    batch, alone = decide_batch(snapshot, (one, other)), (decide(snapshot, one), decide(snapshot, other))
    pairs = [pair for left, right in zip(batch, alone, strict=True) for pair in zip(left, right, strict=True)]
    return all([left == right for left, right in pairs])


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda one, other: is_model(one) & is_model(other))
@ensure(lambda result: result)
def the_utility_is_that_of_the_first_model_with_the_id(
    policy: Policy, request: Request, one: Model, other: Model, model_id: int
) -> bool:
    """None for an unknown id, behind a hard limit, and for a model that fails a gate (UTIL-1)."""
    found = utility_of_model(Snapshot(policy, (one, other)), request, model_id)
    if hard_limit(policy, request) != ADMITTED or model_id not in (one.model_id, other.model_id):
        return found is None
    appraisal = appraise(policy, one if one.model_id == model_id else other, request)
    return found == appraisal.utility if appraisal.gate == ELIGIBLE else found is None
