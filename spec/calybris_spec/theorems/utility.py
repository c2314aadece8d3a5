"""Utility: one floor per term (MONEY-4, MONEY-5), clamped and never wrapped (MONEY-6), a loss counts as 0 (MONEY-3)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import utility
from calybris_spec.integers import I64_MAX, I64_MIN, holds
from calybris_spec.logic import implies, within
from calybris_spec.theorems import unfolded
from calybris_spec.utility import AMOUNT, BPS, LATENCY, SCALE, VALUE, Terms

counted_value, scaled = unfolded(utility.counted_value), unfolded(utility.scaled)
latency_term, utility_microunits = unfolded(utility.latency_term), unfolded(utility.utility_microunits)


@require(lambda value, one_bps, other_bps: (value >= 0) & holds(BPS, one_bps) & holds(BPS, other_bps))
@ensure(lambda result: result)
def a_term_is_the_floor_of_the_exact_product(value: int, one_bps: int, other_bps: int) -> bool:
    """ONE floor: the largest whole number of microunits that the exact term reaches."""
    term, exact = scaled(value, one_bps, other_bps), value * one_bps * other_bps
    return (term * SCALE <= exact) & (exact < (term + 1) * SCALE)


@require(lambda value, one_bps, other_bps: (value >= 0) & within(0, one_bps, 10_000) & within(0, other_bps, 10_000))
@ensure(lambda result: result)
def proportions_up_to_one_never_raise_a_value(value: int, one_bps: int, other_bps: int) -> bool:
    """10,000 bps is the whole."""
    return within(0, scaled(value, one_bps, other_bps), value)


@require(lambda value: value >= 0)
@ensure(lambda result: result)
def the_whole_of_the_whole_is_the_value(value: int) -> bool:
    """10,000 bps of 10,000 bps leave the value as it is."""
    return scaled(value, 10_000, 10_000) == value


@require(lambda value: holds(VALUE, value))
@ensure(lambda result: result)
def a_loss_counts_as_nothing(value: int) -> bool:
    """MONEY-3, case by case."""
    counted = counted_value(value)
    return implies(value <= 0, counted == 0) & implies(value > 0, counted == value)


@require(lambda terms: all([term >= 0 for term in terms]))
@ensure(lambda result: result)
def a_utility_that_fits_is_exact(terms: Terms) -> bool:
    """Only what no i64 can hold is changed."""
    exact = terms.quality - terms.risk - terms.cost - terms.latency
    return implies(holds(VALUE, exact), utility_microunits(terms) == exact)


@require(lambda terms: all([term >= 0 for term in terms]))
@ensure(lambda result: result)
def a_utility_that_does_not_fit_stops_at_the_end(terms: Terms) -> bool:
    """Clamped, never wrapped: too much stays the most, too little the least."""
    exact = terms.quality - terms.risk - terms.cost - terms.latency
    answer = utility_microunits(terms)
    return implies(exact > I64_MAX, answer == I64_MAX) & implies(exact < I64_MIN, answer == I64_MIN)


@require(lambda terms, extra: all([term >= 0 for term in terms]) & (extra >= 0))
@ensure(lambda result: result)
def a_higher_cost_never_raises_the_utility(terms: Terms, extra: int) -> bool:
    """Nor does more risk or latency, which enter in the same way."""
    return all(
        [
            utility_microunits(terms._replace(cost=terms.cost + extra)) <= utility_microunits(terms),
            utility_microunits(terms._replace(risk=terms.risk + extra)) <= utility_microunits(terms),
            utility_microunits(terms._replace(latency=terms.latency + extra)) <= utility_microunits(terms),
        ]
    )


@require(lambda latency_ms, penalty_per_ms: holds(LATENCY, latency_ms) & holds(AMOUNT, penalty_per_ms))
@ensure(lambda result: result)
def every_millisecond_costs_the_same(latency_ms: int, penalty_per_ms: int) -> bool:
    """One more millisecond, one more penalty; none, none: the term is the product, and never limited."""
    term = latency_term(latency_ms, penalty_per_ms)
    return (latency_term(latency_ms + 1, penalty_per_ms) == term + penalty_per_ms) & (
        latency_term(0, penalty_per_ms) == 0
    )
