"""One line of a log: its form, its hash, how it is read and written (LOG-1, LOG-2, LOG-3, LOG-5, LOG-6).

A line is read by the book in `_read_members`. A line as writers write it, which is nearly every line, is recognised by
one regular expression; what that does not recognise is read by the book, so the answers are the same.
"""

import hmac
import json
import re
from hashlib import sha256
from typing import Any, NamedTuple

from calybris_ref.errors_wal import KeyTooShort
from calybris_ref.record import U64_WIDTH
from calybris_ref.wal_json import NotJsonError, members, string, value_end

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_PAYLOAD_BYTES = MAX_LINE_BYTES - 512
MIN_KEY_BYTES = 32
GENESIS = "genesis"

# White space that a reader skips where it fills a whole line (LOG-3).
_BLANKS = b" \t\r\n\x0c"
_KEYS = ("sequence", "previous_hash", "entry_hash", "data")
_LINE = b'{"sequence":%d,"previous_hash":"%b","entry_hash":"%b","data":%b}\n'
_DIGITS = re.compile(r"0|[1-9][0-9]{0,19}")
_WRITTEN = re.compile(
    r'\{"sequence":(0|[1-9][0-9]{0,18}),"previous_hash":"([0-9a-z]*+)","entry_hash":"([0-9a-z]*+)","data":(?![ \t\r])'
)


class WalHead(NamedTuple):
    """Where a log ends: its last sequence and its last hash."""

    sequence: int
    last_hash: str


EMPTY_LOG = WalHead(0, GENESIS)


class WalEntry(NamedTuple):
    """An entry of a log (LOG-1); `data` is the payload's bytes as they stand in the line."""

    sequence: int
    previous_hash: str
    entry_hash: str
    data: bytes

    @property
    def payload(self) -> Any:
        """The payload as Python values, parsed by the `json` module when it is asked for."""
        return json.loads(self.data)

    @property
    def head(self) -> WalHead:
        """The head of a log that ends with this entry."""
        return WalHead(self.sequence, self.entry_hash)

    def line(self) -> bytes:
        """The line that a writer writes for this entry, line feed included."""
        sequence, previous_hash, own_hash, data = self
        return _LINE % (sequence, previous_hash.encode(), own_hash.encode(), data)


def check_key(key: bytes | None) -> None:
    """Raise KeyTooShort for a key of fewer than 32 bytes; None is no key (LOG-6)."""
    if key is not None and len(key) < MIN_KEY_BYTES:
        raise KeyTooShort(
            f"a key of {len(key)} bytes is shorter than {MIN_KEY_BYTES}",
            code="LOG_KEY_TOO_SHORT",
            at="key_hex",
            expected=MIN_KEY_BYTES,
            found=len(key),
        )


def entry_hash(previous_hash: str, data: bytes, key: bytes | None = None) -> str:
    """The hash of an entry, keyed or not, in lowercase hex (LOG-2)."""
    hashed = previous_hash.encode() + data
    return sha256(hashed).hexdigest() if key is None else hmac.digest(key, hashed, "sha256").hex()


def same_hash(one: str, other: str) -> bool:
    """Whether two hashes are the same text; how long it takes does not tell where they differ (LOG-4)."""
    return hmac.compare_digest(one.encode(), other.encode())


def is_blank(line: bytes) -> bool:
    """Whether a line is one that a reader skips (LOG-3)."""
    return not line.strip(_BLANKS)


def read_line(line: bytes) -> WalEntry:
    """The entry that a line holds (LOG-3); NotJsonError for any other line."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise NotJsonError(f"byte {error.start} is not UTF-8") from None
    if written := _WRITTEN.match(text):
        start = written.end()
        end = value_end(text, start)
        # Nothing but ASCII stands before the payload and behind it, so that characters count bytes there.
        if text[end:] in ("}\n", "}"):
            sequence, previous_hash, own_hash = written.groups()
            return WalEntry(int(sequence), previous_hash, own_hash, line[start : len(line) - len(text) + end])
    return _read_members(text)


def _read_members(text: str) -> WalEntry:
    values: dict[str, str] = {}
    for key, start, end in members(text):
        if key not in _KEYS:
            raise NotJsonError("it has a key that no entry has")
        if key in values:
            raise NotJsonError(f"the key {key} stands in it twice")
        values[key] = text[start:end]
    for key in _KEYS:
        if key not in values:
            raise NotJsonError(f"the key {key} is missing")
    return WalEntry(
        _sequence(values["sequence"]),
        _hash_text(values["previous_hash"]),
        _hash_text(values["entry_hash"]),
        values["data"].encode(),
    )


def _sequence(text: str) -> int:
    if not _DIGITS.fullmatch(text) or int(text) > U64_WIDTH.maximum:
        raise NotJsonError("its sequence is not a plain integer of 64 bits")
    return int(text)


def _hash_text(text: str) -> str:
    value, _ = string(text)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotJsonError("a hash holds half of a surrogate pair") from None
    return value
