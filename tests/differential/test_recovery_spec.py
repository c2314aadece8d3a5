"""Snapshot files, plans and envelopes: what the specification writes, reads and refuses, the published wheel does too.

The versions of the wheel carry a tag in bit 63, and it refuses a snapshot without that bit; the files here have it.
A plan of the wheel also asks LEDGER-11, which is no question of form: such a refusal counts as read.
"""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from calybris import _core as wheel

from calybris_spec import log, recovery
from calybris_spec.decision import decide
from calybris_spec.envelope import seal
from calybris_spec.snapshot import LedgerSnapshot, Tenant
from calybris_spec.types import Request
from tests.differential import cases
from tests.differential.logs import BYTES, WHEEL_POLICY, Verdict, made, of_wheel
from tests.support.specification import EXAMPLE, EXAMPLE_REQUEST

TAG = 2**63
RANDOM_FILES = 1_500
LOG = made("1", "2", "3")
VALUES = [
    "0",
    "1",
    "-1",
    "1.0",
    "1e0",
    "-0",
    "01",
    "null",
    "true",
    '"1"',
    '"\\ud800"',
    "[]",
    "{}",
    "[null]",
    str(2**63),
]
VALUES += [str(2**64 - 1), str(2**64), str(-(2**63)), str(-(2**63) - 1), "9" * 400]


def planned(folder: Path, file: bytes, text: bytes = LOG) -> Verdict:
    (folder / "snapshot").write_bytes(file)
    (folder / "log").write_bytes(text)
    return of_wheel(lambda: wheel.plan_recovery(str(folder / "snapshot"), str(folder / "log")))


def accepts_form(verdict: Verdict) -> bool:
    """Whether the wheel could read the file, whatever it then thought of the ledger or of the log."""
    return not verdict[0].startswith(("JSON error", "I/O error: stream did not contain valid UTF-8"))


def random_snapshot(rng: random.Random) -> LedgerSnapshot:
    ids = rng.sample(["", "a", "é", "\U0001f600", "\x7f", '"\\/', "\0\x1f\n", "a" * 300], k=rng.randrange(4))
    tenants = []
    for name in ids:
        remaining, committed = rng.getrandbits(rng.randint(1, 62)), rng.getrandbits(rng.randint(1, 62))
        tenants.append(Tenant(name, remaining + committed, remaining, 0, committed))
    watermark = rng.choice([None, 0, 1, 2, 3, 3, 4, 2**64 - 1])
    return LedgerSnapshot(TAG + rng.getrandbits(rng.randint(1, 63)), tuple(tenants), 0, watermark)


def edited(rng: random.Random, snapshot: LedgerSnapshot) -> bytes:
    """A snapshot file, mostly with one thing changed."""
    text = recovery.file_text(snapshot)
    keys = [*LedgerSnapshot._fields, *Tenant._fields]
    key = rng.choice(keys)
    edit = rng.randrange(8)
    if edit == 0:
        text = text.replace(
            f'"{key}"', rng.choice(['"extra"', '"version"', f'"{key} "', f'"\\u{ord(key[0]):04x}{key[1:]}"']), 1
        )
    elif edit in (1, 2, 3) and f'"{key}": ' in text:
        before, after = text.split(f'"{key}": ', 1)
        end = min([place for mark in ",\n" if (place := after.find(mark)) >= 0], default=len(after))
        text = f'{before}"{key}": {rng.choice(VALUES)}{after[end:]}'
    elif edit == 4:
        text = rng.choice(["", " \n", "\ufeff", "\f"]) + text + rng.choice(["", "\n", "x", "\0", "{}"])
    elif edit == 5:
        items = list(json.loads(text).items())
        rng.shuffle(items)
        text = json.dumps(dict(items[rng.randrange(2) :]), indent=rng.choice([None, 3]))
    file = text.encode()
    if edit == 6:
        place = rng.randrange(len(file))
        file = file[:place] + rng.choice(BYTES) + file[place + rng.randrange(2) :]
    return file


def test_random_snapshot_files_are_read_alike(tmp_path: Path, seed: int) -> None:
    rng = random.Random(f"{seed}/snapshots")  # noqa: S311 - reproducible, not secret
    met: Counter[str] = Counter()
    for _ in range(RANDOM_FILES):
        file = edited(rng, random_snapshot(rng))
        loaded, theirs = recovery.load(file), planned(tmp_path, file)
        assert accepts_form(theirs) == (loaded.snapshot is not None), file
        if loaded.snapshot is not None and theirs[0] == "ok":
            refusal, plan = recovery.recovery_plan(loaded.snapshot, log.verify(LOG))
            tenants = [tenant._asdict() for tenant in loaded.snapshot.tenants]
            snapshot = loaded.snapshot._asdict() | {"tenants": tenants}
            assert (refusal, plan._asdict() | {"snapshot": snapshot}) == (None, theirs[1])
        met[theirs[0].partition(":")[0]] += 1
    assert met.keys() == {"ok", "JSON error", "I/O error", "restore error"}
    assert min(met.values()) > 10


def test_every_cut_of_a_snapshot_file_is_refused(tmp_path: Path) -> None:
    file = recovery.file_text(LedgerSnapshot(TAG + 1, (Tenant("é", 1, 1, 0, 0),), 0, None)).encode()
    for end in range(len(file)):
        assert recovery.load(file[:end]).problem == recovery.MALFORMED
        assert not accepts_form(planned(tmp_path, file[:end]))


@pytest.mark.parametrize("size", [16 * 2**20, 16 * 2**20 + 1])
def test_the_largest_file_is_the_same(tmp_path: Path, size: int) -> None:
    file = recovery.file_text(LedgerSnapshot(TAG + 1, (), 0, None)).encode().ljust(size)
    assert (recovery.load(file).problem == recovery.TOO_LARGE) == ("exceeds 16777216" in planned(tmp_path, file)[0])


@pytest.mark.parametrize("watermark", [None, 0, 1, 2, 3, 4])
def test_a_plan_is_the_same(tmp_path: Path, watermark: int | None) -> None:
    snapshot = LedgerSnapshot(TAG + 1, (), 0, watermark)
    for text in (b"", LOG, LOG[:-1], LOG[:-9], LOG.replace(b'"data":2', b'"data":4')):
        refusal, plan = recovery.recovery_plan(snapshot, log.verify(text))
        theirs = planned(tmp_path, recovery.file_text(snapshot).encode(), text)
        assert (theirs[0] == "ok") == (refusal is None)
        if refusal is None:
            assert theirs[1] == plan._asdict() | {"snapshot": snapshot._asdict() | {"tenants": []}}
        else:
            is_behind = "ahead of verified WAL head" in theirs[0]
            assert is_behind == (refusal.code == "RECOVERY_LOG_BEHIND")


def test_a_checkpoint_is_written_byte_for_byte(tmp_path: Path) -> None:
    engine = wheel.BudgetEngine()
    for name in ("b", "é\x7f", 'a"\\\n\x01/', ""):
        engine.ensure_tenant(name, 100)
    engine.checkpoint(str(tmp_path / "snapshot"))
    file = (tmp_path / "snapshot").read_bytes()
    loaded = recovery.load(file).snapshot
    assert loaded is not None
    assert [tenant.tenant_id for tenant in loaded.tenants] == ["", 'a"\\\n\x01/', "b", "é\x7f"]
    assert recovery.file_text(loaded).encode() == file


def test_a_listed_difference_of_files_is_still_there(tmp_path: Path) -> None:
    # serde reads a struct from an array too; SNAP-2 wants an object
    file = f"[{TAG + 1},[],0,null]".encode()
    assert planned(tmp_path, file)[0] == "ok"
    assert recovery.load(file).problem == recovery.MALFORMED


def test_a_random_decision_is_sealed_alike(seed: int) -> None:
    rng = random.Random(f"{seed}/envelopes")  # noqa: S311 - reproducible, not secret
    policy = {**EXAMPLE.policy._asdict(), "models": [model._asdict() for model in EXAMPLE.models]}
    replays = Counter[bool]()
    for _ in range(300):
        request = cases.request(rng, policy)
        taken_for = request if rng.random() < 0.7 else EXAMPLE_REQUEST._asdict()
        ours = seal(EXAMPLE, Request(**request), decide(EXAMPLE, Request(**taken_for)))
        decision = WHEEL_POLICY.prescribe(wheel.KernelInput(**taken_for))
        assert WHEEL_POLICY.proof_envelope(wheel.KernelInput(**request), decision) == ours._asdict()
        replays[ours.replay_valid] += 1
    assert min(replays[True], replays[False]) > 20
