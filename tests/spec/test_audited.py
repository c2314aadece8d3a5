"""Audited decisions in the log: written, read, replayed (LOG-9, LOG-10)."""

import json
from typing import Any

import pytest

from calybris_spec import audited, log
from calybris_spec.audited import Record, append_audited, record_of, record_text, replay
from calybris_spec.chain import Entry
from calybris_spec.decision import decide
from calybris_spec.digest import decision_digest_hex
from calybris_spec.verify import audit_bundle
from tests.support.specification import EXAMPLE, EXAMPLE_REQUEST

DECISION = decide(EXAMPLE, EXAMPLE_REQUEST)
RECORD = Record(audit_bundle(EXAMPLE, EXAMPLE_REQUEST, DECISION), EXAMPLE_REQUEST, DECISION, '{"a":[1]}')
TEXT = record_text(RECORD).text
OTHER = EXAMPLE._replace(policy=EXAMPLE.policy._replace(policy_epoch=13))


def logged(*texts: str) -> bytes:
    """A good chain around any payloads, written as they are, with an empty line before each."""
    lines, previous = b"", log.GENESIS
    for sequence, data in enumerate(texts, 1):
        entry_hash = log.hash_of(None, previous, data)
        lines += b"\n" + log.line_text(Entry(sequence, previous, entry_hash, data)).encode() + b"\n"
        previous = entry_hash
    return lines


def changed(**parts: dict[str, Any]) -> str:
    tree = json.loads(TEXT)
    return json.dumps({name: value | parts.get(name, {}) for name, value in tree.items()})


def test_a_record_stands_as_the_page_says() -> None:
    assert TEXT.startswith(
        '{"audit":{"schema_version":"calybris.audit.v1","digest_algorithm":"sha256","proof_version":1,'
    )
    assert '"replay_valid":true},"input":{"request_sequence":7,"requested_model_id":2,' in TEXT
    assert '"action":"ExecuteRequested","reason":"RequestedModelMaximizesUtility","selected_model_id":2,' in TEXT
    assert TEXT.endswith('"catalog_epoch":5},"metadata":{"a":[1]}}')
    assert record_of(TEXT) == RECORD


def test_a_record_is_read_in_any_layout() -> None:
    tree = json.loads(TEXT)
    text = json.dumps(dict(reversed([(key, dict(reversed(value.items()))) for key, value in tree.items()])), indent=1)
    read = record_of(text)
    assert read is not None
    assert read[:3] == RECORD[:3]


def test_records_are_appended_and_replayed() -> None:
    first = append_audited(b"", None, RECORD, EXAMPLE).added
    second = append_audited(first, None, RECORD._replace(metadata=" null "))
    replayed = replay(first + second.added, None, (OTHER, EXAMPLE))
    assert replayed.refusal is None
    assert [verdict.sequence for verdict in replayed.verdicts] == [1, 2]
    assert all(verdict[1:] == (True, True, True, True) for verdict in replayed.verdicts)
    assert replay(b"", None, ()).verdicts == ()


def test_a_log_may_span_policies() -> None:
    decision = decide(OTHER, EXAMPLE_REQUEST)
    other = Record(audit_bundle(OTHER, EXAMPLE_REQUEST, decision), EXAMPLE_REQUEST, decision, "null")
    text = logged(TEXT, record_text(other).text)
    assert replay(text, None, (EXAMPLE, OTHER)).refusal is None
    assert replay(text, None, (EXAMPLE,)).refusal == (
        "LOG_AUDIT_POLICY_UNKNOWN",
        "lines[3].data.audit.policy_digest_hex",
    )


def test_a_decision_that_does_not_replay_is_written_only_unverified() -> None:
    wrong = RECORD._replace(decision=DECISION._replace(eligible_models=3))
    assert append_audited(b"", None, wrong, EXAMPLE).refusal == ("LOG_DECISION_NOT_REPLAYED", "decision")
    assert append_audited(b"", None, wrong).refusal is None
    assert append_audited(b"x", None, wrong, EXAMPLE).refusal == ("LOG_LINE_MALFORMED", "lines[0]")
    floats = wrong._replace(metadata="[1.5]")
    assert append_audited(b"", None, floats, EXAMPLE).refusal == ("LOG_DECISION_NOT_REPLAYED", "decision")
    assert append_audited(b"", None, floats).refusal == ("LOG_PAYLOAD_FLOAT", "data.metadata[0]")


MALFORMED = [
    "null",
    "[]",
    TEXT.replace('"metadata"', '"meta"'),
    TEXT.replace("{", '{"extra":1,', 1),
    TEXT.replace("{", '{"audit":1,', 1),
    TEXT.replace('"risk_bps":900', '"risk_bps":900,"risk_bps":900'),
    TEXT.replace('"risk_bps":900', '"risk_bps":900.0'),
    TEXT.replace('"risk_bps":900', '"risk_bps":65536'),
    TEXT.replace('"risk_bps":900', '"risk":900'),
    TEXT.replace('"ExecuteRequested"', '"execute_requested"'),
    TEXT.replace('"ExecuteRequested"', '"BudgetConstraint"'),
    TEXT.replace('"ExecuteRequested"', "1"),
    TEXT.replace('"replay_valid":true', '"replay_valid":1'),
    TEXT.replace('"sha256"', '"\\ud800"'),
]


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_record(text: str) -> None:
    assert record_of(text) is None
    refusal = replay(logged(TEXT, text, "null"), None, (EXAMPLE,)).refusal
    assert refusal == ("LOG_RECORD_MALFORMED", "lines[3].data")


WRONG = [
    ({"audit": {"schema_version": "x", "created_by": "x"}}, "LOG_AUDIT_NOT_CANONICAL", "audit.schema_version"),
    ({"audit": {"replay_valid": False}}, "LOG_AUDIT_NOT_CANONICAL", "audit.replay_valid"),
    ({"audit": {"decision_digest_hex": "0"}}, "LOG_AUDIT_NOT_CANONICAL", "audit.decision_digest_hex"),
    ({"audit": {"policy_epoch": 13}}, "LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex"),
    ({"audit": {"catalog_epoch": 13}}, "LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex"),
    ({"audit": {"policy_digest_hex": "0" * 64}}, "LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex"),
    (
        {"input": {"risk_bps": 901}, "decision": {"eligible_models": 3}},
        "LOG_AUDIT_INPUT_MISMATCH",
        "audit.input_digest_hex",
    ),
    ({"decision": {"eligible_models": 3}}, "LOG_AUDIT_DECISION_MISMATCH", "audit.decision_digest_hex"),
    (
        {
            "decision": {"eligible_models": 3},
            "audit": {"decision_digest_hex": decision_digest_hex(DECISION._replace(eligible_models=3))},
        },
        "LOG_AUDIT_NOT_REPLAYED",
        "decision",
    ),
]


@pytest.mark.parametrize(("parts", "code", "at"), WRONG)
def test_the_first_thing_that_is_wrong_is_named(parts: dict[str, dict[str, Any]], code: str, at: str) -> None:
    refusal = replay(logged(TEXT, changed(**parts), "null"), None, (EXAMPLE,)).refusal
    assert refusal == (code, f"lines[3].data.{at}")


def test_the_chain_is_verified_before_the_first_record_is_read() -> None:
    text = logged("null", TEXT) + b"x"
    assert replay(text, None, (EXAMPLE,)).refusal == ("LOG_LINE_MALFORMED", "lines[4]")
    assert replay(text, b"short", (EXAMPLE,)).refusal == ("LOG_KEY_TOO_SHORT", "key_hex")


def test_metadata_are_not_looked_at() -> None:
    text = TEXT.replace('{"a":[1]}', '{"a":1.5e999,"a":"\\ud800"}')
    assert replay(logged(text), None, (EXAMPLE,)).refusal is None


def test_of_two_policies_with_one_digest_the_first_replays() -> None:
    # the order of the catalog leaves no trace in a digest, and one in the decision's index
    turned = EXAMPLE._replace(models=EXAMPLE.models[::-1])
    assert audited.policy_of(RECORD.audit, (turned, EXAMPLE)) == turned
    assert replay(logged(TEXT), None, (EXAMPLE, turned)).refusal is None
