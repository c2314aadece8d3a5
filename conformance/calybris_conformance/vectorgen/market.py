"""Three catalogs and the requests of docs/accumulate.md: an ordinary market for many decisions at once."""

from __future__ import annotations

from hashlib import sha256

from calybris_conformance.vectorgen.builders import MILLION, U64, Record, policy

_MODEL_COUNT = 22


def market(size: int) -> Record:
    """A canonical policy of 1, 3 or 22 models under which the accumulated requests are decided in every way."""
    return policy(
        {1: [_generous(1)], 3: [_generous(1), {**_generous(2), "enabled": 0}, _model(3)]}.get(size)
        or [_model(model_id) for model_id in range(1, _MODEL_COUNT + 1)],
        hard_risk_limit_bps=9_600,
        minimum_confidence_bps=400,
        risk_penalty_multiplier_bps=1_200,
        latency_penalty_microunits_per_ms=2,
    )


def _model(model_id: int) -> Record:
    """Model `model_id` of the market: steps of 100 and 8, as the requests have, so that limits are met exactly."""
    return {
        "model_id": model_id,
        "provider_id": model_id * 11 % 64,
        "quality_bps": 5_200 + model_id * 200,
        "risk_ceiling_bps": 5_000 + model_id * 7 % 12 * 400,
        "enabled": int(model_id % 9 != 5),
        "p95_latency_ms": 16 + model_id * 5 % 23 * 24,
        "capabilities": U64 ^ (0x0101_0101_0101_0101 << model_id % 8),
        "region_mask": 0xF0F0_F0F0_0F0F_0F0F >> model_id % 4 if model_id % 6 else U64,
        "input_cost_microunits_per_million_tokens": model_id**3 * 30,
        "output_cost_microunits_per_million_tokens": model_id**2 * 1_200 + MILLION // model_id,
    }


def _generous(model_id: int) -> Record:
    """A model that seldom stands in a request's way."""
    return {
        **_model(22),
        "model_id": model_id,
        "risk_ceiling_bps": 9_200,
        "p95_latency_ms": 48,
        "capabilities": U64 - 1,
        "region_mask": U64 - 2,
        "input_cost_microunits_per_million_tokens": 3_001,
        "output_cost_microunits_per_million_tokens": 9_007,
    }


def accumulated_request(seed: bytes, k: int) -> Record:
    """The k-th request of a seed, as docs/accumulate.md derives it."""
    start = seed + k.to_bytes(8, "little")
    b = sha256(start + b"\0").digest() + sha256(start + b"\1").digest()

    def u(first: int, size: int) -> int:
        return int.from_bytes(b[first : first + size], "little")

    value = (u(19, 8) >> b[27] % 64).to_bytes(8, "little")
    return {
        "request_sequence": u(0, 8),
        "requested_model_id": b[8] % 32,
        "input_tokens": u(9, 4) >> b[13] % 32,
        "output_tokens": u(14, 4) >> b[18] % 32,
        "business_value_microunits": int.from_bytes(value, "little", signed=True),
        "budget_limit_microunits": u(28, 8) >> b[36] % 64,
        "risk_bps": u(37, 2) % 10_001,
        "confidence_bps": u(39, 2) % 10_001,
        "minimum_quality_bps": b[41] % 101 * 100,
        "max_p95_latency_ms": b[42] * 8,
        "required_capabilities": _bit(b[43]) | _bit(b[44]),
        "allowed_provider_mask": u(45, 8) | u(53, 8),
        "required_region_mask": _bit(b[61]) | _bit(b[62]),
    }


def _bit(place: int) -> int:
    return 1 << place if place < 64 else 0
