"""calybris_ref.kernel: the decision rule (GATE, MONEY, RANK, DECIDE, TRACE, UTIL)."""

import random
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calybris_ref import (
    Gate,
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelModel,
    KernelReason,
    PolicySnapshot,
)
from calybris_ref.kernel import Rank, walk
from calybris_ref.record import columns
from tests.support import records
from tests.support import strategies as some
from tests.support.records import I64_MAX, I64_MIN, U64_MAX, model, policy, request, unchecked

# What makes the ordinary model fail one gate, and pass every gate before it.
FAILS: dict[Gate, dict[str, int]] = {
    Gate.DISABLED: {"enabled": 0},
    Gate.QUALITY: {"quality_bps": 4_999},
    Gate.LATENCY: {"p95_latency_ms": 1_001},
    Gate.CAPABILITY: {"capabilities": 0b101},
    Gate.PROVIDER: {"provider_id": 4},
    Gate.REGION: {"region_mask": 0b101},
    Gate.RISK_CEILING: {"risk_ceiling_bps": 999},
    Gate.BUDGET: {"input_cost_microunits_per_million_tokens": 7_000_001},
}
# The utility cannot be spoiled without a request that is worth little; the cost alone is 5,000.
WORTHLESS = {"business_value_microunits": 1_000}
REASONS = {
    Gate.DISABLED: 102,
    Gate.QUALITY: 103,
    Gate.LATENCY: 104,
    Gate.CAPABILITY: 105,
    Gate.PROVIDER: 106,
    Gate.REGION: 107,
    Gate.RISK_CEILING: 110,
    Gate.BUDGET: 108,
    Gate.UTILITY: 109,
}
DOMINANCE = ["capability", "region", "provider", "quality", "risk_ceiling", "latency", "budget", "utility", "disabled"]


def failing(gate: Gate, model_id: int = 1) -> KernelModel:
    """A model that fails this gate first, for a worthless request."""
    return model(model_id, **FAILS.get(gate, {}))


def counts(snapshot: PolicySnapshot, asked: KernelInput) -> dict[str, int]:
    """The histogram without its zeros."""
    _, trace = snapshot.prescribe_with_trace(asked)
    return {name: count for name, count in trace.rejections.to_dict().items() if count}


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


# ranking

FREE_POLICY = {"latency_penalty_microunits_per_ms": 1}
# Ten thousand times the quality is the value, so that quality, cost and latency trade one for one.
EVEN: dict[str, int] = {
    "business_value_microunits": 10_000,
    "confidence_bps": 10_000,
    "risk_bps": 0,
    "minimum_quality_bps": 0,
    "input_tokens": 1_000_000,
    "output_tokens": 0,
}


def even(model_id: int, quality: int, cost: int, latency: int) -> KernelModel:
    """A model whose utility under EVEN is quality - cost - latency."""
    rates = {
        "input_cost_microunits_per_million_tokens": cost,
        "output_cost_microunits_per_million_tokens": 0,
    }
    return model(model_id, quality_bps=quality, p95_latency_ms=latency, **rates)


RANKING = [
    ("higher utility", even(9, 8_000, 10, 0), even(1, 8_001, 5, 7)),
    ("then lower cost", even(9, 8_000, 10, 90), even(1, 8_000, 11, 89)),
    ("then higher quality", even(9, 8_001, 10, 91), even(1, 8_000, 10, 90)),
    ("then lower id", even(8, 8_000, 10, 90), even(9, 8_000, 10, 90)),
]


@pytest.mark.parametrize(("better", "worse"), [pair[1:] for pair in RANKING], ids=[pair[0] for pair in RANKING])
def test_of_two_candidates_this_one_wins_in_either_order(better: KernelModel, worse: KernelModel) -> None:
    for order in permutations([better, worse]):
        decision = policy(order, **FREE_POLICY).prescribe(request(**EVEN))
        assert decision.selected_model_id == better.model_id
        assert decision.counterfactual_model_id == worse.model_id
        assert decision.selected_model_index == order.index(better)


def test_of_equal_candidates_the_earlier_stays() -> None:
    twins = [model(5, provider_id=3, region_mask=0b010), model(5), model(5, region_mask=0b110)]
    decision = unchecked(twins).prescribe(request())
    assert decision.selected_model_index == 0
    assert (decision.counterfactual_model_id, decision.counterfactual_utility_microunits) == (5, records.UTILITY)


def test_the_runner_up_is_the_second_best_wherever_it_stands() -> None:
    three = [even(1, 9_000, 1, 0), even(2, 8_000, 1, 0), even(3, 7_000, 1, 0)]
    for order in permutations(three):
        decision = policy(order, **FREE_POLICY).prescribe(request(**EVEN))
        assert (decision.counterfactual_model_id, decision.counterfactual_utility_microunits) == (2, 7_999)


# the decision


def test_a_lone_winner_has_no_counterfactual() -> None:
    assert policy().prescribe(request()) == KernelDecision(
        request_sequence=77,
        action=KernelAction.EXECUTE_REQUESTED,
        reason=KernelReason.REQUESTED_MODEL_MAXIMIZES_UTILITY,
        selected_model_id=1,
        selected_model_index=0,
        estimated_cost_microunits=records.COST,
        expected_utility_microunits=records.UTILITY,
        counterfactual_model_id=0,
        counterfactual_utility_microunits=0,
        evaluated_models=1,
        eligible_models=1,
        policy_epoch=5,
        catalog_epoch=6,
    )


def test_another_winner_than_the_requested_one_is_a_substitution() -> None:
    for requested in (2, 99):  # in the catalog or not
        decision = policy([model(1), model(2, quality_bps=7_000)]).prescribe(request(requested_model_id=requested))
        assert decision.action is KernelAction.SUBSTITUTE
        assert decision.reason is KernelReason.ALTERNATIVE_MAXIMIZES_UTILITY
        assert (decision.selected_model_id, decision.counterfactual_model_id) == (1, 2)


def test_sequence_and_epochs_are_carried_over() -> None:
    top = {"policy_epoch": U64_MAX, "catalog_epoch": U64_MAX - 1}
    for asked in (request(request_sequence=U64_MAX - 2), request(request_sequence=U64_MAX - 2, risk_bps=9_999)):
        decision = policy([model()], **top).prescribe(asked)
        found = (decision.request_sequence, decision.policy_epoch, decision.catalog_epoch)
        assert found == (U64_MAX - 2, U64_MAX, U64_MAX - 1)


def test_no_model_at_all_is_no_enabled_model() -> None:
    decision = unchecked([]).prescribe(request())
    assert decision.reason is KernelReason.NO_ENABLED_MODEL
    assert (decision.evaluated_models, decision.selected_model_index) == (0, 65_535)


@pytest.mark.parametrize(("weak", "strong"), list(combinations(DOMINANCE, 2)))
def test_of_equal_counts_the_stronger_gate_names_the_rejection(weak: str, strong: str) -> None:
    gates = {gate.label: gate for gate in Gate}
    asked = request(**WORTHLESS)
    for order in permutations([failing(gates[weak], 1), failing(gates[strong], 2)]):
        assert unchecked(order).prescribe(asked).reason == REASONS[gates[strong]]
    more = [failing(gates[weak], 1), failing(gates[weak], 2), failing(gates[strong], 3)]
    assert unchecked(more).prescribe(asked).reason == REASONS[gates[weak]]


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537])
def test_counts_and_indexes_end_at_their_width(size: int) -> None:
    fillers = [model(2, quality_bps=5_000)] * (size - 1)
    decision = unchecked([*fillers, model(1)]).prescribe(request())
    assert (decision.evaluated_models, decision.eligible_models) == (65_535, 65_535)
    assert decision.selected_model_id == 1
    assert decision.selected_model_index == min(size - 1, 65_535)
    rejected, trace = unchecked([failing(Gate.REGION)] * size).prescribe_with_trace(request())
    assert (rejected.reason, rejected.evaluated_models) == (KernelReason.REGION_CONSTRAINT, 65_535)
    assert trace.rejections.region == 65_535


# one model


def test_the_utility_of_one_model_is_that_of_the_first_with_the_id() -> None:
    snapshot = unchecked([model(2), model(1, enabled=0), model(1), model(3, quality_bps=9_000)])
    assert snapshot.utility_for_model(request(), 2) == records.UTILITY
    assert snapshot.utility_for_model(request(), 3) == records.UTILITY + 90_000
    assert snapshot.utility_for_model(request(), 1) is None
    assert snapshot.utility_for_model(request(), 4) is None
    assert snapshot.utility_for_model(request(risk_bps=9_600), 2) is None
    assert snapshot.utility_for_model(request(confidence_bps=0), 2) is None
    assert snapshot.utility_for_model(request(**WORTHLESS), 2) is None


# properties


@given(some.snapshots(some.models), some.requests)
@settings(max_examples=150, deadline=None)
def test_deciding_is_total_and_every_answer_fits_its_widths(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    decision, trace = snapshot.prescribe_with_trace(asked)
    assert KernelDecision.from_dict(decision.to_dict()) == decision
    assert snapshot.prescribe(asked) == decision
    rejected = sum(trace.rejections.to_dict().values())
    assert rejected + trace.eligible_models == trace.evaluated_models == decision.evaluated_models
    assert decision.is_executable == (decision.eligible_models > 0)


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=150, deadline=None)
def test_the_decision_is_the_best_of_what_each_model_is_worth(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    rows = [row for row in snapshot.explain(asked) if row.status.label == "eligible"]
    ranked = sorted(
        rows,
        key=lambda row: (
            -(row.utility_microunits or 0),
            row.cost_microunits,
            -snapshot.models[row.model_index].quality_bps,
            row.model_id,
        ),
    )
    decision = snapshot.prescribe(asked)
    assert decision.eligible_models == len(rows)
    assert decision.is_executable == bool(rows)
    chosen = (decision.selected_model_id, decision.selected_model_index, decision.estimated_cost_microunits)
    assert chosen == (
        (ranked[0].model_id, ranked[0].model_index, ranked[0].cost_microunits) if rows else (0, 65_535, 0)
    )
    other = (decision.counterfactual_model_id, decision.counterfactual_utility_microunits)
    assert other == ((ranked[1].model_id, ranked[1].utility_microunits) if len(rows) > 1 else (0, 0))


@given(some.snapshots(), some.friendly_requests, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_catalog_changes_nothing_but_the_index(
    snapshot: PolicySnapshot, asked: KernelInput, chance: random.Random
) -> None:
    models = list(snapshot.models)
    assume(len({candidate.model_id for candidate in models}) == len(models))
    chance.shuffle(models)
    scalars = {name: getattr(snapshot, name) for name in records.POLICY}
    decision, trace = snapshot.prescribe_with_trace(asked)
    shuffled, same_trace = PolicySnapshot.new_unchecked(**scalars, models=models).prescribe_with_trace(asked)
    assert {**shuffled.to_dict(), "selected_model_index": None} == {**decision.to_dict(), "selected_model_index": None}
    assert same_trace == trace


@given(some.snapshots(), st.lists(some.friendly_requests, max_size=5))
@settings(max_examples=50, deadline=None)
def test_a_batch_is_one_by_one(snapshot: PolicySnapshot, asked: list[KernelInput]) -> None:
    assert snapshot.prescribe_batch(iter(asked)) == [snapshot.prescribe(one) for one in asked]


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=100, deadline=None)
def test_a_looser_budget_never_takes_a_candidate_away(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    fields = {column.name: getattr(asked, column.name) for column in columns(KernelInput)}
    loose = KernelInput(**{**fields, "budget_limit_microunits": U64_MAX})
    assert snapshot.prescribe(loose).eligible_models >= snapshot.prescribe(asked).eligible_models


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=100, deadline=None)
def test_a_rank_orders_as_the_clause_says(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    def beats(left: Rank, right: Rank) -> bool:
        if left[0] != right[0]:
            return -left[0] > -right[0]
        if left[1] != right[1]:
            return left[1] < right[1]
        if left[2] != right[2]:
            return -left[2] > -right[2]
        return left[3] < right[3] if left[3] != right[3] else left[4] < right[4]

    _, ranks = walk(snapshot, asked, snapshot.rows)
    for left, right in permutations(ranks, 2):
        assert beats(left, right) == (left < right)
