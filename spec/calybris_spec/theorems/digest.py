"""Hex is read character by character (DIGEST-7)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.digest import INVALID_CHARACTER, ODD, WRONG_LENGTH, decode_hex, nibble
from calybris_spec.logic import NONE, within


@require(lambda high, low: within(0, high, 15) & within(0, low, 15))
@ensure(lambda result: result)
def two_characters_make_one_byte(high: int, low: int) -> bool:
    """The first is the upper half: written with the digits of each half, every byte is read back."""
    digits = [48 + high + 39 * (high > 9), 48 + low + 39 * (low > 9)]
    return (nibble(digits[0]) == high) & (nibble(digits[1]) == low)


@require(lambda one, other: within(0, one, 255) & within(0, other, 255))
@ensure(lambda result: result)
def length_parity_then_characters_then_length(one: int, other: int) -> bool:
    """A text of one byte is odd whatever it holds; of two bytes the first bad one counts; good ones are too few."""
    odd, even = decode_hex((one,)), decode_hex((one, other))
    bad, second_bad = nibble(one) < 0, nibble(other) < 0
    return all(
        [
            odd.problem == ODD,
            (even.problem == INVALID_CHARACTER) == (bad | second_bad),
            even.place == (second_bad & (bad ^ True)),
            (even.problem == WRONG_LENGTH) == ((bad | second_bad) ^ True),
            even.problem != NONE,
        ]
    )
