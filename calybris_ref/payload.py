"""A payload as a writer prints it: strict JSON without white space, refused at the path where it is not (LOG-5, LOG-7).

A payload is Python values (None, bool, int, str, lists, tuples, mappings with text keys), or a JSON text (`JsonText`),
whole or in part. Both are printed by one function and refused in the same order.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from numbers import Number
from typing import Any

from calybris_ref.errors import shown
from calybris_ref.errors_wal import PayloadError
from calybris_ref.record import I64_WIDTH, U64_WIDTH
from calybris_ref.wal_json import NotJsonError, check_value, key, skip_space, string, value_end
from calybris_ref.wal_line import MAX_PAYLOAD_BYTES

MAX_LEVELS = 100
_SMALLEST, _LARGEST = I64_WIDTH.minimum, U64_WIDTH.maximum
_INTEGER = re.compile(r"-?[0-9]+")
# Longer ones are out of range, and Python refuses to read very long ones.
_LONGEST_INTEGER_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class JsonText:
    """A JSON text that stands for a payload, or for a part of one; its keys keep their order."""

    text: str


@dataclass(slots=True)
class _Reader:
    """A text that was found to be JSON, and how far it is printed; whoever prints a value moves on behind it."""

    text: str
    at: int


class _Refused(Exception):  # noqa: N818 - becomes a PayloadError once its path is known
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.path = ""


def payload_bytes(payload: Any) -> bytes:
    """The bytes of a payload; PayloadError for the first value in it that no payload holds, or for its size."""
    printed = payload_text(payload).encode()
    check_payload_size(printed)
    return printed


def payload_text(payload: Any) -> str:
    """The text of a payload of any size; PayloadError for the first value in it that no payload holds."""
    try:
        return _written(payload, 0)
    except _Refused as refused:
        raise PayloadError(refused.detail, code=refused.code, at=f"data{refused.path}") from None


def check_payload_size(payload: bytes) -> None:
    """Raise PayloadError for a payload of more bytes than fit into a line (LOG-5)."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise PayloadError(
            f"a payload of {len(payload)} bytes is longer than {MAX_PAYLOAD_BYTES}",
            code="LOG_PAYLOAD_TOO_LARGE",
            at="data",
            expected=MAX_PAYLOAD_BYTES,
            found=len(payload),
        )


def _written(value: Any, levels: int) -> str:
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is int:
        return _integer(value)
    if kind is _Reader:
        return _json_value(value, levels)
    if isinstance(value, JsonText):
        return _json(value.text, levels)
    if isinstance(value, Mapping):
        return _object(iter(value.items()), levels + 1)
    if isinstance(value, list | tuple):
        return _list(iter(value), levels + 1)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, int):
        return _integer(int(value))
    if isinstance(value, Number):
        raise _fraction(f"a number of the type {type(value).__name__}")
    detail = f"a value of the type {type(value).__name__} has no form in JSON"
    raise _Refused("LOG_PAYLOAD_TYPE_INVALID", detail)


def _object(items: Iterator[tuple[Any, Any]], levels: int) -> str:
    _check_levels(levels)
    written: dict[str, str] = {}
    for name, value in items:
        if not isinstance(name, str):
            raise _Refused("LOG_PAYLOAD_TYPE_INVALID", f"a key of the type {type(name).__name__} is no text")
        # Half of a surrogate pair cannot be shown: the refusal is at the object.
        printed = _text(name)
        try:
            if printed in written:
                raise _Refused("LOG_PAYLOAD_KEY_DUPLICATE", "the key stands in its object twice")
            written[printed] = _written(value, levels)
        except _Refused as refused:
            refused.path = f".{name}{refused.path}"
            raise
    return "{" + ",".join([f"{key}:{value}" for key, value in written.items()]) + "}"


def _list(values: Iterator[Any], levels: int) -> str:
    _check_levels(levels)
    written: list[str] = []
    for value in values:
        try:
            written.append(_written(value, levels))
        except _Refused as refused:
            refused.path = f"[{len(written)}]{refused.path}"
            raise
    return "[" + ",".join(written) + "]"


def _check_levels(levels: int) -> None:
    if levels > MAX_LEVELS:
        raise _Refused("LOG_PAYLOAD_TOO_DEEP", f"the payload nests deeper than {MAX_LEVELS} levels")


def _text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _Refused("LOG_PAYLOAD_TEXT_INVALID", "a text holds half of a surrogate pair") from None
    return encode_basestring(value)


def _integer(value: int) -> str:
    if not _SMALLEST <= value <= _LARGEST:
        raise _out_of_range(shown(value))
    return str(value)


def _out_of_range(number: str) -> _Refused:
    detail = f"{number} is not an integer from {_SMALLEST} to {_LARGEST}"
    return _Refused("LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", detail)


def _fraction(number: str) -> _Refused:
    # The shortest decimal of such a number differs between languages, and with it the hash.
    return _Refused("LOG_PAYLOAD_FLOAT", f"{number} is not an integer; write it as a text, or in smaller units")


def _json(text: str, levels: int) -> str:
    try:
        check_value(text)
    except NotJsonError as error:
        raise _Refused("LOG_PAYLOAD_NOT_JSON", f"the text is not JSON: {error}") from None
    return _json_value(_Reader(text, skip_space(text, 0)), levels)


def _json_value(reader: _Reader, levels: int) -> str:
    match reader.text[reader.at]:
        case "{":
            return _object(_members(reader), levels + 1)
        case "[":
            return _list(_elements(reader), levels + 1)
        case '"':
            value, reader.at = string(reader.text, reader.at)
            return _text(value)
    start = reader.at
    reader.at = value_end(reader.text, start)
    scalar = reader.text[start : reader.at]
    return scalar if scalar in ("null", "true", "false") else _number(scalar)


def _members(reader: _Reader) -> Iterator[tuple[str, _Reader]]:
    for _ in _items(reader, "}"):
        name, reader.at = key(reader.text, reader.at)
        yield name, reader


def _elements(reader: _Reader) -> Iterator[_Reader]:
    for _ in _items(reader, "]"):
        yield reader


def _items(reader: _Reader, end: str) -> Iterator[None]:
    """Stops before each item of an object or list, and moves on behind its end."""
    reader.at = skip_space(reader.text, reader.at + 1)
    while reader.text[reader.at] != end:
        yield
        reader.at = skip_space(reader.text, reader.at)
        if reader.text[reader.at] == ",":
            reader.at = skip_space(reader.text, reader.at + 1)
    reader.at += 1


def _number(text: str) -> str:
    if not _INTEGER.fullmatch(text):
        raise _fraction(text[:60])
    if len(text) > _LONGEST_INTEGER_CHARACTERS:
        raise _out_of_range(f"an integer of {len(text)} characters")
    return _integer(int(text))
