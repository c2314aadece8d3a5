"""Ledgers on disk, and what is left to do after a crash (SNAP-1 … SNAP-3, RECOVER-1).

A file is replaced in one step (`durable`): whoever reads, and a machine that starts again after a crash, finds the old
snapshot or the new one.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from calybris_ref.budget import BudgetEngine
from calybris_ref.durable import PathLike, replace_file
from calybris_ref.errors import PersistenceError
from calybris_ref.ledger import BudgetSnapshot, check_restorable
from calybris_ref.record import U64, U64_WIDTH, Record, sized
from calybris_ref.snapshot_json import MAX_SNAPSHOT_BYTES, snapshot_from_text, snapshot_text, snapshot_too_large
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_reader import verify_wal

# Of two checkpoints at one time, in one process, the file of the later snapshot stays.
_CHECKPOINT = Lock()


@dataclass(frozen=True, slots=True)
class RecoveryPlan(Record):
    """What is left to do after a crash: the entries of the log with a sequence above the watermark (RECOVER-1)."""

    snapshot: BudgetSnapshot
    total_wal_entries: U64
    entries_to_replay: U64
    wal_high_watermark: U64


def save_snapshot(snapshot: BudgetSnapshot, path: PathLike) -> None:
    """Write a snapshot as a file, in the place of the one that may be there (SNAP-1, SNAP-3).

    PersistenceError SNAPSHOT_TOO_LARGE for one that could not be loaded again, SNAPSHOT_WRITE_FAILED for what the
    system refuses. After either the old file is there as it was, and no other; only when it is the sync of the folder
    that failed, the new file is there, and may not survive a crash.
    """
    data = snapshot_text(snapshot).encode()
    if len(data) > MAX_SNAPSHOT_BYTES:
        raise snapshot_too_large(os.fspath(path))
    try:
        replace_file(path, data)
    except (OSError, ValueError) as error:  # ValueError: no path holds a NUL
        raise _failed("SNAPSHOT_WRITE_FAILED", "written", path, error) from error


def load_snapshot(path: PathLike) -> BudgetSnapshot:
    """The snapshot in a file; whether an engine restores it is not asked here (SNAP-2).

    PersistenceError: SNAPSHOT_READ_FAILED, SNAPSHOT_TOO_LARGE, SNAPSHOT_MALFORMED.
    """
    try:
        with Path(path).open("rb") as file:
            # A size is known before anything is read, but not of every file, and a file may grow meanwhile.
            too_large = os.fstat(file.fileno()).st_size > MAX_SNAPSHOT_BYTES
            data = b"" if too_large else file.read(MAX_SNAPSHOT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _failed("SNAPSHOT_READ_FAILED", "read", path, error) from error
    if too_large:
        raise snapshot_too_large(os.fspath(path))
    try:
        return snapshot_from_text(data)
    except PersistenceError as error:
        error.path = os.fspath(path)
        raise


def checkpoint(engine: BudgetEngine, path: PathLike) -> BudgetSnapshot:
    """Take a snapshot and save it (SNAP-3); the snapshot.

    RestoreError for one that could not be restored (LEDGER-11) and PersistenceError as of `save_snapshot`; a file that
    is there stays then.
    """
    return _checkpoint(engine, path, None)


def checkpoint_with_wal(engine: BudgetEngine, path: PathLike, wal_sequence: int) -> BudgetSnapshot:
    """As `checkpoint`, with the sequence of the last log entry that the ledger knows of as watermark (SNAP-3)."""
    return _checkpoint(engine, path, sized("wal_sequence", wal_sequence, U64_WIDTH))


def restore(engine: BudgetEngine, path: PathLike) -> BudgetSnapshot:
    """Load a snapshot and put it in the place of everything in the engine (SNAP-2, LEDGER-11); the snapshot.

    PersistenceError as of `load_snapshot`, RestoreError; the engine is as it was then.
    """
    snapshot = load_snapshot(path)
    engine.restore_from_snapshot(snapshot)
    return snapshot


def recovery_plan(
    snapshot_path: PathLike, wal_path: PathLike, key: bytes | None = None, anchor: WalAnchor | None = None
) -> RecoveryPlan:
    """Load a snapshot, verify the log, and say what is left to do (RECOVER-1).

    PersistenceError as of `load_snapshot`; WalError and OSError as of `verify_wal`; PersistenceError
    RECOVERY_LOG_BEHIND.
    """
    snapshot = load_snapshot(snapshot_path)
    return plan_recovery(snapshot, verify_wal(wal_path, key, anchor).sequence)


def plan_recovery(snapshot: BudgetSnapshot, last_sequence: int) -> RecoveryPlan:
    """The plan for a snapshot and a verified log, whose sequences are 1, 2 … `last_sequence` (RECOVER-1)."""
    watermark = snapshot.wal_high_watermark or 0
    if watermark > last_sequence:
        raise PersistenceError(
            f"the ledger knows of entry {watermark}, but the log ends at {last_sequence}: it has lost its tail",
            code="RECOVERY_LOG_BEHIND",
            at="wal_high_watermark",
        )
    return RecoveryPlan(snapshot, last_sequence, last_sequence - watermark, watermark)


def _checkpoint(engine: BudgetEngine, path: PathLike, wal_sequence: int | None) -> BudgetSnapshot:
    with _CHECKPOINT:
        snapshot = replace(engine.snapshot(), wal_high_watermark=wal_sequence)
        check_restorable(snapshot)
        save_snapshot(snapshot, path)
    return snapshot


def _failed(code: str, done: str, path: PathLike, error: OSError | ValueError) -> PersistenceError:
    shown_path = os.fspath(path)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return PersistenceError(f"{shown_path} cannot be {done}: {reason}", code=code, at="file", path=shown_path)
