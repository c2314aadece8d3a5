"""The numbers of an explanation are those that the gate compared (EXPL-2)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import gates
from calybris_spec.codes import CAPABILITY, DISABLED, LATENCY, PROVIDER, QUALITY, REGION, RISK_CEILING
from calybris_spec.explain import comparisons
from calybris_spec.logic import no
from calybris_spec.masks import allows, covers, shares
from calybris_spec.theorems import unfolded
from calybris_spec.types import Model, Request, is_model, is_request

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
