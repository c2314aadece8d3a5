"""calybris_ref.budget: every row of LEDGER-2 … LEDGER-8, snapshots, restore, and the edges of i64."""

import copy
import pickle
from typing import Any

import pytest

from calybris_ref import (
    Balanced,
    BudgetEngine,
    Committed,
    ExposureLimitExceeded,
    Insufficient,
    InvalidAmount,
    MissingReservation,
    MissingTenant,
    Overrun,
    RecordError,
    Released,
    Reservation,
    ReservationOverflow,
    Reserved,
    RestoreError,
    SettlementOverflow,
    ToppedUp,
    TopUpOverflow,
    WidthError,
)
from tests.support.ledgers import engine, snapshot, tenant
from tests.support.records import I64_MAX, I64_MIN, U64_MAX


def money(of: BudgetEngine, tenant_id: str = "acme") -> tuple[int | None, int | None, int, int | None]:
    """initial, remaining, reserved, committed."""
    return (
        of.initial_microcents(tenant_id),
        of.remaining_microcents(tenant_id),
        of.reserved_microcents(tenant_id),
        of.committed_microcents(tenant_id),
    )


def hold(of: BudgetEngine, cost: int, tenant_id: str = "acme") -> Reservation:
    outcome, reservation = of.try_reserve(tenant_id, cost)
    assert isinstance(outcome, Reserved)
    assert reservation is not None
    return reservation


def spent(of: BudgetEngine, amount: int, tenant_id: str = "acme") -> None:
    assert isinstance(of.commit(hold(of, amount, tenant_id), amount), Committed)


def test_a_tenant_is_created_once_and_not_with_less_than_nothing() -> None:
    ledger = engine(acme=100, none=-1, least=I64_MIN, zero=0, most=I64_MAX)
    ledger.ensure_tenant("acme", 500)
    assert money(ledger) == (100, 100, 0, 0)
    assert money(ledger, "zero") == (0, 0, 0, 0)
    assert money(ledger, "most") == (I64_MAX, I64_MAX, 0, 0)
    assert ledger.tenant_count == 3
    assert money(ledger, "none") == money(ledger, "least") == (None, None, 0, None)


@pytest.mark.parametrize(
    ("tenant_id", "amount", "outcome"),
    [
        ("unknown", 0, InvalidAmount()),  # the amount is asked before the tenant
        ("acme", -1, InvalidAmount()),
        ("acme", I64_MIN, InvalidAmount()),
        ("unknown", 1, MissingTenant()),
        ("acme", I64_MAX - 99, TopUpOverflow()),
        ("acme", I64_MAX - 100, ToppedUp(I64_MAX - 100, I64_MAX, I64_MAX - 40)),
        ("acme", 1, ToppedUp(1, 101, 61)),
    ],
)
def test_a_top_up(tenant_id: str, amount: int, outcome: object) -> None:
    ledger = engine(acme=100)
    spent(ledger, 40)
    before = money(ledger)
    assert ledger.top_up_tenant(tenant_id, amount) == outcome
    if isinstance(outcome, ToppedUp):
        assert money(ledger) == (outcome.new_initial_microcents, outcome.remaining_microcents, 0, 40)
    else:
        assert money(ledger) == before


@pytest.mark.parametrize(
    ("tenant_id", "cost", "outcome"),
    [
        ("unknown", 0, Insufficient(0, 0)),  # the cost is asked before the tenant
        ("acme", -5, Insufficient(0, -5)),
        ("acme", I64_MIN, Insufficient(0, I64_MIN)),
        ("unknown", 1, MissingTenant()),
        ("acme", I64_MAX - 9, ReservationOverflow(10)),
        ("acme", I64_MAX - 10, ExposureLimitExceeded(10, 50)),  # the cap is asked before the money
        ("acme", 41, ExposureLimitExceeded(10, 50)),
        ("acme", 40, Reserved(50)),
        ("poor", 11, Insufficient(10, 11)),
        ("poor", I64_MAX, Insufficient(10, I64_MAX)),
        ("poor", 10, Reserved(0)),
    ],
)
def test_a_reservation(tenant_id: str, cost: int, outcome: object) -> None:
    ledger = engine(acme=100, poor=10)
    ledger.set_max_reserved_microcents("acme", 50)
    hold(ledger, 10)
    before = money(ledger, "acme"), money(ledger, "poor")
    answer, reservation = ledger.try_reserve(tenant_id, cost)
    assert answer == outcome
    assert (reservation is not None) == isinstance(outcome, Reserved)
    if reservation is None:
        assert (money(ledger, "acme"), money(ledger, "poor")) == before
        assert ledger.active_reservations == 1
    else:
        assert ledger.active_reservations == 2
        assert ledger.release(reservation) == Released(answer.remaining_microcents + cost, cost)  # type: ignore[union-attr]  # it is Reserved
        assert (money(ledger, "acme"), money(ledger, "poor")) == before


@pytest.mark.parametrize(
    ("cap", "allowed"), [(-1, 100), (0, 100), (I64_MIN, 100), (I64_MAX, 100), (1, 1), (99, 99), (100, 100)]
)
@pytest.mark.parametrize("first", [True, False], ids=["before the tenant", "after it"])
def test_a_cap_limits_what_is_held(cap: int, allowed: int, first: bool) -> None:
    ledger = BudgetEngine()
    if first:
        ledger.set_max_reserved_microcents("acme", cap)
    ledger.ensure_tenant("acme", 100)
    if not first:
        ledger.set_max_reserved_microcents("acme", cap)
    refused, none = ledger.try_reserve("acme", allowed + 1)
    assert none is None
    assert refused == (Insufficient(100, 101) if allowed == 100 and cap != 100 else ExposureLimitExceeded(0, cap))
    assert ledger.try_reserve("acme", allowed)[0] == Reserved(100 - allowed)


def test_a_cap_is_changed_and_removed_and_leaves_open_holds() -> None:
    ledger = engine(acme=100)
    hold(ledger, 30)
    ledger.set_max_reserved_microcents("acme", 20)
    assert ledger.reserved_microcents("acme") == 30
    assert ledger.try_reserve("acme", 1)[0] == ExposureLimitExceeded(30, 20)
    ledger.set_max_reserved_microcents("acme", 0)
    assert ledger.try_reserve("acme", 1)[0] == Reserved(69)
    waiting = BudgetEngine()
    waiting.set_max_reserved_microcents("acme", 5)
    waiting.set_max_reserved_microcents("acme", -1)
    waiting.ensure_tenant("acme", 100)
    assert waiting.try_reserve("acme", 100)[0] == Reserved(0)


@pytest.mark.parametrize(
    ("actual", "outcome", "after"),
    [
        (-1, InvalidAmount(), None),
        (I64_MIN, InvalidAmount(), None),
        (0, Committed(60, 0), (100, 60, 0, 40)),
        (19, Committed(41, 19), (100, 41, 0, 59)),
        (20, Committed(40, 20), (100, 40, 0, 60)),
        (60, Committed(0, 60), (100, 0, 0, 100)),
        (61, Overrun(40), None),
        (I64_MAX - 40, Overrun(40), None),
        (I64_MAX - 39, SettlementOverflow(40), None),  # asked before the money
        (I64_MAX, SettlementOverflow(40), None),
    ],
)
def test_a_commit(actual: int, outcome: object, after: tuple[int, ...] | None) -> None:
    ledger = engine(acme=100)
    spent(ledger, 40)
    reservation = hold(ledger, 20)
    before = money(ledger)
    assert ledger.commit(reservation, actual) == outcome
    assert money(ledger) == (after or before)
    assert ledger.active_reservations == (0 if after else 1)
    if after is None:  # the hold stays: it can be committed with another amount, or released
        assert ledger.commit(reservation, 20) == Committed(40, 20)
    assert ledger.commit(reservation, 0) == MissingReservation()
    assert ledger.release(reservation) == MissingReservation()


def test_a_hold_is_released_once() -> None:
    ledger = engine(acme=100)
    reservation = hold(ledger, 30)
    assert ledger.release(reservation) == Released(100, 30)
    assert ledger.release(reservation) == MissingReservation()
    assert ledger.commit(reservation, 1) == MissingReservation()
    assert money(ledger) == (100, 100, 0, 0)


def test_an_amount_is_asked_before_the_reservation() -> None:
    assert BudgetEngine().commit(None, -1) == InvalidAmount()
    assert BudgetEngine().commit(None, 0) == MissingReservation()


def test_a_reservation_is_of_one_engine_and_cannot_be_made_or_copied() -> None:
    ledger, other = engine(acme=100), engine(acme=100)
    reservation = hold(ledger, 30)
    strangers: list[Any] = [Reservation(), hold(other, 30), copy.deepcopy(reservation), None, 1, "1", [], object()]
    strangers.append(pickle.loads(pickle.dumps(reservation)))  # noqa: S301 - our own bytes
    for stranger in strangers:
        assert ledger.commit(stranger, 1) == MissingReservation()
        assert ledger.release(stranger) == MissingReservation()
    assert ledger.release(reservation) == Released(100, 30)


def test_queries_of_an_empty_engine() -> None:
    ledger = BudgetEngine()
    assert money(ledger) == (None, None, 0, None)
    assert (ledger.tenant_count, ledger.active_reservations, ledger.snapshot_version) == (0, 0, 0)
    assert (ledger.total_committed_microcents, ledger.total_committed_checked_microcents) == (0, 0)
    assert ledger.committed_since_last_certificate == 0
    assert ledger.snapshot() == snapshot()


def test_what_all_spent_is_saturated_or_not_told() -> None:
    ledger = engine(a=I64_MAX, b=I64_MAX)
    spent(ledger, I64_MAX, "a")
    assert ledger.total_committed_microcents == ledger.total_committed_checked_microcents == I64_MAX
    spent(ledger, 1, "b")
    assert ledger.total_committed_microcents == ledger.committed_since_last_certificate == I64_MAX
    assert ledger.total_committed_checked_microcents is None


def test_snapshots_are_sorted_by_bytes_and_counted() -> None:
    ledger = BudgetEngine()
    ids = ["\U0001f600", "\uffff", "é", "z", "a", "", "Z"]
    for place, tenant_id in enumerate(ids):
        ledger.ensure_tenant(tenant_id, place)
    first, second = ledger.snapshot(), ledger.snapshot()
    assert [one.tenant_id for one in first.tenants] == ["", "Z", "a", "z", "é", "\uffff", "\U0001f600"]
    assert (first.version, second.version, ledger.snapshot_version) == (1, 2, 2)
    assert first.tenants == second.tenants
    assert first.wal_high_watermark is None


def test_a_snapshot_shows_holds_and_does_not_move() -> None:
    ledger = engine(acme=100)
    reservation = hold(ledger, 30)
    taken = ledger.snapshot()
    ledger.commit(reservation, 10)
    assert taken == snapshot([tenant("acme", 100, 70, 30, 0)], active_reservations=1)
    assert ledger.verify_conservation() == Balanced()
    assert ledger.snapshot_version == 2


def test_the_last_version_is_given_again() -> None:
    ledger = BudgetEngine()
    ledger.restore_from_snapshot(snapshot(version=U64_MAX - 1))
    assert [ledger.snapshot().version for _ in range(3)] == [U64_MAX] * 3


def test_a_restore_replaces_everything() -> None:
    ledger = engine(acme=100, gone=5)
    ledger.set_max_reserved_microcents("acme", 1)
    ledger.set_max_reserved_microcents("later", 1)
    reservation = ledger.try_reserve("acme", 1)[1]
    ledger.restore_from_snapshot(snapshot([tenant("b", 9, 2, 0, 7), tenant("acme", 50, 40, 0, 10)], version=7))
    assert money(ledger) == (50, 40, 0, 10)
    assert money(ledger, "gone") == (None, None, 0, None)
    assert ledger.active_reservations == 0
    assert ledger.commit(reservation, 1) == ledger.release(reservation) == MissingReservation()
    assert ledger.try_reserve("acme", 40)[0] == Reserved(0), "caps are gone"
    ledger.ensure_tenant("later", 5)
    assert ledger.try_reserve("later", 5)[0] == Reserved(0), "waiting ones, too"
    assert ledger.total_committed_microcents == 17
    assert ledger.committed_since_last_certificate == 0, "what was committed before counts as certified"
    assert ledger.snapshot_version == 7
    after = ledger.snapshot()
    assert (after.version, [one.tenant_id for one in after.tenants]) == (8, ["acme", "b", "later"])


def test_a_refused_restore_leaves_the_engine_as_it_was() -> None:
    ledger = engine(acme=100)
    ledger.set_max_reserved_microcents("acme", 30)
    reservation = hold(ledger, 30)
    with pytest.raises(RestoreError):
        ledger.restore_from_snapshot(snapshot([tenant("acme", 1, 0, 0, 0)], version=50))
    assert money(ledger) == (100, 70, 30, 0)
    assert ledger.try_reserve("acme", 1)[0] == ExposureLimitExceeded(30, 30)
    assert ledger.commit(reservation, 30) == Committed(70, 30)
    assert ledger.snapshot_version == 0


OPERATIONS = [
    ("ensure_tenant", "budget_microcents"),
    ("top_up_tenant", "amount_microcents"),
    ("set_max_reserved_microcents", "max_reserved_microcents"),
    ("try_reserve", "cost_microcents"),
]


@pytest.mark.parametrize(("operation", "field"), OPERATIONS)
@pytest.mark.parametrize("value", [I64_MAX + 1, I64_MIN - 1, True, 1.0, "1", None])
def test_an_amount_is_an_i64(operation: str, field: str, value: Any) -> None:
    with pytest.raises(WidthError) as refused:
        getattr(engine(acme=1), operation)("acme", value)
    assert (refused.value.at, refused.value.minimum, refused.value.maximum) == (field, I64_MIN, I64_MAX)


@pytest.mark.parametrize("value", [I64_MAX + 1, I64_MIN - 1, False, 1.0, "1", None])
def test_an_actual_cost_is_an_i64(value: Any) -> None:
    ledger = engine(acme=1)
    reservation = hold(ledger, 1)
    with pytest.raises(WidthError) as refused:
        ledger.commit(reservation, value)
    assert refused.value.at == "actual_microcents"
    assert ledger.commit(reservation, 1) == Committed(0, 1)


@pytest.mark.parametrize("amount", [-1, 0, 1])
@pytest.mark.parametrize("operation", [name for name, _ in OPERATIONS])
@pytest.mark.parametrize("tenant_id", ["\ud800", b"acme", None, [], 7])
def test_a_tenant_id_is_a_text(operation: str, amount: int, tenant_id: Any) -> None:
    with pytest.raises(RecordError) as refused:
        getattr(BudgetEngine(), operation)(tenant_id, amount)
    assert refused.value.at == "tenant_id"


@pytest.mark.parametrize("query", ["initial", "remaining", "reserved", "committed"])
def test_a_query_wants_a_text_and_frees_the_lock(query: str) -> None:
    ledger = engine(acme=5)
    unhashable: Any = []
    with pytest.raises(RecordError):
        getattr(ledger, f"{query}_microcents")(unhashable)
    assert ledger.tenant_count == 1


def test_an_integer_of_another_class_is_its_number() -> None:
    class Cents(int):
        def __gt__(self, other: object) -> bool:
            raise AssertionError("it is not asked")

        __lt__ = __le__ = __ge__ = __gt__

    ledger = engine(acme=Cents(10))
    assert ledger.top_up_tenant("acme", Cents(1)) == ToppedUp(1, 11, 11)
    ledger.set_max_reserved_microcents("acme", Cents(6))
    outcome, reservation = ledger.try_reserve("acme", Cents(5))
    assert outcome == Reserved(6)
    assert ledger.try_reserve("acme", Cents(0))[0] == Insufficient(0, 0)
    assert ledger.commit(reservation, Cents(4)) == Committed(7, 4)
    assert type(ledger.committed_microcents("acme")) is int
