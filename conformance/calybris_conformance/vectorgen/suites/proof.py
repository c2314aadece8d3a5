"""Proof envelopes: sealed, attached, and checked in order (PROOF-1 to PROOF-3)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.answers import ok
from calybris_conformance.vectorgen.builders import U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.records import GIVEN, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

_REPLAY, _COMPLETE, _ORDER = "ENVELOPE_REPLAY", "ENVELOPE_COMPLETE", "ENVELOPE_ORDER"
_HASH, _LEDGER = "1" * 63 + "a", "2" * 63 + "b"
_WAL, _BUDGET = {"sequence": 7, "entry_hash": _HASH}, {"version": 3, "ledger_digest_hex": _LEDGER}
_DIGESTS = ("policy_digest_hex", "input_digest_hex", "decision_digest_hex", "wal_entry_hash", "ledger_digest_hex")
_PARTS = ("wal_sequence", "wal_entry_hash", "budget_snapshot_version", "ledger_digest_hex")
#: One wrong value for each check, in the order of PROOF-3.
_FAULTS: dict[str, Record] = {
    "version": {"proof_version": 2},
    "replay": {"replay_valid": False},
    **{f"no-{part.replace('_', '-')}": {part: None} for part in _PARTS},
    "sequence-zero": {"wal_sequence": 0},
    **{f"bad-{digest.replace('_', '-')}": {digest: "00"} for digest in _DIGESTS},
}
_NOT_CANONICAL = {
    "uppercase": _LEDGER.upper(),
    "one-uppercase": _LEDGER[:-1] + "B",
    "short": _LEDGER[1:],
    "long": _LEDGER + "0",
    "empty": "",
    "not-hex": "g" * 64,
    "space-before": " " + _LEDGER[1:],
    "space-behind": _LEDGER[:-1] + " ",
    "line-feed": _LEDGER + "\n",
    "full-width": "０" * 64,
    "arabic": "٠" * 64,
    "two-bytes": "é" * 32,
}


def files() -> Iterator[Draft]:
    """One file per operation."""
    sealed = (Group("seal", tuple(_sealed()), GIVEN), Group("attach", tuple(_attached()), GIVEN))
    yield Draft(
        "proof", "seal", "proof.seal", "Envelopes of decisions, with and without parts", "PROOF-1 PROOF-2", sealed
    )
    checked = (Group("validate", tuple(_validated())), Group("validate-order", tuple(_ordered())))
    title = "An envelope from elsewhere is checked, in order"
    yield Draft(
        "proof", "validate", "proof.validate", title, "PROOF-3", (*checked, Group("digests", tuple(_digests())))
    )


def _question(asked: str, decided: str, wal: Record | None = None, budget: Record | None = None) -> Record:
    return {"request": REQUESTS[asked], "decided_for": REQUESTS[decided], "wal": wal, "budget": budget}


def _sealed() -> Iterator[Question]:
    for mine in REQUESTS:
        for other in REQUESTS:
            about = "Its own decision." if mine == other else f"The decision for {other}, sealed for {mine}."
            flags = () if mine == other else (_REPLAY,)
            yield Question(f"{mine}-with-{other}", about, _question(mine, other), flags)


def _attached() -> Iterator[Question]:
    for name, about, wal, budget, flags in (
        ("both", "Both parts: complete.", _WAL, _BUDGET, (_COMPLETE,)),
        ("only-wal", "Only its place in the log.", _WAL, None, (_COMPLETE,)),
        ("only-budget", "Only the ledger.", None, _BUDGET, (_COMPLETE,)),
        (
            "zero",
            "A sequence and a version of 0 are there.",
            {**_WAL, "sequence": 0},
            {**_BUDGET, "version": 0},
            (_COMPLETE,),
        ),
        (
            "empty",
            "Empty hashes are there.",
            {**_WAL, "entry_hash": ""},
            {**_BUDGET, "ledger_digest_hex": ""},
            (_COMPLETE,),
        ),
        ("largest", "2^64 - 1 twice.", {**_WAL, "sequence": U64}, {**_BUDGET, "version": U64}, ("DOUBLE_PRECISION",)),
        (
            "no-hex",
            "Nothing is checked.",
            {**_WAL, "entry_hash": "é"},
            {**_BUDGET, "ledger_digest_hex": "G"},
            (_COMPLETE,),
        ),
    ):
        yield Question(name, about, _question("execute", "execute", wal, budget), flags)
    mismatch = _question("execute", "substitute", _WAL, _BUDGET)
    yield Question(
        "both-not-replayed", "Both parts, but it does not replay: not complete.", mismatch, (_COMPLETE, _REPLAY)
    )


def _envelope(**changes: Any) -> Record:
    sealed = ok("proof.seal", GIVEN, _question("execute", "execute", _WAL, _BUDGET))["envelope"]
    numbers = {
        key: int(value)
        for key, value in sealed.items()
        if isinstance(value, str) and value.isdecimal() and len(value) < 21
    }
    return {**sealed, **numbers, **changes}


def _validated() -> Iterator[Question]:
    yield Question("complete", "Complete.", {"envelope": _envelope()})
    for name, change in _FAULTS.items():
        yield Question(
            name,
            f"{next(iter(change))} is {next(iter(change.values()))!r}.",
            {"envelope": _envelope(**change)},
            (_ORDER,),
        )
    for version in (0, 3, 257, 65_535):
        yield Question(
            f"version-{version}",
            f"The proof version {version:,}.",
            {"envelope": _envelope(proof_version=version)},
            (_ORDER,),
        )
    for sequence in (1, U64):
        yield Question(
            f"sequence-{sequence}", f"The sequence {sequence:,}.", {"envelope": _envelope(wal_sequence=sequence)}
        )
    free = _envelope(budget_snapshot_version=0, selected_model_id=9, action="reject", reason="risk_hard_limit")
    yield Question("nothing-else", "Nothing else is looked at.", {"envelope": free})


def _ordered() -> Iterator[Question]:
    for first, second in combinations(_FAULTS, 2):
        one, other = _FAULTS[first], _FAULTS[second]
        if one.keys() != other.keys():
            about = f"Two faults: {first}, {second}."
            yield Question(f"{first}-and-{second}", about, {"envelope": _envelope(**one, **other)}, (_ORDER,))
    everything = {key: value for change in reversed(_FAULTS.values()) for key, value in change.items()}
    yield Question("everything", "Every check fails.", {"envelope": _envelope(**everything)}, (_ORDER,))


def _digests() -> Iterator[Question]:
    for digest in _DIGESTS:
        for name, text in _NOT_CANONICAL.items():
            about = f"{digest}: {name.replace('-', ' ')}."
            flags = ("HEX_LENIENT",) if name != "empty" else ()
            yield Question(
                f"{digest.replace('_', '-')}-{name}", about, {"envelope": _envelope(**{digest: text})}, flags
            )
