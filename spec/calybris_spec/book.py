"""A whole budget engine as one value: tenants, caps, open holds, and what every operation makes of it.

Clauses LEDGER-1 to LEDGER-11. An operation looks up one tenant or one hold, asks `ledger` about its account, and puts
the account back; nothing else of the book is touched. Ids are texts; theorems put numbers in their place.
"""

from __future__ import annotations

from typing import NamedTuple

from calybris_spec import ledger
from calybris_spec.config import Config
from calybris_spec.finance import Baseline, Certificate, certified, saturated_total
from calybris_spec.finance import certify as certify_snapshot
from calybris_spec.integers import U64_MAX
from calybris_spec.ledger import NOBODY, Account, Outcome, is_account
from calybris_spec.logic import NONE
from calybris_spec.snapshot import BALANCED, FINDINGS, LedgerSnapshot, Tenant, account_of, conservation

Id = str | int
"""The id of a tenant; a number stands for it in proofs."""


class Row(NamedTuple):
    """A tenant of a book."""

    tenant_id: Id
    account: Account


class Cap(NamedTuple):
    """The most that a tenant, known or not, may hold (LEDGER-4)."""

    tenant_id: Id
    microcents: int


class Hold(NamedTuple):
    """An open reservation; its number is never given to another one (LEDGER-1)."""

    number: int
    tenant_id: Id
    microcents: int


class Book(NamedTuple):
    """An engine: its tenants, caps and holds, the number of the next hold, the last version, the baseline (FIN-3)."""

    rows: tuple[Row, ...]
    caps: tuple[Cap, ...]
    holds: tuple[Hold, ...]
    next_number: int
    version: int
    baseline: int


class Answer(NamedTuple):
    """The outcome of an operation, with the amounts that belong to it, and the number of a hold that was made."""

    status: str
    amounts: dict[str, int]
    number: int | None = None


NEW = Book((), (), (), 1, 0, 0)
"""An engine before its first operation."""
NO_CAP = 0


def find(rows: tuple[Row, ...], tenant_id: Id) -> Account | None:
    """Return the account of a tenant, or None when it is unknown."""
    return next((row.account for row in rows if row.tenant_id == tenant_id), None)


def put(rows: tuple[Row, ...], tenant_id: Id, account: Account) -> tuple[Row, ...]:
    """Return the rows with another account for one tenant; every other row stays."""
    return tuple([Row(row.tenant_id, account) if row.tenant_id == tenant_id else row for row in rows])


def cap_of(book: Book, tenant_id: Id) -> int:
    """Return the tenant's cap, NO_CAP when it has none (LEDGER-4)."""
    return next((cap.microcents for cap in book.caps if cap.tenant_id == tenant_id), NO_CAP)


def hold_of(book: Book, number: int) -> Hold | None:
    """Return the open hold with this number, or None."""
    return next((hold for hold in book.holds if hold.number == number), None)


def held_by(book: Book, tenant_id: Id) -> int:
    """Return the sum of a tenant's open holds."""
    return sum([hold.microcents * (hold.tenant_id == tenant_id) for hold in book.holds])


def is_book(book: Book) -> bool:
    """Whether every account adds up, is `reserved` exactly in its open holds, and holds have numbers of their own."""
    numbers = [hold.number for hold in book.holds]
    return (
        all([is_account(row.account) for row in book.rows])
        & all([row.account.reserved_microcents == held_by(book, row.tenant_id) for row in book.rows])
        & all([(hold.microcents >= 1) & (hold.number < book.next_number) for hold in book.holds])
        & all([one != other for place, one in enumerate(numbers) for other in numbers[:place]])
    )


def ensure_tenant(book: Book, tenant_id: Id, budget: int) -> Book:
    """Create a tenant; nothing when it exists or the budget is negative (LEDGER-2)."""
    if budget < 0 or find(book.rows, tenant_id) is not None:
        return book
    return book._replace(rows=(*book.rows, Row(tenant_id, Account(budget, budget, 0, 0))))


def ensure_tenant_by(config: Config, book: Book, tenant_id: Id, budget: int) -> Book:
    """Create a tenant and give it the configuration's cap when that is above 0 (CONFIG-3)."""
    made, cap = ensure_tenant(book, tenant_id, budget), config.default_exposure_cap_microcents
    return set_cap(made, tenant_id, cap) if cap > 0 else made


def set_cap(book: Book, tenant_id: Id, cap: int) -> Book:
    """Set a tenant's cap, also before the tenant exists; 0 and less remove it (LEDGER-4)."""
    others = tuple([kept for kept in book.caps if kept.tenant_id != tenant_id])
    return book._replace(caps=(*others, Cap(tenant_id, cap)) if cap > 0 else others)


def top_up(book: Book, tenant_id: Id, amount: int) -> tuple[Book, Answer]:
    """Grant a tenant more (LEDGER-3)."""
    known = find(book.rows, tenant_id)
    step = ledger.top_up(known or NOBODY, known is not None, amount)
    shown = {
        "added_microcents": amount,
        "new_initial_microcents": step.account.initial_microcents,
        "remaining_microcents": step.account.remaining_microcents,
    }
    after = book._replace(rows=put(book.rows, tenant_id, step.account))
    return after, answer(ledger.TOP_UP[step.row], shown)


def reserve(book: Book, tenant_id: Id, cost: int) -> tuple[Book, Answer]:
    """Hold a cost under the next number (LEDGER-5)."""
    known, cap = find(book.rows, tenant_id), cap_of(book, tenant_id)
    step = ledger.reserve(known or NOBODY, known is not None, cost, cap)
    nothing_shown = step.row == ledger.NOT_POSITIVE
    shown = {
        "remaining_microcents": 0 if nothing_shown else step.account.remaining_microcents,
        "required_microcents": cost,
        "current_reserved_microcents": step.account.reserved_microcents,
        "max_reserved_microcents": cap,
    }
    if step.row != NONE:
        return book, answer(ledger.RESERVE[step.row], shown)
    hold = Hold(book.next_number, tenant_id, cost)
    after = book._replace(
        rows=put(book.rows, tenant_id, step.account),
        holds=(*book.holds, hold),
        next_number=book.next_number + 1,
    )
    return after, answer(ledger.RESERVE[step.row], shown)._replace(number=hold.number)


def commit(book: Book, number: int, actual: int) -> tuple[Book, Answer]:
    """Spend the actual cost of a hold, and close it unless that is refused (LEDGER-6)."""
    hold = hold_of(book, number)
    account = NOBODY if hold is None else find(book.rows, hold.tenant_id) or NOBODY
    step = ledger.commit(account, hold is not None, hold.microcents if hold else 0, actual)
    shown = {"remaining_microcents": step.account.remaining_microcents, "actual_microcents": actual}
    told = answer(ledger.COMMIT[step.row], shown)
    return (book if hold is None or step.row != NONE else closed(book, hold, step.account)), told


def release(book: Book, number: int) -> tuple[Book, Answer]:
    """Give a hold back and close it (LEDGER-7)."""
    hold = hold_of(book, number)
    account = NOBODY if hold is None else find(book.rows, hold.tenant_id) or NOBODY
    held = hold.microcents if hold else 0
    step = ledger.release(account, hold is not None, held)
    shown = {"remaining_microcents": step.account.remaining_microcents, "returned_microcents": held}
    told = answer(ledger.RELEASE[step.row], shown)
    return (book if hold is None else closed(book, hold, step.account)), told


def closed(book: Book, hold: Hold, account: Account) -> Book:
    """Return the book without the hold, with the account of its tenant settled."""
    others = tuple([kept for kept in book.holds if kept.number != hold.number])
    return book._replace(rows=put(book.rows, hold.tenant_id, account), holds=others)


def answer(outcome: Outcome, amounts: dict[str, int]) -> Answer:
    """Return the outcome with the amounts that it shows."""
    return Answer(outcome.status, {name: amounts[name] for name in outcome.shows})


def total_committed(book: Book) -> int:
    """Return what all tenants ever spent, exactly."""
    return sum([row.account.committed_microcents for row in book.rows])


def next_version(version: int) -> int:
    """Return the version of the snapshot after this one (LEDGER-9)."""
    return min(version + 1, U64_MAX)


def take_snapshot(book: Book) -> tuple[Book, LedgerSnapshot]:
    """Return the ledger at this moment, tenants by the bytes of their ids (LEDGER-9)."""
    after = book._replace(version=next_version(book.version))
    by_bytes = sorted(book.rows, key=lambda row: str(row.tenant_id).encode())
    tenants = tuple([Tenant(str(row.tenant_id), *row.account) for row in by_bytes])
    return after, LedgerSnapshot(after.version, tenants, len(book.holds), None)


def restore(book: Book, snapshot: LedgerSnapshot) -> Book:
    """Return the book after a restore that is not refused: the snapshot's tenants, nothing held, no caps (LEDGER-11).

    Numbers go on from those of the book, so an old reservation never comes back.
    """
    rows = tuple([Row(tenant.tenant_id, account_of(tenant)) for tenant in snapshot.tenants])
    committed = sum([row.account.committed_microcents for row in rows])
    return Book(rows, (), (), book.next_number, snapshot.version, saturated_total(committed))


def growth(book: Book) -> Baseline:
    """Return what was committed since the last certificate, and the baseline that one now would set (FIN-3)."""
    return certified(saturated_total(total_committed(book)), book.baseline)


class Query(NamedTuple):
    """What can be asked of an engine about a tenant and about itself (LEDGER-8)."""

    initial_microcents: int | None
    remaining_microcents: int | None
    reserved_microcents: int
    committed_microcents: int | None
    tenant_count: int
    active_reservations: int
    total_committed_microcents: int
    total_committed_checked_microcents: int | None
    committed_since_last_certificate: int
    snapshot_version: int


def query(book: Book, tenant_id: Id) -> Query:
    """Return every answer at once (LEDGER-8)."""
    account, total = find(book.rows, tenant_id), total_committed(book)
    shown = saturated_total(total)
    return Query(
        initial_microcents=account.initial_microcents if account else None,
        remaining_microcents=account.remaining_microcents if account else None,
        reserved_microcents=account.reserved_microcents if account else 0,
        committed_microcents=account.committed_microcents if account else None,
        tenant_count=len(book.rows),
        active_reservations=len(book.holds),
        total_committed_microcents=shown,
        total_committed_checked_microcents=total if shown == total else None,
        committed_since_last_certificate=growth(book).committed_since,
        snapshot_version=book.version,
    )


def certify(book: Book) -> tuple[Book, Certificate]:
    """Return the certificate of a snapshot taken now, and move the baseline (FIN-3)."""
    after, taken = take_snapshot(book)
    moved = growth(book)
    is_balanced = conservation(taken).status == FINDINGS[BALANCED]
    return after._replace(baseline=moved.baseline), certify_snapshot(taken, is_balanced, moved.committed_since)
