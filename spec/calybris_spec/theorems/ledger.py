"""Money of a tenant is moved, never made or lost, whatever is asked in whatever order (LEDGER-1 … LEDGER-7)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.integers import holds
from calybris_spec.ledger import (
    AMOUNT,
    COMMIT,
    RELEASE,
    RESERVE,
    TOP_UP,
    Account,
    Step,
    commit,
    is_account,
    is_same,
    release,
    reserve,
    top_up,
)
from calybris_spec.logic import NONE, implies, within


def is_hold(account: Account, held: int) -> bool:
    """Whether the amount can be an open hold of the account."""
    return within(0, held, account.reserved_microcents)


def operate(account: Account, operation: int, is_known: bool, amount: int, other: int) -> Step:
    """Return what one of the four operations makes of an account; `other` is its cap or the hold."""
    if operation == 0:
        return top_up(account, is_known, amount)
    if operation == 1:
        return reserve(account, is_known, amount, other)
    if operation == 2:
        return commit(account, is_known, other, amount)
    return release(account, is_known, other)


def is_question(account: Account, operation: int, amount: int, other: int) -> bool:
    """Whether these can be the arguments of `operate`."""
    return (
        is_account(account)
        & within(0, operation, 3)
        & holds(AMOUNT, amount)
        & holds(AMOUNT, other)
        & implies(operation >= 2, is_hold(account, other))
    )


@require(lambda account, operation, amount, other: is_question(account, operation, amount, other))
@ensure(lambda result: result)
def every_operation_keeps_an_account_whole(
    account: Account, operation: int, is_known: bool, amount: int, other: int
) -> bool:
    """Conservation, and no negative field, whether it is done or refused: so after any number of them (LEDGER-1)."""
    return is_account(operate(account, operation, is_known, amount, other).account)


@require(lambda account, operation, amount, other: is_question(account, operation, amount, other))
@ensure(lambda result: result)
def what_is_refused_changes_nothing(account: Account, operation: int, is_known: bool, amount: int, other: int) -> bool:
    """Any row but the first leaves every field as it was."""
    step = operate(account, operation, is_known, amount, other)
    return implies(step.row != NONE, is_same(step.account, account))


@require(lambda account, operation, amount, other: is_question(account, operation, amount, other))
@ensure(lambda result: result)
def what_was_spent_stays_spent(account: Account, operation: int, is_known: bool, amount: int, other: int) -> bool:
    """`committed` never decreases, and grows by a commit only, by exactly the actual cost."""
    step = operate(account, operation, is_known, amount, other)
    growth = step.account.committed_microcents - account.committed_microcents
    return growth == amount * (operation == 2) * (step.row == NONE)


@require(lambda account, operation, amount, other: is_question(account, operation, amount, other))
@ensure(lambda result: result)
def only_a_top_up_makes_money(account: Account, operation: int, is_known: bool, amount: int, other: int) -> bool:
    """`initial` grows by a top-up only, by exactly the amount."""
    step = operate(account, operation, is_known, amount, other)
    growth = step.account.initial_microcents - account.initial_microcents
    return growth == amount * (operation == 0) * (step.row == NONE)


@require(lambda account, cost, cap: is_account(account) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@ensure(lambda result: result)
def a_cap_is_never_passed(account: Account, cost: int, cap: int) -> bool:
    """After a reservation under a cap no more than the cap is reserved (LEDGER-4)."""
    step = reserve(account, True, cost, cap)
    return implies((step.row == NONE) & (cap >= 1), step.account.reserved_microcents <= cap)


@require(lambda account, cost, cap: is_account(account) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@ensure(lambda result: result)
def a_reservation_needs_a_positive_cost_the_money_and_room_under_the_cap(account: Account, cost: int, cap: int) -> bool:
    """LEDGER-5 the other way round: exactly then it is made, and the tenant's width never stands in its way."""
    fits = (cap < 1) | (account.reserved_microcents + cost <= cap)
    return (reserve(account, True, cost, cap).row == NONE) == (
        (cost >= 1) & (cost <= account.remaining_microcents) & fits
    )


@require(lambda account, cost, cap: is_account(account) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@ensure(lambda result: result)
def what_is_reserved_and_released_was_never_touched(account: Account, cost: int, cap: int) -> bool:
    """Release undoes a reservation to the last microcent (LEDGER-5, LEDGER-7)."""
    held = reserve(account, True, cost, cap)
    back = release(held.account, True, cost) if held.row == NONE else held
    return is_same(back.account, account)


@require(lambda account, cost, cap: is_account(account) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@require(lambda cost, actual: within(0, actual, cost))
@ensure(lambda result: result)
def what_is_reserved_and_committed_costs_what_it_cost(account: Account, cost: int, actual: int, cap: int) -> bool:
    """A commit within the hold always succeeds; the surplus comes back (LEDGER-5, LEDGER-6)."""
    held = reserve(account, True, cost, cap)
    if held.row != NONE:
        return True
    row, after = commit(held.account, True, cost, actual)
    return (
        (row == NONE)
        & (after.remaining_microcents == account.remaining_microcents - actual)
        & (after.reserved_microcents == account.reserved_microcents)
        & (after.committed_microcents == account.committed_microcents + actual)
    )


@require(lambda account, held, actual: is_account(account) & is_hold(account, held) & holds(AMOUNT, actual))
@ensure(lambda result: result)
def an_overrun_keeps_the_hold_and_release_gives_it_back(account: Account, held: int, actual: int) -> bool:
    """What cannot be paid is refused, with the hold as it was; releasing it then restores what it took (LEDGER-6)."""
    row, after = commit(account, True, held, actual)
    if row == NONE:
        return True
    back = release(after, True, held).account
    return (
        is_same(after, account)
        & (back.remaining_microcents == account.remaining_microcents + held)
        & (back.reserved_microcents == account.reserved_microcents - held)
    )


@require(lambda account, held, actual: is_account(account) & is_hold(account, held) & within(0, actual, held))
@ensure(lambda result: result)
def a_commit_within_the_hold_is_never_refused(account: Account, held: int, actual: int) -> bool:
    """Neither overrun nor overflow: the money was set aside, and `committed` never passes `initial` (LEDGER-6)."""
    return commit(account, True, held, actual).row == NONE


@require(lambda account, held, actual: is_account(account) & is_hold(account, held) & holds(AMOUNT, actual))
@ensure(lambda result: result)
def beyond_the_hold_only_what_remains_is_spent(account: Account, held: int, actual: int) -> bool:
    """A commit is done exactly when its cost is not negative and hold and remainder pay for it (LEDGER-6)."""
    is_paid = actual <= held + account.remaining_microcents
    return (commit(account, True, held, actual).row == NONE) == (actual >= 0) & is_paid


@ensure(lambda result: result)
def every_outcome_has_the_name_and_the_amounts_of_its_clause() -> bool:
    """The tables of LEDGER-3, LEDGER-5, LEDGER-6 and LEDGER-7, written out a second time."""
    remaining, reserved = ("remaining_microcents",), ("current_reserved_microcents",)
    granted = ("added_microcents", "new_initial_microcents", "remaining_microcents")
    short = ("insufficient", ("remaining_microcents", "required_microcents"))
    capped = ("exposure_limit_exceeded", ("current_reserved_microcents", "max_reserved_microcents"))
    return all(
        [
            (("topped_up", granted), ("invalid_amount", ()), ("missing_tenant", ()), ("overflow", ())) == TOP_UP,
            (("reserved", remaining), short, ("missing_tenant", ()), ("overflow", reserved), capped, short) == RESERVE,
            COMMIT[0] == ("committed", ("remaining_microcents", "actual_microcents")),
            COMMIT[1:3] == (("invalid_amount", ()), ("missing_reservation", ())),
            COMMIT[3:] == (("overflow", remaining), ("overrun", remaining)),
            RELEASE == (("released", ("remaining_microcents", "returned_microcents")), ("missing_reservation", ())),
        ]
    )
