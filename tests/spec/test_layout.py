"""The bytes behind a digest (DIGEST-1 … DIGEST-6)."""

import struct

import icontract
import pytest
from hypothesis import given

from calybris_spec.integers import WIDTHS
from calybris_spec.layout import (
    decision_bytes,
    decode,
    from_little_endian,
    input_bytes,
    kind_of,
    little_endian,
    model_bytes,
    policy_bytes,
)
from calybris_spec.types import MODEL, Decision, Model, Request, Snapshot
from tests.support.specification import EXAMPLE, EXAMPLE_MODELS, EXAMPLE_POLICY, decisions, models, requests


@pytest.mark.parametrize(
    ("value", "width", "raw"),
    [
        (9_600, "u16", "8025"),
        (9_600, "u64", "8025000000000000"),
        (-1, "i64", "ffffffffffffffff"),
        (-(2**63), "i64", "0000000000000080"),
        (255, "u8", "ff"),
        (2**64 - 1, "u64", "ffffffffffffffff"),
    ],
)
def test_little_endian(value: int, width: str, raw: str) -> None:
    assert bytes(little_endian(value, WIDTHS[width])).hex() == raw
    assert from_little_endian(tuple(bytes.fromhex(raw)), WIDTHS[width]) == value


@given(models)
def test_models_against_struct(model: Model) -> None:
    assert bytes(model_bytes(model)) == struct.pack("<IHHHBIQQQQ", *model)
    assert decode(model_bytes(model), tuple(MODEL.values())) == model


@given(requests)
def test_requests_against_struct(request: Request) -> None:
    assert bytes(input_bytes(request)) == b"calyinp1\0" + struct.pack("<QIIIqQHHHIQQQ", *request)


@given(decisions)
def test_decisions_against_struct(decision: Decision) -> None:
    assert bytes(decision_bytes(decision)) == b"calydcn1\0" + struct.pack("<QBHIHQqIqHHQQ", *decision)


def test_a_policy_is_39_bytes_and_47_per_model_in_ascending_id() -> None:
    a, b, c = EXAMPLE_MODELS
    raw = bytes(policy_bytes(Snapshot(EXAMPLE_POLICY, (c, a, b))))
    assert raw[:39] == b"calypol1\0" + struct.pack("<QQHHHQ", *EXAMPLE_POLICY)
    assert raw[39:] == b"".join(struct.pack("<IHHHBIQQQQ", *model) for model in (a, b, c))


def test_equal_ids_keep_their_order() -> None:
    a = EXAMPLE_MODELS[0]
    twins = (a._replace(quality_bps=2), a._replace(quality_bps=1))
    raw = policy_bytes(Snapshot(EXAMPLE_POLICY, twins))
    assert raw[39:] == model_bytes(twins[0]) + model_bytes(twins[1])


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (policy_bytes(EXAMPLE), "policy"),
        (tuple(b"calyinp1\0"), "input"),
        (tuple(b"calydcn1\0rest"), "decision"),
        (tuple(b"calypol2\0"), None),
        (tuple(b"calypol1"), None),
        ((), None),
    ],
)
def test_an_unknown_tag_is_refused(raw: tuple[int, ...], kind: str | None) -> None:
    assert kind_of(raw) == kind


def test_a_value_outside_its_width_has_no_bytes() -> None:
    with pytest.raises(icontract.ViolationError):
        model_bytes(EXAMPLE_MODELS[0]._replace(enabled=256))
