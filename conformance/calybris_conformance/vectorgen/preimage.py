"""The bytes behind a digest, written a third time from the tables of records (DIGEST-1 to DIGEST-5, DIGEST-8).

A digest case carries them, so that the judge can name the first byte and field that differ. Neither the specification
nor the reference is asked: a preimage whose hash is not the answered digest stops the generation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calybris_conformance import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACTIONS = {"execute_requested": 1, "substitute": 2, "reject": 3}
_REASONS = {
    "requested_model_maximizes_utility": 1,
    "alternative_maximizes_utility": 2,
    "risk_hard_limit": 100,
    "confidence_hard_limit": 101,
    "no_enabled_model": 102,
    "quality_constraint": 103,
    "latency_constraint": 104,
    "capability_constraint": 105,
    "provider_constraint": 106,
    "region_constraint": 107,
    "budget_constraint": 108,
    "non_positive_utility": 109,
    "risk_ceiling_constraint": 110,
}
_BYTES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8}
_LONGEST = 16 * 1024
"""A preimage of more bytes is left out of the file: nobody reads it."""


def preimage(op: str, input_: Mapping[str, Any]) -> bytes | None:
    """The bytes that `op` hashes for this input; None for other operations and for records too large to show."""
    match op:
        case "digest.policy":
            _, scalars, models = wire.read_policy(input_["policy"])
            in_order = sorted(models, key=lambda model: model["model_id"])
            fields = _fields(wire.POLICY_SCALARS, scalars) + b"".join(_fields(wire.MODEL, one) for one in in_order)
            data = b"calypol1\0" + fields
        case "digest.input":
            data = b"calyinp1\0" + _fields(wire.REQUEST, wire.read(wire.REQUEST, input_["request"]))
        case "digest.decision":
            decision = wire.read(wire.DECISION, input_["decision"])
            codes = {"action": _ACTIONS[decision["action"]], "reason": _REASONS[decision["reason"]]}
            data = b"calydcn1\0" + _fields({**wire.DECISION, "action": "u8", "reason": "u16"}, decision | codes)
        case "digest.ledger":
            data = b"calyldg1\0" + _ledger(wire.read_ledger(input_["snapshot"]))
        case _:
            return None
    return data if len(data) <= _LONGEST else None


def _ledger(snapshot: Mapping[str, Any]) -> bytes:
    tenants = sorted(snapshot["tenants"], key=lambda tenant: tenant["tenant_id"].encode())
    head = {"version": "u64", "tenant_count": "u64", "active_reservations": "u64"}
    data = _fields(head, {**snapshot, "tenant_count": len(tenants)})
    amounts = {key: kind for key, kind in wire.TENANT.items() if kind == "i64"}
    for tenant in tenants:
        tenant_id = tenant["tenant_id"].encode()
        data += len(tenant_id).to_bytes(4, "little") + tenant_id + _fields(amounts, tenant)
    if snapshot["wal_high_watermark"] is not None:
        data += b"calybris.ledger.wal-watermark.v1\0" + _fields({"wal_high_watermark": "u64"}, snapshot)
    return data


def _fields(shape: wire.Shape, values: Mapping[str, int]) -> bytes:
    return b"".join(values[key].to_bytes(_BYTES[kind], "little", signed=kind == "i64") for key, kind in shape.items())
