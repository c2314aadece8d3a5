"""calybris_ref.wal_reader: logs and anchors on disk, read (LOG-4, LOG-5, LOG-6, LOG-10, LOG-11)."""

import tracemalloc
from pathlib import Path

import pytest

from calybris_ref import (
    AnchorMismatch,
    AuditFailed,
    ChainBroken,
    KeyTooShort,
    LineTooLong,
    WalAnchor,
    WalHead,
    load_anchor,
    read_verified_wal,
    read_wal,
    replay_audited_wal,
    save_anchor,
    verify_wal,
)
from calybris_ref.wal_line import MAX_LINE_BYTES
from tests.support.logs import KEY, POLICY, compact, last_hash, line, log, record, refusal

PAYLOADS = (b"null", b"[1]", b'"x"')
HEAD = WalHead(3, last_hash(*PAYLOADS))
RECORD = compact(record())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_a_log_on_disk_has_a_head(path: Path) -> None:
    path.write_bytes(log(*PAYLOADS)[:-1])
    assert verify_wal(path) == verify_wal(str(path)) == HEAD
    assert verify_wal(path, anchor=WalAnchor.of(HEAD, keyed=False)) == HEAD
    with pytest.raises(AnchorMismatch):
        verify_wal(path, anchor=WalAnchor.of(WalHead(2, "x"), keyed=False))
    path.write_bytes(log(*PAYLOADS, key=KEY))
    assert verify_wal(path, KEY).sequence == 3
    with pytest.raises(ChainBroken):
        verify_wal(path)


def test_a_file_that_is_not_there_is_an_error_of_the_system(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_wal(path)


def test_entries_are_read_one_after_another(path: Path) -> None:
    path.write_bytes(log(*PAYLOADS))
    entries = list(read_verified_wal(path))
    assert entries == list(read_wal(path))
    assert [entry.data for entry in entries] == list(PAYLOADS)
    assert [entry.payload for entry in entries] == [None, [1], "x"]


def test_only_the_verified_reader_verifies(path: Path) -> None:
    path.write_bytes(log(*PAYLOADS).replace(b"[1]", b"[2]"))
    assert len(list(read_wal(path))) == 3
    entries = read_verified_wal(path)
    assert next(entries).sequence == 1
    with pytest.raises(ChainBroken) as caught:
        next(entries)
    assert refusal(caught) == ("LOG_CHAIN_BROKEN", "lines[1].entry_hash")


def test_a_short_key_is_refused_before_the_file_is_opened(path: Path) -> None:
    with pytest.raises(KeyTooShort):
        verify_wal(path, b"short")
    with pytest.raises(KeyTooShort):
        read_verified_wal(path, b"short")
    with pytest.raises(KeyTooShort):
        replay_audited_wal(path, POLICY, b"short")


def test_a_log_is_replayed_after_its_whole_chain_was_verified(path: Path) -> None:
    path.write_bytes(log(RECORD, RECORD, key=KEY))
    assert [verdict.sequence for verdict in replay_audited_wal(path, [POLICY], KEY)] == [1, 2]
    path.write_bytes(log(b"null", RECORD).replace(b'"metadata":null', b'"metadata":true'))
    with pytest.raises(ChainBroken):
        list(replay_audited_wal(path, POLICY))
    path.write_bytes(log(RECORD, b"null"))
    verdicts = replay_audited_wal(path, POLICY)
    assert next(verdicts).replay_valid
    with pytest.raises(AuditFailed) as caught:
        next(verdicts)
    assert refusal(caught) == ("LOG_RECORD_MALFORMED", "lines[1].data")
    path.write_bytes(b"")
    assert list(replay_audited_wal(path, POLICY)) == []


def test_the_whole_log_is_read_before_the_first_verdict(path: Path) -> None:
    path.write_bytes(log(RECORD, RECORD))
    verdicts = replay_audited_wal(path, POLICY)
    next(verdicts)
    path.write_bytes(log(RECORD, RECORD, RECORD))
    assert [verdict.sequence for verdict in verdicts] == [2]


def test_a_line_too_long_is_found_without_reading_it(path: Path) -> None:
    with path.open("wb") as file:
        file.write(line(1, "genesis", b"1"))
        file.truncate(64 * MAX_LINE_BYTES)
    tracemalloc.start()
    try:
        with pytest.raises(LineTooLong) as caught:
            verify_wal(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refusal(caught) == ("LOG_LINE_TOO_LONG", "lines[1]")
    assert peak < 4 * MAX_LINE_BYTES


def test_a_long_log_takes_the_memory_of_a_line(path: Path) -> None:
    path.write_bytes(log(*[b"[1]"] * 20_000))
    tracemalloc.start()
    try:
        assert verify_wal(path).sequence == 20_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000 < path.stat().st_size


def test_an_anchor_is_kept_in_a_file(tmp_path: Path) -> None:
    anchor, path = WalAnchor.of(HEAD, keyed=True), tmp_path / "anchor.json"
    path.write_bytes(b"old")
    save_anchor(anchor, path)
    assert load_anchor(path) == anchor
    assert path.read_bytes() == anchor.to_json()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"{}", b" " * 5_000 + WalAnchor.of(HEAD, keyed=True).to_json()])
def test_a_file_that_is_no_anchor_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(AnchorMismatch) as caught:
        load_anchor(path)
    assert refusal(caught) == ("LOG_ANCHOR_MALFORMED", "file")
