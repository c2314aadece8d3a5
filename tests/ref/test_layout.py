"""calybris_ref.layout: the canonical bytes, field by field, and the way back (DIGEST-1 … DIGEST-6)."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_ref import (
    DigestDecodeError,
    KernelDecision,
    KernelInput,
    PolicySnapshot,
    decision_preimage,
    dissect,
    input_preimage,
    policy_preimage,
)
from calybris_ref.layout import DECISION_TAG, INPUT_TAG, POLICY_TAG
from calybris_ref.record import Record, columns
from tests.support import records
from tests.support import strategies as some
from tests.support.records import model, policy, unchecked

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8}


def packed(record: Record) -> bytes:
    """The fields of a record one by one, without struct: a second, slower way to the same bytes."""
    return b"".join(
        int(getattr(record, column.name)).to_bytes(
            SIZES[column.width.name], "little", signed=column.width.name.startswith("i")
        )
        for column in columns(type(record))
        if column.width
    )


@given(some.requests)
@settings(max_examples=50)
def test_a_request_has_79_bytes(request: KernelInput) -> None:
    assert input_preimage(request) == b"calyinp1\0" + packed(request)
    assert len(input_preimage(request)) == 79


@given(some.records(KernelDecision))
@settings(max_examples=50)
def test_a_decision_has_74_bytes(decision: KernelDecision) -> None:
    assert decision_preimage(decision) == b"calydcn1\0" + packed(decision)
    assert len(decision_preimage(decision)) == 74


@given(some.snapshots(some.models))
@settings(max_examples=50)
def test_a_policy_has_39_bytes_and_47_per_model(snapshot: PolicySnapshot) -> None:
    data = policy_preimage(snapshot)
    assert len(data) == 39 + 47 * len(snapshot.models)
    assert data[:39] == b"calypol1\0" + packed(snapshot)
    in_order = sorted(snapshot.models, key=lambda candidate: candidate.model_id)
    assert data[39:] == b"".join(packed(candidate) for candidate in in_order)


def test_the_bytes_of_one_request_written_out() -> None:
    request = KernelInput(1, 2, 3, 4, -2, 6, 7, 8, 9, 10, 11, 12, 13)
    head = "63616c79696e703100 0100000000000000 02000000 03000000 04000000 feffffffffffffff 0600000000000000"
    tail = "0700 0800 0900 0a000000 0b00000000000000 0c00000000000000 0d00000000000000"
    assert input_preimage(request) == bytes.fromhex(head + tail)


def test_the_models_stand_by_ascending_id_and_equal_ids_as_given() -> None:
    assert policy_preimage(policy([model(2), model(1)])) == policy_preimage(policy([model(1), model(2)]))
    first, second = model(1, quality_bps=1), model(1, quality_bps=2)
    assert policy_preimage(unchecked([first, second])) != policy_preimage(unchecked([second, first]))
    assert policy_preimage(unchecked([first, second])) == policy_preimage(policy([first])) + packed(second)


@given(some.requests, some.records(KernelDecision), some.snapshots(some.models))
@settings(max_examples=50)
def test_every_preimage_reads_back(request: KernelInput, decision: KernelDecision, snapshot: PolicySnapshot) -> None:
    for record, data in [(request, input_preimage(request)), (decision, decision_preimage(decision))]:
        assert {field.name: field.value for field in dissect(data)} == {
            column.name: int(getattr(record, column.name)) for column in columns(type(record))
        }
    fields = dissect(policy_preimage(snapshot))
    in_order = sorted(snapshot.models, key=lambda candidate: candidate.model_id)
    expected = {name: getattr(snapshot, name) for name in records.POLICY}
    for place, candidate in enumerate(in_order):
        expected |= {f"models[{place}].{name}": value for name, value in candidate.to_dict().items()}
    assert {field.name: field.value for field in fields} == expected


def test_a_field_is_found_where_it_stands() -> None:
    fields = dissect(policy_preimage(policy([model(1), model(2)])))
    assert [fields[0].offset, fields[6].offset, fields[16].offset] == [9, 39, 86]
    assert (fields[16].name, fields[16].length, fields[16].value) == ("models[1].model_id", 4, 2)
    for field, after in pairwise(fields):
        assert field.offset + field.length == after.offset


@pytest.mark.parametrize("tag", [b"", b"calypol1", b"calypol2\0", b"CALYPOL1\0", b"calyldg1\0", b"\0" * 9])
def test_an_unknown_tag_is_refused(tag: bytes) -> None:
    with pytest.raises(DigestDecodeError) as refused:
        dissect(tag + bytes(70) if len(tag) == 9 else tag)
    assert (refused.value.code, refused.value.at) == ("DIGEST_TAG_UNKNOWN", "tag")


@pytest.mark.parametrize(
    ("tag", "size"),
    [(INPUT_TAG, 78), (INPUT_TAG, 80), (DECISION_TAG, 9), (POLICY_TAG, 38), (POLICY_TAG, 85), (POLICY_TAG, 40)],
)
def test_a_length_that_no_record_has_is_refused(tag: bytes, size: int) -> None:
    with pytest.raises(DigestDecodeError) as refused:
        dissect(tag + bytes(size - len(tag)))
    assert (refused.value.code, refused.value.at) == ("DIGEST_PREIMAGE_LENGTH_INVALID", "preimage")


@given(st.sampled_from([POLICY_TAG, INPUT_TAG, DECISION_TAG, b"calyxxx1\0"]), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tag: bytes, rest: bytes) -> None:
    try:
        fields = dissect(tag + rest)
    except DigestDecodeError:
        return
    assert sum(field.length for field in fields) == len(rest)
