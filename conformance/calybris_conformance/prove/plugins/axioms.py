"""What the plugin `masks` tells Z3 about r = x & y, for x and y below 2^64.

Written once, over an arithmetic. The plugin asserts it about integers; `tests/conformance/test_prove_plugins.py` has
Z3's bit-vector solver prove it for all 2^128 pairs. These are the questions that masks are asked (r = x, r = y, r = 0),
not all that is true: what follows from them is right, and r itself is known no closer.
"""

from __future__ import annotations

from typing import Any, Protocol

import z3  # type: ignore[import-untyped]  # z3-solver ships no types

WIDTH = 64


class Arithmetic(Protocol):
    """How numbers are written and compared: as integers, or as bit vectors."""

    def number(self, value: int) -> Any:
        """A constant."""

    def at_most(self, one: Any, other: Any) -> Any:
        """Whether one ≤ other, unsigned."""


def conjunction(arithmetic: Arithmetic, x: Any, y: Any, r: Any, x_bits: list[Any], y_bits: list[Any]) -> list[Any]:
    """The statements about r = x & y, given the bits of x and of y as booleans, the lowest first."""
    both = [z3.And(p, q) for p, q in zip(x_bits, y_bits, strict=True)]
    zero = arithmetic.number(0)
    return [
        (r == x) == z3.And([z3.Implies(p, q) for p, q in zip(x_bits, y_bits, strict=True)]),
        (r == y) == z3.And([z3.Implies(q, p) for p, q in zip(x_bits, y_bits, strict=True)]),
        (r == zero) == z3.Not(z3.Or(both)),
        arithmetic.at_most(zero, r),
        arithmetic.at_most(r, x),
        arithmetic.at_most(r, y),
    ]
