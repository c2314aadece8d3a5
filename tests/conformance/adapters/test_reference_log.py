"""calybris_conformance.adapters.reference_log: logs and envelopes on the wire, and the order of refusals."""

from collections.abc import Mapping
from typing import Any

import pytest

from calybris_conformance import wire
from calybris_conformance.adapters import reference_log
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.operations import Refused
from calybris_conformance.vectorgen import shapes
from tests.support import records
from tests.support.logs import DECISION, KEY, POLICY, REQUEST, compact, last_hash, log, record

ASKED = wire.write(wire.REQUEST, records.REQUEST)
OTHER = {**ASKED, "request_sequence": "1"}
POLICY_ON_WIRE = {
    "constructor": "validated",
    **wire.write(wire.POLICY_SCALARS, records.POLICY),
    "models": [wire.write(wire.MODEL, records.MODEL)],
}
UNDER_POLICY = {"policy": POLICY_ON_WIRE}
RECORD = compact(record())
LEDGER = {"version": "1", "tenants": [], "active_reservations": "0", "wal_high_watermark": "1"}
ANCHOR = {"schema_version": "calybris.wal-anchor.v1", "sequence": "1", "last_hash": last_hash(b"1"), "keyed": False}


def on_wire(log_bytes: bytes, key: bytes | None = None, **more: Any) -> dict[str, Any]:
    """A log in two parts, and its key."""
    parts = [{"hex": log_bytes[:9].hex(), "times": "1"}, {"hex": log_bytes[9:].hex(), "times": "1"}]
    return {"log": parts, "key_hex": None if key is None else key.hex(), **more}


def audited(**more: Any) -> dict[str, Any]:
    asked = {"request": ASKED, "decided_for": ASKED, "metadata": "null", "verified": True}
    return on_wire(b"", **{**asked, **more})


def appended(payload: bytes, *before: bytes, key: bytes | None = None, added: bytes = b"") -> dict[str, Any]:
    whole = log(*before, payload, key=key)
    return {
        "sequence": str(len(before) + 1),
        "entry_hash": last_hash(*before, payload, key=key),
        "added_hex": (added + whole[len(log(*before, key=key)) :]).hex(),
    }


@pytest.mark.parametrize(
    ("op", "given", "question", "ok"),
    [
        ("wal.append", {}, on_wire(b"", data=' {"b" : 1, "a": "\\u00e9"}'), appended('{"b":1,"a":"é"}'.encode())),
        ("wal.append", {}, on_wire(log(b"1", key=KEY), KEY, data="2"), appended(b"2", b"1", key=KEY)),
        ("wal.append", {}, on_wire(log(b"1")[:-1], data="2"), appended(b"2", b"1", added=b"\n")),
        ("wal.append_audited", UNDER_POLICY, audited(), appended(RECORD)),
        ("wal.append_audited", UNDER_POLICY, audited(verified=False), appended(RECORD)),
        ("wal.verify", {}, on_wire(b"", anchor=None), {"sequence": "0", "last_hash": "genesis"}),
        ("wal.verify", {}, on_wire(log(b"1"), anchor=ANCHOR), {"sequence": "1", "last_hash": last_hash(b"1")}),
        (
            "wal.replay",
            {"policies": [POLICY_ON_WIRE]},
            on_wire(log(RECORD)),
            {"verdicts": [{"sequence": "1", **dict.fromkeys(list(wire.VERDICT)[1:], True)}]},
        ),
        ("wal.replay", {"policies": []}, on_wire(b""), {"verdicts": []}),
        (
            "recovery.plan",
            {},
            on_wire(log(b"1", b"2"), snapshot=LEDGER, anchor=None),
            {"total_wal_entries": "2", "entries_to_replay": "1", "wal_high_watermark": "1"},
        ),
    ],
)
def test_an_answer_is_of_the_shape_on_the_page(
    op: str, given: Mapping[str, Any], question: dict[str, Any], ok: dict[str, Any]
) -> None:
    shape = shapes.OPERATIONS[op]
    assert list(shapes.problems(shape.input, shapes.ordered(shape.input, question), "input")) == []
    assert ADAPTER.operations[op](given, question) == ok
    assert list(shapes.problems(shape.ok, ok, "ok")) == []


def test_a_decision_that_does_not_replay_is_appended_only_unverified() -> None:
    question = audited(decided_for=OTHER, verified=False)
    assert ADAPTER.operations["wal.append_audited"](UNDER_POLICY, question)["sequence"] == "1"


@pytest.mark.parametrize(
    ("op", "given", "question", "code", "at"),
    [
        ("wal.append", {}, on_wire(b"x", data="1.5"), "LOG_LINE_MALFORMED", "lines[0]"),
        ("wal.append", {}, on_wire(b"x", b"", data="1"), "LOG_KEY_TOO_SHORT", "key_hex"),
        ("wal.append", {}, on_wire(b"", data='{"a":[1.5]}'), "LOG_PAYLOAD_FLOAT", "data.a[0]"),
        (
            "wal.append_audited",
            UNDER_POLICY,
            audited(decided_for=OTHER, metadata="1.5"),
            "LOG_DECISION_NOT_REPLAYED",
            "decision",
        ),
        ("wal.append_audited", UNDER_POLICY, audited(metadata="[1.5]"), "LOG_PAYLOAD_FLOAT", "data.metadata[0]"),
        ("wal.verify", {}, on_wire(b"", anchor=ANCHOR), "LOG_ANCHOR_MISMATCH", "anchor.sequence"),
        (
            "wal.replay",
            {"policies": []},
            on_wire(log(RECORD)),
            "LOG_AUDIT_POLICY_UNKNOWN",
            "lines[0].data.audit.policy_digest_hex",
        ),
        ("recovery.plan", {}, on_wire(b"x", snapshot=LEDGER, anchor=None), "LOG_LINE_MALFORMED", "lines[0]"),
        (
            "recovery.plan",
            {},
            on_wire(b"", snapshot=LEDGER, anchor=None),
            "RECOVERY_LOG_BEHIND",
            "wal_high_watermark",
        ),
    ],
)
def test_a_refusal_has_the_code_and_path_of_the_library(
    op: str, given: Mapping[str, Any], question: dict[str, Any], code: str, at: str
) -> None:
    with pytest.raises(Refused) as caught:
        ADAPTER.operations[op](given, question)
    assert (caught.value.code, caught.value.at) == (code, at)


def test_an_envelope_is_sealed_and_validated() -> None:
    asked = {"request": ASKED, "decided_for": ASKED}
    wal, budget = {"sequence": "7", "entry_hash": "ab" * 32}, {"version": "0", "ledger_digest_hex": "cd" * 32}
    sealed = ADAPTER.operations["proof.seal"](UNDER_POLICY, {**asked, "wal": wal, "budget": budget})
    assert sealed["is_complete"] is True
    assert list(shapes.problems(shapes.OPERATIONS["proof.seal"].ok, sealed, "ok")) == []
    assert sealed["envelope"]["expected_utility_microunits"] == str(DECISION.expected_utility_microunits)
    assert ADAPTER.operations["proof.validate"]({}, {"envelope": sealed["envelope"]}) == {}
    bare = ADAPTER.operations["proof.seal"](UNDER_POLICY, {**asked, "wal": None, "budget": None})
    assert (bare["is_complete"], bare["envelope"]["wal_sequence"]) == (False, None)
    with pytest.raises(Refused) as caught:
        ADAPTER.operations["proof.validate"]({}, {"envelope": bare["envelope"]})
    assert (caught.value.code, caught.value.at) == ("PROOF_PART_MISSING", "wal_sequence")


def test_every_operation_is_claimed() -> None:
    assert reference_log.OPERATIONS.keys() <= ADAPTER.features
    assert POLICY.prescribe(REQUEST) == DECISION
