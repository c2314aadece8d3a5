"""Columns of Python integers: which are taken, and what the kernel decides row by row (DECIDE-7, TYPES-9)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeVar

from calybris_ref import kernel
from calybris_ref.errors import RecordError, WidthError
from calybris_ref.model import KernelDecision, KernelInput, RejectionHistogram
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Column, Name, Record, check_keys, columns, sized

Lists = dict[str, list[int]]

_Kind = TypeVar("_Kind", bound=Record)


def are_arrays(record: type[Record], given: Mapping[str, Any]) -> bool:
    """Whether the columns are arrays: of numpy, or of whatever gives itself as one; RecordError unless all or none are.

    RecordError also for unknown and missing columns, and for what is no column at all.
    """
    check_keys(record, given)
    names = [column.name for column in columns(record)]
    arrays = [hasattr(given[name], "__array__") for name in names]
    for name, is_array in zip(names, arrays, strict=True):
        if is_array == any(arrays) and (is_array or isinstance(given[name], Sequence)):
            continue
        needed = f"an array as for {names[arrays.index(True)]}" if any(arrays) else "a sequence of integers"
        raise not_a_column(name, f"{needed} is needed, not {type(given[name]).__name__}")
    return any(arrays)


def not_a_column(name: str, detail: str) -> RecordError:
    """The refusal of something that is no column of integers."""
    return RecordError(detail, code="RECORD_TYPE_INVALID", key=name)


def check_lengths(lengths: Mapping[str, int]) -> None:
    """RecordError for the first column that has not the length of the first one."""
    (first, rows), *_ = lengths.items()
    for name, length in lengths.items():
        if length != rows:
            detail = f"{length} rows, but {first} has {rows}"
            raise RecordError(detail, code="RECORD_LENGTH_UNEQUAL", key=name)


def rows(record: type[_Kind], given: Mapping[str, Any]) -> Iterator[_Kind]:
    """The record of each row, names given as their codes.

    WidthError at `risk_bps[7]` for an integer that its field cannot hold, RecordError for the code of no name.
    """
    table = columns(record)
    check_lengths({column.name: len(given[column.name]) for column in table})
    named = any(issubclass(column.kind, Name) for column in table)
    for row, values in enumerate(zip(*(given[column.name] for column in table), strict=True)):
        try:
            made = record(*values) if not named else record(*map(settled, table, values, repeat(row)))
        except WidthError as error:
            error.at = f"{error.field}[{row}]"
            raise
        yield made


def settled(column: Column, value: Any, row: int) -> int:
    """The value as the field keeps it; WidthError or RecordError, at the row, for a value that it does not hold."""
    width: Any = column.width  # every column of these records has one
    try:
        number = sized(column.name, value, width)
    except WidthError as error:
        error.at = f"{column.name}[{row}]"
        raise
    if not issubclass(column.kind, Name):
        return number
    if number not in set(column.kind):
        detail = f"there is no {column.kind.__name__} {number}"
        raise RecordError(detail, code="RECORD_NAME_UNKNOWN", key=f"{column.name}[{row}]")
    return column.kind(number)


def decide(snapshot: PolicySnapshot, requests: Mapping[str, Sequence[int]], *, traced: bool) -> tuple[Lists, Lists]:
    """The columns of the decisions, and those of the histograms (TRACE-1) if they are asked for."""
    decided: Lists = {column.name: [] for column in columns(KernelDecision)}
    rejected: Lists = {column.name: [] for column in columns(RejectionHistogram)}
    for request in rows(KernelInput, requests):
        if traced:
            decision, trace = kernel.prescribe_with_trace(snapshot, request)
            for name, column in rejected.items():
                column.append(getattr(trace.rejections, name))
        else:
            decision = kernel.prescribe(snapshot, request)
        for name, column in decided.items():
            column.append(int(getattr(decision, name)))
    return decided, rejected
