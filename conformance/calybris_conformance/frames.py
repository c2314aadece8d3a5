"""Frames: many requests in one question, each a row of text (operation `decide.rows`, docs/operations.md).

A row is the 13 canonical decimals of a record in order, one space between two; action and reason are their codes. So a
judge compares the text of an answer and reads none of it while all is right. No profile needs the feature.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from calybris_conformance import wire
from calybris_conformance.operations import Refused
from calybris_ref.model import KernelAction, KernelReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FEATURE: Final = "decide.rows"
MOST_ROWS: Final = 4_096

Bounds = Mapping[str, tuple[int, int]]
"""The smallest and the largest value of each field of a request, in order."""

_FIELDS: Final = tuple(wire.REQUEST)
# What nearly every row looks like, found at one go; no width needs more than 20 characters.
_WELL_FORMED: Final = re.compile(r" ".join([r"(?:0|-?[1-9][0-9]{0,19})"] * len(_FIELDS)))

_Request = TypeVar("_Request")


def read_rows(question: Mapping[str, Any], build: Callable[..., _Request], bounds: Bounds) -> list[_Request]:
    """The requests of a frame, each built from its 13 integers.

    `build` raises for an integer outside its width. Refused is the number of rows, then the first wrong field of the
    first wrong row. ValueError for rows that are no texts.
    """
    rows = question["rows"]
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise ValueError("rows is a list of texts")
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Refused("INTEGER_OUT_OF_RANGE", "rows", f"{len(rows):,} rows; a frame has 1 to {MOST_ROWS:,}")
    return [_read_row(row, place, build, bounds) for place, row in enumerate(rows)]


def write_row(values: Iterable[int]) -> str:
    """The integers of a record, or the codes of its names, as a row."""
    return " ".join([format(value, "d") for value in values])


def request_row(request: Mapping[str, str]) -> str:
    """A request of the wire as a row."""
    return " ".join(request[name] for name in _FIELDS)


def decision_row(decision: Mapping[str, str]) -> str:
    """A decision of the wire as a row."""
    names = {"action": KernelAction, "reason": KernelReason}
    codes = {name: write_row([kind[decision[name].upper()]]) for name, kind in names.items()}
    return " ".join((dict(decision) | codes)[name] for name in wire.DECISION)


def _read_row(row: str, place: int, build: Callable[..., _Request], bounds: Bounds) -> _Request:
    if not _WELL_FORMED.fullmatch(row):
        _refuse(row, place, bounds)
    try:
        return build(*map(int, row.split(" ")))
    except Exception:
        _refuse(row, place, bounds)
        raise


def _refuse(row: str, place: int, bounds: Bounds) -> None:
    """Refuse the first field that is no canonical decimal, or outside its width: the form comes first (TYPES-1).

    The row is cut at its first twelve spaces: what is too much belongs to the last field, and a missing field is empty.
    """
    pieces = row.split(" ", len(_FIELDS) - 1)
    for name, piece in zip(_FIELDS, pieces + [""] * (len(_FIELDS) - len(pieces)), strict=True):
        at = f"rows[{place}].{name}"
        smallest, largest = bounds[name]
        if not smallest <= wire.integer(piece, at) <= largest:
            raise Refused("INTEGER_OUT_OF_RANGE", at)
