"""The bytes behind a digest: a tag, then fixed-width little-endian fields (DIGEST-1 … DIGEST-6).

Bytes are tuples of numbers from 0 to 255 here. The layouts are the records' own fields in declaration order; nothing is
written down twice. Each layout can be read back, so no two records share one.
"""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.integers import Width, span
from calybris_spec.types import (
    DECISION,
    MODEL,
    POLICY,
    REQUEST,
    Decision,
    Model,
    Request,
    Snapshot,
    is_decision,
    is_model,
    is_request,
)

Bytes = tuple[int, ...]

POLICY_TAG: Bytes = tuple(b"calypol1\0")
INPUT_TAG: Bytes = tuple(b"calyinp1\0")
DECISION_TAG: Bytes = tuple(b"calydcn1\0")
TAG_BYTES = 9
KINDS = {POLICY_TAG: "policy", INPUT_TAG: "input", DECISION_TAG: "decision"}

MODEL_WIDTHS, POLICY_WIDTHS = tuple(MODEL.values()), tuple(POLICY.values())
REQUEST_WIDTHS, DECISION_WIDTHS = tuple(REQUEST.values()), tuple(DECISION.values())
POLICY_HEADER_BYTES, MODEL_BYTES, INPUT_BYTES, DECISION_BYTES = 39, 47, 79, 74
"""How long the layouts are; a policy of n models takes 39 + 47·n bytes."""


def little_endian(value: int, width: Width) -> Bytes:
    """Return the value's bytes, the lowest first; a negative value in two's complement (DIGEST-2)."""
    rest = value + span(width) * (value < 0)
    out = []
    for _ in range(width.size):
        out.append(rest % 256)
        rest = rest // 256  # one division after the other: the checker cannot invert value // 256**i
    return tuple(out)


def from_little_endian(raw: Bytes, width: Width) -> int:
    """Return the value that these bytes stand for."""
    value = 0
    for byte in raw[::-1]:
        value = value * 256 + byte
    return value - span(width) * (value > width.high)


def encode(values: tuple[int, ...], widths: tuple[Width, ...]) -> Bytes:
    """Return the fields' bytes one after another: no padding, no separator, no length (DIGEST-2)."""
    return tuple([byte for value, width in zip(values, widths, strict=True) for byte in little_endian(value, width)])


def decode(raw: Bytes, widths: tuple[Width, ...]) -> tuple[int, ...]:
    """Return the fields that `encode` wrote."""
    values: tuple[int, ...] = ()
    for width in widths:
        values += (from_little_endian(raw[: width.size], width),)
        raw = raw[width.size :]
    return values


@require(lambda request: is_request(request))
@ensure(lambda result: len(result) == INPUT_BYTES)
def input_bytes(request: Request) -> Bytes:
    """Return the 79 bytes of a request (DIGEST-4)."""
    return INPUT_TAG + encode(request, REQUEST_WIDTHS)


@require(lambda decision: is_decision(decision))
@ensure(lambda result: len(result) == DECISION_BYTES)
def decision_bytes(decision: Decision) -> Bytes:
    """Return the 74 bytes of a decision (DIGEST-5)."""
    return DECISION_TAG + encode(decision, DECISION_WIDTHS)


@require(lambda model: is_model(model))
@ensure(lambda result: len(result) == MODEL_BYTES)
def model_bytes(model: Model) -> Bytes:
    """Return the 47 bytes of a model within a policy (DIGEST-3)."""
    return encode(model, MODEL_WIDTHS)


def in_id_order(models: tuple[Model, ...]) -> tuple[Model, ...]:
    """Return the models by ascending id; equal ids keep their order (DIGEST-3)."""
    return tuple(sorted(models, key=lambda model: model.model_id))


def policy_bytes(snapshot: Snapshot) -> Bytes:
    """Return the 39 + 47·n bytes of a policy; its models by ascending id, whatever their order (DIGEST-3)."""
    header = POLICY_TAG + encode(snapshot.policy, POLICY_WIDTHS)
    return header + tuple([byte for model in in_id_order(snapshot.models) for byte in model_bytes(model)])


@ensure(lambda raw, result: (result is None) == (raw[:TAG_BYTES] not in (POLICY_TAG, INPUT_TAG, DECISION_TAG)))
def kind_of(raw: Bytes) -> str | None:
    """Return which layout the bytes claim, or None: an unknown tag is refused, never guessed (DIGEST-6)."""
    return KINDS.get(raw[:TAG_BYTES])
