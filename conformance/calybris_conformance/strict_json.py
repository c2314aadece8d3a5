"""Reads one JSON object from untrusted bytes, more strictly than the `json` module; raises JsonError and nothing else.

Refused: bytes that are not UTF-8, keys that stand twice, NaN and infinities, lone surrogates, values nested beyond
DEPTH_LIMIT, lines beyond LINE_LIMIT, and whatever is not an object.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

LINE_LIMIT: Final = 16 * 1024 * 1024
"""The longest line in bytes, without its newline."""
DEPTH_LIMIT: Final = 64
"""How deep values may nest; no message needs more than ten."""
_DIGITS_LIMIT: Final = 4300  # beyond this Python refuses to read an integer at all
_SHOWN: Final = 60


class JsonError(Exception):
    """Bytes that are not one acceptable JSON object; str() is one clear sentence."""


class NotJsonError(JsonError):
    """Bytes that are not JSON at all."""


def read_object(line: bytes) -> dict[str, Any]:
    """The object that a line holds; a newline at its end is allowed. Raises JsonError and nothing else."""
    if len(line.rstrip(b"\r\n")) > LINE_LIMIT:
        raise JsonError(f"The line is longer than {LINE_LIMIT:,} bytes.")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJsonError(f"The line is not UTF-8 (byte {error.start}).") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_distinct,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        where = f"{error.msg}, column {error.colno}"
        raise NotJsonError(f"The line is not JSON ({where}); it begins with {show(text)}.") from None
    except RecursionError:
        raise JsonError(f"The line nests deeper than {DEPTH_LIMIT} values.") from None
    if not isinstance(value, dict):
        raise JsonError(f"The line is {show(value)}, not a JSON object.")
    _check_values(value)
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value] # set.add is the loop's memory
        raise JsonError(f"The line has an object with the key {show(twice)} twice.")
    return value


def _integer(text: str) -> int:
    if len(text) > _DIGITS_LIMIT:
        raise JsonError(f"The line has a number of {len(text):,} digits.")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise JsonError(f"The line has a number that no double can hold, {show(text)}.")
    return value


def _constant(text: str) -> NoReturn:
    raise NotJsonError(f"The line is not JSON: it holds {text}.")


def _check_values(root: dict[str, Any]) -> None:
    """Refuses what would only fail later: values nested so deep that no recursion survives, text that is not UTF-8."""
    waiting: list[tuple[Any, int]] = [(root, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, (dict, list)):
            if depth > DEPTH_LIMIT:
                raise JsonError(f"The line nests deeper than {DEPTH_LIMIT} values.")
            if isinstance(value, dict):
                for key in value:
                    _check_text(key)
                waiting.extend((item, depth + 1) for item in value.values())
            else:
                waiting.extend((item, depth + 1) for item in value)


def _check_text(text: str) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise JsonError(f"The line has a lone surrogate in the text {show(text)}.") from None


def show(value: Any) -> str:
    """A value for a message: short, on one line, printable anywhere."""
    if isinstance(value, (dict, list)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    shown = ascii(value[: _SHOWN + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
