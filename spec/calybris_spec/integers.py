"""Integers of a declared width and their canonical decimal text (TYPES-1).

A width is written into the annotation of a field (`model_id: u32`), and everything that depends on it (ranges, layouts,
refusals) is read from there.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, get_type_hints

from icontract import ensure, require

from calybris_spec.logic import NONE, implies, no, within


class Width(NamedTuple):
    """A width in bytes and the range that it holds."""

    size: int
    low: int
    high: int


def unsigned(size: int) -> Width:
    """Return the width of an unsigned integer of so many bytes."""
    return Width(size, 0, 256**size - 1)


def signed(size: int) -> Width:
    """Return the width of a two's complement integer of so many bytes."""
    return Width(size, -(256**size // 2), 256**size // 2 - 1)


WIDTHS = {"u8": unsigned(1), "u16": unsigned(2), "u32": unsigned(4), "u64": unsigned(8), "i64": signed(8)}
u8 = Annotated[int, WIDTHS["u8"]]
u16 = Annotated[int, WIDTHS["u16"]]
u32 = Annotated[int, WIDTHS["u32"]]
u64 = Annotated[int, WIDTHS["u64"]]
i64 = Annotated[int, WIDTHS["i64"]]

U16_MAX = WIDTHS["u16"].high
U64_MAX = WIDTHS["u64"].high
I64_MIN = WIDTHS["i64"].low
I64_MAX = WIDTHS["i64"].high


def span(width: Width) -> int:
    """Return how many values the width holds."""
    return width.high - width.low + 1


def holds(width: Width, value: int) -> bool:
    """Whether the value lies in the width."""
    return within(width.low, value, width.high)


def fits(values: tuple[int, ...], widths: tuple[Width, ...]) -> bool:
    """Whether every value lies in the width at its position."""
    return all([holds(width, value) for width, value in zip(widths, values, strict=True)])


def fields_of(record: type[Any]) -> dict[str, Width]:
    """Return the integer fields that a record's annotations declare, in order, with their widths."""
    hints = get_type_hints(record, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


@require(lambda low, high: low <= high)
@ensure(lambda low, high, result: within(low, result, high))
@ensure(lambda value, low, high, result: implies(within(low, value, high), result == value))
@ensure(lambda value, low, result: implies(value < low, result == low))
@ensure(lambda value, high, result: implies(value > high, result == high))
def clamp(value: int, low: int, high: int) -> int:
    """Return the value, or the end of the range that it passes."""
    return low if value < low else high if value > high else value


NOT_CANONICAL, OUT_OF_RANGE = 1, 2
REFUSALS = ("", "INTEGER_NOT_CANONICAL", "INTEGER_OUT_OF_RANGE")
"""What `Reading.problem` means (TYPES-1)."""

MOST_DIGITS = 20
"""The longest magnitude of any width: 2^64 − 1 has twenty digits."""


class Reading(NamedTuple):
    """An integer read from text: a problem, or the value (0 beside a problem)."""

    problem: int
    value: int


def is_canonical(text: str) -> bool:
    """Whether the text is `0`, or digits without a leading zero, with at most one `-` before them."""
    digits = text.removeprefix("-")
    decimal = digits != "" and all(character in "0123456789" for character in digits)
    return decimal and (text == "0" or digits[0] != "0")


@ensure(lambda width, result: holds(width, result.value) if result.problem == NONE else result.value == 0)
@ensure(lambda text, result: implies(result.problem == NONE, str(result.value) == text))
@ensure(lambda text, result: (result.problem == NOT_CANONICAL) == no(is_canonical(text)))
def read_integer(text: str, width: Width) -> Reading:
    """Read canonical decimal text into a width (TYPES-1)."""
    if not is_canonical(text):
        return Reading(NOT_CANONICAL, 0)
    if len(text.removeprefix("-")) > MOST_DIGITS or not holds(width, int(text)):
        return Reading(OUT_OF_RANGE, 0)
    return Reading(NONE, int(text))
