"""A ledger at one moment: whether it balances, and whether an engine may be restored from it (LEDGER-9 … LEDGER-11).

A snapshot may come from anywhere. Only its widths are taken for granted.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.integers import WIDTHS, fields_of, fits, holds, i64, u64
from calybris_spec.ledger import AMOUNT, Account
from calybris_spec.logic import NONE, first, implies, no, repeats, within

COUNT = WIDTHS["u64"]


class Tenant(NamedTuple):
    """A tenant of a ledger (LEDGER-1)."""

    tenant_id: str
    initial_microcents: i64
    remaining_microcents: i64
    reserved_microcents: i64
    committed_microcents: i64


class LedgerSnapshot(NamedTuple):
    """A ledger at one moment (LEDGER-9)."""

    version: u64
    tenants: tuple[Tenant, ...]
    active_reservations: u64
    wal_high_watermark: u64 | None


TENANT = fields_of(Tenant)
BALANCED, AGGREGATE_OVERFLOW, OTHER_SUM, NEGATIVE = range(4)
FINDINGS = ("balanced", "aggregate_overflow", "violation", "violation")
"""What conservation says of a tenant, by the check that fails first (LEDGER-10)."""

REFUSALS = (
    ACCEPTED,
    Refusal("RESTORE_RESERVATIONS_ACTIVE", "active_reservations"),
    Refusal("RESTORE_TENANT_DUPLICATE", "tenants[{}].tenant_id"),
    Refusal("RESTORE_RESERVED_WITHOUT_HOLD", "tenants[{}].reserved_microcents"),
    Refusal("RESTORE_FIELD_NEGATIVE", "tenants[{}].remaining_microcents"),
    Refusal("RESTORE_FIELD_NEGATIVE", "tenants[{}].initial_microcents"),
    Refusal("RESTORE_FIELD_NEGATIVE", "tenants[{}].committed_microcents"),
    Refusal("RESTORE_UNBALANCED", "tenants[{}]"),
)
RESERVATIONS_ACTIVE, DUPLICATE, RESERVED, REMAINING, INITIAL, COMMITTED, UNBALANCED = range(1, 8)
"""The rows of REFUSALS, in the order of LEDGER-11."""


class Finding(NamedTuple):
    """The row that applies first (0: none) and the place of the tenant that it is about (else 0)."""

    row: int
    place: int


FINE = Finding(NONE, 0)


def has_widths(account: Account) -> bool:
    """Whether every field lies in its width; nothing else is known of an account that came from elsewhere."""
    return fits(account, (AMOUNT,) * 4)


def account_of(tenant: Tenant) -> Account:
    """Return the tenant's money."""
    return Account(*tenant[1:])


def sum_of(account: Account) -> int:
    """Return where the money is, exactly: it may need 65 bits (LEDGER-10)."""
    return account.remaining_microcents + account.reserved_microcents + account.committed_microcents


@require(lambda account: has_widths(account))
@ensure(lambda account, result: (result == AGGREGATE_OVERFLOW) == no(within(-(2**63), sum_of(account), 2**63 - 1)))
@ensure(
    lambda account, result: implies(
        result != AGGREGATE_OVERFLOW, (result == OTHER_SUM) == (sum_of(account) != account.initial_microcents)
    )
)
@ensure(
    lambda account, result: implies(
        (result == BALANCED) | (result == NEGATIVE), (result == NEGATIVE) == (account.remaining_microcents < 0)
    )
)
@ensure(lambda result: within(BALANCED, result, NEGATIVE))
def finding_of(account: Account) -> int:
    """Return the row of FINDINGS for one tenant (LEDGER-10)."""
    total = sum_of(account)
    return first((no(holds(AMOUNT, total)), total != account.initial_microcents, account.remaining_microcents < 0))


@require(lambda account, row: has_widths(account) & within(BALANCED, row, NEGATIVE))
@ensure(lambda row, result: implies((row == BALANCED) | (row == AGGREGATE_OVERFLOW), result == 0))
@ensure(lambda account, row, result: implies(row == OTHER_SUM, account.initial_microcents + result == sum_of(account)))
@ensure(lambda account, row, result: implies(row == NEGATIVE, result == account.remaining_microcents))
def delta_of(account: Account, row: int) -> int:
    """Return by how much a tenant violates conservation, exactly; 0 when it does not (LEDGER-10)."""
    missing = sum_of(account) - account.initial_microcents
    return (0, 0, missing, account.remaining_microcents)[row]


def first_finding(accounts: tuple[Account, ...]) -> Finding:
    """Return the first finding, tenant after tenant, each wholly before the next (LEDGER-10)."""
    return first_of(tuple([finding_of(account) for account in accounts]))


def first_of(rows: tuple[int, ...]) -> Finding:
    """Return the first row that is not NONE, with the place of its tenant."""
    place = first(tuple([row != NONE for row in rows]))
    return FINE if place == NONE else Finding(rows[place - 1], place - 1)


@require(lambda account: has_widths(account))
@ensure(lambda is_repeat, result: (result == DUPLICATE) == is_repeat)
@ensure(lambda account, is_repeat, result: (result == RESERVED) == no(is_repeat) & (account.reserved_microcents != 0))
@ensure(
    lambda account, result: implies(
        (result == NONE) | (result >= REMAINING), (result == REMAINING) == (account.remaining_microcents < 0)
    )
)
@ensure(
    lambda account, result: implies(
        (result == NONE) | (result >= INITIAL), (result == INITIAL) == (account.initial_microcents < 0)
    )
)
@ensure(
    lambda account, result: implies(
        (result == NONE) | (result >= COMMITTED), (result == COMMITTED) == (account.committed_microcents < 0)
    )
)
@ensure(lambda result: (result == NONE) | within(DUPLICATE, result, COMMITTED))
def restore_row_of(account: Account, is_repeat: bool) -> int:
    """Return the row of REFUSALS for one tenant; `is_repeat`: an earlier one has its id (LEDGER-11)."""
    found = first(
        (
            is_repeat,
            account.reserved_microcents != 0,
            account.remaining_microcents < 0,
            account.initial_microcents < 0,
            account.committed_microcents < 0,
        )
    )
    return NONE if found == NONE else RESERVATIONS_ACTIVE + found


def restore_finding(active_reservations: int, rows: tuple[int, ...], balance: Finding) -> Finding:
    """Return what a restore refuses first: open holds, then tenant by tenant, then the balance (LEDGER-11)."""
    if active_reservations != 0:
        return Finding(RESERVATIONS_ACTIVE, 0)
    found = first_of(rows)
    if found.row != NONE:
        return found
    return FINE if balance.row == BALANCED else Finding(UNBALANCED, balance.place)


def restore_problem(active_reservations: int, repeated: tuple[bool, ...], accounts: tuple[Account, ...]) -> Finding:
    """Return the same, of tenants with these accounts; each says whether an earlier one has its id (LEDGER-11)."""
    rows = tuple([restore_row_of(account, is_repeat) for account, is_repeat in zip(accounts, repeated, strict=True)])
    return restore_finding(active_reservations, rows, first_finding(accounts))


def check(snapshot: LedgerSnapshot) -> Finding:
    """Return what a restore from this snapshot refuses first (LEDGER-11); a checkpoint refuses the same (SNAP-3)."""
    ids = tuple([tenant.tenant_id for tenant in snapshot.tenants])
    accounts = tuple([account_of(tenant) for tenant in snapshot.tenants])
    return restore_problem(snapshot.active_reservations, repeats(ids), accounts)


class Conservation(NamedTuple):
    """Whether a ledger balances: a status of FINDINGS, and of a violation the tenant and by how much."""

    status: str
    tenant_id: str | None
    delta_microcents: int | None


def conservation(snapshot: LedgerSnapshot) -> Conservation:
    """Return whether every tenant's money is where it was granted (LEDGER-10)."""
    found = first_finding(tuple([account_of(tenant) for tenant in snapshot.tenants]))
    if found.row < OTHER_SUM:
        return Conservation(FINDINGS[found.row], None, None)
    tenant = snapshot.tenants[found.place]
    return Conservation(FINDINGS[found.row], tenant.tenant_id, delta_of(account_of(tenant), found.row))
