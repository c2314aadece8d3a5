"""Budget scripts with queries, snapshots, proofs and restores (LEDGER-8, LEDGER-9, LEDGER-11, FIN-1 to FIN-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.ledgers import (
    CERTIFY,
    PROVE,
    SNAPSHOT,
    cap,
    commit,
    ensure,
    ledger,
    query,
    release,
    reserve,
    restore,
    script,
    spent,
    tenant,
    top_up,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record
    from calybris_conformance.vectorgen.draft import Question

#: One snapshot for each refusal of LEDGER-11.
REFUSED: dict[str, Record] = {
    "active": ledger(tenant("zeta", 5, 5), active=1),
    "duplicate": ledger(tenant("zeta", 5, 5), tenant("zeta", 5, 5)),
    "reserved": ledger(tenant("zeta", 5, 5, 5)),
    "remaining": ledger(tenant("zeta", -5, 15)),
    "initial": ledger(tenant("zeta", 5, 5, initial=-5)),
    "committed": ledger(tenant("zeta", 15, -5)),
    "unbalanced": ledger(tenant("acme", 5, 5), tenant("zeta", 5, 5, initial=11)),
}


def _query() -> Iterator[Question]:
    unknown = "QUERY_UNKNOWN"
    yield script("nobody", "Nothing is known of a tenant that does not exist; nothing is reserved.", [query()], unknown)
    other = [ensure("zeta", 10), reserve("zeta", 3), query("acme"), query("zeta")]
    yield script("other", "An unknown tenant beside a known one.", other, unknown, "TENANTS_MIXED")
    capped = [cap("acme", 10), query(), ensure("acme", -1), query(), reserve("acme", 1), query()]
    yield script(
        "cap-is-no-tenant", "Neither a cap, nor a negative budget, nor a question makes a tenant.", capped, unknown
    )
    zero = [ensure("acme", 0), query(), ensure("", 0), query("")]
    yield script("zero", "A tenant with nothing is known, and has 0.", zero, unknown)
    steps = [
        ensure("acme", 100),
        query(),
        *spent("acme", 30),
        query(),
        reserve("acme", 20),
        query(),
        release(),
        query(),
    ]
    yield script("fields", "Every field behind every kind of step.", steps)
    two = [
        ensure("acme", 100),
        ensure("zeta", 50),
        reserve("zeta", 5),
        reserve("acme", 7, "second"),
        query(),
        query("zeta"),
    ]
    yield script(
        "two-tenants",
        "Counts and totals are over all tenants, fields of one.",
        [*two, commit(2), query()],
        "TENANTS_MIXED",
    )
    refused = [
        ensure("acme", 10),
        reserve("acme", 11),
        query(),
        reserve("acme", 5),
        commit(11),
        query(),
        commit(-1),
        query(),
    ]
    yield script("refusals-count-nothing", "What was refused is in no number.", refused)


def _totals() -> Iterator[Question]:
    total = "TOTAL_SATURATES"
    for second in (1, 2, 3, 1000, I64_MAX):
        first = I64_MAX - 2
        steps = [ensure("acme", first), ensure("zeta", I64_MAX), *spent("acme", first), *spent("zeta", second), query()]
        flags = (total,) if second > 2 else ()
        about = f"2^63 - 3 and {second:,} are committed: {'no' if second > 2 else 'an'} i64."
        yield script(f"committed-{second}", about, steps, *flags)
    names = ("a", "b", "c")
    three = [step for one in names for step in (ensure(one, I64_MAX), *spent(one, I64_MAX), query(one))]
    yield script("three-times-the-largest", "The sum of three needs 65 bits and more.", three, total)
    back = [ensure("acme", I64_MAX), ensure("zeta", 10), *spent("acme", I64_MAX), *spent("zeta", 1), query()]
    back += [restore(ledger(tenant("acme", 0, I64_MAX))), query()]
    yield script("fits-again", "Behind a restore the total fits again.", back, total)


def _versions() -> Iterator[Question]:
    version = "SNAPSHOT_VERSION"
    yield script("first", "The first snapshot of an empty ledger has the version 1.", [SNAPSHOT, SNAPSHOT], version)
    every = [ensure("acme", 10), SNAPSHOT, PROVE, CERTIFY, SNAPSHOT, CERTIFY, PROVE, SNAPSHOT]
    yield script("proofs-and-certificates", "Proofs and certificates take snapshots, too.", every, version)
    for word, first in {"prove": PROVE, "certify": CERTIFY}.items():
        yield script(f"{word}-first", f"{word} takes the first snapshot.", [first, SNAPSHOT], version)
    steps = [ensure("acme", 10), SNAPSHOT, reserve("acme", 4), commit(11), release(), SNAPSHOT]
    yield script("steps-take-none", "No other step takes a snapshot.", steps, version)
    large = [ensure("acme", I64_MAX), ensure("zeta", 1), PROVE, SNAPSHOT, PROVE, CERTIFY, SNAPSHOT]
    yield script(
        "refused-proof-counts", "A proof that is refused has taken its snapshot.", large, version, "TOTALS_SATURATED"
    )
    for before in (0, 1, 2**31 - 1, 2**32 - 1, 2**53, 2**63 - 1, U64 - 2, U64 - 1, U64):
        steps = [restore(ledger(tenant(), version=before)), SNAPSHOT, PROVE, CERTIFY, SNAPSHOT]
        flags = ("DOUBLE_PRECISION",) if before in (2**53, 2**63 - 1, U64 - 2) else ()
        about = f"Behind a snapshot with the version {before:,}; the largest version stays."
        yield script(f"behind-{before}", about, steps, version, *flags)
    held = [ensure("acme", 10), reserve("acme", 4), SNAPSHOT, PROVE, CERTIFY, reserve("acme", 1, "second"), SNAPSHOT]
    yield script("open-holds", "Open holds are in snapshots, proofs and certificates.", held)


def _contents() -> Iterator[Question]:
    for word, ids in {
        "utf-16": ("\U0001f600", "\uffff"),
        "created-backwards": ("c", "b", "a", ""),
        "case": ("b", "A", "a", "B"),
        "numbers": ("9", "10"),
    }.items():
        steps = [*(ensure(one, 5 + place) for place, one in enumerate(ids)), SNAPSHOT, PROVE, CERTIFY]
        yield script(f"order-{word}", "Tenants are sorted by the bytes of their ids.", steps, "TENANT_ORDER")
    every = [ensure("acme", 100), *spent("acme", 30), reserve("acme", 20), top_up("acme", 7), SNAPSHOT, PROVE, CERTIFY]
    yield script("every-field", "A tenant with four different amounts.", every)
    zero = [ensure("acme", 0), SNAPSHOT, PROVE, CERTIFY]
    yield script("zero", "A tenant with nothing is in the snapshot.", zero)
    caps = [cap("acme", 5), SNAPSHOT, ensure("acme", 10), SNAPSHOT]
    yield script("no-caps", "A snapshot holds no caps, and no tenant that has only a cap.", caps)
    for word, budgets in {"fit": (I64_MAX - 1, 1), "overflow": (I64_MAX, 1), "far": (I64_MAX, I64_MAX)}.items():
        steps = [ensure("acme", budgets[0]), ensure("zeta", budgets[1]), PROVE, CERTIFY]
        flags = () if word == "fit" else ("TOTALS_SATURATED",)
        yield script(f"totals-{word}", f"Budgets of {budgets[0]:,} and {budgets[1]:,}.", steps, *flags)


def _restored() -> Iterator[Question]:
    left = "RESTORE_LEFTOVERS"
    fresh = ledger(tenant("acme", 60, 40), version=7)
    used = [ensure("acme", 100), ensure("zeta", 50), reserve("zeta", 5, "old")]
    gone = [*used, restore(fresh), query("acme"), query("zeta"), top_up("zeta", 1), ensure("zeta", 3)]
    yield script("replaces-tenants", "What the snapshot does not have is gone.", gone, left)
    holds = [*used, restore(ledger(tenant("acme"), tenant("zeta"))), release("old"), commit(1, "old"), query("zeta")]
    yield script("old-holds-are-dead", "A hold from before is open no more.", holds, left)
    ids = [*used, restore(fresh), reserve("acme", 9, "new"), release("old"), commit(1, "old"), release("new")]
    yield script(
        "old-ids-stay-dead",
        "The first hold behind a restore has not the id of one from before.",
        ids,
        left,
        "HOLD_ID_REUSED",
    )
    many = [ensure("acme", 9), reserve("acme", 1, "old"), reserve("acme", 2, "older"), restore(fresh)]
    many += [
        reserve("acme", 3, "new"),
        reserve("acme", 4, "newer"),
        commit(1, "older"),
        release("old"),
        release("newer"),
        commit(3, "new"),
    ]
    yield script("old-ids-stay-dead-twice", "Two holds from before, two behind.", many, left, "HOLD_ID_REUSED")
    capped = [ensure("acme", 100), cap("acme", 5), restore(fresh), reserve("acme", 50)]
    yield script("caps-are-gone", "A cap from before is gone.", capped, left)
    waiting = [cap("zeta", 5), restore(fresh), ensure("zeta", 100), reserve("zeta", 50)]
    yield script("waiting-caps-are-gone", "A cap that waited for its tenant is gone.", waiting, left)
    again = [restore(fresh), cap("acme", 5), reserve("acme", 6), reserve("acme", 5), SNAPSHOT]
    yield script("caps-behind", "A cap set behind a restore counts.", again)
    closed = [*used, commit(5, "old"), restore(fresh), release("old"), SNAPSHOT]
    yield script("closed-holds", "A hold that was closed before is still closed.", closed, left)
    sorted_ = [restore(ledger(tenant("b", 1, 2), tenant("a", 3, 4), tenant("", 5, 6))), SNAPSHOT]
    yield script(
        "unsorted", "The tenants of a snapshot may stand in any order; the ledger sorts.", sorted_, "TENANT_ORDER"
    )
    lone = [ensure("acme", 1), SNAPSHOT, restore(ledger(version=9)), SNAPSHOT, query(), ensure("acme", 4), SNAPSHOT]
    yield script("nothing", "A snapshot without tenants empties the ledger.", lone, left)
    mark = [restore(ledger(tenant(), watermark=12)), SNAPSHOT, PROVE]
    yield script("watermark", "The watermark of a snapshot is not kept: only a checkpoint sets one.", mark, left)
    back = [
        ensure("acme", 100),
        SNAPSHOT,
        *spent("acme", 10),
        SNAPSHOT,
        restore(ledger(tenant("acme", 100, 0), version=1)),
        SNAPSHOT,
    ]
    yield script(
        "version-goes-back",
        "The version continues from the snapshot, also when that is lower.",
        back,
        "SNAPSHOT_VERSION",
    )
    twice = [restore(fresh), reserve("acme", 9), restore(fresh), SNAPSHOT, release(), SNAPSHOT]
    yield script("twice", "The same snapshot, twice.", twice, left, "SNAPSHOT_VERSION")
    works = [restore(fresh), top_up("acme", 5), reserve("acme", 65), commit(60), ensure("acme", 1), query()]
    yield script("works-on", "A restored ledger is an ordinary one.", works)
    full = [restore(ledger(tenant("acme", I64_MAX - 9, 9))), reserve("acme", 5), commit(I64_MAX), top_up("acme", 1)]
    yield script("at-the-edge", "A restored tenant at the edge of i64.", full, "LEDGER_WRAPS")


def _refused() -> Iterator[Question]:
    atomic = "RESTORE_NOT_ATOMIC"
    for word, snapshot in REFUSED.items():
        before = [
            ensure("acme", 100),
            cap("acme", 60),
            *spent("acme", 10),
            CERTIFY,
            *spent("acme", 5),
            reserve("acme", 20),
        ]
        behind = [query("zeta"), query(), reserve("acme", 41, "over"), commit(15), SNAPSHOT, CERTIFY]
        about = f"A refused restore ({word}) leaves tenants, holds, caps, version and baseline as they were."
        yield script(word, about, [*before, restore(snapshot), *behind], atomic)
    late = ledger(tenant("acme", 1, 2), tenant("beta", 3, 4), tenant("zeta", -1, 5))
    steps = [ensure("acme", 100), restore(late), query("acme"), query("beta"), SNAPSHOT]
    yield script("at-the-last-tenant", "The last of three tenants is refused: none is taken over.", steps, atomic)
    again = [restore(REFUSED["unbalanced"]), SNAPSHOT, restore(ledger(tenant("zeta", 5, 5), version=40)), SNAPSHOT]
    yield script("then-a-good-one", "A refused restore, and one that is taken.", again, atomic)


def _baseline() -> Iterator[Question]:
    base = "CERTIFICATE_BASELINE"
    yield script("nothing", "Nothing was committed.", [CERTIFY, CERTIFY], base)
    steps = [ensure("acme", 100), *spent("acme", 10), CERTIFY, CERTIFY, *spent("acme", 7), query(), CERTIFY, query()]
    yield script("between", "Each certificate tells what was committed since the one before.", steps, base)
    proof = [ensure("acme", 100), *spent("acme", 10), PROVE, SNAPSHOT, query(), CERTIFY]
    yield script("proofs-move-nothing", "Proofs and snapshots do not move the baseline.", proof, base)
    two = [
        ensure("a", 100),
        ensure("b", 100),
        *spent("a", 1),
        *spent("b", 2),
        CERTIFY,
        *spent("b", 4),
        CERTIFY,
        query("a"),
    ]
    yield script("over-all-tenants", "The baseline is about all tenants together.", two, base)
    held = [ensure("acme", 100), reserve("acme", 30), CERTIFY, release(), CERTIFY, top_up("acme", 5), CERTIFY]
    yield script("holds-are-not-spent", "Holds and top-ups are not committed.", held, base)
    zero = [ensure("acme", 100), reserve("acme", 30), commit(0), CERTIFY, *spent("acme", 1), CERTIFY]
    yield script("zero-is-not-spent", "A commit of 0 adds nothing.", zero, base)
    for committed in (0, 1, 40, I64_MAX - 60):
        steps = [restore(ledger(tenant("acme", 60, committed))), query(), CERTIFY, *spent("acme", 3), query(), CERTIFY]
        flags = (base, "RESTORE_LEFTOVERS") if committed else (base,)
        about = f"What a restored snapshot has committed, {committed:,}, counts as certified."
        yield script(f"restored-{committed}", about, steps, *flags)
    lower = [
        ensure("acme", 100),
        *spent("acme", 90),
        CERTIFY,
        restore(ledger(tenant("acme", 90, 10))),
        query(),
        CERTIFY,
    ]
    lower += [*spent("acme", 5), query(), CERTIFY]
    yield script(
        "restored-below",
        "Behind a restore the baseline is the snapshot's total, also when it was higher.",
        lower,
        base,
        "RESTORE_LEFTOVERS",
    )
    higher = [
        ensure("acme", 100),
        *spent("acme", 5),
        restore(ledger(tenant("acme", 10, 90))),
        *spent("acme", 2),
        CERTIFY,
    ]
    yield script(
        "restored-above", "What was committed before a restore is certified with it.", higher, base, "RESTORE_LEFTOVERS"
    )
    edge = [ensure("acme", I64_MAX), ensure("zeta", I64_MAX), *spent("acme", I64_MAX - 5), CERTIFY]
    edge += [*spent("zeta", 9), query(), CERTIFY, query(), *spent("zeta", 100), query(), CERTIFY]
    yield script(
        "saturated",
        "The total saturates: 5 of 9 are seen, then none of 100.",
        edge,
        base,
        "TOTAL_SATURATES",
        "TOTALS_SATURATED",
    )
    far = [
        restore(ledger(tenant("a", 5, I64_MAX - 5), tenant("b", 9, I64_MAX - 9))),
        query(),
        *spent("b", 9),
        query(),
        CERTIFY,
    ]
    yield script("restored-saturated", "The total of a restored snapshot saturates.", far, base, "TOTAL_SATURATES")
    refused = [ensure("a", I64_MAX), ensure("b", 1), *spent("b", 1), PROVE, query("b"), CERTIFY, query("b"), CERTIFY]
    about = "A certificate whose totals are not representable tells what was committed, and moves the baseline."
    yield script("not-representable", about, refused, base, "TOTALS_SATURATED")
    empty = [ensure("acme", 100), *spent("acme", 10), CERTIFY, restore(ledger()), query(), CERTIFY, ensure("acme", 5)]
    yield script(
        "restored-empty", "A ledger without tenants has committed nothing.", [*empty, *spent("acme", 4), CERTIFY], base
    )
    negative = [ensure("acme", 10), reserve("acme", 5), commit(I64_MIN), CERTIFY]
    yield script("refused-commit", "A refused commit is not committed.", negative, base)


QUERY = {"query": _query}
SNAPSHOT_GROUPS = {"versions": _versions, "contents": _contents}
RESTORE = {"totals": _totals, "restored": _restored, "refused": _refused}
BASELINE = {"baseline": _baseline}
