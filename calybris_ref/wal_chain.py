"""Whether a log is whole, entry after entry, and what an append adds to one (LOG-3, LOG-4, LOG-5, LOG-8, LOG-11).

Everything here works on lines, one after another, and keeps none: a log of any length takes the memory of one line. A
line is what `lines_of` makes of bytes, and what `readline(MAX_LINE_BYTES + 1)` reads from a file: a line feed ends it,
and of a line that is too long only so much is there that this can be seen.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from calybris_ref.errors_wal import (
    ChainBroken,
    DuplicateSequence,
    LineTooLong,
    SequenceExhausted,
    WalError,
    WalJsonError,
)
from calybris_ref.payload import check_payload_size
from calybris_ref.record import U64_WIDTH
from calybris_ref.wal_json import NotJsonError
from calybris_ref.wal_line import (
    EMPTY_LOG,
    MAX_LINE_BYTES,
    WalEntry,
    WalHead,
    entry_hash,
    is_blank,
    read_line,
    same_hash,
)


class PlacedEntry(NamedTuple):
    """An entry and where it stands: the number of its line, from 0, and the offset of that line in bytes."""

    line: int
    offset: int
    entry: WalEntry


class Place(NamedTuple):
    """Where reading begins: the number of the next line, from 0, its offset in bytes, and the head in front of it."""

    line: int
    offset: int
    head: WalHead


BEGINNING = Place(0, 0, EMPTY_LOG)


def lines_of(log: bytes) -> Iterator[bytes]:
    """The lines of a log that is in memory."""
    start = 0
    while start < len(log):
        end = log.find(b"\n", start, start + MAX_LINE_BYTES + 1) + 1 or start + MAX_LINE_BYTES + 1
        yield log[start:end]
        start = end


def read_entries(lines: Iterable[bytes], start: Place = BEGINNING) -> Iterator[PlacedEntry]:
    """The entries that lines hold, whether the chain is whole or not; WalError for a line that is none (LOG-3)."""
    offset = start.offset
    for number, line in enumerate(lines, start.line):
        if len(line) > MAX_LINE_BYTES:
            detail = f"the line has more than {MAX_LINE_BYTES} bytes"
            raise LineTooLong(detail, code="LOG_LINE_TOO_LONG", at=f"lines[{number}]", line=number, offset=offset)
        if not is_blank(line):
            try:
                entry = read_line(line)
            except NotJsonError as error:
                detail = f"the line is no entry of a log: {error}"
                raise WalJsonError(
                    detail, code="LOG_LINE_MALFORMED", at=f"lines[{number}]", line=number, offset=offset
                ) from None
            yield PlacedEntry(number, offset, entry)
        offset += len(line)


def verified_entries(
    lines: Iterable[bytes], key: bytes | None = None, start: Place = BEGINNING
) -> Iterator[PlacedEntry]:
    """The entries of a chain, each after it was verified; WalError for the first that does not hold (LOG-4)."""
    sequence, last_hash = start.head
    for placed in read_entries(lines, start):
        entry = placed.entry
        if entry.sequence != sequence + 1:
            raise DuplicateSequence(
                f"the sequence is {entry.sequence}, and the next one is {sequence + 1}",
                code="LOG_SEQUENCE_UNEXPECTED",
                at=f"lines[{placed.line}].sequence",
                line=placed.line,
                offset=placed.offset,
                sequence=entry.sequence,
                expected=sequence + 1,
                found=entry.sequence,
            )
        if not same_hash(entry.previous_hash, last_hash):
            raise broken_chain(placed, "previous_hash", last_hash, entry.previous_hash)
        own_hash = entry_hash(entry.previous_hash, entry.data, key)
        if not same_hash(entry.entry_hash, own_hash):
            # The right hash of what stands there would make a changed entry of a keyed log look good: nobody is told.
            raise broken_chain(placed, "entry_hash", own_hash if key is None else None, entry.entry_hash)
        yield placed
        sequence, last_hash = entry.sequence, own_hash


def next_entry(head: WalHead, data: bytes, key: bytes | None = None) -> WalEntry:
    """The entry that follows a head and has this payload (LOG-1, LOG-8).

    PayloadError for a payload that is too long (LOG-5), SequenceExhausted where there is no next sequence.
    """
    if head.sequence == U64_WIDTH.maximum:
        raise SequenceExhausted(
            f"the last sequence is {head.sequence}, and there is none behind it",
            code="LOG_SEQUENCE_EXHAUSTED",
            at="sequence",
            sequence=head.sequence,
        )
    check_payload_size(data)
    return WalEntry(head.sequence + 1, head.last_hash, entry_hash(head.last_hash, data, key), data)


def missing_line_feed(last_byte: bytes) -> bytes:
    """What stands between a log and its next line: a line feed, where the log does not end with one (LOG-8)."""
    return b"\n" if last_byte not in (b"", b"\n") else b""


def broken_chain(placed: PlacedEntry, field: str, expected: str | None, found: str) -> WalError:
    """The refusal of an entry with another hash than the chain's; `expected` is None where nobody may be told it."""
    right = "the one that the key gives" if expected is None else repr(expected)
    return ChainBroken(
        f"the chain is broken at sequence {placed.entry.sequence}: {found[:64]!r} is not {right}",
        code="LOG_CHAIN_BROKEN",
        at=f"lines[{placed.line}].{field}",
        line=placed.line,
        offset=placed.offset,
        sequence=placed.entry.sequence,
        expected=expected,
        found=found,
    )
