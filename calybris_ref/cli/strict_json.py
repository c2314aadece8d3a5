"""Reads one JSON document that must be free of surprises; what is refused is refused with its path.

RFC 8259 leaves open what a key that stands twice means, how long a number is, how deep values nest; readers differ, and
two readers of the same file must not see two policies. So: UTF-8 without a byte order mark, no key twice in an object,
no number but integers in canonical form, no lone surrogate, and bounds on size and depth.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from calybris_ref.errors import CalybrisError, shown

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32
# No integer of any record has more than 29 digits, and Python refuses to read very long ones.
_MAX_DIGITS = 100
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


class JsonError(CalybrisError):
    """A document that is refused.

    Codes: JSON_TOO_LARGE, JSON_ENCODING_INVALID, JSON_SYNTAX_INVALID, JSON_NESTING_TOO_DEEP, JSON_KEY_DUPLICATE,
    JSON_NUMBER_INVALID, JSON_TEXT_INVALID. `at` is a path such as `models[3].quality_bps`, a place such as
    `line 3 column 5`, or empty when it is about the whole document.
    """

    def __str__(self) -> str:
        return super().__str__() if self.at else self.detail


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands in a parsed document for what must not be there, until the walk that knows its path finds it."""

    code: str
    detail: str


class _Object(dict[str, Any]):
    """A parsed object that remembers a key that stands in it twice."""

    twice: str | None = None


def parse(data: bytes) -> Any:
    """The value of a document: dict, list, str, int, bool or None. Raises JsonError."""
    if len(data) > MAX_BYTES:
        raise JsonError(f"the document is larger than {MAX_BYTES} bytes (16 MiB)", code="JSON_TOO_LARGE", at="")
    text = _decoded(data)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}" if "\n" in text else f"column {error.colno}"
        raise JsonError(_sentence(error.msg), code="JSON_SYNTAX_INVALID", at=place) from None
    except RecursionError:
        raise _too_deep() from None
    try:
        _check(value, 0)
    except JsonError as error:
        error.at = error.at.removeprefix(".")
        raise
    return value


def _decoded(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        detail = f"byte {error.start} is not UTF-8 ({error.reason})"
        raise JsonError(detail, code="JSON_ENCODING_INVALID", at="") from None
    if text.startswith("\ufeff"):
        raise JsonError("it begins with a byte order mark", code="JSON_ENCODING_INVALID", at="")
    return text


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    value = _Object()
    for key, item in pairs:
        if key in value:
            value.twice = key
        value[key] = item
    return value


def _integer(text: str) -> int | _Refused:
    if text == "-0":
        return _Refused("JSON_NUMBER_INVALID", "-0 is not a canonical integer")
    if len(text) > _MAX_DIGITS:
        return _Refused("JSON_NUMBER_INVALID", f"a number of {len(text)} digits is longer than any integer here")
    return int(text)


def _float(text: str) -> _Refused:
    return _Refused("JSON_NUMBER_INVALID", f"{text if len(text) < 40 else text[:36] + '...'} is not an integer")


def _constant(text: str) -> _Refused:
    return _Refused("JSON_NUMBER_INVALID", f"{text} is not JSON")


def _check(value: Any, depth: int) -> None:
    """Raise for the first refusal in a value, in the order of the document. The path is put together on the way out."""
    if isinstance(value, _Refused):
        raise JsonError(value.detail, code=value.code, at="")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        if depth == MAX_DEPTH:
            raise _too_deep()
        if isinstance(value, _Object) and value.twice is not None:
            raise JsonError("the key stands twice", code="JSON_KEY_DUPLICATE", at=_step(value.twice))
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            try:
                if isinstance(step, str):
                    _check_text(step)
                _check(item, depth + 1)
            except JsonError as error:
                error.at = _step(step) + error.at
                raise


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise JsonError("the text holds a lone surrogate", code="JSON_TEXT_INVALID", at="") from None


def _step(step: str | int) -> str:
    """One step of a path: `.key`, `[3]`, or `['an odd key']`."""
    return f".{step}" if isinstance(step, str) and _PLAIN_KEY.fullmatch(step) else f"[{shown(step)}]"


def _too_deep() -> JsonError:
    return JsonError(f"values nest deeper than {MAX_DEPTH} levels", code="JSON_NESTING_TOO_DEEP", at="")


def _sentence(message: str) -> str:
    # The messages of `json` are sentences with a capital; behind a place they continue one.
    return message[:1].lower() + message[1:]
