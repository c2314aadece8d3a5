"""The log: lines, hashes, bounds, keys, verification, appending, anchors (LOG-1 … LOG-6, LOG-8, LOG-11).

    bytes  →  lines (LOG-3)  →  entries  →  chain.advance, entry by entry (LOG-4)  →  head

A log is given as its bytes. How it is kept on a disk, by one writer at a time (LOG-12), is the library's business.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from icontract import ensure, require

from calybris_spec import chain, payload
from calybris_spec.chain import Entry, Head, Run
from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.integers import WIDTHS, u64
from calybris_spec.json_text import integer_value, members, text_value, written
from calybris_spec.logic import NONE, first
from calybris_spec.payload import MOST_LINE_BYTES

GENESIS = "genesis"
START: Head[str] = Head(0, GENESIS)
ENVELOPE = ("sequence", "previous_hash", "entry_hash", "data")
KEY_BYTES = 32
ANCHOR_SCHEMA = "calybris.wal-anchor.v1"
BLANK = b" \t\r\f"
"""What a line may consist of and still be skipped (LOG-3)."""
HASH_BLOCK_BYTES = 64

LINE_REFUSALS = (
    ACCEPTED,
    Refusal("LOG_LINE_TOO_LONG", "lines[{}]"),
    Refusal("LOG_LINE_MALFORMED", "lines[{}]"),
    *[Refusal(refusal.code, "lines[{}]." + refusal.at) for refusal in chain.REFUSALS[1:]],
)
"""What is wrong with a line, in the order of LOG-4."""
TOO_LONG, MALFORMED = 1, 2

EARLY_REFUSALS = (
    ACCEPTED,
    Refusal("LOG_KEY_TOO_SHORT", "key_hex"),
    Refusal("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version"),
)
"""What is asked before anything is read."""
SEQUENCE_EXHAUSTED = Refusal("LOG_SEQUENCE_EXHAUSTED", "sequence")

TextEntry = Entry[str, str]


class Anchor(NamedTuple):
    """Where a log ended, kept outside it (LOG-11)."""

    schema_version: str
    sequence: u64
    last_hash: str
    keyed: bool


class Reading(NamedTuple):
    """A log as far as it is right: its head, its entries with the places of their lines, and what is wrong behind."""

    head: Head[str]
    entries: tuple[tuple[int, TextEntry], ...]
    refusal: Refusal | None


class Added(NamedTuple):
    """An entry that was appended, and the bytes that were added to the log; or why there is none."""

    refusal: Refusal | None
    entry: TextEntry
    added: bytes


@require(lambda size: size >= 0)
@ensure(lambda size, result: result == (size <= 31))
def is_short_key(size: int) -> bool:
    """Whether a key of so many bytes is refused (LOG-6)."""
    return size < KEY_BYTES


@require(lambda size: size >= 0)
@ensure(lambda size, result: result == (size > 16_777_216))
def is_long_line(size: int) -> bool:
    """Whether a line of so many bytes, its line feed included, is refused (LOG-5)."""
    return size > MOST_LINE_BYTES


def line_problem(is_long: bool, is_entry: bool, problem: int) -> int:
    """Return the row of LINE_REFUSALS that applies first; `problem` is the row of chain.REFUSALS (LOG-4)."""
    found = first((is_long, is_entry ^ True, problem != NONE))
    return found if found <= MALFORMED else MALFORMED + problem


def hash_of(key: bytes | None, previous_hash: str, data: str) -> str:
    """Return SHA-256, or with a key HMAC-SHA256, of the hash before and the bytes of `data` (LOG-2)."""
    message = (previous_hash + data).encode()
    return sha256(message).hexdigest() if key is None else hmac_hex(key, message)


def hmac_hex(key: bytes, message: bytes) -> str:
    """Return HMAC-SHA256 as RFC 2104 defines it (LOG-2)."""
    block = (sha256(key).digest() if len(key) > HASH_BLOCK_BYTES else key).ljust(HASH_BLOCK_BYTES, b"\0")
    inner = sha256(bytes([byte ^ 0x36 for byte in block]) + message).digest()
    return sha256(bytes([byte ^ 0x5C for byte in block]) + inner).hexdigest()


def entry_of(line: bytes) -> TextEntry | None:
    """Return the entry that a line holds, `data` as it stands in the line, or None when it is malformed (LOG-3)."""
    try:
        values = members(line.decode(), ENVELOPE)
    except UnicodeDecodeError:
        return None
    if values is None:
        return None
    sequence = integer_value(values["sequence"], WIDTHS["u64"])
    previous_hash, entry_hash = text_value(values["previous_hash"]), text_value(values["entry_hash"])
    if sequence is None or previous_hash is None or entry_hash is None:
        return None
    return Entry(sequence, previous_hash, entry_hash, values["data"])


def line_text(entry: TextEntry) -> str:
    """Return the line of an entry, without its line feed (LOG-1)."""
    previous_hash, entry_hash = written(entry.previous_hash), written(entry.entry_hash)
    return (
        f'{{"sequence":{entry.sequence},"previous_hash":{previous_hash},"entry_hash":{entry_hash},"data":{entry.data}}}'
    )


def lines_of(log: bytes) -> list[bytes]:
    """Return the lines with their line feeds; the last need not have one (LOG-3)."""
    pieces = log.split(b"\n")
    return [piece + b"\n" for piece in pieces[:-1]] + pieces[-1:]


def read(log: bytes, key: bytes | None, anchor: Anchor | None = None) -> Reading:
    """Return how far a log is right (LOG-4); the key (LOG-6) and the schema of the anchor (LOG-11) are checked before.

    Whether the log ends at the anchor is asked by `verify`.
    """
    early = first((key is not None and is_short_key(len(key)), anchor is not None and not is_known(anchor)))
    if early != NONE:
        return Reading(START, (), EARLY_REFUSALS[early])
    run = Run(START, NONE)
    entries: list[tuple[int, TextEntry]] = []
    for place, line in enumerate(lines_of(log)):
        is_long = is_long_line(len(line))
        if not is_long and not line.strip(BLANK + b"\n"):
            continue
        entry = None if is_long else entry_of(line)
        if entry is not None:
            run = chain.advance(run, entry, hash_of(key, entry.previous_hash, entry.data))
        problem = line_problem(is_long, entry is not None, run.problem)
        if problem != NONE or entry is None:
            return Reading(run.head, tuple(entries), _at_line(LINE_REFUSALS[problem], place))
        entries.append((place, entry))
    return Reading(run.head, tuple(entries), None)


def _at_line(refusal: Refusal, place: int) -> Refusal:
    return Refusal(refusal.code, refusal.at.format(place))


def is_known(anchor: Anchor) -> bool:
    """Whether the schema of an anchor is the one that this specification knows (LOG-11)."""
    return anchor.schema_version == ANCHOR_SCHEMA


def verify(log: bytes, key: bytes | None = None, anchor: Anchor | None = None) -> Reading:
    """Return how far a log is right, compared with its anchor when there is one (LOG-4, LOG-11)."""
    reading = read(log, key, anchor)
    if anchor is None or reading.refusal is not None:
        return reading
    kept = Head(anchor.sequence, anchor.last_hash)
    problem = chain.anchor_problem(reading.head, key is not None, kept, anchor.keyed)
    return reading._replace(refusal=chain.ANCHOR_REFUSALS[problem]) if problem != NONE else reading


def anchor_of(head: Head[str], key: bytes | None) -> Anchor:
    """Return the anchor to be kept for a log that ends here (LOG-11)."""
    return Anchor(ANCHOR_SCHEMA, head.sequence, head.last_hash, key is not None)


def append(log: bytes, key: bytes | None, data: str) -> Added:
    """Return the next entry for a payload given as JSON text, and the bytes to add (LOG-8)."""
    return append_written(log, key, payload.payload_of(data))


def append_written(log: bytes, key: bytes | None, data: payload.Payload) -> Added:
    """Return the next entry for a payload as it is written (LOG-8): log, payload, size, sequence, in this order."""
    reading = read(log, key)
    if reading.refusal is not None:
        return refused(reading.refusal)
    ending = b"" if log.endswith(b"\n") or not log else b"\n"
    return append_behind(reading.head, ending, key, data)


def append_behind(head: Head[str], ending: bytes, key: bytes | None, data: payload.Payload) -> Added:
    """Return the next entry behind a head; `ending` is what the last line still needs (LOG-8)."""
    problem = data.problem if data.problem != NONE else payload.size_problem(len(data.text.encode()))
    if problem != NONE:
        found = payload.REFUSALS[problem]
        return refused(Refusal(found.code, found.at.format(data.path)))
    if chain.is_exhausted(head):
        return refused(SEQUENCE_EXHAUSTED)
    entry = chain.following(head, data.text, hash_of(key, head.last_hash, data.text))
    return Added(None, entry, ending + line_text(entry).encode() + b"\n")


def refused(refusal: Refusal) -> Added:
    """Return that nothing was appended (LOG-8)."""
    return Added(refusal, Entry(0, "", "", ""), b"")
