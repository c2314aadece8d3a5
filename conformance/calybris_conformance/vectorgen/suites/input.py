"""Requests: the three bounds and their order, and the widths of every field (INPUT-1, TYPES-9)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from calybris_conformance import wire
from calybris_conformance.vectorgen.builders import MAX_BPS, U16, request
from calybris_conformance.vectorgen.draft import Draft, Group, Question, survives_double

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDED = ("risk_bps", "confidence_bps", "minimum_quality_bps")


def files() -> Iterator[Draft]:
    """Bounds and extremes; widths apart, because not every port names the field that it refuses."""
    groups = (Group("bounds", tuple(_bounds())), Group("pairs", tuple(_pairs())), Group("extremes", tuple(_extremes())))
    yield Draft("input", "bounds", "input.validate", "Three proportions are bounded, in order", "INPUT-1", groups)
    yield Draft(
        "input",
        "widths",
        "input.validate",
        "A number outside its width is refused at its field",
        "TYPES-1 TYPES-9",
        (Group("widths", tuple(_widths())),),
        requires="widths.named",
    )


def _bounds() -> Iterator[Question]:
    for field in _BOUNDED:
        for value in (0, MAX_BPS - 1, MAX_BPS, MAX_BPS + 1, U16):
            flags = ("INPUT_BOUND_OFF",) if value >= MAX_BPS else ()
            yield _question(f"{field}-{value}", f"{field} is {value:,}.", {field: value}, *flags)


def _pairs() -> Iterator[Question]:
    for first, second in combinations(_BOUNDED, 2):
        values = {first: MAX_BPS + 1, second: MAX_BPS + 2}
        yield _question(f"{first}-and-{second}", f"{first} and {second} exceed 10,000.", values, "INPUT_BOUND_OFF")
    every = dict.fromkeys(_BOUNDED, U16)
    yield _question("all-three", "All three exceed 10,000: the first is reported.", every, "INPUT_BOUND_OFF")


def _extremes() -> Iterator[Question]:
    for field, kind in wire.REQUEST.items():
        if field in _BOUNDED:
            continue
        low, high = wire.INTEGER_TYPES[kind]
        values = {"smallest": low, "largest": high} | {
            f"2-{bits}": 2**bits
            for bits in (31, 32, 53, 63)
            if low <= 2**bits <= high and bits >= high.bit_length() - 33
        }
        for word, value in values.items():
            flags = () if value not in (low, high) or survives_double(value) else ("DOUBLE_PRECISION",)
            yield _question(f"{word}-{field}", f"{field} is {value:,}.", {field: value}, *flags)
    yield _question("baseline", "The baseline.", {})
    yield _question("all-zero", "Every field is 0.", dict.fromkeys(wire.REQUEST, 0))


def _widths() -> Iterator[Question]:
    for field, kind in wire.REQUEST.items():
        low, high = wire.INTEGER_TYPES[kind]
        for word, value in {"too-large": high + 1, "too-small": low - 1}.items():
            about = f"{field} is {value:,}, which no {kind} holds."
            yield _question(f"{field}-{word}", about, {field: value}, "WIDTH_WRAPS")


def _question(name: str, about: str, changes: dict[str, int], *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"request": request(**changes)}, flags)
