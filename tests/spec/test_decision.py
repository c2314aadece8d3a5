"""Whole decisions, traces and utilities (DECIDE-1 … DECIDE-8, TRACE-1, TRACE-2, UTIL-1)."""

import icontract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.codes import DOMINANCE, GATES, REASONS
from calybris_spec.decision import (
    NO_REJECTIONS,
    NOTHING_SEEN,
    Rejections,
    Tally,
    conclude,
    count,
    decide,
    decide_batch,
    dominant_gate,
    hard_limit,
    saturated,
    trace,
    utility_of_model,
)
from calybris_spec.ranking import EMPTY, Candidate, Podium
from calybris_spec.types import Decision, Policy, Request, Snapshot, is_decision
from tests.support.specification import (
    EXAMPLE,
    EXAMPLE_MODELS,
    EXAMPLE_POLICY,
    EXAMPLE_REQUEST,
    near_requests,
    near_snapshots,
    requests,
    snapshots,
)


def test_the_running_example() -> None:
    assert decide(EXAMPLE, EXAMPLE_REQUEST) == Decision(7, 1, 1, 2, 1, 6_500, 30_685, 1, 30_075, 3, 2, 12, 5)
    shown = trace(EXAMPLE, EXAMPLE_REQUEST)
    assert shown.rejections == NO_REJECTIONS._replace(budget=1)
    assert (shown.evaluated_models, shown.eligible_models) == (3, 2)


def test_another_model_than_the_requested_one_is_a_substitution() -> None:
    decision = decide(EXAMPLE, EXAMPLE_REQUEST._replace(requested_model_id=3))
    assert (decision.action, decision.reason, decision.selected_model_id) == (2, 2, 2)


def test_a_winner_alone_has_no_counterfactual() -> None:
    decision = decide(Snapshot(EXAMPLE_POLICY, EXAMPLE_MODELS[1:]), EXAMPLE_REQUEST)
    assert (decision.selected_model_id, decision.eligible_models) == (2, 1)
    assert (decision.counterfactual_model_id, decision.counterfactual_utility_microunits) == (0, 0)


@pytest.mark.parametrize(
    ("risk", "confidence", "reason"), [(9_600, 0, 100), (9_599, 5_499, 101), (9_599, 5_500, 0), (65_535, 65_535, 100)]
)
def test_hard_limits(risk: int, confidence: int, reason: int) -> None:
    request = EXAMPLE_REQUEST._replace(risk_bps=risk, confidence_bps=confidence)
    assert hard_limit(EXAMPLE_POLICY, request) == reason
    if reason:
        shown = trace(EXAMPLE, request)
        assert shown.decision == Decision(7, 3, reason, 0, 65_535, 0, 0, 0, 0, 0, 0, 12, 5)
        assert shown[1:] == (NO_REJECTIONS, 0, 0)


def test_an_empty_catalog_has_no_enabled_model() -> None:
    decision = decide(Snapshot(EXAMPLE_POLICY, ()), EXAMPLE_REQUEST)
    assert (decision.action, decision.reason, decision.evaluated_models) == (3, 102, 0)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"quality": 1, "latency": 1}, 104),
        ({"quality": 1, "latency": 1, "disabled": 1}, 102),
        ({"quality": 2, "disabled": 1}, 103),
        ({"capability": 1, "region": 1}, 107),
    ],
)
def test_the_dominant_gate(counts: dict[str, int], reason: int) -> None:
    assert GATES[dominant_gate(NO_REJECTIONS._replace(**counts))].reason == reason


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_the_last_of_the_list_wins_ties(counts: list[int]) -> None:
    winner = max(enumerate(DOMINANCE), key=lambda entry: (counts[entry[1] - 1], entry[0]))[1]
    assert dominant_gate(Rejections(*counts)) == winner


@pytest.mark.parametrize("gate", range(1, 10))
def test_a_rejection_is_counted_under_its_gate(gate: int) -> None:
    counted = count(NO_REJECTIONS, gate)._asdict()
    assert {name: number for name, number in counted.items() if number} == {GATES[gate].name: 1}


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (65_535, 65_535), (65_536, 65_535), (10**6, 65_535)])
def test_counts_saturate(number: int, shown: int) -> None:
    assert saturated(number) == shown


def test_beyond_65535_models_counts_and_index_saturate() -> None:
    winner = Candidate(utility=1, cost=0, quality_bps=0, model_id=9, position=70_000)
    tally = Tally(140_001, Podium(1, winner, EMPTY.winner), NO_REJECTIONS._replace(budget=70_000, quality=70_000))
    shown = conclude(EXAMPLE_POLICY, EXAMPLE_REQUEST, tally)
    assert (shown.decision.selected_model_index, shown.decision.evaluated_models) == (65_535, 65_535)
    assert (shown.rejections.budget, shown.rejections.quality) == (65_535, 65_535)


def test_the_reason_follows_from_the_counts_as_shown() -> None:
    tally = Tally(140_001, EMPTY, NO_REJECTIONS._replace(budget=70_000, quality=70_001))
    assert conclude(EXAMPLE_POLICY, EXAMPLE_REQUEST, tally).decision.reason == 108  # a tie at 65,535: the later gate


def test_a_tally_that_lost_a_model_is_refused() -> None:
    with pytest.raises(icontract.ViolationError):
        conclude(EXAMPLE_POLICY, EXAMPLE_REQUEST, NOTHING_SEEN._replace(seen=1))


@given(snapshots, requests)
def test_deciding_is_total(snapshot: Snapshot, request: Request) -> None:
    decision = decide(snapshot, request)
    assert is_decision(decision)
    assert decision.reason in REASONS
    carried = (request.request_sequence, snapshot.policy.policy_epoch, snapshot.policy.catalog_epoch)
    assert (decision.request_sequence, decision.policy_epoch, decision.catalog_epoch) == carried


@given(near_snapshots, near_requests)
def test_every_model_is_counted_once_and_the_winner_has_the_highest_utility(
    snapshot: Snapshot, request: Request
) -> None:
    shown = trace(snapshot, request)
    assert sum(shown.rejections) + shown.eligible_models == shown.evaluated_models == len(snapshot.models)
    decision = shown.decision
    first_places = {model.model_id: place for place, model in reversed(list(enumerate(snapshot.models)))}
    utilities = {model_id: utility_of_model(snapshot, request, model_id) for model_id in first_places}
    positive = [utility for utility in utilities.values() if utility is not None]
    if decision.action == 3:
        assert positive == []
    else:
        assert decision.expected_utility_microunits >= max(positive, default=0)
        assert snapshot.models[decision.selected_model_index].model_id == decision.selected_model_id


def test_of_two_equal_models_the_earlier_stays() -> None:
    twice = Snapshot(EXAMPLE_POLICY, (EXAMPLE_MODELS[1], EXAMPLE_MODELS[1]))
    decision = decide(twice, EXAMPLE_REQUEST)
    assert (decision.selected_model_index, decision.counterfactual_model_id) == (0, 2)


def test_utility_of_a_model() -> None:
    assert [utility_of_model(EXAMPLE, EXAMPLE_REQUEST, model_id) for model_id in (1, 2, 3, 9)] == [
        30_075,
        30_685,
        None,
        None,
    ]


def test_no_utility_beyond_a_hard_limit() -> None:
    assert utility_of_model(EXAMPLE, EXAMPLE_REQUEST._replace(risk_bps=9_600), 1) is None


def test_the_first_model_with_an_id_is_meant() -> None:
    off = EXAMPLE_MODELS[1]._replace(enabled=0)
    assert utility_of_model(Snapshot(EXAMPLE_POLICY, (off, EXAMPLE_MODELS[1])), EXAMPLE_REQUEST, 2) is None


def test_a_batch_is_one_by_one() -> None:
    batch = (EXAMPLE_REQUEST, EXAMPLE_REQUEST._replace(risk_bps=10_000), EXAMPLE_REQUEST._replace(request_sequence=8))
    assert decide_batch(EXAMPLE, batch) == tuple(decide(EXAMPLE, request) for request in batch)
    assert decide_batch(EXAMPLE, ()) == ()


def test_a_policy_outside_its_widths_is_refused() -> None:
    with pytest.raises(icontract.ViolationError):
        decide(Snapshot(Policy(-1, 0, 0, 0, 0, 0), ()), EXAMPLE_REQUEST)
