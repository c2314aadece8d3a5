"""calybris_ref.batch_arrays: which arrays are taken, and that with numba or without it the answers are the same."""

import enum
import sys
from typing import Any

import numpy as np
import pytest

import calybris_ref
from calybris_ref import (
    CalybrisError,
    KernelDecision,
    KernelInput,
    RecordError,
    RejectionHistogram,
    batch_arrays,
    batch_compiled,
    decision_digest,
    decision_digests,
    input_digest,
    input_digests,
    prescribe_columns,
    trace_columns,
)
from calybris_ref.record import columns
from tests.support import records

KINDS = {"u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "i64": np.int64}
REQUESTS = [records.request(request_sequence=sequence, risk_bps=1_000 * sequence) for sequence in range(11)]
LISTS = {column.name: [getattr(one, column.name) for one in REQUESTS] for column in columns(KernelInput)}


def arrays(**changes: Any) -> dict[str, Any]:
    """The requests as arrays of their widths, some columns exchanged."""
    made = {
        column.name: np.array(LISTS[column.name], KINDS[column.width.name])
        for column in columns(KernelInput)
        if column.width
    }
    return {**made, **changes}


def without_numba(patch: pytest.MonkeyPatch) -> None:
    """As if it were not installed."""
    patch.setitem(sys.modules, "numba", None)
    for name in ("compiling", "batch_compiled", "batch_catalog"):
        patch.delitem(sys.modules, f"calybris_ref.{name}", raising=False)
        patch.delattr(calybris_ref, name, raising=False)


@pytest.fixture(params=["numba", "no numba"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "no numba":
        without_numba(monkeypatch)
    name: str = request.param
    return name


def test_the_answers_are_those_of_lists(backend: str) -> None:
    expected, expected_counts = trace_columns(records.policy(), LISTS)
    decided, counts = trace_columns(records.policy(), arrays())
    assert list(decided) == [column.name for column in columns(KernelDecision)]
    assert list(counts) == [column.name for column in columns(RejectionHistogram)]
    assert {name: column.tolist() for name, column in decided.items()} == expected
    assert {name: column.tolist() for name, column in counts.items()} == expected_counts
    assert {name: column.tolist() for name, column in prescribe_columns(records.policy(), arrays()).items()} == expected
    assert ("calybris_ref.batch_compiled" in sys.modules) == (backend == "numba")


def test_the_answers_have_the_widths_of_their_fields(backend: str) -> None:
    decided, counts = trace_columns(records.policy(), arrays())
    for column in (*columns(KernelDecision), *columns(RejectionHistogram)):
        assert column.width
        assert (decided | counts)[column.name].dtype == KINDS[column.width.name]
        assert (decided | counts)[column.name].flags.c_contiguous


def test_no_rows_are_no_rows(backend: str) -> None:
    decided, counts = trace_columns(records.policy(), {name: column[:0] for name, column in arrays().items()})
    assert {len(column) for column in (*decided.values(), *counts.values())} == {0}


class OfItsOwn:
    """A column as a data frame has it: it gives itself as an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(LISTS["risk_bps"], dtype or np.int64)


class Flag(enum.IntFlag):
    VISION = 1


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("risk_bps", np.array(LISTS["risk_bps"], np.int64)),
        ("risk_bps", np.array(LISTS["risk_bps"], ">u4")),
        ("risk_bps", np.array(LISTS["risk_bps"], object)),
        ("risk_bps", np.repeat(np.array(LISTS["risk_bps"], np.uint16), 2)[::2]),
        ("risk_bps", OfItsOwn()),
        ("allowed_provider_mask", np.array(LISTS["allowed_provider_mask"], np.int16)),
        ("required_capabilities", np.array([Flag.VISION] * 11, object)),
        ("business_value_microunits", np.array(LISTS["business_value_microunits"], np.uint64)),
    ],
)
def test_any_array_of_integers_is_taken(name: str, column: Any, backend: str) -> None:
    expected = prescribe_columns(records.policy(), {**LISTS, name: np.asarray(column).tolist()})
    decided = prescribe_columns(records.policy(), arrays(**{name: column}))
    assert {name: values.tolist() for name, values in decided.items()} == expected


def test_arrays_of_any_making_need_no_more_compiling() -> None:
    expected = prescribe_columns(records.policy(), LISTS)
    closed, askew = arrays(), arrays()
    for name, column in arrays().items():
        closed[name].flags.writeable = False
        rows = np.empty(len(column), [("gap", np.uint8), ("column", column.dtype)])
        rows["column"] = column
        askew[name] = rows["column"]
    for asked in (arrays(), closed, askew, {name: column.astype(object) for name, column in arrays().items()}):
        decided = prescribe_columns(records.policy(), asked)
        assert {name: column.tolist() for name, column in decided.items()} == expected
    trace_columns(records.policy(), arrays())
    prescribe_columns(records.unchecked([]), arrays())
    assert len(batch_compiled.decide_rows.signatures) == 1


def changed(name: str, row: int, value: object, kind: Any) -> Any:
    column = np.array(LISTS[name], object)
    column[row] = value
    return column.astype(kind)


@pytest.mark.parametrize(
    ("name", "column", "code", "message"),
    [
        (
            "risk_bps",
            changed("risk_bps", 7, 65_536, np.int32),
            "INTEGER_OUT_OF_RANGE",
            "risk_bps[7]: 65536 is not an integer from 0 to 65535",
        ),
        (
            "request_sequence",
            changed("request_sequence", 3, -1, np.int64),
            "INTEGER_OUT_OF_RANGE",
            "request_sequence[3]: -1 is not an integer from 0 to 18446744073709551615",
        ),
        (
            "business_value_microunits",
            changed("business_value_microunits", 0, 2**63, np.uint64),
            "INTEGER_OUT_OF_RANGE",
            f"business_value_microunits[0]: {2**63} is not an integer from {-(2**63)} to {2**63 - 1}",
        ),
        (
            "request_sequence",
            changed("request_sequence", 10, 2**64, object),
            "INTEGER_OUT_OF_RANGE",
            "request_sequence[10]: 18446744073709551616 is not an integer from 0 to 18446744073709551615",
        ),
        (
            "risk_bps",
            changed("risk_bps", 2, None, object),
            "INTEGER_TYPE_INVALID",
            "risk_bps[2]: None is not an integer from 0 to 65535",
        ),
        (
            "risk_bps",
            np.zeros(11),
            "RECORD_TYPE_INVALID",
            "risk_bps: an array of integers is needed, not of float64",
        ),
        (
            "risk_bps",
            np.zeros(11, bool),
            "RECORD_TYPE_INVALID",
            "risk_bps: an array of integers is needed, not of bool",
        ),
        (
            "risk_bps",
            np.zeros((11, 1), np.uint16),
            "RECORD_TYPE_INVALID",
            "risk_bps: an array of one dimension is needed, not of 2",
        ),
        (
            "risk_bps",
            np.uint16(7),
            "RECORD_TYPE_INVALID",
            "risk_bps: an array of one dimension is needed, not of 0",
        ),
        (
            "risk_bps",
            np.ma.masked_array(np.zeros(11, np.uint16), mask=True),
            "RECORD_TYPE_INVALID",
            "risk_bps: an array without a mask is needed",
        ),
        (
            "risk_bps",
            np.zeros(10, np.uint16),
            "RECORD_LENGTH_UNEQUAL",
            "risk_bps: 10 rows, but request_sequence has 11",
        ),
        (
            "risk_bps",
            [0] * 11,
            "RECORD_TYPE_INVALID",
            "risk_bps: an array as for request_sequence is needed, not list",
        ),
    ],
)
def test_any_other_is_refused(name: str, column: Any, code: str, message: str, backend: str) -> None:
    for call in (lambda asked: prescribe_columns(records.policy(), asked), input_digests):
        with pytest.raises(CalybrisError) as error:
            call(arrays(**{name: column}))
        assert (error.value.code, str(error.value)) == (code, message)


def test_of_several_wrong_values_the_first_row_is_named_as_for_lists() -> None:
    wrong = {"request_sequence": changed("request_sequence", 5, -1, np.int64)}
    wrong |= {name: changed(name, 4, 70_000, np.int64) for name in ("minimum_quality_bps", "risk_bps")}
    places = []
    for asked in (arrays(**wrong), {**LISTS, **{name: column.tolist() for name, column in wrong.items()}}):
        with pytest.raises(CalybrisError) as error:
            prescribe_columns(records.policy(), asked)
        places.append(error.value.at)
    assert places == ["risk_bps[4]"] * 2


def test_without_numpy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = dict.fromkeys(LISTS, OfItsOwn())
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "calybris_ref.batch_arrays")
    monkeypatch.delattr(calybris_ref, "batch_arrays")
    for call in (lambda columns: prescribe_columns(records.policy(), columns), input_digests):
        with pytest.raises(RecordError) as error:
            call(asked)
        assert error.value.code == "RECORD_TYPE_INVALID"
        assert error.value.detail.startswith("arrays need the extra `bulk`, pip install 'calybris-ref[bulk]': ")


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_threads_share_the_rows(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_arrays, "_ROWS_AT_A_TIME", 2)
    decided = prescribe_columns(records.policy(), arrays(), threads)
    assert {name: column.tolist() for name, column in decided.items()} == prescribe_columns(records.policy(), LISTS)


@pytest.mark.parametrize("threads", [0, 1_025, True])
def test_a_number_of_threads_is_one(threads: int) -> None:
    with pytest.raises(CalybrisError) as error:
        prescribe_columns(records.policy(), arrays(), threads)
    assert error.value.at == "threads"


def test_digests_are_those_of_the_records() -> None:
    assert input_digests(arrays()) == [input_digest(one) for one in REQUESTS]
    decided = prescribe_columns(records.policy(), arrays())
    expected = [decision_digest(records.policy().prescribe(one)) for one in REQUESTS]
    assert decision_digests(decided) == expected
    assert decision_digests({name: column.astype(object) for name, column in decided.items()}) == expected


@pytest.mark.parametrize(("name", "value", "kind"), [("action", 4, "KernelAction"), ("reason", 3, "KernelReason")])
@pytest.mark.parametrize("of", [np.int64, object])
def test_a_code_of_nothing_has_no_digest(name: str, value: int, kind: str, of: Any) -> None:
    decided = prescribe_columns(records.policy(), arrays())
    column = decided[name].astype(of)
    column[3] = value
    with pytest.raises(CalybrisError) as error:
        decision_digests({**decided, name: column})
    assert (error.value.code, str(error.value)) == ("RECORD_NAME_UNKNOWN", f"{name}[3]: there is no {kind} {value}")
