"""Integers as text: which texts are canonical decimals, and which values fit which width (TYPES-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group, Question, survives_double
from calybris_conformance.wire import INTEGER_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_CANONICAL = {
    "empty": "",
    "space": " ",
    "leading-space": " 1",
    "trailing-space": "1 ",
    "trailing-newline": "1\n",
    "leading-tab": "\t1",
    "plus": "+1",
    "plus-zero": "+0",
    "minus-zero": "-0",
    "minus-alone": "-",
    "double-minus": "--1",
    "minus-space": "- 1",
    "unicode-minus": "\u22121",
    "leading-zero": "01",
    "leading-zeros": "007",
    "two-zeros": "00",
    "minus-leading-zero": "-01",
    "fraction": "1.0",
    "point-at-end": "1.",
    "point-at-start": ".5",
    "exponent": "1e2",
    "exponent-capital": "1E2",
    "underscore": "1_000",
    "comma": "1,000",
    "hexadecimal": "0x10",
    "octal": "0o17",
    "binary": "0b11",
    "bare-hexadecimal": "ff",
    "suffix": "1u",
    "letters": "one",
    "true": "true",
    "null": "null",
    "nan": "NaN",
    "infinity": "Infinity",
    "arabic-digits": "\u0661\u0662",
    "arabic-digit-later": "1\u0662",
    "full-width-digits": "\uff11\uff12",
    "devanagari-digits": "\u0967",
    "superscript": "\u00b2",
    "no-break-space": "\u00a01",
    "byte-order-mark": "\ufeff1",
    "nul-at-end": "1\0",
    "two-numbers": "1 2",
    "quoted": '"1"',
}


def files() -> Iterator[Draft]:
    """The edges of every width, texts that are not canonical, and which of the two is looked at first."""
    yield Draft(
        "integer",
        "widths",
        "integer",
        "The edges of every integer width",
        "TYPES-1",
        tuple(Group(kind, tuple(_edges(kind, low, high))) for kind, (low, high) in INTEGER_TYPES.items()),
    )
    yield Draft(
        "integer",
        "canonical",
        "integer",
        "Texts that are not canonical decimals",
        "TYPES-1",
        (Group("canonical", tuple(_lenient("u64"))), Group("order", tuple(_order()))),
    )


def _edges(kind: str, low: int, high: int) -> Iterator[Question]:
    for name, value in {"smallest": low, "largest": high, "zero": 0, "one": 1, "ten": 10}.items():
        yield _question(kind, name, value, *(() if survives_double(value) else ("DOUBLE_PRECISION",)))
    for name, value in {"above-largest": high + 1, "below-smallest": low - 1, "twice-the-range": 2 * high + 2}.items():
        yield _question(kind, name, value, "WIDTH_WRAPS")
    for bits in (31, 32, 53, 63, 64, 128):
        for name, value in {"below": 2**bits - 1, "at": 2**bits, "above": 2**bits + 1}.items():
            if not ({value} & {high, high + 1}):
                inside = low <= value <= high
                flags = ("DOUBLE_PRECISION",) if inside and not survives_double(value) else ()
                yield _question(kind, f"{name}-2-{bits}", value, *(flags if inside else ("WIDTH_WRAPS",)))
    yield _question(kind, "minus-2-32", -(2**32), *(() if low < 0 else ("WIDTH_WRAPS",)))
    yield _question(kind, "forty-digits", 10**39, "WIDTH_WRAPS")
    yield _question(kind, "five-thousand-digits", "9" * 5_000, "WIDTH_WRAPS")


def _lenient(kind: str) -> Iterator[Question]:
    for name, text in _NOT_CANONICAL.items():
        yield Question(name, f"{text!a} is not canonical.", {"type": kind, "value": text}, ("NOT_CANONICAL_ACCEPTED",))


def _order() -> Iterator[Question]:
    for name, kind, text in (
        ("leading-zero-and-too-large", "u8", "0256"),
        ("plus-and-too-large", "u8", "+256"),
        ("minus-zero-unsigned", "u8", "-0"),
        ("minus-zero-signed", "i64", "-0"),
        ("leading-zero-and-negative", "u16", "-01"),
        ("fraction-and-too-large", "u32", "4294967296.0"),
    ):
        about = f"{text!r} as {kind}: the form is looked at before the range."
        yield Question(name, about, {"type": kind, "value": text}, ("NOT_CANONICAL_ACCEPTED",))


def _question(kind: str, name: str, value: int | str, *flags: str) -> Question:
    text = str(value)
    shown = text if len(text) <= 45 else f"A number of {len(text)} digits"
    return Question(name, f"{shown} as {kind}.", {"type": kind, "value": text}, flags)
