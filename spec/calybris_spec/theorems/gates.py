"""The gate returned is the first that fails (GATE-3), and every number reaches the gate or term that it belongs to.

`appraise` is looked into; masks and money are known by their contracts, and that equal arguments give equal results.
"""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import gates
from calybris_spec.codes import (
    BUDGET,
    CAPABILITY,
    DISABLED,
    ELIGIBLE,
    LATENCY,
    PROVIDER,
    QUALITY,
    REGION,
    RISK_CEILING,
    UTILITY,
)
from calybris_spec.cost import cost_microunits
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import implies, no
from calybris_spec.masks import allows, covers, shares
from calybris_spec.theorems import unfolded
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request
from calybris_spec.utility import counted_value, latency_term, scaled, utility_microunits

appraise = unfolded(gates.appraise)
AMOUNT, BPS, MASK = WIDTHS["u64"], WIDTHS["u16"], WIDTHS["u64"]


def are_records(policy: Policy, model: Model, request: Request) -> bool:
    """Whether every field lies in its width."""
    return is_policy(policy) & is_model(model) & is_request(request)


@require(lambda policy, model, request: are_records(policy, model, request))
@ensure(lambda result: result)
def the_gate_is_the_first_that_fails(policy: Policy, model: Model, request: Request) -> bool:
    """Each gate's number comes back exactly when its own rule fails and no earlier one does."""
    gate, terms, utility = appraise(policy, model, request)
    passes = [
        model.enabled >= 1,
        model.quality_bps >= request.minimum_quality_bps,
        (request.max_p95_latency_ms == 0) | (model.p95_latency_ms <= request.max_p95_latency_ms),
        covers(model.capabilities, request.required_capabilities),
        allows(request.allowed_provider_mask, model.provider_id),
        (request.required_region_mask == 0) | shares(model.region_mask, request.required_region_mask),
        request.risk_bps <= model.risk_ceiling_bps,
        terms.cost <= request.budget_limit_microunits,
        utility >= 1,
    ]
    return all(
        [(gate == number) == (all(passes[: number - 1]) & no(passes[number - 1])) for number in range(1, 10)]
    ) & ((gate == ELIGIBLE) == all(passes))


@require(lambda policy, model, request: are_records(policy, model, request))
@ensure(lambda result: result)
def cost_is_computed_from_the_tokens_and_the_rates_of_the_same_side(
    policy: Policy, model: Model, request: Request
) -> bool:
    """Input tokens meet the input rate, output tokens the output rate."""
    return appraise(policy, model, request).terms.cost == cost_microunits(
        request.input_tokens,
        model.input_cost_microunits_per_million_tokens,
        request.output_tokens,
        model.output_cost_microunits_per_million_tokens,
    )


@require(lambda policy, model, request: are_records(policy, model, request))
@ensure(lambda result: result)
def each_term_is_computed_from_its_own_fields(policy: Policy, model: Model, request: Request) -> bool:
    """Quality and confidence for the quality term, risk and multiplier for the risk term, latency and penalty."""
    value = counted_value(request.business_value_microunits)
    terms = appraise(policy, model, request).terms
    return all(
        [
            terms.quality == scaled(value, request.confidence_bps, model.quality_bps),
            terms.risk == scaled(value, request.risk_bps, policy.risk_penalty_multiplier_bps),
            terms.latency == latency_term(model.p95_latency_ms, policy.latency_penalty_microunits_per_ms),
        ]
    )


@require(lambda policy, model, request: are_records(policy, model, request))
@ensure(lambda result: result)
def the_utility_is_that_of_the_terms(policy: Policy, model: Model, request: Request) -> bool:
    """Nothing else enters the utility."""
    appraisal = appraise(policy, model, request)
    return appraisal.utility == utility_microunits(appraisal.terms)


@require(lambda policy, model, request: are_records(policy, model, request))
@require(lambda request, budget: holds(AMOUNT, budget) & (budget >= request.budget_limit_microunits))
@ensure(lambda result: result)
def more_budget_never_hurts(policy: Policy, model: Model, request: Request, budget: int) -> bool:
    """An eligible model stays eligible, at the same cost and utility."""
    here = appraise(policy, model, request)
    there = appraise(policy, model, request._replace(budget_limit_microunits=budget))
    return implies(here.gate == ELIGIBLE, there.gate == ELIGIBLE) & (here.utility == there.utility)


@require(lambda policy, model, request: are_records(policy, model, request))
@require(lambda request, quality: holds(BPS, quality) & (quality <= request.minimum_quality_bps))
@ensure(lambda result: result)
def asking_for_less_quality_never_hurts(policy: Policy, model: Model, request: Request, quality: int) -> bool:
    """An eligible model stays eligible."""
    here = appraise(policy, model, request)
    there = appraise(policy, model, request._replace(minimum_quality_bps=quality))
    return implies(here.gate == ELIGIBLE, there.gate == ELIGIBLE)


@require(lambda policy, model, request: are_records(policy, model, request))
@require(lambda request: (request.max_p95_latency_ms == 0) & (request.required_region_mask == 0))
@require(lambda request: request.required_capabilities == 0)
@ensure(lambda result: result)
def zero_means_no_constraint(policy: Policy, model: Model, request: Request) -> bool:
    """No latency limit, no capability and no region asked for: none of the three gates is ever met."""
    gate = appraise(policy, model, request).gate
    return (gate != LATENCY) & (gate != CAPABILITY) & (gate != REGION)


@require(lambda policy, model, request: are_records(policy, model, request))
@require(lambda model, request: (model.enabled == 255) & (model.quality_bps == request.minimum_quality_bps))
@require(lambda model, request: model.p95_latency_ms == request.max_p95_latency_ms)
@require(lambda model, request: model.risk_ceiling_bps == request.risk_bps)
@ensure(lambda result: result)
def a_number_at_its_limit_passes(policy: Policy, model: Model, request: Request) -> bool:
    """Quality, latency and risk may equal their limits; any `enabled` but 0 is on."""
    gate = appraise(policy, model, request).gate
    return (gate != DISABLED) & (gate != QUALITY) & (gate != LATENCY) & (gate != RISK_CEILING)


@require(lambda policy, model, request: are_records(policy, model, request))
@require(lambda request: request.business_value_microunits <= 0)
@ensure(lambda result: result)
def a_worthless_request_has_no_eligible_model(policy: Policy, model: Model, request: Request) -> bool:
    """The utility gate is strict: 0 is not positive."""
    return appraise(policy, model, request).gate != ELIGIBLE


@require(lambda policy, model, request: are_records(policy, model, request) & (model.provider_id > 63))
@ensure(lambda result: result)
def a_provider_without_a_bit_never_passes(policy: Policy, model: Model, request: Request) -> bool:
    """It stops at the provider gate, or before."""
    gate = appraise(policy, model, request).gate
    return (gate >= DISABLED) & (gate <= PROVIDER)


@require(lambda policy, model, request: are_records(policy, model, request))
@ensure(lambda result: result)
def the_last_two_gates_show_their_numbers(policy: Policy, model: Model, request: Request) -> bool:
    """Over the budget means a higher cost; a failed utility gate means a utility that is not positive."""
    gate, terms, utility = appraise(policy, model, request)
    return implies(gate == BUDGET, terms.cost > request.budget_limit_microunits) & implies(
        gate == UTILITY, utility <= 0
    )
