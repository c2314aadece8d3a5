"""A whole engine: an operation touches one tenant and one hold, and no reservation comes back (LEDGER-1 … LEDGER-11).

The books here have two tenants, 1 and 2, each with an open hold of its own, 1 and 2. Ids and numbers are only ever
compared, so these stand for any two; `the_others_stay_in_a_book_of_any_size` carries it to any number of tenants.
"""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import book as books
from calybris_spec.book import NEW, Book, Cap, Hold, Row, cap_of, find, hold_of, is_book, put
from calybris_spec.config import Config
from calybris_spec.finance import saturated_total
from calybris_spec.integers import I64_MAX, U64_MAX, holds
from calybris_spec.ledger import AMOUNT, Account, is_account, is_same
from calybris_spec.logic import implies, no, within
from calybris_spec.snapshot import LedgerSnapshot, Tenant, check

MINE, OTHER, NOBODYS = 1, 2, 9


def is_pair(mine: Account, other: Account) -> bool:
    """Whether both accounts are whole, and each has something in its hold."""
    return is_account(mine) & is_account(other) & (mine.reserved_microcents >= 1) & (other.reserved_microcents >= 1)


def book_of(mine: Account, other: Account, cap: int = 0) -> Book:
    """Return the engine with these two tenants; the other one has a cap of 5, mine has `cap`."""
    rows, caps = (Row(MINE, mine), Row(OTHER, other)), (Cap(MINE, cap), Cap(OTHER, 5))
    open_holds = (Hold(1, MINE, mine.reserved_microcents), Hold(2, OTHER, other.reserved_microcents))
    return Book(rows, caps, open_holds, next_number=3, version=7, baseline=0)


def operate(book: Book, operation: int, amount: int) -> Book:
    """Return what one of the six operations on my tenant, or on its hold, makes of the book."""
    if operation == 0:
        return books.top_up(book, MINE, amount)[0]
    if operation == 1:
        return books.reserve(book, MINE, amount)[0]
    if operation == 2:
        return books.commit(book, 1, amount)[0]
    if operation == 3:
        return books.release(book, 1)[0]
    return books.set_cap(book, MINE, amount) if operation == 4 else books.ensure_tenant(book, MINE, amount)


def has(book: Book, row: Row) -> bool:
    """Whether a tenant has exactly this account."""
    account = find(book.rows, row.tenant_id)
    return account is not None and is_same(account, row.account)


@require(lambda mine, other, operation: is_pair(mine, other) & within(0, operation, 5))
@require(lambda amount, cap: holds(AMOUNT, amount) & holds(AMOUNT, cap))
@ensure(lambda result: result)
def an_operation_on_one_tenant_leaves_the_other_alone(
    mine: Account, other: Account, operation: int, amount: int, cap: int
) -> bool:
    """Its account, its cap and its hold stay, whether the operation is done or refused."""
    after = operate(book_of(mine, other, cap), operation, amount)
    hold = hold_of(after, 2)
    return (
        has(after, Row(OTHER, other))
        & (cap_of(after, OTHER) == 5)
        & (hold is not None and hold.microcents == other.reserved_microcents)
        & (len(after.rows) == 2)
    )


@require(lambda mine, other, operation: is_pair(mine, other) & within(0, operation, 5))
@require(lambda amount, cap: holds(AMOUNT, amount) & holds(AMOUNT, cap))
@ensure(lambda result: result)
def every_operation_keeps_a_book_whole(mine: Account, other: Account, operation: int, amount: int, cap: int) -> bool:
    """Every account adds up, and what it has reserved is exactly what its open holds say (LEDGER-1)."""
    return is_book(operate(book_of(mine, other, cap), operation, amount))


@require(lambda account: is_account(account))
@ensure(lambda result: result)
def the_others_stay_in_a_book_of_any_size(rows: tuple[Row, ...], asked: int, account: Account) -> bool:
    """By induction: putting an account back keeps every row with another id, and the ids of all, in their order."""
    # crosshair: specs_complete=True
    if len(rows) == 0:
        return True
    head, rest = rows[0], rows[1:]
    assert len(rest) < len(rows)  # the measure
    (kept,) = put((head,), asked, account)
    expected = account if head.tenant_id == asked else head.account
    return (
        is_same(kept.account, expected)
        & (kept.tenant_id == head.tenant_id)
        & (the_others_stay_in_a_book_of_any_size(rest, asked, account))
    )


@require(lambda mine, other, actual: is_pair(mine, other) & holds(AMOUNT, actual))
@ensure(lambda result: result)
def a_hold_is_closed_once(mine: Account, other: Account, actual: int) -> bool:
    """After a commit that was done, committing or releasing it again finds nothing and changes nothing (LEDGER-6)."""
    after, told = books.commit(book_of(mine, other), 1, actual)
    again, second = books.commit(after, 1, 0)
    last, third = books.release(after, 1)
    is_closed = told.status == "committed"
    missing = (second.status == "missing_reservation") & (third.status == "missing_reservation")
    unchanged = (len(again.holds) == len(after.holds)) & (len(last.holds) == len(after.holds))
    return implies(is_closed, missing & unchanged & (hold_of(after, 1) is None)) & implies(
        no(is_closed), hold_of(after, 1) is not None
    )


@require(lambda mine, other: is_pair(mine, other))
@ensure(lambda result: result)
def a_release_closes_the_hold_and_gives_back_all_of_it(mine: Account, other: Account) -> bool:
    """And tells how much it was (LEDGER-7)."""
    after, told = books.release(book_of(mine, other), 1)
    return (
        (told.status == "released")
        & (told.amounts["returned_microcents"] == mine.reserved_microcents)
        & (told.amounts["remaining_microcents"] == mine.remaining_microcents + mine.reserved_microcents)
        & (hold_of(after, 1) is None)
    )


@require(lambda mine, other, cost: is_pair(mine, other) & holds(AMOUNT, cost))
@ensure(lambda result: result)
def a_new_hold_has_a_number_that_none_had(mine: Account, other: Account, cost: int) -> bool:
    """The next number is spent by every hold, and by nothing else (LEDGER-1, LEDGER-5)."""
    before = book_of(mine, other)
    after, told = books.reserve(before, MINE, cost)
    made = told.status == "reserved"
    is_next = (told.number == 3) & (after.next_number == 4) & (len(after.holds) == 3)
    return implies(made, is_next) & implies(
        no(made), (told.number is None) & (after.next_number == 3) & (len(after.holds) == 2)
    )


@require(lambda mine, other, amount: is_pair(mine, other) & holds(AMOUNT, amount))
@ensure(lambda result: result)
def what_is_unknown_is_told_and_changes_nothing(mine: Account, other: Account, amount: int) -> bool:
    """A tenant that does not exist, a number that no open hold has; a bad amount is told first."""
    book = book_of(mine, other)
    topped, granted = books.top_up(book, NOBODYS, amount)
    held, reserved = books.reserve(book, NOBODYS, amount)
    spent, committed = books.commit(book, NOBODYS, amount)
    back, released = books.release(book, NOBODYS)
    same_rows = [has(after, row) for after in (topped, held, spent, back) for row in book.rows]
    return all(
        [
            granted.status == ("missing_tenant" if amount >= 1 else "invalid_amount"),
            reserved.status == ("missing_tenant" if amount >= 1 else "insufficient"),
            committed.status == ("missing_reservation" if amount >= 0 else "invalid_amount"),
            released.status == "missing_reservation",
            *same_rows,
        ]
    )


@require(lambda mine, other, cost, cap: is_pair(mine, other) & holds(AMOUNT, cost) & holds(AMOUNT, cap))
@ensure(lambda result: result)
def a_refused_cost_shows_what_it_was_compared_with(mine: Account, other: Account, cost: int, cap: int) -> bool:
    """0 and the cost for a cost that is not positive; else what remains, or what is reserved and the cap (LEDGER-5)."""
    _, told = books.reserve(book_of(mine, other, cap), MINE, cost)
    status, amounts = told.status, told.amounts
    remaining, reserved = mine.remaining_microcents, mine.reserved_microcents
    if status == "insufficient":
        shown = {"remaining_microcents": remaining * (cost >= 1), "required_microcents": cost}
    elif status == "exposure_limit_exceeded":
        shown = {"current_reserved_microcents": reserved, "max_reserved_microcents": cap}
    elif status == "overflow":
        shown = {"current_reserved_microcents": reserved}
    else:
        shown = {"remaining_microcents": remaining - cost}
    return all([amounts[name] == value for name, value in shown.items()]) & (len(amounts) == len(shown))


@require(lambda mine, other, amount: is_pair(mine, other) & holds(AMOUNT, amount))
@ensure(lambda result: result)
def what_is_granted_and_spent_is_shown(mine: Account, other: Account, amount: int) -> bool:
    """The amount, and the fields as they are afterwards (LEDGER-3, LEDGER-6)."""
    book = book_of(mine, other)
    topped, granted = books.top_up(book, MINE, amount)
    spent, committed = books.commit(book, 1, amount)
    after_grant, after_spending = find(topped.rows, MINE) or mine, find(spent.rows, MINE) or mine
    shows_grant = granted.status == "topped_up" and granted.amounts == {
        "added_microcents": amount,
        "new_initial_microcents": after_grant.initial_microcents,
        "remaining_microcents": after_grant.remaining_microcents,
    }
    shows_spending = committed.status == "committed" and committed.amounts == {
        "remaining_microcents": after_spending.remaining_microcents,
        "actual_microcents": amount,
    }
    return (shows_grant | (granted.status != "topped_up")) & (shows_spending | (committed.status != "committed"))


@require(lambda budget, again: holds(AMOUNT, budget) & holds(AMOUNT, again))
@ensure(lambda result: result)
def a_tenant_is_created_once_and_with_all_its_budget(budget: int, again: int) -> bool:
    """Nothing for a negative budget, nothing for a tenant that exists (LEDGER-2)."""
    book = books.ensure_tenant(books.ensure_tenant(NEW, MINE, budget), MINE, again)
    granted = budget if budget >= 0 else again
    account = find(book.rows, MINE)
    if account is None:
        return (budget < 0) & (again < 0) & (len(book.rows) == 0)
    return is_same(account, Account(granted, granted, 0, 0)) & (granted >= 0) & (len(book.rows) == 1)


@require(lambda cap, later: holds(AMOUNT, cap) & holds(AMOUNT, later))
@ensure(lambda result: result)
def a_cap_waits_for_its_tenant_and_the_last_one_counts(cap: int, later: int) -> bool:
    """It is set before the tenant exists; 0 and less remove it; each tenant has its own (LEDGER-4)."""
    waiting = books.set_cap(books.set_cap(NEW, OTHER, 5), MINE, cap)
    made = books.ensure_tenant(waiting, MINE, 10)
    changed = books.set_cap(made, MINE, later)
    return all(
        [
            cap_of(made, MINE) == cap * (cap > 0),
            cap_of(changed, MINE) == later * (later > 0),
            cap_of(changed, OTHER) == 5,
            len(changed.caps) <= 2,
        ]
    )


@require(lambda default, budget: holds(AMOUNT, default) & holds(AMOUNT, budget))
@ensure(lambda result: result)
def the_configuration_gives_a_tenant_its_cap(default: int, budget: int) -> bool:
    """Only one above 0; the tenant is created as always (CONFIG-3)."""
    before = books.set_cap(NEW, MINE, 3)
    book = books.ensure_tenant_by(Config(default_exposure_cap_microcents=default), before, MINE, budget)
    return (cap_of(book, MINE) == (default if default > 0 else 3)) & ((find(book.rows, MINE) is None) == (budget < 0))


@require(lambda mine, other: is_pair(mine, other))
@require(lambda version: within(0, version, U64_MAX))
@ensure(lambda result: result)
def a_snapshot_shows_everything_and_spends_a_version(mine: Account, other: Account, version: int) -> bool:
    """The next version, until there is none; tenants by their ids; nothing else changes (LEDGER-9)."""
    before = book_of(mine, other)._replace(version=version, rows=(Row(OTHER, other), Row(MINE, mine)))
    after, taken = books.take_snapshot(before)
    shown = [tenant[1:] for tenant in taken.tenants]
    next_one = (taken.version == version + 1) | ((version == U64_MAX) & (taken.version == U64_MAX))
    return (
        next_one
        & (after.version == taken.version)
        & is_same(Account(*shown[0]), mine)
        & is_same(Account(*shown[1]), other)
        & (taken.active_reservations == 2)
        & (taken.wal_high_watermark is None)
        & (len(after.holds) == 2)
    )


@require(lambda mine, other: is_account(mine) & is_account(other))
@require(lambda mine, other: (mine.reserved_microcents == 0) & (other.reserved_microcents == 0))
@require(lambda version: within(0, version, U64_MAX - 1))
@ensure(lambda result: result)
def a_ledger_at_rest_survives_snapshot_and_restore(mine: Account, other: Account, version: int) -> bool:
    """restore ∘ snapshot = id: the same accounts; the versions go on (LEDGER-9, LEDGER-11)."""
    rows = (Row("a", mine), Row("b", other))
    _, taken = books.take_snapshot(Book(rows, (), (), 3, version, 0))
    restored = books.restore(NEW, taken)
    again, second = books.take_snapshot(restored)
    return (
        (check(taken).row == 0)
        & all([has(restored, row) for row in rows])
        & (second.version == taken.version + (taken.version < U64_MAX))
        & is_book(again)
    )


@require(lambda mine, other, account: is_pair(mine, other) & is_account(account))
@require(lambda account: account.reserved_microcents == 0)
@ensure(lambda result: result)
def nothing_of_before_is_left_after_a_restore(mine: Account, other: Account, account: Account, number: int) -> bool:
    """No tenant, no cap, no hold, whatever its number; the next hold has a number that none had (LEDGER-11)."""
    snapshot = LedgerSnapshot(41, (Tenant("a", *account),), 0, 9)
    book = books.restore(book_of(mine, other, 4), snapshot)
    _, told = books.commit(book, number, 0)
    return all(
        [
            told.status == "missing_reservation",
            find(book.rows, MINE) is None,
            cap_of(book, MINE) == 0,
            book.next_number == 3,
            book.version == 41,
            book.baseline == saturated_total(account.committed_microcents),
            has(book, Row("a", account)),
        ]
    )


@require(lambda mine, other: is_pair(mine, other))
@ensure(lambda result: result)
def a_query_tells_the_fields_or_that_there_is_no_tenant(mine: Account, other: Account) -> bool:
    """`reserved` of an unknown tenant is 0, the rest is nothing; totals saturate or are absent (LEDGER-8)."""
    book = book_of(mine, other)
    known, unknown = books.query(book, OTHER), books.query(book, NOBODYS)
    total = mine.committed_microcents + other.committed_microcents
    shown = total if total <= I64_MAX else I64_MAX
    checked = known.total_committed_checked_microcents
    return all(
        [
            known.initial_microcents == other.initial_microcents,
            known.remaining_microcents == other.remaining_microcents,
            known.reserved_microcents == other.reserved_microcents,
            known.committed_microcents == other.committed_microcents,
            unknown[:4] == (None, None, 0, None),
            unknown[4:6] == (2, 2),
            known.total_committed_microcents == shown,
            (checked is None) == (total > I64_MAX),
            checked is None or checked == total,
            known.committed_since_last_certificate == shown,
            known.snapshot_version == 7,
        ]
    )


@require(lambda mine, other: is_account(mine) & is_account(other))
@require(lambda mine, baseline: within(0, baseline, mine.committed_microcents))
@ensure(lambda result: result)
def what_is_certified_is_the_growth_and_is_certified_once(mine: Account, other: Account, baseline: int) -> bool:
    """The saturated total less the baseline; behind a certificate nothing has grown yet (FIN-3)."""
    book = Book((Row("a", mine), Row("b", other)), (), (), 3, 7, baseline)
    moved = books.growth(book)
    total = saturated_total(mine.committed_microcents + other.committed_microcents)
    behind = books.growth(book._replace(baseline=moved.baseline))
    return (
        (moved.committed_since == total - baseline)
        & (moved.baseline == total)
        & (behind.committed_since == 0)
        & (behind.baseline == total)
    )


@require(lambda version: within(0, version, 9))
@ensure(lambda result: result)
def a_certificate_takes_a_snapshot_and_moves_the_baseline(version: int) -> bool:
    """Of an engine that has committed 4 since its baseline of 1 (FIN-3)."""
    book = Book((Row("a", Account(9, 2, 2, 5)),), (), (Hold(1, "a", 2),), 2, int(version), 1)
    after, certificate = books.certify(book)
    again, second = books.certify(after)
    return (
        (certificate.snapshot_version == version + 1)
        & (second.snapshot_version == version + 2)
        & (certificate.committed_since_last_certificate == 4)
        & (second.committed_since_last_certificate == 0)
        & (after.baseline == 5)
        & (again.baseline == 5)
        & certificate.conservation_balanced
        & (certificate.active_reservations == 1)
    )


@ensure(lambda result: result)
def a_book_with_a_hold_of_no_money_is_not_whole(amount: int) -> bool:
    """What `is_book` says is not always so: a hold that its tenant has not reserved, a number given twice."""
    account = Account(5, 3, 2, 0)
    rows = (Row(MINE, account),)
    one = Book(rows, (), (Hold(1, MINE, amount),), 2, 0, 0)
    twice = Book(rows, (), (Hold(1, MINE, 1), Hold(1, MINE, 1)), 2, 0, 0)
    ahead = Book(rows, (), (Hold(2, MINE, 2),), 2, 0, 0)
    return (is_book(one) == (amount == 2)) & no(is_book(twice)) & no(is_book(ahead))
