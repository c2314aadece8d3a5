"""The torn tail that a crash may leave behind a log, and how it is cut off when somebody asks for that (LOG-3, LOG-12).

A torn tail is a last line without a line feed that is no entry, behind a log that holds: a write of which only a part
reached the disk. No entry that a sync has answered for is in it. Where the line begins with an entry of the chain, as
it may in a log that lacked its last line feed, only what stands behind that entry is torn.

Readers and writers refuse such a log, and nothing here is done unasked: only an anchor (LOG-11) tells a crash from a
hand that cut a good log short.
"""

import os
import secrets
from pathlib import Path
from typing import BinaryIO, NamedTuple

from calybris_ref.durable import PathLike, sync_folder
from calybris_ref.errors_wal import RepairError, WalError, WalJsonError
from calybris_ref.wal import lock_log
from calybris_ref.wal_chain import next_entry, verified_entries
from calybris_ref.wal_json import NotJsonError, skip_space, value_end
from calybris_ref.wal_line import EMPTY_LOG, MAX_LINE_BYTES, WalHead, check_key, read_line
from calybris_ref.wal_reader import file_lines


class TornTail(NamedTuple):
    """A torn tail: the number of its line, its offset and length in bytes, and the head of the log in front of it.

    `side_file` is where a repair keeps the bytes that it cuts off.
    """

    line: int
    offset: int
    length: int
    head: WalHead
    side_file: str


def torn_tail(path: PathLike, key: bytes | None = None) -> TornTail | None:
    """The torn tail of a log; None for a log that holds to its end.

    WalError as of `verify_wal` for whatever else is wrong, OSError. While a writer has the log open, what looks torn
    may be a line that is being written.
    """
    check_key(key)
    with Path(path).open("rb") as file:
        tail, _ = _found(file, path, key)
    return tail


def repair(path: PathLike, key: bytes | None = None) -> TornTail:
    """Cut the torn tail of a log off, and keep its bytes in a file `<log>.torn-<offset>`; what was cut off.

    The bytes are on the disk in the side file before the log is cut, in one step; both are on the disk when this
    returns. After a crash the log is torn as before or repaired, and repair may be called again.

    RepairError: LOG_NOT_TORN for a log that holds, LOG_TORN_FILE_EXISTS where a file of this name has other bytes.
    WriterActive while a writer has the log open. WalError as of `verify_wal` for whatever else is wrong, OSError; the
    log is as it was then, unless it is the last sync that failed.
    """
    check_key(key)
    with Path(path).open("r+b") as file:
        lock_log(file, os.fspath(path))
        tail, cut = _found(file, path, key)
        if tail is None:
            raise RepairError("the log has no torn tail: it holds to its end", code="LOG_NOT_TORN", at="log")
        # Else another crash might leave a shorter tail beside a side file that keeps the longer one.
        os.fsync(file.fileno())
        _keep(Path(tail.side_file), cut)
        os.ftruncate(file.fileno(), tail.offset)
        os.fsync(file.fileno())
    return tail


def _found(file: BinaryIO, path: PathLike, key: bytes | None) -> tuple[TornTail | None, bytes]:
    """The torn tail of an open log, and its bytes."""
    head = EMPTY_LOG
    try:
        for placed in verified_entries(file_lines(file), key):
            head = placed.entry.head
    except WalJsonError as error:
        line, offset = error.line or 0, error.offset or 0
        file.seek(offset)
        cut = file.readline(MAX_LINE_BYTES + 1)
        if cut.endswith(b"\n"):
            raise
        if whole := _entry_in_front(cut, head, key):
            head, offset, cut = whole.head, offset + len(whole.line), cut[len(whole.line) :]
        return TornTail(line, offset, len(cut), head, f"{os.fspath(path)}.torn-{offset}"), cut
    return None, b""


class _Whole(NamedTuple):
    line: bytes
    head: WalHead


def _entry_in_front(cut: bytes, head: WalHead, key: bytes | None) -> _Whole | None:
    """The entry with which a torn line begins, if it goes on with the chain: a log that lacked its last line feed."""
    text = cut.decode("utf-8", "surrogateescape")
    try:
        end = value_end(text, skip_space(text, 0))
        line = text[:end].encode("utf-8", "surrogateescape")
        entry = read_line(line)
        return _Whole(line, entry.head) if entry == next_entry(head, entry.data, key) else None
    except (NotJsonError, WalError):
        return None


def _keep(side_file: Path, cut: bytes) -> None:
    """Write a new file with these bytes, whole or not at all; one that is there stays, and must have the same bytes."""
    if side_file.exists():
        if side_file.read_bytes() != cut:
            raise RepairError(
                f"{side_file} keeps other bytes than those to be cut off; move it away",
                code="LOG_TORN_FILE_EXISTS",
                at="side_file",
            )
    else:
        # Linked under its name only when it is whole: unlike a rename, a link never replaces what is there.
        temporary = side_file.with_name(f".calybris-{secrets.token_hex(8)}.tmp")
        try:
            with open(temporary, "xb", opener=_private) as file:
                file.write(cut)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, side_file)
        finally:
            temporary.unlink(missing_ok=True)
    # Also for a file that an earlier repair left, which may have ended before this.
    sync_folder(side_file.parent)


def _private(name: str, flags: int) -> int:
    # As private as the log.
    return os.open(name, flags, 0o600)
