"""The same decisions from columns: a struct of arrays in, a struct of arrays out (DECIDE-7).

One column per field instead of one record per request is how tables, data frames and column stores hold requests.
Columns are lists or other sequences of integers, and every row is decided by the kernel itself; or all of them are
arrays of numpy (extra `bulk`), or of whatever gives itself as one. Then the answers are arrays, and the rows are
decided by a compiled form of the kernel where numba is there.
"""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, overload

from calybris_ref import batch_columns
from calybris_ref.digest import decision_digest, input_digest
from calybris_ref.errors import RecordError
from calybris_ref.layout import DECISION_TAG, INPUT_TAG
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Width, sized

if TYPE_CHECKING:
    from calybris_ref.batch_arrays import Array

_THREADS = Width("threads", 1, 1_024)


@overload
def prescribe_columns(
    snapshot: PolicySnapshot, requests: "Mapping[str, Array]", threads: int = 1
) -> "dict[str, Array]": ...
@overload
def prescribe_columns(
    snapshot: PolicySnapshot, requests: Mapping[str, Sequence[int]], threads: int = 1
) -> dict[str, list[int]]: ...
def prescribe_columns(snapshot: PolicySnapshot, requests: Mapping[str, Any], threads: int = 1) -> Any:
    """Decide row by row.

    `requests` holds one column of integers for each field of KernelInput, all of one length; the answer one for each
    field of KernelDecision, actions and reasons as their codes. RecordError for an unknown or missing column, one of
    another length or of another kind; WidthError at `risk_bps[7]` for an integer out of range in row 7.

    Arrays may have any type of integers; those of the answer have the widths of their fields. So many threads share
    the rows of arrays; with lists there is only one.
    """
    return _decided(snapshot, requests, threads, traced=False)[0]


@overload
def trace_columns(
    snapshot: PolicySnapshot, requests: "Mapping[str, Array]", threads: int = 1
) -> "tuple[dict[str, Array], dict[str, Array]]": ...
@overload
def trace_columns(
    snapshot: PolicySnapshot, requests: Mapping[str, Sequence[int]], threads: int = 1
) -> tuple[dict[str, list[int]], dict[str, list[int]]]: ...
def trace_columns(snapshot: PolicySnapshot, requests: Mapping[str, Any], threads: int = 1) -> Any:
    """The same, and the histogram of each row: one column for each field of RejectionHistogram (TRACE-1, TRACE-2)."""
    return _decided(snapshot, requests, threads, traced=True)


def _decided(snapshot: PolicySnapshot, requests: Mapping[str, Any], threads: int, *, traced: bool) -> Any:
    threads = sized("threads", threads, _THREADS)
    if batch_columns.are_arrays(KernelInput, requests):
        return _with_arrays().decide(snapshot, requests, threads, traced=traced)
    return batch_columns.decide(snapshot, requests, traced=traced)


def _with_arrays() -> ModuleType:
    try:
        from calybris_ref import batch_arrays
    except ImportError as error:
        detail = f"arrays need the extra `bulk`, pip install 'calybris-ref[bulk]': {error}"
        raise RecordError(detail, code="RECORD_TYPE_INVALID", key="columns") from error
    return batch_arrays


def input_digests(requests: "Mapping[str, Sequence[int] | Array]") -> list[bytes]:
    """The digest of each row (DIGEST-4), from the columns that `prescribe_columns` takes."""
    if batch_columns.are_arrays(KernelInput, requests):
        found: list[bytes] = _with_arrays().digests(INPUT_TAG, KernelInput, requests)
        return found
    return [input_digest(request) for request in batch_columns.rows(KernelInput, requests)]


def decision_digests(decisions: "Mapping[str, Sequence[int] | Array]") -> list[bytes]:
    """The digest of each row (DIGEST-5), from the columns that `prescribe_columns` gives.

    The refusals are the same, and RecordError for a number that is no code of an action or reason.
    """
    if batch_columns.are_arrays(KernelDecision, decisions):
        found: list[bytes] = _with_arrays().digests(DECISION_TAG, KernelDecision, decisions)
        return found
    return [decision_digest(decision) for decision in batch_columns.rows(KernelDecision, decisions)]
