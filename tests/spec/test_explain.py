"""Explanations (EXPL-1 … EXPL-4)."""

import pytest

from calybris_spec.codes import GATES
from calybris_spec.explain import Row, explain
from calybris_spec.types import Snapshot
from tests.support.specification import (
    EXAMPLE,
    EXAMPLE_MODELS,
    EXAMPLE_REQUEST,
    LIMIT_MODEL,
    LIMIT_POLICY,
    spoiled,
)

NOTHING = (None, None, None, None)


def test_the_running_example() -> None:
    assert explain(EXAMPLE, EXAMPLE_REQUEST) == (
        Row(1, 0, "eligible", None, None, None, 390, 32_400, 1_575, 360, 30_075),
        Row(2, 1, "eligible", None, None, None, 6_500, 39_600, 1_575, 840, 30_685),
        Row(3, 2, "over_budget", None, None, 20_000, 44_250, *NOTHING),
    )


def test_a_utility_that_is_not_positive_shows_its_terms() -> None:
    request = EXAMPLE_REQUEST._replace(business_value_microunits=0)
    row = explain(EXAMPLE._replace(models=EXAMPLE_MODELS[:1]), request)[0]
    assert row == Row(1, 0, "non_positive_utility", None, None, None, 390, 0, 0, 360, -750)


@pytest.mark.parametrize(
    ("gate", "measured", "limit"),
    [
        ("disabled", 0, 1),
        ("quality", 7_000, 7_001),
        ("latency", 1_500, 1_499),
        ("capability", 0b01, 0b11),
        ("provider", 63, 2**63 - 1),
        ("region", 0b100, 0b11),
        ("risk_ceiling", 900, 899),
    ],
)
def test_a_rejected_row_shows_what_was_compared(gate: str, measured: int, limit: int) -> None:
    model, request = spoiled(gate)
    row = explain(Snapshot(LIMIT_POLICY, (model,)), request)[0]
    assert row == Row(1, 0, "rejected", gate, measured, limit, None, *NOTHING)
    assert gate in [known.name for known in GATES]


def test_a_provider_without_a_bit_is_compared_with_63() -> None:
    row = explain(Snapshot(LIMIT_POLICY, (LIMIT_MODEL._replace(provider_id=64),)), spoiled()[1])[0]
    assert (row.gate, row.measured, row.limit) == ("provider", 64, 63)


def test_after_a_hard_limit_there_are_no_rows() -> None:
    assert explain(EXAMPLE, EXAMPLE_REQUEST._replace(risk_bps=9_600)) == ()
