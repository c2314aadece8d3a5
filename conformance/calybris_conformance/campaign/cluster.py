"""Ranges done by the workers of a Dask cluster: one of this machine, or the one behind an address. Extra `cluster`.

A task is a range and gives a tally; a worker keeps the port that it asks open between tasks. A worker that is lost
takes nothing with it: its tasks are done again by others, with the same result, because a range is all they depend on.
"""

from __future__ import annotations

import atexit
import queue
import threading
from typing import TYPE_CHECKING, Any, Final, Self

from distributed import Client, LocalCluster

from calybris_conformance.campaign import work
from calybris_conformance.transport import Interrupted

if TYPE_CHECKING:
    from types import TracebackType

    from calybris_conformance.campaign.asking import Asker
    from calybris_conformance.campaign.tally import Tally
    from calybris_conformance.campaign.target import Target

_AHEAD: Final = 2  # ranges for each worker: one that it does, one that waits for it
_WAIT_SECONDS: Final = 0.1

# The package has no types.
_LOCAL: Final[Any] = LocalCluster
_CLIENT: Final[Any] = Client

_open = threading.local()
"""The port of each thread of a worker, under `asker`, and its target."""


class Cluster:
    """Workers of a cluster; a context manager. `jobs` is how many to start, where no address is given."""

    def __init__(
        self, scale: work.Scale, target: Target, address: str | None, jobs: int, stop: threading.Event
    ) -> None:
        self._scale = scale
        self._target = target
        self._stop = stop
        self._local: Any = None
        if address is None:
            self._local = _LOCAL(
                n_workers=jobs,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
                preload="calybris_conformance.campaign.worker",
            )
        self.client = _CLIENT(self._local if address is None else address, set_as_default=False)
        self._finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._numbers: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        if self._local is not None:
            self._local.close()

    @property
    def capacity(self) -> int:
        """Some ranges for every thread of every worker that is there now."""
        threads: dict[str, int] = self.client.nthreads()
        return _AHEAD * max(sum(threads.values()), 1)

    def submit(self, part: work.Range) -> None:
        """Sends a range to the cluster."""
        future = self.client.submit(_do, self._scale, part, self._target, pure=False, retries=3)
        self._numbers[future.key] = part.number
        future.add_done_callback(self._finished.put)

    def collect(self) -> tuple[int, Tally]:
        """Waits for any range. Raises Interrupted, and whatever a range raised."""
        while not self._stop.is_set():
            try:
                future = self._finished.get(timeout=_WAIT_SECONDS)
            except queue.Empty:
                continue
            tally: Tally = future.result()
            return self._numbers.pop(future.key), tally
        raise Interrupted


def _do(scale: work.Scale, part: work.Range, target: Target) -> Tally:
    """A range, on a worker."""
    return work.do(scale, part, _asker(target), threading.Event())


def _asker(target: Target) -> Asker:
    """The port of this thread, started once."""
    if getattr(_open, "target", None) != target:
        _close()
        _open.asker, _open.target = target.open(threading.Event()), target
        atexit.register(_open.asker.close)
    asker: Asker = _open.asker
    return asker


def _close() -> None:
    if hasattr(_open, "asker"):
        _open.asker.close()
