"""The words that keep a contract on one path mean what they say."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.logic import NONE, first, implies, no, repeats, within


@pytest.mark.parametrize(("premise", "conclusion"), list(product([False, True], repeat=2)))
def test_implies(premise: bool, conclusion: bool) -> None:
    assert implies(premise, conclusion) is (not premise or conclusion)


def test_no() -> None:
    assert (no(True), no(False)) == (False, True)


def test_within_includes_both_ends() -> None:
    assert [within(1, value, 3) for value in range(5)] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("flags", "found"),
    [((), NONE), ((False, False), NONE), ((True,), 1), ((False, True, True), 2), ((False, False, True), 3)],
)
def test_first(flags: tuple[bool, ...], found: int) -> None:
    assert first(flags) == found


@given(st.lists(st.integers(0, 4)))
def test_repeats_by_definition(ids: list[int]) -> None:
    assert repeats(tuple(ids)) == tuple(name in ids[:place] for place, name in enumerate(ids))
