"""Logs read in blocks of whole lines: each block verified at once where that can be, else line by line (LOG-3, LOG-4).

A block that `wal_plain` proves to be what a writer writes, and to hold, takes a quarter of the time. Every other block
is read by `wal_chain`, so that what is accepted, and each refusal with its place, are the same with or without it. A
log of any length takes the memory of one block, or of one line where that is longer.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache
from typing import BinaryIO, NamedTuple

from calybris_ref.errors_wal import WalError
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_chain import BEGINNING, Place, PlacedEntry, lines_of, read_entries, verified_entries
from calybris_ref.wal_line import MAX_LINE_BYTES, WalHead, check_key

# A few dozen audited records. Much longer blocks are slower: the allocator gives each of them back to the system.
BLOCK_BYTES = 96 * 1024
# Below this the quick way is not worth the import of what it needs.
_SMALLEST_BLOCK_BYTES = 16 * 1024
_Quick = Callable[[bytes, WalHead, bytes | None], WalHead | None]


class VerifiedBlock(NamedTuple):
    """Lines that hold, where they begin and where the next ones do."""

    lines: bytes
    start: Place
    end: Place

    def entries(self) -> Iterator[PlacedEntry]:
        """The entries of the block."""
        return read_entries(lines_of(self.lines), self.start)


def file_blocks(file: BinaryIO) -> Iterator[bytes]:
    """The blocks of a log in a file, from where it stands; of a line that is too long, enough to see that."""
    while block := file.read(BLOCK_BYTES):
        yield block if block.endswith(b"\n") else block + file.readline(MAX_LINE_BYTES + 1)


def blocks_of(log: bytes) -> Iterator[bytes]:
    """The blocks of a log that is in memory."""
    start = 0
    while start < len(log):
        end = log.find(b"\n", start + BLOCK_BYTES - 1) + 1 or len(log)
        yield log[start:end]
        start = end


def verified_blocks(
    blocks: Iterable[bytes], key: bytes | None = None, start: Place = BEGINNING
) -> Iterator[VerifiedBlock]:
    """The blocks of a chain, each after it was verified; WalError for the first entry that does not hold (LOG-4).

    What holds in front of that entry is given before the refusal.
    """
    for block in blocks:
        verified = _read_at_once(block, key, start)
        if verified is None:
            verified = yield from _read_by_line(block, key, start)
        yield verified
        start = verified.end


def verify_blocks(blocks: Iterable[bytes], key: bytes | None = None, anchor: WalAnchor | None = None) -> WalHead:
    """The head of a log that holds, and that ends where its anchor says if there is one (LOG-4, LOG-11)."""
    check_key(key)
    if anchor:
        anchor.check_schema()
    head = BEGINNING.head
    for block in verified_blocks(blocks, key):
        head = block.end.head
    if anchor:
        anchor.check(head, keyed=key is not None)
    return head


def verify_log(log: bytes, key: bytes | None = None, anchor: WalAnchor | None = None) -> WalHead:
    """As `verify_wal`, for a log that is in memory."""
    return verify_blocks(blocks_of(log), key, anchor)


def _read_at_once(block: bytes, key: bytes | None, start: Place) -> VerifiedBlock | None:
    """A block that holds, where the quick way is there and sure of it."""
    quick = _quick() if len(block) >= _SMALLEST_BLOCK_BYTES else None
    head = quick(block, start.head, key) if quick else None
    if head is None:
        return None
    # In a plain block every line is an entry; counting line feeds takes longer.
    end = Place(start.line + head.sequence - start.head.sequence, start.offset + len(block), head)
    return VerifiedBlock(block, start, end)


def _read_by_line(block: bytes, key: bytes | None, start: Place) -> Generator[VerifiedBlock, None, VerifiedBlock]:
    head = start.head
    try:
        for placed in verified_entries(lines_of(block), key, start):
            head = placed.entry.head
    except WalError as error:
        line, offset = error.line or 0, error.offset or 0
        yield VerifiedBlock(block[: offset - start.offset], start, Place(line, offset, head))
        raise
    return VerifiedBlock(block, start, Place(start.line + block.count(b"\n"), start.offset + len(block), head))


@cache
def _quick() -> _Quick | None:
    try:
        from calybris_ref.wal_plain import head_behind  # the extra `bulk`, and not before it pays
    except ImportError:
        return None
    return head_behind
