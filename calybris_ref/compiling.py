"""How a function on arrays is compiled: the decisions of DECIDE-7 and the lines of LOG-10 (extra `bulk`)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numba

if TYPE_CHECKING:
    from numba.core.dispatcher import Dispatcher

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> "Dispatcher[_Function]":
    """The function, compiled when it is first called, and kept on disk where that can be done.

    Numba looks for a place beside the file of the function, then in the cache folder of the user; without either it
    raises.
    """
    made: Dispatcher[_Function]
    try:
        made = numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:
        made = numba.njit(function, nogil=True, error_model="numpy")
    return made
