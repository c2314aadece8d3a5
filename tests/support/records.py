"""One ordinary model, request and policy, from which each test differs in the one thing that it is about.

Under them: cost 2,000 + 3,000 = 5,000; quality term 1,000,000 · 0.9 · 0.8 = 720,000; risk term 1,000,000 · 0.1 · 0.35 =
35,000; latency 200 · 2 = 400; utility 720,000 - 35,000 - 5,000 - 400 = 679,600.
"""

from collections.abc import Iterable
from typing import Any

from calybris_ref import KernelInput, KernelModel, PolicySnapshot

U64_MAX = 2**64 - 1
I64_MAX = 2**63 - 1
I64_MIN = -(2**63)

MODEL: dict[str, int] = {
    "model_id": 1,
    "provider_id": 3,
    "quality_bps": 8_000,
    "risk_ceiling_bps": 5_000,
    "enabled": 1,
    "p95_latency_ms": 200,
    "capabilities": 0b111,
    "region_mask": 0b011,
    "input_cost_microunits_per_million_tokens": 2_000_000,
    "output_cost_microunits_per_million_tokens": 6_000_000,
}
REQUEST: dict[str, int] = {
    "request_sequence": 77,
    "requested_model_id": 1,
    "input_tokens": 1_000,
    "output_tokens": 500,
    "business_value_microunits": 1_000_000,
    "budget_limit_microunits": 10_000,
    "risk_bps": 1_000,
    "confidence_bps": 9_000,
    "minimum_quality_bps": 5_000,
    "max_p95_latency_ms": 1_000,
    "required_capabilities": 0b011,
    "allowed_provider_mask": 0b1000,
    "required_region_mask": 0b010,
}
POLICY: dict[str, int] = {
    "policy_epoch": 5,
    "catalog_epoch": 6,
    "hard_risk_limit_bps": 9_600,
    "minimum_confidence_bps": 5_500,
    "risk_penalty_multiplier_bps": 3_500,
    "latency_penalty_microunits_per_ms": 2,
}
UTILITY = 679_600
COST = 5_000


def model(model_id: int = 1, **changes: Any) -> KernelModel:
    """The ordinary model with another id and the changes given."""
    return KernelModel(**{**MODEL, "model_id": model_id, **changes})


def request(**changes: Any) -> KernelInput:
    """The ordinary request with the changes given."""
    return KernelInput(**{**REQUEST, **changes})


def policy(models: Iterable[KernelModel] | None = None, **changes: Any) -> PolicySnapshot:
    """A policy over the models (by default the ordinary one), validated, in their order."""
    return PolicySnapshot.try_new(**{**POLICY, **changes}, models=[model()] if models is None else models)


def unchecked(models: Iterable[KernelModel], **changes: Any) -> PolicySnapshot:
    """A policy over the models of which only the widths were checked."""
    return PolicySnapshot.new_unchecked(**{**POLICY, **changes}, models=models)
