"""SHA-256 around the layouts, and hex (DIGEST-1 … DIGEST-7).

The hash itself is the standard library's and is never reasoned about: theorems stop at the bytes.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.layout import Bytes, decision_bytes, input_bytes, policy_bytes
from calybris_spec.logic import NONE, first, implies, within
from calybris_spec.types import Decision, Request, Snapshot

DIGEST_BYTES = 32
HEX_CHARACTERS = 2 * DIGEST_BYTES

REFUSALS = (
    ACCEPTED,
    Refusal("DIGEST_HEX_LENGTH_ODD", "text"),
    Refusal("DIGEST_HEX_CHARACTER_INVALID", "text[{}]"),
    Refusal("DIGEST_HEX_LENGTH_INVALID", "text"),
)
ODD, INVALID_CHARACTER, WRONG_LENGTH = 1, 2, 3
NO_NIBBLE = -1
HEX = b"0123456789abcdef"


def policy_digest_hex(snapshot: Snapshot) -> str:
    """Return the SHA-256 of the policy's bytes, 64 lowercase hex characters (DIGEST-3)."""
    return sha256(bytes(policy_bytes(snapshot))).hexdigest()


def input_digest_hex(request: Request) -> str:
    """Return the SHA-256 of the request's bytes, 64 lowercase hex characters (DIGEST-4)."""
    return sha256(bytes(input_bytes(request))).hexdigest()


def decision_digest_hex(decision: Decision) -> str:
    """Return the SHA-256 of the decision's bytes, 64 lowercase hex characters (DIGEST-5)."""
    return sha256(bytes(decision_bytes(decision))).hexdigest()


class HexReading(NamedTuple):
    """What a hex text is: a row of REFUSALS and the place of the byte that it is about, or 32 bytes."""

    problem: int
    place: int
    raw: Bytes


@require(lambda byte: within(0, byte, 255))
@ensure(lambda byte, result: (result == NO_NIBBLE) == all([byte != digit for digit in HEX]))
@ensure(lambda byte, result: all([implies(byte == digit, result == value) for value, digit in enumerate(HEX)]))
def nibble(byte: int) -> int:
    """Return the value of one hex character given as a byte, or NO_NIBBLE; capitals are none (DIGEST-7)."""
    if 48 <= byte <= 57:
        return byte - 48
    if 97 <= byte <= 102:
        return byte - 87
    return NO_NIBBLE


@require(lambda text: all([within(0, byte, 255) for byte in text]))
@ensure(lambda result: len(result.raw) == (DIGEST_BYTES if result.problem == NONE else 0))
@ensure(lambda text, result: (result.problem == ODD) == (len(text) % 2 == 1))
def decode_hex(text: Bytes) -> HexReading:
    """Return the 32 bytes of a digest in hex, given as UTF-8 bytes (DIGEST-7).

    Checked in this order: an even number of bytes, no byte but `0-9` and `a-f` (the first bad one counts), 64 of them.
    """
    if len(text) % 2 == 1:
        return HexReading(ODD, 0, ())
    nibbles = [nibble(byte) for byte in text]
    bad = first(tuple([value == NO_NIBBLE for value in nibbles]))
    if bad != NONE:
        return HexReading(INVALID_CHARACTER, bad - 1, ())
    if len(text) != HEX_CHARACTERS:
        return HexReading(WRONG_LENGTH, 0, ())
    return HexReading(NONE, 0, tuple([16 * high + low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True)]))
