"""Many decisions in one digest, for the specification: the requests of docs/accumulate.md, decided and hashed."""

from hashlib import sha256
from typing import NamedTuple

from calybris_spec.decision import decide
from calybris_spec.digest import decision_digest_hex
from calybris_spec.integers import I64_MAX
from calybris_spec.types import Request, Snapshot


class _Field(NamedTuple):
    """Where a field of an accumulated request comes from: bytes of `b`, and what is done to them."""

    start: int
    size: int
    shift_at: int | None = None  # shifted right by the byte there, modulo the width in bits
    modulus: int = 2**64
    factor: int = 1


# The table of docs/accumulate.md; the masks, which are made of two parts, follow in `request`.
_FIELDS = {
    "request_sequence": _Field(0, 8),
    "requested_model_id": _Field(8, 1, modulus=32),
    "input_tokens": _Field(9, 4, shift_at=13),
    "output_tokens": _Field(14, 4, shift_at=18),
    "business_value_microunits": _Field(19, 8, shift_at=27),
    "budget_limit_microunits": _Field(28, 8, shift_at=36),
    "risk_bps": _Field(37, 2, modulus=10_001),
    "confidence_bps": _Field(39, 2, modulus=10_001),
    "minimum_quality_bps": _Field(41, 1, modulus=101, factor=100),
    "max_p95_latency_ms": _Field(42, 1, factor=8),
}


def request(seed: bytes, number: int) -> Request:
    """Request `number` of a seed (docs/accumulate.md)."""
    prefix = seed + number.to_bytes(8, "little")
    b = sha256(prefix + b"\x00").digest() + sha256(prefix + b"\x01").digest()
    values = {}
    for name, field in _FIELDS.items():
        value = int.from_bytes(b[field.start : field.start + field.size], "little")
        if field.shift_at is not None:
            value >>= b[field.shift_at] % (8 * field.size)
        values[name] = value % field.modulus * field.factor
    value = values["business_value_microunits"]
    values["business_value_microunits"] = value - 2**64 if value > I64_MAX else value
    return Request(
        **values,
        required_capabilities=_bit(b[43]) | _bit(b[44]),
        allowed_provider_mask=int.from_bytes(b[45:53], "little") | int.from_bytes(b[53:61], "little"),
        required_region_mask=_bit(b[61]) | _bit(b[62]),
    )


def _bit(place: int) -> int:
    return 2**place if place < 64 else 0


def decisions(snapshot: Snapshot, seed: bytes, count: int) -> bytes:
    """SHA-256 over the digests of the decisions on requests 0 … count - 1, 32 bytes."""
    total = sha256()
    for number in range(count):
        total.update(bytes.fromhex(decision_digest_hex(decide(snapshot, request(seed, number)))))
    return total.digest()
