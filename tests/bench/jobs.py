"""The jobs that are timed: each once done by us and once by a peer, on the same data."""

import atexit
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from calybris import _core as peer

import calybris_ref
from calybris_ref import (
    BudgetEngine,
    Committed,
    KernelInput,
    KernelModel,
    PolicySnapshot,
    WalWriter,
    replay_audited_wal,
    verify_wal,
)
from tests.bench.bulk import bulk_jobs

MODELS = 22
_ENTRIES = 2_000
_THREADS, _PAIRS_PER_THREAD = 8, 1_000
_SCALARS = (1, 1, 9_600, 5_500, 3_500, 2)
_CATALOG = [
    (place + 1, place % 8, 6_000 + 150 * place, 9_500, 1, 120 + 37 * place, 0b111, 0b1111, 150_000 * (place + 1), 10**6)
    for place in range(MODELS)
]
# sequence, requested, tokens in and out, value, budget, risk, confidence, quality, latency, masks
_ALL_ELIGIBLE = (1, 3, 1_200, 350, 10**9, 10**9, 900, 9_000, 0, 0, 0b1, 2**64 - 1, 0b1)
_MIXED = (1, 3, 1_200, 350, 10**9, 2_500, 900, 9_000, 7_000, 800, 0b1, 0b0101_0101, 0b11)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing done in two ways; `repeats` and `peer_repeats` calls take about as long as each other."""

    name: str
    ours: Callable[[], object]
    peers: Callable[[], object]
    repeats: int
    peer_repeats: int


def _decision(name: str, request: tuple[int, ...]) -> Job:
    policy = PolicySnapshot.try_new(*_SCALARS, [KernelModel(*row) for row in _CATALOG])
    theirs = peer.PolicySnapshot(*_SCALARS, [peer.KernelModel(*row) for row in _CATALOG])
    ours_asked, theirs_asked = KernelInput(*request), peer.KernelInput(*request)
    eligible = policy.prescribe(ours_asked).eligible_models
    if eligible != theirs.prescribe(theirs_asked).eligible_models:
        raise AssertionError("the two do not do the same job")
    return Job(
        f"one decision, {MODELS} models, {eligible} eligible",
        lambda: policy.prescribe(ours_asked),
        lambda: theirs.prescribe(theirs_asked),
        2_000,
        60_000,
    )


def _digests() -> Job:
    policy = PolicySnapshot.try_new(*_SCALARS, [KernelModel(*row) for row in _CATALOG])
    theirs = peer.PolicySnapshot(*_SCALARS, [peer.KernelModel(*row) for row in _CATALOG])
    ours_asked, theirs_asked = KernelInput(*_MIXED), peer.KernelInput(*_MIXED)
    ours_decided, theirs_decided = policy.prescribe(ours_asked), theirs.prescribe(theirs_asked)
    return Job(
        "audit bundle: replay and three digests",
        lambda: calybris_ref.audit_bundle(policy, ours_asked, ours_decided),
        lambda: theirs.audit_bundle(theirs_asked, theirs_decided),
        2_000,
        10_000,
    )


def _reserve_and_commit() -> Job:
    ours, theirs = BudgetEngine(), peer.BudgetEngine()
    for engine in (ours, theirs):
        engine.ensure_tenant("acme", 10**15)

    def mine() -> object:
        return ours.commit(ours.try_reserve("acme", 100)[1], 70)

    def other() -> object:
        return theirs.commit(theirs.try_reserve("acme", 100)["reservation_id"], 70)

    if mine() != Committed(10**15 - 70, 70) or other() != {
        "status": "committed",
        "remaining_microcents": 10**15 - 70,
        "actual_microcents": 70,
    }:
        raise AssertionError("the two do not do the same job")
    return Job("reserve and commit, one thread", mine, other, 30_000, 50_000)


def _contended() -> Job:
    ours, theirs = BudgetEngine(), peer.BudgetEngine()
    for engine in (ours, theirs):
        engine.ensure_tenant("acme", 10**15)

    def mine() -> None:
        for _ in range(_PAIRS_PER_THREAD):
            ours.commit(ours.try_reserve("acme", 100)[1], 70)

    def other() -> None:
        for _ in range(_PAIRS_PER_THREAD):
            theirs.commit(theirs.try_reserve("acme", 100)["reservation_id"], 70)

    def by_all(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            threads = [Thread(target=work) for _ in range(_THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return run

    name = f"{_THREADS * _PAIRS_PER_THREAD:,} times reserve and commit by {_THREADS} threads, one tenant"
    return Job(name, by_all(mine), by_all(other), 3, 3)


def _logs(folder: Path) -> list[Job]:
    policy = PolicySnapshot.try_new(*_SCALARS, [KernelModel(*row) for row in _CATALOG])
    theirs = peer.PolicySnapshot(*_SCALARS, [peer.KernelModel(*row) for row in _CATALOG])
    ours_asked, theirs_asked = KernelInput(*_MIXED), peer.KernelInput(*_MIXED)
    ours_decided, theirs_decided = policy.prescribe(ours_asked), theirs.prescribe(theirs_asked)
    written, our_log, their_log = folder / "written", folder / "ours", folder / "theirs"
    with WalWriter.open(written) as writer:
        for _ in range(_ENTRIES):
            writer.append_verified_audited(policy, ours_asked, ours_decided)
    mine, other = WalWriter.open(our_log), peer.AuditedWal(str(their_log))

    def append() -> object:
        return mine.append_verified_audited(policy, ours_asked, ours_decided)

    def append_there() -> object:
        return other.append_verified(theirs, theirs_asked, theirs_decided, "null")

    append(), append_there()
    other.flush()
    if our_log.read_bytes() != their_log.read_bytes() or verify_wal(written) != peer.verify_audited_wal(str(written)):
        raise AssertionError("the two do not do the same job")
    return [
        Job("append a decision to a log, no sync", append, append_there, 1_000, 5_000),
        Job(
            f"verify a log of {_ENTRIES} decisions",
            lambda: verify_wal(written),
            lambda: peer.verify_audited_wal(str(written)),
            2,
            10,
        ),
        Job(
            f"replay a log of {_ENTRIES} decisions",
            lambda: list(replay_audited_wal(written, policy)),
            lambda: peer.replay_verify_audited_wal(str(written), theirs),
            1,
            5,
        ),
    ]


def _start() -> Job:
    def run(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)

    return Job(
        "command line --version, against bare Python", run("-m", "calybris_ref", "--version"), run("-c", ""), 5, 5
    )


def jobs() -> list[Job]:
    """Every job; building them checks that both sides do the same. Logs lie in a folder that goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="calybris-bench-")
    atexit.register(folder.cleanup)
    return [
        _decision("all", _ALL_ELIGIBLE),
        _decision("mixed", _MIXED),
        _digests(),
        _reserve_and_commit(),
        _contended(),
        *_logs(Path(folder.name)),
        _start(),
        *bulk_jobs(Job, _SCALARS, _CATALOG, _ALL_ELIGIBLE),
    ]
