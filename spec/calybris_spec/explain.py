"""Why each candidate was eligible or not, in numbers (EXPL-1 … EXPL-4)."""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import BUDGET, ELIGIBLE, GATES, MAX_PROVIDER_ID, UTILITY
from calybris_spec.decision import ADMITTED, hard_limit, saturated
from calybris_spec.gates import Appraisal, appraise
from calybris_spec.types import Model, Request, Snapshot, is_model, is_request

STATUSES = {ELIGIBLE: "eligible", BUDGET: "over_budget", UTILITY: "non_positive_utility"}
"""Every other gate is `rejected` (EXPL-1)."""


class Row(NamedTuple):
    """One candidate; what is absent is None, never 0."""

    model_id: int
    model_index: int
    status: str
    gate: str | None
    measured: int | None
    limit: int | None
    cost_microunits: int | None
    quality_adjusted_microunits: int | None
    risk_penalty_microunits: int | None
    latency_penalty_microunits: int | None
    utility_microunits: int | None


class Comparison(NamedTuple):
    """The number that a gate measured, and the limit that it was compared with."""

    measured: int
    limit: int


@require(lambda model, request: is_model(model) & is_request(request))
@ensure(lambda result: len(result) == BUDGET)
def comparisons(model: Model, request: Request) -> tuple[Comparison, ...]:
    """Return what the gates before the budget compare, at the gate's number (EXPL-2)."""
    has_bit = model.provider_id <= MAX_PROVIDER_ID
    return (
        Comparison(0, 0),  # no gate
        Comparison(0, 1),  # disabled
        Comparison(model.quality_bps, request.minimum_quality_bps),
        Comparison(model.p95_latency_ms, request.max_p95_latency_ms),
        Comparison(model.capabilities, request.required_capabilities),
        Comparison(model.provider_id, request.allowed_provider_mask if has_bit else MAX_PROVIDER_ID),
        Comparison(model.region_mask, request.required_region_mask),
        Comparison(request.risk_bps, model.risk_ceiling_bps),  # the other way round: the model sets the limit
    )


def explain_model(model: Model, request: Request, place: int, appraisal: Appraisal) -> Row:
    """Return the row of one candidate (EXPL-1 … EXPL-3)."""
    gate, terms, utility = appraisal
    rejected = gate not in STATUSES
    has_terms = gate in (ELIGIBLE, UTILITY)
    compared = comparisons(model, request)[gate] if rejected else None
    limit = compared.limit if compared else request.budget_limit_microunits if gate == BUDGET else None
    return Row(
        model_id=model.model_id,
        model_index=saturated(place),
        status=STATUSES.get(gate, "rejected"),
        gate=GATES[gate].name if rejected else None,
        measured=compared.measured if compared else None,
        limit=limit,
        cost_microunits=None if rejected else terms.cost,
        quality_adjusted_microunits=terms.quality if has_terms else None,
        risk_penalty_microunits=terms.risk if has_terms else None,
        latency_penalty_microunits=terms.latency if has_terms else None,
        utility_microunits=utility if has_terms else None,
    )


def explain(snapshot: Snapshot, request: Request) -> tuple[Row, ...]:
    """Return one row per candidate in catalog order; none after a hard limit (EXPL-4)."""
    if hard_limit(snapshot.policy, request) != ADMITTED:
        return ()
    return tuple(
        explain_model(model, request, place, appraise(snapshot.policy, model, request))
        for place, model in enumerate(snapshot.models)
    )
