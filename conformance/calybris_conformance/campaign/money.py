"""What a candidate costs and earns, in plain integers: profiles aim with it, and no answer is judged by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign.catalogs import BPS, I64, INPUT_RATE, OUTPUT_RATE, U64

if TYPE_CHECKING:
    from collections.abc import Mapping

_RATE_TOKENS: Final = 1_000_000
_BPS_SQUARED: Final = BPS * BPS


def cost(model: Mapping[str, Any], request: Mapping[str, Any]) -> int:
    """Microunits, each side rounded up, saturated (MONEY-1, MONEY-2)."""
    sides = request["input_tokens"] * model[INPUT_RATE], request["output_tokens"] * model[OUTPUT_RATE]
    return min(int(sum(-(-side // _RATE_TOKENS) for side in sides)), U64)


def utility(policy: Mapping[str, Any], model: Mapping[str, Any], request: Mapping[str, Any]) -> int:
    """Microunits before clamping (MONEY-3 … MONEY-6)."""
    value = max(request["business_value_microunits"], 0)
    earned = value * request["confidence_bps"] * model["quality_bps"] // _BPS_SQUARED
    risked = value * request["risk_bps"] * policy["risk_penalty_multiplier_bps"] // _BPS_SQUARED
    waited = model["p95_latency_ms"] * policy["latency_penalty_microunits_per_ms"]
    return int(earned - risked - cost(model, request) - waited)


def value_for(policy: Mapping[str, Any], model: Mapping[str, Any], request: Mapping[str, Any], wanted: int) -> int:
    """The smallest business value at which the utility reaches `wanted`; the largest there is when none does."""
    low, high = 0, I64
    while low < high:
        middle = (low + high) // 2
        if utility(policy, model, {**request, "business_value_microunits": middle}) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low
