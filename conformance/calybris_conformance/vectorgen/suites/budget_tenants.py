"""Budget scripts about tenants: creation, top-ups, caps, and which ids are the same (LEDGER-1 to LEDGER-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN
from calybris_conformance.vectorgen.ledgers import (
    BEHIND_BY_UTF16,
    LOOK_ALIKE,
    cap,
    commit,
    ensure,
    release,
    reserve,
    script,
    spent,
    top_up,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question

_EDGES = (0, 1, 2, 2**31 - 1, 2**31, 2**32, 2**53, 2**53 + 1, I64_MAX - 1, I64_MAX)
_NEGATIVE = (-1, -2, -(2**31), -(2**53) - 1, I64_MIN + 1, I64_MIN)


def _word(value: int) -> str:
    """A number as a part of an id."""
    return f"minus-{-value}" if value < 0 else str(value)


def _ensure() -> Iterator[Question]:
    tops_up = "ENSURE_TOPS_UP"
    for budget in _EDGES:
        flags = ("DOUBLE_PRECISION",) if budget in (2**53 + 1, I64_MAX, I64_MAX - 1) else ()
        yield script(f"budget-{budget}", f"A tenant with a budget of {budget:,}.", [ensure("acme", budget)], *flags)
    for budget in _NEGATIVE:
        steps = [ensure("acme", budget), top_up("acme", 5), ensure("acme", 7)]
        about = f"A budget of {budget:,} creates nothing; the tenant can be created later."
        yield script(f"negative-{-budget}", about, steps, "ENSURE_NEGATIVE")
    for first, second in ((100, 100), (100, 50), (100, 200), (0, 10), (10, 0), (10, -1), (I64_MAX, 1), (5, I64_MAX)):
        steps = [ensure("acme", first), ensure("acme", second)]
        about = f"A second call with {second:,} behind one with {first:,} does nothing."
        name = f"again-{first}-{_word(second)}"
        yield script(name, about, steps, tops_up, *(("ENSURE_NEGATIVE",) if second < 0 else ()))
    used = [ensure("acme", 100), *spent("acme", 30), reserve("acme", 20, "open"), ensure("acme", 100)]
    yield script("again-in-use", "A call for a tenant in use resets nothing.", used, tops_up)
    empty = [ensure("acme", 10), *spent("acme", 10), ensure("acme", 10), reserve("acme", 1)]
    yield script("again-when-spent", "A call for a tenant that has spent everything gives nothing.", empty, tops_up)
    two = [ensure("acme", 10), ensure("zeta", 20), ensure("acme", 30), top_up("zeta", 1)]
    yield script("two-tenants", "Two tenants, one of them called twice.", two, tops_up)


def _top_up() -> Iterator[Question]:
    order, wraps = "TOP_UP_ORDER", "LEDGER_WRAPS"
    for amount in (0, *_NEGATIVE):
        steps = [top_up("acme", amount), ensure("acme", 10), top_up("acme", amount)]
        about = f"An amount of {amount:,} is invalid, whether the tenant exists or not."
        yield script(f"invalid-{-amount}", about, steps, order)
    for amount in (1, 2, 2**53 + 1, I64_MAX):
        yield script(f"missing-{amount}", f"{amount:,} for nobody.", [top_up("acme", amount)], order)
    for amount in (1, 2, 2**31, 2**53 + 1, I64_MAX - 11, I64_MAX - 10):
        steps = [ensure("acme", 10), top_up("acme", amount)]
        flags = ("DOUBLE_PRECISION",) if amount > 2**53 else ()
        yield script(f"amount-{amount}", f"{amount:,} more for a tenant with 10.", steps, *flags)
    for amount in (I64_MAX - 9, I64_MAX - 1, I64_MAX):
        steps = [ensure("acme", 10), top_up("acme", amount), top_up("acme", 1)]
        yield script(f"overflow-{amount}", f"10 and {amount:,} are no i64; 1 more is.", steps, wraps)
    for first in (I64_MAX - 1, I64_MAX):
        steps = [ensure("acme", first), top_up("acme", 1), top_up("acme", 1)]
        yield script(f"full-{first}", f"One more for a tenant with {first:,}, twice.", steps, wraps)
    spent_first = [ensure("acme", I64_MAX), *spent("acme", I64_MAX), top_up("acme", 1), top_up("acme", I64_MAX)]
    about = "Nothing remains, and still a top-up overflows: what was ever granted is full."
    yield script("overflow-of-initial", about, spent_first, wraps)
    held = [ensure("acme", I64_MAX - 1), reserve("acme", I64_MAX - 1), top_up("acme", 1), top_up("acme", 1), release()]
    yield script("overflow-while-held", "The sum that counts is initial, also while all is held.", held, wraps)
    mixed = [
        ensure("acme", 100),
        *spent("acme", 30),
        reserve("acme", 20, "open"),
        top_up("acme", 7),
        commit(27, "open"),
    ]
    yield script("in-use", "A top-up while a hold is open: the hold stays, and can use it.", mixed)
    other = [ensure("acme", 1), ensure("zeta", 2), top_up("zeta", 3), top_up("acme", 4)]
    yield script("two-tenants", "Each top-up is for its own tenant.", other, "TENANTS_MIXED")
    zero = [ensure("acme", 0), reserve("acme", 1, "none"), top_up("acme", 1), reserve("acme", 1)]
    yield script("from-zero", "A tenant with nothing is topped up, and can reserve then.", zero)


def _caps() -> Iterator[Question]:
    misread, exact = "CAP_MISREAD", "CAP_BOUNDARY"
    for limit in (1, 49, 50, 51, 2**53 + 1, I64_MAX):
        steps = [ensure("acme", 100), cap("acme", limit), reserve("acme", 50), reserve("acme", 50, "second")]
        yield script(f"cap-{limit}", f"A cap of {limit:,}, and 50 reserved twice.", steps, exact)
    for limit in (0, *_NEGATIVE):
        steps = [ensure("acme", 100), cap("acme", 5), cap("acme", limit), reserve("acme", 50)]
        yield script(f"removed-by-{-limit}", f"A cap of {limit:,} removes the one of 5.", steps, misread)
    for limit in (1, 2, 3):
        steps = [ensure("acme", 100), reserve("acme", 1), cap("acme", limit), reserve("acme", 1, "second")]
        yield script(f"with-open-hold-{limit}", f"1 is held, 1 more is asked for, the cap is {limit}.", steps, exact)
    before = [cap("acme", 10), ensure("acme", 100), reserve("acme", 11, "over"), reserve("acme", 10)]
    yield script("before-the-tenant", "A cap waits for its tenant.", before, misread)
    removed = [cap("acme", 10), cap("acme", 0), ensure("acme", 100), reserve("acme", 11)]
    yield script("removed-before-the-tenant", "A cap set and removed before the tenant.", removed, misread)
    replaced = [cap("acme", 10), cap("acme", 20), ensure("acme", 100), reserve("acme", 20), reserve("acme", 1, "more")]
    yield script("replaced-before-the-tenant", "Of two caps before the tenant the second counts.", replaced, misread)
    negative = [cap("acme", 10), ensure("acme", -1), ensure("acme", 100), reserve("acme", 11)]
    about = "A cap waits past a call that creates nothing."
    yield script("waits-past-a-refused-tenant", about, negative, misread, "ENSURE_NEGATIVE")
    lowered = [ensure("acme", 100), reserve("acme", 60), cap("acme", 10), reserve("acme", 1, "more"), commit(70)]
    about = "A cap below the open holds: they stay, and can be committed with more."
    yield script("below-the-holds", about, [*lowered, reserve("acme", 10, "next")], misread)
    freed = [ensure("acme", 100), cap("acme", 50), reserve("acme", 50), release(), reserve("acme", 50, "again")]
    yield script("freed-by-release", "A release makes room under the cap.", freed, misread)
    done = [ensure("acme", 100), cap("acme", 50), reserve("acme", 50), commit(50), reserve("acme", 50, "again")]
    yield script("freed-by-commit", "What is committed is held no more: the cap is about open holds.", done, misread)
    own = [ensure("acme", 100), ensure("zeta", 100), cap("acme", 10), reserve("zeta", 50), reserve("acme", 11, "over")]
    yield script("of-one-tenant", "The cap of one tenant is not the one of another.", own, "TENANTS_MIXED")
    kept = [ensure("acme", 100), cap("acme", 10), top_up("acme", 100), ensure("acme", 1), reserve("acme", 11)]
    yield script("kept", "A cap outlives a top-up and a second call of ensure.", kept, misread)


def _ids() -> Iterator[Question]:
    for word, (first, second) in LOOK_ALIKE.items():
        steps = [ensure(first, 10), ensure(second, 20), reserve(second, 5), top_up(first, 1)]
        about = f"{first!a} and {second!a} are two tenants."
        yield script(f"look-alike-{word}", about, steps, "TENANT_ID_FOLDED")
        alone = [ensure(first, 10), top_up(second, 1), reserve(second, 1), cap(second, 1), reserve(first, 2, "own")]
        about = f"{second!a} is unknown where {first!a} is not."
        yield script(f"unknown-{word}", about, alone, "TENANT_ID_FOLDED")
    empty = [ensure("", 10), reserve("", 3), cap("", 5), reserve("", 3, "over"), commit(3), top_up("", 1)]
    yield script("empty", "The empty text is an id like any other.", empty, "EMPTY_ID_REFUSED")
    yield script("empty-unknown", "The empty id is unknown until it is created.", [top_up("", 1), reserve("", 1)])
    for word, one in {
        "long": "x" * 300,
        "emoji": "\U0001f600",
        "nul": "\0",
        "quotes": '"\\/',
        "newline": "a\nb",
    }.items():
        yield script(word, f"An id of {len(one.encode())} bytes.", [ensure(one, 10), reserve(one, 4), commit(3)])


def _order() -> Iterator[Question]:
    orders: dict[str, tuple[str, ...]] = {
        "utf-16": BEHIND_BY_UTF16,
        "utf-16-created-backwards": BEHIND_BY_UTF16[::-1],
        "case": ("b", "A", "a", "B"),
        "accents": ("z", "\u00e9", "e", "f"),
        "prefixes": ("ab", "a", "", "aa", "b"),
        "numbers": ("10", "9", "1", "100"),
        "nul": ("a\0", "a", "a\x01", "a "),
        "signed-bytes": ("\u00ff", "\x7f", "\x80"),
        "planes": ("\U00010000", "\ud7ff", "\ue000", "\uffff", "\U0010ffff"),
        "creation": ("c", "a", "d", "b"),
    }
    for word, ids in orders.items():
        steps = [ensure(one, 10 + place) for place, one in enumerate(ids)]
        about = f"Tenants created as {', '.join(f'{one!a}' for one in ids)}: shown sorted by their bytes."
        yield script(word, about, steps, "TENANT_ORDER")


TENANTS = {"ensure": _ensure, "top-up": _top_up, "caps": _caps}
IDS = {"ids": _ids, "order": _order}
