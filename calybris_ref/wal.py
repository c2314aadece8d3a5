"""The writer of a log: one at a time, and useless once a write failed (LOG-8, LOG-9, LOG-12); and how logs are read.

An append is one write to the file: it survives the end of the process, and a crash of the machine once it was synced.
The lock is an advisory one on the log file itself (`flock`), which goes when the writer is closed or its process ends.
"""

import fcntl
import os
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import IO, Any, Self

from calybris_ref.durable import PathLike, sync_folder
from calybris_ref.errors_wal import ChainBroken, WalPoisoned, WriterActive, WriterClosed
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.payload import JsonText, payload_bytes
from calybris_ref.policy import PolicySnapshot
from calybris_ref.verify import AuditBundle
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_blocks import file_blocks, verify_blocks, verify_log
from calybris_ref.wal_chain import missing_line_feed, next_entry
from calybris_ref.wal_line import WalEntry, WalHead, check_key, entry_hash
from calybris_ref.wal_reader import (
    load_anchor,
    read_verified_wal,
    read_wal,
    replay_audited_wal,
    save_anchor,
    verify_wal,
)
from calybris_ref.wal_record import AuditedRecord, record_bytes, verified_record_bytes
from calybris_ref.wal_replay import WalReplayVerdict, replay_log

__all__ = [
    "AuditedRecord",
    "JsonText",
    "WalAnchor",
    "WalEntry",
    "WalHead",
    "WalReplayVerdict",
    "WalWriter",
    "entry_hash",
    "load_anchor",
    "next_entry",
    "payload_bytes",
    "read_verified_wal",
    "read_wal",
    "replay_audited_wal",
    "replay_log",
    "save_anchor",
    "verify_log",
    "verify_wal",
]

# A log says what a business decided and what it paid: nobody else reads it unless its owner says so.
_PERMISSIONS = 0o600
# What is wrong with a writer until it is known that its write or sync went well.
_INTERRUPTED = InterruptedError("it was interrupted")


class WalWriter:
    """The writer of one log; a context manager, and safe to share between threads.

    A call that is refused, or fails, changes neither the sequence nor the last hash. Once a write or sync failed, or
    was interrupted, every call is refused with WalPoisoned; open the log again, which verifies it.
    """

    def __init__(self, path: PathLike, key: bytes | None = None, *, sync_on_append: bool = False) -> None:
        check_key(key)
        self._path = os.fspath(path)
        self._key = key
        self._sync_on_append = sync_on_append
        self._lock = RLock()
        self._trouble: BaseException | None = None
        self._is_closed = False
        self._file = _opened(self._path)
        try:
            lock_log(self._file, self._path)
            self._head, last_byte = _verified(self._file, key)
            if last_byte:
                # What an earlier writer did not sync is there now, and must not go when later entries are synced.
                os.fsync(self._file.fileno())
        except BaseException:
            self._file.close()
            raise
        self._line_feed = missing_line_feed(last_byte)

    @classmethod
    def open(cls, path: PathLike, *, sync_on_append: bool = False) -> Self:
        """Open a log, or create one; what is there is verified first (LOG-8).

        WalError as of `verify_wal`, WriterActive while another writer has it open, OSError.
        """
        return cls(path, sync_on_append=sync_on_append)

    @classmethod
    def open_keyed(cls, path: PathLike, key: bytes, *, sync_on_append: bool = False) -> Self:
        """As `open`, for a log with a key of at least 32 bytes (LOG-6); KeyTooShort."""
        return cls(path, key, sync_on_append=sync_on_append)

    @property
    def sequence(self) -> int:
        """The sequence of the last entry; 0 when there is none."""
        return self._head.sequence

    @property
    def entry_count(self) -> int:
        """How many entries the log has."""
        return self._head.sequence

    @property
    def last_hash(self) -> str:
        """The hash of the last entry; `genesis` when there is none."""
        return self._head.last_hash

    def append(self, payload: Any) -> WalEntry:
        """Append a payload: Python values, or a `JsonText`; the entry. PayloadError, LOG-5 and LOG-7."""
        (entry,) = self.append_bytes([payload_bytes(payload)])
        return entry

    def append_audited(
        self, audit: AuditBundle, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """Append the record of a decision as it is, whether it replays or not (LOG-9)."""
        (entry,) = self.append_bytes([record_bytes(audit, request, decision, metadata)])
        return entry

    def append_verified_audited(
        self, snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """Append the record of a decision that replays; AuditFailed for any other, and nothing is written (LOG-9)."""
        (entry,) = self.append_bytes([verified_record_bytes(snapshot, request, decision, metadata)])
        return entry

    def append_bytes(self, payloads: Sequence[bytes]) -> list[WalEntry]:
        """Append payloads that `payload_bytes` printed, all in one write, or none of them."""
        with self._lock:
            self._check_usable()
            entries: list[WalEntry] = []
            head = self._head
            for payload in payloads:
                entry = next_entry(head, payload, self._key)
                entries.append(entry)
                head = entry.head
            self._attempt(self._written, b"".join([entry.line() for entry in entries]))
            self._head = head
            self._trouble = None
        return entries

    def flush(self) -> None:
        """Nothing waits to be written; WalPoisoned or WriterClosed where nothing can be."""
        with self._lock:
            self._check_usable()

    def sync(self) -> None:
        """Wait until every entry is on the disk."""
        with self._lock:
            self._check_usable()
            self._attempt(self._synced)
            self._trouble = None

    def flush_and_sync(self) -> None:
        """As `sync`."""
        self.sync()

    def validate_chain(self) -> WalHead:
        """Verify the whole log as it stands in the file; ChainBroken also where it does not end as was written."""
        with self._lock:
            self._check_usable()
            head, _ = _verified(self._file, self._key)
            if head != self._head:
                raise ChainBroken(
                    "the log does not end with the entry that was written last",
                    code="LOG_CHAIN_BROKEN",
                    at="lines",
                    expected=self._head,
                    found=head,
                )
            return head

    def anchor(self) -> WalAnchor:
        """Where the log ends now, to be kept elsewhere (LOG-11)."""
        with self._lock:
            self._check_usable()
            return WalAnchor.of(self._head, keyed=self._key is not None)

    def close(self, *, sync: bool = True) -> None:
        """Sync, unless told otherwise, and let the log go; again is nothing. A poisoned writer does not sync."""
        with self._lock:
            if self._is_closed:
                return
            try:
                if sync and self._trouble is None:
                    self.sync()
            finally:
                self._is_closed = True
                self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<WalWriter {self._path!r} at sequence {self.sequence}>"

    def _check_usable(self) -> None:
        if self._is_closed:
            raise WriterClosed(f"the writer of {self._path} was closed", code="LOG_WRITER_CLOSED", at="log")
        if self._trouble is not None:
            raise self._poisoned()

    def _attempt(self, work: Callable[..., None], *arguments: bytes) -> None:
        # Poisoned until it is known that all went well: an interrupt may come between the write and the new head.
        self._trouble = _INTERRUPTED
        try:
            work(*arguments)
        except OSError as error:
            self._trouble = error
            raise self._poisoned() from error

    def _written(self, line: bytes) -> None:
        if self._line_feed:
            # On the disk before the line is written: of what a crash leaves of two writes, the entry that stands in
            # front must not become a part of a line that is none.
            self._put(self._line_feed)
            self._synced()
            self._line_feed = b""
        self._put(line)
        if self._sync_on_append:
            self._synced()

    def _put(self, line: bytes) -> None:
        count = os.write(self._file.fileno(), line)
        if count != len(line):
            raise OSError(f"{count} of {len(line)} bytes were written")

    def _synced(self) -> None:
        os.fsync(self._file.fileno())

    def _poisoned(self) -> WalPoisoned:
        return WalPoisoned(
            f"a write or sync failed ({self._trouble}), and nobody knows what reached the disk; open the log again",
            code="LOG_WRITER_POISONED",
            at="log",
            sequence=self.sequence,
        )


def _opened(path: str) -> FileIO:
    def create_or_open(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_CREAT | os.O_APPEND, _PERMISSIONS)

    file = FileIO(path, "r+", opener=create_or_open)
    try:
        # Also where it was there: who created it may have died before its name was on the disk.
        if os.fstat(file.fileno()).st_size == 0:
            sync_folder(Path(path).parent)
    except BaseException:
        file.close()
        raise
    return file


def lock_log(file: IO[bytes] | FileIO, path: str) -> None:
    """Be the one writer of a log, until the file is closed; WriterActive where there is another one (LOG-12)."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        detail = f"another writer has {path} open, and a log has one writer at a time"
        raise WriterActive(detail, code="LOG_WRITER_ACTIVE", at="log") from None


def _verified(file: FileIO, key: bytes | None) -> tuple[WalHead, bytes]:
    """The head of the log in an open file, and its last byte."""
    with os.fdopen(file.fileno(), "rb", closefd=False) as log:
        log.seek(0)
        head = verify_blocks(file_blocks(log), key)
        log.seek(max(log.tell() - 1, 0))
        return head, log.read(1)
