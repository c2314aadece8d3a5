"""Ledgers that came from elsewhere: what conservation says, and what a restore refuses (LEDGER-9 … LEDGER-11)."""

import pytest

from calybris_spec.snapshot import REFUSALS, LedgerSnapshot, Tenant, check, conservation

LOW, MOST = -(2**63), 2**63 - 1
GOOD = Tenant("a", 5, 3, 0, 2)


def of(*tenants: Tenant, active: int = 0) -> LedgerSnapshot:
    return LedgerSnapshot(1, tenants, active, None)


@pytest.mark.parametrize(
    ("tenants", "found"),
    [
        ((), ("balanced", None, None)),
        ((GOOD,), ("balanced", None, None)),
        ((GOOD, Tenant("b", 6, 3, 0, 2)), ("violation", "b", -1)),
        ((Tenant("b", 4, 3, 0, 2), Tenant("c", 0, MOST, 1, 0)), ("violation", "b", 1)),
        ((Tenant("c", 0, MOST, 1, 0), Tenant("b", 4, 3, 0, 2)), ("aggregate_overflow", None, None)),
        ((Tenant("c", 0, LOW, -1, 0),), ("aggregate_overflow", None, None)),
        ((Tenant("d", 1, -1, 0, 2),), ("violation", "d", -1)),
        ((Tenant("d", 2, -1, 0, 2),), ("violation", "d", -1)),
        ((Tenant("e", MOST, LOW, 0, 0),), ("violation", "e", LOW - MOST)),
        ((Tenant("e", LOW, MOST, 0, 0),), ("violation", "e", MOST - LOW)),
        ((Tenant("f", 5, 6, -1, 0),), ("balanced", None, None)),
    ],
)
def test_conservation(tenants: tuple[Tenant, ...], found: tuple[str, str | None, int | None]) -> None:
    assert conservation(of(*tenants)) == found


@pytest.mark.parametrize(
    ("snapshot", "at"),
    [
        (of(active=1), "active_reservations"),
        (of(Tenant("a", 1, -1, 1, -1), active=1), "active_reservations"),
        (of(GOOD, GOOD._replace(tenant_id="b"), GOOD), "tenants[2].tenant_id"),
        (of(GOOD, Tenant("a", 0, -1, 1, -1)), "tenants[1].tenant_id"),
        (of(Tenant("a", -1, -1, 1, -1)), "tenants[0].reserved_microcents"),
        (of(Tenant("a", -1, -1, -1, -1)), "tenants[0].reserved_microcents"),
        (of(Tenant("a", -1, -1, 0, -1)), "tenants[0].remaining_microcents"),
        (of(Tenant("a", -1, 0, 0, -1)), "tenants[0].initial_microcents"),
        (of(Tenant("a", 0, 0, 0, -1)), "tenants[0].committed_microcents"),
        (of(Tenant("a", 6, 3, 0, 2), Tenant("b", 0, 0, 1, 0)), "tenants[1].reserved_microcents"),
        (of(GOOD, Tenant("b", 6, 3, 0, 2)), "tenants[1]"),
        (of(Tenant("a", MOST, MOST, 0, 1)), "tenants[0]"),
    ],
)
def test_what_a_restore_refuses_first(snapshot: LedgerSnapshot, at: str) -> None:
    found = check(snapshot)
    assert REFUSALS[found.row].at.format(found.place) == at


def test_what_may_be_restored() -> None:
    for snapshot in (of(), of(GOOD), of(Tenant("b", 0, 0, 0, 0), GOOD), of(Tenant("a", MOST, 0, 0, MOST))):
        assert check(snapshot) == (0, 0)
