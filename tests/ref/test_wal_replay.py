"""calybris_ref.wal_replay: every record against itself and its policy (LOG-10)."""

import dataclasses
from typing import Any

import pytest

from calybris_ref import (
    AuditFailed,
    ChainBroken,
    KeyTooShort,
    PolicySnapshot,
    WalReplayVerdict,
    audit_bundle,
    replay_log,
)
from calybris_ref.wal_replay import PolicyBook
from tests.support.logs import DECISION, KEY, POLICY, REQUEST, compact, log, record, refusal
from tests.support.records import model, policy, request

RECORD = compact(record())
OTHER_POLICY = policy([model(2)], policy_epoch=6)


def good(sequence: int) -> WalReplayVerdict:
    return WalReplayVerdict(sequence, True, True, True, True)


def record_of(snapshot: PolicySnapshot) -> bytes:
    asked = request(request_sequence=5)
    decision = snapshot.prescribe(asked)
    bundle = audit_bundle(snapshot, asked, decision).to_dict()
    return compact(record(audit=bundle, input=asked.to_dict(), decision=decision.to_dict()))


def test_every_entry_gets_a_verdict() -> None:
    assert replay_log(log(RECORD, RECORD), POLICY) == [good(1), good(2)]
    assert replay_log(log(RECORD, key=KEY), [POLICY], KEY) == [good(1)]
    assert replay_log(b"", []) == []


def test_a_log_may_span_several_policies() -> None:
    spanning = log(RECORD, record_of(OTHER_POLICY), RECORD)
    assert len(replay_log(spanning, [OTHER_POLICY, POLICY])) == 3
    asked: list[tuple[int, int, str]] = []

    def resolver(policy_epoch: int, catalog_epoch: int, digest_hex: str) -> PolicySnapshot | None:
        asked.append((policy_epoch, catalog_epoch, digest_hex))
        return {5: POLICY, 6: OTHER_POLICY}.get(policy_epoch)

    assert len(replay_log(spanning, resolver)) == 3
    assert [epoch for epoch, _, _ in asked] == [5, 6], "once for each policy"


@pytest.mark.parametrize("policies", [OTHER_POLICY, [], lambda *_: None, lambda *_: OTHER_POLICY])
def test_a_policy_that_is_not_the_one_is_unknown(policies: Any) -> None:
    with pytest.raises(AuditFailed) as caught:
        replay_log(log(RECORD), policies)
    assert refusal(caught) == ("LOG_AUDIT_POLICY_UNKNOWN", "lines[0].data.audit.policy_digest_hex")


def test_of_two_equal_policies_the_first_is_used() -> None:
    twin = policy()
    assert PolicyBook([POLICY, twin]).find(audit_bundle(twin, REQUEST, DECISION)) is POLICY


def changed(part: str, **changes: Any) -> dict[str, Any]:
    return {part: {**record()[part], **changes}}


OTHER = dataclasses.replace(DECISION, estimated_cost_microunits=1)
FOREIGN = audit_bundle(POLICY, REQUEST, OTHER).to_dict() | {"replay_valid": True}


# In the order in which they are asked: each is wrong in what it says, and every later one too where that can be.
@pytest.mark.parametrize(
    ("parts", "code", "at"),
    [
        ({"input": {}, **changed("audit", schema_version="x")}, "LOG_RECORD_MALFORMED", ""),
        (changed("audit", created_by="x", policy_epoch=9), "LOG_AUDIT_NOT_CANONICAL", ".audit.created_by"),
        (changed("audit", replay_valid=False), "LOG_AUDIT_NOT_CANONICAL", ".audit.replay_valid"),
        (changed("audit", input_digest_hex="X" * 64), "LOG_AUDIT_NOT_CANONICAL", ".audit.input_digest_hex"),
        (
            changed("audit", policy_epoch=9, input_digest_hex="0" * 64),
            "LOG_AUDIT_POLICY_UNKNOWN",
            ".audit.policy_digest_hex",
        ),
        (changed("audit", catalog_epoch=9), "LOG_AUDIT_POLICY_UNKNOWN", ".audit.policy_digest_hex"),
        (changed("audit", policy_digest_hex="0" * 64), "LOG_AUDIT_POLICY_UNKNOWN", ".audit.policy_digest_hex"),
        (
            changed("audit", input_digest_hex="0" * 64, decision_digest_hex="0" * 64),
            "LOG_AUDIT_INPUT_MISMATCH",
            ".audit.input_digest_hex",
        ),
        (
            {**changed("audit", decision_digest_hex="0" * 64), "decision": OTHER.to_dict()},
            "LOG_AUDIT_DECISION_MISMATCH",
            ".audit.decision_digest_hex",
        ),
        ({"audit": FOREIGN, "decision": OTHER.to_dict()}, "LOG_AUDIT_NOT_REPLAYED", ".decision"),
    ],
)
def test_the_first_check_that_fails_is_named(parts: dict[str, Any], code: str, at: str) -> None:
    damaged = log(RECORD, compact(record(**parts))).replace(b"\n", b"\n\n", 1)
    with pytest.raises(AuditFailed) as caught:
        replay_log(damaged, POLICY)
    assert refusal(caught) == (code, f"lines[2].data{at}")
    assert (caught.value.line, caught.value.sequence) == (2, 2)
    assert caught.value.offset == damaged.index(b"\n\n") + 2
    assert caught.value.reason == caught.value.detail


def test_the_whole_chain_is_verified_before_the_first_record() -> None:
    with pytest.raises(ChainBroken) as caught:
        replay_log(log(b"null", RECORD).replace(b'"metadata":null', b'"metadata":true'), POLICY)
    assert refusal(caught) == ("LOG_CHAIN_BROKEN", "lines[1].entry_hash")
    with pytest.raises(KeyTooShort):
        replay_log(b"", POLICY, b"short")
