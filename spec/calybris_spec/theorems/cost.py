"""Cost: each side rounded up on its own (MONEY-1), saturated (MONEY-2)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import cost
from calybris_spec.cost import RATE, TOKENS
from calybris_spec.integers import U64_MAX, holds
from calybris_spec.logic import implies, no
from calybris_spec.theorems import unfolded

M = 1_000_000
cost_microunits = unfolded(cost.cost_microunits)


def valid(input_tokens: int, input_rate: int, output_tokens: int, output_rate: int) -> bool:
    """Whether tokens and rates lie in their widths."""
    return all(
        [
            holds(TOKENS, input_tokens),
            holds(TOKENS, output_tokens),
            holds(RATE, input_rate),
            holds(RATE, output_rate),
        ]
    )


@require(
    lambda input_tokens, input_rate, output_tokens, output_rate: valid(
        input_tokens, input_rate, output_tokens, output_rate
    )
)
@require(lambda input_side, output_side: (input_side >= 0) & (output_side >= 0))
@require(lambda input_tokens, input_rate, input_side: (input_side - 1) * M < input_tokens * input_rate)
@require(lambda input_tokens, input_rate, input_side: input_tokens * input_rate <= input_side * M)
@require(lambda output_tokens, output_rate, output_side: (output_side - 1) * M < output_tokens * output_rate)
@require(lambda output_tokens, output_rate, output_side: output_tokens * output_rate <= output_side * M)
@ensure(lambda result: result)
def cost_is_the_sum_of_two_ceilings_or_the_largest_u64(
    input_tokens: int, input_rate: int, output_tokens: int, output_rate: int, input_side: int, output_side: int
) -> bool:
    """The least whole microunits that cover a side, for each side; never more than 2^64 − 1."""
    answer = cost_microunits(input_tokens, input_rate, output_tokens, output_rate)
    total = input_side + output_side
    return implies(total <= U64_MAX, answer == total) & implies(total > U64_MAX, answer == U64_MAX)


@require(
    lambda input_tokens, input_rate, output_tokens, output_rate: valid(
        input_tokens, input_rate, output_tokens, output_rate
    )
)
@ensure(lambda result: result)
def cost_covers_the_exact_price_by_less_than_two_microunits(
    input_tokens: int, input_rate: int, output_tokens: int, output_rate: int
) -> bool:
    """Two roundings cost less than two microunits, and nothing is given away, unless the cost is saturated."""
    answer = cost_microunits(input_tokens, input_rate, output_tokens, output_rate)
    exact = input_tokens * input_rate + output_tokens * output_rate
    return implies(answer < U64_MAX, (answer * M >= exact) & ((answer - 2) * M < exact))


@require(
    lambda input_tokens, input_rate, output_tokens, output_rate: valid(
        input_tokens, input_rate, output_tokens, output_rate
    )
)
@ensure(lambda result: result)
def nothing_is_free_but_no_tokens_or_no_rate(
    input_tokens: int, input_rate: int, output_tokens: int, output_rate: int
) -> bool:
    """The cost is 0 exactly when both products are."""
    answer = cost_microunits(input_tokens, input_rate, output_tokens, output_rate)
    return (answer == 0) == (input_tokens * input_rate == 0) & (output_tokens * output_rate == 0)


@require(lambda amount: 0 <= amount < M)
@ensure(lambda result: result)
def the_sides_are_not_rounded_together(amount: int) -> bool:
    """Two parts of a microunit on the two sides make two microunits, never one."""
    return implies(no(amount == 0), cost_microunits(1, amount, 1, amount) == 2)
