"""How a unit is made: each profile gives a policy and columns of requests, from draws alone.

`focus` says what of its subject a profile dwells on; `FOCI` lists what it may say. A profile gives the fields that it
cares about; the rest are neutral: no limit, no mask, full confidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calybris_conformance import wire
from calybris_conformance.campaign import aimed, markets, ties
from calybris_conformance.campaign.catalogs import (
    BPS,
    I64,
    INPUT_UNCHECKED,
    MULTIPLIER,
    PROVIDERS,
    Record,
    drawn,
    policy,
    scalars,
    unusual,
    valid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from calybris_conformance.campaign.draws import Column, Draws

Columns = dict[str, Any]
Made = tuple[Record, Columns]

_HIGHEST: Final[Mapping[str, int]] = {
    name: BPS if name.endswith("_bps") else wire.INTEGER_TYPES[kind][1]
    for name, kind in {**wire.REQUEST, **wire.MODEL}.items()
}
_SHARE_UNCHECKED: Final = 30  # of a thousand proportions, in a request that no check has seen
_SHARE_COINCIDING: Final = 25  # of a thousand rows, for each of so many pairs of fields of a unit
_PAIRS: Final = 4

FOCI: Final[Mapping[str, tuple[str, ...]]] = {
    "uniform": ("",),
    "boundary": ("",),
    "magnitude": (
        *(name for name in wire.REQUEST if not name.endswith(("_bps", "_id"))),
        "estimated_cost_microunits",
    ),
    "gates": aimed.FOCI,
    "extremes": aimed.EXTREMES,
    "ties": ties.FOCI,
    "routing": ("",),
    "trade": ("",),
}
"""Every profile with what it may dwell on."""


def make(draws: Draws, profile: str, focus: str, rows: int, abilities: frozenset[str]) -> Made:
    """The policy and every column of the requests, in the order of the fields."""
    record, given = _PROFILES[profile](draws, rows, focus)
    columns = {name: given[name] if name in given else _neutral(draws, name, rows) for name in wire.REQUEST}
    if INPUT_UNCHECKED in abilities:
        for name in ("risk_bps", "confidence_bps", "minimum_quality_bps"):
            marked = draws.marks(rows, _SHARE_UNCHECKED)
            columns[name] = np.where(marked, draws.between(rows, BPS + 1, 2**16 - 1), columns[name])
    return valid(unusual(draws, record, abilities)), _coinciding(draws, rows, columns)


def _coinciding(draws: Draws, rows: int, columns: Columns) -> Columns:
    """In some rows one field has the number of another: what only goes wrong when two are equal is met that way."""
    names = list(wire.REQUEST)
    for _ in range(_PAIRS):
        to, of = draws.one(names), draws.one(names)
        high = wire.INTEGER_TYPES[wire.REQUEST[to]][1]
        high = BPS if to.endswith("_bps") else min(high, I64)
        fits = columns[of] <= high
        marked = draws.marks(rows, _SHARE_COINCIDING) & fits & (columns[of] >= 0)
        columns[to] = np.where(marked, columns[of].astype(columns[to].dtype), columns[to])
    return columns


def _neutral(draws: Draws, name: str, rows: int) -> Column:
    if name == "request_sequence":
        return draws.magnitudes(rows, 2**64 - 1)
    number = {
        "budget_limit_microunits": 2**64 - 1,
        "allowed_provider_mask": 2**64 - 1,
        "confidence_bps": BPS,
        "requested_model_id": 1,
    }.get(name, 0)
    return np.full(rows, number, dtype=np.int64 if name == "business_value_microunits" else np.uint64)


def _uniform(draws: Draws, rows: int, _focus: str) -> Made:
    """Every field over its whole range, every number of bits as likely as another."""

    def fields(_place: int) -> Record:
        return {
            name: draws.number(0, BPS)
            if name.endswith("_bps")
            else draws.number(0, PROVIDERS)
            if name == "provider_id"
            else draws.number(0, 1)
            if name == "enabled"
            else draws.magnitude(_HIGHEST[name])
            for name in wire.MODEL
        }

    models = drawn(draws, draws.number(1, 12), fields)
    return policy(models, **scalars(draws)), {name: _any(draws, name, rows, models) for name in wire.REQUEST}


def _any(draws: Draws, name: str, rows: int, models: list[Record]) -> Column:
    if name.endswith("_bps"):
        return draws.between(rows, 0, BPS)
    if name == "requested_model_id":
        return draws.picks(rows, [0, 1, *(one["model_id"] for one in models)])
    column = draws.magnitudes(rows, _HIGHEST[name])
    if name != "business_value_microunits":
        return column
    return np.where(draws.marks(rows, 100), ~column.view(np.int64), column.view(np.int64))


_ENDS: Final = tuple(2**bits + more for bits in (7, 8, 15, 16, 31, 32, 53, 63) for more in (-1, 0, 1)) + tuple(
    number + more for number in (0, BPS, 1_000_000, 100_000_000, 2**64 - 1) for more in (-1, 0, 1)
)


def _ends(name: str) -> list[int]:
    """The numbers at which a field has been got wrong before: ends of widths, of proportions and of divisors."""
    low, high = wire.INTEGER_TYPES[{**wire.REQUEST, **wire.MODEL, **wire.POLICY_SCALARS}[name]]
    if name.endswith("_bps"):
        high = MULTIPLIER if name == "risk_penalty_multiplier_bps" else BPS
    if name == "provider_id":
        high = PROVIDERS
    if name == "enabled":
        high = 1
    found = {number for number in _ENDS if low <= number <= high} | {low, low + 1, high - 1, high}
    return sorted(found)


_BOUNDARIES: Final[Mapping[str, tuple[int, ...]]] = {
    name: tuple(_ends(name)) for name in {**wire.REQUEST, **wire.MODEL, **wire.POLICY_SCALARS}
}


def _boundary(draws: Draws, rows: int, _focus: str) -> Made:
    """Every field at an end of something: of its width, of a proportion, or equal to its counterpart in the policy."""
    ordinary = draws.number(0, 900)  # how many fields in a thousand are neutral instead

    def fields(_place: int) -> Record:
        return {name: draws.one(_BOUNDARIES[name]) for name in wire.MODEL if not draws.chance(ordinary)}

    models = drawn(draws, draws.number(1, 8), fields)
    made = {name: draws.one(_BOUNDARIES[name]) for name in wire.POLICY_SCALARS if not draws.chance(ordinary)}
    record = policy(models, **made)
    return record, {
        name: draws.picks(rows, (*_BOUNDARIES[name], *_counterparts(name, record)))
        for name in wire.REQUEST
        if not draws.chance(ordinary)
    }


_COUNTERPARTS: Final[Mapping[str, str]] = {
    "requested_model_id": "model_id",
    "risk_bps": "risk_ceiling_bps",
    "minimum_quality_bps": "quality_bps",
    "max_p95_latency_ms": "p95_latency_ms",
    "required_capabilities": "capabilities",
    "required_region_mask": "region_mask",
}


def _counterparts(name: str, record: Record) -> list[int]:
    field = _COUNTERPARTS.get(name)
    return [one[field] for one in record["models"]] if field else []


def _magnitude(draws: Draws, rows: int, focus: str) -> Made:
    """An ordinary market in which one field of the request takes every number of bits."""
    record, columns = markets.routing(draws, rows)
    if focus == "estimated_cost_microunits":
        return _costly(draws, rows, record, columns)
    column = _any(draws, focus, rows, record["models"])
    roomy = {"budget_limit_microunits": np.full(rows, 2**64 - 1, dtype=np.uint64)}
    if focus != "business_value_microunits":
        roomy["business_value_microunits"] = np.full(rows, I64 >> draws.number(0, 40), dtype=np.int64)
    return record, {**columns, **roomy, focus: column}


def _costly(draws: Draws, rows: int, record: Record, columns: Columns) -> Made:
    """Decisions that cost any number of bits: rates and tokens of every size, and a value that pays for it."""
    for one in record["models"]:
        one["output_cost_microunits_per_million_tokens"] = draws.magnitude(2**64 - 1)
    return record, {
        "input_tokens": columns["input_tokens"],
        "output_tokens": draws.magnitudes(rows, 2**32 - 1),
        "business_value_microunits": np.full(rows, I64, dtype=np.int64),
        "confidence_bps": draws.between(rows, 9_000, BPS),
        "requested_model_id": columns["requested_model_id"],
    }


_PROFILES: Final[Mapping[str, Callable[[Draws, int, str], Made]]] = {
    "uniform": _uniform,
    "boundary": _boundary,
    "magnitude": _magnitude,
    "gates": aimed.gates,
    "extremes": aimed.extremes,
    "ties": ties.ties,
    "routing": lambda draws, rows, _focus: markets.routing(draws, rows),
    "trade": lambda draws, rows, _focus: markets.trade(draws, rows),
}
