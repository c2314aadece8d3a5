"""What conservation says and a restore refuses: the first thing wrong, tenant after tenant (LEDGER-10, LEDGER-11)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.ledger import Account, is_account
from calybris_spec.logic import NONE, implies, no, repeats, within
from calybris_spec.snapshot import (
    BALANCED,
    FINE,
    REFUSALS,
    RESERVATIONS_ACTIVE,
    UNBALANCED,
    Finding,
    LedgerSnapshot,
    Tenant,
    check,
    conservation,
    delta_of,
    finding_of,
    first_finding,
    has_widths,
    restore_finding,
    restore_problem,
    sum_of,
)


@require(lambda account: is_account(account))
@ensure(lambda result: result)
def a_whole_account_is_balanced(account: Account) -> bool:
    """What every operation keeps is what conservation asks for (LEDGER-1, LEDGER-10)."""
    return finding_of(account) == BALANCED


@require(lambda account: has_widths(account))
@ensure(lambda result: result)
def balanced_means_that_the_money_is_where_it_was_granted(account: Account) -> bool:
    """Exactly, and nothing is owed (LEDGER-10)."""
    return (finding_of(account) == BALANCED) == (
        (sum_of(account) == account.initial_microcents) & (account.remaining_microcents >= 0)
    )


@require(lambda account: has_widths(account))
@ensure(lambda result: result)
def a_violation_is_never_by_nothing(account: Account) -> bool:
    """Its delta is exact and not 0; of anything else it is 0 (LEDGER-10)."""
    row = finding_of(account)
    is_violation = row >= 2
    return ((delta_of(account, row) != 0) == is_violation) & within(-(2**65), delta_of(account, row), 2**65)


@require(lambda one, other: has_widths(one) & has_widths(other))
@ensure(lambda result: result)
def the_first_tenant_with_a_finding_is_named(one: Account, other: Account) -> bool:
    """Wholly before the next one (LEDGER-10)."""
    found = first_finding((one, other))
    first, second = finding_of(one), finding_of(other)
    by_first = (found.row == first) & (found.place == 0)
    by_second = (found.row == second) & (found.place == 1)
    return all(
        [
            implies(first != BALANCED, by_first),
            implies((first == BALANCED) & (second != BALANCED), by_second),
            implies((first == BALANCED) & (second == BALANCED), (found.row == NONE) & (found.place == 0)),
        ]
    )


@require(lambda first, second: (first >= 0) & (second >= 0))
@require(lambda balance: within(0, balance.row, 3))
@ensure(lambda result: result)
def a_restore_asks_for_holds_then_tenants_then_the_balance(
    active: int, first: int, second: int, balance: Finding
) -> bool:
    """One pass over the tenants, each wholly before the next; the balance of all behind it (LEDGER-11)."""
    found = restore_finding(active, (first, second), balance)
    by_first, by_second = (found.row == first) & (found.place == 0), (found.row == second) & (found.place == 1)
    clean = (active == 0) & (first == NONE) & (second == NONE)
    return all(
        [
            implies(active != 0, (found.row == RESERVATIONS_ACTIVE) & (found.place == 0)),
            implies((active == 0) & (first != NONE), by_first),
            implies((active == 0) & (first == NONE) & (second != NONE), by_second),
            implies(clean & (balance.row != BALANCED), (found.row == UNBALANCED) & (found.place == balance.place)),
            implies(clean & (balance.row == BALANCED), (found.row == NONE) & (found.place == 0)),
        ]
    )


@require(lambda account: has_widths(account))
@ensure(lambda result: result)
def what_is_restored_is_a_whole_account_without_holds(account: Account) -> bool:
    """So an engine is as sound after a restore as before (LEDGER-1, LEDGER-11)."""
    accepted = restore_problem(0, (False,), (account,)).row == NONE
    return accepted == is_account(account) & (account.reserved_microcents == 0)


@require(lambda account: is_account(account))
@ensure(lambda result: result)
def a_ledger_at_rest_can_be_restored(account: Account) -> bool:
    """Without open holds nothing is refused: a checkpoint of it is always written (LEDGER-11, SNAP-3)."""
    at_rest = account.reserved_microcents == 0
    return (restore_problem(0, (False,), (account,)).row == NONE) == at_rest


@ensure(lambda result: result)
def an_id_is_repeated_when_it_stood_anywhere_before(one: int, other: int, third: int) -> bool:
    """Neighbours or not (LEDGER-11); numbers stand for the ids."""
    found = repeats((one, other, third))
    return (found[0] ^ True) & (found[1] == (other == one)) & (found[2] == ((third == one) | (third == other)))


@require(lambda remaining: within(-9, remaining, 9))
@ensure(lambda result: result)
def the_words_of_a_finding_are_those_of_the_clause(remaining: int) -> bool:
    """A tenant of 5, `remaining` of it there: balanced, or a violation of this tenant by the difference (LEDGER-10)."""
    found = conservation(LedgerSnapshot(1, (Tenant("acme", 5, remaining, 0, 0),), 0, None))
    other = no(remaining == 5)
    return implies(no(other), found == ("balanced", None, None)) & implies(
        other, found == ("violation", "acme", remaining - 5)
    )


@ensure(lambda result: result)
def every_refusal_of_a_restore_names_its_field() -> bool:
    """The table of LEDGER-11, by one faulty snapshot for each row, with the tenant's place where it has one."""
    good = Tenant("a", 5, 3, 0, 2)
    faulty = (
        (good._replace(tenant_id="a"), "tenants[1].tenant_id"),
        (Tenant("b", 5, 3, 1, 1), "tenants[1].reserved_microcents"),
        (Tenant("b", 1, -1, 0, 2), "tenants[1].remaining_microcents"),
        (Tenant("b", -1, 1, 0, -2), "tenants[1].initial_microcents"),
        (Tenant("b", 1, 2, 0, -1), "tenants[1].committed_microcents"),
        (Tenant("b", 5, 3, 0, 1), "tenants[1]"),
    )
    found = [check(LedgerSnapshot(1, (good, bad), 0, None)) for bad, _ in faulty]
    named = [REFUSALS[one.row].at.format(one.place) for one in found]
    return (
        (named == [at for _, at in faulty])
        & (check(LedgerSnapshot(1, (good,), 1, None)) == Finding(RESERVATIONS_ACTIVE, 0))
        & (check(LedgerSnapshot(1, (good, good._replace(tenant_id="b")), 0, 7)) == FINE)
    )
