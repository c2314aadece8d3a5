"""Who reads the segments of a log: processes of this machine, or workers of a Dask cluster (LOG-4, LOG-10).

A worker that is lost loses nothing: what it had in hand is read again by another one.
"""

import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

from calybris_ref.policy import PolicySnapshot
from calybris_ref.wal_segments import Segment, SegmentReport, read_segment

Read: TypeAlias = Callable[[Segment], SegmentReport]
Tell: TypeAlias = Callable[[Segment], None]
"""Told of each segment when it was read, in any order."""

LOCAL = "local"
# So often a lost process is replaced; what is left then is read by the process that asks.
_MOST_LOSSES = 3
_RETRIES = 3
# What every worker needs, where its packages are there.
_PRELOADED = ["calybris_ref.wal_segments", "calybris_ref.wal_plain"]


def read_by_processes(
    segments: Sequence[Segment],
    jobs: int,
    tell: Tell,
    key: bytes | None = None,
    policies: Sequence[PolicySnapshot] | None = None,
) -> list[SegmentReport]:
    """The reports of so many processes, in the order of the segments; OSError."""
    read = partial(read_segment, key=key, policies=policies)
    reports: dict[Segment, SegmentReport] = {}
    for _ in range(_MOST_LOSSES):
        left = [segment for segment in segments if segment not in reports]
        if left and _read_by_pool(left, min(jobs, len(left)), read, tell, reports):
            break
    for segment in segments:
        if segment not in reports:
            reports[segment] = read(segment)
            tell(segment)
    return [reports[segment] for segment in segments]


def read_by_scheduler(
    segments: Sequence[Segment],
    address: str,
    jobs: int,
    tell: Tell,
    key_file: str | None = None,
    policies: Sequence[PolicySnapshot] | None = None,
) -> list[SegmentReport]:
    """The reports of the workers of a scheduler, or of `jobs` workers of one that is started here for `local`.

    The workers open the log, and the file of its key, under the same paths: no key is sent anywhere. OSError for a
    scheduler that does not answer, and for a file that a worker cannot read; ImportError without the extra `cluster`.
    """
    import distributed  # the extra `cluster`, when it is asked for

    dask: Any = distributed  # it has no types
    read = partial(_read_with_key_file, key_file=key_file, policies=policies)
    local = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with dask.Client(**local) if address == LOCAL else dask.Client(address) as client:
        futures = {client.submit(read, segment, retries=_RETRIES, pure=False): segment for segment in segments}
        reports: dict[Segment, SegmentReport] = {}
        for future in dask.as_completed(futures):
            segment = futures[future]
            # A worker that was lost too often, and nothing else: this process is the last one to ask.
            is_lost = isinstance(future.exception(), dask.KilledWorker)
            reports[segment] = read(segment) if is_lost else future.result()
            tell(segment)
    return [reports[segment] for segment in segments]


def _read_by_pool(
    segments: Iterable[Segment], jobs: int, read: Read, tell: Tell, reports: dict[Segment, SegmentReport]
) -> bool:
    """Read segments into `reports`; False if a process was lost meanwhile."""
    # Copies of a process that has loaded the code, not of this one, which may have threads.
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    pool = ProcessPoolExecutor(jobs, context, initializer=_leave_interrupts)
    try:
        futures = {pool.submit(read, segment): segment for segment in segments}
        for future in as_completed(futures):
            reports[futures[future]] = future.result()
            tell(futures[future])
    except BrokenProcessPool:
        return False
    finally:
        pool.shutdown(cancel_futures=True)
    return True


def _leave_interrupts() -> None:
    # Who asks is interrupted by the same key, and ends the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _read_with_key_file(
    segment: Segment, key_file: str | None, policies: Sequence[PolicySnapshot] | None
) -> SegmentReport:
    return read_segment(segment, None if key_file is None else Path(key_file).read_bytes(), policies)
