"""The decision rule of `kernel` once more, for speed: the decision alone, where some candidate is eligible.

What `kernel.walk` keeps for traces and explanations is left out: counts per gate, and the numbers of every candidate.
The best candidate so far and the second are remembered, and nothing else. What this file does not decide it leaves to
`kernel`: rejections, whose reason depends on the counts, and values so large that a utility might pass 64 bits.

Only `PolicySnapshot.prescribe` goes this way. Verification replays with `kernel`, so each decision is checked by the
other of the two. Tests and a proof hold this file to `kernel` and to the specification.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from calybris_ref import kernel
from calybris_ref.model import BASIS_POINTS, NO_MODEL_INDEX, KernelAction, KernelDecision, KernelInput, KernelReason
from calybris_ref.record import I64_WIDTH, U16_WIDTH, U32_WIDTH, draft_of

if TYPE_CHECKING:
    from calybris_ref.policy import PolicySnapshot

_U16_MAX: Final = U16_WIDTH.maximum
_U32_MAX: Final = U32_WIDTH.maximum
_RATE_TOKENS: Final = 1_000_000
_BPS_SQUARED: Final = BASIS_POINTS * BASIS_POINTS
# Up to here no quality, not even one above 10,000, makes a utility that an i64 does not hold.
_LARGEST_WEIGHTED_VALUE: Final = I64_WIDTH.maximum * _BPS_SQUARED // U16_WIDTH.maximum
# By name, because a look-up through an enumeration costs as much as a gate.
_EXECUTE_REQUESTED, _SUBSTITUTE = KernelAction.EXECUTE_REQUESTED, KernelAction.SUBSTITUTE
_REQUESTED_MODEL = KernelReason.REQUESTED_MODEL_MAXIMIZES_UTILITY
_ALTERNATIVE = KernelReason.ALTERNATIVE_MAXIMIZES_UTILITY
_Draft = draft_of(KernelDecision)

Standing = tuple[int, int, int, int, int, int]
"""What is looked at when the gates on the request are passed: index, model id, quality, both rates, latency term."""

Row = tuple[int, int, int, int, int, int, Standing]
"""A candidate: quality, latency, capabilities, provider bit, regions, risk ceiling, and the rest."""

# Stands on a place of the podium that nobody has taken: with the id of no model (RANK-3).
_NOBODY: Final[Standing] = (0, 0, 0, 0, 0, 0)


def rows(catalog: Iterable[kernel.Row]) -> tuple[Row, ...]:
    """The candidates that are enabled; the others would only be counted (GATE-4)."""
    return tuple((*row[3:9], (row[0], row[1], row[3], *row[9:])) for row in catalog if row[2])


def prescribe(snapshot: "PolicySnapshot", request: KernelInput) -> KernelDecision:
    """The decision for one request, the same as that of `kernel.prescribe` (DECIDE-1 … DECIDE-8)."""
    if request.risk_bps >= snapshot.hard_risk_limit_bps or request.confidence_bps < snapshot.minimum_confidence_bps:
        return kernel.prescribe(snapshot, request)
    eligible, utility, cost, winner, second_utility, runner_up = podium(snapshot, request, snapshot.fast_rows)
    if eligible == 0:
        return kernel.prescribe(snapshot, request)
    index, model_id = winner[0], winner[1]
    evaluated = len(snapshot.rows)
    if model_id == request.requested_model_id:
        action, reason = _EXECUTE_REQUESTED, _REQUESTED_MODEL
    else:
        action, reason = _SUBSTITUTE, _ALTERNATIVE
    decision: KernelDecision = _Draft(
        request.request_sequence,
        action,
        reason,
        model_id,
        index if index < NO_MODEL_INDEX else NO_MODEL_INDEX,
        cost,
        utility,
        runner_up[1],
        second_utility,
        evaluated if evaluated < _U16_MAX else _U16_MAX,
        eligible if eligible < _U16_MAX else _U16_MAX,
        snapshot.policy_epoch,
        snapshot.catalog_epoch,
    )
    decision.__class__ = KernelDecision
    return decision


def podium(
    snapshot: "PolicySnapshot", request: KernelInput, catalog: Sequence[Row]
) -> tuple[int, int, int, Standing, int, Standing]:
    """How many are eligible; utility, cost and standing of the best; utility and standing of the second.

    None is reported as eligible where a utility might pass 64 bits.
    """
    minimum_quality = request.minimum_quality_bps
    max_latency = request.max_p95_latency_ms or _U32_MAX
    needed = request.required_capabilities
    allowed_providers = request.allowed_provider_mask
    wanted_regions = request.required_region_mask
    risk = request.risk_bps
    budget = request.budget_limit_microunits
    # Owed, so negative: to divide a negative number rounds its magnitude up, as MONEY-1 wants it.
    owed_input, owed_output = -request.input_tokens, -request.output_tokens
    value = max(request.business_value_microunits, 0)
    weighted_value = value * request.confidence_bps
    risk_term = value * risk * snapshot.risk_penalty_multiplier_bps // _BPS_SQUARED
    eligible = best_utility = best_cost = second_utility = second_cost = 0
    best = second = _NOBODY
    if weighted_value > _LARGEST_WEIGHTED_VALUE:
        return 0, 0, 0, best, 0, second

    for quality, latency, capabilities, provider_bit, regions, risk_ceiling, standing in catalog:
        if (
            quality < minimum_quality
            or latency > max_latency
            or capabilities & needed != needed
            or not provider_bit & allowed_providers
            or (wanted_regions and not regions & wanted_regions)
            or risk > risk_ceiling
        ):
            continue
        _, model_id, _, input_rate, output_rate, latency_term = standing
        cost = -(owed_input * input_rate // _RATE_TOKENS + owed_output * output_rate // _RATE_TOKENS)
        # A cost that would saturate (MONEY-2) is over every budget but the largest, and no value here is worth that.
        if cost > budget:
            continue
        # The small numbers are added first: one subtraction from a large number is cheaper than two.
        utility = weighted_value * quality // _BPS_SQUARED - risk_term - (cost + latency_term)
        if utility > best_utility:
            eligible += 1
            second_utility, second_cost, second = best_utility, best_cost, best
            best_utility, best_cost, best = utility, cost, standing
        elif utility > 0:
            eligible += 1
            if utility >= second_utility:
                # Only of equal utility the lower cost, higher quality, lower id decide (RANK-1); of equals the earlier.
                rank = (-utility, cost, -quality, model_id)
                if rank < (-best_utility, best_cost, -best[2], best[1]):
                    second_utility, second_cost, second = best_utility, best_cost, best
                    best_utility, best_cost, best = utility, cost, standing
                elif rank < (-second_utility, second_cost, -second[2], second[1]):
                    second_utility, second_cost, second = utility, cost, standing
    return eligible, best_utility, best_cost, best, second_utility, second
