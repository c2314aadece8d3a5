"""Logs as bytes, written by hand: each line can be wrong in the one way that a case is about (LOG-1, LOG-2)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.draft import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

GENESIS = "genesis"
KEY = bytes(range(32))
MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_PAYLOAD_BYTES = MAX_LINE_BYTES - 512
ANCHOR_SCHEMA = "calybris.wal-anchor.v1"

Piece = bytes | tuple[bytes, int]
"""Bytes of a log, or (bytes, how often they stand there one after the other)."""


def hashed(previous: str, data: bytes, key: bytes | None = None) -> str:
    """LOG-2."""
    message = previous.encode() + data
    return (hashlib.sha256(message) if key is None else hmac.new(key, message, "sha256")).hexdigest()


def members(sequence: int | str, previous: str, own: str, data: bytes) -> dict[str, bytes]:
    """The members of an entry in the order of a writer, each as it stands in the line."""
    return {
        '"sequence"': str(sequence).encode(),
        '"previous_hash"': f'"{previous}"'.encode(),
        '"entry_hash"': f'"{own}"'.encode(),
        '"data"': data,
    }


def written(parts: Iterable[tuple[str, bytes]], end: bytes = b"\n") -> bytes:
    """A line of these members without white space."""
    return b"{" + b",".join(key.encode() + b":" + value for key, value in parts) + b"}" + end


def line(sequence: int | str, previous: str, data: bytes, key: bytes | None = None, *, own: str | None = None) -> bytes:
    """The line of an entry as a writer writes it, with the right hash unless another one is given."""
    return written(members(sequence, previous, hashed(previous, data, key) if own is None else own, data).items())


def chain(*payloads: bytes, key: bytes | None = None) -> list[bytes]:
    """The lines of a whole log with these payloads."""
    return [line(place + 1, tail(*payloads[:place], key=key), data, key) for place, data in enumerate(payloads)]


def tail(*payloads: bytes, key: bytes | None = None) -> str:
    """The last hash of a log with these payloads."""
    last = GENESIS
    for data in payloads:
        last = hashed(last, data, key)
    return last


def parts(*pieces: Piece) -> list[dict[str, Any]]:
    """A log on the wire: bytes that stand next to each other are one part."""
    found: list[dict[str, Any]] = []
    for piece in pieces:
        data, times = piece if isinstance(piece, tuple) else (piece, 1)
        if times == 1 and found and found[-1]["times"] == 1:
            found[-1]["hex"] += data.hex()
        elif data:
            found.append({"hex": data.hex(), "times": times})
    return found


def large_line(sequence: int, previous: str, data: tuple[Piece, ...], key: bytes | None = None) -> list[Piece]:
    """The pieces of a line whose payload is too long to write down."""
    whole = b"".join(piece[0] * piece[1] if isinstance(piece, tuple) else piece for piece in data)
    before, behind = line(sequence, previous, b"?", key, own=hashed(previous, whole, key)).split(b"?")
    return [before, *data, behind]


def anchor(sequence: int, last_hash: str, *, keyed: bool = False, schema: str = ANCHOR_SCHEMA) -> dict[str, Any]:
    """An anchor of LOG-11."""
    return {"schema_version": schema, "sequence": sequence, "last_hash": last_hash, "keyed": keyed}


def verify(
    name: str,
    about: str,
    log: bytes | list[Piece],
    *flags: str,
    key: bytes | None = None,
    kept: dict[str, Any] | None = None,
) -> Question:
    """A question of `wal.verify`."""
    pieces = [log] if isinstance(log, bytes) else log
    key_hex = None if key is None else key.hex()
    return Question(name, about, {"log": parts(*pieces), "key_hex": key_hex, "anchor": kept}, flags)
