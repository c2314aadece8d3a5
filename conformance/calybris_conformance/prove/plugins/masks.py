"""CrossHair plugin: keep `&` on integers from 0 to 2^64 − 1 symbolic; CrossHair 0.0.113 tries out values instead.

x & y becomes an unknown integer r with the statements of `axioms.conjunction`; bit i of x is x div 2^i mod 2.
Outside the range, CrossHair's own behaviour stays.
"""

from __future__ import annotations

import operator
from typing import Any

import z3  # type: ignore[import-untyped]  # z3-solver ships no types
from crosshair import core_and_libs as _registered_first  # noqa: F401 - its own operators must be there before ours
from crosshair import smt
from crosshair.core import realize
from crosshair.libimpl.builtinslib import _BIN_OPS, SymbolicInt, setup_binop
from crosshair.statespace import context_statespace
from crosshair.tracers import NoTracing

from calybris_conformance.prove.plugins.axioms import WIDTH, conjunction


class _Integers:
    """Z3's integers as an arithmetic for the axioms."""

    @staticmethod
    def number(value: int) -> Any:
        return z3.IntVal(value)

    @staticmethod
    def at_most(one: Any, other: Any) -> Any:
        return one <= other


class _Known(dict[Any, Any]):
    """What one explored path already knows: the bits of an integer, and the conjunction of two."""

    def __init__(self, _solver: object) -> None:
        super().__init__()


def _known() -> _Known:
    return context_statespace().extra(_Known)  # noqa: S610 - CrossHair's, not Django's


def _bits(x: Any) -> list[Any]:
    if z3.is_int_value(x):
        return [z3.BoolVal(bool(x.as_long() >> place & 1)) for place in range(WIDTH)]
    known = _known()
    if x not in known:
        known[x] = [(x / (1 << place)) % 2 == 1 for place in range(WIDTH)]
    return list(known[x])


def _conjunction(x: Any, y: Any) -> Any:
    space = context_statespace()
    known = _known()
    pair = tuple(sorted((x, y), key=lambda expression: int(expression.get_id())))
    if pair not in known:
        r = z3.Int("conjunction" + space.uniq())  # type: ignore[no-untyped-call]  # CrossHair's own lacks a type
        for axiom in conjunction(_Integers(), x, y, r, _bits(x), _bits(y)):
            space.add(axiom)
        known[pair] = r
    return known[pair]


def _and(_operator: Any, one: Any, other: Any) -> Any:
    with NoTracing():  # type: ignore[no-untyped-call]  # CrossHair's own lacks a type
        x = one.var if isinstance(one, SymbolicInt) else smt.int_val(int(one))
        y = other.var if isinstance(other, SymbolicInt) else smt.int_val(int(other))
        top = 1 << WIDTH
        in_range = z3.And(x >= 0, x < top, y >= 0, y < top)
        if context_statespace().smt_fork(in_range, probability_true=0.9):
            return SymbolicInt(_conjunction(x, y))
        return operator.and_(realize(one), realize(other))


def _register() -> None:
    """CrossHair chooses an operator by the annotations of its two operands."""
    for left, right in ((SymbolicInt, SymbolicInt), (SymbolicInt, int), (int, SymbolicInt)):

        def conjunction_of(op: Any, a: Any, b: Any) -> Any:
            return _and(op, a, b)

        conjunction_of.__annotations__ = {"a": left, "b": right}
        setup_binop(conjunction_of, {operator.and_})
    _BIN_OPS.clear()  # operators that CrossHair looked up before this plugin came


_register()
