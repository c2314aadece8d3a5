"""Policies for campaigns, as records of plain integers: what every profile begins with.

A policy that is only `validated` has to mean the same under both validating constructors: ascending ids from 1 on, and
`enabled` 0 or 1. What only one constructor takes (a catalog out of order, id 0, `enabled` 2, equal ids, bps above
10,000) is made for ports that claim it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from calybris_conformance import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from calybris_conformance.campaign.draws import Draws

Record = dict[str, Any]

U16: Final = 2**16 - 1
U32: Final = 2**32 - 1
U64: Final = 2**64 - 1
I64: Final = 2**63 - 1
BPS: Final = 10_000
MULTIPLIER: Final = 50_000
PROVIDERS: Final = 63
INPUT_RATE: Final = "input_cost_microunits_per_million_tokens"
OUTPUT_RATE: Final = "output_cost_microunits_per_million_tokens"

TRY_NEW: Final = "constructor.try_new"
UNCHECKED: Final = "constructor.unchecked"
INPUT_UNCHECKED: Final = "input.unchecked"
ABILITIES: Final = frozenset({TRY_NEW, UNCHECKED, INPUT_UNCHECKED})
"""The features that widen what may be asked."""


def model(**fields: int) -> Record:
    """A candidate that fails at no gate, takes no time and costs nothing, with the changes given."""
    neutral = {
        "model_id": 1,
        "provider_id": 0,
        "quality_bps": BPS,
        "risk_ceiling_bps": BPS,
        "enabled": 1,
        "p95_latency_ms": 0,
        "capabilities": U64,
        "region_mask": U64,
        INPUT_RATE: 0,
        OUTPUT_RATE: 0,
    }
    return {**neutral, **fields}


def policy(models: list[Record], **fields: int) -> Record:
    """A policy under which nothing but the candidates themselves matters, with the changes given."""
    neutral = {
        "constructor": "validated",
        "policy_epoch": 1,
        "catalog_epoch": 1,
        "hard_risk_limit_bps": BPS,
        "minimum_confidence_bps": 0,
        "risk_penalty_multiplier_bps": 0,
        "latency_penalty_microunits_per_ms": 0,
    }
    return {**neutral, **fields, "models": models}


def ids(draws: Draws, count: int) -> list[int]:
    """Ascending ids from 1 on: close together, spread out, or up to the last one."""
    spread = draws.one((1, 1, 3, 1_000, U32 // (count + 1)))
    found, last = [], draws.one((0, 0, U32 - count * spread))
    for _ in range(count):
        last += draws.number(1, spread)
        found.append(last)
    return found


def drawn(draws: Draws, count: int, fields: Callable[[int], Record]) -> list[Record]:
    """A catalog of so many candidates: ids, and what `fields` says of each place."""
    return [model(**{**fields(place), "model_id": id_}) for place, id_ in enumerate(ids(draws, count))]


def scalars(draws: Draws) -> Record:
    """Epochs, limits and penalties: ordinary ones, and those at an end of their range."""
    return {
        "policy_epoch": draws.magnitude(U64),
        "catalog_epoch": draws.magnitude(U64),
        "hard_risk_limit_bps": draws.one((BPS, 9_600, draws.number(1, BPS))),
        "minimum_confidence_bps": draws.one((0, 5_500, draws.number(0, BPS))),
        "risk_penalty_multiplier_bps": draws.one((0, 3_500, BPS, MULTIPLIER, draws.number(0, MULTIPLIER))),
        "latency_penalty_microunits_per_ms": draws.one((0, 1, 2, draws.number(0, 1_000_000))),
    }


def unusual(draws: Draws, record: Record, abilities: frozenset[str]) -> Record:
    """The policy with what only some ports take, where it is claimed; otherwise as it is."""
    if TRY_NEW in abilities and draws.chance(300):
        record = {**record, "constructor": "try_new", "models": draws.shuffled(record["models"])}
        _change(draws, record, "enabled", (2, 255))
        _change(draws, record, "model_id", (0,))
    elif UNCHECKED in abilities and draws.chance(300):
        models = [dict(one) for one in draws.shuffled(record["models"])]
        record = {**record, "constructor": "unchecked", "models": models}
        twin = draws.one(models)
        _change(draws, record, "model_id", (twin["model_id"],))
        _change(draws, record, "provider_id", (64, 127, U16))
        _change(draws, record, "quality_bps", (BPS + 1, U16))
        _change(draws, record, "risk_ceiling_bps", (BPS + 1, U16))
        if draws.chance(300):
            field = draws.one(("hard_risk_limit_bps", "minimum_confidence_bps", "risk_penalty_multiplier_bps"))
            record[field] = draws.one((BPS + 1, MULTIPLIER + 1, U16))
    return record


def valid(record: Record) -> Record:
    """The policy with its first candidate enabled, if none was: every constructor but one asks for that."""
    if not any(one["enabled"] for one in record["models"]):
        record["models"][0]["enabled"] = 1
    return record


def as_wire(record: Record) -> Record:
    """The policy in its form on the wire."""
    named: Record = {key: str(record[key]) for key in wire.POLICY_SCALARS}
    models = [{key: str(one[key]) for key in wire.MODEL} for one in record["models"]]
    return {"constructor": record["constructor"], **named, "models": models}


def _change(draws: Draws, record: Record, field: str, values: tuple[int, ...]) -> None:
    """One candidate gets one of the values in its field, half of the times."""
    if draws.chance(500):
        models = record["models"]
        place = draws.number(0, len(models) - 1)
        models[place] = {**models[place], field: draws.one(values)}
