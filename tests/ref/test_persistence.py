"""calybris_ref.persistence: files of snapshots, checkpoints, restores and plans (SNAP-2, SNAP-3, RECOVER-1)."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import (
    Committed,
    PersistenceError,
    RestoreError,
    WalAnchor,
    WalError,
    WalWriter,
    WidthError,
    checkpoint,
    checkpoint_with_wal,
    load_snapshot,
    persistence,
    recovery_plan,
    restore,
    save_snapshot,
    snapshot_text,
)
from calybris_ref.snapshot_json import MAX_SNAPSHOT_BYTES
from tests.support.ledgers import engine, snapshot, tenant
from tests.support.records import U64_MAX

OLD = snapshot([tenant("old", 1, 1)])
NEW = snapshot([tenant("new", 2, 2)], version=2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that holds OLD, alone in its folder."""
    path = tmp_path / "ledger.json"
    save_snapshot(OLD, path)
    return path


def alone(path: Path) -> bool:
    return list(path.parent.iterdir()) == [path]


def test_a_snapshot_is_saved_and_loaded(file: Path) -> None:
    assert file.read_bytes() == snapshot_text(OLD).encode()
    assert load_snapshot(file) == OLD
    save_snapshot(NEW, str(file))
    assert load_snapshot(str(file)) == NEW
    assert alone(file)


def test_a_name_without_a_folder_is_one_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_snapshot(OLD, "ledger.json")
    assert load_snapshot(tmp_path / "ledger.json") == OLD


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_arguments: object, **_named: object) -> Any:
        raise error

    return fail


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "replace"), (Path, "open")])
def test_a_failure_leaves_the_old_file_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, failing(FULL))
        with pytest.raises(PersistenceError) as refused:
            save_snapshot(NEW, file)
    error = refused.value
    assert (error.code, error.at, error.path) == ("SNAPSHOT_WRITE_FAILED", "file", str(file))
    assert str(error) == f"file: {file} cannot be written: No space left on device"
    assert error.__cause__ is FULL
    assert alone(file)
    assert load_snapshot(file) == OLD


@pytest.mark.parametrize("name", ["none/ledger.json", "ledger.json/x", "a\0b", "x" * 300])
def test_a_path_that_no_file_has_is_refused(file: Path, name: str) -> None:
    with pytest.raises(PersistenceError) as refused:
        load_snapshot(file.parent / name)
    assert (refused.value.code, refused.value.at) == ("SNAPSHOT_READ_FAILED", "file")
    with pytest.raises(PersistenceError) as refused:
        save_snapshot(NEW, file.parent / name)
    assert (refused.value.code, refused.value.at) == ("SNAPSHOT_WRITE_FAILED", "file")
    assert alone(file)


def test_a_folder_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(PersistenceError, match="cannot be read: Is a directory"):
        load_snapshot(tmp_path)
    with pytest.raises(PersistenceError, match="cannot be written: Is a directory"):
        save_snapshot(NEW, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_refused_is_named(file: Path) -> None:
    file.write_bytes(b"{")
    with pytest.raises(PersistenceError) as refused:
        load_snapshot(file)
    assert (refused.value.code, refused.value.path) == ("SNAPSHOT_MALFORMED", str(file))


def test_a_file_that_is_too_large_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.truncate(file, MAX_SNAPSHOT_BYTES + 1)
    monkeypatch.setattr(persistence, "snapshot_from_text", failing(AssertionError("it was read")))
    with pytest.raises(PersistenceError) as refused:
        load_snapshot(file)
    assert (refused.value.code, refused.value.path) == ("SNAPSHOT_TOO_LARGE", str(file))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no endless file")
def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(PersistenceError) as refused:
        load_snapshot("/dev/zero")
    assert refused.value.code == "SNAPSHOT_TOO_LARGE"


def test_a_snapshot_that_could_not_be_loaded_again_is_not_saved(file: Path) -> None:
    with pytest.raises(PersistenceError) as refused:
        save_snapshot(snapshot([tenant("x" * MAX_SNAPSHOT_BYTES)]), file)
    assert (refused.value.code, refused.value.path) == ("SNAPSHOT_TOO_LARGE", str(file))
    assert alone(file)
    assert load_snapshot(file) == OLD


def test_a_checkpoint_is_restored(file: Path) -> None:
    ledger = engine(acme=100)
    assert ledger.commit(ledger.try_reserve("acme", 40)[1], 30) == Committed(70, 30)
    saved = checkpoint(ledger, file)
    assert saved == load_snapshot(file) == snapshot([tenant("acme", 100, 70, 0, 30)])
    marked = checkpoint_with_wal(ledger, file, 0)
    assert marked == load_snapshot(file) == snapshot(saved.tenants, version=2, wal_high_watermark=0)
    other = engine(gone=1)
    assert restore(other, file) == marked
    assert other.snapshot() == snapshot(saved.tenants, version=3), "the engine keeps no watermark"


def test_a_checkpoint_that_could_not_be_restored_is_not_written(file: Path) -> None:
    ledger = engine(acme=100)
    ledger.try_reserve("acme", 1)
    with pytest.raises(RestoreError) as refused:
        checkpoint(ledger, file)
    assert refused.value.code == "RESTORE_RESERVATIONS_ACTIVE"
    with pytest.raises(RestoreError):
        checkpoint_with_wal(ledger, file, 1)
    assert alone(file)
    assert load_snapshot(file) == OLD


@pytest.mark.parametrize("sequence", [-1, U64_MAX + 1, None, True])
def test_a_watermark_is_a_u64(file: Path, sequence: Any) -> None:
    with pytest.raises(WidthError) as refused:
        checkpoint_with_wal(engine(), file, sequence)
    assert refused.value.at == "wal_sequence"
    assert load_snapshot(file) == OLD


def test_a_refused_restore_leaves_the_engine_as_it_was(file: Path) -> None:
    save_snapshot(snapshot(active_reservations=1), file)
    ledger = engine(acme=100)
    with pytest.raises(RestoreError):
        restore(ledger, file)
    assert ledger.initial_microcents("acme") == 100


def test_of_checkpoints_at_one_time_the_last_stays(file: Path) -> None:
    ledger = engine(acme=1)
    threads = [threading.Thread(target=checkpoint, args=(ledger, file)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load_snapshot(file).version == ledger.snapshot_version == 8
    assert alone(file)


@pytest.mark.parametrize(
    ("watermark", "last", "to_replay", "shown"),
    [(None, 0, 0, 0), (None, 3, 3, 0), (0, 3, 3, 0), (2, 3, 1, 2), (3, 3, 0, 3)],
)
def test_what_is_left_to_do(watermark: int | None, last: int, to_replay: int, shown: int) -> None:
    saved = snapshot(wal_high_watermark=watermark)
    plan = persistence.plan_recovery(saved, last)
    assert (plan.snapshot, plan.total_wal_entries) == (saved, last)
    assert (plan.entries_to_replay, plan.wal_high_watermark) == (to_replay, shown)


def test_a_log_that_lost_its_tail_is_refused() -> None:
    with pytest.raises(PersistenceError) as refused:
        persistence.plan_recovery(snapshot(wal_high_watermark=4), 3)
    assert (refused.value.code, refused.value.at) == ("RECOVERY_LOG_BEHIND", "wal_high_watermark")


def logged(path: Path, entries: int) -> WalAnchor:
    """A log with this many entries, and its anchor."""
    with WalWriter.open(path) as writer:
        for number in range(entries):
            writer.append(number)
        return writer.anchor()


def test_a_plan_is_made_from_both_files(file: Path) -> None:
    log = file.with_name("log")
    anchor = logged(log, 3)
    assert recovery_plan(file, log).entries_to_replay == 3
    marked = checkpoint_with_wal(engine(acme=1), file, 2)
    plan = recovery_plan(file, log, anchor=anchor)
    assert plan.snapshot == marked
    assert (plan.total_wal_entries, plan.entries_to_replay, plan.wal_high_watermark) == (3, 1, 2)


def test_a_log_is_verified_before_it_is_counted(file: Path) -> None:
    log = file.with_name("log")
    anchor = logged(log, 3)
    checkpoint_with_wal(engine(acme=1), file, 3)
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + lines[1])
    with pytest.raises(PersistenceError) as behind:
        recovery_plan(file, log)
    assert behind.value.code == "RECOVERY_LOG_BEHIND"
    with pytest.raises(WalError) as cut:
        recovery_plan(file, log, anchor=anchor)
    assert cut.value.code == "LOG_ANCHOR_MISMATCH"
    log.write_bytes(lines[0] + lines[2])
    with pytest.raises(WalError) as broken:
        recovery_plan(file, log)
    assert broken.value.code == "LOG_SEQUENCE_UNEXPECTED"
    with pytest.raises(PersistenceError) as missing:
        recovery_plan(file.with_name("none"), log)
    assert missing.value.code == "SNAPSHOT_READ_FAILED"


def test_a_log_with_a_key_is_verified_with_it(file: Path) -> None:
    log, key = file.with_name("log"), b"k" * 32
    with WalWriter.open_keyed(log, key) as writer:
        writer.append(None)
    assert recovery_plan(file, log, key=key).total_wal_entries == 1
    with pytest.raises(WalError):
        recovery_plan(file, log)
