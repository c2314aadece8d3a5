"""The decision rule of `kernel` once more, for speed: the decision alone, where some candidate is eligible.

Clauses GATE-1 … GATE-12, MONEY-1 … MONEY-6, RANK-1 … RANK-3, DECIDE-1 and DECIDE-5 … DECIDE-8. What `kernel.walk` keeps
for traces and explanations is left out: counts per gate, and the numbers of every candidate. The best candidate so far
and the second are remembered, and nothing else. What this file does not decide it leaves to `kernel`: rejections, whose
reason depends on the counts, and values so large that a utility might pass 64 bits.

Only `PolicySnapshot.prescribe` goes this way. Verification replays with `kernel`, so each decision is checked by the
other of the two. Tests and proofs hold this file to `kernel` and to the specification.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from calybris_ref import kernel
from calybris_ref.model import (
    ALL_PROVIDERS,
    BASIS_POINTS,
    NO_MODEL_INDEX,
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelReason,
)
from calybris_ref.record import I64_WIDTH, U16_WIDTH, U32_WIDTH, draft_of

if TYPE_CHECKING:
    from calybris_ref.policy import PolicySnapshot

_U16_MAX: Final = U16_WIDTH.maximum
_U32_MAX: Final = U32_WIDTH.maximum
_RATE_TOKENS: Final = 1_000_000
_ROUND_UP: Final = _RATE_TOKENS - 1
_BPS_SQUARED: Final = BASIS_POINTS * BASIS_POINTS
# For `&` with small numbers as good as a mask of all 64 bits, and itself a small number.
_EVERY_BIT: Final = -1
# Up to here no quality, not even one above 10,000, makes a utility that an i64 does not hold.
_LARGEST_WEIGHTED_VALUE: Final = I64_WIDTH.maximum * _BPS_SQUARED // U16_WIDTH.maximum
# By name, because a look-up through an enumeration costs as much as a gate.
_EXECUTE_REQUESTED: Final = KernelAction.EXECUTE_REQUESTED
_SUBSTITUTE: Final = KernelAction.SUBSTITUTE
_REQUESTED_MODEL: Final = KernelReason.REQUESTED_MODEL_MAXIMIZES_UTILITY
_ALTERNATIVE: Final = KernelReason.ALTERNATIVE_MAXIMIZES_UTILITY
_Draft: Final = draft_of(KernelDecision)
_DECISION: Final = KernelDecision


class Candidate:
    """An enabled model as `podium` reads it: what depends on the policy alone is computed once, by `kernel.rows`."""

    __slots__ = (
        "capabilities",
        "index",
        "input_rate",
        "latency",
        "latency_term",
        "model_id",
        "output_rate",
        "provider_bit",
        "quality",
        "regions",
        "risk_ceiling",
    )

    def __init__(self, row: kernel.Row) -> None:
        self.index: int = row[0]
        self.model_id: int = row[1]
        self.quality: int = row[3]
        self.latency: int = row[4]
        self.capabilities: int = row[5]
        self.provider_bit: int = row[6]
        self.regions: int = row[7]
        self.risk_ceiling: int = row[8]
        self.input_rate: int = row[9]
        self.output_rate: int = row[10]
        self.latency_term: int = row[11]


# Stands on a place of the podium that nobody has taken: with the id of no model (RANK-3).
_NOBODY: Final = Candidate((0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))


def candidates(catalog: Iterable[kernel.Row]) -> list[Candidate]:
    """The candidates that are enabled; the others would only be counted (GATE-4)."""
    return [Candidate(row) for row in catalog if row[2]]


def prescribe(snapshot: "PolicySnapshot", request: KernelInput) -> KernelDecision:
    """The decision for one request, the same as that of `kernel.prescribe` (DECIDE-1 … DECIDE-8)."""
    if request.risk_bps >= snapshot.hard_risk_limit_bps or request.confidence_bps < snapshot.minimum_confidence_bps:
        return kernel.prescribe(snapshot, request)
    eligible, utility, cost, winner, second_utility, runner_up = podium(snapshot, request, snapshot.candidates)
    if eligible == 0:
        return kernel.prescribe(snapshot, request)
    index, model_id = winner.index, winner.model_id
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
        runner_up.model_id,
        second_utility,
        evaluated if evaluated < _U16_MAX else _U16_MAX,
        eligible if eligible < _U16_MAX else _U16_MAX,
        snapshot.policy_epoch,
        snapshot.catalog_epoch,
    )
    decision.__class__ = _DECISION
    return decision


def podium(
    snapshot: "PolicySnapshot", request: KernelInput, catalog: list[Candidate]
) -> tuple[int, int, int, Candidate, int, Candidate]:
    """How many are eligible; utility, cost and standing of the best; utility and standing of the second.

    None is reported as eligible where a utility might pass 64 bits.
    """
    minimum_quality = request.minimum_quality_bps
    max_latency = request.max_p95_latency_ms or _U32_MAX
    needed = request.required_capabilities
    allowed_providers = request.allowed_provider_mask
    if allowed_providers == ALL_PROVIDERS:
        allowed_providers = _EVERY_BIT
    wanted_regions = request.required_region_mask
    risk = request.risk_bps
    budget = request.budget_limit_microunits
    input_tokens, output_tokens = request.input_tokens, request.output_tokens
    value = request.business_value_microunits
    if value < 0:
        value = 0  # MONEY-3
    weighted_value = value * request.confidence_bps
    # floor(v·q / d) = (v div d)·q + floor((v mod d)·q / d): numbers of a machine word, and mostly small ones (MONEY-4).
    whole_value, part_of_value = weighted_value // _BPS_SQUARED, weighted_value % _BPS_SQUARED
    risk_term = value * risk * snapshot.risk_penalty_multiplier_bps // _BPS_SQUARED
    eligible = best_utility = best_cost = second_utility = second_cost = 0
    best = second = _NOBODY
    if weighted_value > _LARGEST_WEIGHTED_VALUE:
        return 0, 0, 0, best, 0, second

    # Which gate turns a candidate away does not matter here, so that what takes the least time is asked first.
    for candidate in catalog:
        quality = candidate.quality
        if (
            quality < minimum_quality
            or candidate.latency > max_latency
            or not candidate.provider_bit & allowed_providers
            or candidate.capabilities & needed != needed
            or (wanted_regions and not candidate.regions & wanted_regions)
            or risk > candidate.risk_ceiling
        ):
            continue
        # Each side is rounded up on its own (MONEY-1).
        cost = (input_tokens * candidate.input_rate + _ROUND_UP) // _RATE_TOKENS + (
            output_tokens * candidate.output_rate + _ROUND_UP
        ) // _RATE_TOKENS
        # A cost that would saturate (MONEY-2) is over every budget but the largest, and no value here is worth that.
        if cost > budget:
            continue
        # The small numbers are added first: one subtraction from a large number is cheaper than two.
        quality_term = whole_value * quality + part_of_value * quality // _BPS_SQUARED
        utility = quality_term - risk_term - (cost + candidate.latency_term)
        if utility > best_utility:
            eligible += 1
            second_utility, second_cost, second = best_utility, best_cost, best
            best_utility, best_cost, best = utility, cost, candidate
        elif utility > 0:
            eligible += 1
            if utility >= second_utility:
                # Only of equal utility the lower cost, higher quality, lower id decide (RANK-1); of equals the earlier.
                rank = (-utility, cost, -quality, candidate.model_id)
                if rank < (-best_utility, best_cost, -best.quality, best.model_id):
                    second_utility, second_cost, second = best_utility, best_cost, best
                    best_utility, best_cost, best = utility, cost, candidate
                elif rank < (-second_utility, second_cost, -second.quality, second.model_id):
                    second_utility, second_cost, second = utility, cost, candidate
    return eligible, best_utility, best_cost, best, second_utility, second
