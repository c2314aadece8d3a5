"""What a writer puts into `data`, and what it refuses to (LOG-5, LOG-7).

A payload comes as JSON text, in which everything can still be seen: the form of a number, a key that stands twice. What
is written has the same tokens in the same order, without white space, each in its one form.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.integers import I64_MIN, U64_MAX, Width, read_integer
from calybris_spec.json_text import (
    COMMA,
    OPEN_LIST,
    REFUSED,
    SCALAR,
    TEXT,
    Token,
    closes,
    opens,
    scan,
    text_value,
    written,
)
from calybris_spec.logic import NONE, first, within

REFUSALS = (
    ACCEPTED,
    Refusal("LOG_PAYLOAD_TOO_DEEP", "{}"),
    Refusal("LOG_PAYLOAD_TEXT_INVALID", "{}"),
    Refusal("LOG_PAYLOAD_KEY_DUPLICATE", "{}"),
    Refusal("LOG_PAYLOAD_FLOAT", "{}"),
    Refusal("LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "{}"),
    Refusal("LOG_PAYLOAD_TOO_LARGE", "data"),
)
TOO_DEEP, TEXT_INVALID, KEY_DUPLICATE, FLOAT, OUT_OF_RANGE, TOO_LARGE = 1, 2, 3, 4, 5, 6

MOST_LEVELS = 100
WRITABLE = Width(8, I64_MIN, U64_MAX)
"""The integers that a writer writes: those of i64 and those of u64."""
MOST_LINE_BYTES = 16 * 1024 * 1024
MOST_PAYLOAD_BYTES = MOST_LINE_BYTES - 512
WORDS = ("true", "false", "null")


class Payload(NamedTuple):
    """A payload as it is written, or a row of REFUSALS and the path that it is about."""

    problem: int
    path: str
    text: str


class Frame(NamedTuple):
    """A list or object that is open: where its value stands now, and the keys that it has had."""

    is_list: bool
    place: int
    key: str
    keys: set[str]


@require(lambda level: level >= 0)
@ensure(lambda level, result: result == (level + 1 > 100))
def is_too_deep(level: int) -> bool:
    """Whether a list or object with so many others around it is too deep: it is a level itself (LOG-7)."""
    return level >= MOST_LEVELS


@require(lambda size: size >= 0)
@ensure(lambda size, result: (result == NONE) == (size <= 16_776_704))
@ensure(lambda result: (result == NONE) | (result == TOO_LARGE))
def size_problem(size: int) -> int:
    """Return TOO_LARGE when a payload has more bytes than a line has room for (LOG-5)."""
    return TOO_LARGE if size > MOST_PAYLOAD_BYTES else NONE


@ensure(lambda result: within(NONE, result, OUT_OF_RANGE))
@ensure(lambda is_plain, result: (result == FLOAT) == (is_plain ^ True))
@ensure(lambda is_plain, holds, result: (result == OUT_OF_RANGE) == is_plain & (holds ^ True))
def number_problem(is_plain: bool, holds: bool) -> int:
    """Return what is wrong with a number: no fraction and no exponent, then the range (LOG-7)."""
    return (NONE, FLOAT, OUT_OF_RANGE)[first((is_plain ^ True, holds ^ True))]


@ensure(lambda is_text, result: (result == TEXT_INVALID) == (is_text ^ True))
@ensure(lambda is_text, is_repeat, result: (result == KEY_DUPLICATE) == is_text & is_repeat)
def key_problem(is_text: bool, is_repeat: bool) -> int:
    """Return what is wrong with a key: its text is checked, then whether it stands twice (LOG-7)."""
    return (NONE, TEXT_INVALID, KEY_DUPLICATE)[first((is_text ^ True, is_repeat))]


def payload_of(text: str, at: str = "data", around: int = 0) -> Payload:
    """Return the payload as a writer prints it, or what it refuses first in document order (LOG-7).

    `at` is the path of the value and `around` how many lists and objects it stands in: 0 for `data` itself.
    """
    pieces: list[str] = []
    frames: list[Frame] = []
    for token in scan(text):
        if token.kind == REFUSED:
            raise ValueError("a payload is one JSON value")
        piece = text[token.start : token.end]
        meaning = text_value(piece)
        if token.kind == COMMA:
            frames[-1] = frames[-1]._replace(place=frames[-1].place + 1)
        if token.is_key:
            problem = key_problem(meaning is not None, meaning in frames[-1].keys)
            if problem == TEXT_INVALID:
                return Payload(problem, at + _path(frames[:-1]), "")
            frames[-1] = frames[-1]._replace(key=meaning or "")
            frames[-1].keys.add(frames[-1].key)
        else:
            problem = _value_problem(token, piece, meaning, around)
        if problem != NONE:
            return Payload(problem, at + _path(frames), "")
        pieces.append(_plain(piece) if meaning is None else written(meaning))
        if opens(token.kind):
            frames.append(Frame(token.kind == OPEN_LIST, 0, "", set()))
        if closes(token.kind):
            frames.pop()
    return Payload(NONE, "", "".join(pieces))


def _path(frames: list[Frame]) -> str:
    return "".join([f"[{frame.place}]" if frame.is_list else f".{frame.key}" for frame in frames])


def _value_problem(token: Token, piece: str, meaning: str | None, around: int) -> int:
    if token.kind == TEXT:
        return TEXT_INVALID if meaning is None else NONE
    if token.kind == SCALAR and piece not in WORDS:
        is_plain = all(mark not in piece for mark in ".eE")
        return number_problem(is_plain, read_integer(_plain(piece), WRITABLE).problem == NONE)
    return TOO_DEEP if opens(token.kind) and is_too_deep(around + token.level) else NONE


def _plain(number: str) -> str:
    return "0" if number == "-0" else number
