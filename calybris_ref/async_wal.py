"""The log from an event loop: the same format, refusals and guarantees, and nothing blocks the loop (LOG-8, LOG-12).

Every file operation runs in one thread of the writer. Appends that wait at the same time share one write, and one sync
where every append is synced: the more wait, the less each of them waits.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from calybris_ref.durable import PathLike
from calybris_ref.errors import CalybrisError
from calybris_ref.errors_wal import WriterClosed
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.payload import payload_bytes
from calybris_ref.policy import PolicySnapshot
from calybris_ref.verify import AuditBundle
from calybris_ref.wal import WalWriter
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_line import WalEntry, WalHead
from calybris_ref.wal_reader import verify_wal
from calybris_ref.wal_record import record_bytes, verified_record_bytes

_T = TypeVar("_T")
_Printer = Callable[[], bytes]
_Waiting = tuple[_Printer, "asyncio.Future[WalEntry]"]

# A system writes no more than 2 GiB at once, and a payload may have 16 MiB.
_GROUP_BYTES = 1024 * 1024


class AsyncWalWriter:
    """The writer of one log for one event loop; an asynchronous context manager. Made by `open` or `open_keyed`.

    Appends are written in the order in which they are asked for. One that is cancelled may be written all the same.
    """

    def __init__(self, writer: WalWriter, worker: ThreadPoolExecutor) -> None:
        self._writer = writer
        self._worker = worker
        self._is_closed = False
        self._group: list[_Waiting] = []
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: PathLike, *, sync_on_append: bool = False) -> Self:
        """As `WalWriter.open`."""
        return await cls._open(partial(WalWriter.open, path, sync_on_append=sync_on_append))

    @classmethod
    async def open_keyed(cls, path: PathLike, key: bytes, *, sync_on_append: bool = False) -> Self:
        """As `WalWriter.open_keyed`."""
        return await cls._open(partial(WalWriter.open_keyed, path, key, sync_on_append=sync_on_append))

    @classmethod
    async def _open(cls, make: Callable[[], WalWriter]) -> Self:
        worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="calybris-wal")
        try:
            return cls(await asyncio.get_running_loop().run_in_executor(worker, make), worker)
        except BaseException:
            worker.shutdown(wait=False)
            raise

    @property
    def sequence(self) -> int:
        """The sequence of the last entry that was written; 0 when there is none."""
        return self._writer.sequence

    @property
    def entry_count(self) -> int:
        """How many entries the log has."""
        return self._writer.entry_count

    @property
    def last_hash(self) -> str:
        """The hash of the last entry that was written; `genesis` when there is none."""
        return self._writer.last_hash

    async def append(self, payload: Any) -> WalEntry:
        """As `WalWriter.append`; the payload must not change before the answer is there."""
        return await self._append(partial(payload_bytes, payload))

    async def append_audited(
        self, audit: AuditBundle, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """As `WalWriter.append_audited`."""
        return await self._append(partial(record_bytes, audit, request, decision, metadata))

    async def append_verified_audited(
        self, snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """As `WalWriter.append_verified_audited`."""
        return await self._append(partial(verified_record_bytes, snapshot, request, decision, metadata))

    async def flush(self) -> None:
        """Wait until every append that was asked for is written."""
        await self._settled()
        await self._run(self._writer.flush)

    async def sync(self) -> None:
        """Wait until every append that was asked for is on the disk."""
        await self._settled()
        await self._run(self._writer.sync)

    async def flush_and_sync(self) -> None:
        """As `sync`."""
        await self.sync()

    async def validate_chain(self) -> WalHead:
        """As `WalWriter.validate_chain`."""
        return await self._run(self._writer.validate_chain)

    async def anchor(self) -> WalAnchor:
        """As `WalWriter.anchor`, after every append that was asked for."""
        await self._settled()
        return await self._run(self._writer.anchor)

    async def close(self, *, sync: bool = True) -> None:
        """As `WalWriter.close`, after every append that was asked for."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._settled()
        try:
            await asyncio.get_running_loop().run_in_executor(self._worker, partial(self._writer.close, sync=sync))
        finally:
            self._worker.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _append(self, printer: _Printer) -> WalEntry:
        self._check_open()
        waiting: asyncio.Future[WalEntry] = asyncio.get_running_loop().create_future()
        self._waiting.append((printer, waiting))
        if self._committing is None:
            # Whoever comes first writes for all who wait by then, and for those who come meanwhile.
            self._committing = asyncio.create_task(self._commit())
            self._committing.add_done_callback(self._ended)
        return await waiting

    async def _commit(self) -> None:
        while self._waiting:
            self._group, self._waiting = self._waiting, []
            work = partial(_written, self._writer, [printer for printer, _ in self._group])
            answers = await asyncio.get_running_loop().run_in_executor(self._worker, work)
            for (_, waiting), answer in zip(self._group, answers, strict=True):
                _tell(waiting, answer)
        self._committing = None

    def _ended(self, committing: asyncio.Task[None]) -> None:
        """When the loop is taken down meanwhile, or worse happens, nobody is left waiting for ever."""
        error = asyncio.CancelledError() if committing.cancelled() else committing.exception()
        if error:
            self._committing = None
            for _, waiting in self._group + self._waiting:
                _tell(waiting, error)
            self._group, self._waiting = [], []

    async def _settled(self) -> None:
        if self._committing is not None:
            await asyncio.shield(self._committing)

    async def _run(self, work: Callable[[], _T]) -> _T:
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _check_open(self) -> None:
        if self._is_closed:
            raise WriterClosed("the writer was closed", code="LOG_WRITER_CLOSED", at="log")


async def verify_async_wal(path: PathLike, key: bytes | None = None, anchor: WalAnchor | None = None) -> WalHead:
    """As `verify_wal`, in a thread."""
    return await asyncio.to_thread(verify_wal, path, key, anchor)


def _written(writer: WalWriter, printers: list[_Printer]) -> list[WalEntry | Exception]:
    """One answer for each payload; one that is refused keeps none of the others back. Runs in the writer's thread."""
    answers: dict[int, WalEntry | Exception] = {}
    for group in _groups(printers, answers):
        try:
            answers |= zip(group, writer.append_bytes(list(group.values())), strict=True)
        except CalybrisError as error:
            answers |= dict.fromkeys(group, error)
    return [answers[place] for place in range(len(printers))]


def _groups(printers: list[_Printer], answers: dict[int, WalEntry | Exception]) -> Iterator[dict[int, bytes]]:
    """The payloads by their place, in groups for one write; what cannot be printed is answered at once."""
    group: dict[int, bytes] = {}
    size = 0
    for place, printer in enumerate(printers):
        try:
            group[place] = printer()
        except Exception as error:  # noqa: BLE001 - whatever a payload raises while it is printed is for its caller
            answers[place] = error
            continue
        size += len(group[place])
        if size >= _GROUP_BYTES:
            yield group
            group, size = {}, 0
    if group:
        yield group


def _tell(waiting: "asyncio.Future[WalEntry]", answer: WalEntry | BaseException) -> None:
    if waiting.done():
        return  # cancelled; the entry is in the log all the same
    if isinstance(answer, asyncio.CancelledError):
        waiting.cancel()
    elif isinstance(answer, BaseException):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
