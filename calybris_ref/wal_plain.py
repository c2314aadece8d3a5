"""Blocks of lines as writers write them, read at once: the quick way beside the readable one (LOG-1 … LOG-4).

A block is plain when printing what was read from it gives the same bytes again: then no white space, escape, number
form or key of another kind is in it, and nothing stands in it twice. Whatever is not plain, or does not hold, is None
here, never an error: `wal_chain` reads it line by line, and it alone says what is wrong. Needs the extra `bulk`.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from operator import add
from typing import Protocol

import msgspec

from calybris_ref.record import U64_WIDTH
from calybris_ref.wal_line import MAX_LINE_BYTES, WalHead


class Line(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line of LOG-1; its payload is checked to be JSON, and kept as its bytes."""

    sequence: int
    previous_hash: str
    entry_hash: str
    data: msgspec.Raw


class _Chained(Protocol):
    sequence: int
    previous_hash: str
    entry_hash: str


_LINES = msgspec.json.Decoder(Line)
_PRINTER = msgspec.json.Encoder()
_HASH_CHARACTERS = 64


def head_behind(block: bytes, head: WalHead, key: bytes | None) -> WalHead | None:
    """The head of a log behind a block of whole lines that follows `head`; None unless it is plain and holds."""
    # A longer block may hold a line that is too long. Inside a payload only the grammar is checked, not the UTF-8.
    if len(block) > MAX_LINE_BYTES or not is_utf8(block):
        return None
    try:
        lines = _LINES.decode_lines(block)
    except (msgspec.DecodeError, RecursionError):
        return None
    if _PRINTER.encode_lines(lines) != block:
        return None
    return chained(lines, [line.data for line in lines], head, key)


def is_utf8(block: bytes) -> bool:
    """Whether a block is UTF-8."""
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def chained(
    lines: Sequence[_Chained], payloads: Sequence[bytes | memoryview | msgspec.Raw], head: WalHead, key: bytes | None
) -> WalHead | None:
    """The head behind lines with these payloads, if they go on with the chain (LOG-2, LOG-4)."""
    last_sequence = head.sequence + len(lines)
    if last_sequence > U64_WIDTH.maximum:
        return None
    if [line.sequence for line in lines] != list(range(head.sequence + 1, last_sequence + 1)):
        return None
    previous = [line.previous_hash for line in lines]
    found = [line.entry_hash for line in lines]
    if previous != [head.last_hash, *found[:-1]] or {*map(len, found)} != {_HASH_CHARACTERS}:
        return None
    hashed = map(add, [last_hash.encode() for last_hash in previous], payloads)
    own = b"".join([one.digest() for one in (map(sha256, hashed) if key is None else _keyed(key, hashed))])
    # All hashes at once, in a time that does not tell where they differ (LOG-4).
    is_right = hmac.compare_digest(own.hex().encode(), "".join(found).encode())
    return WalHead(last_sequence, found[-1]) if is_right else None


def _keyed(key: bytes, hashed: Iterable[bytes]) -> Iterator[hmac.HMAC]:
    # To begin anew with the key takes as long again as all the rest.
    beginning = hmac.new(key, digestmod="sha256")
    for one in hashed:
        authenticated = beginning.copy()
        authenticated.update(one)
        yield authenticated
