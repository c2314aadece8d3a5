"""Known answers about a ledger at one moment: what conservation says of it, and what a restore refuses."""

from __future__ import annotations

from icontract import ensure

from calybris_spec.ledger import Account
from calybris_spec.snapshot import (
    FINE,
    Finding,
    LedgerSnapshot,
    Tenant,
    account_of,
    check,
    conservation,
    delta_of,
    finding_of,
    first_finding,
    first_of,
    has_widths,
    restore_finding,
    restore_problem,
    restore_row_of,
    sum_of,
)

MOST = 9_223_372_036_854_775_807
LEAST = -9_223_372_036_854_775_808
GOOD = Account(60, 10, 20, 30)
REST = Account(40, 10, 0, 30)
SHORT = Account(61, 10, 20, 30)
OWING = Account(60, -10, 40, 30)
WIDE = Account(60, MOST, 20, 30)


@ensure(lambda result: result)
def the_money_of_a_tenant_is_all_but_its_id() -> bool:
    """LEDGER-1, LEDGER-10: field by field; where it is adds up exactly, to more than 64 bits, too."""
    account = account_of(Tenant("acme", 1, 2, 40, 800))
    return all(
        [
            account == (1, 2, 40, 800) and isinstance(account, Account),
            sum_of(account) == 842,
            sum_of(Account(7, MOST, MOST, MOST)) == 27_670_116_110_564_327_421,
            has_widths(Account(LEAST, MOST, LEAST, MOST)),
            not has_widths(Account(MOST + 1, 0, 0, 0)),
            not has_widths(Account(0, 0, 0, LEAST - 1)),
        ]
    )


@ensure(lambda result: result)
def these_tenants_have_these_findings_and_deltas() -> bool:
    """LEDGER-10: the width before the sum, the sum before the sign; both ends of a width, both signs of a delta."""
    expected = [
        (GOOD, 0, 0),
        (Account(0, 0, 0, 0), 0, 0),
        (SHORT, 2, -1),
        (Account(57, 10, 20, 30), 2, 3),
        (OWING, 3, -10),
        (Account(4, -1, 2, 3), 3, -1),
        (Account(5, -1, 2, 3), 2, -1),
        (WIDE, 1, 0),
        (Account(0, -1, LEAST, 0), 1, 0),
        (Account(MOST, 0, MOST, 0), 0, 0),
        (Account(MOST, 0, MOST, 1), 1, 0),
        (Account(LEAST, 0, LEAST, 0), 0, 0),
        (Account(LEAST, MOST, 0, 0), 2, 18_446_744_073_709_551_615),
        (Account(MOST, 0, 0, LEAST), 2, -18_446_744_073_709_551_615),
    ]
    return [(account, finding_of(account), delta_of(account, finding_of(account))) for account, _, _ in expected] == [
        (account, row, delta) for account, row, delta in expected
    ]


@ensure(lambda result: result)
def the_first_row_is_told_with_its_place() -> bool:
    """LEDGER-10: at the start, in the middle, at the end, and none of none."""
    return [first_of(rows) for rows in ((), (0, 0, 0), (3, 2, 1), (0, 2, 3), (0, 0, 5), (7,))] == [
        FINE,
        (0, 0),
        (3, 0),
        (2, 1),
        (5, 2),
        (7, 0),
    ] and [first_finding(accounts) for accounts in ((), (GOOD, REST), (GOOD, REST, OWING), (GOOD, SHORT, WIDE))] == [
        (0, 0),
        (0, 0),
        (3, 2),
        (2, 1),
    ]


@ensure(lambda result: result)
def conservation_says_these_words_of_these_ledgers() -> bool:
    """LEDGER-10: the tenant and its delta beside a violation, nothing beside anything else."""
    named = [("a", GOOD), ("b", REST), ("c", SHORT), ("d", OWING), ("e", WIDE), ("f", Account(59, 10, 20, 30))]
    tenants = {name: Tenant(name, *account) for name, account in named}
    told = [
        conservation(LedgerSnapshot(7, tuple([tenants[name] for name in names]), 9, 5))
        for names in ("", "ab", "ac", "abd", "ea", "abce", "abec", "fdc", "badf")
    ]
    return told == [
        ("balanced", None, None),
        ("balanced", None, None),
        ("violation", "c", -1),
        ("violation", "d", -10),
        ("aggregate_overflow", None, None),
        ("violation", "c", -1),
        ("aggregate_overflow", None, None),
        ("violation", "f", 1),
        ("violation", "d", -10),
    ]


@ensure(lambda result: result)
def these_tenants_cannot_be_restored() -> bool:
    """LEDGER-11, rows 2 to 6: the first that applies, on both sides of 0, and none of a tenant that balances or not."""
    asked = [
        ((0, 0, 0, 0), True, 2),
        ((-1, -1, 1, -1), True, 2),
        ((-1, -1, 1, -1), False, 3),
        ((-1, -1, -1, -1), False, 3),
        ((-1, -1, 0, -1), False, 4),
        ((-1, 0, 0, -1), False, 5),
        ((1, 1, 0, -1), False, 6),
        ((0, -1, 0, 0), False, 4),
        ((-1, 0, 0, 0), False, 5),
        ((0, 0, 0, -1), False, 6),
        ((0, 0, 0, 0), False, 0),
        ((7, 1, 0, 2), False, 0),
        ((1, 1, 0, 1), False, 0),
    ]
    return [restore_row_of(Account(*account), is_repeat) for account, is_repeat, _ in asked] == [
        row for _, _, row in asked
    ]


@ensure(lambda result: result)
def a_restore_tells_these_rows_and_places() -> bool:
    """LEDGER-11: open holds before tenants, tenants before the balance, and the place of the balance behind them."""
    unbalanced = Finding(2, 4)
    told = [
        restore_finding(1, (0, 3), unbalanced),
        restore_finding(-1, (), FINE),
        restore_finding(0, (0, 3, 2), unbalanced),
        restore_finding(0, (2, 3), unbalanced),
        restore_finding(0, (0, 0), unbalanced),
        restore_finding(0, (), Finding(3, 0)),
        restore_finding(0, (0,), FINE),
        restore_problem(0, (False, False), (REST, Account(41, 10, 0, 30))),
        restore_problem(0, (False, True), (REST, REST)),
        restore_problem(2, (False, True), (REST, REST)),
        restore_problem(0, (False, False), (REST, REST)),
        restore_problem(0, (), ()),
    ]
    return told == [(1, 0), (1, 0), (3, 1), (2, 0), (7, 4), (7, 0), (0, 0), (7, 1), (2, 1), (1, 0), (0, 0), (0, 0)]


@ensure(lambda result: result)
def these_snapshots_are_restored_and_these_are_not() -> bool:
    """LEDGER-11: the order of tenants, the version and the watermark do not matter; the balance comes last."""
    first, second = Tenant("b", *REST), Tenant("a", *Account(9, 4, 0, 5))
    held, short = Tenant("c", *GOOD), Tenant("d", *Account(41, 10, 0, 30))
    asked = [
        LedgerSnapshot(0, (first, second), 0, None),
        LedgerSnapshot(6, (), 0, 0),
        LedgerSnapshot(0, (first, second), 1, None),
        LedgerSnapshot(6, (first, second, first), 0, 3),
        LedgerSnapshot(6, (first, held, first), 0, 3),
        LedgerSnapshot(6, (short, second, held), 0, 3),
        LedgerSnapshot(6, (first, short, second), 0, 3),
        LedgerSnapshot(6, (first, Tenant("e", *WIDE._replace(reserved_microcents=0))), 0, 3),
    ]
    return [check(snapshot) for snapshot in asked] == [
        (0, 0),
        (0, 0),
        (1, 0),
        (2, 2),
        (3, 1),
        (3, 2),
        (7, 1),
        (7, 1),
    ]
