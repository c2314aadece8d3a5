"""Many decisions in one digest, for the reference: the requests of docs/accumulate.md, decided and hashed."""

from hashlib import sha256

from calybris_ref import KernelInput, PolicySnapshot, decision_digest

_SIGN_BIT = 1 << 63


def decisions(snapshot: PolicySnapshot, seed: bytes, count: int) -> bytes:
    """SHA-256 over the digests of the decisions on requests 0 … count - 1, 32 bytes."""
    total = sha256()
    for number in range(count):
        total.update(decision_digest(snapshot.prescribe(request(seed, number))))
    return total.digest()


def request(seed: bytes, number: int) -> KernelInput:
    """Request `number` of a seed."""
    head = seed + number.to_bytes(8, "little")
    block = sha256(head + b"\x00").digest() + sha256(head + b"\x01").digest()

    def word(start: int, size: int) -> int:
        return int.from_bytes(block[start : start + size], "little")

    value = word(19, 8) >> block[27] % 64
    return KernelInput(
        request_sequence=word(0, 8),
        requested_model_id=block[8] % 32,
        input_tokens=word(9, 4) >> block[13] % 32,
        output_tokens=word(14, 4) >> block[18] % 32,
        business_value_microunits=value - 2 * _SIGN_BIT if value >= _SIGN_BIT else value,
        budget_limit_microunits=word(28, 8) >> block[36] % 64,
        risk_bps=word(37, 2) % 10_001,
        confidence_bps=word(39, 2) % 10_001,
        minimum_quality_bps=block[41] % 101 * 100,
        max_p95_latency_ms=block[42] * 8,
        required_capabilities=_bit(block[43]) | _bit(block[44]),
        allowed_provider_mask=word(45, 8) | word(53, 8),
        required_region_mask=_bit(block[61]) | _bit(block[62]),
    )


def _bit(place: int) -> int:
    return 1 << place if place < 64 else 0
