"""calybris_ref.layout: the canonical bytes, field by field, and the way back (DIGEST-1 … DIGEST-6, DIGEST-8)."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_ref import (
    BudgetSnapshot,
    DigestDecodeError,
    KernelDecision,
    KernelInput,
    PolicySnapshot,
    TenantLedger,
    decision_preimage,
    dissect,
    input_preimage,
    ledger_preimage,
    policy_preimage,
)
from calybris_ref.layout import DECISION_TAG, INPUT_TAG, LEDGER_TAG, POLICY_TAG, WATERMARK_TAG
from calybris_ref.record import I64_WIDTH, U64_WIDTH, Record, columns
from tests.support import records
from tests.support import strategies as some
from tests.support.ledgers import snapshot as ledger
from tests.support.ledgers import tenant
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


@pytest.mark.parametrize("tag", [b"", b"calypol1", b"calypol2\0", b"CALYPOL1\0", b"calyldg2\0", b"\0" * 9])
def test_an_unknown_tag_is_refused(tag: bytes) -> None:
    with pytest.raises(DigestDecodeError) as refused:
        dissect(tag + bytes(70) if len(tag) == 9 else tag)
    assert (refused.value.code, refused.value.at) == ("DIGEST_TAG_UNKNOWN", "tag")


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        *[(INPUT_TAG, 78), (INPUT_TAG, 80), (DECISION_TAG, 9), (POLICY_TAG, 38), (POLICY_TAG, 85), (POLICY_TAG, 40)],
        *[(LEDGER_TAG, 9), (LEDGER_TAG, 32), (LEDGER_TAG, 34)],
    ],
)
def test_a_length_that_no_record_has_is_refused(tag: bytes, size: int) -> None:
    with pytest.raises(DigestDecodeError) as refused:
        dissect(tag + bytes(size - len(tag)))
    assert (refused.value.code, refused.value.at) == ("DIGEST_PREIMAGE_LENGTH_INVALID", "preimage")


@given(st.sampled_from([POLICY_TAG, INPUT_TAG, DECISION_TAG, LEDGER_TAG, b"calyxxx1\0"]), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tag: bytes, rest: bytes) -> None:
    try:
        fields = dissect(tag + rest)
    except DigestDecodeError:
        return
    assert sum(field.length for field in fields) == len(rest)


TENANTS = st.builds(TenantLedger, st.text(max_size=4), *[some.integers(I64_WIDTH)] * 4)
LEDGERS = st.builds(
    BudgetSnapshot,
    some.integers(U64_WIDTH),
    st.lists(TENANTS, max_size=4).map(tuple),
    some.integers(U64_WIDTH),
    st.none() | some.integers(U64_WIDTH),
)


@given(LEDGERS)
@settings(max_examples=50)
def test_a_ledger_is_written_tenant_after_tenant(snapshot: BudgetSnapshot) -> None:
    expected = b"calyldg1\0" + b"".join(
        number.to_bytes(8, "little")
        for number in (snapshot.version, len(snapshot.tenants), snapshot.active_reservations)
    )
    for one in sorted(snapshot.tenants, key=lambda one: one.tenant_id.encode()):
        tenant_id = one.tenant_id.encode()
        expected += len(tenant_id).to_bytes(4, "little") + tenant_id + packed(one)
    if snapshot.wal_high_watermark is not None:
        expected += b"calybris.ledger.wal-watermark.v1\0" + snapshot.wal_high_watermark.to_bytes(8, "little")
    assert ledger_preimage(snapshot) == expected


def test_the_tenants_stand_by_the_bytes_of_their_ids_and_equal_ids_as_given() -> None:
    first, second = tenant("\uffff"), tenant("\U0001f600")
    assert ledger_preimage(ledger([second, first])) == ledger_preimage(ledger([first, second]))
    assert ledger_preimage(ledger([first, second])).find(b"\xef\xbf\xbf") == 37
    twice = [tenant("a", 1), tenant("a", 2)]
    assert ledger_preimage(ledger(twice)) != ledger_preimage(ledger(twice[::-1]))


@given(LEDGERS)
@settings(max_examples=50)
def test_a_ledger_reads_back(snapshot: BudgetSnapshot) -> None:
    expected: dict[str, int | str] = {
        "version": snapshot.version,
        "tenant_count": len(snapshot.tenants),
        "active_reservations": snapshot.active_reservations,
    }
    for place, one in enumerate(sorted(snapshot.tenants, key=lambda one: one.tenant_id.encode())):
        expected[f"tenants[{place}].tenant_id_length"] = len(one.tenant_id.encode())
        expected |= {f"tenants[{place}].{name}": value for name, value in one.to_dict().items()}
    if snapshot.wal_high_watermark is not None:
        expected |= {"watermark_tag": WATERMARK_TAG.decode(), "wal_high_watermark": snapshot.wal_high_watermark}
    fields = dissect(ledger_preimage(snapshot))
    assert {field.name: field.value for field in fields} == expected
    for field, after in pairwise(fields):
        assert field.offset + field.length == after.offset


ONE = ledger_preimage(ledger([tenant("acme")]))
MARKED = ledger_preimage(ledger([tenant("acme")], wal_high_watermark=7))


@pytest.mark.parametrize(
    ("preimage", "code"),
    [
        (ONE[:-1], "DIGEST_PREIMAGE_LENGTH_INVALID"),
        (ONE[:40], "DIGEST_PREIMAGE_LENGTH_INVALID"),
        (ONE + b"x", "DIGEST_PREIMAGE_LENGTH_INVALID"),
        (MARKED[:-1], "DIGEST_PREIMAGE_LENGTH_INVALID"),
        (MARKED + b"x", "DIGEST_PREIMAGE_LENGTH_INVALID"),
        (LEDGER_TAG + b"\xff" * 24, "DIGEST_PREIMAGE_LENGTH_INVALID"),
        (MARKED.replace(b"v1", b"v2"), "DIGEST_TAG_UNKNOWN"),
    ],
)
def test_a_damaged_ledger_is_refused(preimage: bytes, code: str) -> None:
    with pytest.raises(DigestDecodeError) as refused:
        dissect(preimage)
    assert refused.value.code == code


def test_an_id_that_is_not_utf_8_is_shown_as_its_bytes() -> None:
    names = {field.name: field.value for field in dissect(ONE.replace(b"acme", b"ac\xffe"))}
    assert names["tenants[0].tenant_id"] == "ac\\xffe"
