"""calybris_ref.kernel, one candidate: hard limits, gates and money (GATE-1 … GATE-12, MONEY-1 … MONEY-6)."""

from itertools import combinations
from typing import Any

import pytest

from calybris_ref import Gate, KernelAction, KernelDecision, KernelInput, KernelModel, KernelReason
from calybris_ref.kernel import walk
from tests.support import records
from tests.support.gates import FAILS, REASONS, WORTHLESS, counts, failing
from tests.support.records import I64_MAX, I64_MIN, U64_MAX, model, policy, request, unchecked


def gate_of(candidate: KernelModel, asked: KernelInput, **changes: int) -> Gate | None:
    """The first gate that a candidate fails, or None."""
    snapshot = unchecked([candidate], **changes)
    trail: list[Any] = []
    walk(snapshot, asked, snapshot.rows, trail)
    gate: Gate | None = trail[0][0]
    return gate


def utility(candidate: KernelModel, asked: KernelInput, **changes: int) -> int:
    """The utility that the kernel computes for one candidate, whatever its sign."""
    rows = unchecked([candidate], **changes).explain(asked)
    assert rows[0].utility_microunits is not None
    return rows[0].utility_microunits


# hard limits


@pytest.mark.parametrize(
    ("risk", "confidence", "reason"),
    [
        (9_599, 5_500, None),
        (9_600, 5_500, KernelReason.RISK_HARD_LIMIT),
        (9_601, 5_500, KernelReason.RISK_HARD_LIMIT),
        (9_599, 5_499, KernelReason.CONFIDENCE_HARD_LIMIT),
        (9_600, 5_499, KernelReason.RISK_HARD_LIMIT),
        (65_535, 0, KernelReason.RISK_HARD_LIMIT),
    ],
)
def test_the_risk_limit_is_exclusive_the_confidence_minimum_inclusive(
    risk: int, confidence: int, reason: KernelReason | None
) -> None:
    snapshot = policy([model(risk_ceiling_bps=10_000)], risk_penalty_multiplier_bps=0)
    decision, trace = snapshot.prescribe_with_trace(request(risk_bps=risk, confidence_bps=confidence))
    if reason is None:
        assert decision.is_executable
        return
    assert decision == KernelDecision(77, KernelAction.REJECT, reason, 0, 65_535, 0, 0, 0, 0, 0, 0, 5, 6)
    assert set(trace.rejections.to_dict().values()) == {0}
    assert (trace.evaluated_models, trace.eligible_models) == (0, 0)


# gates


@pytest.mark.parametrize("gate", Gate, ids=lambda gate: gate.label)
def test_a_candidate_that_fails_one_gate_is_counted_there(gate: Gate) -> None:
    asked = request(**WORTHLESS) if gate is Gate.UTILITY else request()
    assert counts(unchecked([failing(gate)]), asked) == {gate.label: 1}
    reason = KernelReason(REASONS[gate])
    rejected = KernelDecision(77, KernelAction.REJECT, reason, 0, 65_535, 0, 0, 0, 0, 1, 0, 5, 6)
    assert unchecked([failing(gate)]).prescribe(asked) == rejected


def test_the_counts_are_there_when_some_model_is_eligible_too() -> None:
    snapshot = policy([model(1), *(failing(gate, place) for place, gate in enumerate(FAILS, start=2))])
    assert snapshot.prescribe(request()).is_executable
    assert counts(snapshot, request()) == {gate.label: 1 for gate in FAILS}


@pytest.mark.parametrize(("first", "second"), list(combinations(FAILS, 2)), ids=lambda gate: gate.label)
def test_of_two_gates_the_first_counts(first: Gate, second: Gate) -> None:
    both = model(**{**FAILS[first], **FAILS[second]})
    assert counts(unchecked([both]), request(**WORTHLESS)) == {first.label: 1}


@pytest.mark.parametrize(
    ("candidate", "asked", "gate"),
    [
        ({"enabled": 2}, {}, None),
        ({"enabled": 255}, {}, None),
        ({"quality_bps": 5_000}, {}, None),
        ({"p95_latency_ms": 1_000}, {}, None),
        ({"p95_latency_ms": 2**32 - 1}, {"max_p95_latency_ms": 0}, None),
        ({"p95_latency_ms": 2**32 - 1}, {"max_p95_latency_ms": 2**32 - 1}, None),
        ({"p95_latency_ms": 1}, {"max_p95_latency_ms": 1}, None),
        ({"p95_latency_ms": 2}, {"max_p95_latency_ms": 1}, Gate.LATENCY),
        ({"capabilities": 0}, {"required_capabilities": 0}, None),
        ({"capabilities": 1 << 63}, {"required_capabilities": 1 << 63}, None),
        ({"capabilities": U64_MAX - 1}, {"required_capabilities": U64_MAX}, Gate.CAPABILITY),
        ({"capabilities": 0b001}, {}, Gate.CAPABILITY),
        ({"provider_id": 0}, {"allowed_provider_mask": 1}, None),
        ({"provider_id": 63}, {"allowed_provider_mask": 1 << 63}, None),
        ({"provider_id": 63}, {"allowed_provider_mask": U64_MAX >> 1}, Gate.PROVIDER),
        ({"provider_id": 64}, {"allowed_provider_mask": U64_MAX}, Gate.PROVIDER),
        ({"provider_id": 65}, {"allowed_provider_mask": U64_MAX}, Gate.PROVIDER),
        ({"provider_id": 65_535}, {"allowed_provider_mask": U64_MAX}, Gate.PROVIDER),
        ({"provider_id": 0}, {"allowed_provider_mask": 0}, Gate.PROVIDER),
        ({"region_mask": 0}, {"required_region_mask": 0}, None),
        ({"region_mask": 0}, {"required_region_mask": 1}, Gate.REGION),
        ({"region_mask": 0b010}, {"required_region_mask": 0b011}, None),
        ({"region_mask": 1 << 63}, {"required_region_mask": U64_MAX}, None),
        ({"risk_ceiling_bps": 1_000}, {}, None),
        ({"risk_ceiling_bps": 0}, {"risk_bps": 0}, None),
        ({}, {"budget_limit_microunits": records.COST}, None),
        ({}, {"budget_limit_microunits": records.COST - 1}, Gate.BUDGET),
    ],
)
def test_a_gate_draws_its_line_there(candidate: dict[str, int], asked: dict[str, int], gate: Gate | None) -> None:
    assert gate_of(model(**candidate), request(**asked), latency_penalty_microunits_per_ms=0) is gate


# money


@pytest.mark.parametrize(
    ("tokens", "rates", "cost"),
    [
        ((0, 0), (U64_MAX, U64_MAX), 0),
        ((1, 1), (0, 0), 0),
        ((1, 0), (1, 0), 1),
        ((1, 1), (1, 1), 2),  # each side rounded up on its own: not ceil(2 / 10^6)
        ((1, 1), (1_000_000, 1_000_000), 2),
        ((1, 1), (1_000_001, 999_999), 3),
        ((999_999, 0), (1, 0), 1),
        ((1_000_001, 0), (1, 0), 2),
        ((1_000_000, 1_000_000), (U64_MAX, 0), U64_MAX),
        ((1_000_000, 1_000_000), (U64_MAX - 1, 1), U64_MAX),
        ((1_000_000, 1_000_000), (U64_MAX - 1, 2), U64_MAX),  # saturated
        ((2**32 - 1, 2**32 - 1), (U64_MAX, U64_MAX), U64_MAX),
        ((2**32 - 1, 0), (2**32, 0), 18_446_744_069_415),
    ],
)
def test_the_cost_is_rounded_up_per_side_and_saturates(
    tokens: tuple[int, int], rates: tuple[int, int], cost: int
) -> None:
    candidate = model(
        input_cost_microunits_per_million_tokens=rates[0], output_cost_microunits_per_million_tokens=rates[1]
    )
    asked = request(input_tokens=tokens[0], output_tokens=tokens[1], budget_limit_microunits=U64_MAX)
    assert unchecked([candidate]).explain(asked)[0].cost_microunits == cost


FREE = {"input_cost_microunits_per_million_tokens": 0, "output_cost_microunits_per_million_tokens": 0}


@pytest.mark.parametrize(
    ("value", "confidence", "quality", "risk", "multiplier", "expected"),
    [
        (1_000_000, 9_000, 8_000, 1_000, 3_500, 720_000 - 35_000),
        (0, 10_000, 10_000, 0, 0, 0),
        (-1, 10_000, 10_000, 9_000, 50_000, 0),  # counts as 0 in the risk term too
        (I64_MIN, 10_000, 10_000, 9_000, 50_000, 0),
        (99_999_999, 1, 1, 0, 0, 0),
        (100_000_000, 1, 1, 0, 0, 1),
        (5, 4_500, 4_500, 0, 0, 1),  # 1.0125; with a floor after each factor 0
        (5, 10_000, 10_000, 4_500, 4_500, 5 - 1),
        (I64_MAX, 10_000, 10_000, 0, 0, I64_MAX),
        (I64_MAX, 65_535, 65_535, 0, 0, I64_MAX),  # clamped, not wrapped
        (I64_MAX, 65_535, 65_535, 65_534, 65_535, 6_044_536_864_352_777),
        (I64_MAX, 10_000, 10_000, 10_000, 10_000, 0),
        (I64_MAX, 0, 0, 65_534, 65_535, I64_MIN),
    ],
)
def test_the_utility_has_one_floor_per_term_and_is_clamped(
    value: int, confidence: int, quality: int, risk: int, multiplier: int, expected: int
) -> None:
    candidate = model(quality_bps=quality, risk_ceiling_bps=65_535, **FREE)
    asked = request(business_value_microunits=value, confidence_bps=confidence, risk_bps=risk, minimum_quality_bps=0)
    limits = {"hard_risk_limit_bps": 65_535, "minimum_confidence_bps": 0}
    penalties = {"risk_penalty_multiplier_bps": multiplier, "latency_penalty_microunits_per_ms": 0}
    assert utility(candidate, asked, **limits, **penalties) == expected


@pytest.mark.parametrize(
    ("latency", "penalty", "expected"),
    [
        (0, U64_MAX, 685_000 - 5_000),
        (200, 2, records.UTILITY),
        (1, 679_999, 1),
        (1, 680_000, 0),
        (1, 680_001, -1),
        (2**32 - 1, U64_MAX, I64_MIN),
        (1, 2**63 + 680_000, I64_MIN),
        (1, 2**63 + 680_001, I64_MIN),
    ],
)
def test_every_millisecond_costs_its_penalty(latency: int, penalty: int, expected: int) -> None:
    asked = request(max_p95_latency_ms=0)
    assert utility(model(p95_latency_ms=latency), asked, latency_penalty_microunits_per_ms=penalty) == expected


def test_a_utility_of_one_is_enough_and_zero_is_not() -> None:
    for penalty, eligible in [(679_999, 1), (680_000, 0)]:
        snapshot = policy([model(p95_latency_ms=1)], latency_penalty_microunits_per_ms=penalty)
        decision = snapshot.prescribe(request())
        assert decision.eligible_models == eligible
        assert decision.expected_utility_microunits == eligible
