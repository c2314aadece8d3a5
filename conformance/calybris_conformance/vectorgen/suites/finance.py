"""Financial proofs: conservation proofs and certificates of a snapshot (FIN-1, FIN-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.ledgers import BEHIND_BY_UTF16, ledger, tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

_SATURATED = "TOTALS_SATURATED"


def files() -> Iterator[Draft]:
    """One file per operation, over the same ledgers."""
    proofs = (
        Group("prove", tuple(Question(*one[:2], {"snapshot": one[2]}, one[3]) for one in (*_ledgers(), *_totals()))),
        Group("prove-refused", tuple(Question(*one[:2], {"snapshot": one[2]}, one[3]) for one in _unbalanced())),
    )
    yield Draft("finance", "prove", "finance.prove", "Conservation proofs", "FIN-1 DIGEST-8", proofs)
    certificates = (
        Group("certify", tuple(_certified((*_ledgers(), *_totals(), *_unbalanced())))),
        Group("certify-as-given", tuple(_as_given())),
    )
    yield Draft("finance", "certify", "finance.certify", "Certificates of a snapshot", "FIN-2 DIGEST-8", certificates)


Asked = tuple[str, str, "Record", tuple[str, ...]]
"""Name, what is special, snapshot, flags."""


def _ledgers() -> Iterator[Asked]:
    yield "no-tenants", "A ledger without tenants.", ledger(), ()
    yield "one", "One tenant.", ledger(tenant("acme", 50, 30, 20), version=5, active=3), ()
    yield "zero", "A tenant with nothing.", ledger(tenant("acme", 0, 0)), ()
    three = ledger(tenant("a", 1, 20), tenant("b", 300, 4_000), tenant("c", 50_000, 600_000, 7), active=1)
    yield "three", "Totals over three tenants.", three, ()
    yield "unsorted", "The digest sorts the tenants.", ledger(tenant("b", 1, 2), tenant("a", 3, 4)), ("TENANT_ORDER",)
    utf16 = ledger(*(tenant(one, 5 + place, 1) for place, one in enumerate(BEHIND_BY_UTF16)))
    yield "utf-16", "The digest sorts by bytes.", utf16, ("TENANT_ORDER",)
    yield "watermark", "The digest is with the watermark.", ledger(tenant(), watermark=9), ("LEDGER_WATERMARK",)
    yield "watermark-0", "A watermark of 0.", ledger(tenant(), watermark=0), ("LEDGER_WATERMARK",)
    for version in (0, 2**53 + 1, U64):
        yield (
            f"version-{version}",
            f"The version {version:,}.",
            ledger(tenant(), version=version),
            ("DOUBLE_PRECISION",),
        )
    yield "active-largest", "2^64 - 1 open holds.", ledger(tenant(), active=U64), ("DOUBLE_PRECISION",)
    yield "same-id", "Two tenants with one id are counted twice.", ledger(tenant(), tenant()), ()
    yield "negative-reserved", "In balance, with a negative amount reserved.", ledger(tenant("acme", 10, 5, -3)), ()


def _totals() -> Iterator[Asked]:
    for word, amounts in {
        "initial-largest": ((I64_MAX - 5, 0), (5, 0)),
        "initial-one-above": ((I64_MAX - 5, 0), (6, 0)),
        "initial-far-above": ((I64_MAX, 0), (I64_MAX, 0)),
        "initial-wraps-to-0": ((I64_MAX, 0), (I64_MAX, 0), (2, 0)),
        "committed-largest": ((0, I64_MAX - 5), (0, 5)),
        "committed-one-above": ((0, I64_MAX - 5), (0, 6)),
        "three-largest": ((0, I64_MAX), (0, I64_MAX), (0, I64_MAX)),
        "initial-smallest": ((0, I64_MIN + 5), (0, -5)),
        "one-below": ((0, I64_MIN + 5), (0, -6)),
        "far-below": ((0, I64_MIN), (0, I64_MIN)),
        "negative": ((0, -7), (0, -8)),
        "back-in-range": ((0, I64_MAX), (0, 1), (0, -1)),
        "back-in-range-below": ((0, I64_MIN), (0, -1), (0, 1)),
        "both-ends": ((0, I64_MAX), (0, I64_MIN), (0, I64_MAX)),
    }.items():
        snapshot = ledger(*(tenant(f"t{place}", *one) for place, one in enumerate(amounts)))
        fits = [-(2**63) <= total <= I64_MAX for total in (sum(a + b for a, b in amounts), sum(b for _, b in amounts))]
        flags = ("TOTALS_INTERMEDIATE",) if word.startswith(("back", "both")) else () if all(fits) else (_SATURATED,)
        yield f"totals-{word}", f"Totals at an edge: {word.replace('-', ' ')}.", snapshot, flags
    only_committed = ledger(tenant("a", 0, I64_MAX, -I64_MAX), tenant("b", 0, 1, -1))
    yield "totals-only-committed", "Initial fits, committed does not: neither is shown.", only_committed, (_SATURATED,)
    only_initial = ledger(tenant("a", I64_MAX, 0), tenant("b", 1, 5))
    yield "totals-only-initial", "Committed fits, initial does not: neither is shown.", only_initial, (_SATURATED,)


def _unbalanced() -> Iterator[Asked]:
    order = ("FINANCE_ORDER",)
    yield "off", "A tenant off balance.", ledger(tenant("a"), tenant("b", 5, 5, initial=3)), ("FINANCE_UNBALANCED",)
    yield "negative", "A negative remainder.", ledger(tenant("a", -5, 10)), ("FINANCE_UNBALANCED",)
    one = ledger(tenant("a", 1, 1), tenant("b", I64_MAX, 1, initial=0))
    yield "overflow", "The sum of one tenant is no i64.", one, ("FINANCE_UNBALANCED",)
    two = ledger(tenant("z", 1, 1), tenant("b", 5, 5, initial=3), tenant("a", 5, 5, initial=3))
    yield "two-off", "Two tenants off balance: the first in the order given.", two, ("FINANCE_UNBALANCED",)
    both = ledger(tenant("a", I64_MAX, 0), tenant("b", I64_MAX, 0), tenant("c", 5, 5, initial=3))
    yield "off-and-totals", "Off balance, and totals that are no i64: balance is asked first.", both, order
    low = ledger(tenant("a", 0, I64_MIN), tenant("b", -1, 0), active=2)
    yield "negative-and-totals", "A negative remainder, and totals that are no i64.", low, order


def _certified(asked: tuple[Asked, ...]) -> Iterator[Question]:
    for name, about, snapshot, flags in asked:
        kept = tuple(flag for flag in flags if flag not in ("FINANCE_ORDER", "FINANCE_UNBALANCED"))
        input_ = {"snapshot": snapshot, "conservation_balanced": True, "committed_since_last_certificate": 17}
        yield Question(name, about, input_, (*kept, "CERTIFICATE_AS_GIVEN") if name in ("off", "negative") else kept)


def _as_given() -> Iterator[Question]:
    given = ("CERTIFICATE_AS_GIVEN",)
    good, large = ledger(tenant()), ledger(tenant("a", I64_MAX, 0), tenant("b", 1, 0))
    off = ledger(tenant("a", 5, 5, initial=3))

    def ask(name: str, about: str, snapshot: Record, balanced: bool, committed: int, *more: str) -> Question:
        input_ = {
            "snapshot": snapshot,
            "conservation_balanced": balanced,
            "committed_since_last_certificate": committed,
        }
        return Question(name, about, input_, (*given, *more))

    yield ask("balanced-called-unbalanced", "A ledger in balance that is said not to be.", good, False, 1)
    yield ask("unbalanced-called-balanced", "A ledger off balance that is said to be in balance.", off, True, 1)
    yield ask("unbalanced-called-unbalanced", "A ledger off balance that is said to be.", off, False, 1)
    yield ask("large-called-balanced", "Totals that are no i64: never balanced.", large, True, 5, _SATURATED)
    yield ask("large-called-unbalanced", "Totals that are no i64, said to be off balance.", large, False, 5)
    for committed in (0, -1, 2**53 + 1, I64_MAX, I64_MIN):
        word = f"minus-{-committed}" if committed < 0 else committed
        about = f"{committed:,} committed since the last one, whatever the ledger says."
        yield ask(f"committed-{word}", about, good, True, committed)
