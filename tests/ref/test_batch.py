"""calybris_ref.batch and batch_columns: lists give the same decisions as records (DECIDE-7).

Arrays have tests of their own: test_batch_arrays and test_batch_compiled.
"""

from array import array
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
    RejectionHistogram,
    WidthError,
    decision_digest,
    decision_digests,
    input_digest,
    input_digests,
    prescribe_columns,
    trace_columns,
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


@given(some.snapshots(), st.lists(some.friendly_requests, max_size=6))
@settings(max_examples=40)
def test_row_by_row_the_histograms_are_the_traces(snapshot: PolicySnapshot, asked: list[KernelInput]) -> None:
    decided, rejected = trace_columns(snapshot, as_columns(asked))
    assert decided == prescribe_columns(snapshot, as_columns(asked))
    assert list(rejected) == [column.name for column in columns(RejectionHistogram)]
    for row, one in enumerate(asked):
        _, trace = snapshot.prescribe_with_trace(one)
        assert trace.rejections == RejectionHistogram(*(column[row] for column in rejected.values()))


@given(some.snapshots(), st.lists(some.friendly_requests, max_size=6))
@settings(max_examples=40)
def test_row_by_row_the_digests_are_those_of_the_records(snapshot: PolicySnapshot, asked: list[KernelInput]) -> None:
    assert input_digests(as_columns(asked)) == [input_digest(one) for one in asked]
    decided = prescribe_columns(snapshot, as_columns(asked))
    assert decision_digests(decided) == [decision_digest(snapshot.prescribe(one)) for one in asked]


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


@pytest.mark.parametrize("column", [{1, 2, 3}, (number for number in (1, 2, 3)), None, 7])
def test_what_is_no_column_is_refused(column: Any) -> None:
    error = refused({"risk_bps": column})
    assert (error.code, error.at) == ("RECORD_TYPE_INVALID", "risk_bps")
    assert error.detail == f"a sequence of integers is needed, not {type(column).__name__}"


def test_other_sequences_are_taken() -> None:
    asked: dict[str, Any] = as_columns([records.request()] * 3)
    expected = prescribe_columns(records.policy(), asked)
    assert prescribe_columns(records.policy(), {**asked, "risk_bps": array("H", [1_000] * 3)}) == expected
    assert prescribe_columns(records.policy(), {name: tuple(column) for name, column in asked.items()}) == expected


@pytest.mark.parametrize(
    ("changes", "code", "at"),
    [
        ({"action": [1, 0, 1]}, "RECORD_NAME_UNKNOWN", "action[1]"),
        ({"reason": [1, 1, 99]}, "RECORD_NAME_UNKNOWN", "reason[2]"),
        ({"action": [1, 256, 1]}, "INTEGER_OUT_OF_RANGE", "action[1]"),
        ({"eligible_models": [1, 1, 65_536]}, "INTEGER_OUT_OF_RANGE", "eligible_models[2]"),
        ({"eligible_models": [1, 1]}, "RECORD_LENGTH_UNEQUAL", "eligible_models"),
    ],
)
def test_what_no_decision_holds_has_no_digest(changes: dict[str, Any], code: str, at: str) -> None:
    decided = prescribe_columns(records.policy(), as_columns([records.request()] * 3))
    with pytest.raises((RecordError, WidthError)) as error:
        decision_digests({**decided, **changes})
    assert (error.value.code, error.value.at) == (code, at)
