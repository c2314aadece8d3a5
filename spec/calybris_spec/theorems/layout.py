"""Layouts have fixed lengths, can be read back, and so are never shared by two records (DIGEST-2 … DIGEST-5)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.integers import WIDTHS, Width, holds
from calybris_spec.layout import (
    DECISION_TAG,
    DECISION_WIDTHS,
    INPUT_TAG,
    MODEL_WIDTHS,
    POLICY_TAG,
    POLICY_WIDTHS,
    REQUEST_WIDTHS,
    Bytes,
    decision_bytes,
    decode,
    encode,
    from_little_endian,
    in_id_order,
    input_bytes,
    little_endian,
    model_bytes,
    policy_bytes,
)
from calybris_spec.logic import within
from calybris_spec.types import (
    Decision,
    Model,
    Policy,
    Request,
    Snapshot,
    is_decision,
    is_model,
    is_policy,
    is_request,
)

U64, I64 = WIDTHS["u64"], WIDTHS["i64"]


def equal(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two rows of the same length hold the same numbers."""
    return all([left == right for left, right in zip(one, other, strict=True)])


def differ(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two rows of the same length differ somewhere."""
    return any([left != right for left, right in zip(one, other, strict=True)])


def are_bytes(raw: Bytes) -> bool:
    """Whether every number is that of a byte."""
    return all([within(0, byte, 255) for byte in raw])


def survives(value: int, width: Width) -> bool:
    """Whether a value is written as bytes, as many as its width has, and read back."""
    raw = little_endian(value, width)
    return (len(raw) == width.size) & are_bytes(raw) & (from_little_endian(raw, width) == value)


@require(lambda value: holds(U64, value))
@ensure(lambda result: result)
def every_unsigned_integer_survives_its_bytes(value: int) -> bool:
    """At each of the four widths that holds it."""
    return all(
        [survives(value % (width.high + 1), width) for width in [WIDTHS["u8"], WIDTHS["u16"], WIDTHS["u32"], U64]]
    )


@require(lambda value: holds(I64, value))
@ensure(lambda result: result)
def every_signed_integer_survives_its_bytes(value: int) -> bool:
    """Two's complement; the sign is the top bit of the last byte."""
    return survives(value, I64) & ((little_endian(value, I64)[7] >= 128) == (value < 0))


@require(lambda value: within(0, value, 255))
@ensure(lambda result: result)
def the_lowest_byte_comes_first(value: int) -> bool:
    """Little endian, not big."""
    return equal(little_endian(value + 256 * 7, U64), (value, 7, 0, 0, 0, 0, 0, 0))


@require(lambda model: is_model(model))
@ensure(lambda result: result)
def a_model_is_read_back_from_its_bytes(model: Model) -> bool:
    """decode ∘ encode = id: 47 bytes."""
    raw = model_bytes(model)
    return are_bytes(raw) & equal(decode(raw, MODEL_WIDTHS), model)


@require(lambda request: is_request(request))
@ensure(lambda result: result)
def a_request_is_read_back_from_its_bytes(request: Request) -> bool:
    """decode ∘ encode = id: behind the tag, 70 bytes."""
    raw = input_bytes(request)
    return equal(raw[:9], INPUT_TAG) & are_bytes(raw) & equal(decode(raw[9:], REQUEST_WIDTHS), request)


@require(lambda decision: is_decision(decision))
@ensure(lambda result: result)
def a_decision_is_read_back_from_its_bytes(decision: Decision) -> bool:
    """decode ∘ encode = id: behind the tag, 65 bytes."""
    raw = decision_bytes(decision)
    return equal(raw[:9], DECISION_TAG) & are_bytes(raw) & equal(decode(raw[9:], DECISION_WIDTHS), decision)


@require(lambda one, other: is_model(one) & is_model(other) & differ(one, other))
@ensure(lambda result: result)
def different_models_have_different_bytes(one: Model, other: Model) -> bool:
    """Injective."""
    return differ(model_bytes(one), model_bytes(other))


@require(lambda one, other: is_request(one) & is_request(other) & differ(one, other))
@ensure(lambda result: result)
def different_requests_have_different_bytes(one: Request, other: Request) -> bool:
    """Injective."""
    return differ(input_bytes(one), input_bytes(other))


@require(lambda one, other: is_decision(one) & is_decision(other) & differ(one, other))
@ensure(lambda result: result)
def different_decisions_have_different_bytes(one: Decision, other: Decision) -> bool:
    """Injective."""
    return differ(decision_bytes(one), decision_bytes(other))


@require(lambda policy, one, other: is_policy(policy) & is_model(one) & is_model(other))
@ensure(lambda result: result)
def a_policy_is_its_header_then_its_models_by_id(policy: Policy, one: Model, other: Model) -> bool:
    """39 + 47·n bytes; equal ids keep their order (DIGEST-3)."""
    raw = policy_bytes(Snapshot(policy, (one, other)))
    low, high = (other, one) if one.model_id > other.model_id else (one, other)
    return (
        (len(raw) == 39 + 2 * 47)
        & equal(raw[:9], POLICY_TAG)
        & equal(decode(raw[9:39], POLICY_WIDTHS), policy)
        & equal(decode(raw[39:86], MODEL_WIDTHS), low)
        & equal(decode(raw[86:], MODEL_WIDTHS), high)
    )


@require(lambda one, other: is_policy(one) & is_policy(other))
@require(lambda model, another: is_model(model) & is_model(another))
@require(lambda one, other, model, another: differ(one, other) | differ(model, another))
@ensure(lambda result: result)
def different_policies_have_different_bytes(one: Policy, other: Policy, model: Model, another: Model) -> bool:
    """Injective, for catalogs of one; blocks of 47 bytes side by side carry it to any number (DIGEST-3)."""
    return differ(policy_bytes(Snapshot(one, (model,))), policy_bytes(Snapshot(other, (another,))))


@require(lambda one, two, three: is_model(one) & is_model(two) & is_model(three))
@ensure(lambda result: result)
def three_models_are_sorted_by_id_and_equal_ids_stay_as_given(one: Model, two: Model, three: Model) -> bool:
    """Ascending and stable: of two neighbours the earlier has the lower id, or the same and the earlier place."""
    given = [model._replace(capabilities=place) for place, model in enumerate((one, two, three))]
    order = in_id_order(tuple(given))
    places = [model.capabilities for model in order]
    ascending = [
        (low.model_id < high.model_id) | ((low.model_id == high.model_id) & (before < behind))
        for low, high, before, behind in zip(order, order[1:], places, places[1:], strict=False)
    ]
    return all(ascending) & (sorted(places) == [0, 1, 2])


@require(lambda one, other: is_model(one) & is_model(other) & (one.model_id != other.model_id))
@ensure(lambda result: result)
def the_order_of_a_catalog_leaves_no_trace_in_its_bytes(one: Model, other: Model) -> bool:
    """Two orders of a valid catalog are one policy (DIGEST-3, POLICY-5)."""
    policy = Policy(1, 1, 9_600, 5_500, 3_500, 2)
    return equal(policy_bytes(Snapshot(policy, (one, other))), policy_bytes(Snapshot(policy, (other, one))))


@ensure(lambda result: result)
def the_fields_are_as_wide_as_the_table_says() -> bool:
    """Header 30, model 47, request 70, decision 65; the action takes one byte, the reason two."""
    sizes = [
        sum([width.size for width in widths])
        for widths in (POLICY_WIDTHS, MODEL_WIDTHS, REQUEST_WIDTHS, DECISION_WIDTHS)
    ]
    return (sizes == [30, 47, 70, 65]) & (DECISION_WIDTHS[1].size == 1) & (DECISION_WIDTHS[2].size == 2)


@require(lambda values: holds(U64, values[0]) & holds(U64, values[1]))
@ensure(lambda result: result)
def fields_stand_side_by_side(values: tuple[int, int]) -> bool:
    """No padding, no separator, no length."""
    return equal(encode(values, (U64, U64)), little_endian(values[0], U64) + little_endian(values[1], U64))
