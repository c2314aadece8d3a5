"""Widths and canonical decimal text (TYPES-1)."""

import re

import icontract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.integers import (
    NOT_CANONICAL,
    OUT_OF_RANGE,
    WIDTHS,
    Reading,
    clamp,
    fields_of,
    fits,
    holds,
    is_canonical,
    read_integer,
    span,
)
from calybris_spec.logic import NONE
from calybris_spec.types import Decision


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("u8", 0, 255),
        ("u16", 0, 65_535),
        ("u32", 0, 4_294_967_295),
        ("u64", 0, 18_446_744_073_709_551_615),
        ("i64", -9_223_372_036_854_775_808, 9_223_372_036_854_775_807),
    ],
)
def test_widths(name: str, low: int, high: int) -> None:
    width = WIDTHS[name]
    assert (width.low, width.high) == (low, high)
    assert [holds(width, value) for value in (low - 1, low, high, high + 1)] == [False, True, True, False]
    assert span(width) == 256**width.size


def test_fits_looks_at_every_field() -> None:
    widths = (WIDTHS["u8"], WIDTHS["i64"])
    assert fits((255, -1), widths)
    assert not fits((256, -1), widths)
    assert not fits((255, 2**63), widths)


def test_a_record_declares_its_widths() -> None:
    fields = fields_of(Decision)
    assert (fields["action"], fields["reason"]) == (WIDTHS["u8"], WIDTHS["u16"])


@pytest.mark.parametrize(("value", "result"), [(-1, 0), (0, 0), (5, 5), (9, 9), (10, 9)])
def test_clamp(value: int, result: int) -> None:
    assert clamp(value, 0, 9) == result


def test_clamp_needs_a_range() -> None:
    with pytest.raises(icontract.ViolationError):
        clamp(0, 1, 0)


@pytest.mark.parametrize("text", ["-0", "007", "+1", "1.0", "1e2", " 1", "1\n", "", "-", "--1", "٣", "0x1", "1_0"])
def test_text_that_is_not_canonical(text: str) -> None:
    assert read_integer(text, WIDTHS["u8"]) == Reading(NOT_CANONICAL, 0)


@pytest.mark.parametrize("text", ["256", "-1", "9" * 20, "9" * 21, "9" * 5_000, "-" + "9" * 5_000])
def test_canonical_text_outside_the_width(text: str) -> None:
    assert read_integer(text, WIDTHS["u8"]) == Reading(OUT_OF_RANGE, 0)


@given(st.integers(-(2**65), 2**65), st.sampled_from(sorted(WIDTHS)))
def test_every_integer_of_a_width_is_read_and_no_other(value: int, name: str) -> None:
    width = WIDTHS[name]
    inside = width.low <= value <= width.high
    assert read_integer(str(value), width) == (Reading(NONE, value) if inside else Reading(OUT_OF_RANGE, 0))


@given(st.text(alphabet="0123456789-+ .\n٣", max_size=6))
def test_canonical_is_what_the_regular_expression_says(text: str) -> None:
    assert is_canonical(text) == (re.fullmatch("0|-?[1-9][0-9]*", text, re.ASCII) is not None)
