"""One model against one request: what it would cost, what it is worth, and the first gate that it fails.

`failures` is the table of the nine gates (GATE-3 … GATE-12); `appraise` fills in the numbers that the last two look at.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ELIGIBLE, UTILITY
from calybris_spec.cost import cost_microunits
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import first, implies, no, within
from calybris_spec.masks import allows, covers, shares
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request
from calybris_spec.utility import Terms, counted_value, latency_term, scaled, utility_microunits

AMOUNT, VALUE = WIDTHS["u64"], WIDTHS["i64"]


class Appraisal(NamedTuple):
    """A model's answer to a request: the first gate that it fails (or ELIGIBLE), the terms, and the utility."""

    gate: int
    terms: Terms
    utility: int


@require(lambda model, request: is_model(model) & is_request(request))
@require(lambda cost, utility: holds(AMOUNT, cost) & holds(VALUE, utility))
@ensure(lambda result: len(result) == UTILITY)
def failures(model: Model, request: Request, cost: int, utility: int) -> tuple[bool, ...]:
    """Return, gate by gate in the order of GATE-3, whether the model fails it."""
    asks_region = request.required_region_mask != 0
    limits_latency = request.max_p95_latency_ms > 0
    return (
        model.enabled == 0,  #                                                                 GATE-4 disabled
        model.quality_bps < request.minimum_quality_bps,  #                                    GATE-5 quality
        limits_latency & (model.p95_latency_ms > request.max_p95_latency_ms),  #               GATE-6 latency
        no(covers(model.capabilities, request.required_capabilities)),  #                      GATE-7 capability
        no(allows(request.allowed_provider_mask, model.provider_id)),  #                       GATE-8 provider
        asks_region & no(shares(model.region_mask, request.required_region_mask)),  #          GATE-9 region
        request.risk_bps > model.risk_ceiling_bps,  #                                          GATE-10 risk ceiling
        cost > request.budget_limit_microunits,  #                                             GATE-11 budget
        utility <= 0,  #                                                                       GATE-12 utility
    )


def terms_of(policy: Policy, model: Model, request: Request) -> Terms:
    """Return the terms of the utility, each from its own fields (MONEY-1 … MONEY-5)."""
    value = counted_value(request.business_value_microunits)
    return Terms(
        quality=scaled(value, request.confidence_bps, model.quality_bps),
        risk=scaled(value, request.risk_bps, policy.risk_penalty_multiplier_bps),
        cost=cost_microunits(
            request.input_tokens,
            model.input_cost_microunits_per_million_tokens,
            request.output_tokens,
            model.output_cost_microunits_per_million_tokens,
        ),
        latency=latency_term(model.p95_latency_ms, policy.latency_penalty_microunits_per_ms),
    )


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@ensure(lambda result: within(ELIGIBLE, result.gate, UTILITY))
@ensure(lambda result: holds(AMOUNT, result.terms.cost) & holds(VALUE, result.utility))
@ensure(lambda result: implies(result.gate == ELIGIBLE, result.utility > 0))
@ensure(lambda request, result: implies(result.gate == ELIGIBLE, result.terms.cost <= request.budget_limit_microunits))
def appraise(policy: Policy, model: Model, request: Request) -> Appraisal:
    """Return the gate, the terms and the utility of one model (GATE-3, MONEY-1 … MONEY-6)."""
    terms = terms_of(policy, model, request)
    utility = utility_microunits(terms)
    return Appraisal(first(failures(model, request, terms.cost, utility)), terms, utility)
