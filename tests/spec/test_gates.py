"""The nine gates, each at its limit and one beyond, and their order (GATE-3 … GATE-12)."""

from itertools import combinations

import icontract
import pytest

from calybris_spec.codes import ELIGIBLE, GATES
from calybris_spec.gates import appraise, failures
from tests.support.specification import (
    EXAMPLE_MODELS,
    EXAMPLE_POLICY,
    EXAMPLE_REQUEST,
    LIMIT_MODEL,
    LIMIT_POLICY,
    LIMIT_REQUEST,
    SPOIL,
    spoiled,
)


def gate_of(*names: str) -> str:
    return GATES[appraise(LIMIT_POLICY, *spoiled(*names)).gate].name


def test_at_every_limit_nothing_fails() -> None:
    assert gate_of() == "eligible"


@pytest.mark.parametrize("name", SPOIL)
def test_one_beyond_its_limit_each_gate_fails_alone(name: str) -> None:
    assert gate_of(name) == name


@pytest.mark.parametrize(("earlier", "later"), list(combinations(SPOIL, 2)))
def test_the_earlier_of_two_gates_counts(earlier: str, later: str) -> None:
    assert gate_of(later, earlier) == earlier


@pytest.mark.parametrize("field", ["max_p95_latency_ms", "required_region_mask", "required_capabilities"])
def test_zero_means_no_constraint(field: str) -> None:
    model = LIMIT_MODEL._replace(p95_latency_ms=2**32 - 1, region_mask=0, capabilities=0)
    open_request = spoiled()[1]._replace(max_p95_latency_ms=0, required_region_mask=0, required_capabilities=0)
    assert appraise(LIMIT_POLICY, model, open_request).gate == ELIGIBLE
    assert appraise(LIMIT_POLICY, model, open_request._replace(**{field: 1})).gate != ELIGIBLE


def test_a_utility_of_one_is_enough_and_of_zero_is_not() -> None:
    request = LIMIT_REQUEST._replace(business_value_microunits=101, confidence_bps=10_000)
    model = LIMIT_MODEL._replace(quality_bps=10_000)
    assert appraise(LIMIT_POLICY, model, request).utility == 1
    assert appraise(LIMIT_POLICY, model, request).gate == ELIGIBLE
    assert GATES[appraise(LIMIT_POLICY, model, request._replace(business_value_microunits=100)).gate].name == "utility"


def test_the_running_example() -> None:
    answers = [appraise(EXAMPLE_POLICY, model, EXAMPLE_REQUEST) for model in EXAMPLE_MODELS]
    assert [GATES[answer.gate].name for answer in answers] == ["eligible", "eligible", "budget"]
    assert [answer.utility for answer in answers[:2]] == [30_075, 30_685]
    assert [answer.terms.cost for answer in answers] == [390, 6_500, 44_250]
    assert answers[1].terms == (39_600, 1_575, 6_500, 840)


def test_failures_show_every_gate_and_not_only_the_first() -> None:
    model, request = spoiled("disabled", "provider", "risk_ceiling")
    assert failures(model, request, 0, 1) == (True, False, False, False, True, False, True, False, False)


def test_records_lie_in_their_widths() -> None:
    with pytest.raises(icontract.ViolationError):
        appraise(LIMIT_POLICY, LIMIT_MODEL._replace(enabled=256), LIMIT_REQUEST)
