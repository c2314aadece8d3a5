"""`wal replay` on real files: decisions that hold, and decisions that do not."""

import os
from pathlib import Path
from threading import Thread

import pytest

from calybris_ref import WalAnchor, WalWriter, policy_digest
from tests.cli.conftest import Run, Write
from tests.cli.test_wal import LOG, RECORD, document
from tests.support import logs, records


@pytest.fixture(autouse=True)
def _files(write: Write, cli: Run) -> None:
    write("a.wal", LOG)
    write("p.json", logs.POLICY.to_dict())


def test_decisions_replay_against_all_the_policies_that_the_log_names(cli: Run, write: Write) -> None:
    other = records.policy(policy_epoch=9)
    decision = other.prescribe(logs.REQUEST)
    with WalWriter.open("a.wal") as writer:
        writer.append_verified_audited(other, logs.REQUEST, decision)
    write("q.json", other.to_dict())
    code, out, _ = cli("wal", "replay", "a.wal", "--policy", "p.json", "--policy", "q.json")
    assert (code, out.splitlines()[0]) == (0, "valid: every decision is the one that its policy takes")
    digests = [policy_digest(policy).hex() for policy in (logs.POLICY, other)]
    assert [line.split() for line in out.splitlines()[-2:]] == [
        ["p.json", "5", "6", digests[0][:16], "3"],
        ["q.json", "9", "6", digests[1][:16], "1"],
    ]
    found = document(cli("wal", "replay", "a.wal", "--policy", "q.json", "--policy", "p.json", "--json"))
    assert (found["status"], found["entries"]) == ("valid", 4)
    assert [(policy["file"], policy["policy_digest_hex"], policy["decisions"]) for policy in found["policies"]] == [
        ("q.json", digests[1], 1),
        ("p.json", digests[0], 3),
    ]
    code, out, _ = cli("wal", "replay", "a.wal", "--policy", "p.json")
    assert code == 1
    assert out.startswith("invalid: line 4, data.audit.policy_digest_hex: there is no policy with the epochs 9 and 6")
    assert [line.split() for line in out.splitlines()[-2:]] == [["entries", "4"], ["replayed", "3"]]


@pytest.mark.parametrize(
    ("payload", "at", "code"),
    [
        (b'"x"', "lines[1].data", "LOG_RECORD_MALFORMED"),
        (
            logs.compact(logs.record(decision=logs.DECISION.to_dict() | {"selected_model_id": 2})),
            "lines[1].data.audit.decision_digest_hex",
            "LOG_AUDIT_DECISION_MISMATCH",
        ),
    ],
)
def test_a_record_that_does_not_hold(cli: Run, write: Write, payload: bytes, at: str, code: str) -> None:
    write("bad.wal", logs.log(RECORD, payload, RECORD))
    found = document(cli("wal", "replay", "bad.wal", "--policy", "p.json", "--json"))
    assert (found["status"], found["at"], found["code"]) == ("invalid", at, code)
    assert (found["line"], found["sequence"], found["entries"], found["replayed"]) == (2, 2, 3, 1)


def test_a_log_is_replayed_in_one_pass(cli: Run, tmp_path: Path) -> None:
    os.mkfifo("pipe")
    feeder = Thread(target=Path("pipe").write_bytes, args=(LOG,))
    feeder.start()
    found = document(cli("wal", "replay", "pipe", "--policy", "p.json", "--json"))
    feeder.join()
    assert (found["status"], found["entries"], found["policies"][0]["decisions"]) == ("valid", 3, 3)


def test_the_chain_and_its_anchor_come_before_every_decision(cli: Run, write: Write) -> None:
    bad = [logs.compact(logs.record(metadata=None, decision={})), RECORD]
    write("bad.wal", logs.log(*bad).replace(b'"metadata":null}}', b'"metadata":true}}'))
    found = document(cli("wal", "replay", "bad.wal", "--policy", "p.json", "--json"))
    assert (found["code"], found["replayed"]) == ("LOG_CHAIN_BROKEN", 0)
    write("bad.wal", logs.log(*bad))
    write("anchor.json", WalAnchor("calybris.wal-anchor.v1", 3, "x", False).to_dict())
    found = document(cli("wal", "replay", "bad.wal", "--policy", "p.json", "--anchor", "anchor.json", "--json"))
    assert (found["code"], found["entries"], found["replayed"]) == ("LOG_ANCHOR_MISMATCH", 2, 0)
