"""Says which byte and which field of a hashed record is wrong (clauses DIGEST-1 to DIGEST-5).

A digest that differs says nothing. The bytes behind it do: the vector holds the right ones, and a port may send its own
beside its answer.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from calybris_conformance import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG_BYTES: Final = 9
_WIDTHS: Final = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8}
_NAMES: Final = {"action": 1, "reason": 2}  # their codes are hashed, not their names

_HEADS: Final = {
    b"calypol1\0": wire.POLICY_SCALARS,
    b"calyinp1\0": wire.REQUEST,
    b"calydcn1\0": wire.DECISION,
}
"""What follows each tag once. After the head of a policy come its models."""


def fields(preimage: bytes) -> Iterator[tuple[str, int, int]]:
    """(field, offset, bytes) of every field, in order, for a preimage with a known tag; nothing for any other."""
    head = _HEADS.get(preimage[:_TAG_BYTES])
    if head is None:
        return
    yield "tag", 0, _TAG_BYTES
    offset = _TAG_BYTES
    for field, width in _widths(head):
        yield field, offset, width
        offset += width
    model = 0
    while offset < len(preimage):
        for field, width in _widths(wire.MODEL):
            yield f"models[{model}].{field}", offset, width
            offset += width
        model += 1


def explain(expected_hex: str, sent_hex: str | None, digest_hex: object) -> str:
    """Why a digest differs, from the right preimage and the one that the port sent (None: it sent none)."""
    if sent_hex is None:
        return "send preimage_hex beside ok to be told which byte differs"
    if len(sent_hex) % 2:
        return "its preimage_hex has an odd number of characters"
    expected, sent = bytes.fromhex(expected_hex), bytes.fromhex(sent_hex)
    if expected == sent:
        return f"its preimage is right, but its SHA-256 is {hashlib.sha256(sent).hexdigest()}"
    if hashlib.sha256(sent).hexdigest() != digest_hex:
        return "its preimage_hex is not what it hashed; " + _first_byte(expected, sent)
    return _first_byte(expected, sent)


def _first_byte(expected: bytes, sent: bytes) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(expected, sent, strict=False)) if a != b), min(len(expected), len(sent))
    )
    lengths = "" if len(expected) == len(sent) else f"; {len(sent)} bytes in all, {len(expected)} are right"
    for field, offset, width in fields(expected):
        if offset <= place < offset + width:
            right, wrong = expected[offset : offset + width].hex(), sent[offset : offset + width].hex()
            return f"byte {place}, field {field}: {right} is right, not {wrong or 'the end'}{lengths}"
    return f"byte {place}{lengths}"


def _widths(shape: wire.Shape) -> Iterator[tuple[str, int]]:
    for field, kind in shape.items():
        yield field, _NAMES[field] if field in _NAMES else _WIDTHS[kind]
