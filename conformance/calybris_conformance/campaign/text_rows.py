"""Columns as rows of text, many at once: canonical decimals with a space between, as frames carry them.

A frame is right when its bytes are these bytes, so nothing that is right is ever parsed. Compiled, because this runs
once for every number that is asked and once for every number that is due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST: Final = 20  # digits of 2^64 − 1; a negative number has 19 and its sign
_SPACE: Final = ord(" ")
_MINUS: Final = ord("-")
_ZERO: Final = ord("0")


class TextRows:
    """The rows of some columns as text, with a separator behind each: slices of one buffer."""

    def __init__(self, columns: Mapping[str, Any], separator: bytes) -> None:
        rows = len(next(iter(columns.values())))
        words = np.empty((rows, len(columns)), dtype=np.uint64)
        signed = np.zeros(len(columns), dtype=np.bool_)
        for place, column in enumerate(columns.values()):
            signed[place] = column.dtype.kind == "i"
            words[:, place] = column.view(np.uint64)
        room = rows * (len(columns) * (_LONGEST + 1) + len(separator))
        buffer, self._ends = np.empty(room, dtype=np.uint8), np.zeros(rows + 1, dtype=np.int64)
        _print(words, signed, np.frombuffer(separator, dtype=np.uint8), buffer, self._ends)
        self._buffer = buffer[: self._ends[-1]].tobytes()
        self._separator = len(separator)

    def part(self, first: int, last: int) -> bytes:
        """The rows from `first` to before `last`, with the separator between them."""
        return self._buffer[self._ends[first] : self._ends[last] - self._separator]


@numba.njit(cache=True)
def _print(words: Any, signed: Any, separator: Any, out: Any, ends: Any) -> None:
    digits = np.empty(_LONGEST, dtype=np.uint8)
    at = 0
    for row in range(words.shape[0]):
        for place in range(words.shape[1]):
            word = words[row, place]
            if place:
                out[at] = _SPACE
                at += 1
            if signed[place] and word >> np.uint64(63):
                out[at] = _MINUS
                at += 1
                word = ~word + np.uint64(1)
            count = 0
            while True:
                rest = word // np.uint64(10)
                digits[count] = _ZERO + (word - rest * np.uint64(10))
                count += 1
                word = rest
                if word == np.uint64(0):
                    break
            for digit in range(count - 1, -1, -1):
                out[at] = digits[digit]
                at += 1
        for character in separator:
            out[at] = character
            at += 1
        ends[row + 1] = at
