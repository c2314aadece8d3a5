"""The shape of every operation's `given`, `input` and `ok`, as one table (docs/operations.md).

The generator orders keys by it, the linter checks every case against it, and the JSON Schema of the vector files is
printed from it. Widths are not part of a shape: cases that hunt for them hold values outside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calybris_conformance import wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: A record (key → shape, keys in order), a list of one shape, a kind of scalar, or one of the classes below.
Shape = Any

DECIMAL = r"^(0|-?[1-9][0-9]*)$"
PATTERNS = {
    **dict.fromkeys(wire.INTEGER_TYPES, DECIMAL),
    "decimal": DECIMAL,
    "row": r"^(0|-?[1-9][0-9]*)( (0|-?[1-9][0-9]*)){12}$",
    "name": r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
    "hex": r"^([0-9a-f]{2})*$",
    "text": r"^[\s\S]*$",
}
"""The scalars that are JSON strings, each with the pattern of its text; `flag` is the one that is a JSON boolean."""


@dataclass(frozen=True, slots=True)
class Maybe:
    """The shape, or null."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Some:
    """The record with any of its keys left out."""

    of: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes."""

    options: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """What a case of one operation holds."""

    given: Mapping[str, Shape]
    input: Mapping[str, Shape]
    ok: Mapping[str, Shape]


_CATALOG = Either(([wire.MODEL], {"series": {"count": "decimal", "first": wire.MODEL, "step": Some(wire.MODEL)}}))
_POLICY = {"constructor": "name", **wire.POLICY_SCALARS, "models": _CATALOG}
_COUNTS = {"evaluated_models": "u16", "eligible_models": "u16"}
_ROW = {
    "model_id": "u32",
    "model_index": "u16",
    "status": "name",
    "gate": Maybe("name"),
    "measured": Maybe("decimal"),
    "limit": Maybe("decimal"),
    "cost_microunits": Maybe("u64"),
    "quality_adjusted_microunits": Maybe("decimal"),
    "risk_penalty_microunits": Maybe("decimal"),
    "latency_penalty_microunits": Maybe("decimal"),
    "utility_microunits": Maybe("i64"),
}
_SCALAR = {"type": "name", "value": "text"}
_CALLS = [{"method": "name", "arguments": [Either(("decimal", "flag", wire.MODEL, [wire.MODEL]))]}]
_CATALOG_ENDS = {"model_count": "decimal", "first_model_id": Maybe("u32"), "last_model_id": Maybe("u32")}
_DECIDED_FOR = {"request": wire.REQUEST, "decided_for": wire.REQUEST}
_UNDER_POLICY = {"policy": _POLICY}
_LEDGER = {**wire.LEDGER, "tenants": [wire.TENANT]}
_BYTES = [{"hex": "hex", "times": "decimal"}]
_LOG = {"log": _BYTES, "key_hex": Maybe("hex")}
_APPENDED = {"sequence": "u64", "entry_hash": "hex", "added_hex": "hex"}
_AMOUNTS = {key: kind for shape in wire.OUTCOMES.values() for key, kind in shape.items()}
_OUTCOME = {"status": "name", **_AMOUNTS, "current_reserved_microcents": "i64"}
_STEP = {
    "op": "name",
    "tenant_id": "text",
    "budget_microcents": "i64",
    "amount_microcents": "i64",
    "max_reserved_microcents": "i64",
    "cost_microcents": "i64",
    "label": "name",
    "actual_microcents": "i64",
    "snapshot": _LEDGER,
}
_ANSWERS = Either(
    (
        Some(_OUTCOME),
        wire.QUERY,
        {"snapshot": _LEDGER},
        wire.CONSERVATION_PROOF,
        wire.FINANCIAL_CERTIFICATE,
    )
)
_STATE = {"tenants": [wire.TENANT], "active_reservations": "u64"}
_STEP_ANSWER = Either(
    ({"ok": _ANSWERS, "state": _STATE}, {"error": {"code": "text", "at": "text"}, "state": _STATE}),
)

OPERATIONS: dict[str, Operation] = {
    "echo": Operation({}, _SCALAR, {"value": "text"}),
    "integer": Operation({}, _SCALAR, {"value": "decimal"}),
    "policy.validate": Operation({}, {"policy": _POLICY}, _CATALOG_ENDS),
    "input.validate": Operation({}, {"request": wire.REQUEST}, {}),
    "decide": Operation(_UNDER_POLICY, {"request": wire.REQUEST}, wire.DECISION),
    "decide.rows": Operation(_UNDER_POLICY, {"rows": ["text"]}, {"rows": ["row"]}),
    "trace": Operation(
        _UNDER_POLICY,
        {"request": wire.REQUEST},
        {"decision": wire.DECISION, "rejections": wire.REJECTIONS, **_COUNTS},
    ),
    "utility": Operation(
        _UNDER_POLICY, {"request": wire.REQUEST, "model_id": "u32"}, {"utility_microunits": Maybe("i64")}
    ),
    "explain": Operation(_UNDER_POLICY, {"request": wire.REQUEST}, {"candidates": [_ROW]}),
    "digest.policy": Operation({}, {"policy": _POLICY}, {"digest_hex": "hex"}),
    "digest.input": Operation({}, {"request": wire.REQUEST}, {"digest_hex": "hex"}),
    "digest.decision": Operation({}, {"decision": wire.DECISION}, {"digest_hex": "hex"}),
    "hex.decode": Operation({}, {"text": "text"}, {"bytes_hex": "hex"}),
    "verify.decision": Operation(
        _UNDER_POLICY,
        {"request": wire.REQUEST, "decision": wire.DECISION},
        {"status": "name", "expected": wire.DECISION},
    ),
    "verify.digest": Operation(
        {},
        {"decision": wire.DECISION, "claimed_hex": "text"},
        {"status": "name", "expected_hex": "hex", "actual_hex": "text"},
    ),
    "verify.bundle": Operation(_UNDER_POLICY, _DECIDED_FOR, {"status": "name", "bundle": wire.BUNDLE}),
    "verify.canonical": Operation({}, {"bundle": wire.BUNDLE}, {}),
    "verify.certificate": Operation(_UNDER_POLICY, _DECIDED_FOR, wire.CERTIFICATE),
    "config.validate": Operation({}, {"config": Some(wire.CONFIG)}, wire.CONFIG),
    "input.build": Operation(
        {}, {"request_sequence": "u64", "requested_model_id": "u32", "calls": _CALLS}, wire.REQUEST
    ),
    "model.build": Operation({}, {"model_id": "u32", "provider_id": "u16", "calls": _CALLS}, wire.MODEL),
    "policy.build": Operation(
        {},
        {"config": Some(wire.CONFIG), "calls": _CALLS},
        {**wire.POLICY_SCALARS, **_CATALOG_ENDS, "policy_digest_hex": "hex"},
    ),
    "digest.ledger": Operation({}, {"snapshot": _LEDGER}, {"digest_hex": "hex"}),
    "ledger.conservation": Operation(
        {},
        {"snapshot": _LEDGER},
        {"status": "name", "tenant_id": Maybe("text"), "delta_microcents": Maybe("decimal")},
    ),
    "ledger.restore": Operation({}, {"snapshot": _LEDGER}, {"snapshot": _LEDGER}),
    "budget.script": Operation({}, {"steps": [Some(_STEP)]}, {"steps": [_STEP_ANSWER]}),
    "finance.prove": Operation({}, {"snapshot": _LEDGER}, wire.CONSERVATION_PROOF),
    "finance.certify": Operation(
        {},
        {"snapshot": _LEDGER, "conservation_balanced": "flag", "committed_since_last_certificate": "i64"},
        wire.FINANCIAL_CERTIFICATE,
    ),
    "snapshot.save": Operation({}, {"snapshot": _LEDGER}, {"file_hex": "hex"}),
    "snapshot.load": Operation({}, {"file": _BYTES}, {"snapshot": _LEDGER}),
    "wal.append": Operation({}, {**_LOG, "data": "text"}, _APPENDED),
    "wal.append_parts": Operation({}, {**_LOG, "data": _BYTES}, _APPENDED),
    "wal.append_audited": Operation(
        _UNDER_POLICY, {**_LOG, **_DECIDED_FOR, "metadata": "text", "verified": "flag"}, _APPENDED
    ),
    "wal.verify": Operation({}, {**_LOG, "anchor": Maybe(wire.ANCHOR)}, {"sequence": "u64", "last_hash": "text"}),
    "wal.replay": Operation({"policies": [_POLICY]}, _LOG, {"verdicts": [wire.VERDICT]}),
    "proof.seal": Operation(
        _UNDER_POLICY,
        {
            **_DECIDED_FOR,
            "wal": Maybe({"sequence": "u64", "entry_hash": "text"}),
            "budget": Maybe({"version": "u64", "ledger_digest_hex": "text"}),
        },
        {"envelope": wire.ENVELOPE, "is_complete": "flag"},
    ),
    "proof.validate": Operation({}, {"envelope": wire.ENVELOPE}, {}),
    "recovery.plan": Operation(
        {},
        {"snapshot": _LEDGER, **_LOG, "anchor": Maybe(wire.ANCHOR)},
        {"total_wal_entries": "u64", "entries_to_replay": "u64", "wal_high_watermark": "u64"},
    ),
    "accumulate": Operation(
        _UNDER_POLICY, {"op": "name", "seed_hex": "hex", "count": "decimal"}, {"digest_hex": "hex"}
    ),
}


def problems(shape: Shape, value: Any, at: str) -> Iterator[str]:
    """Every way in which a JSON value is not of this shape; `at` is its path. Nothing when it is."""
    match shape:
        case Maybe(of):
            if value is not None:
                yield from problems(of, value, at)
        case str() if shape.endswith("?"):
            yield from problems(Maybe(shape.removesuffix("?")), value, at)
        case Either(options):
            found = [list(problems(option, value, at)) for option in options]
            if all(found):  # show those of the option that was meant: the one whose first problem lies deepest
                yield from max(found, key=lambda one: len(one[0].split(":")[0]))
        case Some(of):
            yield from _record(of, value, at, complete=False)
        case dict():
            yield from _record(shape, value, at, complete=True)
        case [item]:
            if not isinstance(value, list):
                yield f"{at}: {value!r} is not a list"
                return
            for place, element in enumerate(value):
                yield from problems(item, element, f"{at}[{place}]")
        case "flag":
            if not isinstance(value, bool):
                yield f"{at}: {value!r} is not a boolean"
        case _:
            if not isinstance(value, str) or not re.fullmatch(PATTERNS[shape], value):
                yield f"{at}: {value!r} is not a {shape}"


def ordered(shape: Shape, value: Any) -> Any:
    """The value with the keys of every record in the order of the shape; unknown keys stay, at the end."""
    match shape:
        case Maybe(of):
            return None if value is None else ordered(of, value)
        case Either(options):
            return ordered(next((option for option in options if _is_meant(option, value)), None), value)
        case Some(of):
            return ordered(of, value)
        case dict():
            keys = [key for key in shape if key in value] + [key for key in value if key not in shape]
            return {key: ordered(shape.get(key), value[key]) for key in keys}
        case [item]:
            return [ordered(item, element) for element in value]
    return value


def _is_meant(option: Shape, value: Any) -> bool:
    """Whether a value has the keys of this option of several, in any order; always, when the option is no record."""
    match option:
        case Some(of):
            return isinstance(value, dict) and value.keys() <= of.keys()
        case dict():
            return isinstance(value, dict) and value.keys() == option.keys()
        case [_]:
            return isinstance(value, list)
    return True


#: Records that many operations share, by the name of their definition in the schema.
DEFINITIONS: dict[str, Shape] = {
    "model": wire.MODEL,
    "request": wire.REQUEST,
    "policy": _POLICY,
    "decision": wire.DECISION,
    "bundle": wire.BUNDLE,
    "calls": _CALLS,
    "ledger": _LEDGER,
    "envelope": wire.ENVELOPE,
}


def json_schema(shape: Shape, *, inline: bool = False) -> dict[str, Any]:
    """The shape as JSON Schema; a shared record as a reference to its definition, unless it is to stand `inline`.

    Key order is beyond it: that is the linter's.
    """
    if not inline:
        for name, shared in DEFINITIONS.items():
            if shape is shared:
                return {"$ref": f"#/$defs/{name}"}
    match shape:
        case Maybe(of):
            return {"anyOf": [json_schema(of), {"type": "null"}]}
        case str() if shape.endswith("?"):
            return json_schema(Maybe(shape.removesuffix("?")))
        case Either(options):
            return {"anyOf": [json_schema(option) for option in options]}
        case Some(of):
            return {key: value for key, value in json_schema(of, inline=True).items() if key != "required"}
        case dict():
            properties = {key: json_schema(item) for key, item in shape.items()}
            return {
                "type": "object",
                "properties": properties,
                "required": list(shape),
                "additionalProperties": False,
            }
        case [item]:
            return {"type": "array", "items": json_schema(item)}
        case "flag":
            return {"type": "boolean"}
        case "text":
            return {"type": "string"}
    return {"type": "string", "pattern": PATTERNS[shape]}


def _record(shape: Mapping[str, Shape], value: Any, at: str, *, complete: bool) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is not an object"
        return
    expected = [key for key in shape if complete or key in value]
    if list(value) != expected:
        yield f"{at}: its keys are {list(value)}, not {expected}"
    for key in expected:
        if key in value:
            yield from problems(shape[key], value[key], f"{at}.{key}" if at else key)
