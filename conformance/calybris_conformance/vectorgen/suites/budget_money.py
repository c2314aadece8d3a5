"""Budget scripts about holds: every outcome of try_reserve, commit and release (LEDGER-5 to LEDGER-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN
from calybris_conformance.vectorgen.ledgers import cap, commit, ensure, release, reserve, script, spent, top_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question

_NOT_POSITIVE = (0, -1, -(2**31), -(2**53) - 1, I64_MIN + 1, I64_MIN)


def _reserve() -> Iterator[Question]:
    for cost in _NOT_POSITIVE:
        steps = [reserve("acme", cost), ensure("acme", 10), cap("acme", 1), reserve("acme", cost), release()]
        about = f"A cost of {cost:,} is insufficient with 0 remaining, before the tenant is looked up and behind."
        yield script(f"cost-minus-{-cost}", about, steps, "RESERVE_NOT_POSITIVE")
    for cost in (1, 2**53 + 1, I64_MAX):
        yield script(f"missing-{cost}", f"{cost:,} of nobody.", [reserve("acme", cost), release()])
    for budget in (0, 1, 2, 100, 2**31, 2**32, 2**53 + 1, I64_MAX - 1, I64_MAX):
        for cost in (budget - 1, budget, budget + 1):
            if 0 < cost <= I64_MAX:
                steps = [ensure("acme", budget), reserve("acme", cost), reserve("acme", 1, "second")]
                flags = ("DOUBLE_PRECISION",) if budget > 2**53 else ()
                about = f"{cost:,} of {budget:,}, and then 1."
                yield script(f"budget-{budget}-cost-{cost}", about, steps, "RESERVE_BOUNDARY", *flags)
    for cost in (39, 40, 41):
        steps = [ensure("acme", 100), reserve("acme", 60), reserve("acme", cost, "second")]
        yield script(f"beside-a-hold-{cost}", f"{cost} beside a hold of 60 of 100.", steps, "RESERVE_BOUNDARY")
        steps = [ensure("acme", 100), *spent("acme", 60), reserve("acme", cost)]
        yield script(f"behind-a-commit-{cost}", f"{cost} behind a commit of 60 of 100.", steps, "RESERVE_BOUNDARY")
    many = [ensure("acme", 10), *(reserve("acme", k, f"hold_{k}") for k in (1, 2, 3, 4)), reserve("acme", 1, "none")]
    yield script("many-holds", "Four holds use up the budget.", [*many, release("hold_2"), reserve("acme", 2, "again")])
    two = [
        ensure("acme", 10),
        ensure("zeta", 5),
        reserve("zeta", 6, "over"),
        reserve("acme", 10),
        reserve("zeta", 5, "own"),
    ]
    yield script("two-tenants", "Each tenant reserves its own money.", two, "TENANTS_MIXED")


def _overflow() -> Iterator[Question]:
    wraps = "LEDGER_WRAPS"
    for held in (1, 2, 100, I64_MAX // 2 + 1, I64_MAX):
        for past in (-1, 0, 1, 2):
            cost = I64_MAX - held + past
            if 0 < cost <= I64_MAX:
                steps = [ensure("acme", I64_MAX), reserve("acme", held), reserve("acme", cost, "second"), release()]
                about = f"{held:,} is held, {cost:,} is asked for: {'an' if past <= 0 else 'no'} i64."
                yield script(f"held-{held}-cost-{cost}", about, steps, wraps)
    order = [ensure("acme", 10), reserve("acme", 1), cap("acme", 5), reserve("acme", I64_MAX, "over")]
    yield script("before-the-cap", "Overflow is asked before the cap and the money.", order, wraps, "RESERVE_ORDER")
    then = [ensure("acme", I64_MAX), reserve("acme", 7), reserve("acme", I64_MAX, "over"), release("over"), release()]
    yield script("then-release", "What overflowed left no hold; the first is released.", then, wraps)


def _reserve_order() -> Iterator[Question]:
    order = "RESERVE_ORDER"
    for cost in (10, 11, 20, 21):
        for limit in (10, 20):
            steps = [ensure("acme", 20), cap("acme", limit), reserve("acme", cost)]
            about = f"{cost} of 20 under a cap of {limit}: the cap is asked before the money."
            flags = (order,) if cost > 20 or (cost > limit) else ()
            yield script(f"cap-{limit}-cost-{cost}", about, steps, *flags, "CAP_BOUNDARY")
    for cost in (4, 5, 6, 7, I64_MAX - 5, I64_MAX - 4):
        steps = [ensure("acme", 11), reserve("acme", 5), cap("acme", 10), reserve("acme", cost, "second")]
        about = f"5 of 11 is held, the cap is 10, {cost:,} is asked for."
        yield script(f"held-5-cost-{cost}", about, steps, order)
    unknown = [cap("acme", 5), reserve("acme", 6), reserve("acme", 0)]
    yield script("cap-of-nobody", "A cap waits: the tenant is missing, not the room.", unknown, order)
    unknown = [reserve("acme", I64_MAX), reserve("acme", I64_MIN)]
    yield script("nobody", "The sign is asked before the tenant, the tenant before the rest.", unknown, order)
    nothing = [ensure("acme", 0), cap("acme", 1), reserve("acme", 2), reserve("acme", 1)]
    yield script("nothing-remains", "The cap answers for 2, the money for 1.", nothing, order)


def _commit() -> Iterator[Question]:
    settle, order = "SETTLEMENT_MONEY", "COMMIT_ORDER"
    for actual in (0, 1, 29, 30, 31, 99, 100, 101, 2**53 + 1, I64_MAX):
        steps = [ensure("acme", 100), reserve("acme", 30), commit(actual), release()]
        yield script(f"actual-{actual}", f"A hold of 30 of 100 is committed with {actual:,}.", steps, settle)
    for actual in (49, 50, 51, 79, 80, 81):
        steps = [
            ensure("acme", 100),
            reserve("acme", 50, "other"),
            reserve("acme", 30),
            commit(actual),
            commit(50, "other"),
        ]
        about = f"A hold of 30 beside one of 50, and 20: {actual} is committed, then 50."
        yield script(f"beside-{actual}", about, steps, settle)
    for actual in (-1, -30, -(2**53) - 1, I64_MIN):
        steps = [commit(actual), ensure("acme", 100), reserve("acme", 30), commit(actual), commit(30), commit(actual)]
        about = f"An actual cost of {actual:,} is invalid, with and without a hold; the hold stays."
        yield script(f"invalid-{-actual}", about, steps, order)
    for actual in (0, 1, I64_MAX):
        yield script(f"missing-{actual}", f"{actual:,} for a hold that never was.", [commit(actual)], order)
    full = [ensure("acme", 30), reserve("acme", 30), commit(30), reserve("acme", 1, "none")]
    yield script("everything", "All that there is is committed.", full, settle)
    zero = [ensure("acme", 30), reserve("acme", 30), commit(0), reserve("acme", 30, "again"), commit(30, "again")]
    yield script("zero-gives-all-back", "A commit of 0 closes the hold and gives everything back.", zero, settle)
    largest = [ensure("acme", I64_MAX), reserve("acme", I64_MAX), commit(I64_MAX)]
    yield script("largest", "All of 2^63 - 1 is committed.", largest, "DOUBLE_PRECISION")
    for actual in (1, I64_MAX - 1):
        steps = [ensure("acme", I64_MAX), reserve("acme", I64_MAX), commit(actual)]
        yield script(
            f"largest-hold-{actual}", f"Of a hold of 2^63 - 1 {actual:,} is spent.", steps, settle, "DOUBLE_PRECISION"
        )
        steps = [ensure("acme", I64_MAX), reserve("acme", 1), commit(actual)]
        yield script(f"smallest-hold-{actual}", f"A hold of 1 of 2^63 - 1 takes {actual:,}.", steps, settle)
    for actual in (I64_MAX - 11, I64_MAX - 10, I64_MAX - 9):
        steps = [ensure("acme", I64_MAX), *spent("acme", 10), reserve("acme", 5), commit(actual)]
        about = f"10 is committed, {actual:,} is to be, 2^63 - 11 is there."
        yield script(f"overflow-{actual}", about, steps, "LEDGER_WRAPS")
    two = [
        ensure("acme", 100),
        ensure("zeta", 100),
        reserve("zeta", 30, "its"),
        reserve("acme", 20),
        commit(25),
        commit(31, "its"),
    ]
    yield script("two-tenants", "A hold is settled with its own tenant.", two, "TENANTS_MIXED")


def _commit_order() -> Iterator[Question]:
    order = "COMMIT_ORDER"
    overflow = [ensure("acme", 10), *spent("acme", 3), reserve("acme", 5), commit(I64_MAX), release()]
    yield script("overflow-and-overrun", "Both are true: overflow is reported.", overflow, order, "LEDGER_WRAPS")
    for actual in (I64_MAX - 3, I64_MAX - 2):
        steps = [ensure("acme", 10), *spent("acme", 3), reserve("acme", 5), commit(actual)]
        about = f"3 and {actual:,}: {'overrun' if actual == I64_MAX - 3 else 'overflow'}."
        yield script(f"edge-{actual}", about, steps, order)
    closed = [ensure("acme", 10), *spent("acme", 3, "first"), commit(I64_MAX), commit(-1), commit(100)]
    yield script(
        "closed-hold",
        "A closed hold is missing, whatever it is committed with; a negative cost is invalid.",
        closed,
        order,
    )


def _release() -> Iterator[Question]:
    settle = "SETTLEMENT_MONEY"
    for held in (1, 30, 100):
        steps = [ensure("acme", 100), reserve("acme", held), release(), reserve("acme", 100, "all")]
        yield script(f"hold-{held}", f"A hold of {held} of 100 comes back.", steps, settle)
    largest = [ensure("acme", I64_MAX), reserve("acme", I64_MAX), release()]
    yield script("largest", "A hold of 2^63 - 1 comes back.", largest, "DOUBLE_PRECISION")
    yield script("missing", "A hold that never was.", [release()], "HOLD_CLOSED_TWICE")
    two = [
        ensure("acme", 9),
        ensure("zeta", 7),
        reserve("zeta", 3, "its"),
        reserve("acme", 2),
        release("its"),
        release(),
    ]
    yield script("two-tenants", "Each hold goes back to its tenant.", two, "TENANTS_MIXED")
    more = [ensure("acme", 9), reserve("acme", 9), top_up("acme", 1), release()]
    yield script("behind-a-top-up", "A hold comes back beside what was granted meanwhile.", more, settle)
    spent_more = [ensure("acme", 9), reserve("acme", 2), reserve("acme", 3, "second"), commit(5, "second"), release()]
    yield script(
        "behind-an-overrun", "One hold is released behind a commit that needed more than its own.", spent_more, settle
    )


def _kept() -> Iterator[Question]:
    drops = "COMMIT_DROPS_HOLD"
    tries = {
        "released": release(),
        "committed": commit(30),
        "committed-with-more": commit(50),
        "committed-with-zero": commit(0),
        "overrun-again": commit(51),
    }
    for word, last in tries.items():
        steps = [ensure("acme", 50), reserve("acme", 30), commit(51), last, release()]
        yield script(f"overrun-then-{word}", f"The hold stays open behind an overrun: {word}.", steps, drops)
        full = [ensure("acme", 50), *spent("acme", 1), reserve("acme", 30), commit(I64_MAX), last, release()]
        yield script(f"overflow-then-{word}", f"The hold stays open behind an overflow: {word}.", full, drops)
        bad = [ensure("acme", 50), reserve("acme", 30), commit(-1), last, release()]
        yield script(f"invalid-then-{word}", f"The hold stays open behind an invalid amount: {word}.", bad, drops)
    later = [ensure("acme", 50), reserve("acme", 30), commit(60), top_up("acme", 10), commit(60)]
    yield script("overrun-then-topped-up", "An overrun is paid behind a top-up.", later, drops)
    freed = [
        ensure("acme", 50),
        reserve("acme", 20, "other"),
        reserve("acme", 30),
        commit(40),
        release("other"),
        commit(40),
    ]
    yield script("overrun-then-freed", "An overrun is paid behind the release of another hold.", freed, drops)
    other = [
        ensure("acme", 50),
        reserve("acme", 20, "other"),
        reserve("acme", 30),
        commit(60),
        commit(20, "other"),
        release(),
    ]
    yield script("overrun-beside-another", "An overrun touches no other hold.", other, drops)


def _closed() -> Iterator[Question]:
    twice = "HOLD_CLOSED_TWICE"
    first = {
        "committed": commit(20),
        "released": release(),
        "committed-with-zero": commit(0),
        "committed-with-more": commit(40),
    }
    second = {"committed": commit(20), "released": release(), "committed-with-zero": commit(0)}
    for once, one in first.items():
        for again, two in second.items():
            steps = [ensure("acme", 50), reserve("acme", 30), one, two]
            yield script(f"{once}-then-{again}", f"A hold that was {once} is closed: {again} finds none.", steps, twice)
    reuse = [ensure("acme", 50), reserve("acme", 10), reserve("acme", 20), release(), release()]
    yield script("label-of-two", "A label that is used again stands for the later hold; the earlier stays open.", reuse)
    refused = [ensure("acme", 50), reserve("acme", 10), reserve("acme", 60), release(), commit(1)]
    yield script("label-refused", "A label whose reservation was refused stands for none.", refused, twice)
    fresh = [ensure("acme", 50), reserve("acme", 10), release(), reserve("acme", 20), commit(15), commit(1)]
    yield script("label-fresh", "A label that is used again behind a release stands for the new hold.", fresh, twice)
    unknown = [ensure("acme", 50), reserve("acme", 10), release("second"), commit(1, "second"), commit(10)]
    yield script("other-label", "Another label is another hold, which there is not.", unknown, twice)
    third = [
        ensure("acme", 9),
        reserve("acme", 3),
        release(),
        reserve("acme", 4, "second"),
        release(),
        commit(4, "second"),
    ]
    yield script(
        "never-issued-again", "The id of a closed hold is not given to the next one.", third, twice, "HOLD_ID_REUSED"
    )
    swap = [
        ensure("acme", 9),
        ensure("zeta", 9),
        reserve("acme", 3),
        commit(3),
        reserve("zeta", 4, "second"),
        commit(4),
    ]
    about = "The id of a closed hold is not given to one of another tenant."
    yield script("never-issued-to-another", about, [*swap, release(), release("second")], twice, "HOLD_ID_REUSED")


RESERVE = {"reserve": _reserve, "reserve-overflow": _overflow, "reserve-order": _reserve_order}
SETTLE = {"commit": _commit, "commit-order": _commit_order, "release": _release}
HOLDS = {"kept": _kept, "closed": _closed}
