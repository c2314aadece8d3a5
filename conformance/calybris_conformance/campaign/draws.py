"""Numbers by counting: draw k of a stream is a function of the stream's key and of k, the same on every machine.

This is splitmix64 (a counter times an odd constant, then two rounds of xor-shift and multiply). numpy's own generators
are not used, because their streams may change between releases, and a unit must be made again from its number alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

Column = Any
"""One field of many rows: a numpy array of uint64, or of int64 where the field is signed."""

_MASK: Final = 2**64 - 1
_STEP: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


def mix(word: int) -> int:
    """One round of splitmix64 over a 64-bit word."""
    word = (word + _STEP) & _MASK
    word = ((word ^ word >> 30) * _FIRST) & _MASK
    word = ((word ^ word >> 27) * _SECOND) & _MASK
    return word ^ word >> 31


class Draws:
    """The stream of one (seed, number, …). Every draw moves it on by as many words as it takes."""

    def __init__(self, *key: int) -> None:
        word = 0
        for part in key:
            word = mix(word ^ (part & _MASK))
        self._key = word
        self._taken = 0

    def words(self, count: int) -> npt.NDArray[np.uint64]:
        """The next `count` 64-bit words."""
        first = (self._key + self._taken * _STEP) & _MASK
        self._taken += count
        word = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_STEP) + np.uint64(first)
        word ^= word >> np.uint64(30)
        word *= np.uint64(_FIRST)
        word ^= word >> np.uint64(27)
        word *= np.uint64(_SECOND)
        return word ^ word >> np.uint64(31)

    def word(self) -> int:
        """The next 64-bit word, as a plain integer."""
        word = mix(self._key + self._taken * _STEP & _MASK)
        self._taken += 1
        return word

    # ---- one number

    def number(self, low: int, high: int) -> int:
        """An integer of low … high, both included."""
        return low + self.word() % (high - low + 1)

    def magnitude(self, high: int) -> int:
        """An integer of 0 … high in which every number of bits is about equally likely."""
        return self.word() >> 64 - self.number(0, high.bit_length()) if high else 0

    def one(self, options: Sequence[Any]) -> Any:
        """One of the options."""
        return options[self.word() % len(options)]

    def chance(self, per_mille: int) -> bool:
        """True so many times in a thousand."""
        return self.word() % 1_000 < per_mille

    def shuffled(self, items: Sequence[Any]) -> list[Any]:
        """The items in another order."""
        return [items[place] for _, place in sorted((self.word(), place) for place in range(len(items)))]

    # ---- columns

    def between(self, rows: int, low: int, high: int) -> Column:
        """A column of integers of low … high, both included; signed when `low` is negative."""
        span = high - low + 1
        drawn = self.words(rows)
        if span <= _MASK:
            drawn %= np.uint64(span)
        if low < 0:
            return (drawn + np.uint64(low & _MASK)).view(np.int64)
        return drawn + np.uint64(low)

    def magnitudes(self, rows: int, high: int) -> Column:
        """A column of integers of 0 … high (2^n − 1) in which every number of bits is about equally likely."""
        bits = high.bit_length()
        lost = self.between(rows, 64 - bits, 64)
        drawn = self.words(rows)
        # A shift by 64 is not defined, so the last one is taken apart.
        return np.where(lost < np.uint64(64), drawn >> np.minimum(lost, np.uint64(63)), np.uint64(0))

    def picks(self, rows: int, options: Sequence[int]) -> Column:
        """A column of the options; signed when one of them is negative."""
        signed = min(options) < 0
        table = np.array([int(option) for option in options], dtype=np.int64 if signed else np.uint64)
        return table[self.words(rows) % np.uint64(len(options))]

    def marks(self, rows: int, per_mille: int) -> npt.NDArray[np.bool_]:
        """A column that is true so many times in a thousand."""
        return self.words(rows) % np.uint64(1_000) < np.uint64(per_mille)
