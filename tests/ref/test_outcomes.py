"""calybris_ref.outcomes: the names and amounts of LEDGER-3 … LEDGER-7 and LEDGER-10, in values that nothing changes."""

import re
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import wire
from calybris_ref import BudgetEngine, Committed, MissingTenant, Reserved, outcomes
from tests.support import markdown

CLASSES: list[Any] = [value for value in vars(outcomes).values() if isinstance(value, type) and is_dataclass(value)]
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "spec" / "ledger.md").read_text("utf-8")


def names(outcome: Any) -> set[str]:
    return {field.name for field in fields(outcome)}


def test_every_status_of_the_page_is_one_and_the_reverse() -> None:
    rows = [row for table in markdown.tables(PAGE) if table[0][-1] in ("outcome", "answer") for row in table[1:]]
    written = {word for row in rows for word in re.findall(r"^`([a-z_]+)`", row[-1])}
    assert written == {outcome.status for outcome in CLASSES}


@pytest.mark.parametrize("outcome", CLASSES, ids=lambda outcome: outcome.__name__)
def test_the_amounts_are_those_of_the_wire(outcome: Any) -> None:
    shapes = [wire.OUTCOMES[outcome.status]] if outcome.status in wire.OUTCOMES else list(wire.OVERFLOWS.values())
    if outcome.status in ("balanced", "violation", "aggregate_overflow"):
        assert names(outcome) == ({"tenant_id", "delta_microcents"} if outcome.status == "violation" else set())
    else:
        assert names(outcome) in [set(shape) for shape in shapes]


@pytest.mark.parametrize("outcome", CLASSES, ids=lambda outcome: outcome.__name__)
def test_an_outcome_is_a_value(outcome: Any) -> None:
    amounts = range(len(names(outcome)))
    value = outcome(*amounts)
    assert value == outcome(*amounts)
    assert hash(value) == hash(outcome(*amounts))
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        value.status = "other"
    for name in names(outcome):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, 1)


def test_two_outcomes_with_one_name_are_told_apart() -> None:
    refused: list[Any] = [outcomes.ReservationOverflow(1), outcomes.SettlementOverflow(1), outcomes.TopUpOverflow()]
    assert {outcome.status for outcome in refused} == {"overflow"}
    assert len(set(refused)) == 3
    assert MissingTenant() not in [*refused, outcomes.MissingReservation(), outcomes.InvalidAmount()]


def test_what_the_engine_makes_quickly_is_what_the_constructor_makes() -> None:
    engine = BudgetEngine()
    engine.ensure_tenant("acme", 10)
    outcome, reservation = engine.try_reserve("acme", 4)
    settled = engine.commit(reservation, 3)
    for quick, plain in [(outcome, Reserved(6)), (settled, Committed(7, 3))]:
        assert quick == plain
        assert (repr(quick), hash(quick), type(quick)) == (repr(plain), hash(plain), type(plain))
        with pytest.raises(FrozenInstanceError):
            quick.remaining_microcents = 0  # type: ignore[misc,union-attr]  # the refusal is the test
