"""Columns that are arrays: which are taken, and the decisions about them (DECIDE-7, TYPES-9; extra `bulk`).

With numba, `batch_compiled` decides; without it the kernel does, row by row. What is taken, what is refused and what is
answered is the same.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calybris_ref import batch_columns
from calybris_ref.errors import CalybrisError
from calybris_ref.layout import TAG_BYTES, Layout
from calybris_ref.model import KernelDecision, KernelInput, RejectionHistogram
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Column, Name, Record, columns

Array = NDArray[Any]
Arrays = dict[str, Array]

# What the compiled function takes as signed integers of the same bits.
_MASKS = ("required_capabilities", "allowed_provider_mask", "required_region_mask")
# What a thread takes at a time: enough to be worth the call, and little enough that none waits long for another.
_ROWS_AT_A_TIME = 16_384


def row_type(layout: Layout) -> np.dtype[Any]:
    """The bytes of a record in its digest, as a type of rows: little endian, nothing between the fields."""
    return np.dtype([(name, f"<{code}") for name, code in zip(layout.names, layout.codes, strict=True)])


# Each field of a record with the type of its column.
_FIELDS: dict[type[Record], list[tuple[Column, np.dtype[Any]]]] = {
    record: [(column, row_type(Layout(record))[column.name].newbyteorder("=")) for column in columns(record)]
    for record in (KernelInput, KernelDecision, RejectionHistogram)
}


def settled(record: type[Record], given: Mapping[str, Any]) -> Arrays:
    """The columns as arrays of the widths of their fields, each in one piece of memory.

    Taken are arrays of one dimension and one length, of any type of integers, or of Python integers (`object`).
    RecordError for any other; WidthError at `risk_bps[7]`, as for a list, for an integer out of range in row 7.
    """
    arrays = {column.name: _array(column.name, given[column.name]) for column, _ in _FIELDS[record]}
    batch_columns.check_lengths({name: len(array) for name, array in arrays.items()})
    misfits = [
        (row, column) for column, kind in _FIELDS[record] for row in _first_misfit(column, arrays[column.name], kind)
    ]
    if misfits:
        row, column = min(misfits, key=lambda misfit: misfit[0])
        batch_columns.settled(column, arrays[column.name].tolist()[row], row)
    return {column.name: _plain(arrays[column.name], kind) for column, kind in _FIELDS[record]}


def _array(name: str, given: Any) -> Array:
    array = np.asarray(given)
    if isinstance(given, np.ma.MaskedArray):
        raise batch_columns.not_a_column(name, "an array without a mask is needed")
    if array.ndim != 1:
        raise batch_columns.not_a_column(name, f"an array of one dimension is needed, not of {array.ndim}")
    if array.dtype.kind not in "iuO":
        raise batch_columns.not_a_column(name, f"an array of integers is needed, not of {array.dtype}")
    return array


def _plain(array: Array, kind: np.dtype[Any]) -> Array:
    """The array in its width, in one piece; a copy also where its memory is not aligned or is closed for writing.

    For numba those are other types, and it would compile again for each combination of them.
    """
    array = np.ascontiguousarray(array, kind)
    return array if array.flags.carray else array.copy()


def _first_misfit(column: Column, array: Array, kind: np.dtype[Any]) -> list[int]:
    """The first row with a value that the field does not hold; none if all fit."""
    if array.dtype == kind and column.kind is int:
        return []
    if array.dtype.kind == "O":
        misfits = np.array([not _fits(column, value) for value in array.tolist()], bool)
    elif issubclass(column.kind, Name):
        misfits = ~np.isin(array, [int(code) for code in column.kind])
    else:
        limits = np.iinfo(kind)
        misfits = (array < limits.min) | (array > limits.max)
    return [int(row) for row in np.flatnonzero(misfits)[:1]]


def _fits(column: Column, value: object) -> bool:
    try:
        batch_columns.settled(column, value, 0)
    except CalybrisError:
        return False
    return True


def empty(record: type[Record], rows: int) -> Arrays:
    """Columns for so many records, with nothing in them yet."""
    return {column.name: np.empty(rows, kind) for column, kind in _FIELDS[record]}


def decide(
    snapshot: PolicySnapshot, requests: Mapping[str, Any], threads: int, *, traced: bool
) -> tuple[Arrays, Arrays]:
    """The columns of the decisions, and those of the histograms (TRACE-1) if they are asked for."""
    asked = settled(KernelInput, requests)
    rows = len(asked["request_sequence"])
    decided, rejected = empty(KernelDecision, rows), empty(RejectionHistogram, rows if traced else 0)
    try:
        from calybris_ref import batch_catalog, batch_compiled
    except ImportError:  # numba is not there
        lists = batch_columns.decide(snapshot, {name: column.tolist() for name, column in asked.items()}, traced=traced)
        for arrays, found in zip((decided, rejected), lists, strict=True):
            for name, array in arrays.items():
                array[:] = found[name]
        return decided, rejected
    decided["policy_epoch"][:] = snapshot.policy_epoch
    decided["catalog_epoch"][:] = snapshot.catalog_epoch
    catalog = batch_catalog.prepared(snapshot)
    signed = batch_compiled.Asked(**asked | {name: asked[name].view(np.int64) for name in _MASKS})
    answers, counts = batch_compiled.Decided(**decided), batch_compiled.Rejected(**rejected)

    def decide_from(start: int) -> None:
        batch_compiled.decide_rows(start, min(start + _ROWS_AT_A_TIME, rows), catalog, signed, answers, counts)

    starts = range(0, rows, _ROWS_AT_A_TIME)
    if threads == 1 or len(starts) == 1:
        for start in starts:
            decide_from(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(decide_from, starts))
    return decided, rejected


def digests(tag: bytes, record: type[Record], given: Mapping[str, Any]) -> list[bytes]:
    """SHA-256 over the preimage of each row: the tag and the fields (DIGEST-2)."""
    arrays = settled(record, given)
    layout = row_type(Layout(record))
    preimages = np.empty(len(next(iter(arrays.values()))), [("tag", f"V{TAG_BYTES}"), *layout.descr])
    preimages["tag"] = np.void(tag)
    for name, array in arrays.items():
        preimages[name] = array
    return [sha256(preimage).digest() for preimage in preimages.view(f"V{preimages.itemsize}").tolist()]
