"""`calybris_ref.kernel` answers as the specification does: gates, money, ranking, hard limits and the dominant reason.

`walk` is asked about a catalog of one. Products of three symbolic numbers beside ten branches are more than the solver
can settle, so two theorems share the proof: one goes through every gate with money that is linear, the other through
all the money, up to 96 bits, with gates that pass. `is_assessed_as_specified` has everything at once; it is searched
with random candidates.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from icontract import ensure, require

from calybris_ref import kernel
from calybris_refinement import stand_ins
from calybris_spec import cost, masks, utility
from calybris_spec.codes import BUDGET, ELIGIBLE, GATES, UTILITY
from calybris_spec.decision import ADMITTED, Rejections, dominant_gate, hard_limit
from calybris_spec.logic import first, implies, no, within
from calybris_spec.masks import POWERS
from calybris_spec.ranking import Candidate, outranks
from calybris_spec.theorems import unfolded
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request
from calybris_spec.utility import Terms

counted_value, scaled = unfolded(utility.counted_value), unfolded(utility.scaled)
bare_cost, bare_latency = unfolded(cost.cost_microunits), unfolded(utility.latency_term)
bare_utility = unfolded(utility.utility_microunits)
covers, allows, shares = unfolded(masks.covers), unfolded(masks.allows), unfolded(masks.shares)
MILLION, BPS, NINETY_SIX_BITS = 1_000_000, 10_000, 2**96


class Assessed(NamedTuple):
    """What `walk` says of a catalog of one."""

    gate: int
    cost: int
    quality_term: int
    utility: int
    is_counted: bool
    ranks: list[kernel.Rank]


def assessed(policy: Policy, request: Request, row: kernel.Row) -> Assessed:
    """Return what `walk` says of one row, in numbers."""
    trail: list[kernel.Assessment] = []
    counts, ranks = kernel.walk(stand_ins.snapshot(policy), stand_ins.request(request), (row,), trail)
    ((gate, cost_microunits, quality_term, utility_microunits),) = trail
    number = ELIGIBLE if gate is None else gate.value
    is_counted = all([counted == ((place == number) & (number != ELIGIBLE)) for place, counted in enumerate(counts)])
    return Assessed(number, cost_microunits, quality_term, utility_microunits, is_counted, ranks)


def row_of(policy: Policy, model: Model) -> kernel.Row:
    """Return the row of a catalog of one."""
    (row,) = kernel.rows((stand_ins.model(model),), policy.latency_penalty_microunits_per_ms)
    return row


class Meeting:
    """A mask of which only the conjunction with its partner is known: `&` with anything else is a mistake."""

    __slots__ = ("common", "partner")

    def __init__(self, common: int, partner: int) -> None:
        self.common = common
        self.partner = partner

    def __and__(self, other: int) -> int:
        assert other is self.partner
        return self.common


def met(policy: Policy, model: Model, request: Request, has: int, allowed: int, shared: int) -> kernel.Row:
    """Return the row of a catalog of one, with what its three masks have in common with those of the request."""
    row = [*row_of(policy, model._replace(provider_id=0))]
    row[5] = cast("int", Meeting(has, request.required_capabilities))
    row[6] = cast("int", Meeting(allowed, request.allowed_provider_mask))
    row[7] = cast("int", Meeting(shared, request.required_region_mask))
    return cast("kernel.Row", tuple(row))


@require(lambda policy, request: is_policy(policy) & is_request(request))
@ensure(lambda result: result)
def the_risk_is_charged_as_specified(policy: Policy, request: Request) -> bool:
    """One floor over the value, a negative one as 0 (MONEY-3, MONEY-5)."""
    value = counted_value(request.business_value_microunits)
    expected = scaled(value, request.risk_bps, policy.risk_penalty_multiplier_bps)
    return kernel.risk_penalty(stand_ins.snapshot(policy), stand_ins.request(request)) == expected


@require(lambda policy, request: is_policy(policy) & is_request(request))
@ensure(lambda result: result)
def the_hard_limits_stop_the_same_requests(policy: Policy, request: Request) -> bool:
    """GATE-1 before GATE-2, with the same reason; none where the specification admits."""
    stopped = kernel.hard_limit(stand_ins.snapshot(policy), stand_ins.request(request))
    return (ADMITTED if stopped is None else stopped.value) == hard_limit(policy, request)


@require(lambda rejections: all([number >= 0 for number in rejections]))
@ensure(lambda result: result)
def the_same_gate_dominates(rejections: Rejections) -> bool:
    """DECIDE-3 and DECIDE-4 for every histogram."""
    return kernel._dominant_reason((0, *rejections)).value == GATES[dominant_gate(rejections)].reason


@require(lambda provider_id: within(0, provider_id, 65_535))
@ensure(lambda result: result)
def every_provider_has_its_own_bit_or_none(provider_id: int) -> bool:
    """GATE-8: the row holds the bit that the specification asks for, and none above 63."""
    bit = row_of(Policy(0, 0, 0, 0, 0, 0), Model(0, provider_id, 0, 0, 0, 0, 0, 0, 0, 0))[6]
    return bit == (POWERS[provider_id] if provider_id <= 63 else 0)


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@ensure(lambda result: result)
def the_same_gate_fails_first(
    policy: Policy, model: Model, request: Request, has: int, allowed: int, shared: int
) -> bool:
    """Every order of failures, with any outcome of the three `&` (GATE-3 … GATE-12).

    A value of 10,000 and whole rates make the money linear: a microunit per token and per basis point.
    """
    policy = policy._replace(risk_penalty_multiplier_bps=BPS)
    request = request._replace(business_value_microunits=BPS, confidence_bps=BPS)
    penalty = policy.latency_penalty_microunits_per_ms
    row = met(policy, model, request, has, allowed, shared)
    found = assessed(policy, request, (*row[:9], MILLION, MILLION**3, penalty))
    exact_cost = request.input_tokens + request.output_tokens * MILLION**2
    terms = Terms(model.quality_bps, request.risk_bps, min(exact_cost, 2**64 - 1), penalty)
    worth = bare_utility(terms)
    gate = first(
        (
            model.enabled == 0,
            model.quality_bps < request.minimum_quality_bps,
            (request.max_p95_latency_ms > 0) & (model.p95_latency_ms > request.max_p95_latency_ms),
            has != request.required_capabilities,
            allowed == 0,
            (request.required_region_mask != 0) & (shared == 0),
            request.risk_bps > model.risk_ceiling_bps,
            terms.cost > request.budget_limit_microunits,
            worth <= 0,
        )
    )
    ranks = [(-worth, terms.cost, -model.quality_bps, model.model_id, 0)] if gate == ELIGIBLE else []
    return all(
        [
            found.gate == gate,
            found.is_counted,
            found.cost == terms.cost * ((gate == ELIGIBLE) | (gate >= BUDGET)),
            found.quality_term == terms.quality * ((gate == ELIGIBLE) | (gate == UTILITY)),
            found.utility == worth * ((gate == ELIGIBLE) | (gate == UTILITY)),
            found.ranks == ranks,
        ]
    )


@require(lambda prices: all([within(0, price, NINETY_SIX_BITS) for price in prices]))
@require(lambda value, latency_term: within(0, value, NINETY_SIX_BITS) & within(0, latency_term, NINETY_SIX_BITS))
@require(lambda budget: within(0, budget, 2**64 - 1))
@ensure(lambda result: result)
def the_same_money_is_counted(prices: tuple[int, int], value: int, latency_term: int, budget: int) -> bool:
    """Every exact price, value and latency term that fields can make: rounded, saturated and clamped alike.

    One token and one basis point stand for the products of tokens with rates and of proportions.
    """
    policy = Policy(0, 0, 0, 0, 0, 0)
    request = Request(0, 0, 1, 1, value, budget, 0, 1, 0, 0, 0, 1, 0)
    row = (0, 7, 1, 1, 0, 0, 1, 0, 0, *prices, latency_term)
    found = assessed(policy, request, row)
    terms = Terms(value // (BPS * BPS), 0, bare_cost(1, prices[0], 1, prices[1]), latency_term)
    worth = bare_utility(terms)
    is_over = terms.cost > budget
    return all(
        [
            found.cost == terms.cost,
            (found.gate == BUDGET) == is_over,
            implies(no(is_over), (found.quality_term == terms.quality) & (found.utility == worth)),
            implies(no(is_over), (found.gate == UTILITY) == (worth <= 0)),
        ]
    )


def is_assessed_as_specified(policy: Policy, model: Model, request: Request) -> bool:
    """Whether gate and money are those of the specification, all at once: no theorem, but asked at random."""
    found = assessed(policy, request, row_of(policy, model))
    value = counted_value(request.business_value_microunits)
    terms = Terms(
        scaled(value, request.confidence_bps, model.quality_bps),
        scaled(value, request.risk_bps, policy.risk_penalty_multiplier_bps),
        bare_cost(
            request.input_tokens,
            model.input_cost_microunits_per_million_tokens,
            request.output_tokens,
            model.output_cost_microunits_per_million_tokens,
        ),
        bare_latency(model.p95_latency_ms, policy.latency_penalty_microunits_per_ms),
    )
    worth = bare_utility(terms)
    gate = first(
        (
            model.enabled == 0,
            model.quality_bps < request.minimum_quality_bps,
            (request.max_p95_latency_ms > 0) & (model.p95_latency_ms > request.max_p95_latency_ms),
            no(covers(model.capabilities, request.required_capabilities)),
            no(allows(request.allowed_provider_mask, model.provider_id)),
            (request.required_region_mask != 0) & no(shares(model.region_mask, request.required_region_mask)),
            request.risk_bps > model.risk_ceiling_bps,
            terms.cost > request.budget_limit_microunits,
            worth <= 0,
        )
    )
    is_priced, is_worth = (gate == ELIGIBLE) | (gate >= BUDGET), (gate == ELIGIBLE) | (gate == UTILITY)
    return all(
        [
            found.gate == gate,
            found.is_counted,
            found.cost == terms.cost * is_priced,
            found.quality_term == terms.quality * is_worth,
            found.utility == worth * is_worth,
        ]
    )


@ensure(lambda result: result)
def the_smaller_rank_is_the_better_candidate(one: Candidate, other: Candidate) -> bool:
    """RANK-1, RANK-2: the order of the library's tuples is that of the specification."""
    ranks = [(-c.utility, c.cost, -c.quality_bps, c.model_id, c.position) for c in (one, other)]
    return (ranks[0] < ranks[1]) == outranks(one, other)
