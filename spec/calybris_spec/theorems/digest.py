"""Hex is read character by character (DIGEST-7), and a digest is that of the bytes (DIGEST-3 to DIGEST-5)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.digest import (
    INVALID_CHARACTER,
    ODD,
    REFUSALS,
    WRONG_LENGTH,
    decision_digest_hex,
    decode_hex,
    input_digest_hex,
    nibble,
    policy_digest_hex,
)
from calybris_spec.logic import NONE, within
from calybris_spec.types import Decision, Model, Policy, Request, Snapshot


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


@require(lambda last: within(0, last, 255))
@ensure(lambda result: result)
def sixty_four_characters_make_thirty_two_bytes(last: int) -> bool:
    """Zeros, an `a`, then any byte: it is the lower half of the last byte, or it is named."""
    read = decode_hex((48,) * 62 + (97, last))
    if read.problem == NONE:
        return (read.place == 0) & (sum(read.raw[:-1]) == 0) & (read.raw[-1] == 160 + nibble(last))
    return (nibble(last) < 0) & (read.problem == INVALID_CHARACTER) & (read.place == 63)


@ensure(lambda result: result)
def any_other_even_length_is_wrong_and_names_no_place() -> bool:
    """No text at all, one byte too few and one too many; sixty-four zeros are 32 bytes of 0."""
    wrong = [decode_hex((48,) * length) for length in (0, 2, 62, 66)]
    return wrong == [(WRONG_LENGTH, 0, ())] * 4 and decode_hex((48,) * 64) == (NONE, 0, (0,) * 32)


@ensure(lambda result: result)
def problems_are_the_rows_of_the_table() -> bool:
    """The three numbers, and the place beside an odd length."""
    named = [REFUSALS[problem].code for problem in (ODD, INVALID_CHARACTER, WRONG_LENGTH)]
    return decode_hex((48,)) == (ODD, 0, ()) and named == [
        "DIGEST_HEX_LENGTH_ODD",
        "DIGEST_HEX_CHARACTER_INVALID",
        "DIGEST_HEX_LENGTH_INVALID",
    ]


@ensure(lambda result: result)
def three_records_have_these_digests() -> bool:
    """DIGEST-3, DIGEST-4, DIGEST-5: SHA-256 of the bytes and of nothing else, by known answers."""
    model = Model(2, 1, 8_800, 9_000, 1, 420, 3, 3, 2_500_000, 10_000_000)
    snapshot = Snapshot(Policy(12, 5, 9_600, 5_500, 3_500, 2), (model,))
    request = Request(7, 2, 1_200, 350, 50_000, 20_000, 900, 9_000, 7_000, 1_500, 1, 15, 3)
    decision = Decision(7, 1, 1, 2, 0, 6_500, 30_685, 0, 0, 1, 1, 12, 5)
    return (
        policy_digest_hex(snapshot) == "3514de1ff40d0f6cfc1fffe0c0de8c8173f397744b58aa0f6b8ec9e7673cf26e"
        and input_digest_hex(request) == "56787508593fb22cbf55b0e8fb963b4ab739c899f40304018e0bee4d54c4383a"
        and decision_digest_hex(decision) == "884612097f8fbb312ff9da427987f37e3650ec69e41f3f0b8b4592975779e46e"
    )
