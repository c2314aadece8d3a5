"""calybris_ref.explain: a row per candidate with the numbers that were compared (EXPL-1 … EXPL-4)."""

from typing import Any

import pytest
from hypothesis import given, settings

from calybris_ref import CandidateExplanation, CandidateStatus, Gate, KernelInput, PolicySnapshot
from calybris_ref.record import columns
from tests.support import records
from tests.support import strategies as some
from tests.support.records import U64_MAX, model, policy, request, unchecked

NUMBERS = [column.name for column in columns(CandidateExplanation)][4:]


def numbers(row: CandidateExplanation) -> dict[str, int]:
    """The numbers of a row that are there."""
    return {name: value for name in NUMBERS if (value := getattr(row, name)) is not None}


def test_an_eligible_candidate_shows_its_cost_and_its_terms() -> None:
    (row,) = policy().explain(request())
    assert (row.model_id, row.model_index, row.status, row.gate) == (1, 0, CandidateStatus.ELIGIBLE, None)
    assert numbers(row) == {
        "cost_microunits": records.COST,
        "quality_adjusted_microunits": 720_000,
        "risk_penalty_microunits": 35_000,
        "latency_penalty_microunits": 400,
        "utility_microunits": records.UTILITY,
    }


@pytest.mark.parametrize(
    ("gate", "candidate", "asked", "measured", "limit"),
    [
        (Gate.DISABLED, {"enabled": 0}, {}, 0, 1),
        (Gate.QUALITY, {"quality_bps": 4_999}, {}, 4_999, 5_000),
        (Gate.LATENCY, {"p95_latency_ms": 1_001}, {}, 1_001, 1_000),
        (Gate.CAPABILITY, {"capabilities": 0b101}, {}, 0b101, 0b011),
        (Gate.PROVIDER, {"provider_id": 4}, {}, 4, 0b1000),
        (Gate.PROVIDER, {"provider_id": 63}, {}, 63, 0b1000),
        (Gate.PROVIDER, {"provider_id": 64}, {"allowed_provider_mask": U64_MAX}, 64, 63),
        (Gate.REGION, {"region_mask": 0b101}, {}, 0b101, 0b010),
        (Gate.RISK_CEILING, {"risk_ceiling_bps": 999}, {}, 1_000, 999),
    ],
)
def test_a_rejected_candidate_shows_what_its_gate_compared(
    gate: Gate, candidate: dict[str, int], asked: dict[str, int], measured: int, limit: int
) -> None:
    rows = unchecked([model(1), model(2, **candidate)]).explain(request(**asked))
    row = rows[1]
    assert (row.model_id, row.model_index, row.status, row.gate) == (2, 1, CandidateStatus.REJECTED, gate)
    assert numbers(row) == {"measured": measured, "limit": limit}


def test_a_candidate_over_budget_shows_its_cost_and_the_budget() -> None:
    (row,) = policy().explain(request(budget_limit_microunits=4_999))
    assert (row.status, row.gate) == (CandidateStatus.OVER_BUDGET, None)
    assert numbers(row) == {"limit": 4_999, "cost_microunits": records.COST}


def test_a_candidate_that_is_not_worth_it_shows_its_terms() -> None:
    (row,) = policy().explain(request(business_value_microunits=-3))
    assert (row.status, row.gate) == (CandidateStatus.NON_POSITIVE_UTILITY, None)
    assert numbers(row) == {
        "cost_microunits": records.COST,
        "quality_adjusted_microunits": 0,
        "risk_penalty_microunits": 0,
        "latency_penalty_microunits": 400,
        "utility_microunits": -5_400,
    }


def test_a_term_may_be_wider_than_the_utility() -> None:
    slow = model(p95_latency_ms=2**32 - 1)
    (row,) = unchecked([slow], latency_penalty_microunits_per_ms=U64_MAX).explain(request(max_p95_latency_ms=0))
    assert row.latency_penalty_microunits == (2**32 - 1) * U64_MAX
    assert row.utility_microunits == -(2**63)


@pytest.mark.parametrize("asked", [{"risk_bps": 9_600}, {"confidence_bps": 5_499}])
def test_there_are_no_rows_after_a_hard_limit(asked: dict[str, int]) -> None:
    assert policy().explain(request(**asked)) == ()


def test_an_index_beyond_the_width_is_told_like_no_index() -> None:
    rows = unchecked([model(1, enabled=0)] * 65_537).explain(request())
    assert [row.model_index for row in rows[-3:]] == [65_534, 65_535, 65_535]


@given(some.snapshots(), some.friendly_requests)
@settings(max_examples=100)
def test_the_rows_tell_the_same_story_as_trace_and_utility(snapshot: PolicySnapshot, asked: KernelInput) -> None:
    rows = snapshot.explain(asked)
    decision, trace = snapshot.prescribe_with_trace(asked)
    assert [row.model_id for row in rows] == [
        candidate.model_id for candidate in snapshot.models[: decision.evaluated_models]
    ]
    told: dict[str, Any] = dict.fromkeys(trace.rejections.to_dict(), 0)
    money = {CandidateStatus.OVER_BUDGET: "budget", CandidateStatus.NON_POSITIVE_UTILITY: "utility"}
    for row in rows:
        if row.status is not CandidateStatus.ELIGIBLE:
            told[row.gate.label if row.gate is not None else money[row.status]] += 1
    assert told == trace.rejections.to_dict()
    for model_id in {row.model_id for row in rows}:
        first = next(row for row in rows if row.model_id == model_id)
        worth = first.utility_microunits if first.status is CandidateStatus.ELIGIBLE else None
        assert snapshot.utility_for_model(asked, model_id) == worth
