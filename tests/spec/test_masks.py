"""Masks of 64 bits (GATE-7, GATE-8, GATE-9)."""

import icontract
import pytest
from hypothesis import given

from calybris_spec.masks import MASK, allows, covers, shares
from tests.support.specification import integers

ALL = 2**64 - 1


@pytest.mark.parametrize(
    ("have", "need", "answer"),
    [(0b110, 0b010, True), (0b110, 0b011, False), (0, 0, True), (ALL, ALL, True), (0, 1, False)],
)
def test_covers(have: int, need: int, answer: bool) -> None:
    assert covers(have, need) is answer


@pytest.mark.parametrize(("one", "other", "answer"), [(0b110, 0b011, True), (0b100, 0b011, False), (ALL, 0, False)])
def test_shares(one: int, other: int, answer: bool) -> None:
    assert shares(one, other) is answer


@pytest.mark.parametrize(
    ("mask", "provider_id", "answer"),
    [(1, 0, True), (2**63, 63, True), (ALL - 2**63, 63, False), (ALL, 64, False), (ALL, 65_535, False), (0, 0, False)],
)
def test_allows(mask: int, provider_id: int, answer: bool) -> None:
    assert allows(mask, provider_id) is answer


@given(integers(MASK), integers(MASK))
def test_masks_are_sets(one: int, other: int) -> None:
    ones, others = ({place for place in range(64) if mask >> place & 1} for mask in (one, other))
    assert covers(one, other) == (others <= ones)
    assert shares(one, other) == bool(ones & others)
    assert [allows(one, place) for place in range(64)] == [place in ones for place in range(64)]


def test_a_mask_has_64_bits() -> None:
    with pytest.raises(icontract.ViolationError):
        covers(2**64, 0)
