"""The parts of `calybris_ref.kernel` answer as the specification's rules do."""

from __future__ import annotations

from icontract import ensure, require

from calybris_ref import kernel
from calybris_refinement import stand_ins
from calybris_spec import utility
from calybris_spec.codes import GATES
from calybris_spec.decision import ADMITTED, Rejections, dominant_gate, hard_limit
from calybris_spec.theorems import unfolded
from calybris_spec.types import Policy, Request, is_policy, is_request

counted_value, scaled = unfolded(utility.counted_value), unfolded(utility.scaled)


@require(lambda policy, request: is_policy(policy) & is_request(request))
@ensure(lambda result: result)
def the_risk_is_charged_as_specified(policy: Policy, request: Request) -> bool:
    """One floor over the value, a negative one as 0 (MONEY-3, MONEY-5)."""
    value = counted_value(request.business_value_microunits)
    expected = scaled(value, request.risk_bps, policy.risk_penalty_multiplier_bps)
    return kernel.risk_penalty(stand_ins.snapshot(policy), stand_ins.request(request)) == expected


@require(lambda policy, request: is_policy(policy) & is_request(request))
@ensure(lambda result: result)
def the_hard_limits_stop_the_same_requests(policy: Policy, request: Request) -> bool:
    """GATE-1 before GATE-2, with the same reason; none where the specification admits."""
    stopped = kernel.hard_limit(stand_ins.snapshot(policy), stand_ins.request(request))
    return (ADMITTED if stopped is None else stopped.value) == hard_limit(policy, request)


@require(lambda rejections: all([number >= 0 for number in rejections]))
@ensure(lambda result: result)
def the_same_gate_dominates(rejections: Rejections) -> bool:
    """DECIDE-3 and DECIDE-4 for every histogram."""
    return kernel._dominant_reason((0, *rejections)).value == GATES[dominant_gate(rejections)].reason
