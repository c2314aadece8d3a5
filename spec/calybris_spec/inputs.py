"""Whether a request is valid (INPUT-1). Deciding does not ask: it is total (INPUT-2)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, MAX_BPS, Refusal
from calybris_spec.logic import first, within
from calybris_spec.types import Request, is_request

REFUSALS = (
    ACCEPTED,
    Refusal("INPUT_BPS_OUT_OF_RANGE", "risk_bps"),
    Refusal("INPUT_BPS_OUT_OF_RANGE", "confidence_bps"),
    Refusal("INPUT_BPS_OUT_OF_RANGE", "minimum_quality_bps"),
)


@require(lambda request: is_request(request))
@ensure(lambda request, result: (result == 1) == (request.risk_bps > 10_000))
@ensure(lambda request, result: (result == 2) == (request.risk_bps <= 10_000) & (request.confidence_bps > 10_000))
@ensure(lambda result: within(0, result, 3))
@ensure(
    lambda request, result: (
        (result == 0)
        == (request.risk_bps <= 10_000) & (request.confidence_bps <= 10_000) & (request.minimum_quality_bps <= 10_000)
    )
)
def request_problem(request: Request) -> int:
    """Return the row of REFUSALS that applies first, 0 when the request is valid (INPUT-1)."""
    return first(
        (
            request.risk_bps > MAX_BPS,
            request.confidence_bps > MAX_BPS,
            request.minimum_quality_bps > MAX_BPS,
        )
    )
