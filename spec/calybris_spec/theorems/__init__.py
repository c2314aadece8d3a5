"""Theorems about the modules of the same names: what their rules say, stated in a second way.

A theorem is a function that returns whether the statement holds; its contract says that it always does. The name is the
statement. `calybris-ref prove` checks each for all values of its arguments, not for samples.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def unfolded(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function without its contract.

    A function marked `specs_complete` is known to its callers by its contract only; a theorem about the function itself
    looks into the body.
    """
    bare: Callable[P, R] = getattr(function, "__wrapped__", function)
    return bare
