"""One tenant's money and the four operations that move it (LEDGER-1, LEDGER-3, LEDGER-5 … LEDGER-7).

    remaining ──reserve──▶ reserved ──commit──▶ committed
        ▲                     │  │
        └────── release ──────┘  └── what the hold did not need

Each operation is a list of checks in order, a table of outcomes (row 0: done), and where the money goes when all checks
pass. A check that fails leaves the account as it is. `theorems/ledger.py` says what follows: money is neither made nor
lost.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.integers import I64_MAX, WIDTHS, holds, i64
from calybris_spec.logic import NONE, first, implies, no, within

AMOUNT = WIDTHS["i64"]


class Account(NamedTuple):
    """A tenant's money in microcents (LEDGER-1): ever granted, spendable, in open holds, ever spent."""

    initial_microcents: i64
    remaining_microcents: i64
    reserved_microcents: i64
    committed_microcents: i64


class Step(NamedTuple):
    """The row of the operation's table of outcomes, and the account afterwards."""

    row: int
    account: Account


NOBODY = Account(0, 0, 0, 0)
"""What stands in the place of an account where no tenant, or no hold, is known."""

REMAINING, REQUIRED = "remaining_microcents", "required_microcents"
RESERVED_NOW, MOST_RESERVED = "current_reserved_microcents", "max_reserved_microcents"


class Outcome(NamedTuple):
    """What an operation answers: a status, and the amounts that it shows beside it."""

    status: str
    shows: tuple[str, ...] = ()


TOP_UP = (
    Outcome("topped_up", ("added_microcents", "new_initial_microcents", REMAINING)),
    Outcome("invalid_amount"),
    Outcome("missing_tenant"),
    Outcome("overflow"),
)
RESERVE = (
    Outcome("reserved", (REMAINING,)),
    Outcome("insufficient", (REMAINING, REQUIRED)),
    Outcome("missing_tenant"),
    Outcome("overflow", (RESERVED_NOW,)),
    Outcome("exposure_limit_exceeded", (RESERVED_NOW, MOST_RESERVED)),
    Outcome("insufficient", (REMAINING, REQUIRED)),
)
COMMIT = (
    Outcome("committed", (REMAINING, "actual_microcents")),
    Outcome("invalid_amount"),
    Outcome("missing_reservation"),
    Outcome("overflow", (REMAINING,)),
    Outcome("overrun", (REMAINING,)),
)
RELEASE = (
    Outcome("released", (REMAINING, "returned_microcents")),
    Outcome("missing_reservation"),
)
"""The outcomes of LEDGER-3, LEDGER-5, LEDGER-6 and LEDGER-7, by the check that fails first; row 0: none does."""

NOT_POSITIVE = 1
"""The row of RESERVE for a cost that is not positive: what remains is not looked up, and shown as 0."""


def is_account(account: Account) -> bool:
    """Whether the fields add up and none is negative: what every operation keeps (LEDGER-1)."""
    return all([field >= 0 for field in account]) & (
        (account.initial_microcents <= I64_MAX)
        & (
            account.remaining_microcents + account.reserved_microcents + account.committed_microcents
            == account.initial_microcents
        )
    )


def is_same(one: Account, other: Account) -> bool:
    """Whether two accounts hold the same amounts."""
    return all([left == right for left, right in zip(one, other, strict=True)])


@require(lambda account, amount: is_account(account) & holds(AMOUNT, amount))
@ensure(lambda amount, result: (result == 1) == (amount < 1))
@ensure(lambda is_known, amount, result: (result == 2) == (amount >= 1) & no(is_known))
@ensure(
    lambda account, is_known, amount, result: (
        (result == 3) == (amount >= 1) & is_known & (account.initial_microcents + amount >= 2**63)
    )
)
@ensure(lambda result: within(NONE, result, 3))
def top_up_row(account: Account, is_known: bool, amount: int) -> int:
    """Return the row of TOP_UP (LEDGER-3)."""
    return first((amount <= 0, no(is_known), account.initial_microcents + amount > I64_MAX))


@require(lambda account, amount: is_account(account) & holds(AMOUNT, amount))
@ensure(lambda result: is_account(result.account))
@ensure(lambda account, result: implies(result.row != NONE, is_same(result.account, account)))
@ensure(
    lambda account, amount, result: implies(
        result.row == NONE,
        (result.account.initial_microcents == account.initial_microcents + amount)
        & (result.account.remaining_microcents == account.remaining_microcents + amount),
    )
)
@ensure(lambda account, result: result.account[2:] == account[2:])
def top_up(account: Account, is_known: bool, amount: int) -> Step:
    """Grant more (LEDGER-3). `remaining` never passes `initial`, so one check of the width is enough."""
    row = top_up_row(account, is_known, amount)
    if row != NONE:
        return Step(row, account)
    granted, remaining = account.initial_microcents + amount, account.remaining_microcents + amount
    return Step(row, account._replace(initial_microcents=granted, remaining_microcents=remaining))


@require(lambda account, cost, cap: is_account(account) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@ensure(lambda cost, result: (result == NOT_POSITIVE) == (cost < 1))
@ensure(lambda is_known, cost, result: (result == 2) == (cost >= 1) & no(is_known))
@ensure(
    lambda account, is_known, cost, result: (
        (result == 3) == (cost >= 1) & is_known & (account.reserved_microcents + cost >= 2**63)
    )
)
@ensure(
    lambda account, cost, cap, result: implies(
        (result == NONE) | (result >= 4), (result == 4) == (cap >= 1) & (account.reserved_microcents + cost > cap)
    )
)
@ensure(
    lambda account, cost, result: implies(
        (result == NONE) | (result == 5), (result == 5) == (account.remaining_microcents < cost)
    )
)
@ensure(lambda result: within(NONE, result, 5))
def reserve_row(account: Account, is_known: bool, cost: int, cap: int) -> int:
    """Return the row of RESERVE; a cap that is not positive is none (LEDGER-4, LEDGER-5)."""
    held = account.reserved_microcents + cost
    return first(
        (cost <= 0, no(is_known), held > I64_MAX, (cap > 0) & (held > cap), account.remaining_microcents < cost)
    )


@require(lambda account, cost, cap: is_account(account) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@ensure(lambda result: is_account(result.account))
@ensure(lambda account, result: implies(result.row != NONE, is_same(result.account, account)))
@ensure(
    lambda account, cost, result: implies(
        result.row == NONE,
        (result.account.remaining_microcents == account.remaining_microcents - cost)
        & (result.account.reserved_microcents == account.reserved_microcents + cost),
    )
)
@ensure(
    lambda account, result: (
        (result.account.initial_microcents == account.initial_microcents)
        & (result.account.committed_microcents == account.committed_microcents)
    )
)
def reserve(account: Account, is_known: bool, cost: int, cap: int) -> Step:
    """Hold the cost of something that has not happened yet (LEDGER-5)."""
    row = reserve_row(account, is_known, cost, cap)
    if row != NONE:
        return Step(row, account)
    remaining, reserved = account.remaining_microcents - cost, account.reserved_microcents + cost
    return Step(row, account._replace(remaining_microcents=remaining, reserved_microcents=reserved))


@require(lambda account, held: is_account(account) & within(0, held, account.reserved_microcents))
@require(lambda actual: holds(AMOUNT, actual))
@ensure(lambda actual, result: (result == 1) == (actual < 0))
@ensure(lambda is_open, actual, result: (result == 2) == (actual >= 0) & no(is_open))
@ensure(
    lambda account, is_open, actual, result: (
        (result == 3) == (actual >= 0) & is_open & (account.committed_microcents + actual >= 2**63)
    )
)
@ensure(
    lambda account, held, actual, result: implies(
        (result == NONE) | (result == 4), (result == 4) == (account.remaining_microcents + held < actual)
    )
)
@ensure(lambda result: within(NONE, result, 4))
def commit_row(account: Account, is_open: bool, held: int, actual: int) -> int:
    """Return the row of COMMIT (LEDGER-6)."""
    return first(
        (
            actual < 0,
            no(is_open),
            account.committed_microcents + actual > I64_MAX,
            actual - held > account.remaining_microcents,
        )
    )


@require(lambda account, held: is_account(account) & within(0, held, account.reserved_microcents))
@require(lambda actual: holds(AMOUNT, actual))
@ensure(lambda result: is_account(result.account))
@ensure(lambda account, result: implies(result.row != NONE, is_same(result.account, account)))
@ensure(lambda account, result: result.account.initial_microcents == account.initial_microcents)
@ensure(
    lambda account, held, actual, result: implies(
        result.row == NONE,
        (result.account.remaining_microcents == account.remaining_microcents + held - actual)
        & (result.account.reserved_microcents == account.reserved_microcents - held)
        & (result.account.committed_microcents == account.committed_microcents + actual),
    )
)
def commit(account: Account, is_open: bool, held: int, actual: int) -> Step:
    """Spend the actual cost and close the hold (LEDGER-6): what it did not need comes back, what it lacked is paid."""
    row = commit_row(account, is_open, held, actual)
    if row != NONE:
        return Step(row, account)
    return Step(
        row,
        Account(
            account.initial_microcents,
            account.remaining_microcents + held - actual,
            account.reserved_microcents - held,
            account.committed_microcents + actual,
        ),
    )


@require(lambda account, held: is_account(account) & within(0, held, account.reserved_microcents))
@require(lambda is_open: within(False, is_open, True))  # a statement: no caller may hand over an amount for it
@ensure(lambda is_open, result: (result.row == NONE) == is_open)
@ensure(lambda result: is_account(result.account) & within(NONE, result.row, 1))
@ensure(lambda account, is_open, result: implies(no(is_open), is_same(result.account, account)))
@ensure(
    lambda account, is_open, held, result: implies(
        is_open,
        (result.account.remaining_microcents == account.remaining_microcents + held)
        & (result.account.reserved_microcents == account.reserved_microcents - held),
    )
)
@ensure(
    lambda account, result: (
        (result.account.initial_microcents == account.initial_microcents)
        & (result.account.committed_microcents == account.committed_microcents)
    )
)
def release(account: Account, is_open: bool, held: int) -> Step:
    """Give the hold back and close it (LEDGER-7)."""
    row = first((no(is_open),))
    if row != NONE:
        return Step(row, account)
    remaining, reserved = account.remaining_microcents + held, account.reserved_microcents - held
    return Step(row, account._replace(remaining_microcents=remaining, reserved_microcents=reserved))
