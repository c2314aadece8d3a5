"""The baseline: one ordinary policy, model and request, from which each case differs in the one thing that it hunts.

Under the baseline the model is eligible with room at every gate, no two numbers are equal by accident, and the amounts
are small enough to follow by hand:
cost 2,000 + 3,000 = 5,000; quality term 1,000,000 · 0.9 · 0.8 = 720,000; risk term 1,000,000 · 0.1 · 0.3 = 30,000;
latency 200 · 700 = 140,000; utility 720,000 − 30,000 − 5,000 − 140,000 = 545,000.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]
#: Models, or a series of them (see `series`).
Catalog = Iterable[Record] | Record

U8 = 2**8 - 1
U16 = 2**16 - 1
U32 = 2**32 - 1
U64 = 2**64 - 1
I64_MAX = 2**63 - 1
I64_MIN = -(2**63)
MAX_BPS = 10_000
MILLION = 10**6

_MODEL: Record = {
    "model_id": 1,
    "provider_id": 3,
    "quality_bps": 8_000,
    "risk_ceiling_bps": 5_000,
    "enabled": 1,
    "p95_latency_ms": 200,
    "capabilities": 0b1110,
    "region_mask": 0b0110,
    "input_cost_microunits_per_million_tokens": 2 * MILLION,
    "output_cost_microunits_per_million_tokens": 6 * MILLION,
}
_REQUEST: Record = {
    "request_sequence": 1_001,
    "requested_model_id": 1,
    "input_tokens": 1_000,
    "output_tokens": 500,
    "business_value_microunits": 1_000_000,
    "budget_limit_microunits": 600_000,
    "risk_bps": 1_000,
    "confidence_bps": 9_000,
    "minimum_quality_bps": 5_000,
    "max_p95_latency_ms": 1_000,
    "required_capabilities": 0b0110,
    "allowed_provider_mask": 0b1000,
    "required_region_mask": 0b0100,
}
_POLICY: Record = {
    "constructor": "validated",
    "policy_epoch": 3,
    "catalog_epoch": 5,
    "hard_risk_limit_bps": 9_600,
    "minimum_confidence_bps": 5_500,
    "risk_penalty_multiplier_bps": 3_000,
    "latency_penalty_microunits_per_ms": 700,
}

#: What makes the baseline model fail one gate and pass every other, in the order of the gates.
FAILS: dict[str, Record] = {
    "disabled": {"enabled": 0},
    "quality": {"quality_bps": 4_999},
    "latency": {"p95_latency_ms": 1_001, "quality_bps": 10_000},
    "capability": {"capabilities": 0b1010},
    "provider": {"provider_id": 4},
    "region": {"region_mask": 0b0010},
    "risk_ceiling": {"risk_ceiling_bps": 999},
    "budget": {"output_cost_microunits_per_million_tokens": 1_196_002_000, "quality_bps": 10_000},
    "utility": {"output_cost_microunits_per_million_tokens": 1_196_000_000},
}
GATES = tuple(FAILS)


def model(model_id: int = 1, /, **changes: Any) -> Record:
    """The baseline model with another id and the changes given."""
    return _changed(_MODEL, {"model_id": model_id, **changes})


def request(**changes: Any) -> Record:
    """The baseline request with the changes given."""
    return _changed(_REQUEST, changes)


def policy(models: Catalog | None = None, /, **changes: Any) -> Record:
    """The baseline policy over these models (by default the baseline model alone) with the changes given."""
    catalog = [model()] if models is None else models if isinstance(models, dict) else list(models)
    return {**_changed(_POLICY, changes), "models": catalog}


def given(models: Catalog | None = None, /, **changes: Any) -> Record:
    """A group's `given` that holds such a policy."""
    return {"policy": policy(models, **changes)}


def series(count: int, first: Record, **step: int) -> Record:
    """`count` models, each differing from the one before by `step`; written down as such."""
    return {"series": {"count": count, "first": first, "step": step}}


def failing(gate: str, model_id: int = 1) -> Record:
    """A model that fails exactly this gate under the baseline request."""
    return model(model_id, **FAILS[gate])


def failing_both(first: str, second: str, model_id: int = 1) -> Record:
    """A model that fails these two gates, `first` being the one that stands before the other."""
    # A higher quality keeps the utility positive where a gate is to fail alone; with the utility gate it must not.
    changes = {**FAILS[second], **FAILS[first]}
    return model(model_id, **({**changes, "quality_bps": 8_000} if (first, second) in _QUALITY_KEPT else changes))


_QUALITY_KEPT = {("latency", "utility"), ("budget", "utility")}


def _changed(record: Record, changes: Record) -> Record:
    if unknown := changes.keys() - record.keys():
        raise KeyError(f"The baseline has no {sorted(unknown)}.")
    return {**record, **changes}
