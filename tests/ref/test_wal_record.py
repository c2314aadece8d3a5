"""calybris_ref.wal_record: the record of a decision, written and read strictly (LOG-9, LOG-10)."""

import dataclasses
import json
from typing import Any

import pytest

from calybris_ref import (
    AuditedRecord,
    AuditFailed,
    JsonText,
    KernelDecision,
    KernelInput,
    PayloadError,
    audit_bundle,
)
from calybris_ref.record import columns
from calybris_ref.wal_record import record_bytes, verified_record_bytes
from tests.support.logs import DECISION, POLICY, REQUEST, compact, record, refusal
from tests.support.records import request

BUNDLE = audit_bundle(POLICY, REQUEST, DECISION)
OTHER = dataclasses.replace(DECISION, estimated_cost_microunits=1)
DATA = compact(record())


def test_the_record_is_written_in_this_order() -> None:
    written = record_bytes(BUNDLE, REQUEST, DECISION, {"note": "é"})
    assert written == compact(record(metadata={"note": "é"}))
    assert list(json.loads(written)) == ["audit", "input", "decision", "metadata"]
    assert json.loads(written)["decision"]["action"] == "ExecuteRequested"
    assert verified_record_bytes(POLICY, REQUEST, DECISION, JsonText('{"note":"\\u00e9"}')) == written


def test_a_decision_that_does_not_replay_is_written_only_when_it_need_not() -> None:
    bundle = audit_bundle(POLICY, REQUEST, OTHER)
    assert json.loads(record_bytes(bundle, REQUEST, OTHER, None))["audit"]["replay_valid"] is False
    with pytest.raises(AuditFailed) as caught:
        verified_record_bytes(POLICY, REQUEST, OTHER, 1.5)
    assert refusal(caught) == ("LOG_DECISION_NOT_REPLAYED", "decision")
    assert (caught.value.expected, caught.value.found) == (DECISION, OTHER)
    assert "decides otherwise" in caught.value.reason


def test_metadata_is_a_payload() -> None:
    with pytest.raises(PayloadError) as caught:
        record_bytes(BUNDLE, REQUEST, DECISION, {"scores": [1.5]})
    assert refusal(caught) == ("LOG_PAYLOAD_FLOAT", "data.metadata.scores[0]")
    with pytest.raises(PayloadError) as caught:
        record_bytes(dataclasses.replace(BUNDLE, created_by="\ud800"), REQUEST, DECISION, None)
    assert refusal(caught) == ("LOG_PAYLOAD_TEXT_INVALID", "data.audit.created_by")


@pytest.mark.parametrize("metadata", [b"null", b'{"a": 1.5, "a": "\\ud800"}', b"[" * 3_000 + b"]" * 3_000])
def test_a_record_is_read_whatever_its_metadata(metadata: bytes) -> None:
    read = AuditedRecord.from_data(DATA.replace(b'"metadata":null', b'"metadata": %b' % metadata))
    assert read == AuditedRecord(BUNDLE, REQUEST, DECISION, metadata)


def test_order_white_space_and_escapes_do_not_matter() -> None:
    parts = record()
    shuffled = {name: parts[name] for name in reversed(parts)}
    shuffled["input"] = dict(reversed(parts["input"].items()))
    text = json.dumps(shuffled, indent=1).replace('"audit"', '"\\u0061udit"').replace('"calybris"', '"\\u0063alybris"')
    assert AuditedRecord.from_data(text.encode()) == AuditedRecord(BUNDLE, REQUEST, DECISION, b"null")


def without(part: str, key: str) -> dict[str, Any]:
    return {name: value for name, value in record()[part].items() if name != key}


def changed(part: str, key: str, value: Any) -> dict[str, Any]:
    return record(**{part: {**record()[part], key: value}})


NUMBERS: list[Any] = [65_536, -1, 1.0, True, None, "1", []]
ACTIONS: list[Any] = ["reject", "Nothing", 3, None]
FLAGS: list[Any] = [1, "true", None]
TEXTS: list[Any] = [1, None, {}]


@pytest.mark.parametrize(
    "parts",
    [
        *({**record(), "more": 1}, {key: value for key, value in record().items() if key != "metadata"}, [], None),
        *(record(audit=None), record(input=[]), record(decision="x"), record(audit={})),
        *(record(input=without("input", "risk_bps")), record(audit=without("audit", "created_by"))),
        changed("input", "more", 1),
        *(changed("input", "risk_bps", value) for value in NUMBERS),
        *(changed("decision", "action", value) for value in ACTIONS),
        *(changed("audit", "replay_valid", value) for value in FLAGS),
        *(changed("audit", "created_by", value) for value in TEXTS),
    ],
    ids=lambda parts: json.dumps(parts)[:20],
)
def test_any_other_payload_is_no_record(parts: Any) -> None:
    with pytest.raises(AuditFailed) as caught:
        AuditedRecord.from_data(compact(parts))
    assert refusal(caught) == ("LOG_RECORD_MALFORMED", "data")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"risk_bps":1000', b'"risk_bps":1000,"risk_bps":1000'),
        (b'"risk_bps":1000', b'"risk_bps":1000.0'),
        (b'"risk_bps":1000', b'"risk_bps":1e3'),
        (b'"risk_bps":1000', b'"risk_bps":-0'),
        (b'"risk_bps":1000', b'"risk_bps":' + b"9" * 5_000),
        (b'"created_by":"calybris"', b'"created_by":"\\ud800"'),
        (b'"metadata":null', b'"metadata":null,"metadata":null'),
        (b'"input":{', b'"input":{},"input":{'),
    ],
)
def test_a_text_of_two_meanings_is_no_record(old: bytes, new: bytes) -> None:
    assert DATA.count(old) == 1
    with pytest.raises(AuditFailed) as caught:
        AuditedRecord.from_data(DATA.replace(old, new))
    assert refusal(caught) == ("LOG_RECORD_MALFORMED", "data")


def test_every_field_of_a_record_must_be_there() -> None:
    for part, kind in (("input", KernelInput), ("decision", KernelDecision)):
        for column in columns(kind):
            with pytest.raises(AuditFailed):
                AuditedRecord.from_data(compact(record(**{part: without(part, column.name)})))
    assert request() == REQUEST
