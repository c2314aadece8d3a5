"""What a model would charge for a request (MONEY-1, MONEY-2)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.codes import TOKENS_PER_RATE
from calybris_spec.integers import U64_MAX, WIDTHS, holds

TOKENS, RATE, AMOUNT = WIDTHS["u32"], WIDTHS["u64"], WIDTHS["u64"]


@require(lambda amount: amount >= 0)
@ensure(lambda amount, result: (result * TOKENS_PER_RATE >= amount) & ((result - 1) * TOKENS_PER_RATE < amount))
def ceil_per_million(amount: int) -> int:
    """Return the amount divided by a million, rounded up."""
    return (amount + TOKENS_PER_RATE - 1) // TOKENS_PER_RATE


@require(lambda input_tokens, output_tokens: holds(TOKENS, input_tokens) & holds(TOKENS, output_tokens))
@require(lambda input_rate, output_rate: holds(RATE, input_rate) & holds(RATE, output_rate))
@ensure(lambda result: holds(AMOUNT, result))
def cost_microunits(input_tokens: int, input_rate: int, output_tokens: int, output_rate: int) -> int:
    """Return the cost in microunits (u64): each side rounded up on its own (MONEY-1), saturated (MONEY-2).

    Rates are microunits per million tokens.
    """
    # crosshair: specs_complete=True
    input_side = ceil_per_million(input_tokens * input_rate)
    output_side = ceil_per_million(output_tokens * output_rate)
    return min(input_side + output_side, U64_MAX)
