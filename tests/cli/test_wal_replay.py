"""`wal replay` on real files: decisions that hold, and decisions that do not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calybris_ref import WalAnchor, WalWriter, policy_digest
from calybris_ref.cli import logs as shared
from calybris_ref.wal_chain import PlacedEntry
from tests.cli.conftest import Run, Write
from tests.cli.test_wal import LINES, LOG, RECORD, document
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


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Replace the log behind the back of a replay, between its two passes."""

    def replace(content: bytes) -> None:
        right = shared.Reading.entries

        def entries(log: shared.Reading, anchor: WalAnchor | None = None) -> Iterator[PlacedEntry]:
            if log._passes:
                Path(log.path).write_bytes(content)
            return right(log, anchor)

        monkeypatch.setattr(shared.Reading, "entries", entries)

    return replace


@pytest.mark.parametrize("content", [LINES[0], LOG.replace(b"null", b"true")])
def test_a_log_that_changes_while_it_is_replayed_is_refused(
    cli: Run, between: Callable[[bytes], None], content: bytes
) -> None:
    between(content)
    result = cli("wal", "replay", "a.wal", "--policy", "p.json")
    assert (result.code, result.out) == (1, "")
    assert result.error == "a.wal: it was changed while it was read [LOG_CHAIN_BROKEN]"


def test_what_is_appended_while_a_log_is_replayed_is_not_looked_at(cli: Run, between: Callable[[bytes], None]) -> None:
    between(LOG + b"{}\n")
    assert document(cli("wal", "replay", "a.wal", "--policy", "p.json", "--json"))["entries"] == 3
