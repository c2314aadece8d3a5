"""The jobs about logs that are timed: appended to, verified and replayed, by one process and by two.

The peer takes each decision again before it writes it. `append_audited` writes the record of a decision that was taken
before, as a service does that decides in one place and logs in another; `append_verified_audited` takes it again, too.
"""

import atexit
import dataclasses
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from calybris import _core as peer

from calybris_ref import (
    KernelInput,
    KernelModel,
    PolicySnapshot,
    WalWriter,
    audit_bundle,
    replay_audited_wal,
    verify_wal,
)
from calybris_ref.wal_chain import next_entry
from calybris_ref.wal_line import EMPTY_LOG, WalHead
from calybris_ref.wal_record import record_bytes
from calybris_ref.wal_segments import join, segments_of
from calybris_ref.wal_workers import read_by_processes
from tests.bench.jobs import MODELS, Job

_SHORT = 2_000
# A run that only shows that everything works takes a shorter one.
_LONG = int(os.environ.get("BENCH_LONG_LOG_ENTRIES", "100000"))
_SYNC_EVERY = 256
_KEY = bytes(range(32))
_SCALARS = (1, 1, 9_600, 5_500, 3_500, 2)
_CATALOG = [
    (place + 1, place % 8, 6_000 + 150 * place, 9_500, 1, 120 + 37 * place, 0b111, 0b1111, 150_000 * (place + 1), 10**6)
    for place in range(MODELS)
]
_ASKED = (1, 3, 1_200, 350, 10**9, 2_500, 900, 9_000, 7_000, 800, 0b1, 0b0101_0101, 0b11)


class _Both:
    """A policy and a request, ours and theirs."""

    def __init__(self) -> None:
        self.policy = PolicySnapshot.try_new(*_SCALARS, [KernelModel(*row) for row in _CATALOG])
        self.request = KernelInput(*_ASKED)
        self.decision = self.policy.prescribe(self.request)
        self.bundle = audit_bundle(self.policy, self.request, self.decision)
        self.peers: Any = peer.PolicySnapshot(*_SCALARS, [peer.KernelModel(*row) for row in _CATALOG])
        self.peers_request: Any = peer.KernelInput(*_ASKED)
        self.peers_decision: Any = self.peers.prescribe(self.peers_request)

    def records(self, count: int) -> list[bytes]:
        """Payloads of different decisions of the policy."""
        rng = random.Random(1)  # noqa: S311 - reproducible, not secret
        found = []
        for sequence in range(count):
            asked = dataclasses.replace(
                self.request,
                request_sequence=sequence,
                business_value_microunits=rng.getrandbits(31),
                budget_limit_microunits=rng.getrandbits(20),
                minimum_quality_bps=rng.randrange(10_000),
            )
            decided = self.policy.prescribe(asked)
            found.append(record_bytes(audit_bundle(self.policy, asked, decided), asked, decided, None))
        return found


def _write(path: Path, payloads: list[bytes], count: int, key: bytes | None = None) -> WalHead:
    """A log of so many entries, with these payloads again and again."""
    head = EMPTY_LOG
    with path.open("wb") as file:
        for place in range(count):
            entry = next_entry(head, payloads[place % len(payloads)], key)
            file.write(entry.line())
            head = entry.head
    return head


def _appends(folder: Path, both: _Both) -> list[Job]:
    def writers(name: str) -> tuple[WalWriter, Any]:
        return WalWriter.open(folder / f"{name}-ours"), peer.AuditedWal(str(folder / f"{name}-theirs"))

    def synced(append: Callable[[], object], sync: Callable[[], object]) -> Callable[[], object]:
        def run() -> None:
            for _ in range(_SYNC_EVERY):
                append()
            sync()

        return run

    ours, theirs = writers("append")

    def append() -> object:
        return ours.append_audited(both.bundle, both.request, both.decision)

    def append_verified() -> object:
        return ours.append_verified_audited(both.policy, both.request, both.decision)

    def append_there() -> object:
        return theirs.append_verified(both.peers, both.peers_request, both.peers_decision, "null")

    for one, other in ((append, append_there), (append_verified, append_there)):
        one(), other()
    theirs.flush()
    if (folder / "append-ours").read_bytes() != (folder / "append-theirs").read_bytes():
        raise AssertionError("the two do not do the same job")
    return [
        Job("append a decision to a log, no sync", append, append_there, 2_000, 2_000, process_time),
        Job("append a decision that is taken again, no sync", append_verified, append_there, 500, 2_000, process_time),
        Job(
            f"append a decision to a log, sync every {_SYNC_EVERY}",
            synced(append, ours.sync),
            synced(append_there, theirs.flush_and_sync),
            5,
            5,
        ),
    ]


def _reads(folder: Path, both: _Both) -> list[Job]:
    records = both.records(500)
    short, long, keyed, small = (folder / name for name in ("short", "long", "keyed", "small"))
    _write(short, records, _SHORT)
    head = _write(long, records, _LONG)
    _write(keyed, records, _SHORT, _KEY)
    _write(small, [b'{"a":1}'], _SHORT)

    def by_two() -> object:
        return join(read_by_processes(segments_of(long, 4), 2, lambda _: None)).head

    def replayed_by_two() -> object:
        policies = [both.policy]
        return join(
            read_by_processes(segments_of(long, 4), 2, lambda _: None, None, policies), None, policies
        ).decisions

    def replayed(path: Path) -> Callable[[], object]:
        return lambda: sum(1 for _ in replay_audited_wal(path, both.policy))

    def replayed_there(path: Path) -> Callable[[], object]:
        return lambda: len(peer.replay_verify_audited_wal(str(path), both.peers))

    answers = [by_two(), verify_wal(long), peer.verify_audited_wal(str(long))]
    counts = [replayed_by_two(), replayed(long)(), replayed_there(long)()]
    if answers != [head] * 3 or counts != [_LONG] * 3:
        raise AssertionError("the two do not do the same job")
    verified_there = lambda: peer.verify_audited_wal(str(long))  # noqa: E731 - beside the others
    return [
        Job(
            f"verify a log of {_SHORT:,} decisions",
            lambda: verify_wal(short),
            lambda: peer.verify_audited_wal(str(short)),
            10,
            10,
            process_time,
        ),
        Job(
            f"with a key: verify a log of {_SHORT:,} decisions",
            lambda: verify_wal(keyed, _KEY),
            lambda: peer.verify_audited_wal(str(keyed), hmac_key=_KEY),
            10,
            10,
            process_time,
        ),
        Job(
            f"short payloads: verify a log of {_SHORT:,} entries",
            lambda: verify_wal(small),
            lambda: peer.verify_audited_wal(str(small)),
            20,
            20,
            process_time,
        ),
        Job(f"verify a log of {_LONG:,} decisions", lambda: verify_wal(long), verified_there, 1, 1, process_time),
        Job(f"two processes: verify a log of {_LONG:,} decisions", by_two, verified_there, 1, 1),
        Job(f"replay a log of {_SHORT:,} decisions", replayed(short), replayed_there(short), 5, 5, process_time),
        Job(f"replay a log of {_LONG:,} decisions", replayed(long), replayed_there(long), 1, 1, process_time),
        Job(f"two processes: replay a log of {_LONG:,} decisions", replayed_by_two, replayed_there(long), 1, 1),
    ]


def jobs() -> list[Job]:
    """Every job; building them checks that both sides do the same. Logs lie in a folder that goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="calybris-bench-")
    atexit.register(folder.cleanup)
    both = _Both()
    return [*_appends(Path(folder.name), both), *_reads(Path(folder.name), both)]
