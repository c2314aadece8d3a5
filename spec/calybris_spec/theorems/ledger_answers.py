"""Known answers about one tenant's money, the bytes of a ledger, and what is filed about it.

The ledger of DIGEST-8 is the example; every other amount is a different number, so that no two can change places.
"""

from __future__ import annotations

from icontract import ensure

from calybris_spec.finance import certified, certify, proof_problem, prove, saturated_total, shown_totals, totals
from calybris_spec.ledger import (
    NOBODY,
    Account,
    commit,
    commit_row,
    is_account,
    is_same,
    release,
    reserve,
    reserve_row,
    top_up,
    top_up_row,
)
from calybris_spec.ledger_layout import (
    account_bytes,
    header_bytes,
    ledger_bytes,
    ledger_digest_hex,
    name_bytes,
    tenant_bytes,
    watermark_bytes,
)
from calybris_spec.snapshot import LedgerSnapshot, Tenant

MOST = 9_223_372_036_854_775_807
LEAST = -9_223_372_036_854_775_808
ACCOUNT = Account(100, 60, 30, 10)
FULL = Account(MOST, MOST, 0, 0)
HELD = Account(MOST, 0, MOST, 0)
SPENT = Account(MOST, 7, 0, MOST - 7)
LEDGER = LedgerSnapshot(2, (Tenant("é", 7, 7, 0, 0), Tenant("acme", 100, 30, 20, 50)), 1, None)
LEDGER_HEX = (
    "63616c796c646731000200000000000000020000000000000001000000000000000400000061636d6564000000000000"
    "001e000000000000001400000000000000320000000000000002000000c3a90700000000000000070000000000000000"
    "000000000000000000000000000000"
)
DIGEST_HEX = "6bd0f9047996fe4b89e87198d9c72daa90c378e2cda7ad11391fd33b856fc3d0"
MARK_HEX = "63616c79627269732e6c65646765722e77616c2d77617465726d61726b2e763100"
MARKED_HEX = "54460582e3dc89c9e4b0e8df5e26f49e2712b16e4049064a8c668cd70ed04919"
EMPTY_HEX = "4a56824cf1b340177a450e225d769e3d45570697d874258956130efd3c9c2ec7"


@ensure(lambda result: result)
def these_are_accounts_and_these_are_none() -> bool:
    """LEDGER-1: all of it in one place or spread, up to 2^63 − 1; none negative, and the sum is what was granted."""
    whole = [NOBODY, ACCOUNT, FULL, HELD, SPENT, Account(6, 1, 2, 3), Account(2, 1, 1, 0), Account(1, 0, 0, 1)]
    none = [
        Account(MOST + 1, MOST + 1, 0, 0),
        Account(7, 1, 2, 3),
        Account(5, 1, 2, 3),
        Account(0, -1, 1, 0),
        Account(0, 1, -1, 0),
        Account(0, 1, 0, -1),
        Account(-1, 0, 0, -1),
        Account(3, 3, 3, 3),
        Account(3, 2, 0, 0),
    ]
    return all([is_account(account) for account in whole]) and not any([is_account(account) for account in none])


@ensure(lambda result: result)
def accounts_differ_in_any_field() -> bool:
    """LEDGER-1: field by field."""
    others = [Account(101, 60, 30, 10), Account(100, 61, 30, 10), Account(100, 60, 31, 10), Account(100, 60, 30, 11)]
    return is_same(ACCOUNT, Account(100, 60, 30, 10)) and not any([is_same(ACCOUNT, other) for other in others])


@ensure(lambda result: result)
def a_top_up_grants_these_amounts() -> bool:
    """LEDGER-3: on both sides of every check, and the first one that fails."""
    return [
        top_up(ACCOUNT, True, 5),
        top_up(ACCOUNT, True, 1),
        top_up(ACCOUNT, True, 0),
        top_up(NOBODY, False, 0),
        top_up(NOBODY, False, 1),
        top_up(ACCOUNT, True, MOST - 100),
        top_up(ACCOUNT, True, MOST - 99),
    ] == [
        (0, (105, 65, 30, 10)),
        (0, (101, 61, 30, 10)),
        (1, ACCOUNT),
        (1, NOBODY),
        (2, NOBODY),
        (0, (MOST, MOST - 40, 30, 10)),
        (3, ACCOUNT),
    ] and [top_up_row(FULL, False, LEAST), top_up_row(FULL, False, 1), top_up_row(FULL, True, 1)] == [1, 2, 3]


@ensure(lambda result: result)
def a_reservation_holds_these_amounts() -> bool:
    """LEDGER-5: on both sides of every check, without a cap and with one; the cap is asked before the money."""
    return [
        reserve(ACCOUNT, True, 4, 0),
        reserve(ACCOUNT, True, 1, 31),
        reserve(ACCOUNT, True, 2, 31),
        reserve(ACCOUNT, True, 60, -1),
        reserve(ACCOUNT, True, 61, 0),
        reserve(ACCOUNT, True, 61, 91),
        reserve(ACCOUNT, True, 61, 90),
        reserve(ACCOUNT, True, 1, 1),
        reserve(ACCOUNT, True, 0, 1),
        reserve(NOBODY, False, 1, 0),
    ] == [
        (0, (100, 56, 34, 10)),
        (0, (100, 59, 31, 10)),
        (4, ACCOUNT),
        (0, (100, 0, 90, 10)),
        (5, ACCOUNT),
        (5, ACCOUNT),
        (4, ACCOUNT),
        (4, ACCOUNT),
        (1, ACCOUNT),
        (2, NOBODY),
    ] and [reserve_row(HELD, False, 0, 0), reserve_row(HELD, False, 1, 1), reserve_row(HELD, True, 1, 1)] == [1, 2, 3]


@ensure(lambda result: result)
def a_commit_spends_these_amounts() -> bool:
    """LEDGER-6: less than the hold, all of it, more, and more than there is; nothing is a cost, too."""
    return [
        commit(ACCOUNT, True, 20, 13),
        commit(ACCOUNT, True, 20, 20),
        commit(ACCOUNT, True, 20, 0),
        commit(ACCOUNT, True, 20, 80),
        commit(ACCOUNT, True, 20, 81),
        commit(ACCOUNT, True, 20, -1),
        commit(NOBODY, False, 0, 0),
        commit(SPENT, True, 0, 7),
        commit(SPENT, True, 0, 8),
    ] == [
        (0, (100, 67, 10, 23)),
        (0, (100, 60, 10, 30)),
        (0, (100, 80, 10, 10)),
        (0, (100, 0, 10, 90)),
        (4, ACCOUNT),
        (1, ACCOUNT),
        (2, NOBODY),
        (0, (MOST, 0, 0, MOST)),
        (3, SPENT),
    ] and [commit_row(SPENT, False, 0, -1), commit_row(SPENT, False, 0, 8), commit_row(FULL, True, 0, MOST)] == [
        1,
        2,
        0,
    ]


@ensure(lambda result: result)
def a_release_gives_back_these_amounts() -> bool:
    """LEDGER-7: one hold of several, all that is reserved, and no hold."""
    return [release(ACCOUNT, True, 12), release(ACCOUNT, True, 30), release(ACCOUNT, False, 0)] == [
        (0, (100, 72, 18, 10)),
        (0, (100, 90, 0, 10)),
        (1, ACCOUNT),
    ]


@ensure(lambda result: result)
def the_ledger_of_the_page_has_these_bytes_and_these_digests() -> bool:
    """DIGEST-8: whatever the order of its tenants; with the watermark 9, too."""
    marked = LEDGER._replace(wal_high_watermark=9)
    return all(
        [
            bytes(ledger_bytes(LEDGER)).hex() == LEDGER_HEX,
            bytes(ledger_bytes(LEDGER._replace(tenants=LEDGER.tenants[::-1]))).hex() == LEDGER_HEX,
            bytes(ledger_bytes(marked)).hex() == f"{LEDGER_HEX}{MARK_HEX}0900000000000000",
            ledger_digest_hex(LEDGER) == DIGEST_HEX,
            ledger_digest_hex(marked) == MARKED_HEX,
        ]
    )


@ensure(lambda result: result)
def the_parts_of_a_ledger_have_these_bytes() -> bool:
    """DIGEST-8: three counts, four amounts, an id behind its length in bytes, and a watermark of 0."""
    account = Account(1, -2, 3, LEAST)
    money = "0100000000000000 feffffffffffffff 0300000000000000 0000000000000080"
    return all(
        [
            bytes(header_bytes(3, 4, 5))[9:] == bytes.fromhex("0300000000000000 0400000000000000 0500000000000000"),
            bytes(account_bytes(account)) == bytes.fromhex(money),
            bytes(tenant_bytes((195, 169), account)) == bytes.fromhex(f"02000000 c3a9 {money}"),
            bytes(watermark_bytes(0)) == bytes.fromhex(f"{MARK_HEX} 0000000000000000"),
            name_bytes(LEDGER.tenants[0]) == (195, 169),
            len(ledger_bytes(LedgerSnapshot(3, (), 5, 0))) == 33 + 41,
            ledger_bytes(LedgerSnapshot(3, (), 5, None)) == header_bytes(3, 0, 5),
        ]
    )


@ensure(lambda result: result)
def equal_ids_keep_their_order_in_the_bytes() -> bool:
    """DIGEST-8: no engine has them, but a snapshot from elsewhere may."""
    one, other = Tenant("a", 1, 1, 0, 0), Tenant("a", 2, 2, 0, 0)
    raws = [ledger_bytes(LedgerSnapshot(1, pair, 0, None)) for pair in ((one, other), (other, one))]
    return raws[0][38] == raws[1][75] == 1 and raws[1][38] == raws[0][75] == 2


@ensure(lambda result: result)
def the_ledger_of_the_page_has_this_proof_and_this_certificate() -> bool:
    """FIN-1, FIN-2: of the ledger of DIGEST-8, and of one of another version without tenants."""
    empty = LedgerSnapshot(3, (), 5, None)
    return all(
        [
            proof_problem(LEDGER) == (0, 0),
            prove(LEDGER) == (DIGEST_HEX, 2, 2, 1, 107, 50, True),
            certify(LEDGER, True, 6) == (2, DIGEST_HEX, 2, 1, True, 107, 50, True, 6),
            certify(LEDGER, False, MOST)[4:] == (False, 107, 50, True, MOST),
            prove(empty) == (EMPTY_HEX, 3, 0, 5, 0, 0, True),
            certify(empty, True, 0) == (3, EMPTY_HEX, 0, 5, True, 0, 0, True, 0),
        ]
    )


@ensure(lambda result: result)
def these_ledgers_have_no_proof() -> bool:
    """FIN-1: the first tenant that does not balance is named, before the totals are asked; a sum that no i64 holds."""
    good, bad, overflow = Tenant("a", 5, 3, 0, 2), Tenant("b", 5, 3, 0, 1), Tenant("c", 0, MOST, 1, 0)
    full, below = Tenant("d", MOST, MOST, 0, 0), Tenant("e", LEAST, 0, 0, LEAST)
    spent, more = Tenant("f", MOST, 0, 0, MOST), Tenant("g", 0, 0, 0, 1)
    asked = [(good, bad), (good, good, overflow), (full, good), (full, good, bad), (below, more), (spent, good)]
    told = [proof_problem(LedgerSnapshot(1, tenants, 0, None)) for tenants in asked]
    return told == [(1, 1), (1, 2), (2, 0), (1, 2), (1, 1), (2, 0)]


@ensure(lambda result: result)
def totals_end_where_an_i64_ends() -> bool:
    """FIN-2: on both sides of both ends; one that does not fit takes the other with it."""
    asked = [(3, 2), (MOST, LEAST), (LEAST, MOST), (MOST + 1, 2), (3, MOST + 1), (LEAST - 1, 2), (3, LEAST - 1)]
    two = LedgerSnapshot(1, (Tenant("a", MOST - 3, 0, 0, 4), Tenant("b", 3, 0, 0, 5)), 0, None)
    over = two._replace(tenants=(*two.tenants, Tenant("c", 1, 0, 0, 0)))
    return (
        shown_totals(MOST + 1, 2).are_representable is False
        and [shown_totals(*sums) for sums in asked]
        == [(3, 2, True), (MOST, LEAST, True), (LEAST, MOST, True), *[(0, 0, False)] * 4]
        and [totals(one) for one in (two, over)] == [(MOST, 9, True), (0, 0, False)]
        and certify(over, True, 6)[4:] == (False, 0, 0, False, 6)
    )


@ensure(lambda result: result)
def a_baseline_moves_to_the_total_and_never_back() -> bool:
    """FIN-3: more than before, the same, less; and the total ends at 2^63 − 1."""
    moved = [certified(9, 4), certified(4, 4), certified(3, 4), certified(MOST, 0), certified(0, MOST)]
    return moved == [(5, 9), (0, 4), (0, 4), (MOST, MOST), (0, MOST)] and [
        saturated_total(total) for total in (0, 5, MOST, MOST + 1, 3 * MOST)
    ] == [0, 5, MOST, MOST, MOST]
