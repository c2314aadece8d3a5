"""`calybris_ref.kernel_fast` admits the candidates that the specification admits, and remembers the best two.

As for `kernel`, two theorems share a catalog of one: every gate with linear money, all the money with gates that pass.
A third asks for a catalog of three. That is every step of the podium: a candidate that is best, second or neither.
"""

from __future__ import annotations

from typing import cast

from icontract import ensure, require

from calybris_ref import kernel_fast
from calybris_ref.kernel import Row
from calybris_refinement import kernel, stand_ins
from calybris_spec.codes import ELIGIBLE
from calybris_spec.logic import implies, within
from calybris_spec.ranking import Candidate, outranks
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request

BPS, MILLION, NINETY_SIX_BITS = 10_000, 1_000_000, 2**96
U64_MAX, I64_MAX, U16_MAX = 2**64 - 1, 2**63 - 1, 2**16 - 1


class MeetingOrAll(kernel.Meeting):
    """As `Meeting`; in the place of a partner of 64 bits -1 will do, which has the same in common."""

    __slots__ = ()

    def __and__(self, other: int) -> int:
        assert (other is self.partner) | ((other == -1) & (self.partner == U64_MAX))
        return self.common


def admits_alike(policy: Policy, request: Request, row: Row) -> bool:
    """Whether a catalog of one has the winner, the utility and the cost that `kernel.walk` finds."""
    expected = kernel.assessed(policy, request, row)
    count, utility, cost, winner, _, runner_up = kernel_fast.podium(
        stand_ins.snapshot(policy), stand_ins.request(request), kernel_fast.candidates((row,))
    )
    is_eligible = expected.gate == ELIGIBLE
    return all(
        [
            count == is_eligible,
            implies(is_eligible, (utility == expected.utility) & (cost == expected.cost)),
            winner.model_id == row[1] * is_eligible,
            runner_up.model_id == 0,
        ]
    )


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@ensure(lambda result: result)
def the_same_candidates_are_admitted(
    policy: Policy, model: Model, request: Request, has: int, allowed: int, shared: int
) -> bool:
    """Every order of failures, with any outcome of the three `&` (GATE-3 … GATE-12); the money is linear."""
    policy = policy._replace(risk_penalty_multiplier_bps=BPS)
    request = request._replace(business_value_microunits=BPS, confidence_bps=BPS)
    row = kernel.met(policy, model, request, has, allowed, shared)
    row = (*row[:6], cast("int", MeetingOrAll(allowed, request.allowed_provider_mask)), *row[7:])
    return admits_alike(policy, request, (*row[:9], MILLION, MILLION**3, policy.latency_penalty_microunits_per_ms))


@require(lambda prices: all([within(0, price, NINETY_SIX_BITS) for price in prices]))
@require(lambda value, latency_term: within(0, value, 2**73) & within(0, latency_term, NINETY_SIX_BITS))
@require(lambda budget: within(0, budget, U64_MAX))
@ensure(lambda result: result)
def the_same_money_is_counted(prices: tuple[int, int], value: int, latency_term: int, budget: int) -> bool:
    """Every exact price and latency term that fields can make, and every value that this path takes on.

    One token stands for the products of tokens with rates; the quality is the highest, so that all utilities are met.
    """
    request = Request(0, 0, 1, 1, value, budget, 0, 1, 0, 0, 0, 1, 0)
    return admits_alike(Policy(0, 0, 0, 0, 0, 0), request, (0, 7, 1, U16_MAX, 0, 0, 1, 0, 0, *prices, latency_term))


@require(lambda weighted_value: weighted_value > kernel_fast._LARGEST_WEIGHTED_VALUE)
@ensure(lambda result: result)
def what_might_pass_64_bits_is_left_to_the_kernel(weighted_value: int) -> bool:
    """No candidate is reported as eligible then (MONEY-6)."""
    request = Request(0, 0, 1, 1, weighted_value, 0, 0, 1, 0, 0, 0, 1, 0)
    catalog = kernel_fast.candidates(((0, 7, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0),))
    found = kernel_fast.podium(stand_ins.snapshot(Policy(0, 0, 0, 0, 0, 0)), stand_ins.request(request), catalog)
    return found[0] == 0


@require(lambda weighted_value: within(0, weighted_value, kernel_fast._LARGEST_WEIGHTED_VALUE))
@ensure(lambda result: result)
def what_is_not_left_to_the_kernel_fits_64_bits(weighted_value: int) -> bool:
    """So no utility has to be clamped from above (MONEY-6): this is the quality term of the highest quality."""
    return weighted_value * U16_MAX // (BPS * BPS) <= I64_MAX


@require(lambda one, other, third: all([entrant.utility > 0 for entrant in (one, other, third)]))
@require(lambda one, other, third: all([within(0, entrant.cost, U64_MAX) for entrant in (one, other, third)]))
@require(lambda one, other, third: all([entrant.quality_bps >= 0 for entrant in (one, other, third)]))
@ensure(lambda result: result)
def the_best_two_of_three_are_remembered(one: Candidate, other: Candidate, third: Candidate) -> bool:
    """In any order (RANK-1 … RANK-3): the first of the podium outranks the second, and this one the last."""
    entrants = [entrant._replace(position=place) for place, entrant in enumerate((one, other, third))]
    found = kernel_fast.podium(
        stand_ins.snapshot(Policy(0, 0, 0, 0, 0, 0)),
        stand_ins.request(Request(0, 0, 1, 0, BPS, U64_MAX, 0, BPS, 0, 0, 0, 1, 0)),
        kernel_fast.candidates([entering(entrant) for entrant in entrants]),
    )
    count, utility, cost, winner, second_utility, runner_up = found
    first, second = entrants[winner.index], entrants[runner_up.index]
    (last,) = [entrants[place] for place in range(3) if place not in (winner.index, runner_up.index)]
    return all(
        [
            count == 3,
            outranks(first, second),
            outranks(second, last),
            (utility == first.utility) & (cost == first.cost) & (second_utility == second.utility),
        ]
    )


def entering(entrant: Candidate) -> Row:
    """Return the row of a candidate that passes every gate; its latency term makes its utility what it is to be."""
    latency_term = entrant.quality_bps - entrant.cost - entrant.utility
    rates = (entrant.cost * MILLION, 0)
    return (entrant.position, entrant.model_id, 1, entrant.quality_bps, 0, 0, 1, 0, 0, *rates, latency_term)
