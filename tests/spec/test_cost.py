"""Cost (MONEY-1, MONEY-2)."""

from fractions import Fraction
from math import ceil

import icontract
import pytest
from hypothesis import given

from calybris_spec.cost import RATE, TOKENS, ceil_per_million, cost_microunits
from tests.support.specification import integers


@pytest.mark.parametrize(("amount", "result"), [(0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2)])
def test_ceil_per_million(amount: int, result: int) -> None:
    assert ceil_per_million(amount) == result


@pytest.mark.parametrize(
    ("arguments", "cost"),
    [
        ((1_200, 2_500_000, 350, 10_000_000), 6_500),  # the running example
        ((1, 1, 1, 1), 2),  # each side rounded on its own
        ((0, 2**64 - 1, 0, 2**64 - 1), 0),
        ((2**32 - 1, 2**64 - 1, 0, 0), 2**64 - 1),  # saturated by one side
        ((1_000_000, 2**64 - 2, 1, 1), 2**64 - 1),  # exactly the largest
        ((1_000_000, 2**64 - 1, 1, 1), 2**64 - 1),  # one more
    ],
)
def test_cost(arguments: tuple[int, int, int, int], cost: int) -> None:
    assert cost_microunits(*arguments) == cost


@given(integers(TOKENS), integers(RATE), integers(TOKENS), integers(RATE))
def test_cost_against_fractions(input_tokens: int, input_rate: int, output_tokens: int, output_rate: int) -> None:
    sides = [Fraction(input_tokens * input_rate, 10**6), Fraction(output_tokens * output_rate, 10**6)]
    assert cost_microunits(input_tokens, input_rate, output_tokens, output_rate) == min(
        sum(map(ceil, sides)), 2**64 - 1
    )


def test_tokens_are_u32() -> None:
    with pytest.raises(icontract.ViolationError):
        cost_microunits(2**32, 0, 0, 0)
