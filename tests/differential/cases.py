"""Random policies and requests that lie where implementations differ: on limits, at the ends of widths, in ties.

Uniform numbers would reject everything at the first gate. A request is therefore made to fit the catalog, and then
aimed: one or more of its fields are moved to just below, onto or just above a limit of one candidate. Everything is a
plain dict of integers in the field order of docs/operations.md, and a function of the random source alone.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from calybris_conformance import wire

Integers = dict[str, int]
Policy = dict[str, Any]

U16, U32, U64 = 2**16 - 1, 2**32 - 1, 2**64 - 1
EDGES = sorted({max(0, edge + step) for edge in (0, 10_000, 2**31, 2**32, 2**53, 2**63, U64) for step in (-1, 0, 1)})
_MILLION = 10**6


def any_integer(rng: random.Random, kind: str) -> int:
    """An integer of this type: an edge of some width, or of any magnitude with equal weight."""
    lowest, highest = wire.INTEGER_TYPES[kind]
    if rng.random() < 0.5:
        value = rng.choice([edge for edge in EDGES if edge <= highest])
    else:
        value = rng.getrandbits(rng.randint(1, highest.bit_length()))
    return max(-value, lowest) if lowest and rng.random() < 0.2 else value


# ---- policies


def policy(rng: random.Random) -> Policy:
    """A policy that every validating constructor accepts, with its catalog in any order."""
    models = [_model(rng)]
    size = rng.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 12))
    while len(models) < size:
        models.append(_relative(rng, rng.choice(models)) if rng.random() < 0.5 else _model(rng))
    first, step = rng.choice(((1, 1), (1, 7), (2**31 - 1, 1), (U32 - size + 1, 1)))
    for place, model in enumerate(models):
        model["model_id"] = first + place * step
    rng.shuffle(models)
    if not any(model["enabled"] for model in models):
        models[0]["enabled"] = 1
    extreme = rng.random() < 0.2
    return {
        "policy_epoch": any_integer(rng, "u64"),
        "catalog_epoch": any_integer(rng, "u64"),
        "hard_risk_limit_bps": rng.choice((0, 1, 5_000, 10_000)) if extreme else rng.randint(8_000, 10_000),
        "minimum_confidence_bps": rng.choice((0, 1, 9_999, 10_000)) if extreme else rng.randint(0, 6_000),
        "risk_penalty_multiplier_bps": rng.choice((0, 1, 49_999, 50_000)) if extreme else rng.randint(0, 8_000),
        "latency_penalty_microunits_per_ms": any_integer(rng, "u64") if extreme else rng.choice((0, 1, 2, 700)),
        "models": models,
    }


def unchecked_policy(rng: random.Random) -> Policy:
    """A policy of which only the widths hold: any bps, any provider, equal ids, perhaps no model at all."""
    made = policy(rng)
    for key in ("hard_risk_limit_bps", "minimum_confidence_bps", "risk_penalty_multiplier_bps"):
        if rng.random() < 0.3:
            made[key] = rng.choice((0, 9_999, 10_001, U16))
    models = made["models"]
    for model in models:
        if rng.random() < 0.3:
            model[rng.choice(("quality_bps", "risk_ceiling_bps"))] = rng.choice((10_001, U16))
        if rng.random() < 0.1:
            model["provider_id"] = rng.choice((63, 64, 65, 127, 128, U16))
        if rng.random() < 0.2:
            model["enabled"] = rng.choice((0, 1, 2, 255))
        if rng.random() < 0.3:
            model["model_id"] = rng.choice(models)["model_id"]
    if rng.random() < 0.3:
        models.append(dict(rng.choice(models)))  # equal in everything
    if rng.random() < 0.15:
        models.clear()
    return made


def _model(rng: random.Random) -> Integers:
    model = {
        "model_id": 0,
        "provider_id": rng.choice((0, 1, 2, 31, 32, 62, 63)),
        "quality_bps": rng.randint(4_000, 10_000),
        "risk_ceiling_bps": rng.randint(3_000, 10_000),
        "enabled": int(rng.random() < 0.93),
        "p95_latency_ms": rng.randint(0, 2_000),
        "capabilities": rng.getrandbits(64) | rng.getrandbits(64),
        "region_mask": rng.getrandbits(64) | 1,
        "input_cost_microunits_per_million_tokens": rng.getrandbits(rng.randint(0, 36)),
        "output_cost_microunits_per_million_tokens": rng.getrandbits(rng.randint(0, 36)),
    }
    if rng.random() < 0.15:
        key = rng.choice(tuple(model)[5:])
        model[key] = any_integer(rng, wire.MODEL[key])
    if rng.random() < 0.05:
        model[rng.choice(("quality_bps", "risk_ceiling_bps"))] = rng.choice((0, 1, 9_999, 10_000))
    return model


def _relative(rng: random.Random, model: Integers) -> Integers:
    """A model that ties with another one in utility, or in utility and cost, or in everything but the id."""
    twin = dict(model)
    match rng.randrange(4):
        case 0:  # under one million tokens and a penalty of 1, a microunit more is worth a millisecond less
            if twin["p95_latency_ms"] and twin["input_cost_microunits_per_million_tokens"] < U64:
                twin["p95_latency_ms"] -= 1
                twin["input_cost_microunits_per_million_tokens"] += 1
        case 1:  # with a small value the quality term is floored to the same
            twin["quality_bps"] = max(0, twin["quality_bps"] - rng.randint(1, 3))
        case 2:
            twin["output_cost_microunits_per_million_tokens"] ^= 1
    return twin


# ---- requests


def request(rng: random.Random, under: Policy) -> Integers:
    """A request that mostly fits the catalog, aimed at a few limits of it."""
    models = under["models"]
    made = {
        "request_sequence": any_integer(rng, "u64"),
        "requested_model_id": rng.choice(models)["model_id"] if models and rng.random() < 0.8 else rng.randrange(9),
        "input_tokens": rng.choice((0, 1, 1_000, _MILLION, _MILLION, rng.getrandbits(20))),
        "output_tokens": rng.choice((0, 0, 1, 500, _MILLION, rng.getrandbits(20))),
        "business_value_microunits": rng.getrandbits(rng.randint(1, 62)),
        "budget_limit_microunits": rng.getrandbits(rng.randint(20, 64)) if rng.random() < 0.3 else U64,
        "risk_bps": rng.randint(0, 3_000),
        "confidence_bps": rng.randint(6_000, 10_000),
        "minimum_quality_bps": rng.randint(0, 4_000),
        "max_p95_latency_ms": rng.choice((0, 0, 1_500, 2_000, U32)),
        "required_capabilities": 0,
        "allowed_provider_mask": U64,
        "required_region_mask": rng.choice((0, 0, 1, U64)),
    }
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        if models:
            rng.choice(_AIMS)(rng, made, under, rng.choice(models))
    if rng.random() < 0.1:
        key = rng.choice(tuple(made))
        made[key] = rng.randint(0, 10_000) if key.endswith("_bps") else any_integer(rng, wire.REQUEST[key])
    return made


def unchecked_request(rng: random.Random, under: Policy) -> Integers:
    """A request of which only the widths hold."""
    made = request(rng, under)
    for key in ("risk_bps", "confidence_bps", "minimum_quality_bps"):
        if rng.random() < 0.2:
            made[key] = rng.choice((10_000, 10_001, U16))
    if rng.random() < 0.1:  # the only way above i64
        made |= {"business_value_microunits": 2**63 - 1, "confidence_bps": U16, "risk_bps": 0}
        made |= {"minimum_quality_bps": 0, "input_tokens": 0, "output_tokens": 0}
    return made


def _near(rng: random.Random, value: int, highest: int) -> int:
    return min(max(value + rng.choice((-1, 0, 0, 1)), 0), highest)


def _aim_at_hard_limits(rng: random.Random, made: Integers, under: Policy, _model: Integers) -> None:
    if rng.random() < 0.5:
        made["risk_bps"] = _near(rng, under["hard_risk_limit_bps"], 10_000)
    else:
        made["confidence_bps"] = _near(rng, under["minimum_confidence_bps"], 10_000)


def _aim_at_quality(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    made["minimum_quality_bps"] = _near(rng, model["quality_bps"], 10_000)


def _aim_at_latency(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    made["max_p95_latency_ms"] = _near(rng, model["p95_latency_ms"], U32)


def _aim_at_capability(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    made["required_capabilities"] = model["capabilities"] | (1 << rng.randrange(64))


def _aim_at_provider(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    bit = 1 << model["provider_id"] % 64
    made["allowed_provider_mask"] = rng.choice((bit, U64 ^ bit, bit >> 1, 0))


def _aim_at_region(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    bit = 1 << rng.randrange(64)
    made["required_region_mask"] = rng.choice((bit, model["region_mask"], U64 ^ model["region_mask"]))


def _aim_at_risk_ceiling(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    made["risk_bps"] = _near(rng, min(model["risk_ceiling_bps"], 10_000), 10_000)


def _aim_at_budget(rng: random.Random, made: Integers, _under: Policy, model: Integers) -> None:
    made["budget_limit_microunits"] = _near(rng, _rough_cost(made, model), U64)


def _aim_at_utility(rng: random.Random, made: Integers, under: Policy, model: Integers) -> None:
    """A value at which the candidate's utility is about 0."""
    gain = made["confidence_bps"] * model["quality_bps"] - made["risk_bps"] * under["risk_penalty_multiplier_bps"]
    loss = _rough_cost(made, model) + model["p95_latency_ms"] * under["latency_penalty_microunits_per_ms"]
    if gain > 0:
        made["business_value_microunits"] = _near(rng, -(-loss * 10**8 // gain), 2**63 - 1)


def _aim_at_ties(rng: random.Random, made: Integers, _under: Policy, _model: Integers) -> None:
    made["input_tokens"], made["output_tokens"] = rng.choice(((_MILLION, 0), (0, 1), (0, 0)))
    if rng.random() < 0.5:
        made["business_value_microunits"] = rng.randint(1, 5_000)


def _aim_at_clamps(rng: random.Random, made: Integers, _under: Policy, _model: Integers) -> None:
    made["input_tokens"] = made["output_tokens"] = rng.choice((U32, U32 - 1, 2**31))
    made["business_value_microunits"] = rng.choice((2**63 - 1, -(2**63), -1))


def _rough_cost(made: Integers, model: Integers) -> int:
    """Near the cost, perhaps off by one: only for aiming, the judges of the cost are the implementations."""
    sides = (
        made[f"{side}_tokens"] * model[f"{side}_cost_microunits_per_million_tokens"] for side in ("input", "output")
    )
    return sum(side // _MILLION for side in sides)


_AIMS: tuple[Callable[[random.Random, Integers, Policy, Integers], None], ...] = (
    _aim_at_hard_limits,
    _aim_at_quality,
    _aim_at_latency,
    _aim_at_capability,
    _aim_at_provider,
    _aim_at_region,
    _aim_at_risk_ceiling,
    _aim_at_budget,
    _aim_at_utility,
    _aim_at_utility,
    _aim_at_ties,
    _aim_at_ties,
    _aim_at_clamps,
)


# ---- broken ones


def broken_policy(rng: random.Random) -> Policy:
    """A policy with none to four faults of POLICY-1 … POLICY-7, in any places."""
    made = policy(rng)
    for _ in range(rng.randint(0, 4)):
        _break(rng, made)
    return made


def _break(rng: random.Random, made: Policy) -> None:
    models: list[Integers] = made["models"]
    model = rng.choice(models) if models else {}
    match rng.randrange(14):
        case 0 | 1 | 2 as which:
            key = ("hard_risk_limit_bps", "minimum_confidence_bps", "risk_penalty_multiplier_bps")[which]
            made[key] = rng.choice((10_000, 10_001, 50_000, 50_001, U16))
        case 3 | 4:
            model["quality_bps"] = rng.choice((10_000, 10_001, U16))
        case 5 | 6:
            model["risk_ceiling_bps"] = rng.choice((10_000, 10_001, U16))
        case 7 | 8:
            model["provider_id"] = rng.choice((63, 64, 65, U16))
        case 9 | 10 if models:
            model["model_id"] = rng.choice(models)["model_id"]
        case 11:
            model["model_id"] = 0
        case 12:
            model["enabled"] = rng.choice((2, 255))
        case 13:
            if rng.random() < 0.5:
                models.clear()
            for each in models:
                each["enabled"] = 0
    if models and not model:
        raise AssertionError("a fault was put into no model")


def broken_request(rng: random.Random) -> Integers:
    """A request with none to three proportions out of bounds."""
    made = unchecked_request(rng, {"models": []})
    return made | {key: rng.choice((10_001, U16)) for key in ("risk_bps", "confidence_bps") if rng.random() < 0.2}


# ---- as vectors


def to_wire(value: Any) -> Any:
    """The case as the vectors write it: every integer a canonical decimal."""
    if isinstance(value, Mapping):
        return {key: to_wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
