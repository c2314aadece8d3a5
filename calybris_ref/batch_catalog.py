"""A policy as columns of 64-bit integers, for deciding many requests: what depends on the policy alone, computed once.

Prepares GATE-4 … GATE-10, MONEY-1, MONEY-2, MONEY-6, RANK-1 and DECIDE-3 for `batch_compiled`, which says why the
numbers fit. What is computed here is computed with exact integers, and saturated only where no decision can tell.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calybris_ref.batch_compiled import (
    DIGIT_BITS,
    DIGIT_MASK,
    GATE_COLUMNS,
    NEAR,
    RATE_COLUMNS,
    RATE_STEP,
    RATE_TOKENS,
    Catalog,
)
from calybris_ref.model import MAX_PROVIDER_ID, NO_MODEL_INDEX, Gate, KernelReason
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import U16_WIDTH, U32_WIDTH, U64_WIDTH

# No quality term reaches 2^69, so a latency term that does is as good as any larger one.
_LATENCY_TERM_MAX = 2**70
# How many policies stay prepared.
_KEPT = 8
# The reason of a rejection in which the gate dominates; of equal counts the first one names the rejection (DECIDE-3).
_STRONGEST_FIRST = (
    (Gate.DISABLED, KernelReason.NO_ENABLED_MODEL),
    (Gate.UTILITY, KernelReason.NON_POSITIVE_UTILITY),
    (Gate.BUDGET, KernelReason.BUDGET_CONSTRAINT),
    (Gate.LATENCY, KernelReason.LATENCY_CONSTRAINT),
    (Gate.RISK_CEILING, KernelReason.RISK_CEILING_CONSTRAINT),
    (Gate.QUALITY, KernelReason.QUALITY_CONSTRAINT),
    (Gate.PROVIDER, KernelReason.PROVIDER_CONSTRAINT),
    (Gate.REGION, KernelReason.REGION_CONSTRAINT),
    (Gate.CAPABILITY, KernelReason.CAPABILITY_CONSTRAINT),
)


class _Same:
    """A policy as a key that equals itself only: comparing two catalogs takes longer than many decisions."""

    def __init__(self, snapshot: PolicySnapshot) -> None:
        self.snapshot = snapshot

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.snapshot is other.snapshot

    def __hash__(self) -> int:
        return self.snapshot.policy_epoch


def prepared(snapshot: PolicySnapshot) -> Catalog:
    """The policy as columns. The last eight that were asked for are kept."""
    return _prepared(_Same(snapshot))


@lru_cache(_KEPT)
def _prepared(key: _Same) -> Catalog:
    snapshot = key.snapshot
    models = [(place, model) for place, model in enumerate(snapshot.models) if model.enabled]
    models.sort(key=lambda item: (-item[1].quality_bps, item[1].model_id, item[0]))
    penalty = snapshot.latency_penalty_microunits_per_ms
    best_quality = models[0][1].quality_bps if models else 0
    return Catalog(
        snapshot.hard_risk_limit_bps,
        snapshot.minimum_confidence_bps,
        snapshot.risk_penalty_multiplier_bps,
        len(snapshot.models) - len(models),
        min(len(snapshot.models), U16_WIDTH.maximum),
        NEAR // max(best_quality, 1) - 1,
        _table((_gates(place, model, model.p95_latency_ms * penalty) for place, model in models), np.int64, GATE_COLUMNS),
        _table((_rates(*_sides(model)) for _, model in models), np.uint64, RATE_COLUMNS),
        np.array(_STRONGEST_FIRST, np.int64),
    )


_sides = attrgetter("input_cost_microunits_per_million_tokens", "output_cost_microunits_per_million_tokens")


def _gates(place: int, model: Any, penalty: int) -> tuple[int, ...]:
    penalty = min(penalty, _LATENCY_TERM_MAX)
    return (
        model.quality_bps,
        model.p95_latency_ms,
        signed(model.capabilities),
        # A provider above 63 has no bit, so no mask allows it (GATE-8).
        signed(1 << model.provider_id) if model.provider_id <= MAX_PROVIDER_ID else 0,
        signed(model.region_mask),
        model.risk_ceiling_bps,
        min(penalty, NEAR),
        penalty & DIGIT_MASK,
        penalty >> DIGIT_BITS,
        model.model_id,
        min(place, NO_MODEL_INDEX),
    )


def _rates(*sides: int) -> tuple[int, ...]:
    rests = [rate % RATE_STEP for rate in sides]
    per_token = [rate // RATE_STEP * (RATE_STEP // RATE_TOKENS) for rate in sides]
    tokens = [min(U64_WIDTH.maximum * RATE_TOKENS // max(rate, 1), U32_WIDTH.maximum) for rate in sides]
    return (*rests, int(any(per_token)), *per_token, *tokens)


def signed(mask: int) -> int:
    """The i64 with the bits of an u64."""
    return mask - 2**64 if mask >> 63 else mask


def _table(rows: Iterable[Sequence[int]], kind: type[Any], width: int) -> NDArray[Any]:
    return np.array(list(rows), kind).reshape(-1, width)
