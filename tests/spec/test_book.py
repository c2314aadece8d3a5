"""A whole engine: scripts of every operation, and what holds after each step (LEDGER-1 … LEDGER-11, CONFIG-3)."""

from hypothesis import given
from hypothesis import strategies as st

from calybris_spec import book as books
from calybris_spec.book import NEW, Book, cap_of, find, hold_of, is_book
from calybris_spec.config import Config
from calybris_spec.ledger import Account
from calybris_spec.snapshot import LedgerSnapshot, Tenant, check, conservation

MOST = 2**63 - 1
amounts = st.sampled_from([-1, 0, 1, 2, 5, 10, 100, MOST - 1, MOST]) | st.integers(0, 50)
names = st.sampled_from(["", "acme", "é"])
numbers = st.integers(0, 8)
steps = st.one_of(
    st.tuples(st.just("ensure"), names, amounts),
    st.tuples(st.just("top_up"), names, amounts),
    st.tuples(st.just("cap"), names, amounts),
    st.tuples(st.just("reserve"), names, amounts),
    st.tuples(st.just("commit"), numbers, amounts),
    st.tuples(st.just("release"), numbers, amounts),
)


def take(book: Book, step: tuple[str, str | int, int]) -> Book:
    kind, who, amount = step
    match kind, who:
        case "ensure", str():
            return books.ensure_tenant(book, who, amount)
        case "cap", str():
            return books.set_cap(book, who, amount)
        case "top_up", str():
            return books.top_up(book, who, amount)[0]
        case "reserve", str():
            return books.reserve(book, who, amount)[0]
        case "commit", int():
            return books.commit(book, who, amount)[0]
        case _, int():
            return books.release(book, who)[0]
    raise AssertionError(step)


@given(st.lists(steps, max_size=25))
def test_a_book_is_whole_after_every_step(script: list[tuple[str, str | int, int]]) -> None:
    book = NEW
    for step in script:
        before, book = book, take(book, step)
        assert is_book(book), step
        assert book.next_number >= before.next_number
        for row in before.rows:
            account = find(book.rows, row.tenant_id)
            assert account is not None
            assert account.committed_microcents >= row.account.committed_microcents
    _, taken = books.take_snapshot(book)
    assert conservation(taken).status == "balanced"
    assert (check(taken).row == 0) == (not book.holds)


def test_a_day_in_the_life() -> None:
    book = books.set_cap(NEW, "acme", 50)
    book = books.ensure_tenant(books.ensure_tenant(book, "acme", 100), "acme", 7)
    assert find(book.rows, "acme") == Account(100, 100, 0, 0)
    book, told = books.reserve(book, "acme", 51)
    amounts = {"current_reserved_microcents": 0, "max_reserved_microcents": 50}
    assert told == ("exposure_limit_exceeded", amounts, None)
    book, told = books.reserve(book, "acme", 40)
    assert told == ("reserved", {"remaining_microcents": 60}, 1)
    book, told = books.commit(book, 1, 101)
    assert told == ("overrun", {"remaining_microcents": 60}, None)
    hold = hold_of(book, 1)
    assert hold is not None
    assert hold.microcents == 40
    book, told = books.commit(book, 1, 25)
    assert told == ("committed", {"remaining_microcents": 75, "actual_microcents": 25}, None)
    book, told = books.release(book, 1)
    assert told == ("missing_reservation", {}, None)
    book, told = books.top_up(book, "acme", 5)
    assert told.amounts == {
        "added_microcents": 5,
        "new_initial_microcents": 105,
        "remaining_microcents": 80,
    }
    book, certificate = books.certify(book)
    assert certificate.committed_since_last_certificate == 25
    assert books.query(book, "acme")[:4] == (105, 80, 0, 25)
    assert books.query(book, "nobody")[:4] == (None, None, 0, None)
    assert books.query(book, "acme").snapshot_version == 1


def test_a_release_gives_back_all_of_it() -> None:
    book, _ = books.reserve(books.ensure_tenant(NEW, "a", 9), "a", 4)
    book, told = books.release(book, 1)
    assert told == ("released", {"remaining_microcents": 9, "returned_microcents": 4}, None)
    assert book.holds == ()


def test_the_configuration_gives_a_cap_or_none() -> None:
    assert cap_of(books.ensure_tenant_by(Config(default_exposure_cap_microcents=5), NEW, "a", 9), "a") == 5
    assert cap_of(books.ensure_tenant_by(Config(), books.set_cap(NEW, "a", 3), "a", 9), "a") == 3


def test_after_a_restore_only_the_snapshot_is_left() -> None:
    book, _ = books.reserve(books.set_cap(books.ensure_tenant(NEW, "old", 9), "old", 8), "old", 4)
    restored = books.restore(book, LedgerSnapshot(41, (Tenant("b", 5, 3, 0, 2), Tenant("a", 4, 4, 0, 0)), 0, 9))
    assert books.commit(restored, 1, 0)[1].status == "missing_reservation"
    assert (cap_of(restored, "old"), find(restored.rows, "old"), restored.baseline) == (0, None, 2)
    _, told = books.reserve(restored, "a", 1)
    assert told.number == 2
    _, taken = books.take_snapshot(restored)
    assert [tenant.tenant_id for tenant in taken.tenants] == ["a", "b"]
    assert (taken.version, taken.wal_high_watermark) == (42, None)


def test_versions_stop_at_the_end_and_totals_saturate() -> None:
    full = Tenant("a", MOST, 0, 0, MOST)
    book = books.restore(NEW, LedgerSnapshot(2**64 - 1, (full, full._replace(tenant_id="b")), 0, None))
    book, taken = books.take_snapshot(book)
    assert taken.version == 2**64 - 1
    told = books.query(book, "a")
    assert (told.total_committed_microcents, told.total_committed_checked_microcents) == (MOST, None)
    assert told.committed_since_last_certificate == 0
    assert not books.certify(book)[1].conservation_balanced
