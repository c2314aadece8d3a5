"""Utility (MONEY-3 … MONEY-6)."""

from fractions import Fraction
from math import floor

import icontract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.utility import BPS, Terms, counted_value, latency_term, scaled, utility_microunits
from tests.support.specification import integers

MAX, MIN = 2**63 - 1, -(2**63)


@pytest.mark.parametrize(("value", "counted"), [(MIN, 0), (-1, 0), (0, 0), (1, 1), (MAX, MAX)])
def test_counted_value(value: int, counted: int) -> None:
    assert counted_value(value) == counted


@pytest.mark.parametrize(
    ("value", "one", "other", "term"),
    [
        (50_000, 9_000, 8_800, 39_600),  # the running example
        (3, 5_000, 6_667, 1),  # two floors would give 0
        (10**8 - 1, 1, 1, 0),
        (10**8, 1, 1, 1),
        (MAX, 65_535, 65_535, MAX * 65_535**2 // 10**8),  # wider than 64 bits, and exact
    ],
)
def test_scaled(value: int, one: int, other: int, term: int) -> None:
    assert scaled(value, one, other) == term


@given(st.integers(0, MAX), integers(BPS), integers(BPS))
def test_scaled_against_fractions(value: int, one: int, other: int) -> None:
    assert scaled(value, one, other) == floor(value * Fraction(one, 10_000) * Fraction(other, 10_000))


def test_latency_term_is_exact() -> None:
    assert latency_term(420, 2) == 840
    assert latency_term(2**32 - 1, 2**64 - 1) == (2**32 - 1) * (2**64 - 1)


@pytest.mark.parametrize(
    ("terms", "utility"),
    [
        (Terms(39_600, 1_575, 6_500, 840), 30_685),  # the running example
        (Terms(0, 0, 0, 0), 0),
        (Terms(MAX, 0, 0, 0), MAX),
        (Terms(MAX + 1, 0, 0, 0), MAX),
        (Terms(0, 2**63, 0, 0), MIN),
        (Terms(0, 2**63, 1, 0), MIN),
        (Terms(0, 0, 0, 2**96), MIN),
    ],
)
def test_utility(terms: Terms, utility: int) -> None:
    assert utility_microunits(terms) == utility


def test_terms_are_not_negative() -> None:
    with pytest.raises(icontract.ViolationError):
        utility_microunits(Terms(-1, 0, 0, 0))
