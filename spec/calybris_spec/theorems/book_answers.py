"""Known answers about a whole engine: what every operation makes of one book, and a day from the first to the last.

In this book no two numbers are equal, so that no field can stand in the place of another; amounts are odd and even,
so that none can stand in the place of a truth.
"""

from __future__ import annotations

from icontract import ensure

from calybris_spec import book as books
from calybris_spec.book import (
    NEW,
    Book,
    Cap,
    Hold,
    Row,
    answer,
    cap_of,
    closed,
    find,
    growth,
    held_by,
    hold_of,
    is_book,
    next_version,
    put,
    query,
    restore,
    take_snapshot,
    total_committed,
)
from calybris_spec.config import Config
from calybris_spec.ledger import Account, Outcome
from calybris_spec.snapshot import LedgerSnapshot, Tenant

MOST = 9_223_372_036_854_775_807
ACME, ZED = Account(100, 49, 21, 30), Account(200, 151, 47, 2)
FIRST, SECOND, THIRD = Hold(3, "zed", 47), Hold(4, "acme", 7), Hold(6, "acme", 14)
BOOK = Book((Row("zed", ZED), Row("acme", ACME)), (Cap("zed", 48), Cap("new", 5)), (FIRST, SECOND, THIRD), 9, 41, 11)
CERTIFIED_HEX = "945124fc791ad83b54db28aef5114d4323979084f90b12f37b60e49982b169da"


def with_account(tenant_id: str, account: Account) -> Book:
    """Return the book with another account for one of its tenants."""
    others = {"zed": ZED, "acme": ACME} | {tenant_id: account}
    return BOOK._replace(rows=tuple([Row(name, others[name]) for name in ("zed", "acme")]))


@ensure(lambda result: result)
def what_is_looked_up_is_found_by_its_own_id() -> bool:
    """LEDGER-1, LEDGER-4: accounts, caps and holds; nothing of what is not there."""
    return all(
        [
            [find(BOOK.rows, name) for name in ("zed", "acme", "new")] == [ZED, ACME, None],
            [cap_of(BOOK, name) for name in ("zed", "acme", "new")] == [48, 0, 5],
            [hold_of(BOOK, number) for number in (3, 4, 5, 6, 7, 47)] == [FIRST, SECOND, None, THIRD, None, None],
            [held_by(BOOK, name) for name in ("zed", "acme", "new")] == [47, 21, 0],
            put(BOOK.rows, "acme", ZED) == (("zed", ZED), ("acme", ZED)),
            put(BOOK.rows, "zed", ACME) == (("zed", ACME), ("acme", ACME)),
            put(BOOK.rows, "new", ACME) == BOOK.rows,
            total_committed(BOOK) == 32,
            answer(Outcome("told", ("b", "a")), {"a": 1, "b": 2, "c": 3}) == ("told", {"a": 1, "b": 2}, None),
        ]
    )


@ensure(lambda result: result)
def this_book_is_whole_and_these_are_not() -> bool:
    """LEDGER-1: each has one thing wrong, and it is the second or the last of its kind as often as the first."""
    whole = [NEW, BOOK, BOOK._replace(next_number=7), BOOK._replace(holds=(THIRD, FIRST, SECOND))]
    wrong = [
        with_account("acme", Account(101, 49, 21, 30)),
        with_account("zed", Account(201, 151, 47, 2)),
        with_account("acme", Account(101, 49, 22, 30)),
        with_account("zed", Account(199, 151, 46, 2)),
        BOOK._replace(holds=(FIRST, SECOND)),
        BOOK._replace(holds=(SECOND, THIRD)),
        BOOK._replace(holds=(*BOOK.holds, Hold(7, "zed", 0))),
        BOOK._replace(holds=(Hold(7, "zed", 0), *BOOK.holds)),
        BOOK._replace(holds=(FIRST, SECOND, Hold(3, "acme", 14))),
        BOOK._replace(holds=(FIRST, SECOND, Hold(4, "acme", 14))),
        BOOK._replace(holds=(Hold(4, "zed", 47), SECOND, THIRD)),
        BOOK._replace(holds=(FIRST, SECOND, Hold(9, "acme", 14))),
        BOOK._replace(holds=(Hold(9, "zed", 47), SECOND, THIRD)),
        BOOK._replace(next_number=6),
        BOOK._replace(next_number=5),
    ]
    return all([is_book(book) for book in whole]) and not any([is_book(book) for book in wrong])


@ensure(lambda result: result)
def a_tenant_is_made_of_its_budget() -> bool:
    """LEDGER-2, CONFIG-3: also of 0; not of less, and not twice; a configuration adds a cap above 0."""
    made = BOOK._replace(rows=(*BOOK.rows, Row("new", Account(8, 8, 0, 0))))
    capped = made._replace(caps=(Cap("zed", 48), Cap("new", 1)))
    configs = [Config(default_exposure_cap_microcents=cap) for cap in (1, 0, -1)]
    return all(
        [
            books.ensure_tenant(BOOK, "new", 8) == made,
            books.ensure_tenant(BOOK, "new", 0).rows[2] == ("new", (0, 0, 0, 0)),
            books.ensure_tenant(BOOK, "new", -1) == BOOK,
            books.ensure_tenant(BOOK, "acme", 8) == BOOK,
            [books.ensure_tenant_by(config, BOOK, "new", 8) for config in configs] == [capped, made, made],
        ]
    )


@ensure(lambda result: result)
def a_cap_is_set_changed_or_removed() -> bool:
    """LEDGER-4: of one tenant, and nothing else of the book."""
    asked = [("acme", 1), ("zed", 1), ("zed", 0), ("new", -1), ("acme", 0)]
    told = [books.set_cap(BOOK, name, cap) for name, cap in asked]
    return [book.caps for book in told] == [
        (("zed", 48), ("new", 5), ("acme", 1)),
        (("new", 5), ("zed", 1)),
        (("new", 5),),
        (("zed", 48),),
        (("zed", 48), ("new", 5)),
    ] and [book._replace(caps=BOOK.caps) for book in told] == [BOOK] * 5


@ensure(lambda result: result)
def these_top_ups_are_answered_like_this() -> bool:
    """LEDGER-3: the book afterwards, the status and the amounts."""
    granted = {"added_microcents": 6, "new_initial_microcents": 106, "remaining_microcents": 55}
    asked = [("acme", 6), ("acme", 0), ("new", 6), ("new", -1), ("acme", MOST)]
    return [books.top_up(BOOK, name, amount) for name, amount in asked] == [
        (with_account("acme", Account(106, 55, 21, 30)), ("topped_up", granted, None)),
        (BOOK, ("invalid_amount", {}, None)),
        (BOOK, ("missing_tenant", {}, None)),
        (BOOK, ("invalid_amount", {}, None)),
        (BOOK, ("overflow", {}, None)),
    ]


@ensure(lambda result: result)
def these_reservations_are_answered_like_this() -> bool:
    """LEDGER-5: the book afterwards, the status, the amounts, and the number of the hold."""
    made = with_account("acme", Account(100, 32, 38, 30))._replace(
        holds=(*BOOK.holds, Hold(9, "acme", 17)), next_number=10
    )
    last = with_account("zed", Account(200, 150, 48, 2))._replace(
        holds=(*BOOK.holds, Hold(9, "zed", 1)), next_number=10
    )
    capped = {"current_reserved_microcents": 47, "max_reserved_microcents": 48}
    asked = [("acme", 17), ("zed", 1), ("zed", 2), ("acme", 50), ("acme", 0), ("new", -3), ("new", 1), ("acme", MOST)]
    return [books.reserve(BOOK, name, cost) for name, cost in asked] == [
        (made, ("reserved", {"remaining_microcents": 32}, 9)),
        (last, ("reserved", {"remaining_microcents": 150}, 9)),
        (BOOK, ("exposure_limit_exceeded", capped, None)),
        (BOOK, ("insufficient", {"remaining_microcents": 49, "required_microcents": 50}, None)),
        (BOOK, ("insufficient", {"remaining_microcents": 0, "required_microcents": 0}, None)),
        (BOOK, ("insufficient", {"remaining_microcents": 0, "required_microcents": -3}, None)),
        (BOOK, ("missing_tenant", {}, None)),
        (BOOK, ("overflow", {"current_reserved_microcents": 21}, None)),
    ]


@ensure(lambda result: result)
def these_commits_are_answered_like_this() -> bool:
    """LEDGER-6: less than the hold, more, what there is, more than that, less than nothing, and no hold."""

    def committed(remaining: int, actual: int) -> tuple[str, dict[str, int], None]:
        return ("committed", {"remaining_microcents": remaining, "actual_microcents": actual}, None)

    left = (FIRST, SECOND)
    asked = [(6, 5), (6, 0), (6, 63), (6, 64), (6, -1), (5, -1), (5, 0), (6, MOST)]
    return [books.commit(BOOK, number, actual) for number, actual in asked] == [
        (with_account("acme", Account(100, 58, 7, 35))._replace(holds=left), committed(58, 5)),
        (with_account("acme", Account(100, 63, 7, 30))._replace(holds=left), committed(63, 0)),
        (with_account("acme", Account(100, 0, 7, 93))._replace(holds=left), committed(0, 63)),
        (BOOK, ("overrun", {"remaining_microcents": 49}, None)),
        (BOOK, ("invalid_amount", {}, None)),
        (BOOK, ("invalid_amount", {}, None)),
        (BOOK, ("missing_reservation", {}, None)),
        (BOOK, ("overflow", {"remaining_microcents": 49}, None)),
    ]


@ensure(lambda result: result)
def these_releases_are_answered_like_this() -> bool:
    """LEDGER-7: each of two holds of a tenant, the only one of another, and no hold."""

    def released(remaining: int, returned: int) -> tuple[str, dict[str, int], None]:
        return ("released", {"remaining_microcents": remaining, "returned_microcents": returned}, None)

    return [books.release(BOOK, number) for number in (4, 6, 3, 5, 47)] == [
        (with_account("acme", Account(100, 56, 14, 30))._replace(holds=(FIRST, THIRD)), released(56, 7)),
        (with_account("acme", Account(100, 63, 7, 30))._replace(holds=(FIRST, SECOND)), released(63, 14)),
        (with_account("zed", Account(200, 198, 0, 2))._replace(holds=(SECOND, THIRD)), released(198, 47)),
        (BOOK, ("missing_reservation", {}, None)),
        (BOOK, ("missing_reservation", {}, None)),
    ] and closed(BOOK, THIRD, ZED) == with_account("acme", ZED)._replace(holds=(FIRST, SECOND))


@ensure(lambda result: result)
def this_snapshot_is_taken_of_the_book() -> bool:
    """LEDGER-9: sorted by bytes, not by UTF-16; the version moves on to 2^64 − 1 and stays there."""
    tenants = (("acme", 100, 49, 21, 30), ("zed", 200, 151, 47, 2))
    far = Book((Row("\U0001f600", ACME), Row("\uffff", ZED)), (), (), 1, 18_446_744_073_709_551_614, 0)
    after, taken = take_snapshot(far)
    return all(
        [
            take_snapshot(BOOK) == (BOOK._replace(version=42), (42, tenants, 3, None)),
            [tenant.tenant_id for tenant in taken.tenants] == ["\uffff", "\U0001f600"],
            (taken.version, after.version) == (18_446_744_073_709_551_615,) * 2,
            take_snapshot(after)[1].version == 18_446_744_073_709_551_615,
            [next_version(version) for version in (0, 7)] == [1, 8],
        ]
    )


@ensure(lambda result: result)
def this_is_left_of_the_book_after_a_restore() -> bool:
    """LEDGER-11: tenants as the snapshot has them, the number of the next hold, its version, its total as baseline."""
    snapshot = LedgerSnapshot(77, (Tenant("b", 50, 30, 0, 20), Tenant("a", 4, 1, 0, 3)), 5, 6)
    full = snapshot._replace(tenants=(Tenant("b", MOST, 0, 0, MOST), Tenant("a", 1, 0, 0, 1)))
    rows = (("b", (50, 30, 0, 20)), ("a", (4, 1, 0, 3)))
    restored = restore(BOOK, snapshot)
    return (
        restored.rows[0].account.committed_microcents == 20
        and restored == (rows, (), (), 9, 77, 23)
        and restore(BOOK, full)[3:] == (9, 77, MOST)
    )


@ensure(lambda result: result)
def the_book_answers_these_queries() -> bool:
    """LEDGER-8, FIN-3: of a tenant and of nobody; totals that no i64 holds are saturated, or nothing."""
    full = Book((Row("a", Account(MOST, 0, 0, MOST)), Row("b", Account(1, 0, 0, 1))), (), (), 1, 8, 5)
    edge = full._replace(rows=full.rows[:1])
    return [query(BOOK, "acme"), query(BOOK, "new"), query(full, "b"), query(edge, "b")] == [
        (100, 49, 21, 30, 2, 3, 32, 32, 21, 41),
        (None, None, 0, None, 2, 3, 32, 32, 21, 41),
        (1, 0, 0, 1, 2, 0, MOST, None, MOST - 5, 8),
        (None, None, 0, None, 1, 0, MOST, MOST, MOST - 5, 8),
    ] and [growth(BOOK), growth(BOOK._replace(baseline=40))] == [(21, 32), (0, 40)]


@ensure(lambda result: result)
def the_book_is_certified_like_this() -> bool:
    """FIN-2, FIN-3: a snapshot is taken, and the baseline moves; an account that does not add up is not balanced."""
    after, certificate = books.certify(BOOK)
    _, bad = books.certify(with_account("acme", Account(101, 49, 21, 30)))
    _, behind = books.certify(BOOK._replace(baseline=33))
    return all(
        [
            after == BOOK._replace(version=42, baseline=32),
            certificate[:1] + certificate[2:] == (42, 2, 3, True, 300, 32, True, 21),
            certificate.ledger_digest_hex == CERTIFIED_HEX,
            bad[:1] + bad[2:] == (42, 2, 3, False, 301, 32, True, 21),
            behind.committed_since_last_certificate == 0,
        ]
    )
