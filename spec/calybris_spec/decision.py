"""The decision of a policy for a request (DECIDE-1 … DECIDE-8), its trace (TRACE-1, TRACE-2), a utility (UTIL-1).

    hard_limit  →  take, model by model  →  conclude

Deciding is total (INPUT-2): every record whose fields lie in their widths is decided, also under a policy that no check
has seen. Each step has a contract; `theorems/decision.py` carries them over catalogs of any size by induction.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import (
    ALTERNATIVE_MAXIMIZES_UTILITY,
    CONFIDENCE_HARD_LIMIT,
    DISABLED,
    DOMINANCE,
    ELIGIBLE,
    EXECUTE_REQUESTED,
    GATES,
    NO_MODEL_INDEX,
    REJECT,
    REQUESTED_MODEL_MAXIMIZES_UTILITY,
    RISK_HARD_LIMIT,
    SUBSTITUTE,
    UTILITY,
)
from calybris_spec.gates import Appraisal, appraise
from calybris_spec.integers import U16_MAX
from calybris_spec.logic import first, implies, within
from calybris_spec.ranking import EMPTY, Candidate, Podium, enter, is_podium
from calybris_spec.types import Decision, Model, Policy, Request, Snapshot, is_policy, is_request

ADMITTED = 0


class Rejections(NamedTuple):
    """How many candidates failed each gate first; the fields stand in gate order."""

    disabled: int
    quality: int
    latency: int
    capability: int
    provider: int
    region: int
    risk_ceiling: int
    budget: int
    utility: int


class Tally(NamedTuple):
    """What is known after some models of the catalog: each was counted once."""

    seen: int
    podium: Podium
    rejections: Rejections


class Trace(NamedTuple):
    """A decision and how its candidates fared; all counts are u16 and saturate (DECIDE-5, TRACE-1)."""

    decision: Decision
    rejections: Rejections
    evaluated_models: int
    eligible_models: int


NO_REJECTIONS = Rejections(0, 0, 0, 0, 0, 0, 0, 0, 0)
NOTHING_SEEN = Tally(0, EMPTY, NO_REJECTIONS)


def is_tally(tally: Tally) -> bool:
    """Whether every model seen was counted once, and the podium holds models that were seen."""
    podium = tally.podium
    return (
        all([number >= 0 for number in tally.rejections])
        & is_podium(podium)
        & (tally.seen == podium.entered + sum(tally.rejections))
        & implies(podium.entered >= 1, within(0, podium.winner.position, tally.seen - 1))
        & implies(podium.entered >= 2, within(0, podium.runner_up.position, tally.seen - 1))
    )


@require(lambda count: count >= 0)
@ensure(lambda count, result: implies(count <= U16_MAX, result == count) & implies(count > U16_MAX, result == U16_MAX))
def saturated(count: int) -> int:
    """Return a count as a u16 shows it (DECIDE-5)."""
    # crosshair: specs_complete=True
    return min(count, U16_MAX)


@require(lambda policy, request: is_policy(policy) & is_request(request))
@ensure(lambda policy, request, result: (result == RISK_HARD_LIMIT) == (request.risk_bps >= policy.hard_risk_limit_bps))
@ensure(lambda result: (result == ADMITTED) | (result == RISK_HARD_LIMIT) | (result == CONFIDENCE_HARD_LIMIT))
@ensure(
    lambda policy, request, result: (
        (result == ADMITTED)
        == (request.risk_bps < policy.hard_risk_limit_bps) & (request.confidence_bps >= policy.minimum_confidence_bps)
    )
)
def hard_limit(policy: Policy, request: Request) -> int:
    """Return the reason why no model is even looked at (GATE-1 before GATE-2), or ADMITTED."""
    if request.risk_bps >= policy.hard_risk_limit_bps:
        return RISK_HARD_LIMIT
    if request.confidence_bps < policy.minimum_confidence_bps:
        return CONFIDENCE_HARD_LIMIT
    return ADMITTED


@require(lambda gate: within(DISABLED, gate, UTILITY))
@ensure(lambda rejections, result: sum(result) == sum(rejections) + 1)
@ensure(lambda rejections, gate, result: all([result[g - 1] == rejections[g - 1] + (g == gate) for g in range(1, 10)]))
def count(rejections: Rejections, gate: int) -> Rejections:
    """Return the histogram with one more rejection by the gate (GATE-3, TRACE-1)."""
    return Rejections(*[number + (gate == position) for position, number in enumerate(rejections, 1)])


@require(lambda tally, appraisal: is_tally(tally) & within(ELIGIBLE, appraisal.gate, UTILITY))
@ensure(lambda result: is_tally(result))
@ensure(lambda tally, result: result.seen == tally.seen + 1)
@ensure(lambda tally, appraisal, result: result.podium.entered == tally.podium.entered + (appraisal.gate == ELIGIBLE))
def take(tally: Tally, model_id: int, quality_bps: int, appraisal: Appraisal) -> Tally:
    """Return the tally after the next model of the catalog."""
    seen = tally.seen + 1
    if appraisal.gate == ELIGIBLE:
        candidate = Candidate(appraisal.utility, appraisal.terms.cost, quality_bps, model_id, position=tally.seen)
        return Tally(seen, enter(tally.podium, candidate), tally.rejections)
    return Tally(seen, tally.podium, count(tally.rejections, appraisal.gate))


@require(lambda rejections: all([number >= 0 for number in rejections]))
@ensure(lambda result: within(DISABLED, result, UTILITY))
@ensure(lambda rejections, result: all([number <= rejections[result - 1] for number in rejections]))
def dominant_gate(rejections: Rejections) -> int:
    """Return the gate that rejected most, by the saturated counts; on equal counts the last in DOMINANCE (DECIDE-3)."""
    from_the_last = DOMINANCE[::-1]
    is_most = [all([rejections[gate - 1] >= number for number in rejections]) for gate in from_the_last]
    return from_the_last[first(tuple(is_most)) - 1]


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda evaluated: evaluated >= 0)
@ensure(lambda policy, request, result: carries_over(policy, request, result))
@ensure(lambda result: (result.action == REJECT) & (result.selected_model_id == 0) & (result.eligible_models == 0))
@ensure(lambda result: result.selected_model_index == NO_MODEL_INDEX)
@ensure(lambda result: (result.estimated_cost_microunits == 0) & (result.expected_utility_microunits == 0))
@ensure(lambda result: (result.counterfactual_model_id == 0) & (result.counterfactual_utility_microunits == 0))
@ensure(lambda reason, evaluated, result: (result.reason == reason) & (result.evaluated_models == saturated(evaluated)))
def reject(policy: Policy, request: Request, reason: int, evaluated: int) -> Decision:
    """Return a rejection: no model, no amounts (DECIDE-2)."""
    return Decision(
        request_sequence=request.request_sequence,
        action=REJECT,
        reason=reason,
        selected_model_id=0,
        selected_model_index=NO_MODEL_INDEX,
        estimated_cost_microunits=0,
        expected_utility_microunits=0,
        counterfactual_model_id=0,
        counterfactual_utility_microunits=0,
        evaluated_models=saturated(evaluated),
        eligible_models=0,
        policy_epoch=policy.policy_epoch,
        catalog_epoch=policy.catalog_epoch,
    )


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda tally: is_tally(tally) & (tally.podium.entered >= 1))
@ensure(lambda policy, request, result: carries_over(policy, request, result))
@ensure(
    lambda request, tally, result: (
        (result.action == EXECUTE_REQUESTED) == (tally.podium.winner.model_id == request.requested_model_id)
    )
)
@ensure(lambda result: (result.action == EXECUTE_REQUESTED) ^ (result.action == SUBSTITUTE))
@ensure(lambda result: result.reason == result.action)
def select(policy: Policy, request: Request, tally: Tally) -> Decision:
    """Return the decision for the winner, with the runner-up as counterfactual (DECIDE-1, RANK-3)."""
    winner, runner_up = tally.podium.winner, tally.podium.runner_up
    is_requested = winner.model_id == request.requested_model_id
    alone = tally.podium.entered == 1
    return Decision(
        request_sequence=request.request_sequence,
        action=EXECUTE_REQUESTED if is_requested else SUBSTITUTE,
        reason=REQUESTED_MODEL_MAXIMIZES_UTILITY if is_requested else ALTERNATIVE_MAXIMIZES_UTILITY,
        selected_model_id=winner.model_id,
        selected_model_index=saturated(winner.position),  # DECIDE-6
        estimated_cost_microunits=winner.cost,
        expected_utility_microunits=winner.utility,
        counterfactual_model_id=0 if alone else runner_up.model_id,
        counterfactual_utility_microunits=0 if alone else runner_up.utility,
        evaluated_models=saturated(tally.seen),
        eligible_models=saturated(tally.podium.entered),
        policy_epoch=policy.policy_epoch,
        catalog_epoch=policy.catalog_epoch,
    )


def carries_over(policy: Policy, request: Request, decision: Decision) -> bool:
    """Whether the decision names the request and the epochs that it was taken for (DECIDE-8)."""
    return (
        (decision.request_sequence == request.request_sequence)
        & (decision.policy_epoch == policy.policy_epoch)
        & (decision.catalog_epoch == policy.catalog_epoch)
    )


def walk(snapshot: Snapshot, request: Request) -> Tally:
    """Return the tally of the whole catalog, in the snapshot's own order."""

    def next_model(tally: Tally, model: Model) -> Tally:
        return take(tally, model.model_id, model.quality_bps, appraise(snapshot.policy, model, request))

    return reduce(next_model, snapshot.models, NOTHING_SEEN)


@require(lambda policy, request, tally: is_policy(policy) & is_request(request) & is_tally(tally))
@ensure(lambda policy, request, result: carries_over(policy, request, result.decision))
@ensure(lambda tally, result: (result.decision.action == REJECT) == (tally.podium.entered == 0))
@ensure(
    lambda result: (
        (result.decision.evaluated_models == result.evaluated_models)
        & (result.decision.eligible_models == result.eligible_models)
    )
)
def conclude(policy: Policy, request: Request, tally: Tally) -> Trace:
    """Return the decision that follows from the tally of the catalog."""
    rejections = Rejections(*[saturated(number) for number in tally.rejections])
    evaluated, eligible = saturated(tally.seen), saturated(tally.podium.entered)
    if tally.podium.entered > 0:
        return Trace(select(policy, request, tally), rejections, evaluated, eligible)
    # An empty catalog needs no rule of its own: all counts are equal, DISABLED wins, its reason is 102 (DECIDE-4).
    reason = GATES[dominant_gate(rejections)].reason
    return Trace(reject(policy, request, reason, tally.seen), rejections, evaluated, eligible)


def trace(snapshot: Snapshot, request: Request) -> Trace:
    """Return the decision and its histogram; after a hard limit nothing was walked and all is 0 (TRACE-2)."""
    reason = hard_limit(snapshot.policy, request)
    if reason != ADMITTED:
        return Trace(reject(snapshot.policy, request, reason, evaluated=0), NO_REJECTIONS, 0, 0)
    return conclude(snapshot.policy, request, walk(snapshot, request))


def decide(snapshot: Snapshot, request: Request) -> Decision:
    """Return the decision (13 fields, TYPES-5)."""
    return trace(snapshot, request).decision


def decide_batch(snapshot: Snapshot, requests: tuple[Request, ...]) -> tuple[Decision, ...]:
    """Return the decisions one by one (DECIDE-7)."""
    return tuple(decide(snapshot, request) for request in requests)


def utility_of_model(snapshot: Snapshot, request: Request, model_id: int) -> int | None:
    """Return the utility of the first model with that id, or None when the request cannot have it (UTIL-1)."""
    if hard_limit(snapshot.policy, request) != ADMITTED:
        return None
    for model in snapshot.models:
        if model.model_id == model_id:
            appraisal = appraise(snapshot.policy, model, request)
            return appraisal.utility if appraisal.gate == ELIGIBLE else None
    return None
