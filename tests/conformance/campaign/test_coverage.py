"""What was reached is what the kernel did: each mark from a case written for it."""

from pathlib import Path

import pytest

from calybris_conformance.campaign import coverage, steering
from calybris_conformance.campaign.catalogs import model, policy
from calybris_conformance.campaign.units import snapshot
from calybris_ref.model import KernelInput
from tests.support.campaigning import made
from tests.support.clauses import headings, pages

ROOT = Path(__file__).resolve().parents[3]
REQUEST = {
    "request_sequence": 1,
    "requested_model_id": 1,
    "input_tokens": 0,
    "output_tokens": 0,
    "business_value_microunits": 1_000,
    "budget_limit_microunits": 100,
    "risk_bps": 10,
    "confidence_bps": 10_000,
    "minimum_quality_bps": 10,
    "max_p95_latency_ms": 10,
    "required_capabilities": 1,
    "allowed_provider_mask": 1,
    "required_region_mask": 1,
}
OUT = "output_cost_microunits_per_million_tokens"


def marks(*models: dict[str, int], request: dict[str, int] | None = None, **scalars: int) -> set[str]:
    """The marks of one request under these models."""
    catalog = [model(**{"model_id": place, **one}) for place, one in enumerate(models, 1)]
    asked = KernelInput(**{**REQUEST, **(request or {})})
    return set(coverage._of_request(snapshot(policy(catalog, **scalars) | {"constructor": "unchecked"}), asked))


@pytest.mark.parametrize(
    ("fields", "request_fields", "expected"),
    [
        ({"enabled": 0}, {}, {"gate/disabled"}),
        ({"quality_bps": 9}, {}, {"gate/quality", "distance/quality/-1"}),
        ({"quality_bps": 11, "p95_latency_ms": 11}, {}, {"gate/latency", "distance/quality/+1", "distance/latency/+1"}),
        ({"capabilities": 2}, {}, {"gate/capability"}),
        ({"provider_id": 1}, {}, {"gate/provider"}),
        ({"region_mask": 2}, {}, {"gate/region"}),
        ({"risk_ceiling_bps": 9}, {}, {"gate/risk_ceiling", "distance/risk_ceiling/-1"}),
        ({OUT: 101}, {"output_tokens": 10**6}, {"gate/budget", "distance/budget/+1"}),
        (
            {OUT: 100},
            {"output_tokens": 10**6, "business_value_microunits": 100},
            {"gate/utility", "distance/utility/+0"},
        ),
        ({OUT: 2**64 - 1}, {"output_tokens": 2**32 - 1}, {"gate/budget", "end/cost"}),
        ({}, {"business_value_microunits": 2**63 - 1}, {"end/utility_high"}),
    ],
)
def test_a_gate_and_its_distances(fields: dict[str, int], request_fields: dict[str, int], expected: set[str]) -> None:
    found = marks(fields, request=request_fields)
    assert expected <= found
    gates = {mark for mark in found if mark.startswith("gate/")}
    assert gates == {mark for mark in expected if mark.startswith("gate/")}


def test_a_candidate_is_not_measured_at_a_gate_that_it_never_came_to() -> None:
    assert not any(mark.startswith("distance/latency") for mark in marks({"quality_bps": 0, "p95_latency_ms": 10}))


def test_pairs_of_gates() -> None:
    found = marks({"enabled": 0}, {"quality_bps": 0}, {"quality_bps": 0})
    assert {mark for mark in found if mark.startswith("pair/")} == {"pair/disabled+quality", "pair/quality+quality"}


def test_limits_stop_before_the_catalog() -> None:
    assert marks({"enabled": 0}, hard_risk_limit_bps=10) == {"distance/risk_limit/+0"}
    assert "distance/confidence_limit/+0" in marks({}, minimum_confidence_bps=10_000)


def test_ties_level_by_level() -> None:
    slow = {"p95_latency_ms": 1, "quality_bps": 10_000}
    tied = {mark for mark in marks({}, {}) if mark.startswith("tie/")}
    assert tied == {"tie/utility", "tie/cost", "tie/quality"}
    assert not any(mark.startswith("tie/") for mark in marks({}, slow, latency_penalty_microunits_per_ms=1))


def test_the_lowest_utility() -> None:
    waits = {"p95_latency_ms": 2**32 - 1}
    found = marks(waits, request={"max_p95_latency_ms": 0}, latency_penalty_microunits_per_ms=2**64 - 1)
    assert "end/utility_low" in found


def test_answers_of_all_rows_are_counted() -> None:
    batch, due = made(rows=500)
    assert sum(coverage.answers(due).values()) == 500
    found = coverage.marks(batch, due)
    assert sum(count for mark, count in found.items() if mark.startswith("answer/")) == 500


def test_every_mark_met_is_one_that_is_aimed_at_or_no_campaign_could_end() -> None:
    known = set(coverage.UNIVERSE) | {"bits/estimated_cost_microunits/64", "bits/expected_utility_microunits/64"}
    for index, arm in enumerate(steering.DECISIONS):
        batch, due = made(*arm, 64, index)
        assert coverage.marks(batch, due).keys() <= known


def test_clauses_are_clauses() -> None:
    named = {clause for clauses in coverage.CLAUSES.values() for clause in clauses}
    assert named <= {clause for page in pages(ROOT) for clause, _ in headings(page.read_text("utf-8"))}
    assert set(coverage.CLAUSES) <= set(coverage.UNIVERSE)
    assert coverage.clauses(["gate/budget", "gate/quality", "bits/risk_bps/3"]) == ["GATE-5", "GATE-11", "MONEY-1"]
