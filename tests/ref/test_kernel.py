"""calybris_ref.kernel, the catalog: ranking, decision, counts, utility (RANK, DECIDE, TRACE, UTIL)."""

import random
from itertools import combinations, permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calybris_ref import Gate, KernelAction, KernelDecision, KernelInput, KernelModel, KernelReason, PolicySnapshot
from calybris_ref.kernel import Rank, walk
from calybris_ref.record import columns
from tests.support import records
from tests.support import strategies as some
from tests.support.gates import REASONS, WORTHLESS, failing
from tests.support.records import U64_MAX, model, policy, request, unchecked

DOMINANCE = ["capability", "region", "provider", "quality", "risk_ceiling", "latency", "budget", "utility", "disabled"]


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
@settings(max_examples=150)
def test_deciding_is_total_and_every_answer_fits_its_widths(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    decision, trace = snapshot.prescribe_with_trace(asked)
    assert KernelDecision.from_dict(decision.to_dict()) == decision
    assert snapshot.prescribe(asked) == decision
    rejected = sum(trace.rejections.to_dict().values())
    assert rejected + trace.eligible_models == trace.evaluated_models == decision.evaluated_models
    assert decision.is_executable == (decision.eligible_models > 0)


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=150)
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
@settings(max_examples=100)
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
@settings(max_examples=50)
def test_a_batch_is_one_by_one(snapshot: PolicySnapshot, asked: list[KernelInput]) -> None:
    assert snapshot.prescribe_batch(iter(asked)) == [snapshot.prescribe(one) for one in asked]


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=100)
def test_a_looser_budget_never_takes_a_candidate_away(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    fields = {column.name: getattr(asked, column.name) for column in columns(KernelInput)}
    loose = KernelInput(**{**fields, "budget_limit_microunits": U64_MAX})
    assert snapshot.prescribe(loose).eligible_models >= snapshot.prescribe(asked).eligible_models


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=100)
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
