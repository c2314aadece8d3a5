"""What a decision for a model is worth (MONEY-3 … MONEY-6).

    utility = clamp_i64(quality term − risk term − cost − latency term)

The terms are exact integers, up to 96 bits wide; only the utility is clamped.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import BASIS_POINTS
from calybris_spec.integers import I64_MAX, I64_MIN, WIDTHS, clamp, holds
from calybris_spec.logic import implies

VALUE, BPS, AMOUNT, LATENCY = WIDTHS["i64"], WIDTHS["u16"], WIDTHS["u64"], WIDTHS["u32"]
SCALE = BASIS_POINTS * BASIS_POINTS


class Terms(NamedTuple):
    """The four terms of a utility, microunits, none negative."""

    quality: int
    risk: int
    cost: int
    latency: int


@ensure(lambda business_value, result: (result >= 0) & ((result == 0) | (result == business_value)))
@ensure(lambda business_value, result: result >= business_value)
def counted_value(business_value: int) -> int:
    """Return the business value, a negative one as 0 (MONEY-3)."""
    # crosshair: specs_complete=True
    return max(business_value, 0)


@require(lambda value, one_bps, other_bps: (value >= 0) & holds(BPS, one_bps) & holds(BPS, other_bps))
@ensure(lambda result: result >= 0)
@ensure(lambda value, result: implies(value == 0, result == 0))
def scaled(value: int, one_bps: int, other_bps: int) -> int:
    """Return the value scaled by two proportions in basis points, with ONE floor at the end (MONEY-4, MONEY-5)."""
    # crosshair: specs_complete=True
    return value * one_bps * other_bps // SCALE


@require(lambda latency_ms, penalty_per_ms: holds(LATENCY, latency_ms) & holds(AMOUNT, penalty_per_ms))
@ensure(lambda result: result >= 0)
def latency_term(latency_ms: int, penalty_per_ms: int) -> int:
    """Return the penalty for the latency, microunits."""
    # crosshair: specs_complete=True
    return latency_ms * penalty_per_ms


@require(lambda terms: all([term >= 0 for term in terms]))
@ensure(lambda result: holds(VALUE, result))
@ensure(lambda terms, result: result <= terms.quality)
@ensure(lambda terms, result: implies(result > 0, terms.risk + terms.cost + terms.latency < terms.quality))
def utility_microunits(terms: Terms) -> int:
    """Return the utility (i64), clamped, never wrapped (MONEY-6)."""
    # crosshair: specs_complete=True
    return clamp(terms.quality - terms.risk - terms.cost - terms.latency, I64_MIN, I64_MAX)
