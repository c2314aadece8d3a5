"""Digests of the running example, and hex (DIGEST-1 … DIGEST-7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.decision import decide
from calybris_spec.digest import (
    REFUSALS,
    HexReading,
    decision_digest_hex,
    decode_hex,
    input_digest_hex,
    policy_digest_hex,
)
from tests.support.specification import EXAMPLE, EXAMPLE_REQUEST

GOOD = "0123456789abcdef" * 4


def test_the_running_example() -> None:
    assert policy_digest_hex(EXAMPLE) == "5f00c72d47643b0c98b832b60431b25cfc7b9152577a3b5b9f26a5f6621d8f9d"
    assert input_digest_hex(EXAMPLE_REQUEST) == "56787508593fb22cbf55b0e8fb963b4ab739c899f40304018e0bee4d54c4383a"
    decision = decide(EXAMPLE, EXAMPLE_REQUEST)
    assert decision_digest_hex(decision) == "dcf63ad1c6e7f67426055b9f8034640bd5a0aa04ab336157f492062110ca89df"


@given(st.binary(min_size=32, max_size=32))
def test_every_digest_is_read_back(raw: bytes) -> None:
    assert decode_hex(tuple(raw.hex().encode())) == HexReading(0, 0, tuple(raw))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("0" * 63, "DIGEST_HEX_LENGTH_ODD text"),
        ("g", "DIGEST_HEX_LENGTH_ODD text"),
        ("g0", "DIGEST_HEX_CHARACTER_INVALID text[0]"),
        ("0A0B", "DIGEST_HEX_CHARACTER_INVALID text[1]"),
        ("0/0:0`0g", "DIGEST_HEX_CHARACTER_INVALID text[1]"),
        (GOOD[:-1] + "F", "DIGEST_HEX_CHARACTER_INVALID text[63]"),
        ("00é", "DIGEST_HEX_CHARACTER_INVALID text[2]"),
        ("", "DIGEST_HEX_LENGTH_INVALID text"),
        (GOOD + "00", "DIGEST_HEX_LENGTH_INVALID text"),
        (GOOD[2:], "DIGEST_HEX_LENGTH_INVALID text"),
    ],
)
def test_what_is_refused(text: str, refusal: str) -> None:
    reading = decode_hex(tuple(text.encode()))
    code, at = REFUSALS[reading.problem]
    assert f"{code} {at.format(reading.place)}" == refusal
    assert reading.raw == ()
