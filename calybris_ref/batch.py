"""The same decisions from columns: a struct of arrays in, a struct of arrays out (DECIDE-7).

One list per field instead of one record per request is how tables, data frames and column stores hold requests. Every
row is decided by the kernel itself.
"""

from collections.abc import Mapping, Sequence

from calybris_ref import kernel
from calybris_ref.errors import RecordError, WidthError
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import check_keys, columns


def prescribe_columns(snapshot: PolicySnapshot, requests: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Decide row by row.

    `requests` holds one column of integers for each field of KernelInput, all of one length; the answer one for each
    field of KernelDecision, actions and reasons as their codes. RecordError for an unknown or missing column, or one of
    another length; WidthError at `risk_bps[7]` for an integer out of range in row 7.
    """
    check_keys(KernelInput, requests)
    names = [column.name for column in columns(KernelInput)]
    rows = len(requests[names[0]])
    for name in names:
        if len(requests[name]) != rows:
            raise RecordError(
                f"{len(requests[name])} rows, but {names[0]} has {rows}", code="RECORD_LENGTH_UNEQUAL", key=name
            )
    decided: dict[str, list[int]] = {column.name: [] for column in columns(KernelDecision)}
    for row, values in enumerate(zip(*(requests[name] for name in names), strict=True)):
        try:
            request = KernelInput(*values)
        except WidthError as error:
            error.at = f"{error.field}[{row}]"
            raise
        decision = kernel.prescribe(snapshot, request)
        for name, column in decided.items():
            column.append(int(getattr(decision, name)))
    return decided
