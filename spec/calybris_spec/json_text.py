"""JSON as the log and the snapshots need it: what is JSON, where its parts stand, what a text means (LOG-3, LOG-7).

    tokens, by regular expression  →  GRAMMAR, token by token  →  outline: the parts of one object or list

Nothing is turned into numbers or dictionaries of the language, so nothing can be lost: not the form of a number, not a
key that stands twice, not the bytes of a value. Any depth is read, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, get_type_hints

from icontract import ensure, require

from calybris_spec.integers import Width, fields_of, read_integer
from calybris_spec.logic import NONE, within

SCALAR, TEXT, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA = range(1, 9)
MARKS = {"[": OPEN_LIST, "{": OPEN_OBJECT, "]": CLOSE_LIST, "}": CLOSE_OBJECT, ":": COLON, ",": COMMA, '"': TEXT}
"""The kind of a token by its first character; all others are scalars."""

VALUE, FIRST_ITEM, FIRST_KEY, KEY, BEHIND_KEY, BEHIND_ITEM, BEHIND_MEMBER, NOTHING, ENDED = range(11, 20)
GRAMMAR = {
    (VALUE, SCALAR): ENDED,
    (VALUE, TEXT): ENDED,
    (VALUE, OPEN_LIST): FIRST_ITEM,
    (VALUE, OPEN_OBJECT): FIRST_KEY,
    (FIRST_ITEM, SCALAR): ENDED,
    (FIRST_ITEM, TEXT): ENDED,
    (FIRST_ITEM, OPEN_LIST): FIRST_ITEM,
    (FIRST_ITEM, OPEN_OBJECT): FIRST_KEY,
    (FIRST_ITEM, CLOSE_LIST): ENDED,
    (FIRST_KEY, TEXT): BEHIND_KEY,
    (FIRST_KEY, CLOSE_OBJECT): ENDED,
    (KEY, TEXT): BEHIND_KEY,
    (BEHIND_KEY, COLON): VALUE,
    (BEHIND_ITEM, COMMA): VALUE,
    (BEHIND_ITEM, CLOSE_LIST): ENDED,
    (BEHIND_MEMBER, COMMA): KEY,
    (BEHIND_MEMBER, CLOSE_OBJECT): ENDED,
}
"""What is expected, the token that comes, and what is expected then (RFC 8259). What is not in the table is no JSON.

ENDED: a value is complete, and AROUND says what may follow it.
"""
REFUSED = 0
AROUND = {NONE: NOTHING, OPEN_LIST: BEHIND_ITEM, OPEN_OBJECT: BEHIND_MEMBER}
"""What is expected behind a value, by what it stands in."""

_TOKEN = re.compile(
    r'([][{}:,]|"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
    r"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)[ \t\r\n]*+"
)
"""A token, and the white space behind it."""
_SPACE = " \t\r\n"
_ESCAPE = re.compile(r"\\u([dD][89abAB]..)\\u([dD][c-fC-F]..)|\\u(....)|\\(.)")
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r'["\\\x00-\x1f]')

ESCAPES = {0x22: '"', 0x5C: "\\", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r"}
"""The characters that a writer escapes in two characters; other control characters take six (LOG-7)."""
_MEANING = {letter: chr(code) for code, letter in ESCAPES.items()} | {"/": "/"}
HEX_DIGITS = "0123456789abcdef"


class Token(NamedTuple):
    """A token of a JSON text: its kind, its place, how many lists and objects are open around it; or REFUSED.

    The bracket that opens and the one that closes have the same level. `is_key`: a text before a colon.
    """

    kind: int
    start: int
    end: int
    level: int
    is_key: bool


class Part(NamedTuple):
    """A member of an object or an item of a list: its key as it stands, in quotes ("" in a list), and its value."""

    key: str
    value: str


class Outline(NamedTuple):
    """A JSON value and its direct parts: SCALAR, TEXT, OPEN_LIST or OPEN_OBJECT."""

    kind: int
    parts: tuple[Part, ...]


def expected_next(expected: int, token: int) -> int:
    """Return what is expected after this token, or REFUSED."""
    return GRAMMAR.get((expected, token), REFUSED)


def opens(token: int) -> bool:
    """Whether the token opens a list or an object."""
    return (token == OPEN_LIST) | (token == OPEN_OBJECT)


def closes(token: int) -> bool:
    """Whether the token closes a list or an object."""
    return (token == CLOSE_LIST) | (token == CLOSE_OBJECT)


def separates(token: int) -> bool:
    """Whether the token stands between a key and its value, or between two parts."""
    return (token == COLON) | (token == COMMA)


def scan(text: str) -> Iterator[Token]:
    """Yield the tokens of a JSON text; where it stops being one JSON value, a last one that is REFUSED (LOG-3)."""
    open_around: list[int] = []
    expected, position = VALUE, len(text) - len(text.lstrip(_SPACE))
    while position < len(text):
        found = _TOKEN.match(text, position)
        kind = MARKS.get(text[position], SCALAR)
        then = expected_next(expected, kind)
        if found is None or then == REFUSED:
            break
        if closes(kind):
            open_around.pop()
        yield Token(kind, position, found.end(1), len(open_around), then == BEHIND_KEY)
        if opens(kind):
            open_around.append(kind)
        expected = AROUND[open_around[-1] if open_around else NONE] if then == ENDED else then
        position = found.end()
    if expected != NOTHING or position < len(text):
        yield Token(REFUSED, position, position, len(open_around), False)


def outline(text: str) -> Outline | None:
    """Return the value that the text is and its direct parts, or None when it is not JSON (LOG-3)."""
    key = ""
    starts: list[int] = []
    parts: list[Part] = []
    for token in scan(text):
        if token.kind == REFUSED:
            return None
        if token.level != 1 or separates(token.kind):
            continue
        if token.is_key:
            key = text[token.start : token.end]
            continue
        if not closes(token.kind):
            starts.append(token.start)
        if not opens(token.kind):
            parts.append(Part(key, text[starts.pop() : token.end]))
    return Outline(next(scan(text)).kind, tuple(parts))


def members(text: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, str] | None:
    """Return the values of an object by key, as they stand; None unless it has exactly these keys, each once.

    Keys are compared by what they mean: they may be written with escapes.
    """
    whole = outline(text)
    if whole is None or whole.kind != OPEN_OBJECT:
        return None
    values = {key: part.value for part in whole.parts if (key := decoded(part.key)) is not None}
    is_known = {*required} <= values.keys() <= {*required, *optional}
    return values if is_known and len(values) == len(whole.parts) else None


@require(lambda high, low: within(0xD800, high, 0xDBFF) & within(0xDC00, low, 0xDFFF))
@ensure(lambda result: within(0x10000, result, 0x10FFFF))
def paired(high: int, low: int) -> int:
    """Return the code point of a surrogate pair (RFC 8259, section 7; LOG-3)."""
    return 0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)


def decoded(text: str) -> str | None:
    """Return what a JSON text in quotes means, or None when it holds half of a surrogate pair (LOG-3)."""
    meaning = _ESCAPE.sub(_character, text[1:-1])
    return None if _HALF.search(meaning) else meaning


def _character(escape: re.Match[str]) -> str:
    high, low, unit, letter = escape.groups()
    if high:
        return chr(paired(int(high, 16), int(low, 16)))
    return chr(int(unit, 16)) if unit else _MEANING[letter]


@require(lambda code: within(0, code, 0x1F) | (code == 0x22) | (code == 0x5C))
@ensure(lambda result: (len(result) == 2) | (len(result) == 6))
def escape(code: int) -> str:
    """Return how a writer writes a character that cannot stand for itself (LOG-7)."""
    if code in ESCAPES:
        return "\\" + ESCAPES[code]
    return "\\u00" + HEX_DIGITS[code // 16] + HEX_DIGITS[code % 16]


def written(text: str) -> str:
    """Return the JSON text that a writer prints, in quotes; every other character stands for itself (LOG-7)."""
    return '"' + _ESCAPED.sub(lambda found: escape(ord(found[0])), text) + '"'


def text_value(value: str) -> str | None:
    """Return the text that a value is; None when it is none, or holds half of a surrogate pair."""
    return decoded(value) if value.startswith('"') else None


def integer_value(value: str, width: Width) -> int | None:
    """Return the integer that a value is; None unless it is written plainly and lies in the width.

    Plainly: no fraction, no exponent, not `-0`.
    """
    reading = read_integer(value, width)
    return reading.value if reading.problem == NONE else None


def flag_value(value: str) -> bool | None:
    """Return the boolean that a value is, or None."""
    return {"true": True, "false": False}.get(value)


def fields_from(
    text: str, record: type[Any], names: Mapping[str, Mapping[str, int]] = MappingProxyType({})
) -> dict[str, Any] | None:
    """Return the fields of a record by the types that it declares; None when a key, type, width or name is wrong.

    `names`: the fields that stand in the text as one of these names.
    """
    hints, widths = get_type_hints(record), fields_of(record)
    values = members(text, tuple(hints))
    if values is None:
        return None
    fields: dict[str, Any] = {}
    for field, hint in hints.items():
        if field in names:
            fields[field] = names[field].get(text_value(values[field]) or "")
        elif field in widths:
            fields[field] = integer_value(values[field], widths[field])
        else:
            fields[field] = flag_value(values[field]) if hint is bool else text_value(values[field])
    return None if any([value is None for value in fields.values()]) else fields


def items(value: str) -> tuple[str, ...] | None:
    """Return the items of a list as they stand, or None when the value is none."""
    whole = outline(value)
    return None if whole is None or whole.kind != OPEN_LIST else tuple([part.value for part in whole.parts])


def value_text(value: bool | int | str) -> str:
    """Return a field of a record as JSON (LOG-7)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value) if isinstance(value, str) else str(value)


def object_text(values: Mapping[str, str]) -> str:
    """Return an object without white space, its keys in the order given (LOG-7)."""
    return "{" + ",".join([f"{written(key)}:{value}" for key, value in values.items()]) + "}"
