"""JSON as a log needs it (LOG-3): where a value ends and what an object holds, at any depth, and nothing built from it.

The bytes of a payload are hashed as they stand, so nothing here turns a value into another form. Every function works
on text; a slice of a text that was UTF-8 encodes to the bytes that it came from.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

# Up to here a value is read by the `json` module, which is quick but builds it; beyond, by the loop below, which needs
# no memory but for one byte per level.
_BUILT_AT_MOST_CHARACTERS = 65_536

_SPACE = r"[ \t\n\r]*+"
_PLAIN_STRING = r'"[^"\\\x00-\x1f]*+"'
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
_VALUE, _STRING_WITH_ESCAPES, _LIST, _OBJECT = 1, 2, 3, 4
_BEGINNING = re.compile(
    rf"({_PLAIN_STRING}|{_NUMBER}|true|false|null|\[{_SPACE}\]|\{{{_SPACE}\}})|(\")|(\[{_SPACE})|(\{{{_SPACE})"
)
# What may stand behind a value inside a list or an object: a comma (the group is set), or the end.
_BEHIND = {_LIST: re.compile(rf"{_SPACE}(?:(,{_SPACE})|\])"), _OBJECT: re.compile(rf"{_SPACE}(?:(,{_SPACE})|\}})")}
_SPACES = re.compile(_SPACE)
_STRING = re.compile(_PLAIN_STRING)
_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,19}")
_COLON = re.compile(f"{_SPACE}:{_SPACE}")


class NotJsonError(ValueError):
    """A text that is not JSON, or not the JSON that was asked for; str() says what is wrong and where."""


def value_end(text: str, at: int = 0) -> int:
    """Where the value ends that begins exactly at `at`; NotJsonError when none does (RFC 8259, any depth)."""
    if len(text) - at <= _BUILT_AT_MOST_CHARACTERS:
        try:
            return _DECODER.raw_decode(text, at)[1]
        except json.JSONDecodeError as error:
            _refuse(text, error.pos)
        except RecursionError:
            pass  # deeper than the module goes
    return _end_at_any_depth(text, at)


def check_value(text: str) -> None:
    """Raise NotJsonError unless a text is one value, with white space around it or not."""
    _check_rest(text, value_end(text, skip_space(text, 0)))


def members(text: str) -> Iterator[tuple[str, int, int]]:
    """The members of a text that is one object: each key, its escapes decoded, and where its value stands."""
    begun = _BEGINNING.match(text, skip_space(text, 0)) or _refuse(text, 0)
    at = begun.end()
    is_empty = begun.lastindex == _VALUE and begun[0][0] == "{"
    if begun.lastindex != _OBJECT and not is_empty:
        _refuse(text, begun.start())
    goes_on = not is_empty
    while goes_on:
        name, start = key(text, at)
        end = value_end(text, start)
        yield name, start, end
        behind = _BEHIND[_OBJECT].match(text, end) or _refuse(text, end)
        at, goes_on = behind.end(), bool(behind.lastindex)
    _check_rest(text, at)


def key(text: str, at: int) -> tuple[str, int]:
    """The key of a member that begins at `at`, its escapes decoded, and where its value begins."""
    name, end = string(text, at)
    return name, (_COLON.match(text, end) or _refuse(text, end)).end()


def skip_space(text: str, at: int) -> int:
    """Where the white space ends that may begin at `at`."""
    return (_SPACES.match(text, at) or _refuse(text, at)).end()


def string(text: str, at: int = 0) -> tuple[str, int]:
    """The string that begins at `at`, its escapes decoded, and where it ends."""
    if plain := _STRING.match(text, at):
        return text[at + 1 : plain.end() - 1], plain.end()
    if text[at : at + 1] != '"':
        _refuse(text, at)
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        _refuse(text, error.pos)
    return str(value), end


def flat_object(text: str) -> dict[str, Any]:
    """The object of texts, flags, nulls and plain integers of 64 bits that a text is, no key in it twice."""
    try:
        value = _FLAT_DECODER.decode(text)
        if "\\" in text:
            # Half of a surrogate pair, which only an escape can write, has no UTF-8 form, and is no text.
            json.dumps(value, ensure_ascii=False).encode()
    except (json.JSONDecodeError, RecursionError, UnicodeEncodeError):
        raise NotJsonError("a part of it is nested, or holds half of a surrogate pair") from None
    if not isinstance(value, dict):
        raise NotJsonError("a part of it is no object")
    return value


def _end_at_any_depth(text: str, at: int) -> int:
    opened = bytearray()
    while True:
        begun = _BEGINNING.match(text, at) or _refuse(text, at)
        at = begun.end()
        if begun.lastindex in _BEHIND:
            opened.append(begun.lastindex)
            at = key(text, at)[1] if begun.lastindex == _OBJECT else at
            continue
        if begun.lastindex == _STRING_WITH_ESCAPES:
            _, at = string(text, begun.start())
        while opened:
            behind = _BEHIND[opened[-1]].match(text, at) or _refuse(text, at)
            at = behind.end()
            if behind.lastindex:
                at = key(text, at)[1] if opened[-1] == _OBJECT else at
                break
            opened.pop()
        else:
            return at


def _check_rest(text: str, at: int) -> None:
    end = skip_space(text, at)
    if end != len(text):
        _refuse(text, end)


def _refuse(text: str, at: int) -> NoReturn:
    found = repr(text[at : at + 20]) if at < len(text) else "the end"
    raise NotJsonError(f"it is no JSON at character {at}, where {found} stands")


def _refuse_constant(name: str) -> NoReturn:
    # The module reads these; RFC 8259 has none of them.
    raise NotJsonError(f"it is no JSON, which has no number {name}")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise NotJsonError("a key stands in a part of it twice")
    return values


def _plain_integer(text: str) -> int:
    if not _PLAIN_INTEGER.fullmatch(text):
        raise NotJsonError("a number in it is not a plain integer of 64 bits")
    return int(text)


def _refuse_fraction(_text: str) -> NoReturn:
    raise NotJsonError("a number in it has a fraction or an exponent")


# Numbers are only looked at: one of a million digits costs nothing, and none is rounded.
_DECODER = json.JSONDecoder(parse_int=bool, parse_float=bool, parse_constant=_refuse_constant)
_FLAT_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_plain_integer, parse_float=_refuse_fraction, parse_constant=_refuse_constant
)
