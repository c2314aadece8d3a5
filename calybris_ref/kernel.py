"""Which candidate a request gets: the decision rule, once.

Clauses GATE-1 … GATE-12, MONEY-1 … MONEY-6, RANK-1 … RANK-3, DECIDE-1 … DECIDE-8, TRACE-1, TRACE-2 and UTIL-1. Deciding
is total (INPUT-2): it accepts every value that its records can hold and never raises.

`walk` is the only place that asks the gates and computes money; decision, trace and utility, and the explanation in
`explain`, are readings of what it returns.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from calybris_ref.model import (
    BASIS_POINTS,
    MAX_PROVIDER_ID,
    NO_MODEL_ID,
    NO_MODEL_INDEX,
    DecisionTrace,
    Gate,
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelModel,
    KernelReason,
    RejectionHistogram,
)
from calybris_ref.record import I64_WIDTH, U16_WIDTH, U32_WIDTH, U64_WIDTH

if TYPE_CHECKING:
    from calybris_ref.policy import PolicySnapshot

_U16_MAX = U16_WIDTH.maximum
_U32_MAX = U32_WIDTH.maximum
_U64_MAX = U64_WIDTH.maximum
_I64_MIN, _I64_MAX = I64_WIDTH.minimum, I64_WIDTH.maximum
# Rates are per so many tokens.
_RATE_TOKENS = 1_000_000
# Two proportions multiplied; dividing by it once is the one floor of MONEY-4 and MONEY-5.
_BPS_SQUARED = BASIS_POINTS * BASIS_POINTS
# The members of Gate by name, because a look-up through the class costs as much as a gate.
_DISABLED, _QUALITY, _LATENCY, _CAPABILITY, _PROVIDER, _REGION, _RISK_CEILING, _BUDGET, _UTILITY = Gate

Row = tuple[int, int, int, int, int, int, int, int, int, int, int, int]
"""A candidate as `walk` reads it: what depends on the policy alone is computed once, by `rows`."""

Rank = tuple[int, int, int, int, int]
"""(-utility, cost, -quality_bps, model_id, index): of two candidates the smaller is the better one.

The first four places are RANK-1; the index makes the earlier of two equal candidates the better one (RANK-2).
"""

Assessment = tuple[Gate | None, int, int, int]
"""(first gate that failed or None, cost, quality term, utility); a number that was not reached is 0."""


def rows(models: Iterable[KernelModel], latency_penalty_microunits_per_ms: int) -> tuple[Row, ...]:
    """A catalog prepared for deciding under a policy's latency penalty."""
    return tuple(
        (
            index,
            model.model_id,
            model.enabled,
            model.quality_bps,
            model.p95_latency_ms,
            model.capabilities,
            # A provider above 63 has no bit, so no mask allows it (GATE-8).
            1 << model.provider_id if model.provider_id <= MAX_PROVIDER_ID else 0,
            model.region_mask,
            model.risk_ceiling_bps,
            model.input_cost_microunits_per_million_tokens,
            model.output_cost_microunits_per_million_tokens,
            model.p95_latency_ms * latency_penalty_microunits_per_ms,
        )
        for index, model in enumerate(models)
    )


def walk(
    snapshot: "PolicySnapshot", request: KernelInput, catalog: Iterable[Row], trail: list[Assessment] | None = None
) -> tuple[list[int], list[Rank]]:
    """Assess candidates in their order: the gate chain (GATE-3) and the money (MONEY-1 … MONEY-6), in microunits.

    Returns how many candidates failed first at each gate, and the ranks of those that failed at none. `trail` gets the
    assessment of every candidate, for who wants to know more than the decision.
    """
    minimum_quality = request.minimum_quality_bps
    max_latency = request.max_p95_latency_ms or _U32_MAX
    needed = request.required_capabilities
    allowed_providers = request.allowed_provider_mask
    wanted_regions = request.required_region_mask
    risk = request.risk_bps
    budget = request.budget_limit_microunits
    input_tokens, output_tokens = request.input_tokens, request.output_tokens
    weighted_value = _business_value(request) * request.confidence_bps
    risk_term = risk_penalty(snapshot, request)

    counts = _no_counts()
    eligible: list[Rank] = []
    for (
        index, model_id, enabled, quality, latency, capabilities, provider_bit, regions, risk_ceiling,
        input_rate, output_rate, latency_term,
    ) in catalog:  # fmt: skip
        cost = quality_term = utility = 0
        gate: Gate | None = None
        if enabled == 0:
            gate = _DISABLED
        elif quality < minimum_quality:
            gate = _QUALITY
        elif latency > max_latency:
            gate = _LATENCY
        elif capabilities & needed != needed:
            gate = _CAPABILITY
        elif not provider_bit & allowed_providers:
            gate = _PROVIDER
        elif wanted_regions and not regions & wanted_regions:
            gate = _REGION
        elif risk > risk_ceiling:
            gate = _RISK_CEILING
        else:
            # -(-n // d) rounds up; each side on its own (MONEY-1)
            cost = -(-input_tokens * input_rate // _RATE_TOKENS) - (-output_tokens * output_rate // _RATE_TOKENS)
            if cost > _U64_MAX:
                cost = _U64_MAX
            if cost > budget:
                gate = _BUDGET
            else:
                quality_term = weighted_value * quality // _BPS_SQUARED
                utility = quality_term - risk_term - cost - latency_term
                if utility > _I64_MAX:
                    utility = _I64_MAX
                elif utility < _I64_MIN:
                    utility = _I64_MIN
                if utility <= 0:
                    gate = _UTILITY
        if gate is None:
            eligible.append((-utility, cost, -quality, model_id, index))
        else:
            counts[gate] += 1
        if trail is not None:
            trail.append((gate, cost, quality_term, utility))
    return counts, eligible


def _no_counts() -> list[int]:
    """A count for every gate, at the gate's number; place 0 belongs to none."""
    return [0] * (len(Gate) + 1)


def _business_value(request: KernelInput) -> int:
    """The value at stake in microunits; a negative one counts as 0 (MONEY-3)."""
    return max(request.business_value_microunits, 0)


def risk_penalty(snapshot: "PolicySnapshot", request: KernelInput) -> int:
    """What the risk costs, in microunits, whichever candidate is taken: one floor (MONEY-5)."""
    return _business_value(request) * request.risk_bps * snapshot.risk_penalty_multiplier_bps // _BPS_SQUARED


def hard_limit(snapshot: "PolicySnapshot", request: KernelInput) -> KernelReason | None:
    """The hard limit that stops the request before any candidate is looked at (GATE-1, GATE-2), or None."""
    if request.risk_bps >= snapshot.hard_risk_limit_bps:
        return KernelReason.RISK_HARD_LIMIT
    if request.confidence_bps < snapshot.minimum_confidence_bps:
        return KernelReason.CONFIDENCE_HARD_LIMIT
    return None


# The reason of a rejection in which the gate dominates (DECIDE-3).
_REASONS = {
    Gate.DISABLED: KernelReason.NO_ENABLED_MODEL,
    Gate.QUALITY: KernelReason.QUALITY_CONSTRAINT,
    Gate.LATENCY: KernelReason.LATENCY_CONSTRAINT,
    Gate.CAPABILITY: KernelReason.CAPABILITY_CONSTRAINT,
    Gate.PROVIDER: KernelReason.PROVIDER_CONSTRAINT,
    Gate.REGION: KernelReason.REGION_CONSTRAINT,
    Gate.RISK_CEILING: KernelReason.RISK_CEILING_CONSTRAINT,
    Gate.BUDGET: KernelReason.BUDGET_CONSTRAINT,
    Gate.UTILITY: KernelReason.NON_POSITIVE_UTILITY,
}

# From weakest to strongest: of equal counts the last one names the rejection (DECIDE-3).
_DOMINANCE = (
    Gate.CAPABILITY,
    Gate.REGION,
    Gate.PROVIDER,
    Gate.QUALITY,
    Gate.RISK_CEILING,
    Gate.LATENCY,
    Gate.BUDGET,
    Gate.UTILITY,
    Gate.DISABLED,
)


def prescribe(snapshot: "PolicySnapshot", request: KernelInput) -> KernelDecision:
    """The decision for one request (DECIDE-1 … DECIDE-8). Total: never raises."""
    return _decide(snapshot, request)[0]


def prescribe_with_trace(snapshot: "PolicySnapshot", request: KernelInput) -> tuple[KernelDecision, DecisionTrace]:
    """The decision, and how many candidates failed first at each gate (TRACE-1, TRACE-2)."""
    decision, counts = _decide(snapshot, request)
    histogram = RejectionHistogram(**{gate.label: counts[gate] for gate in Gate})
    return decision, DecisionTrace(histogram, decision.evaluated_models, decision.eligible_models)


def utility_for_model(snapshot: "PolicySnapshot", request: KernelInput, model_id: int) -> int | None:
    """The utility in microunits of the first candidate with this id, if it is eligible; else None (UTIL-1)."""
    if hard_limit(snapshot, request) is not None:
        return None
    for index, model in enumerate(snapshot.models):
        if model.model_id == model_id:
            _, eligible = walk(snapshot, request, snapshot.rows[index : index + 1])
            return -eligible[0][0] if eligible else None
    return None


def _decide(snapshot: "PolicySnapshot", request: KernelInput) -> tuple[KernelDecision, Sequence[int]]:
    """The decision and the number of candidates per gate, saturated (DECIDE-5)."""
    reason = hard_limit(snapshot, request)
    if reason is not None:
        return _rejection(snapshot, request, reason, evaluated_models=0), _no_counts()

    counts, eligible = walk(snapshot, request, snapshot.rows)
    if len(snapshot.models) > _U16_MAX:  # no count is higher than that
        counts = [min(count, _U16_MAX) for count in counts]
    evaluated_models = min(len(snapshot.models), _U16_MAX)
    if not eligible:
        return _rejection(snapshot, request, _dominant_reason(counts), evaluated_models), counts

    eligible_models = min(len(eligible), _U16_MAX)
    winner = min(eligible)
    eligible.remove(winner)
    # RANK-3; without a runner-up its id and its utility are 0.
    runner_up = min(eligible, default=(0, 0, 0, NO_MODEL_ID, 0))
    negated_utility, cost, _, model_id, index = winner
    if model_id == request.requested_model_id:
        action, reason = KernelAction.EXECUTE_REQUESTED, KernelReason.REQUESTED_MODEL_MAXIMIZES_UTILITY
    else:
        action, reason = KernelAction.SUBSTITUTE, KernelReason.ALTERNATIVE_MAXIMIZES_UTILITY
    decision = KernelDecision(
        request_sequence=request.request_sequence,
        action=action,
        reason=reason,
        selected_model_id=model_id,
        # An index beyond the width is told like no index (DECIDE-6).
        selected_model_index=min(index, NO_MODEL_INDEX),
        estimated_cost_microunits=cost,
        expected_utility_microunits=-negated_utility,
        counterfactual_model_id=runner_up[3],
        counterfactual_utility_microunits=-runner_up[0],
        evaluated_models=evaluated_models,
        eligible_models=eligible_models,
        policy_epoch=snapshot.policy_epoch,
        catalog_epoch=snapshot.catalog_epoch,
    )
    return decision, counts


def _dominant_reason(counts: Sequence[int]) -> KernelReason:
    """The reason of the gate that stopped most candidates (DECIDE-3, DECIDE-4)."""
    # max keeps the first of equals, and the strongest gate must win: ask from the strongest on. With no candidate at
    # all every count is 0 and the strongest, `disabled`, answers 102.
    return _REASONS[max(reversed(_DOMINANCE), key=lambda gate: counts[gate])]


def _rejection(
    snapshot: "PolicySnapshot", request: KernelInput, reason: KernelReason, evaluated_models: int
) -> KernelDecision:
    """A decision that selects nothing (DECIDE-2)."""
    return KernelDecision(
        request_sequence=request.request_sequence,
        action=KernelAction.REJECT,
        reason=reason,
        selected_model_id=NO_MODEL_ID,
        selected_model_index=NO_MODEL_INDEX,
        estimated_cost_microunits=0,
        expected_utility_microunits=0,
        counterfactual_model_id=NO_MODEL_ID,
        counterfactual_utility_microunits=0,
        evaluated_models=evaluated_models,
        eligible_models=0,
        policy_epoch=snapshot.policy_epoch,
        catalog_epoch=snapshot.catalog_epoch,
    )
