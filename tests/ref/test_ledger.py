"""calybris_ref.ledger: tenants, snapshots, conservation and what may be restored (LEDGER-1, LEDGER-9 … LEDGER-11)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_ref import (
    AggregateOverflow,
    Balanced,
    BudgetSnapshot,
    RecordError,
    RestoreError,
    TenantLedger,
    Violation,
    WidthError,
    conservation_status,
)
from calybris_ref.ledger import check_restorable, conservation_finding, fits_i64
from calybris_ref.record import I64_WIDTH
from tests.support.ledgers import snapshot, tenant
from tests.support.records import I64_MAX, I64_MIN, U64_MAX
from tests.support.strategies import integers


def test_a_snapshot_has_the_keys_of_its_file_in_their_order() -> None:
    assert list(snapshot().to_dict()) == ["version", "tenants", "active_reservations", "wal_high_watermark"]
    assert list(tenant("acme").to_dict()) == [
        "tenant_id",
        "initial_microcents",
        "remaining_microcents",
        "reserved_microcents",
        "committed_microcents",
    ]
    assert BudgetSnapshot.from_dict(snapshot(wal_high_watermark=0).to_dict()) == snapshot(wal_high_watermark=0)


@pytest.mark.parametrize("tenant_id", ["", "acme", "é", "\U0001f600", "\0", "a" * 100_000])
def test_any_text_is_a_tenant_id(tenant_id: str) -> None:
    assert TenantLedger(tenant_id, 0, 0, 0, 0).tenant_id == tenant_id


@pytest.mark.parametrize(
    ("tenant_id", "code"),
    [
        ("\ud800", "RECORD_TEXT_INVALID"),
        ("a\udfff", "RECORD_TEXT_INVALID"),
        (b"acme", "RECORD_TYPE_INVALID"),
        (None, "RECORD_TYPE_INVALID"),
        (7, "RECORD_TYPE_INVALID"),
    ],
)
def test_what_is_no_tenant_id_is_refused(tenant_id: Any, code: str) -> None:
    with pytest.raises(RecordError) as refused:
        TenantLedger(tenant_id, 0, 0, 0, 0)
    assert (refused.value.code, refused.value.at) == (code, "tenant_id")


@pytest.mark.parametrize("field", ["initial", "remaining", "reserved", "committed"])
@pytest.mark.parametrize("value", [I64_MIN - 1, I64_MAX + 1, None, True, 1.0])
def test_an_amount_is_an_i64(field: str, value: Any) -> None:
    with pytest.raises(WidthError) as refused:
        tenant("acme", **{field: value})
    assert refused.value.at == f"{field}_microcents"


@pytest.mark.parametrize("field", ["version", "active_reservations", "wal_high_watermark"])
@pytest.mark.parametrize("value", [-1, U64_MAX + 1])
def test_the_numbers_of_a_snapshot_are_u64(field: str, value: int) -> None:
    with pytest.raises(WidthError) as refused:
        snapshot(**{field: value})
    assert refused.value.at == field
    assert getattr(snapshot(**{field: U64_MAX}), field) == U64_MAX


GOOD = tenant("good", 100, 30, 20, 50)
OVER = tenant("over", 0, I64_MAX, 1, 0)
UNDER = tenant("under", 0, I64_MIN, -1, 0)
MORE = tenant("more", 99, 30, 20, 50)
LESS = tenant("less", I64_MAX, I64_MIN, 0, 0)
NEGATIVE = tenant("negative", 10, -5, 10, 5)


@pytest.mark.parametrize(
    ("tenants", "place", "status"),
    [
        ([], 0, Balanced()),
        ([GOOD, GOOD], 2, Balanced()),
        ([OVER], 0, AggregateOverflow()),
        ([UNDER], 0, AggregateOverflow()),
        ([GOOD, MORE], 1, Violation("more", 1)),
        ([LESS], 0, Violation("less", I64_MIN - I64_MAX)),
        ([NEGATIVE], 0, Violation("negative", -5)),
        # the sum is asked before the sign, and one tenant wholly before the next
        ([tenant("both", 11, -5, 10, 5)], 0, Violation("both", -1)),
        ([NEGATIVE, OVER, MORE], 0, Violation("negative", -5)),
        ([MORE, OVER], 0, Violation("more", 1)),
        ([OVER, MORE], 0, AggregateOverflow()),
        ([tenant("edge", I64_MAX, I64_MAX, 1, -1)], 1, Balanced()),  # only the whole sum must be an i64
    ],
)
def test_the_first_finding_is_the_answer(tenants: list[TenantLedger], place: int, status: object) -> None:
    ledger = snapshot(tenants)
    assert conservation_finding(ledger) == (place, status)
    assert conservation_status(ledger) == status


@pytest.mark.parametrize(
    ("amount", "fits"), [(I64_MIN - 1, False), (I64_MIN, True), (I64_MAX, True), (I64_MAX + 1, False)]
)
def test_a_sum_fits_or_not(amount: int, fits: bool) -> None:
    assert fits_i64(amount) is fits


AMOUNTS = integers(I64_WIDTH)


@given(st.lists(st.builds(TenantLedger, st.text(max_size=2), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), max_size=4))
def test_any_ledger_has_a_status_that_is_true(tenants: list[TenantLedger]) -> None:
    place, status = conservation_finding(snapshot(tenants))
    for sound in tenants[:place]:
        total = sound.remaining_microcents + sound.reserved_microcents + sound.committed_microcents
        assert total == sound.initial_microcents
        assert sound.remaining_microcents >= 0
    if isinstance(status, Violation):
        assert tenants[place].tenant_id == status.tenant_id
        assert status.delta_microcents != 0


# In the order of the rows of LEDGER-11: each entry breaks its own row and all rows below it.
ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"active_reservations": 1}, "RESTORE_RESERVATIONS_ACTIVE", "active_reservations"),
    ({"tenants": [tenant("a"), tenant("a", 1, -1, 1, -1)]}, "RESTORE_TENANT_DUPLICATE", "tenants[1].tenant_id"),
    ({"tenants": [tenant("a", -1, -1, -1, -1)]}, "RESTORE_RESERVED_WITHOUT_HOLD", "tenants[0].reserved_microcents"),
    ({"tenants": [tenant("a", -1, -1, 0, -1)]}, "RESTORE_FIELD_NEGATIVE", "tenants[0].remaining_microcents"),
    ({"tenants": [tenant("a", -1, 0, 0, -1)]}, "RESTORE_FIELD_NEGATIVE", "tenants[0].initial_microcents"),
    ({"tenants": [tenant("a", 0, 0, 0, -1)]}, "RESTORE_FIELD_NEGATIVE", "tenants[0].committed_microcents"),
    ({"tenants": [tenant("a"), tenant("b", 1, 0, 0, 0)]}, "RESTORE_UNBALANCED", "tenants[1]"),
    ({"tenants": [tenant("a", 0, I64_MAX, 0, 1)]}, "RESTORE_UNBALANCED", "tenants[0]"),
    # one tenant wholly before the next, and balance after all of them
    ({"tenants": [tenant("a", 0, 0, 0, -1), tenant("a")]}, "RESTORE_FIELD_NEGATIVE", "tenants[0].committed_microcents"),
    (
        {"tenants": [tenant("a", 1), tenant("b", 1, 1, 1, 0)]},
        "RESTORE_RESERVED_WITHOUT_HOLD",
        "tenants[1].reserved_microcents",
    ),
]


@pytest.mark.parametrize(("changes", "code", "at"), ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_restored(changes: dict[str, Any], code: str, at: str) -> None:
    with pytest.raises(RestoreError) as refused:
        check_restorable(snapshot(**changes))
    assert (refused.value.code, refused.value.at) == (code, at)
    place = at.partition("[")[2].partition("]")[0]
    assert refused.value.tenant_id == (changes["tenants"][int(place)].tenant_id if place else None)


def test_a_refusal_says_what_was_found() -> None:
    found = []
    for changes, _, _ in ROWS[:8]:
        with pytest.raises(RestoreError) as refused:
            check_restorable(snapshot(**changes))
        found.append(refused.value.value)
    assert found == [1, "a", -1, -1, -1, -1, Violation("b", -1), AggregateOverflow()]


def test_order_and_money_make_no_difference() -> None:
    check_restorable(snapshot([tenant("b", I64_MAX, 0, 0, I64_MAX), tenant("a", 5, 5, 0, 0)], version=U64_MAX))
    check_restorable(snapshot([]))
