"""CrossHair plugin: a `specs_complete` function that is skipped still behaves as a function.

CrossHair gives every skipped call a fresh unknown result. Theorems about two calls need more: equal arguments give
equal results. Here the unknown is also equated with f(arguments) for an uninterpreted Z3 function f.

Assumed: the skipped function is pure, and takes integers, booleans and named tuples of them. For any other argument or
result nothing is added. Trusted: `tests/conformance/test_prove_plugins.py` shows that f(x) = f(x) becomes provable and
f(x) = f(y) does not.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import z3  # type: ignore[import-untyped]  # z3-solver ships no types
from crosshair import core, smt
from crosshair.libimpl.builtinslib import SymbolicBool, SymbolicInt
from crosshair.statespace import context_statespace

if TYPE_CHECKING:
    from collections.abc import Iterator

_append_return = core.FunctionInterps.append_return


def _flat(value: Any) -> Iterator[Any]:
    """The Z3 expressions that an argument consists of; None for what cannot be expressed."""
    if isinstance(value, SymbolicInt | SymbolicBool):
        yield value.var
    elif isinstance(value, bool):
        yield smt.bool_val(value)
    elif isinstance(value, int):
        yield smt.int_val(value)
    elif type(value).__module__ != "builtins" and isinstance(value, tuple):  # a named tuple
        for field in tuple.__iter__(value):
            yield from _flat(field)
    else:
        yield None


def append_return(self: Any, function: Any, result: object) -> None:
    """As CrossHair's own, which records the result of a skipped call; the result is also tied to the arguments."""
    _append_return(self, function, result)
    if not isinstance(result, SymbolicInt | SymbolicBool):
        return
    # CrossHair hands over the result only; the arguments are in its caller's frame.
    bound = sys._getframe(1).f_locals["bound"]
    arguments = [expression for value in bound.arguments.values() for expression in _flat(value)]
    if all(expression is not None for expression in arguments):
        name = f"{function.__module__}.{function.__qualname__}"
        f = z3.Function(name, *[expression.sort() for expression in arguments], result.var.sort())
        context_statespace().add(result.var == f(*arguments))


core.FunctionInterps.append_return = append_return  # type: ignore[method-assign,assignment]  # the plugin's purpose
