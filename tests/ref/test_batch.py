"""calybris_ref.batch: columns give the same decisions as records (DECIDE-7)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_ref import (
    CalybrisError,
    KernelDecision,
    KernelInput,
    PolicySnapshot,
    RecordError,
    WidthError,
    prescribe_columns,
)
from calybris_ref.record import columns
from tests.support import records
from tests.support import strategies as some

NAMES = [column.name for column in columns(KernelInput)]


def as_columns(requests: list[KernelInput]) -> dict[str, list[int]]:
    """The requests as a struct of arrays."""
    return {name: [getattr(one, name) for one in requests] for name in NAMES}


@given(some.snapshots(), st.lists(some.friendly_requests, max_size=6))
@settings(max_examples=60)
def test_row_by_row_the_columns_are_the_decisions(snapshot: PolicySnapshot, asked: list[KernelInput]) -> None:
    decided = prescribe_columns(snapshot, as_columns(asked))
    assert list(decided) == [column.name for column in columns(KernelDecision)]
    for row, one in enumerate(asked):
        decision = snapshot.prescribe(one)
        for name, column in decided.items():
            assert len(column) == len(asked)
            assert type(column[row]) is int
            assert column[row] == getattr(decision, name)


def refused(changes: dict[str, Any]) -> CalybrisError:
    with pytest.raises((RecordError, WidthError)) as error:
        prescribe_columns(records.policy(), {**as_columns([records.request()] * 3), **changes})
    return error.value


def test_a_wrong_value_is_named_with_its_row() -> None:
    error = refused({"risk_bps": [1, 2, 65_536]})
    assert (error.code, error.at) == ("INTEGER_OUT_OF_RANGE", "risk_bps[2]")
    assert str(error) == "risk_bps[2]: 65536 is not an integer from 0 to 65535"


def test_columns_of_different_length_are_refused() -> None:
    error = refused({"risk_bps": [1, 2]})
    assert (error.code, error.at) == ("RECORD_LENGTH_UNEQUAL", "risk_bps")


def test_unknown_and_missing_columns_are_refused() -> None:
    assert refused({"more": [1, 2, 3]}).code == "RECORD_KEY_UNKNOWN"
    with pytest.raises(RecordError) as missing:
        prescribe_columns(records.policy(), {})
    assert (missing.value.code, missing.value.at) == ("RECORD_KEY_MISSING", "request_sequence")
