"""A policy as columns of 64-bit integers, for deciding many requests: what depends on the policy alone, computed once.

Prepares GATE-4 … GATE-10, MONEY-1, MONEY-2, MONEY-6, RANK-1 and DECIDE-3 for `batch_compiled`, which says why the
numbers fit. What is computed here is computed with exact integers, and saturated only where no decision can tell.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calybris_ref.batch_arrays import row_type
from calybris_ref.batch_compiled import (
    CAPABILITIES,
    DEAR,
    DIGIT_BITS,
    DIGIT_MASK,
    GATE_COLUMNS,
    IN_PER_TOKEN,
    IN_REST,
    IN_TOKENS_MAX,
    INDEX,
    LATENCY,
    MODEL_ID,
    NEAR,
    OUT_PER_TOKEN,
    OUT_REST,
    OUT_TOKENS_MAX,
    PENALTY,
    PENALTY_HIGH,
    PENALTY_LOW,
    PROVIDER_BIT,
    QUALITY,
    RATE_COLUMNS,
    RATE_STEP,
    RATE_TOKENS,
    REGIONS,
    RISK_CEILING,
    Catalog,
)
from calybris_ref.layout import MODEL
from calybris_ref.model import MAX_PROVIDER_ID, NO_MODEL_INDEX, Gate, KernelReason
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import U16_WIDTH, U32_WIDTH, U64_WIDTH

Array = NDArray[Any]

# No quality term reaches 2^69, so a latency term that does is as good as any larger one.
_LATENCY_TERM_MAX = 2**70
# Up to this rate the cost of any u32 of tokens fits an u64.
_RATE_FOR_ANY_TOKENS = U64_WIDTH.maximum * RATE_TOKENS // U32_WIDTH.maximum
_SIDES = (
    ("input_cost_microunits_per_million_tokens", IN_REST, IN_PER_TOKEN, IN_TOKENS_MAX),
    ("output_cost_microunits_per_million_tokens", OUT_REST, OUT_PER_TOKEN, OUT_TOKENS_MAX),
)
_MODEL = row_type(MODEL)
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
    models = np.frombuffer(b"".join(map(MODEL.pack, snapshot.models)), _MODEL)
    places = np.flatnonzero(models["enabled"])
    # The last key is the first to compare by.
    places = places[np.lexsort((places, models["model_id"][places], -models["quality_bps"][places].astype(np.int64)))]
    models = models[places]
    best_quality = int(models["quality_bps"][0]) if len(models) else 0
    return Catalog(
        snapshot.hard_risk_limit_bps,
        snapshot.minimum_confidence_bps,
        snapshot.risk_penalty_multiplier_bps,
        len(snapshot.models) - len(models),
        min(len(snapshot.models), U16_WIDTH.maximum),
        NEAR // max(best_quality, 1) - 1,
        _gates(places, models, snapshot.latency_penalty_microunits_per_ms),
        _rates(models),
        np.array(_STRONGEST_FIRST, np.int64),
    )


def _gates(places: Array, models: Array, latency_penalty: int) -> Array:
    # A latency term can have 96 bits, which Python has, and arrays do not.
    penalties = [min(latency * latency_penalty, _LATENCY_TERM_MAX) for latency in models["p95_latency_ms"].tolist()]
    providers = models["provider_id"].astype(np.uint64)
    gates = np.empty((len(models), GATE_COLUMNS), np.int64)
    gates[:, QUALITY] = models["quality_bps"]
    gates[:, LATENCY] = models["p95_latency_ms"]
    gates[:, CAPABILITIES] = models["capabilities"].astype(np.int64)
    # A provider above 63 has no bit, so no mask allows it (GATE-8).
    bits = np.left_shift(np.uint64(1), np.minimum(providers, np.uint64(MAX_PROVIDER_ID)))
    gates[:, PROVIDER_BIT] = np.where(providers <= MAX_PROVIDER_ID, bits.astype(np.int64), 0)
    gates[:, REGIONS] = models["region_mask"].astype(np.int64)
    gates[:, RISK_CEILING] = models["risk_ceiling_bps"]
    gates[:, PENALTY] = [min(penalty, NEAR) for penalty in penalties]
    gates[:, PENALTY_LOW] = [penalty & DIGIT_MASK for penalty in penalties]
    gates[:, PENALTY_HIGH] = [penalty >> DIGIT_BITS for penalty in penalties]
    gates[:, MODEL_ID] = models["model_id"]
    gates[:, INDEX] = np.minimum(places, NO_MODEL_INDEX)
    return gates


def _rates(models: Array) -> Array:
    rates = np.empty((len(models), RATE_COLUMNS), np.uint64)
    for side, rest, per_token, tokens_max in _SIDES:
        asked = models[side]
        rates[:, rest] = asked % RATE_STEP
        rates[:, per_token] = asked // RATE_STEP * (RATE_STEP // RATE_TOKENS)
        rates[:, tokens_max] = U32_WIDTH.maximum
        for place in np.flatnonzero(asked > _RATE_FOR_ANY_TOKENS).tolist():
            rates[place, tokens_max] = U64_WIDTH.maximum * RATE_TOKENS // int(asked[place])
    rates[:, DEAR] = (rates[:, IN_PER_TOKEN] > 0) | (rates[:, OUT_PER_TOKEN] > 0)
    return rates
