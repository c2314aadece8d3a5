"""The jobs that are timed: each once done by us and once by a peer, on the same data."""

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from time import perf_counter, process_time

from calybris import _core as peer

import calybris_ref
from calybris_ref import (
    BudgetEngine,
    Committed,
    KernelInput,
    KernelModel,
    PolicySnapshot,
)

MODELS = 22
_ENTRIES = 2_000
_THREADS, _PAIRS_PER_THREAD = 8, 1_000
SCALARS = (1, 1, 9_600, 5_500, 3_500, 2)
CATALOG = [
    (place + 1, place % 8, 6_000 + 150 * place, 9_500, 1, 120 + 37 * place, 0b111, 0b1111, 150_000 * (place + 1), 10**6)
    for place in range(MODELS)
]
# sequence, requested, tokens in and out, value, budget, risk, confidence, quality, latency, masks
ALL_ELIGIBLE = (1, 3, 1_200, 350, 10**9, 10**9, 900, 9_000, 0, 0, 0b1, 2**64 - 1, 0b1)
MIXED = (1, 3, 1_200, 350, 10**9, 2_500, 900, 9_000, 7_000, 800, 0b1, 0b0101_0101, 0b11)
_NONE_ELIGIBLE = (*MIXED[:5], 0, *MIXED[6:])


@dataclass(frozen=True, slots=True)
class Job:
    """One thing done in two ways; `repeats` and `peer_repeats` calls take about as long as each other.

    `timer` is what tells the time: the clock on the wall, or, for who only computes, the CPU time of the process or of
    its children, which neighbours on the machine do not stretch. `elsewhere` is how ours is timed when it runs in
    another process: the seconds that so many calls take there.
    """

    name: str
    ours: Callable[[], object]
    peers: Callable[[], object]
    repeats: int
    peer_repeats: int
    timer: Callable[[], float] = perf_counter
    elsewhere: Callable[[int], float] | None = None


def children_time() -> float:
    """The CPU time in seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _decision(request: tuple[int, ...]) -> Job:
    policy = PolicySnapshot.try_new(*SCALARS, [KernelModel(*row) for row in CATALOG])
    theirs = peer.PolicySnapshot(*SCALARS, [peer.KernelModel(*row) for row in CATALOG])
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
        process_time,
    )


def _evidence() -> list[Job]:
    policy = PolicySnapshot.try_new(*SCALARS, [KernelModel(*row) for row in CATALOG])
    theirs = peer.PolicySnapshot(*SCALARS, [peer.KernelModel(*row) for row in CATALOG])
    ours_asked, theirs_asked = KernelInput(*MIXED), peer.KernelInput(*MIXED)
    ours_decided, theirs_decided = policy.prescribe(ours_asked), theirs.prescribe(theirs_asked)

    def digests() -> tuple[bytes, bytes]:
        return calybris_ref.input_digest(ours_asked), calybris_ref.decision_digest(ours_decided)

    def bundle() -> dict[str, object]:
        found: dict[str, object] = theirs.audit_bundle(theirs_asked, theirs_decided)
        return found

    if [digest.hex() for digest in digests()] != [bundle()["input_digest_hex"], bundle()["decision_digest_hex"]]:
        raise AssertionError("the two do not do the same job")
    return [
        # The wheel has no function that does nothing else.
        Job("both digests of a record, against the audit bundle", digests, bundle, 10_000, 10_000, process_time),
        Job(
            "audit bundle: replay and three digests",
            lambda: calybris_ref.audit_bundle(policy, ours_asked, ours_decided),
            bundle,
            2_000,
            10_000,
            process_time,
        ),
    ]


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
    return Job("reserve and commit, one thread", mine, other, 30_000, 50_000, process_time)


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


def _start() -> list[Job]:
    def run(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)

    bare, ours = run("-c", ""), run("-c", "import calybris_ref")
    version = run("-m", "calybris_ref", "--version")
    return [
        Job("command line --version, against bare Python", version, bare, 5, 5, children_time),
        Job("import of the library, against bare Python", ours, bare, 5, 5, children_time),
        Job("import of the library, against the wheel's", ours, run("-c", "import calybris"), 5, 5, children_time),
    ]


def jobs() -> list[Job]:
    """Every job; building them checks that both sides do the same."""
    return [
        _decision(ALL_ELIGIBLE),
        _decision(MIXED),
        _decision(_NONE_ELIGIBLE),
        *_evidence(),
        _reserve_and_commit(),
        _contended(),
        *_start(),
    ]
