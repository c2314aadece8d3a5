"""What the builders build: a record of defaults, changed call by call, checked at the end (BUILD-1 … BUILD-3)."""

from __future__ import annotations

from typing import NamedTuple

from calybris_spec import policy as policies
from calybris_spec.codes import ALL_PROVIDERS, ALL_REGIONS, MAX_BPS, Refusal
from calybris_spec.config import REFUSALS as CONFIG_REFUSALS
from calybris_spec.config import Config, config_problem
from calybris_spec.logic import NONE
from calybris_spec.types import Model, Policy, Request, Snapshot

REQUEST_METHODS = {
    "tokens": ("input_tokens", "output_tokens"),
    "business_value": ("business_value_microunits",),
    "budget_limit": ("budget_limit_microunits",),
    "risk": ("risk_bps", "confidence_bps"),
    "minimum_quality": ("minimum_quality_bps",),
    "max_latency": ("max_p95_latency_ms",),
    "capabilities": ("required_capabilities",),
    "providers": ("allowed_provider_mask",),
    "regions": ("required_region_mask",),
}
"""The methods of the request builder and the fields that they set (BUILD-1); `build` then asks INPUT-1."""

MODEL_METHODS = {
    "quality": ("quality_bps",),
    "risk_ceiling": ("risk_ceiling_bps",),
    "enabled": ("enabled",),
    "latency": ("p95_latency_ms",),
    "capabilities": ("capabilities",),
    "regions": ("region_mask",),
    "cost": ("input_cost_microunits_per_million_tokens", "output_cost_microunits_per_million_tokens"),
}
"""The methods of the model builder and the fields that they set (BUILD-2); `enabled` takes a boolean."""

CATALOG_TOO_LARGE = Refusal("BUILD_CATALOG_TOO_LARGE", "models")


class Call(NamedTuple):
    """One call of a builder's method."""

    method: str
    arguments: tuple[int, ...]


class Draft(NamedTuple):
    """A policy under construction (BUILD-3)."""

    config: Config
    policy_epoch: int = 1
    catalog_epoch: int = 1
    models: tuple[Model, ...] = ()


def new_request(request_sequence: int, requested_model_id: int) -> Request:
    """Return the request before any call (BUILD-1)."""
    return Request(
        request_sequence=request_sequence,
        requested_model_id=requested_model_id,
        input_tokens=0,
        output_tokens=0,
        business_value_microunits=0,
        budget_limit_microunits=2**64 - 1,
        risk_bps=0,
        confidence_bps=MAX_BPS,
        minimum_quality_bps=0,
        max_p95_latency_ms=0,
        required_capabilities=0,
        allowed_provider_mask=ALL_PROVIDERS,
        required_region_mask=0,
    )


def new_model(model_id: int, provider_id: int) -> Model:
    """Return the model before any call (BUILD-2)."""
    return Model(
        model_id=model_id,
        provider_id=provider_id,
        quality_bps=8_000,
        risk_ceiling_bps=9_500,
        enabled=1,
        p95_latency_ms=200,
        capabilities=0,
        region_mask=ALL_REGIONS,
        input_cost_microunits_per_million_tokens=0,
        output_cost_microunits_per_million_tokens=0,
    )


def set_on_request(request: Request, call: Call) -> Request:
    """Return the request after one call (BUILD-1)."""
    return request._replace(**dict(zip(REQUEST_METHODS[call.method], call.arguments, strict=True)))


def set_on_model(model: Model, call: Call) -> Model:
    """Return the model after one call (BUILD-2)."""
    return model._replace(**dict(zip(MODEL_METHODS[call.method], map(int, call.arguments), strict=True)))


def snapshot_of(draft: Draft) -> Snapshot:
    """Return the snapshot that a draft describes, catalog in the order given (POLICY-5)."""
    config = draft.config
    policy = Policy(
        policy_epoch=draft.policy_epoch,
        catalog_epoch=draft.catalog_epoch,
        hard_risk_limit_bps=config.hard_risk_limit_bps,
        minimum_confidence_bps=config.minimum_confidence_bps,
        risk_penalty_multiplier_bps=config.risk_penalty_multiplier_bps,
        latency_penalty_microunits_per_ms=config.latency_penalty_microunits_per_ms,
    )
    return Snapshot(policy, draft.models)


def draft_problem(draft: Draft) -> Refusal | None:
    """Return what `build` refuses first: the configuration, then the size, then the policy (BUILD-3)."""
    problem = config_problem(draft.config)
    if problem != NONE:
        return CONFIG_REFUSALS[problem]
    if len(draft.models) > draft.config.max_catalog_size:
        return CATALOG_TOO_LARGE
    verdict = policies.check(*snapshot_of(draft))
    if verdict.problem == NONE:
        return None
    refusal = policies.REFUSALS[verdict.problem]
    return Refusal(refusal.code, refusal.at.format(verdict.place))
