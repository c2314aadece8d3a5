"""Echo: does a value survive the way into the port and back? Asked before anything else (TYPES-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN
from calybris_conformance.vectorgen.draft import Draft, Group, Question, survives_double

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTHS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64}
_TEXTS = {
    "empty": "",
    "ascii": "The quick brown fox 0123456789",
    "quotes-and-backslashes": 'a "quoted" \\ path\\n',
    "control-characters": "tab\tline\nreturn\r\b\f\u0001\u001f",
    "nul": "before\0after",
    "delete-and-c1": "\u007f\u0080\u009f",
    "latin": "Größe, café, ñ",
    "combining": "e\u0301 is not \u00e9",
    "greek-and-cjk": "Ωμέγα 判断 核",
    "right-to-left": "שלום العالم",
    "outside-the-basic-plane": "𝔘 😀 👩‍🚀",
    "line-separators": "\u2028\u2029\u0085",
    "byte-order-mark": "\ufeffmarked",
    "private-and-last": "\ue000\uffff\U0010ffff",
    "looks-like-json": '{"a": [1, 2.0, null]}',
    "looks-like-a-number": "0001.50",
}


def files() -> Iterator[Draft]:
    """Integers at the edges of their widths, text beyond ASCII, bytes."""
    yield Draft(
        "echo",
        "values",
        "echo",
        "Values survive the way into the port and back",
        "TYPES-1",
        (Group("integers", tuple(_integers())), Group("text", tuple(_texts())), Group("bytes", tuple(_bytes()))),
    )


def _integers() -> Iterator[Question]:
    for kind, bits in _WIDTHS.items():
        yield _integer(kind, "zero", 0)
        yield _integer(kind, "one", 1)
        yield _integer(kind, "largest", 2**bits - 1)
        yield _integer(kind, "top-bit", 2 ** (bits - 1))
    for name, value in {"below": 2**53 - 1, "at": 2**53, "above": 2**53 + 1}.items():
        yield _integer("u64", f"{name}-2-53", value)
        yield _integer("i64", f"{name}-2-53", value)
        yield _integer("i64", f"minus-{name}-2-53", -value)
    yield _integer("u64", "one-below-largest", 2**64 - 2)
    yield _integer("i64", "zero", 0)
    yield _integer("i64", "minus-one", -1)
    yield _integer("i64", "largest", I64_MAX)
    yield _integer("i64", "smallest", I64_MIN)
    yield _integer("i64", "one-above-smallest", I64_MIN + 1)


def _integer(kind: str, name: str, value: int) -> Question:
    flags = () if survives_double(value) else ("DOUBLE_PRECISION",)
    return Question(f"{kind}-{name}", f"{value:,} as {kind}.", {"type": kind, "value": value}, flags)


def _texts() -> Iterator[Question]:
    for name, text in _TEXTS.items():
        yield Question(name, f"Text: {name.replace('-', ' ')}.", {"type": "text", "value": text})


def _bytes() -> Iterator[Question]:
    for name, data in {"none": b"", "zero": b"\0", "all": bytes(range(256))}.items():
        yield Question(name, f"{len(data)} bytes.", {"type": "bytes_hex", "value": data.hex()})
