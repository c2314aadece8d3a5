"""calybris_ref.wal_repair: what is a torn tail, and what a repair leaves, refuses and keeps (LOG-3, LOG-12)."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import (
    ChainBroken,
    DuplicateSequence,
    KeyTooShort,
    LineTooLong,
    RepairError,
    TornTail,
    WalError,
    WalHead,
    WalJsonError,
    WalWriter,
    WriterActive,
    durable,
    repair,
    torn_tail,
    verify_wal,
    wal_repair,
)
from calybris_ref.wal_line import MAX_LINE_BYTES
from tests.support.logs import KEY, last_hash, log, refusal

GOOD = log(b"1", b"2")
LINE = log(b"1", b"2", b"3")[len(GOOD) :]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def names(path: Path) -> set[str]:
    return {found.name for found in path.parent.iterdir()}


@pytest.mark.parametrize("whole", [b"", GOOD, GOOD[:-1], GOOD + b" \t", GOOD + LINE[:-1]])
def test_a_log_that_holds_has_no_torn_tail(path: Path, whole: bytes) -> None:
    path.write_bytes(whole)
    assert torn_tail(path) is None
    with pytest.raises(RepairError) as caught:
        repair(path)
    assert refusal(caught) == ("LOG_NOT_TORN", "log")
    assert path.read_bytes() == whole
    assert names(path) == {"log"}


@pytest.mark.parametrize("length", range(1, len(LINE) - 1))
def test_a_line_torn_at_any_byte_is_cut_off_and_kept(path: Path, length: int) -> None:
    path.write_bytes(GOOD + LINE[:length])
    tail = torn_tail(path)
    assert tail == TornTail(2, len(GOOD), length, WalHead(2, last_hash(b"1", b"2")), f"{path}.torn-{len(GOOD)}")
    assert path.read_bytes() == GOOD + LINE[:length], "nothing is done unasked"
    assert repair(path) == tail
    assert path.read_bytes() == GOOD
    assert Path(tail.side_file).read_bytes() == LINE[:length]
    assert names(path) == {"log", f"log.torn-{len(GOOD)}"}
    assert torn_tail(path) is None
    with WalWriter.open(path) as writer:
        writer.append(3)
    assert path.read_bytes() == GOOD + LINE


def test_the_first_line_of_a_log_may_be_torn(path: Path) -> None:
    path.write_bytes(GOOD[:7])
    assert repair(path)[:4] == (0, 0, 7, WalHead(0, "genesis"))
    assert path.read_bytes() == b""


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("behind", [b"\0\0\0", b"x", b'{"sequence":3', b"\xff\xc3", b" {}"])
def test_an_entry_in_front_of_the_tear_stays(path: Path, key: bytes | None, behind: bytes) -> None:
    good = log(b"1", b'"\xc3\xa9"', key=key)[:-1]
    path.write_bytes(good + behind)
    tail = repair(path, key)
    assert (tail.line, tail.offset, tail.length, tail.head) == (1, len(good), len(behind), verify_wal(path, key))
    assert path.read_bytes() == good
    assert Path(tail.side_file).read_bytes() == behind


@pytest.mark.parametrize(
    "no_entry", [LINE[:-1].replace(b":3}", b":4}"), GOOD.splitlines()[0], b"{}", b'{"sequence":3}', b"null", b"\xff"]
)
def test_what_does_not_go_on_with_the_chain_is_cut_off_whole(path: Path, no_entry: bytes) -> None:
    path.write_bytes(GOOD + no_entry + b"\0")
    assert repair(path).offset == len(GOOD)
    assert path.read_bytes() == GOOD


def test_a_keyed_log_is_repaired_with_its_key(path: Path) -> None:
    good = log(b"1", key=KEY)
    path.write_bytes(good + b'{"seq')
    for key in (None, bytes(32)):
        with pytest.raises(ChainBroken):
            repair(path, key)
    for ask in (torn_tail, repair):
        with pytest.raises(KeyTooShort):
            ask(path, KEY[1:])
    assert repair(path, KEY).length == 5
    assert verify_wal(path, KEY).sequence == 1


@pytest.mark.parametrize(
    ("damaged", "error"),
    [
        (GOOD + LINE[:50] + b"\n", WalJsonError),
        (LINE[:50] + b"\n" + GOOD, WalJsonError),
        (GOOD[:-5] + b"\n" + LINE[:50], WalJsonError),
        (GOOD + GOOD, DuplicateSequence),
        (GOOD.replace(b":1}", b":7}") + LINE[:50], ChainBroken),
        (GOOD + LINE[:-1].replace(b":3}", b":4}"), ChainBroken),
        (GOOD + b"x" * (MAX_LINE_BYTES + 1), LineTooLong),
    ],
)
def test_whatever_else_is_wrong_is_refused_as_ever(path: Path, damaged: bytes, error: type[WalError]) -> None:
    path.write_bytes(damaged)
    for ask in (torn_tail, repair):
        with pytest.raises(error):
            ask(path)
    assert path.read_bytes() == damaged
    assert names(path) == {"log"}


def test_a_log_that_is_open_is_not_repaired(path: Path) -> None:
    with WalWriter.open(path) as writer:
        writer.append(1)
        with pytest.raises(WriterActive):
            repair(path)


def test_a_log_that_is_not_there_is_not_made(path: Path) -> None:
    for ask in (torn_tail, repair):
        with pytest.raises(FileNotFoundError):
            ask(path)
    assert names(path) == set()


def test_a_side_file_is_never_overwritten(path: Path) -> None:
    path.write_bytes(GOOD + LINE[:9])
    side_file = path.with_name(f"log.torn-{len(GOOD)}")
    side_file.write_bytes(LINE[:8])
    with pytest.raises(RepairError) as caught:
        repair(path)
    assert refusal(caught) == ("LOG_TORN_FILE_EXISTS", "side_file")
    assert (path.read_bytes(), side_file.read_bytes()) == (GOOD + LINE[:9], LINE[:8])
    side_file.write_bytes(LINE[:9])  # as a repair that was interrupted leaves it
    assert repair(path).length == 9
    assert path.read_bytes() == GOOD
    assert names(path) == {"log", side_file.name}


def test_what_is_kept_is_as_private_as_a_log(path: Path) -> None:
    path.write_bytes(GOOD + LINE[:9])
    assert Path(repair(path).side_file).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("call", ["fsync", "link", "ftruncate"])
def test_a_repair_that_fails_leaves_the_log_and_no_part_of_a_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_arguments: Any) -> None:
        raise OSError(errno.EIO, "no")

    path.write_bytes(GOOD + LINE[:9])
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="no"):
        repair(path)
    monkeypatch.undo()
    assert path.read_bytes() == GOOD + LINE[:9]
    assert names(path) - {"log"} == ({f"log.torn-{len(GOOD)}"} if call == "ftruncate" else set())
    assert repair(path).length == 9


def test_the_cut_is_behind_everything_that_keeps_the_bytes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(GOOD + LINE[:9])
    done: list[str] = []

    def seen(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            done.append(name)
            return real(*arguments)

        return call

    monkeypatch.setattr(wal_repair, "sync_folder", seen("sync_folder", durable.sync_folder))
    for name in ("link", "ftruncate"):
        monkeypatch.setattr(os, name, seen(name, getattr(os, name)))
    repair(path)
    assert done == ["link", "sync_folder", "ftruncate"]
