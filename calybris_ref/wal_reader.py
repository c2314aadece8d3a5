"""Logs on disk, read: verified, walked over, replayed, and their anchors kept (LOG-4, LOG-6, LOG-10, LOG-11).

A log of any length takes the memory of a few blocks. A file is read once: what is replayed is what was verified.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from calybris_ref.durable import PathLike, replace_file
from calybris_ref.errors_wal import AnchorMismatch
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_blocks import file_blocks, verified_blocks, verify_blocks
from calybris_ref.wal_chain import read_entries, verified_entries
from calybris_ref.wal_line import MAX_LINE_BYTES, WalEntry, WalHead, check_key
from calybris_ref.wal_replay import Policies, PolicyBook, WalReplayVerdict
from calybris_ref.wal_replay_blocks import replay_blocks

# An anchor has four short fields; a file that is much longer is none.
_MAX_ANCHOR_BYTES = 4096


def verify_wal(path: PathLike, key: bytes | None = None, anchor: WalAnchor | None = None) -> WalHead:
    """The head of a log that holds, and that ends where its anchor says if there is one (LOG-4, LOG-11).

    WalError for the first thing that does not hold; OSError for a file that cannot be read.
    """
    check_key(key)
    with _opened(path) as file:
        return verify_blocks(file_blocks(file), key, anchor)


def read_wal(path: PathLike) -> Iterator[WalEntry]:
    """The entries of a log, one after another, without verifying the chain; WalError for a line that is none."""
    with _opened(path) as file:
        yield from (placed.entry for placed in read_entries(file_lines(file)))


def read_verified_wal(path: PathLike, key: bytes | None = None) -> Iterator[WalEntry]:
    """The entries of a log, one after another, each after it was verified (LOG-4)."""
    check_key(key)
    return _verified(path, key)


def replay_audited_wal(path: PathLike, policies: Policies, key: bytes | None = None) -> Iterator[WalReplayVerdict]:
    """A verdict for each entry of a log of audited decisions (LOG-10).

    `policies` is one policy, several, or a function from policy epoch, catalog epoch and policy digest in hex to a
    policy or None; such a function may be asked before the whole chain was verified. The whole log is read before the
    first verdict; nothing is before the first is asked for.
    WalError, AuditFailed where a record does not hold.
    """
    check_key(key)
    return _replayed(path, PolicyBook(policies), key)


def save_anchor(anchor: WalAnchor, path: PathLike) -> None:
    """Write an anchor to a file, in the place of what may be there, in one step; OSError when that fails."""
    replace_file(path, anchor.to_json())


def load_anchor(path: PathLike) -> WalAnchor:
    """The anchor in a file; AnchorMismatch LOG_ANCHOR_MALFORMED for a file that is none, OSError."""
    with Path(path).open("rb") as file:
        data = file.read(_MAX_ANCHOR_BYTES + 1)
    if len(data) > _MAX_ANCHOR_BYTES:
        detail = f"an anchor has at most {_MAX_ANCHOR_BYTES} bytes"
        raise AnchorMismatch(detail, code="LOG_ANCHOR_MALFORMED", at="file")
    return WalAnchor.from_json(data)


def file_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a log in a file, from where it stands; of one that is too long, one byte more than is allowed."""
    return iter(partial(file.readline, MAX_LINE_BYTES + 1), b"")


@contextmanager
def _opened(path: PathLike) -> Iterator[BinaryIO]:
    with Path(path).open("rb") as file:
        yield file


def _verified(path: PathLike, key: bytes | None) -> Iterator[WalEntry]:
    with _opened(path) as file:
        yield from (placed.entry for placed in verified_entries(file_lines(file), key))


def _replayed(path: PathLike, book: PolicyBook, key: bytes | None) -> Iterator[WalReplayVerdict]:
    with _opened(path) as file:
        replay = replay_blocks(verified_blocks(file_blocks(file), key), book)
    yield from replay.verdicts()
