"""One tenant's money: the tables of LEDGER-3, LEDGER-5, LEDGER-6 and LEDGER-7, at every boundary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.ledger import (
    COMMIT,
    NOBODY,
    RELEASE,
    RESERVE,
    TOP_UP,
    Account,
    commit,
    is_account,
    release,
    reserve,
    top_up,
)
from tests.support.specification import accounts

MOST = 2**63 - 1
ACCOUNT = Account(100, 60, 30, 10)
FULL = Account(MOST, 0, 0, MOST)


@pytest.mark.parametrize(
    ("account", "is_known", "amount", "status"),
    [
        (ACCOUNT, True, 1, "topped_up"),
        (ACCOUNT, True, 0, "invalid_amount"),
        (ACCOUNT, True, -(2**63), "invalid_amount"),
        (NOBODY, False, 0, "invalid_amount"),
        (NOBODY, False, 1, "missing_tenant"),
        (ACCOUNT, True, MOST - 100, "topped_up"),
        (ACCOUNT, True, MOST - 99, "overflow"),
    ],
)
def test_top_up(account: Account, is_known: bool, amount: int, status: str) -> None:
    step = top_up(account, is_known, amount)
    assert TOP_UP[step.row].status == status
    granted = amount if status == "topped_up" else 0
    assert step.account == account._replace(
        initial_microcents=account.initial_microcents + granted,
        remaining_microcents=account.remaining_microcents + granted,
    )


@pytest.mark.parametrize(
    ("account", "is_known", "cost", "cap", "status"),
    [
        (ACCOUNT, True, 60, 0, "reserved"),
        (ACCOUNT, True, 61, 0, "insufficient"),
        (ACCOUNT, True, 0, 0, "insufficient"),
        (NOBODY, False, 0, 0, "insufficient"),
        (NOBODY, False, 1, 0, "missing_tenant"),
        (ACCOUNT, True, MOST - 30, 0, "insufficient"),
        (ACCOUNT, True, MOST - 29, 0, "overflow"),
        (ACCOUNT, True, MOST - 29, 1, "overflow"),
        (ACCOUNT, True, 10, 40, "reserved"),
        (ACCOUNT, True, 11, 40, "exposure_limit_exceeded"),
        (ACCOUNT, True, 61, 40, "exposure_limit_exceeded"),
        (ACCOUNT, True, 1, 29, "exposure_limit_exceeded"),
        (ACCOUNT, True, 60, -5, "reserved"),
    ],
)
def test_reserve(account: Account, is_known: bool, cost: int, cap: int, status: str) -> None:
    step = reserve(account, is_known, cost, cap)
    assert RESERVE[step.row].status == status
    assert (step.account == account) == (status != "reserved")


@pytest.mark.parametrize(
    ("account", "is_open", "held", "actual", "status", "after"),
    [
        (ACCOUNT, True, 30, 30, "committed", Account(100, 60, 0, 40)),
        (ACCOUNT, True, 30, 0, "committed", Account(100, 90, 0, 10)),
        (ACCOUNT, True, 20, 80, "committed", Account(100, 0, 10, 90)),
        (ACCOUNT, True, 20, 81, "overrun", ACCOUNT),
        (ACCOUNT, True, 20, -1, "invalid_amount", ACCOUNT),
        (NOBODY, False, 0, -1, "invalid_amount", NOBODY),
        (NOBODY, False, 0, 0, "missing_reservation", NOBODY),
        (FULL, True, 0, 1, "overflow", FULL),
        (ACCOUNT, True, 20, MOST - 10, "overrun", ACCOUNT),
        (ACCOUNT, True, 20, MOST - 9, "overflow", ACCOUNT),
    ],
)
def test_commit(account: Account, is_open: bool, held: int, actual: int, status: str, after: Account) -> None:
    step = commit(account, is_open, held, actual)
    assert (COMMIT[step.row].status, step.account) == (status, after)


def test_release() -> None:
    assert release(ACCOUNT, True, 30) == (0, Account(100, 90, 0, 10))
    assert release(NOBODY, False, 0) == (1, NOBODY)
    assert [outcome.status for outcome in RELEASE] == ["released", "missing_reservation"]


@given(accounts, st.integers(1, MOST), st.integers(0, MOST))
def test_no_order_of_operations_makes_or_loses_money(account: Account, cost: int, actual: int) -> None:
    held = reserve(account, True, cost, 0)
    amount = cost if held.row == 0 else 0
    spent = commit(held.account, amount > 0, amount, actual)
    left = spent.account if spent.row == 0 else release(spent.account, amount > 0, amount).account
    assert is_account(left)
    assert left.initial_microcents == account.initial_microcents
    assert left.committed_microcents - account.committed_microcents == (actual if spent.row == 0 else 0)
