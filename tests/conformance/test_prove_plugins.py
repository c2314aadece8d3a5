"""What the plugin for masks tells Z3 is true of every pair of 64-bit numbers.

The prover asserts these statements about integers; here Z3's bit-vector solver proves the same lines of code for all
2^128 pairs. Whether the plugins do their work is tested in test_prove_gate.py.
"""

from typing import Any

import pytest
import z3  # type: ignore[import-untyped]  # z3-solver ships no types

from calybris_conformance.prove.plugins.axioms import WIDTH, conjunction


class BitVectors:
    """64-bit words as an arithmetic."""

    @staticmethod
    def number(value: int) -> Any:
        return z3.BitVecVal(value, WIDTH)

    @staticmethod
    def at_most(one: Any, other: Any) -> Any:
        return z3.ULE(one, other)


X, Y = z3.BitVecs("x y", WIDTH)
BITS = [[z3.Extract(place, place, word) == 1 for place in range(WIDTH)] for word in (X, Y)]


def is_valid(statement: Any) -> bool:
    solver = z3.Solver()
    solver.set("timeout", 60_000)
    solver.add(z3.Not(statement))
    return bool(solver.check() == z3.unsat)


@pytest.mark.parametrize("axiom", conjunction(BitVectors(), X, Y, X & Y, *BITS), ids=str)
def test_an_axiom_holds_for_every_pair(axiom: Any) -> None:
    assert is_valid(axiom)


def test_a_bit_is_what_division_says() -> None:
    by_division = [z3.URem(z3.UDiv(X, z3.BitVecVal(1 << place, WIDTH)), 2) == 1 for place in range(0, WIDTH, 7)]
    assert is_valid(z3.And([bit == other for bit, other in zip(BITS[0][::7], by_division, strict=True)]))


def test_the_axioms_are_not_true_of_another_operation() -> None:
    assert not all(is_valid(axiom) for axiom in conjunction(BitVectors(), X, Y, X | Y, *BITS))
