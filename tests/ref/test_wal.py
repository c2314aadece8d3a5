"""calybris_ref.wal: the writer of a log, its lock, and what a failing disk does (LOG-6, LOG-8, LOG-9, LOG-12)."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import (
    AuditFailed,
    ChainBroken,
    JsonText,
    KeyTooShort,
    PayloadError,
    WalAnchor,
    WalHead,
    WalJsonError,
    WalPoisoned,
    WalWriter,
    WriterActive,
    WriterClosed,
    audit_bundle,
    replay_audited_wal,
    verify_wal,
    wal,
)
from tests.support.logs import DECISION, KEY, POLICY, REQUEST, compact, last_hash, log, record, refusal
from tests.support.records import request


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_what_is_appended_is_the_log(path: Path) -> None:
    with WalWriter.open(path) as writer:
        assert (writer.sequence, writer.entry_count, writer.last_hash) == (0, 0, "genesis")
        first = writer.append({"b": 1, "a": "é"})
        second = writer.append(JsonText(' {"z" : [ ] , "a":0}'))
        assert (writer.sequence, writer.entry_count, writer.last_hash) == (2, 2, second.entry_hash)
        assert repr(writer) == f"<WalWriter {str(path)!r} at sequence 2>"
    assert path.read_bytes() == log('{"b":1,"a":"é"}'.encode(), b'{"z":[],"a":0}') == first.line() + second.line()
    assert verify_wal(path) == second.head


def test_a_new_log_is_private_and_its_folder_synced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(wal, "sync_folder", synced.append)
    WalWriter.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with WalWriter.open(path) as writer:
        assert synced == [path.parent] * 2, "whoever created it may have died before this"
        writer.append(1)
    assert path.stat().st_mode & 0o777 == 0o644
    WalWriter.open(path).close()
    assert len(synced) == 2, "a log with entries was synced before its first"


def test_a_folder_that_cannot_be_synced_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(wal, "sync_folder", fail)
    with pytest.raises(OSError, match="no"):
        WalWriter.open(path)
    monkeypatch.undo()
    WalWriter.open(path).close()


def test_a_writer_goes_on_where_the_log_ends(path: Path) -> None:
    path.write_bytes(log(b"1", b"2"))
    with WalWriter.open(path) as writer:
        assert (writer.sequence, writer.last_hash) == (2, last_hash(b"1", b"2"))
        writer.append(3)
    assert path.read_bytes() == log(b"1", b"2", b"3")


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r", b"\r\n", b" \t", b"\n\n"])
def test_a_log_without_a_line_feed_at_its_end_gets_one(path: Path, tail: bytes) -> None:
    path.write_bytes(log(b"1")[:-1] + tail)
    with WalWriter.open(path) as writer:
        writer.append(2)
        writer.append(3)
    between = tail if tail.endswith(b"\n") else tail + b"\n"
    assert path.read_bytes() == log(b"1", b"2", b"3").replace(b"}\n", b"}" + between, 1)
    assert verify_wal(path).sequence == 3


def test_a_damaged_log_is_not_opened(path: Path) -> None:
    path.write_bytes(log(b"1")[:-3])
    with pytest.raises(WalJsonError):
        WalWriter.open(path)
    path.write_bytes(log(b"1", key=KEY))
    with pytest.raises(ChainBroken):
        WalWriter.open(path)
    with pytest.raises(KeyTooShort):
        WalWriter.open_keyed(path, KEY[1:])
    with WalWriter.open_keyed(path, KEY) as writer:
        writer.append(2)
        assert writer.anchor() == WalAnchor.of(verify_wal(path, KEY), keyed=True)
    assert path.read_bytes() == log(b"1", b"2", key=KEY)


def test_records_of_decisions_are_appended(path: Path) -> None:
    other = POLICY.prescribe(request(request_sequence=1))
    with WalWriter.open(path) as writer:
        entry = writer.append_verified_audited(POLICY, REQUEST, DECISION, {"note": 1})
        assert entry.data == compact(record(metadata={"note": 1}))
        with pytest.raises(AuditFailed) as caught:
            writer.append_verified_audited(POLICY, REQUEST, other)
        assert refusal(caught) == ("LOG_DECISION_NOT_REPLAYED", "decision")
        assert (writer.sequence, writer.last_hash) == (1, entry.entry_hash)
        assert len(list(replay_audited_wal(path, POLICY))) == 1
        writer.append_audited(audit_bundle(POLICY, REQUEST, other), REQUEST, other)
    with pytest.raises(AuditFailed):
        list(replay_audited_wal(path, POLICY))


def test_a_refused_append_changes_nothing(path: Path) -> None:
    with WalWriter.open(path) as writer:
        writer.append(1)
        before = writer.anchor()
        with pytest.raises(PayloadError):
            writer.append([1.5])
        assert writer.anchor() == before
        assert writer.append(2).sequence == 2
    assert path.read_bytes() == log(b"1", b"2")


def test_many_payloads_take_one_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def write(file: int, data: bytes) -> int:
        sizes.append(len(data))
        return REAL_WRITE(file, data)

    monkeypatch.setattr(os, "write", write)
    with WalWriter.open(path) as writer:
        assert [entry.sequence for entry in writer.append_bytes([b"1", b"2", b"3"])] == [1, 2, 3]
        with pytest.raises(PayloadError):
            writer.append_bytes([b"4", b"5" * 2**24])
        assert writer.sequence == 3
    assert path.read_bytes() == log(b"1", b"2", b"3")
    assert sizes == [path.stat().st_size]


def fail_with(number: int) -> Callable[..., Any]:
    def fail(*_arguments: object) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def short(file: int, data: bytes) -> int:
    return REAL_WRITE(file, data[:10])


def interrupt(*_arguments: object) -> Any:
    raise KeyboardInterrupt


REAL_WRITE = os.write
EVERY_CALL: dict[str, Callable[[WalWriter], object]] = {
    "append": lambda writer: writer.append(1),
    "append_audited": lambda writer: writer.append_audited(audit_bundle(POLICY, REQUEST, DECISION), REQUEST, DECISION),
    "append_verified_audited": lambda writer: writer.append_verified_audited(POLICY, REQUEST, DECISION),
    "append_bytes": lambda writer: writer.append_bytes([]),
    "flush": lambda writer: writer.flush(),
    "sync": lambda writer: writer.sync(),
    "flush_and_sync": lambda writer: writer.flush_and_sync(),
    "validate_chain": lambda writer: writer.validate_chain(),
    "anchor": lambda writer: writer.anchor(),
}


@pytest.mark.parametrize(
    ("call", "fault", "attempt", "error"),
    [
        ("write", fail_with(errno.ENOSPC), "append", "No space left"),
        ("write", fail_with(errno.EIO), "append", "Input/output error"),
        ("write", short, "append", "bytes were written"),
        ("fsync", fail_with(errno.EIO), "sync", "Input/output error"),
        ("fsync", fail_with(errno.EIO), "flush_and_sync", "Input/output error"),
    ],
)
def test_a_failed_write_or_sync_poisons_the_writer(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, fault: Callable[..., Any], attempt: str, error: str
) -> None:
    writer = WalWriter.open(path)
    before = WalHead(1, writer.append("first").entry_hash)
    with monkeypatch.context() as faulty:
        faulty.setattr(os, call, fault)
        with pytest.raises(WalPoisoned, match=error) as caught:
            EVERY_CALL[attempt](writer)
        assert isinstance(caught.value.__cause__, OSError)
    for name, ask in EVERY_CALL.items():
        with pytest.raises(WalPoisoned) as later:
            ask(writer)
        assert refusal(later) == ("LOG_WRITER_POISONED", "log"), name
    assert (writer.sequence, writer.last_hash) == before
    writer.close()
    if fault is short:
        with pytest.raises(WalJsonError):
            WalWriter.open(path)
    else:
        with WalWriter.open(path) as again:
            assert (again.sequence, again.last_hash) == before


def test_an_append_that_is_synced_fails_with_its_sync(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WalWriter.open(path, sync_on_append=True) as writer:
        monkeypatch.setattr(os, "fsync", fail_with(errno.EIO))
        with pytest.raises(WalPoisoned):
            writer.append(1)
        assert (writer.sequence, writer.last_hash) == (0, "genesis")


def test_syncs_happen_when_they_were_asked_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(wal, "sync_folder", lambda _folder: None)
    monkeypatch.setattr(os, "fsync", syncs.append)
    with WalWriter.open(path) as writer:
        writer.append(1)
        writer.flush()
        assert syncs == []
        writer.sync()
        assert len(syncs) == 1
    assert len(syncs) == 2, "closing syncs"
    writer = WalWriter.open_keyed(path.with_name("keyed"), KEY, sync_on_append=True)
    writer.append(1)
    assert len(syncs) == 3
    writer.close(sync=False)
    assert len(syncs) == 3


def test_an_interrupted_write_poisons_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WalWriter.open(path) as writer:
        with monkeypatch.context() as faulty:
            faulty.setattr(os, "write", interrupt)
            with pytest.raises(KeyboardInterrupt):
                writer.append(1)
        with pytest.raises(WalPoisoned, match="interrupted"):
            writer.append(1)


def test_a_close_that_cannot_sync_says_so_and_closes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WalWriter.open(path)
    with monkeypatch.context() as faulty:
        faulty.setattr(os, "fsync", fail_with(errno.EIO))
        with pytest.raises(WalPoisoned):
            writer.close()
    writer.close()
    WalWriter.open(path).close()


def test_a_closed_writer_refuses_every_call(path: Path) -> None:
    writer = WalWriter.open(path)
    writer.close()
    writer.close()
    for ask in EVERY_CALL.values():
        with pytest.raises(WriterClosed) as caught:
            ask(writer)
        assert refusal(caught) == ("LOG_WRITER_CLOSED", "log")


def test_a_second_writer_is_refused_while_the_first_is_open(path: Path) -> None:
    with WalWriter.open(path) as first:
        first.append(1)
        with pytest.raises(WriterActive, match="one writer at a time") as caught:
            WalWriter.open(path)
        assert refusal(caught) == ("LOG_WRITER_ACTIVE", "log")
        program = f"import calybris_ref\ncalybris_ref.WalWriter.open({str(path)!r})"
        other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert "WriterActive" in other.stderr
        assert verify_wal(path).sequence == 1, "reading needs no lock"
    with WalWriter.open(path) as second:
        assert second.sequence == 1


def test_the_chain_is_validated_as_it_stands_in_the_file(path: Path) -> None:
    with WalWriter.open(path) as writer:
        writer.append(1)
        entry = writer.append(2)
        assert writer.validate_chain() == entry.head
        path.write_bytes(log(b"1"))
        with pytest.raises(ChainBroken, match="does not end with the entry that was written last"):
            writer.validate_chain()
        path.write_bytes(log(b"1", b"3").replace(b'"data":3', b'"data":2'))
        with pytest.raises(ChainBroken, match="sequence 2"):
            writer.validate_chain()
        path.write_bytes(log(b"1", b"2"))
        assert writer.append(3).sequence == 3
        assert writer.validate_chain().sequence == 3


def test_threads_share_a_writer(path: Path) -> None:
    with WalWriter.open(path) as writer:
        threads = [threading.Thread(target=lambda: [writer.append(n) for n in range(50)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert writer.validate_chain().sequence == 200
