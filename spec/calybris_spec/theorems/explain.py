"""The numbers of an explanation are those that the gate compared, and each is there or not (EXPL-1 … EXPL-4)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import gates
from calybris_spec.codes import (
    BUDGET,
    CAPABILITY,
    DISABLED,
    ELIGIBLE,
    GATES,
    LATENCY,
    PROVIDER,
    QUALITY,
    REGION,
    RISK_CEILING,
    UTILITY,
)
from calybris_spec.decision import ADMITTED, hard_limit, saturated
from calybris_spec.explain import comparisons, explain, explain_model
from calybris_spec.gates import Appraisal
from calybris_spec.logic import no
from calybris_spec.masks import allows, covers, shares
from calybris_spec.theorems import unfolded
from calybris_spec.types import Model, Policy, Request, Snapshot, is_model, is_policy, is_request
from calybris_spec.utility import Terms

failures = unfolded(gates.failures)


@require(lambda model, request: is_model(model) & is_request(request))
@ensure(lambda result: result)
def the_numbers_shown_are_the_numbers_compared(model: Model, request: Request) -> bool:
    """From the measured number and the limit alone one can tell whether the gate fails."""
    fails = failures(model, request, 0, 0)
    rows = comparisons(model, request)
    quality, latency, risk = rows[QUALITY], rows[LATENCY], rows[RISK_CEILING]
    capability, region = rows[CAPABILITY], rows[REGION]
    return all(
        [
            fails[QUALITY - 1] == (quality.measured < quality.limit),
            fails[LATENCY - 1] == (latency.limit > 0) & (latency.measured > latency.limit),
            fails[CAPABILITY - 1] == no(covers(capability.measured, capability.limit)),
            fails[REGION - 1] == (region.limit != 0) & no(shares(region.measured, region.limit)),
            fails[RISK_CEILING - 1] == (risk.measured > risk.limit),
            (rows[DISABLED].measured == 0) & (rows[DISABLED].limit == 1),
            (rows[ELIGIBLE].measured == 0) & (rows[ELIGIBLE].limit == 0),  # no gate, so that the number is the place
        ]
    )


@require(lambda model, request: is_model(model) & is_request(request))
@ensure(lambda result: result)
def the_limit_of_a_provider_is_the_mask_that_has_its_bit(model: Model, request: Request) -> bool:
    """63 beside an id that no mask has a bit for."""
    provider = comparisons(model, request)[PROVIDER]
    is_bit = provider.measured <= 63
    by_mask = allows(request.allowed_provider_mask, provider.measured)
    fails = failures(model, request, 0, 0)[PROVIDER - 1]
    return (fails == no(by_mask)) & (provider.limit == request.allowed_provider_mask * is_bit + 63 * no(is_bit))


@require(lambda model, request: is_model(model) & is_request(request))
@require(lambda place: place >= 0)
@ensure(lambda result: result)
def a_row_shows_what_its_status_promises(
    model: Model, request: Request, place: int, terms: Terms, utility: int
) -> bool:
    """Gate by gate: the status, and which numbers are there; what is absent is None (EXPL-1, EXPL-3)."""
    holds_for_all = True
    for gate in range(10):
        row = explain_model(model, request, place, Appraisal(gate, terms, utility))
        status = "eligible" if gate == ELIGIBLE else "over_budget" if gate == BUDGET else "non_positive_utility"
        rejected = gate not in (ELIGIBLE, BUDGET, UTILITY)
        own = (terms.quality, terms.risk, terms.latency, utility) if gate in (ELIGIBLE, UTILITY) else (None,) * 4
        shown = (
            row.quality_adjusted_microunits,
            row.risk_penalty_microunits,
            row.latency_penalty_microunits,
            row.utility_microunits,
        )
        holds_for_all &= all(
            [
                (row.model_id == model.model_id) & (row.model_index == saturated(place)),
                row.status == ("rejected" if rejected else status),
                row.gate == (GATES[gate].name if rejected else None),
                (row.measured is None) == no(rejected),
                (row.limit is None) == (gate in (ELIGIBLE, UTILITY)),
                row.cost_microunits == (None if rejected else terms.cost),
                *[left == right for left, right in zip(shown, own, strict=True)],
            ]
        )
    return holds_for_all


@require(lambda model, request: is_model(model) & is_request(request))
@ensure(lambda result: result)
def a_rejected_row_shows_the_comparison_of_its_gate(model: Model, request: Request, terms: Terms) -> bool:
    """EXPL-2, EXPL-3: gate by gate; over the budget it is the budget, beside the cost."""
    compared = comparisons(model, request)
    rows = [explain_model(model, request, 0, Appraisal(gate, terms, 0)) for gate in range(BUDGET + 1)]
    shown = [
        (row.measured == comparison.measured) & (row.limit == comparison.limit)
        for row, comparison in zip(rows[DISABLED:BUDGET], compared[DISABLED:], strict=True)
    ]
    return all(shown) & (rows[BUDGET].limit == request.budget_limit_microunits)


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@ensure(lambda result: result)
def there_is_a_row_exactly_when_the_catalog_was_walked(policy: Policy, model: Model, request: Request) -> bool:
    """None after a hard limit, else one per candidate (EXPL-4)."""
    rows = explain(Snapshot(policy, (model,)), request)
    are_rows = all([row.model_index == place for place, row in enumerate(rows)])
    return ((len(rows) == 1) == (hard_limit(policy, request) == ADMITTED)) & are_rows
