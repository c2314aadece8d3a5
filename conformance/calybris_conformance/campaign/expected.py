"""The right answers of a unit, as columns: the reference's own bulk decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calybris_conformance import wire
from calybris_ref.batch import prescribe_columns
from calybris_ref.model import KernelAction, KernelReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_ref.policy import PolicySnapshot

_NAMES: Final[Mapping[str, Mapping[int, str]]] = {
    "action": {int(action): action.label for action in KernelAction},
    "reason": {int(reason): reason.label for reason in KernelReason},
}


def decide(snapshot: PolicySnapshot, columns: Mapping[str, Any]) -> dict[str, Any]:
    """One column for each field of a decision: uint64, or int64 where the field is signed; names as their codes."""
    decided = prescribe_columns(snapshot, columns)
    return {name: np.asarray(decided[name]).astype(dtype(kind), copy=False) for name, kind in wire.DECISION.items()}


def dtype(kind: str) -> type[np.generic]:
    """The type of the elements of a column of this kind."""
    return np.int64 if kind == "i64" else np.uint64


def written(due: Mapping[str, Any], row: int) -> dict[str, str]:
    """One decision as `decide` answers it."""
    codes = {name: int(column[row]) for name, column in due.items()}
    return {name: _NAMES[name][code] if name in _NAMES else str(code) for name, code in codes.items()}
