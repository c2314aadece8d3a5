"""Why each candidate was or was not eligible, with the numbers that were compared (EXPL-1 … EXPL-4).

The kernel's own walk says at which gate a candidate stopped and what it computed until then; this file only adds the
two numbers that each gate compares.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from calybris_ref.kernel import Assessment, hard_limit, risk_penalty, walk
from calybris_ref.model import (
    MAX_PROVIDER_ID,
    NO_MODEL_INDEX,
    CandidateExplanation,
    CandidateStatus,
    Gate,
    KernelInput,
    KernelModel,
)

if TYPE_CHECKING:
    from calybris_ref.policy import PolicySnapshot


class _Comparison(NamedTuple):
    """What a gate measured, and the limit that it held the number against (EXPL-2)."""

    measured: Callable[[KernelModel, KernelInput], int]
    limit: Callable[[KernelModel, KernelInput], int]


_COMPARISONS = {
    Gate.DISABLED: _Comparison(
        lambda _model, _request: 0,
        lambda _model, _request: 1,
    ),
    Gate.QUALITY: _Comparison(
        lambda model, _request: model.quality_bps,
        lambda _model, request: request.minimum_quality_bps,
    ),
    Gate.LATENCY: _Comparison(
        lambda model, _request: model.p95_latency_ms,
        lambda _model, request: request.max_p95_latency_ms,
    ),
    Gate.CAPABILITY: _Comparison(
        lambda model, _request: model.capabilities,
        lambda _model, request: request.required_capabilities,
    ),
    Gate.PROVIDER: _Comparison(
        lambda model, _request: model.provider_id,
        lambda model, request: (
            request.allowed_provider_mask if model.provider_id <= MAX_PROVIDER_ID else MAX_PROVIDER_ID
        ),
    ),
    Gate.REGION: _Comparison(
        lambda model, _request: model.region_mask,
        lambda _model, request: request.required_region_mask,
    ),
    Gate.RISK_CEILING: _Comparison(
        lambda _model, request: request.risk_bps,
        lambda model, _request: model.risk_ceiling_bps,
    ),
}


def explain(snapshot: "PolicySnapshot", request: KernelInput) -> tuple[CandidateExplanation, ...]:
    """One row per candidate in catalog order (EXPL-1 … EXPL-3); none after a hard limit (EXPL-4)."""
    if hard_limit(snapshot, request) is not None:
        return ()
    trail: list[Assessment] = []
    walk(snapshot, request, snapshot.rows, trail)
    return tuple(_explanation(snapshot, request, index, assessment) for index, assessment in enumerate(trail))


def _explanation(
    snapshot: "PolicySnapshot", request: KernelInput, index: int, assessment: Assessment
) -> CandidateExplanation:
    gate, cost, quality_term, utility = assessment
    model = snapshot.models[index]
    status = _STATUSES.get(gate, CandidateStatus.REJECTED)
    measured = limit = None
    if gate in _COMPARISONS:
        comparison = _COMPARISONS[gate]
        measured, limit = comparison.measured(model, request), comparison.limit(model, request)
    elif gate is Gate.BUDGET:
        limit = request.budget_limit_microunits
    has_terms = status in (CandidateStatus.ELIGIBLE, CandidateStatus.NON_POSITIVE_UTILITY)
    latency_term = model.p95_latency_ms * snapshot.latency_penalty_microunits_per_ms
    return CandidateExplanation(
        model_id=model.model_id,
        model_index=min(index, NO_MODEL_INDEX),
        status=status,
        gate=gate if status is CandidateStatus.REJECTED else None,
        measured=measured,
        limit=limit,
        cost_microunits=None if status is CandidateStatus.REJECTED else cost,
        quality_adjusted_microunits=quality_term if has_terms else None,
        risk_penalty_microunits=risk_penalty(snapshot, request) if has_terms else None,
        latency_penalty_microunits=latency_term if has_terms else None,
        utility_microunits=utility if has_terms else None,
    )


# The statuses of candidates that no gate in the table above stopped (EXPL-1).
_STATUSES = {
    None: CandidateStatus.ELIGIBLE,
    Gate.BUDGET: CandidateStatus.OVER_BUDGET,
    Gate.UTILITY: CandidateStatus.NON_POSITIVE_UTILITY,
}
