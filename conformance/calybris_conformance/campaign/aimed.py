"""Requests aimed at gates: an anchor that a catalog was made around, and rows one step away from it.

`gates` makes candidates that fail exactly the gates it dwells on, by one, and others that just pass; each row then
moves the anchor's limits onto, below and above what some candidate has. `extremes` does the same with amounts that
leave 64 bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calybris_conformance import wire
from calybris_conformance.campaign import money
from calybris_conformance.campaign.catalogs import (
    BPS,
    I64,
    INPUT_RATE,
    OUTPUT_RATE,
    PROVIDERS,
    U32,
    U64,
    Record,
    drawn,
    policy,
)

if TYPE_CHECKING:
    from calybris_conformance.campaign.draws import Draws

Columns = dict[str, Any]

GATES: Final = (
    "disabled",
    "quality",
    "latency",
    "capability",
    "provider",
    "region",
    "risk_ceiling",
    "budget",
    "utility",
)
"""The gates in their order."""
LIMITS: Final = ("risk_limit", "confidence_limit")
FOCI: Final = (
    *LIMITS,
    *(f"{first}/{second}" for place, first in enumerate(GATES) for second in GATES[place:]),
)
"""The hard limits, and every pair of gates."""
EXTREMES: Final = ("cost", "utility_high", "utility_low", "latency_term", "risk_term")
"""Which amount leaves its 64 bits."""

_STILL: Final = 150  # of a thousand rows, that are the anchor itself but for one step of one limit


def gates(draws: Draws, rows: int, focus: str) -> tuple[Record, Columns]:
    """Candidates that fail at these gates by one, and rows around the request for which they do."""
    anchor = _anchor(draws)
    aims = tuple(focus.split("/")) if focus not in LIMITS else (draws.one(GATES),)

    def fields(place: int) -> Record:
        one = _passing(draws, anchor)
        for gate in (aims[place % len(aims)],) if draws.chance(700) else aims:
            if place and draws.chance(800):
                one |= _failing(draws, gate, anchor)
        return one

    models = drawn(draws, draws.number(2, 8), fields)
    record = policy(
        models,
        hard_risk_limit_bps=min(anchor["risk_bps"] + draws.one((1, 1, 2, 500)), BPS),
        minimum_confidence_bps=max(anchor["confidence_bps"] - draws.one((0, 0, 1, 500)), 0),
        risk_penalty_multiplier_bps=draws.one((0, 3_500, BPS)),
        latency_penalty_microunits_per_ms=draws.one((0, 1, 700)),
        policy_epoch=draws.magnitude(U64),
        catalog_epoch=draws.magnitude(U64),
    )
    return record, _around(draws, rows, record, anchor, (*aims, focus))


def _anchor(draws: Draws) -> Record:
    return {
        "input_tokens": draws.number(0, 20_000),
        "output_tokens": draws.number(0, 20_000),
        "business_value_microunits": draws.magnitude(2**45 - 1),
        "budget_limit_microunits": draws.magnitude(2**40 - 1),
        "risk_bps": draws.number(0, BPS - 1),
        "confidence_bps": draws.number(0, BPS),
        "minimum_quality_bps": draws.number(1, BPS - 1),
        "max_p95_latency_ms": draws.number(1, 5_000),
        "required_capabilities": draws.word() & draws.word() & draws.word() | 1 << draws.number(0, 63),
        "allowed_provider_mask": (draws.word() | draws.word()) & ~2 | 1,
        "required_region_mask": draws.word() & draws.word() & draws.word() | 1 << draws.number(0, 63),
    }


def _passing(draws: Draws, anchor: Record) -> Record:
    """A candidate that passes, most often with nothing to spare."""
    spare = draws.one((0, 0, 1, 50))
    rate = anchor["budget_limit_microunits"] * 1_000_000 // (anchor["input_tokens"] + 1)
    return {
        "quality_bps": min(anchor["minimum_quality_bps"] + spare, BPS),
        "p95_latency_ms": max(anchor["max_p95_latency_ms"] - spare, 0),
        "capabilities": anchor["required_capabilities"] | draws.word(),
        "provider_id": 0,
        "region_mask": anchor["required_region_mask"] & -anchor["required_region_mask"],
        "risk_ceiling_bps": min(anchor["risk_bps"] + spare, BPS),
        INPUT_RATE: min(draws.one((0, rate // 2, max(rate - 100, 0))), U64),
        OUTPUT_RATE: draws.one((0, 0, draws.number(0, 1_000_000))),
    }


def _failing(draws: Draws, gate: str, anchor: Record) -> Record:
    """What makes a candidate fail at this gate under the anchor, by as little as possible."""
    needed = anchor["required_capabilities"]
    return {
        "disabled": {"enabled": 0},
        "quality": {"quality_bps": anchor["minimum_quality_bps"] - 1},
        "latency": {"p95_latency_ms": anchor["max_p95_latency_ms"] + 1},
        "capability": {"capabilities": needed & (needed - 1)},
        "provider": {"provider_id": 1},
        "region": {"region_mask": ~anchor["required_region_mask"] & U64},
        "risk_ceiling": {"risk_ceiling_bps": max(anchor["risk_bps"] - 1, 0)},
        "budget": {INPUT_RATE: draws.one((U64, 2**40)), OUTPUT_RATE: U64 >> draws.number(0, 24)},
        "utility": {"quality_bps": anchor["minimum_quality_bps"], "p95_latency_ms": anchor["max_p95_latency_ms"]},
    }[gate]


def _around(draws: Draws, rows: int, record: Record, anchor: Record, aims: tuple[str, ...]) -> Columns:
    """Each row is the anchor, in which some limits stand at −1, 0 or +1 of what a candidate has."""
    models = record["models"]
    costs = [money.cost(one, anchor) for one in models]
    values = [money.value_for(record, one, anchor, wanted) for one in models for wanted in (0, 1)]
    utility_aimed = "utility" in aims
    stands: dict[str, list[int]] = {
        "minimum_quality_bps": [one["quality_bps"] for one in models],
        "max_p95_latency_ms": [one["p95_latency_ms"] for one in models],
        "risk_bps": [*(one["risk_ceiling_bps"] for one in models), *[record["hard_risk_limit_bps"]] * 3],
        "confidence_bps": [record["minimum_confidence_bps"]],
        "budget_limit_microunits": costs,
        "business_value_microunits": values,
        "required_capabilities": [one["capabilities"] for one in models],
        "allowed_provider_mask": [1 << one["provider_id"] for one in models],
        "required_region_mask": [one["region_mask"] for one in models],
    }
    columns: Columns = {}
    for name, number in anchor.items():
        low, high = wire.INTEGER_TYPES[wire.REQUEST[name]]
        high = BPS if name.endswith("_bps") else high
        dtype = np.int64 if low < 0 else np.uint64
        options = [min(max(at + step, 0), high) for at in stands.get(name, [number]) for step in (-1, 0, 1)]
        per_mille = 700 if name == "business_value_microunits" and utility_aimed else _STILL
        moved = draws.picks(rows, options).astype(dtype)
        columns[name] = np.where(draws.marks(rows, per_mille), moved, np.array(number, dtype=dtype))
    zero = draws.marks(rows, 40)
    columns["max_p95_latency_ms"] = np.where(zero, np.uint64(0), columns["max_p95_latency_ms"])
    columns["required_region_mask"] = np.where(zero, np.uint64(0), columns["required_region_mask"])
    columns["requested_model_id"] = draws.picks(rows, [0, *(one["model_id"] for one in models)])
    return columns


def extremes(draws: Draws, rows: int, focus: str) -> tuple[Record, Columns]:
    """Amounts around the ends of 64 bits: a cost that saturates, a utility that clamps, terms that are larger."""
    large = focus == "cost"

    def fields(_place: int) -> Record:
        waits = focus in ("latency_term", "utility_low")
        return {
            "quality_bps": draws.one((BPS, BPS - 1, draws.number(0, BPS))),
            "p95_latency_ms": draws.one((U32, U32 - 1, 2**31)) if waits else draws.number(0, 3),
            "provider_id": draws.number(0, PROVIDERS),
            INPUT_RATE: U64 - draws.magnitude(2**34) if large else draws.magnitude(2**20),
            OUTPUT_RATE: U64 >> draws.number(0, 40) if large else draws.magnitude(2**20),
        }

    models = drawn(draws, draws.number(1, 5), fields)
    penalty = draws.one((U64, 2**32, 2**31 + 1, 2**31, I64 // U32)) if focus in ("latency_term", "utility_low") else 0
    record = policy(
        models,
        latency_penalty_microunits_per_ms=penalty,
        risk_penalty_multiplier_bps=draws.one((50_000, BPS, 3_500)) if focus == "risk_term" else draws.one((0, 1)),
    )
    tokens = (U32, U32 - 1, 1_000_000, 1_000_001, 999_999, 2**31) if large else (0, 1, 1_000_000, 2**20)
    top = draws.between(rows, 0, 2**20 - 1) >> draws.between(rows, 0, 20)
    return record, {
        "input_tokens": draws.picks(rows, tokens),
        "output_tokens": draws.picks(rows, (*tokens, 0, 0)),
        "business_value_microunits": (np.uint64(I64) - top).view(np.int64),
        "budget_limit_microunits": np.uint64(U64) - (draws.between(rows, 0, 2**16) >> draws.between(rows, 0, 17)),
        "risk_bps": draws.between(rows, 0, BPS) if focus == "risk_term" else draws.picks(rows, (0, 0, 1)),
        "confidence_bps": draws.picks(rows, (BPS, BPS, BPS - 1)),
        "requested_model_id": draws.picks(rows, [one["model_id"] for one in models]),
    }
