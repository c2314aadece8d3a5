"""The tables of codes agree with one another (TYPES-6, TYPES-7, TYPES-8)."""

from calybris_spec.codes import ACTIONS, DOMINANCE, GATES, REASONS


def test_there_are_three_actions_and_thirteen_reasons() -> None:
    assert sorted(ACTIONS) == [1, 2, 3]
    assert sorted(REASONS) == [1, 2, *range(100, 111)]


def test_every_gate_has_a_reason_of_its_own() -> None:
    reasons = [gate.reason for gate in GATES[1:]]
    assert sorted(reasons) == list(range(102, 111))


def test_dominance_orders_each_gate_once() -> None:
    names = [GATES[gate].name for gate in DOMINANCE]
    assert names == [
        "capability",
        "region",
        "provider",
        "quality",
        "risk_ceiling",
        "latency",
        "budget",
        "utility",
        "disabled",
    ]
