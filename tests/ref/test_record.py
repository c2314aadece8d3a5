"""calybris_ref.record: widths are checked where a record is built (TYPES-1, TYPES-9), and its one form in JSON."""

import json
from collections.abc import Iterator
from enum import IntFlag
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_ref import (
    AuditBundle,
    CandidateExplanation,
    CandidateStatus,
    CorrectnessCertificate,
    DecisionTrace,
    EngineConfig,
    Gate,
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelModel,
    KernelReason,
    PolicySnapshot,
    RecordError,
    RejectionHistogram,
    WidthError,
)
from calybris_ref.record import U8_WIDTH, Column, Record, columns
from tests.support import records
from tests.support import strategies as some

TRACE = DecisionTrace(RejectionHistogram(1, 2, 3, 4, 5, 6, 7, 8, 9), 45, 0)
DECISION = records.policy().prescribe(records.request())
EXAMPLES: list[Record] = [
    records.model(),
    records.request(),
    DECISION,
    TRACE.rejections,
    TRACE,
    CandidateExplanation(1, 0, CandidateStatus.REJECTED, Gate.QUALITY, 1, 2, None, None, None, None, None),
    CandidateExplanation(1, 0, CandidateStatus.ELIGIBLE, None, None, None, 1, 2**96 - 1, 3, 4, -5),
    EngineConfig(),
    AuditBundle("a", "b", 1, 2, 3, "c", "d", "e", "f", False),
    CorrectnessCertificate("a", "b", "c", 1, 2, "reject", "budget_constraint", True, 3, 4, 5, -6),
]
CLASSES = sorted({type(example) for example in EXAMPLES}, key=lambda record: record.__name__)


def example_of(record: type[Record]) -> dict[str, Any]:
    """The fields of the first example of a class."""
    example = next(example for example in EXAMPLES if type(example) is record)
    return {column.name: getattr(example, column.name) for column in columns(record)}


def integer_columns() -> Iterator[Any]:
    for record in CLASSES:
        for column in columns(record):
            if column.kind is int:
                yield pytest.param(record, column, id=f"{record.__name__}.{column.name}")


@pytest.mark.parametrize(("record", "column"), list(integer_columns()))
def test_an_integer_field_holds_its_width_and_nothing_else(record: type[Record], column: Column) -> None:
    assert column.width is not None
    minimum, maximum = column.width.minimum, column.width.maximum
    for value in (minimum, maximum):
        assert getattr(record(**{**example_of(record), column.name: value}), column.name) == value
    wrong: list[object] = [minimum - 1, maximum + 1, 10**5_000, True, False, 1.0, "1", b"1", 1j, [1]]
    if not column.optional:
        wrong.append(None)
    for bad in wrong:
        with pytest.raises(WidthError) as refused:
            record(**{**example_of(record), column.name: bad})
        error = refused.value
        is_number = type(bad) is int
        assert error.code == ("INTEGER_OUT_OF_RANGE" if is_number else "INTEGER_TYPE_INVALID")
        assert (error.field, error.value, error.minimum, error.maximum) == (column.name, bad, minimum, maximum)


@pytest.mark.parametrize(
    ("record", "name", "value", "needed"),
    [
        (KernelDecision, "action", 1, "a KernelAction is needed, not int"),
        (KernelDecision, "reason", KernelAction.REJECT, "a KernelReason is needed, not KernelAction"),
        (DecisionTrace, "rejections", {}, "a RejectionHistogram is needed, not dict"),
        (EngineConfig, "wal_sync_on_append", 1, "a bool is needed, not int"),
        (AuditBundle, "created_by", b"calybris", "a str is needed, not bytes"),
        (CandidateExplanation, "gate", "quality", "a Gate is needed, not str"),
        (CandidateExplanation, "status", None, "a CandidateStatus is needed, not NoneType"),
    ],
)
def test_another_field_holds_its_kind_and_nothing_else(
    record: type[Record], name: str, value: object, needed: str
) -> None:
    with pytest.raises(RecordError) as refused:
        record(**{**example_of(record), name: value})
    assert (refused.value.code, refused.value.key, refused.value.detail) == ("RECORD_TYPE_INVALID", name, needed)


def test_an_integer_of_a_subclass_is_kept_as_its_number() -> None:
    class Capability(IntFlag):
        TEXT = 1
        VISION = 2

    request = records.request(required_capabilities=Capability.TEXT | Capability.VISION)
    assert type(request.required_capabilities) is int
    assert request.required_capabilities == 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)
def test_a_record_is_frozen_slotted_and_hashable(example: Record) -> None:
    name = columns(type(example))[0].name
    with pytest.raises(AttributeError):
        setattr(example, name, 1)
    assert not hasattr(example, "__dict__")
    twin = type(example)(**{column.name: getattr(example, column.name) for column in columns(type(example))})
    assert twin == example
    assert hash(twin) == hash(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)
def test_a_record_comes_back_from_json(example: Record) -> None:
    document = example.to_dict()
    assert list(document) == [column.name for column in columns(type(example))]
    assert type(example).from_dict(json.loads(json.dumps(document))) == example


@given(st.one_of([some.records(record) for record in (KernelModel, KernelInput, KernelDecision, AuditBundle)]))
@settings(max_examples=60)
def test_any_record_comes_back_from_json(record: Record) -> None:
    assert type(record).from_dict(json.loads(json.dumps(record.to_dict()))) == record


def test_names_in_json_are_in_camel_case() -> None:
    document = DECISION.to_dict()
    assert (document["action"], document["reason"]) == ("ExecuteRequested", "RequestedModelMaximizesUtility")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)
def test_unknown_and_missing_keys_are_refused(example: Record) -> None:
    document = example.to_dict()
    with pytest.raises(RecordError) as unknown:
        type(example).from_dict({**document, "extra": 1})
    assert (unknown.value.code, unknown.value.at) == ("RECORD_KEY_UNKNOWN", "extra")
    assert unknown.value.detail == f"there is no such key in a record {type(example).__name__}"
    for name in document:
        with pytest.raises(RecordError) as missing:
            type(example).from_dict({key: value for key, value in document.items() if key != name})
        assert (missing.value.code, missing.value.at) == ("RECORD_KEY_MISSING", name)
        assert missing.value.detail == f"the key is missing in a record {type(example).__name__}"


@pytest.mark.parametrize(
    ("record", "changes", "code", "at"),
    [
        (KernelDecision, {"action": "Nope"}, "RECORD_NAME_UNKNOWN", "action"),
        (KernelDecision, {"action": "reject"}, "RECORD_NAME_UNKNOWN", "action"),
        (KernelDecision, {"reason": 100}, "RECORD_NAME_UNKNOWN", "reason"),
        (KernelDecision, {"eligible_models": 1.0}, "INTEGER_TYPE_INVALID", "eligible_models"),
        (DecisionTrace, {"rejections": []}, "RECORD_TYPE_INVALID", "rejections"),
        (DecisionTrace, {"rejections": {}}, "RECORD_KEY_MISSING", "rejections.disabled"),
        (
            DecisionTrace,
            {"rejections": {**TRACE.rejections.to_dict(), "budget": 65_536}},
            "INTEGER_OUT_OF_RANGE",
            "rejections.budget",
        ),
    ],
)
def test_what_a_key_cannot_hold_is_refused_with_its_path(
    record: type[Record], changes: dict[str, Any], code: str, at: str
) -> None:
    document = next(example for example in EXAMPLES if type(example) is record).to_dict()
    with pytest.raises((RecordError, WidthError)) as refused:
        record.from_dict({**document, **changes})
    assert (refused.value.code, refused.value.at) == (code, at)


def test_only_an_object_is_a_record() -> None:
    with pytest.raises(RecordError) as refused:
        KernelModel.from_dict([])  # type: ignore[arg-type]  # what a careless caller passes
    assert (refused.value.code, refused.value.at) == ("RECORD_TYPE_INVALID", "KernelModel")


def test_a_long_unknown_key_does_not_fill_the_message() -> None:
    with pytest.raises(RecordError) as refused:
        KernelModel.from_dict({"x" * 10_000: 1})
    assert len(str(refused.value)) < 120


def test_the_table_of_a_record_says_what_its_annotations_say() -> None:
    table = {column.name: column for column in columns(PolicySnapshot)}
    assert table["models"] == Column("models", tuple, item=KernelModel)
    assert "rows" not in table
    assert columns(KernelDecision)[1] == Column("action", KernelAction, width=U8_WIDTH)
    assert columns(CandidateExplanation)[3] == Column("gate", Gate, optional=True)


@pytest.mark.parametrize("names", [KernelAction, KernelReason, Gate, CandidateStatus])
def test_a_name_has_two_printed_forms(names: Any) -> None:
    for member in names:
        assert member.label == member.name.lower()
        assert "".join(part.capitalize() for part in member.label.split("_")) == member.name_json
