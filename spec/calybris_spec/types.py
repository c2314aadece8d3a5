"""The records: their fields in declaration order, with widths (TYPES-2 … TYPES-5).

The order of the fields is also the order of the bytes in a layout, and of the JSON keys. A value outside its width has
no record: `first_misfit` is the check where a record is built (TYPES-9).
"""

from __future__ import annotations

from typing import NamedTuple

from calybris_spec.integers import Width, fields_of, fits, holds, i64, u8, u16, u32, u64
from calybris_spec.logic import first, no


class Model(NamedTuple):
    """A candidate (TYPES-2). Rates are microunits per million tokens, masks hold bit i for capability or region i."""

    model_id: u32
    provider_id: u16
    quality_bps: u16
    risk_ceiling_bps: u16
    enabled: u8
    p95_latency_ms: u32
    capabilities: u64
    region_mask: u64
    input_cost_microunits_per_million_tokens: u64
    output_cost_microunits_per_million_tokens: u64


class Request(NamedTuple):
    """What is asked for (TYPES-3). 0 in `max_p95_latency_ms` and in `required_region_mask` means no constraint."""

    request_sequence: u64
    requested_model_id: u32
    input_tokens: u32
    output_tokens: u32
    business_value_microunits: i64
    budget_limit_microunits: u64
    risk_bps: u16
    confidence_bps: u16
    minimum_quality_bps: u16
    max_p95_latency_ms: u32
    required_capabilities: u64
    allowed_provider_mask: u64
    required_region_mask: u64


class Policy(NamedTuple):
    """The scalars of a policy (TYPES-4)."""

    policy_epoch: u64
    catalog_epoch: u64
    hard_risk_limit_bps: u16
    minimum_confidence_bps: u16
    risk_penalty_multiplier_bps: u16
    latency_penalty_microunits_per_ms: u64


class Snapshot(NamedTuple):
    """A policy and its catalog, in the snapshot's own order (TYPES-4)."""

    policy: Policy
    models: tuple[Model, ...]


class Decision(NamedTuple):
    """The answer (TYPES-5)."""

    request_sequence: u64
    action: u8
    reason: u16
    selected_model_id: u32
    selected_model_index: u16
    estimated_cost_microunits: u64
    expected_utility_microunits: i64
    counterfactual_model_id: u32
    counterfactual_utility_microunits: i64
    evaluated_models: u16
    eligible_models: u16
    policy_epoch: u64
    catalog_epoch: u64


MODEL = fields_of(Model)
REQUEST = fields_of(Request)
POLICY = fields_of(Policy)
DECISION = fields_of(Decision)


def is_model(model: Model) -> bool:
    """Whether every field lies in its width."""
    return fits(model, tuple(MODEL.values()))


def is_request(request: Request) -> bool:
    """Whether every field lies in its width."""
    return fits(request, tuple(REQUEST.values()))


def is_policy(policy: Policy) -> bool:
    """Whether every field lies in its width."""
    return fits(policy, tuple(POLICY.values()))


def is_decision(decision: Decision) -> bool:
    """Whether every field lies in its width."""
    return fits(decision, tuple(DECISION.values()))


def first_misfit(values: tuple[int, ...], widths: tuple[Width, ...]) -> int:
    """Return the position, from 1, of the first value outside its width, or NONE (TYPES-9)."""
    return first(tuple([no(holds(width, value)) for width, value in zip(widths, values, strict=True)]))
