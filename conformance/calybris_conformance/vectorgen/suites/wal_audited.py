"""Decisions that are written with their evidence, as they are or only if they replay (LOG-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen import logs
from calybris_conformance.vectorgen.builders import U64, request
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.logs import KEY
from calybris_conformance.vectorgen.market import market
from calybris_conformance.vectorgen.records import GIVEN, REQUESTS, log, question, record

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERIFIED = "AUDIT_NOT_VERIFIED"
_METADATA: dict[str, str] = {
    "null": "null",
    "true": "true",
    "number": "7",
    "negative": "-7",
    "largest": str(U64),
    "text": '"acme"',
    "empty-text": '""',
    "non-ascii": '"\\u00e9\U0001f600"',
    "list": '[1, "a", null]',
    "empty-list": "[]",
    "object": '{"tenant": "acme", "cost": {"z": 1, "a": 2}}',
    "empty-object": "{}",
    "like-a-record": '{"audit": 1, "input": 2, "decision": 3, "metadata": {"metadata": null}}',
    "deep": "[" * 99 + "]" * 99,
}
_REFUSED: dict[str, str] = {
    "float": "1.5",
    "float-inside": '{"scores": [1, 2, 3.0]}',
    "exponent": "1e5",
    "beyond": str(U64 + 1),
    "half": '"\\ud83d"',
    "key-twice": '{"a": 1, "a": 2}',
    "too-deep": "[" * 100 + "]" * 100,
}


def files() -> Iterator[Draft]:
    """Decisions that must replay; then, for ports that write others too, decisions as they are."""
    large = {**market(22), "policy_epoch": U64, "catalog_epoch": 2**53 + 1}
    asked = request(request_sequence=U64, required_capabilities=0, allowed_provider_mask=U64, required_region_mask=0)
    flags = ("DOUBLE_PRECISION",)
    wide = Question("large-numbers", "Numbers of 64 bits are written in full.", question(asked, asked), flags)
    groups = (
        Group("audited", tuple(_kinds()), GIVEN),
        Group("audited-metadata", tuple(_metadata()), GIVEN),
        Group("audited-log", tuple(_logs()), GIVEN),
        Group("audited-market", (wide,), {"policy": large}),
    )
    for verified, name, title in (
        (True, "append-verified", "Decisions with their evidence, written if they replay"),
        (False, "append-audited", "Decisions with their evidence, written as they are"),
    ):
        some = tuple(
            Group(group.name, found, group.given)
            for group in groups
            if (found := tuple(one for one in group.questions if one.input["verified"] is verified))
        )
        requires = "" if verified else "append.unverified"
        clauses = "LOG-1 LOG-2 LOG-7 LOG-8 LOG-9"
        yield Draft("wal", name, "wal.append_audited", title, clauses, some, requires)


def _kinds() -> Iterator[Question]:
    for name, asked in REQUESTS.items():
        for verified, word in ((False, "as-it-is"), (True, "verified")):
            about = f"The decision of the kind {name}, {word.replace('-', ' ')}."
            yield Question(f"{name}-{word}", about, question(asked, asked, verified=verified), ("RECORD_NAMES",))
    for mine, other in (("execute", "substitute"), ("execute", "reject-risk"), ("reject-gate", "execute")):
        for verified, word in ((False, "as-it-is"), (True, "verified")):
            asked = question(REQUESTS[mine], REQUESTS[other], verified=verified)
            about = f"A request of the kind {mine} with the decision for {other}, {word.replace('-', ' ')}."
            yield Question(f"{mine}-with-{other}-{word}", about, asked, (_VERIFIED,))
    for verified, word in ((False, "as-it-is"), (True, "verified")):
        sequence = question(request(), request(request_sequence=1_002), verified=verified)
        yield Question(f"other-sequence-{word}", "Only the sequence differs.", sequence, (_VERIFIED,))
        same = question(request(), request(budget_limit_microunits=600_001), verified=verified)
        about = "Another request that leads to the same decision: it replays."
        yield Question(f"same-decision-{word}", about, same)


def _metadata() -> Iterator[Question]:
    for name, text in _METADATA.items():
        asked = question(request(), request(), metadata=text, verified=True)
        yield Question(name, f"The metadata {text!a:.60}.", asked, ("PAYLOAD_KEY_ORDER",) if name == "object" else ())
    for name, text in _REFUSED.items():
        asked = question(request(), request(), metadata=text, verified=True)
        flag = "PAYLOAD_DEPTH" if name == "too-deep" else "PAYLOAD_PATH"
        yield Question(name, f"The metadata {text!a:.60}, which no payload holds.", asked, (flag,))


def _logs() -> Iterator[Question]:
    whole = log(record(request()), b"1")
    keyed = log(record(request()), b"1", key=KEY)
    other = request(request_sequence=1_002)
    key_hex = KEY.hex()
    for name, about, asked, flags in (
        ("third", "The third entry.", question(request(), request(), log=logs.parts(whole)), ()),
        (
            "no-line-feed",
            "The last line has no line feed.",
            question(request(), request(), log=logs.parts(whole[:-1])),
            ("APPEND_LINE_FEED",),
        ),
        (
            "keyed",
            "A log with a key.",
            question(request(), request(), log=logs.parts(keyed), key_hex=key_hex, verified=True),
            ("LOG_KEY",),
        ),
        (
            "keyed-first",
            "The first entry of a log with a key.",
            question(request(), request(), key_hex=key_hex),
            ("LOG_KEY",),
        ),
        (
            "short-key",
            "A short key comes before everything.",
            question(request(), other, key_hex=key_hex[2:], metadata="1.5", verified=True),
            ("LOG_KEY",),
        ),
        (
            "broken",
            "A broken log comes before the decision.",
            question(request(), other, log=logs.parts(whole[:-3]), metadata="1.5", verified=True),
            ("APPEND_UNVERIFIED",),
        ),
        (
            "decision-before-metadata",
            "A decision that does not replay comes before metadata.",
            question(request(), other, metadata="1.5", verified=True),
            (_VERIFIED,),
        ),
        (
            "metadata-unverified",
            "Metadata is refused where the decision is written as it is.",
            question(request(), other, metadata="1.5"),
            ("PAYLOAD_FLOAT",),
        ),
    ):
        yield Question(name, about, asked, flags)
