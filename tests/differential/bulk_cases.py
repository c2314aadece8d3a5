"""Random columns of requests, and policies for them, that lie where 64 bits end and where candidates tie.

`cases` aims single requests at the limits of a policy; this makes columns of them with numpy, fast enough for millions.
Everything is a function of the two random sources.
"""

import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calybris_conformance import wire
from tests.differential import cases
from tests.differential.cases import U16, U32, U64, Integers, Policy

Columns = dict[str, NDArray[Any]]

KINDS: dict[str, Any] = {"u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "i64": np.int64}
_MILLION = 10**6
_RATE_STEP = 2_048 * _MILLION
# Around these the compiled function changes its way of computing.
_TURNS = (2**30, 2**31, 2**61 // 10_000, 2**61, 2**62, 10**8, _RATE_STEP, U64 * _MILLION // U32)
_EDGES = sorted({*cases.EDGES, *(turn + step for turn in _TURNS for step in (-1, 0, 1))})
# One microunit per point of quality and this factor, at full confidence.
_TIE_FACTORS = (1, 3, 1_000)


def extreme_policy(rng: random.Random) -> Policy:
    """An unchecked policy with numbers from the ends of the widths, or one of `cases`."""
    made = cases.unchecked_policy(rng)
    if rng.random() < 0.5:
        made["hard_risk_limit_bps"] = rng.choice((10_000, 10_001, U16))
        made["minimum_confidence_bps"] = 0
        made["risk_penalty_multiplier_bps"] = rng.choice((0, 1, 3_500, 50_000, U16))
    for model in made["models"]:
        for key in tuple(model)[5:]:
            if rng.random() < 0.15:
                model[key] = min(rng.choice(_EDGES), wire.INTEGER_TYPES[wire.MODEL[key]][1])
        if rng.random() < 0.1:  # a rate at which the cost of some tokens is just what an u64 holds
            key = rng.choice(tuple(model)[8:])
            model[key] = min(U64 * _MILLION // rng.choice((U32, 2**31, 2**20)) + rng.choice((-1, 0, 1)), U64)
    return made


def tied_policy(rng: random.Random) -> tuple[Policy, int]:
    """A policy full of ties for requests of `tied_columns` with this factor.

    With a penalty of 1 and a million input tokens a millisecond is worth a microunit of rate, and a point of quality
    as many microunits as the factor: what one candidate is better in, another has less latency for.
    """
    factor = rng.choice(_TIE_FACTORS)
    models: list[Integers] = []
    first = {
        "model_id": 1,
        "provider_id": 0,
        "quality_bps": rng.randint(5_000, 9_000),
        "risk_ceiling_bps": 10_000,
        "enabled": 1,
        "p95_latency_ms": rng.randint(50_000, 60_000),
        "capabilities": U64,
        "region_mask": U64,
        "input_cost_microunits_per_million_tokens": rng.randint(0, 1_000),
        "output_cost_microunits_per_million_tokens": 0,
    }
    for _ in range(rng.choice((2, 3, 4, 6, 22))):
        model = dict(rng.choice(models)) if models else first
        model["model_id"] = rng.randint(1, 6) if rng.random() < 0.5 else rng.randint(1, U32)
        match rng.randrange(4):
            case 0:
                step = rng.randint(0, 3)
                model["p95_latency_ms"] -= step
                model["input_cost_microunits_per_million_tokens"] += step
            case 1:
                step = rng.randint(0, 3)
                model["quality_bps"] += step
                model["p95_latency_ms"] += step * factor
        models.append(model)
    rng.shuffle(models)
    return {
        "policy_epoch": rng.choice((0, 1, U64)),
        "catalog_epoch": 1,
        "hard_risk_limit_bps": 10_000,
        "minimum_confidence_bps": 0,
        "risk_penalty_multiplier_bps": 3_500,
        "latency_penalty_microunits_per_ms": 1,
        "models": models,
    }, factor


def tied_columns(rng: np.random.Generator, factor: int, rows: int) -> Columns:
    """Requests under which the candidates of `tied_policy` tie."""
    made = _open_columns(rng, rows)
    made["input_tokens"][:] = _MILLION
    made["output_tokens"][:] = 0
    made["business_value_microunits"] = np.where(rng.random(rows) < 0.9, 10_000 * factor, 10_000 * factor - 1)
    made["confidence_bps"][:] = 10_000
    made["risk_bps"][:] = 0
    made["requested_model_id"] = rng.integers(1, 7, rows, np.uint32)
    return made


def extreme_columns(rng: np.random.Generator, policy: Policy, rows: int) -> Columns:
    """Requests of which most numbers leave the gates open, and any may be at an edge, of any size, or at a limit."""
    made = _open_columns(rng, rows)
    limits = {
        "minimum_quality_bps": [model["quality_bps"] for model in policy["models"]],
        "max_p95_latency_ms": [model["p95_latency_ms"] for model in policy["models"]],
        "risk_bps": [policy["hard_risk_limit_bps"], *(model["risk_ceiling_bps"] for model in policy["models"])],
        "confidence_bps": [policy["minimum_confidence_bps"]],
        "requested_model_id": [model["model_id"] for model in policy["models"]],
    }
    strange = rng.random(rows) < 0.8
    for key, kind in wire.REQUEST.items():
        lowest, highest = wire.INTEGER_TYPES[kind]
        edges = np.array(
            [edge for edge in (*_EDGES, *(-edge for edge in _EDGES)) if lowest <= edge <= highest], KINDS[kind]
        )
        often = 0.5 if key in ("business_value_microunits", "input_tokens", "output_tokens") else 0.08
        made[key] = np.where(strange & (rng.random(rows) < often), rng.choice(edges, rows), made[key])
        bits = rng.integers(0, U64, rows, np.uint64, endpoint=True)
        anything = (bits >> rng.integers(64 - highest.bit_length(), 64, rows, np.uint64)).astype(KINDS[kind])
        made[key] = np.where(strange & (rng.random(rows) < 0.08), anything, made[key])
        if limits.get(key):
            near = rng.choice(np.array(limits[key], np.int64), rows) + rng.integers(-1, 2, rows)
            near = np.clip(near, lowest, highest).astype(KINDS[kind])
            made[key] = np.where(strange & (rng.random(rows) < 0.2), near, made[key])
    most = rng.random(rows) < 0.1  # the only way above i64
    for key, value in {"business_value_microunits": 2**63 - 1, "confidence_bps": U16, "risk_bps": 0}.items():
        made[key][most] = value
    for key, value in {"minimum_quality_bps": 0, "budget_limit_microunits": U64}.items():
        made[key][most] = value
    return made


def aimed_columns(rng: random.Random, policy: Policy, rows: int) -> Columns:
    """The requests of `cases`, each aimed at limits of the policy."""
    asked = [cases.unchecked_request(rng, policy) for _ in range(rows)]
    return {key: np.array([one[key] for one in asked], KINDS[kind]) for key, kind in wire.REQUEST.items()}


def _open_columns(rng: np.random.Generator, rows: int) -> Columns:
    """Requests that leave most gates open."""
    return {
        "request_sequence": np.arange(rows, dtype=np.uint64),
        "requested_model_id": rng.integers(1, 9, rows, np.uint32),
        "input_tokens": rng.integers(0, 2**20, rows, np.uint32),
        "output_tokens": rng.integers(0, 2**20, rows, np.uint32),
        "business_value_microunits": rng.integers(0, 2**50, rows),
        "budget_limit_microunits": np.full(rows, U64, np.uint64),
        "risk_bps": rng.integers(0, 3_000, rows, np.uint16),
        "confidence_bps": rng.choice(np.array([6_000, 10_000, 10_000, U16], np.uint16), rows),
        "minimum_quality_bps": rng.integers(0, 4_000, rows, np.uint16),
        "max_p95_latency_ms": rng.choice(np.array([0, 0, 2_000, U32], np.uint32), rows),
        "required_capabilities": np.zeros(rows, np.uint64),
        "allowed_provider_mask": np.full(rows, U64, np.uint64),
        "required_region_mask": rng.choice(np.array([0, 0, 1, U64], np.uint64), rows),
    }
