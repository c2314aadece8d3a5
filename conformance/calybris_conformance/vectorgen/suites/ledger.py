"""Ledgers as records: conservation, and what may be restored (LEDGER-10, LEDGER-11)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.ledgers import BEHIND_BY_UTF16, LOOK_ALIKE, ledger, tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

#: What makes a tenant fail one check of LEDGER-11, in the order of the checks; the id of the first is that of another.
_FAULTS: dict[str, Record] = {
    "duplicate": {"tenant_id": "acme"},
    "reserved": {"reserved_microcents": 3},
    "remaining": {"remaining_microcents": -4},
    "initial": {"initial_microcents": -5},
    "committed": {"committed_microcents": -6},
}


def files() -> Iterator[Draft]:
    """Conservation, and restores."""
    conservation = (
        Group("balanced", tuple(_balanced())),
        Group("deltas", tuple(_deltas())),
        Group("overflow", tuple(_overflows())),
        Group("first-tenant", tuple(_first_tenant())),
    )
    yield Draft(
        "ledger", "conservation", "ledger.conservation", "Whether a ledger is in balance", "LEDGER-10", conservation
    )
    restores = (
        Group("restored", tuple(_restored())),
        Group("versions", tuple(_versions())),
        Group("refused", tuple(_refused())),
        Group("pairs", tuple(_pairs())),
        Group("passes", tuple(_passes())),
    )
    yield Draft(
        "ledger",
        "restore",
        "ledger.restore",
        "What may be restored, and what it becomes",
        "LEDGER-9 LEDGER-11",
        restores,
    )


def _ask(name: str, about: str, snapshot: Record, *flags: str) -> Question:
    return Question(name, about, {"snapshot": snapshot}, flags)


def _balanced() -> Iterator[Question]:
    yield _ask("no-tenants", "A ledger without tenants is in balance.", ledger())
    yield _ask("one", "One tenant, in balance.", ledger(tenant("acme", 50, 30, 20)))
    yield _ask("zero", "A tenant with nothing.", ledger(tenant("acme", 0, 0)))
    for word, amounts in {
        "largest-remaining": (I64_MAX, 0, 0),
        "largest-reserved": (0, 0, I64_MAX),
        "largest-committed": (0, I64_MAX, 0),
        "largest-sum": (I64_MAX - 3, 2, 1),
        "negative-reserved": (10, 5, -3),
        "negative-committed": (10, -5, 3),
        "negative-initial": (0, -7, -8),
        "smallest-reserved": (0, 0, I64_MIN),
        "passes-i64-on-the-way": (I64_MAX, I64_MIN, I64_MAX),
    }.items():
        flags = ("CONSERVATION_OVERFLOW",) if word == "passes-i64-on-the-way" else ()
        shown = ", ".join(f"{one:,}" for one in amounts)
        about = f"remaining, committed, reserved {shown}: only the sum and remaining count."
        yield _ask(word, about, ledger(tenant("acme", *amounts)), *flags)
    yield _ask("open-holds", "The number of open holds is not looked at.", ledger(tenant(), active=U64))
    yield _ask("same-id", "Two tenants with one id are not looked for.", ledger(tenant(), tenant()))
    huge = ledger(tenant("a", I64_MAX, 0), tenant("b", I64_MAX, 0))
    yield _ask("totals-overflow", "Sums over several tenants are not asked.", huge, "CONSERVATION_OVER_ALL")
    spread = ledger(tenant("a", 5, 5, initial=11), tenant("b", 5, 5, initial=9))
    yield _ask("unbalanced-in-sum-balanced", "Two tenants whose faults cancel out.", spread, "CONSERVATION_OVER_ALL")


def _deltas() -> Iterator[Question]:
    exact = "CONSERVATION_DELTA"
    for delta in (1, -1, 2, -100, 2**53 + 1, -(2**53) - 1):
        snapshot = ledger(tenant("acme", 50, 30, 20, initial=100 - delta))
        yield _ask(f"delta-{'minus-' if delta < 0 else ''}{abs(delta)}", f"The sum is {delta:,} off.", snapshot, exact)
    for word, one in {
        "initial-smallest": tenant("acme", I64_MAX, 0, initial=I64_MIN),
        "initial-smallest-sum-0": tenant("acme", 0, 0, initial=I64_MIN),
        "initial-smallest-sum-minus-1": tenant("acme", 0, -1, initial=I64_MIN),
        "initial-largest": tenant("acme", 0, I64_MIN, initial=I64_MAX),
        "initial-largest-sum-minus-1": tenant("acme", 0, -1, initial=I64_MAX),
        "initial-largest-sum-minus-2": tenant("acme", 0, -2, initial=I64_MAX),
        "initial-minus-1-sum-largest": tenant("acme", I64_MAX, 0, initial=-1),
        "initial-0-sum-largest": tenant("acme", I64_MAX, 0, initial=0),
        "initial-0-sum-smallest": tenant("acme", 0, I64_MIN, initial=0),
    }.items():
        yield _ask(word, "The delta is exact, and may need 65 bits.", ledger(one), exact)
    for remaining in (-1, -2, -(2**53) - 1, I64_MIN + 1, I64_MIN):
        snapshot = ledger(tenant("acme", remaining, 0))
        about = f"In balance, and {remaining:,} remains: that is the delta."
        yield _ask(f"remaining-minus-{-remaining}", about, snapshot, "CONSERVATION_SIGN")
    both = ledger(tenant("acme", -5, 2, initial=0))
    yield _ask("off-and-negative", "Off balance and negative: the difference is the delta.", both, "CONSERVATION_ORDER")
    same = ledger(tenant("acme", -5, 0, initial=0))
    yield _ask("off-by-the-negative", "Off balance by just what is negative.", same)
    yield _ask(
        "negative-covered",
        "Negative, and covered by what is committed.",
        ledger(tenant("acme", -5, 5)),
        "CONSERVATION_SIGN",
    )


def _overflows() -> Iterator[Question]:
    flag = "CONSERVATION_OVERFLOW"
    for word, amounts in {
        "one-above": (I64_MAX, 1, 0),
        "one-above-reserved": (I64_MAX, 0, 1),
        "far-above": (I64_MAX, I64_MAX, I64_MAX),
        "wraps-to-minus-2": (I64_MAX, I64_MAX, 0),
        "wraps-to-zero": (I64_MAX, I64_MAX, 2),
        "one-below": (0, I64_MIN, -1),
        "far-below": (I64_MIN, I64_MIN, I64_MIN),
    }.items():
        wrapped = (sum(amounts) + 2**63) % 2**64 - 2**63
        snapshot = ledger(tenant("acme", *amounts, initial=wrapped))
        yield _ask(word, f"The sum is no i64; in 64 bits it would be {wrapped:,}, which initial is.", snapshot, flag)
    saturated = ledger(tenant("acme", I64_MAX, 5, initial=I64_MAX))
    yield _ask(
        "saturates-to-initial", "The sum is no i64; cut off at the largest it would be initial.", saturated, flag
    )
    low = ledger(tenant("acme", I64_MIN, -5, initial=I64_MIN))
    yield _ask(
        "saturates-below",
        "The sum is no i64, and remaining is negative: the sum is asked first.",
        low,
        flag,
        "CONSERVATION_ORDER",
    )
    other = ledger(tenant("acme", I64_MAX, 5, initial=0))
    yield _ask("not-initial-either", "The sum is no i64, and nothing like initial.", other, flag)


def _first_tenant() -> Iterator[Question]:
    order = "CONSERVATION_ORDER"
    faults = {
        "overflow": lambda name: tenant(name, I64_MAX, 1, initial=5),
        "off": lambda name: tenant(name, 5, 5, initial=3),
        "negative": lambda name: tenant(name, -5, 10),
    }
    for first in faults:
        for second in faults:
            snapshot = ledger(tenant("zeta"), faults[first]("mid"), faults[second]("acme"))
            about = f"The second of three tenants: {first}; the third: {second}. The first finding in the order given."
            yield _ask(f"{first}-before-{second}", about, snapshot, order)
    last = ledger(tenant("b"), tenant("a"), tenant("", 5, 5, initial=3))
    yield _ask("last", "Only the last tenant is off, and its id is empty.", last)
    emoji = ledger(tenant(), tenant("\U0001f600", 5, 5, initial=3))
    yield _ask("non-ascii", "The id comes back as it is.", emoji)


def _restored() -> Iterator[Question]:
    order = "TENANT_ORDER"
    yield _ask("no-tenants", "A ledger without tenants.", ledger())
    yield _ask("one", "One tenant.", ledger(tenant()))
    yield _ask("zero", "A tenant with nothing.", ledger(tenant("acme", 0, 0)))
    for word, ids in {
        "backwards": ("c", "b", "a"),
        "utf-16": BEHIND_BY_UTF16[::-1],
        "case": ("b", "A", "a", "B"),
        "prefixes": ("ab", "a", ""),
        "numbers": ("9", "10"),
        "planes": ("\U00010000", "\ud7ff", "\ue000", "\uffff"),
    }.items():
        snapshot = ledger(*(tenant(one, 5 + place, place) for place, one in enumerate(ids)))
        yield _ask(f"order-{word}", f"{', '.join(f'{one!a}' for one in ids)}: restored, and sorted.", snapshot, order)
    for word, (first, second) in LOOK_ALIKE.items():
        snapshot = ledger(tenant(first, 1, 2), tenant(second, 3, 4))
        yield _ask(f"look-alike-{word}", f"{first!a} and {second!a} are two.", snapshot, "TENANT_ID_FOLDED")
    for word, amounts in {
        "all-remaining": (I64_MAX, 0),
        "all-committed": (0, I64_MAX),
        "all-of-both": (I64_MAX - 1, 1),
    }.items():
        yield _ask(word, "Amounts at the edge.", ledger(tenant("acme", *amounts)), "DOUBLE_PRECISION")
    huge = ledger(tenant("a", I64_MAX, 0), tenant("b", 0, I64_MAX), tenant("c", 0, I64_MAX))
    yield _ask("totals-overflow", "Totals that are no i64 may be restored.", huge, "RESTORE_TOTALS")


def _versions() -> Iterator[Question]:
    for version in (0, 1, 2**32 - 1, 2**32, 2**53, 2**63 - 2, 2**63 - 1, 2**63, U64 - 2, U64 - 1, U64):
        flags = ("DOUBLE_PRECISION",) if version in (2**53, 2**63 - 1, U64 - 2) else ()
        about = f"Behind the version {version:,}: the next one, or the largest."
        yield _ask(f"version-{version}", about, ledger(tenant(), version=version), "SNAPSHOT_VERSION", *flags)
    for watermark in (0, 1, U64):
        about = f"A watermark of {watermark:,} is not kept."
        yield _ask(f"watermark-{watermark}", about, ledger(tenant(), watermark=watermark), "RESTORE_LEFTOVERS")


def _refused() -> Iterator[Question]:
    checks = "RESTORE_CHECKS"
    for active in (1, 2, 2**53 + 1, 2**63, U64):
        yield _ask(f"active-{active}", f"{active:,} open holds.", ledger(tenant(), active=active), checks)
    yield _ask("active-no-tenants", "An open hold, and nobody to hold it.", ledger(active=1), checks)
    for reserved in (1, -1, I64_MAX, I64_MIN):
        snapshot = ledger(tenant("acme", 0, 0, reserved))
        word = f"minus-{-reserved}" if reserved < 0 else reserved
        yield _ask(f"reserved-{word}", f"{reserved:,} is reserved, and no hold is open.", snapshot, checks)
    for field in ("remaining_microcents", "initial_microcents", "committed_microcents"):
        for value in (-1, I64_MIN):
            # initial takes what the others leave, so that a negative field is the one fault where it can be
            amounts = {
                "remaining_microcents": (value, 0),
                "committed_microcents": (-value if value == -1 else 0, value),
            }
            one = tenant(
                "acme", *amounts.get(field, (0, 0)), **({"initial": value} if field == "initial_microcents" else {})
            )
            if field == "remaining_microcents":
                one = {**one, "initial_microcents": 0}
            if field == "committed_microcents":
                one = {**one, "initial_microcents": max(0, one["initial_microcents"])}
            name = f"{field.removesuffix('_microcents')}-minus-{-value}"
            yield _ask(name, f"{field} is {value:,}.", ledger(one), checks)
    yield _ask("in-balance-remaining", "A negative remainder, in balance.", ledger(tenant("acme", -5, 10)), checks)
    yield _ask(
        "in-balance-committed", "A negative amount committed, in balance.", ledger(tenant("acme", 10, -5)), checks
    )
    for delta in (1, -1, 100, I64_MAX - 100):
        snapshot = ledger(tenant("a", 1, 2), tenant("b", 60, 40, initial=max(0, 100 - delta)))
        word = f"minus-{-delta}" if delta < 0 else delta
        yield _ask(f"unbalanced-{word}", "The second of two tenants is off balance.", snapshot, checks)
    overflow = ledger(tenant("a", 1, 2), tenant("b", I64_MAX, 1, initial=0))
    yield _ask("unbalanced-overflow", "The sum of the second tenant is no i64.", overflow, checks)
    for word, ids in {
        "neighbours": ("a", "a"),
        "apart": ("a", "b", "a"),
        "empty": ("", "a", ""),
        "third": ("b", "a", "a"),
    }.items():
        snapshot = ledger(*(tenant(one, 5 + place, place) for place, one in enumerate(ids)))
        yield _ask(f"duplicate-{word}", "A tenant that stands twice: the second is named.", snapshot, checks)
    yield _ask("duplicate-equal", "Two tenants that are equal in everything.", ledger(tenant(), tenant()), checks)
    three = ledger(tenant("b", 1, 1), tenant("a", 2, 2), tenant("b", 3, 3), tenant("a", 4, 4))
    yield _ask("duplicate-two-pairs", "Two ids stand twice: the earlier of the second ones is named.", three, checks)


def _pairs() -> Iterator[Question]:
    order = "RESTORE_ORDER"
    for first, second in combinations(_FAULTS, 2):
        one = tenant("beta") | _FAULTS[first] | _FAULTS[second]
        about = f"A tenant with two faults, {first} and {second}: {first} is reported."
        yield _ask(f"{first}-before-{second}", about, ledger(tenant("acme"), one), order)
    for fault, changes in _FAULTS.items():
        snapshot = ledger(tenant("acme"), tenant("beta") | changes, active=1)
        yield _ask(f"active-before-{fault}", f"An open hold, and {fault}: the hold is reported.", snapshot, order)
        snapshot = ledger(tenant("alfa", 5, 5, initial=3), tenant("acme"), tenant("beta") | changes)
        about = f"The first tenant is off balance, the last has the fault {fault}: balance is asked last."
        yield _ask(f"{fault}-before-unbalanced", about, snapshot, order)
    snapshot = ledger(tenant("acme", 5, 5, initial=3), active=1)
    yield _ask("active-before-unbalanced", "An open hold, and a tenant off balance.", snapshot, order)
    every = tenant("acme") | {key: value for changes in _FAULTS.values() for key, value in changes.items()}
    yield _ask("everything", "Every fault at once.", ledger(tenant("acme"), every, active=1), order)
    yield _ask("everything-but-active", "Every fault of a tenant at once.", ledger(tenant("acme"), every), order)


def _passes() -> Iterator[Question]:
    """Rows 2 to 6 are one pass: a tenant wholly before the next one."""
    for first, second in combinations(_FAULTS, 2):
        later, earlier = tenant("beta") | _FAULTS[second], tenant("gamma") | _FAULTS[first]
        about = (
            f"One tenant has {second}, the next {first}, which is the earlier check: the earlier tenant is reported."
        )
        yield _ask(f"{second}-then-{first}", about, ledger(tenant("acme"), later, earlier), "RESTORE_ORDER")
    two = ledger(tenant("b", 5, 5, initial=3), tenant("a", 5, 5, initial=4))
    yield _ask("two-unbalanced", "Two tenants off balance: the first in the order given.", two, "RESTORE_ORDER")
    mixed = ledger(tenant("b"), tenant("a", I64_MAX, 1, initial=4), tenant("c", 5, 5, initial=3))
    yield _ask("overflow-and-unbalanced", "One sum is no i64, the next is off.", mixed, "RESTORE_ORDER")
