"""How values of the specification stand in JSON: integers as canonical decimal strings, records as objects.

The tables below are the records of docs/operations.md, key by key; everything else in this file is read from them. No
width is checked here: that is the business of the implementation under test (clauses TYPES-1 and TYPES-9). A value that
is not canonical decimal is refused (TYPES-1); a record with a wrong set of keys is a ValueError, because only a damaged
request can hold one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from calybris_conformance.operations import Refused

Shape = Mapping[str, str]
"""The keys of a record in order, each with its kind: an integer type, or `text`, `name` (snake_case), `hex` or `flag`.

A kind with a `?` behind it may also be null.
"""

INTEGER_TYPES: Mapping[str, tuple[int, int]] = {
    "u8": (0, 2**8 - 1),
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, 2**64 - 1),
    "i64": (-(2**63), 2**63 - 1),
}
"""Every integer type of the specification with its smallest and largest value."""

MODEL: Shape = {
    "model_id": "u32",
    "provider_id": "u16",
    "quality_bps": "u16",
    "risk_ceiling_bps": "u16",
    "enabled": "u8",
    "p95_latency_ms": "u32",
    "capabilities": "u64",
    "region_mask": "u64",
    "input_cost_microunits_per_million_tokens": "u64",
    "output_cost_microunits_per_million_tokens": "u64",
}
REQUEST: Shape = {
    "request_sequence": "u64",
    "requested_model_id": "u32",
    "input_tokens": "u32",
    "output_tokens": "u32",
    "business_value_microunits": "i64",
    "budget_limit_microunits": "u64",
    "risk_bps": "u16",
    "confidence_bps": "u16",
    "minimum_quality_bps": "u16",
    "max_p95_latency_ms": "u32",
    "required_capabilities": "u64",
    "allowed_provider_mask": "u64",
    "required_region_mask": "u64",
}
POLICY_SCALARS: Shape = {
    "policy_epoch": "u64",
    "catalog_epoch": "u64",
    "hard_risk_limit_bps": "u16",
    "minimum_confidence_bps": "u16",
    "risk_penalty_multiplier_bps": "u16",
    "latency_penalty_microunits_per_ms": "u64",
}
DECISION: Shape = {
    "request_sequence": "u64",
    "action": "name",
    "reason": "name",
    "selected_model_id": "u32",
    "selected_model_index": "u16",
    "estimated_cost_microunits": "u64",
    "expected_utility_microunits": "i64",
    "counterfactual_model_id": "u32",
    "counterfactual_utility_microunits": "i64",
    "evaluated_models": "u16",
    "eligible_models": "u16",
    "policy_epoch": "u64",
    "catalog_epoch": "u64",
}
REJECTIONS: Shape = {
    "disabled": "u16",
    "quality": "u16",
    "risk_ceiling": "u16",
    "latency": "u16",
    "capability": "u16",
    "provider": "u16",
    "region": "u16",
    "budget": "u16",
    "utility": "u16",
}
BUNDLE: Shape = {
    "schema_version": "text",
    "digest_algorithm": "text",
    "proof_version": "u16",
    "policy_epoch": "u64",
    "catalog_epoch": "u64",
    "created_by": "text",
    "policy_digest_hex": "text",
    "input_digest_hex": "text",
    "decision_digest_hex": "text",
    "replay_valid": "flag",
}
CERTIFICATE: Shape = {
    "policy_fingerprint": "text",
    "input_fingerprint": "text",
    "decision_fingerprint": "text",
    "decision_sequence": "u64",
    "selected_model_id": "u32",
    "action": "name",
    "reason": "name",
    "replay_valid": "flag",
    "evaluated_models": "u16",
    "eligible_models": "u16",
    "counterfactual_model_id": "u32",
    "counterfactual_utility_microunits": "i64",
}
CONFIG: Shape = {
    "latency_penalty_microunits_per_ms": "u64",
    "hard_risk_limit_bps": "u16",
    "minimum_confidence_bps": "u16",
    "risk_penalty_multiplier_bps": "u16",
    "default_exposure_cap_microcents": "i64",
    "wal_sync_on_append": "flag",
    "max_catalog_size": "u64",
}
TENANT: Shape = {
    "tenant_id": "text",
    "initial_microcents": "i64",
    "remaining_microcents": "i64",
    "reserved_microcents": "i64",
    "committed_microcents": "i64",
}
LEDGER: Shape = {
    "version": "u64",
    "tenants": "tenants",
    "active_reservations": "u64",
    "wal_high_watermark": "u64?",
}
OUTCOMES: Mapping[str, Shape] = {
    "invalid_amount": {},
    "missing_tenant": {},
    "missing_reservation": {},
    "topped_up": {"added_microcents": "i64", "new_initial_microcents": "i64", "remaining_microcents": "i64"},
    "reserved": {"remaining_microcents": "i64"},
    "exposure_limit_exceeded": {"current_reserved_microcents": "i64", "max_reserved_microcents": "i64"},
    "insufficient": {"remaining_microcents": "i64", "required_microcents": "i64"},
    "committed": {"remaining_microcents": "i64", "actual_microcents": "i64"},
    "overrun": {"remaining_microcents": "i64"},
    "released": {"remaining_microcents": "i64", "returned_microcents": "i64"},
}
"""What an outcome of a ledger operation tells beside its status; `overflow` differs between operations."""
OVERFLOWS: Mapping[str, Shape] = {
    "top_up_tenant": {},
    "try_reserve": {"current_reserved_microcents": "i64"},
    "commit": {"remaining_microcents": "i64"},
}
"""What the outcome `overflow` tells, by operation."""
QUERY: Shape = {
    "initial_microcents": "i64?",
    "remaining_microcents": "i64?",
    "reserved_microcents": "i64",
    "committed_microcents": "i64?",
    "tenant_count": "u64",
    "active_reservations": "u64",
    "total_committed_microcents": "i64",
    "total_committed_checked_microcents": "i64?",
    "committed_since_last_certificate": "i64",
    "snapshot_version": "u64",
}
CONSERVATION_PROOF: Shape = {
    "ledger_digest_hex": "hex",
    "snapshot_version": "u64",
    "tenant_count": "u64",
    "active_reservations": "u64",
    "total_initial_microcents": "i64",
    "total_committed_microcents": "i64",
    "aggregate_totals_representable": "flag",
}
FINANCIAL_CERTIFICATE: Shape = {
    "snapshot_version": "u64",
    "ledger_digest_hex": "hex",
    "tenant_count": "u64",
    "active_reservations": "u64",
    "conservation_balanced": "flag",
    "total_initial_microcents": "i64",
    "total_committed_microcents": "i64",
    "aggregate_totals_representable": "flag",
    "committed_since_last_certificate": "i64",
}
ENVELOPE: Shape = {
    "proof_version": "u16",
    "policy_digest_hex": "text",
    "input_digest_hex": "text",
    "decision_digest_hex": "text",
    "replay_valid": "flag",
    "wal_sequence": "u64?",
    "wal_entry_hash": "text?",
    "budget_snapshot_version": "u64?",
    "ledger_digest_hex": "text?",
    "action": "name",
    "reason": "name",
    "selected_model_id": "u32",
    "counterfactual_model_id": "u32",
    "estimated_cost_microunits": "u64",
    "expected_utility_microunits": "i64",
}
ANCHOR: Shape = {"schema_version": "text", "sequence": "u64", "last_hash": "text", "keyed": "flag"}
VERDICT: Shape = {
    "sequence": "u64",
    "replay_valid": "flag",
    "policy_digest_match": "flag",
    "input_digest_match": "flag",
    "decision_digest_match": "flag",
}

# A damaged question may ask for any number of bytes.
_MOST_BYTES = 64 * 1024 * 1024
_CANONICAL = re.compile(r"0|-?[1-9][0-9]*")
# No integer of the specification has more than 29 digits (96 bits), and Python refuses to read very long ones.
_LONGEST_READ_IN_FULL = 100


def integer(value: object, at: str) -> int:
    """The integer that a canonical decimal stands for; refused with INTEGER_NOT_CANONICAL at `at` (TYPES-1).

    A decimal of more than 100 characters is read as its first 100: it is out of every range either way.
    """
    if not isinstance(value, str) or not _CANONICAL.fullmatch(value):
        raise Refused("INTEGER_NOT_CANONICAL", at, f"{str(value)[:60]!r} is not a canonical decimal")
    return int(value[:_LONGEST_READ_IN_FULL])


def decimal(value: int | None) -> str | None:
    """The canonical decimal of an integer; None stays None. A bool, a float or a string is a TypeError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not an integer")
    return str(int(value))


def read(shape: Shape, value: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """A record as plain values: integers as int, everything else as it stands. Keys must be exactly the shape's.

    `at` is the path of the record itself, such as `models[3]`.
    """
    _same_keys(shape, value, at)
    return _read(shape, value, at)


def read_part(shape: Shape, value: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """As `read`, for a record of which only some keys are set."""
    _known_keys(shape, value, at)
    return _read(shape, value, at)


def write(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON, in the shape's order: the inverse of `read`."""
    _same_keys(shape, values, "")
    return {key: decimal(values[key]) if is_integer(kind) else values[key] for key, kind in shape.items()}


def is_integer(kind: str) -> bool:
    """Whether a kind is an integer type, or one that may also be null."""
    return kind.removesuffix("?") in INTEGER_TYPES


def read_ledger(value: Mapping[str, Any]) -> dict[str, Any]:
    """A snapshot of a ledger as plain values; `tenants` is a list of records."""
    tenants = [read(TENANT, tenant, f"tenants[{place}]") for place, tenant in enumerate(value["tenants"])]
    return {**read(LEDGER, value), "tenants": tenants}


def write_ledger(values: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `read_ledger`."""
    return {**write(LEDGER, values), "tenants": [write(TENANT, tenant) for tenant in values["tenants"]]}


def write_outcome(operation: str, status: str, amounts: Mapping[str, int]) -> dict[str, Any]:
    """The outcome of a ledger operation: its status, and the amounts that belong to it."""
    shape = OVERFLOWS[operation] if status == "overflow" else OUTCOMES[status]
    return {"status": status, **write(shape, amounts)}


def read_bytes(parts: Iterable[Mapping[str, str]]) -> bytes:
    """The bytes of a log or a file, given as parts {hex, times}. ValueError for more than any case needs: 64 MiB."""
    pieces = [(bytes.fromhex(part["hex"]), integer(part["times"], "times")) for part in parts]
    if any(times < 0 for _, times in pieces) or sum(len(piece) * times for piece, times in pieces) > _MOST_BYTES:
        raise ValueError(f"a log or a file has 0 to {_MOST_BYTES} bytes")
    return b"".join(piece * times for piece, times in pieces)


def read_policy(value: Mapping[str, Any]) -> tuple[str, dict[str, int], Iterator[dict[str, int]]]:
    """A policy as (constructor, its six scalars, its models one by one; a series is expanded)."""
    _same_keys({"constructor": "", **POLICY_SCALARS, "models": ""}, value, "policy")
    return value["constructor"], _read(POLICY_SCALARS, value, ""), read_models(value["models"])


def read_models(value: Any) -> Iterator[dict[str, int]]:
    """The models of a list, or of a series {"series": {"count", "first", "step"}}, one by one.

    Model k of a series is `first` with k times `step[field]` added to each field that `step` names.
    """
    if isinstance(value, list):
        return (read(MODEL, model, f"models[{place}]") for place, model in enumerate(value))
    _same_keys({"series": ""}, value, "models")
    return _series(value["series"])


def _series(value: Mapping[str, Any]) -> Iterator[dict[str, int]]:
    _same_keys({"count": "", "first": "", "step": ""}, value, "models.series")
    first = read(MODEL, value["first"], "models.series.first")
    step = read_part(MODEL, value["step"], "models.series.step")
    for place in range(integer(value["count"], "models.series.count")):
        yield {**first, **{key: first[key] + place * step[key] for key in step}}


def _read(shape: Shape, value: Mapping[str, Any], at: str) -> dict[str, Any]:
    prefix = f"{at}." if at else ""
    return {
        key: integer(value[key], prefix + key) if is_integer(kind) and not _is_absent(kind, value[key]) else value[key]
        for key, kind in shape.items()
        if key in value
    }


def _is_absent(kind: str, value: object) -> bool:
    return value is None and kind.endswith("?")


def _same_keys(shape: Shape, value: Mapping[str, Any], at: str) -> None:
    _known_keys(shape, value, at)
    if missing := shape.keys() - value.keys():
        raise ValueError(f"{at or 'record'} lacks the keys {sorted(missing)}")


def _known_keys(shape: Shape, value: Mapping[str, Any], at: str) -> None:
    if unknown := value.keys() - shape.keys():
        raise ValueError(f"{at or 'record'} has unknown keys {sorted(unknown)}")
