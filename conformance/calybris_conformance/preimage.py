"""Says which byte and which field of a hashed record is wrong (clauses DIGEST-1 to DIGEST-5, DIGEST-8).

A digest that differs says nothing. The bytes behind it do: the vector holds the right ones, and a port may send its own
beside its answer.
"""

from __future__ import annotations

import hashlib

from calybris_ref.errors import DigestDecodeError
from calybris_ref.layout import TAG_BYTES, dissect


def explain(expected_hex: str, sent_hex: str | None, digest_hex: object) -> str:
    """Why a digest differs, from the right preimage and the one that the port sent (None: it sent none)."""
    if sent_hex is None:
        return "send preimage_hex beside ok to be told which byte differs"
    if len(sent_hex) % 2:
        return "its preimage_hex has an odd number of characters"
    expected, sent = bytes.fromhex(expected_hex), bytes.fromhex(sent_hex)
    hashed = hashlib.sha256(sent).hexdigest()
    if expected == sent:
        return f"its preimage is right, but its SHA-256 is {hashed}"
    return ("" if hashed == digest_hex else "its preimage_hex is not what it hashed; ") + _first_byte(expected, sent)


def _first_byte(expected: bytes, sent: bytes) -> str:
    pairs = enumerate(zip(expected, sent, strict=False))
    place = next((place for place, (right, wrong) in pairs if right != wrong), min(len(expected), len(sent)))
    lengths = "" if len(expected) == len(sent) else f"; {len(sent)} bytes in all, {len(expected)} are right"
    for name, offset, length in _fields(expected):
        if offset <= place < offset + length:
            right, wrong = expected[offset : offset + length].hex(), sent[offset : offset + length].hex()
            return f"byte {place}, field {name}: {right} is right, not {wrong or 'the end'}{lengths}"
    return f"byte {place}{lengths}"


def _fields(preimage: bytes) -> list[tuple[str, int, int]]:
    """(field, offset, bytes) of every field; none for a record that this version does not know."""
    try:
        found = dissect(preimage)
    except DigestDecodeError:
        return []
    return [("tag", 0, TAG_BYTES), *((field.name, field.offset, field.length) for field in found)]
