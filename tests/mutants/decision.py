"""Mutants of what one candidate is held to: hard limits, gates and money."""

from itertools import pairwise

from tests.mutants.mutation import Mutant, bugs_in

kernel = bugs_in("calybris_ref/kernel.py")

_COST = "cost = -(-input_tokens * input_rate // _RATE_TOKENS) - (-output_tokens * output_rate // _RATE_TOKENS)"
_QUALITY_TERM = "quality_term = weighted_value * quality // _BPS_SQUARED"
_RISK_TERM = "return _business_value(request) * request.risk_bps * snapshot.risk_penalty_multiplier_bps // _BPS_SQUARED"
_RISK_LIMIT = """    if request.risk_bps >= snapshot.hard_risk_limit_bps:
        return KernelReason.RISK_HARD_LIMIT
"""
_CONFIDENCE_LIMIT = """    if request.confidence_bps < snapshot.minimum_confidence_bps:
        return KernelReason.CONFIDENCE_HARD_LIMIT
"""
_CHAIN = {
    "disabled": "if enabled == 0:\n            gate = _DISABLED\n",
    "quality": "elif quality < minimum_quality:\n            gate = _QUALITY\n",
    "latency": "elif latency > max_latency:\n            gate = _LATENCY\n",
    "capability": "elif capabilities & needed != needed:\n            gate = _CAPABILITY\n",
    "provider": "elif not provider_bit & allowed_providers:\n            gate = _PROVIDER\n",
    "region": "elif wanted_regions and not regions & wanted_regions:\n            gate = _REGION\n",
    "risk_ceiling": "elif risk > risk_ceiling:\n            gate = _RISK_CEILING\n",
}


def _exchanged(first: str, second: str) -> Mutant:
    """Two neighbours of the gate chain in the other order."""
    # The chain starts with `if`, which moves to whatever stands first.
    earlier = _CHAIN[second] if _CHAIN[first].startswith("el") else _CHAIN[second].removeprefix("el")
    later = _CHAIN[first] if _CHAIN[first].startswith("el") else "el" + _CHAIN[first]
    return kernel(
        f"gate-order-{second}-before-{first}".replace("_", "-"),
        "GATE_ORDER",
        f"The {second} gate is asked before the {first} gate.",
        _CHAIN[first] + "        " + _CHAIN[second],
        earlier + "        " + later,
    )


LIMITS = (
    kernel(
        "risk-limit-exclusive",
        "HARD_LIMIT_BOUNDARY",
        "A risk equal to the hard limit is let through.",
        "request.risk_bps >= snapshot",
        "request.risk_bps > snapshot",
    ),
    kernel(
        "confidence-minimum-exclusive",
        "HARD_LIMIT_BOUNDARY",
        "A confidence equal to the minimum is rejected.",
        "request.confidence_bps < snapshot",
        "request.confidence_bps <= snapshot",
    ),
    kernel(
        "hard-limits-swapped",
        "HARD_LIMITS_SWAPPED",
        "The confidence is checked before the risk.",
        _RISK_LIMIT + _CONFIDENCE_LIMIT,
        _CONFIDENCE_LIMIT + _RISK_LIMIT,
    ),
    kernel(
        "hard-limit-evaluates",
        "HARD_LIMIT_EVALUATES",
        "A rejection by a hard limit reports the size of the catalog as evaluated.",
        "reason, evaluated_models=0)",
        "reason, evaluated_models=min(len(snapshot.models), _U16_MAX))",
    ),
)

GATES = (
    *(_exchanged(first, second) for first, second in pairwise(_CHAIN)),
    kernel(
        "gate-counts-all",
        "GATE_COUNTS_ALL",
        "A model that fails the quality and the latency gate is counted under both.",
        "            gate = _QUALITY\n",
        "            gate = _QUALITY\n            counts[_LATENCY] += latency > max_latency\n",
    ),
    kernel(
        "enabled-only-one",
        "ENABLED_ONLY_ONE",
        "`enabled` is compared with 1.",
        "if enabled == 0:",
        "if enabled != 1:",
    ),
    kernel(
        "quality-exclusive",
        "GATE_BOUNDARY",
        "A quality equal to the minimum is rejected.",
        "elif quality < minimum_quality",
        "elif quality <= minimum_quality",
    ),
    kernel(
        "latency-exclusive",
        "GATE_BOUNDARY",
        "A latency equal to the limit is rejected.",
        "elif latency > max_latency",
        "elif latency >= max_latency",
    ),
    kernel(
        "ceiling-exclusive",
        "GATE_BOUNDARY",
        "A risk equal to the ceiling is rejected, as at the hard limit.",
        "elif risk > risk_ceiling",
        "elif risk >= risk_ceiling",
    ),
    kernel(
        "budget-exclusive",
        "GATE_BOUNDARY",
        "A cost equal to the budget is rejected.",
        "if cost > budget",
        "if cost >= budget",
    ),
    kernel(
        "zero-latency-constrains",
        "ZERO_CONSTRAINS",
        "A latency limit of 0 rejects every model that takes time.",
        "request.max_p95_latency_ms or _U32_MAX",
        "request.max_p95_latency_ms",
    ),
    kernel(
        "zero-region-constrains",
        "ZERO_CONSTRAINS",
        "A region mask of 0 rejects every model.",
        "elif wanted_regions and not",
        "elif not",
    ),
    kernel(
        "one-capability-is-enough",
        "MASK_TESTS_EXCHANGED",
        "One shared capability is enough.",
        "capabilities & needed != needed",
        "needed and not capabilities & needed",
    ),
    kernel(
        "every-region-needed",
        "MASK_TESTS_EXCHANGED",
        "Every required region must be served.",
        "wanted_regions and not regions & wanted_regions",
        "regions & wanted_regions != wanted_regions",
    ),
    kernel(
        "capabilities-32-bits",
        "MASK_32_BITS",
        "The required capabilities are a 32-bit mask.",
        "needed = request.required_capabilities",
        "needed = request.required_capabilities & 0xFFFFFFFF",
    ),
    kernel(
        "regions-32-bits",
        "MASK_32_BITS",
        "The required regions are a 32-bit mask.",
        "wanted_regions = request.required_region_mask",
        "wanted_regions = request.required_region_mask & 0xFFFFFFFF",
    ),
    kernel(
        "provider-shift-modulo-32",
        "MASK_32_BITS",
        "`1 << id` is taken in 32 bits, where the shift is modulo 32.",
        "1 << model.provider_id if",
        "1 << model.provider_id % 32 if",
    ),
    kernel(
        "provider-above-63",
        "PROVIDER_ABOVE_63",
        "The shift by the provider id is modulo 64, so that provider 64 is provider 0.",
        "1 << model.provider_id if model.provider_id <= MAX_PROVIDER_ID else 0",
        "1 << model.provider_id % 64",
    ),
    kernel(
        "provider-63-excluded",
        "MASK_32_BITS",
        "The last provider bit is taken for a sign.",
        "if model.provider_id <= MAX_PROVIDER_ID",
        "if model.provider_id < MAX_PROVIDER_ID",
    ),
    kernel(
        "utility-zero-eligible",
        "UTILITY_ZERO_ELIGIBLE",
        "A utility of exactly 0 is eligible.",
        "if utility <= 0:",
        "if utility < 0:",
    ),
)

MONEY = (
    kernel(
        "cost-rounded-down",
        "COST_ROUNDING",
        "Integer division rounds down.",
        _COST,
        "cost = input_tokens * input_rate // _RATE_TOKENS + output_tokens * output_rate // _RATE_TOKENS",
    ),
    kernel(
        "cost-rounded-once",
        "COST_ROUNDING",
        "The two sides are added before they are rounded up.",
        _COST,
        "cost = -(-(input_tokens * input_rate + output_tokens * output_rate) // _RATE_TOKENS)",
    ),
    kernel(
        "cost-rounded-to-nearest",
        "COST_ROUNDING",
        "One is added to the rounded-down cost, also when nothing was cut off.",
        _COST,
        "cost = input_tokens * input_rate // _RATE_TOKENS + output_tokens * output_rate // _RATE_TOKENS + 2",
    ),
    kernel(
        "cost-wraps",
        "COST_WRAPS",
        "The sum of the two sides is kept in 64 bits.",
        "                cost = _U64_MAX\n",
        "                cost &= _U64_MAX\n",
    ),
    kernel(
        "cost-product-wraps",
        "COST_WRAPS",
        "Tokens times rate is taken in 64 bits.",
        _COST,
        "cost = -(-(input_tokens * input_rate & _U64_MAX) // _RATE_TOKENS)"
        " - (-(output_tokens * output_rate & _U64_MAX) // _RATE_TOKENS)",
    ),
    kernel(
        "cost-not-saturated",
        "COST_WRAPS",
        "A cost wider than 64 bits is kept.",
        "            if cost > _U64_MAX:\n                cost = _U64_MAX\n",
        "",
    ),
    kernel(
        "negative-value-kept",
        "NEGATIVE_VALUE_KEPT",
        "A negative value enters the terms as it is.",
        "return max(request.business_value_microunits, 0)",
        "return request.business_value_microunits",
    ),
    kernel(
        "negative-value-absolute",
        "NEGATIVE_VALUE_KEPT",
        "A negative value is read as its magnitude.",
        "return max(request.business_value_microunits, 0)",
        "return abs(request.business_value_microunits)",
    ),
    kernel(
        "quality-two-floors",
        "TWO_FLOORS",
        "The quality term is rounded down after each factor.",
        _QUALITY_TERM,
        "quality_term = weighted_value // BASIS_POINTS * quality // BASIS_POINTS",
    ),
    kernel(
        "risk-two-floors",
        "TWO_FLOORS",
        "The risk term is rounded down after each factor.",
        _RISK_TERM,
        "value = _business_value(request) * request.risk_bps // BASIS_POINTS\n"
        "    return value * snapshot.risk_penalty_multiplier_bps // BASIS_POINTS",
    ),
    kernel(
        "terms-share-one-floor",
        "TWO_FLOORS",
        "The two terms are subtracted before they are rounded down.",
        "utility = quality_term - risk_term - cost",
        "risk = request.risk_bps * snapshot.risk_penalty_multiplier_bps * _business_value(request)\n"
        "                utility = (weighted_value * quality - risk) // _BPS_SQUARED - cost",
    ),
    kernel(
        "quality-product-wraps",
        "PRODUCT_64_BITS",
        "Value times two proportions is taken in 64 bits.",
        _QUALITY_TERM,
        "quality_term = (weighted_value * quality & _U64_MAX) // _BPS_SQUARED",
    ),
    kernel(
        "risk-product-wraps",
        "PRODUCT_64_BITS",
        "Value times risk times multiplier is taken in 64 bits.",
        _RISK_TERM,
        "product = _business_value(request) * request.risk_bps * snapshot.risk_penalty_multiplier_bps\n"
        "    return (product & _U64_MAX) // _BPS_SQUARED",
    ),
    kernel(
        "latency-product-wraps",
        "PRODUCT_64_BITS",
        "Latency times penalty is taken in 64 bits.",
        "model.p95_latency_ms * latency_penalty_microunits_per_ms,",
        "model.p95_latency_ms * latency_penalty_microunits_per_ms & _U64_MAX,",
    ),
    kernel(
        "utility-wraps-above",
        "UTILITY_WRAPS",
        "A utility above i64 wraps to a negative one.",
        "                    utility = _I64_MAX\n",
        "                    utility -= 1 << 64\n",
    ),
    kernel(
        "utility-wraps-below",
        "UTILITY_WRAPS",
        "A utility below i64 wraps to a positive one.",
        "                    utility = _I64_MIN\n",
        "                    utility = (utility + (1 << 63)) % (1 << 64) - (1 << 63)\n",
    ),
    kernel(
        "quality-term-clamped",
        "UTILITY_CLAMPED_EARLY",
        "The quality term is clamped before anything is subtracted.",
        "utility = quality_term - risk_term",
        "utility = min(quality_term, _I64_MAX) - risk_term",
    ),
    kernel(
        "risk-term-clamped",
        "UTILITY_CLAMPED_EARLY",
        "The risk term is clamped before it is subtracted.",
        "utility = quality_term - risk_term",
        "utility = quality_term - min(risk_term, _I64_MAX)",
    ),
    kernel(
        "cost-subtracted-last",
        "UTILITY_CLAMPED_EARLY",
        "The difference of the terms is clamped, then the cost and the latency are subtracted.",
        "utility = quality_term - risk_term - cost",
        "utility = min(quality_term - risk_term, _I64_MAX) - cost",
    ),
)

MUTANTS = LIMITS + GATES + MONEY
