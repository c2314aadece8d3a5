"""The examples run as they are, print what the pages show, and leave files that hold, here and for the published wheel.

Each runs once, in a process and a folder of its own; warnings are errors.
"""

import ast
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from calybris import _core as peer

import calybris_ref as ref
from calybris_ref import AuditedRecord, ChainBroken, PolicySnapshot
from tests.support import markdown
from tests.test_architecture import imported

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {path.stem: path for path in sorted((ROOT / "docs" / "examples").glob("*.py"))}
PAGE = ROOT / "docs" / "examples" / "README.md"
LONGEST_EXAMPLE = 150
_COMMAND = re.compile(r"\.venv/bin/python docs/examples/(\w+)\.py\n")
# The versions of the wheel carry a tag in bit 63, and it reads no snapshot without it.
TAG = 2**63


class Ran(NamedTuple):
    """What an example printed, and the folder with what it left."""

    out: str
    folder: Path


def run(example: Path, *arguments: object, **environment: str) -> str:
    command = [sys.executable, "-W", "error", *map(str, (example, *arguments))]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **environment}
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ran]:
    """Runs an example when it is first asked for."""
    known: dict[str, Ran] = {}

    def ask(name: str) -> Ran:
        if name not in known:
            folder = tmp_path_factory.mktemp("examples") / "new" / name
            known[name] = Ran(run(EXAMPLES[name], folder), folder)
        return known[name]

    return ask


def shown(page: str) -> dict[str, str]:
    """What a page shows that examples print, by name: the `text` block behind the `sh` block with the command."""
    found = {}
    for command, output in pairwise(markdown.blocks(page)):
        name = _COMMAND.fullmatch(command.text)
        if command.language == "sh" and output.language == "text" and name:
            found[name[1]] = output.text
    return found


def drifted(page: str, printed: Callable[[str], str]) -> list[str]:
    """The examples of which a page shows something else than they print."""
    return [name for name, text in shown(page).items() if text != printed(name)]


def test_every_example_is_shown() -> None:
    assert len(EXAMPLES) == 5
    assert set(shown(PAGE.read_text("utf-8"))) == set(EXAMPLES)
    assert set(shown((ROOT / "README.md").read_text("utf-8"))) == {"production_gateway"}


@pytest.mark.parametrize("page", [PAGE, ROOT / "README.md"], ids=["examples", "front page"])
def test_examples_print_what_is_shown(page: Path, ran: Callable[[str], Ran]) -> None:
    assert drifted(page.read_text("utf-8"), lambda name: ran(name).out) == []


def test_a_page_that_shows_something_else_is_found() -> None:
    page = "```sh\n.venv/bin/python docs/examples/a.py\n```\n\n```text\n1\n```\n"
    printed: Mapping[str, str] = {"a": "1\n", "b": "2\n"}
    assert drifted(page + page.replace("a.py", "b.py"), printed.__getitem__) == ["b"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_short_and_need_the_library_only(name: str) -> None:
    text = EXAMPLES[name].read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_EXAMPLE
    modules = {module.partition(".")[0] for _, module in imported(ast.parse(text))}
    assert modules - sys.stdlib_module_names == {"calybris_ref"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_a_folder_nothing_is_left(name: str, tmp_path: Path, ran: Callable[[str], Ran]) -> None:
    """Also not by the process that was killed."""
    assert run(EXAMPLES[name], TMPDIR=str(tmp_path)) == ran(name).out
    assert list(tmp_path.iterdir()) == []


# ---- what they leave


def policy_of(file: Path) -> PolicySnapshot:
    return PolicySnapshot.from_dict(json.loads(file.read_bytes()))


def policy_of_wheel(policy: PolicySnapshot) -> Any:
    fields = policy.to_dict()
    return peer.PolicySnapshot(**fields | {"models": [peer.KernelModel(**model) for model in fields["models"]]})


def test_the_files_of_the_quickstart_verify(ran: Callable[[str], Ran]) -> None:
    folder = ran("quickstart").folder
    policy = policy_of(folder / "policy.json")
    request, decision, bundle = (
        json.loads((folder / f"{name}.json").read_bytes()) for name in ("request", "decision", "bundle")
    )
    ours = ref.KernelInput.from_dict(request), ref.KernelDecision.from_dict(decision)
    assert ref.verified_audit_bundle(policy, *ours).to_dict() == bundle
    theirs, asked = policy_of_wheel(policy), peer.KernelInput(**request)
    assert theirs.verified_audit_bundle(asked, theirs.prescribe(asked)) == bundle


def test_the_log_of_the_router_replays(ran: Callable[[str], Ran]) -> None:
    folder = ran("llm_routing").folder
    log, policy = folder / "routing.wal", policy_of(folder / "policy.json")
    verdicts = [verdict.to_dict() for verdict in ref.replay_audited_wal(log, policy)]
    assert len(verdicts) == ref.verify_wal(log).sequence == 10
    assert peer.replay_verify_audited_wal(str(log), policy_of_wheel(policy)) == verdicts


def test_the_ledger_of_the_guard_is_in_balance(ran: Callable[[str], Ran]) -> None:
    folder, out = ran("pretrade_guard").folder, ran("pretrade_guard").out
    snapshot = ref.load_snapshot(folder / "ledger.json")
    assert ref.prove_snapshot(snapshot).ledger_digest_hex in out
    assert (snapshot.active_reservations, len(snapshot.tenants)) == (0, 2)
    blocked = [line.partition("BLOCKED")[2].strip() for line in out.splitlines() if "BLOCKED" in line]
    assert len(blocked) == len(set(blocked)) == 8, "each is blocked for its own reason"


def test_the_auditor_finds_what_was_done_to_the_copies(ran: Callable[[str], Ran]) -> None:
    folder = ran("replay_audit").folder
    log, vault = folder / "service" / "decisions.wal", folder / "vault"
    key, anchor = (vault / "log.key").read_bytes(), peer.WalAnchor.load(str(vault / "anchor.json"))
    policies = [policy_of(file) for file in vault.glob("policy-*.json")]
    assert len(list(ref.replay_audited_wal(log, policies, key))) == 8
    assert peer.verify_audited_wal(str(log), hmac_key=key, anchor=anchor)[0] == 8
    with pytest.raises(peer.WalError, match="chain broken at sequence 3"):
        peer.verify_audited_wal(str(folder / "damaged.wal"), hmac_key=key)
    assert peer.verify_audited_wal(str(folder / "cut.wal"), hmac_key=key)[0] == 6
    with pytest.raises(peer.WalError, match="anchor mismatch"):
        peer.verify_audited_wal(str(folder / "cut.wal"), hmac_key=key, anchor=anchor)
    with pytest.raises(ChainBroken):
        ref.verify_wal(log)  # without the key


class Left(NamedTuple):
    """What the gateway leaves."""

    log: Path
    ledger: Path
    key: bytes
    anchor: Path
    policy: PolicySnapshot


@pytest.fixture
def left(ran: Callable[[str], Ran]) -> Left:
    folder = ran("production_gateway").folder
    vault = folder / "vault"
    return Left(
        folder / "decisions.wal",
        folder / "ledger.json",
        (vault / "log.key").read_bytes(),
        vault / "anchor.json",
        policy_of(vault / "policy.json"),
    )


def test_the_log_of_the_gateway_replays(left: Left) -> None:
    head = ref.verify_wal(left.log, left.key, ref.load_anchor(left.anchor))
    verdicts = [verdict.to_dict() for verdict in ref.replay_audited_wal(left.log, left.policy, left.key)]
    assert len(verdicts) == head.sequence == 16
    anchor = peer.WalAnchor.load(str(left.anchor))
    assert peer.verify_audited_wal(str(left.log), hmac_key=left.key, anchor=anchor) == tuple(head)
    theirs = policy_of_wheel(left.policy)
    assert peer.replay_verify_audited_wal(str(left.log), theirs, hmac_key=left.key) == verdicts


def test_the_ledger_of_the_gateway_is_what_its_log_says(left: Left, tmp_path: Path) -> None:
    """Counted from the log alone: all that was admitted is settled once, the killed request at what it held."""
    events: dict[int, dict[str, int]] = {}
    for entry in ref.read_verified_wal(left.log, left.key):
        record = AuditedRecord.from_data(entry.data)
        note = json.loads(record.metadata)
        of_request = events.setdefault(record.request.request_sequence, {})
        assert note["event"] not in of_request
        of_request[note["event"]] = note["microcents"]
    assert list(events) == list(range(1, 10))
    held = {number: (one["admitted"], one["settled"]) for number, one in events.items() if "admitted" in one}
    assert [number for number, (admitted, settled) in held.items() if admitted == settled] == [7]
    snapshot = ref.load_snapshot(left.ledger)
    assert ref.prove_snapshot(snapshot).total_committed_microcents == sum(settled for _, settled in held.values())

    plan = ref.recovery_plan(left.ledger, left.log, left.key, ref.load_anchor(left.anchor))
    assert (plan.total_wal_entries, plan.entries_to_replay) == (16, 0)
    tagged = tmp_path / "ledger.json"
    tagged.write_text(json.dumps(snapshot.to_dict() | {"version": snapshot.version | TAG}), encoding="utf-8")
    theirs = peer.plan_recovery(str(tagged), str(left.log), hmac_key=left.key)
    assert (theirs["total_wal_entries"], theirs["entries_to_replay"]) == (16, 0)


def test_the_process_of_the_gateway_was_killed_behind_an_append(left: Left, tmp_path: Path) -> None:
    """The child alone, once more: its log ends with what was admitted, and its ledger knows of less."""
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "log.key").write_bytes(left.key)
    child = subprocess.run(
        [sys.executable, EXAMPLES["production_gateway"], tmp_path, "serve"], capture_output=True, text=True, check=False
    )
    assert child.returncode == -signal.SIGKILL
    assert [line[0] for line in child.stdout.splitlines()] == list("123456")
    plan = ref.recovery_plan(tmp_path / "ledger.json", tmp_path / "decisions.wal", left.key)
    assert (plan.total_wal_entries, plan.entries_to_replay) == (11, 5)
    *_, last = ref.read_verified_wal(tmp_path / "decisions.wal", left.key)
    assert last.payload["metadata"]["event"] == "admitted"
