"""The baseline is what its docstring says, and its failing variants fail exactly what they are to fail."""

from itertools import combinations
from typing import Any

import pytest

from calybris_conformance.adapters.reference import ADAPTER as REFERENCE
from calybris_conformance.vectorgen.builders import (
    FAILS,
    GATES,
    U64,
    failing,
    failing_both,
    given,
    model,
    policy,
    request,
)
from calybris_conformance.vectorgen.draft import survives_double, wire
from tests.support.kernel import REASON_OF_GATE

ELIGIBLE = "requested_model_maximizes_utility"


def trace(*models: dict[str, Any], **changes: Any) -> tuple[str, dict[str, int]]:
    """(reason, the gates with their counts) of the baseline request, when a policy over these models is unchecked."""
    under = wire(given(models, constructor="unchecked"))
    found = REFERENCE.operations["trace"](under, wire({"request": request(**changes)}))
    counts = {gate: int(count) for gate, count in found["rejections"].items() if count != "0"}
    return found["decision"]["reason"], counts


def test_the_baseline_is_eligible_with_the_numbers_of_its_docstring() -> None:
    row = REFERENCE.operations["explain"](wire(given()), wire({"request": request()}))["candidates"][0]
    assert row["status"] == "eligible"
    amounts = ("cost", "quality_adjusted", "risk_penalty", "latency_penalty", "utility")
    assert [row[f"{name}_microunits"] for name in amounts] == ["5000", "720000", "30000", "140000", "545000"]


@pytest.mark.parametrize("gate", GATES)
def test_a_failing_model_fails_one_gate(gate: str) -> None:
    assert trace(failing(gate)) == (REASON_OF_GATE[gate], {gate: 1})
    # taking the failure back makes it eligible again: it fails nothing else
    assert trace({**failing(gate), **{field: model()[field] for field in FAILS[gate]}}) == (ELIGIBLE, {})


#: What lets the model that fails a gate pass it: a change of the request.
RELAXED: dict[str, dict[str, int]] = {
    "quality": {"minimum_quality_bps": 0},
    "latency": {"max_p95_latency_ms": 0},
    "capability": {"required_capabilities": 0},
    "provider": {"allowed_provider_mask": U64},
    "region": {"required_region_mask": 0},
    "risk_ceiling": {"risk_bps": 0},
    "budget": {"budget_limit_microunits": U64},
}


@pytest.mark.parametrize(("first", "second"), list(combinations(GATES, 2)))
def test_a_model_that_fails_two_gates_fails_both(first: str, second: str) -> None:
    both = failing_both(first, second)
    assert trace(both)[1] == {first: 1}
    passing = {**both, "enabled": 1} if first == "disabled" else both
    assert trace(passing, **RELAXED.get(first, {}))[1] == {second: 1}


def test_wire_prints_integers_and_nothing_else() -> None:
    value = {"a": [1, -2, True, None, "x"], "b": (2**64,)}
    assert wire(value) == {"a": ["1", "-2", True, None, "x"], "b": ["18446744073709551616"]}
    with pytest.raises(TypeError, match=r"1\.5"):
        wire({"a": 1.5})


def test_which_integers_a_double_loses() -> None:
    assert survives_double(2**53)
    assert survives_double(2**63)
    assert not survives_double(2**53 + 1)
    assert not survives_double(2**64 - 1)


def test_a_misspelt_change_is_refused() -> None:
    with pytest.raises(KeyError, match="risk_pbs"):
        request(risk_pbs=1)
    with pytest.raises(KeyError, match="models_"):
        policy(models_=1)
