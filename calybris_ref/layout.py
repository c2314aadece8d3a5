"""Which bytes a digest covers: a tag, then every field in its fixed width, little endian.

Clauses DIGEST-1 … DIGEST-6. The layouts are generated from the tables of the records (`record.columns`), so a field
cannot stand in a record and be missing from its digest. A preimage also reads backwards (`dissect`), which tells the
author of a port the name of the field in which two preimages differ.
"""

from collections.abc import Iterator
from operator import attrgetter
from struct import Struct
from typing import Any, NamedTuple

from calybris_ref.errors import DigestDecodeError, shown
from calybris_ref.model import KernelDecision, KernelInput, KernelModel
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Record, columns

TAG_BYTES = 9
POLICY_TAG = b"calypol1\0"
INPUT_TAG = b"calyinp1\0"
DECISION_TAG = b"calydcn1\0"

# How struct writes each width; signed ones in two's complement (DIGEST-2).
_STRUCT_CODES = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i64": "q"}


class Layout:
    """The fixed-width little-endian form of a record's integers, in declaration order (DIGEST-2)."""

    def __init__(self, record: type[Record]) -> None:
        table = [column for column in columns(record) if column.width]
        self.names = tuple(column.name for column in table)
        self.codes = tuple(_STRUCT_CODES[column.width.name] for column in table if column.width)
        # "<" also means no padding between fields.
        self._struct = Struct("<" + "".join(self.codes))
        self._values = attrgetter(*self.names)
        self.size = self._struct.size

    def pack(self, record: Record) -> bytes:
        """The record's bytes: `size` of them."""
        return self._struct.pack(*self._values(record))


POLICY = Layout(PolicySnapshot)
MODEL = Layout(KernelModel)
INPUT = Layout(KernelInput)
DECISION = Layout(KernelDecision)


def policy_preimage(snapshot: PolicySnapshot) -> bytes:
    """39 bytes and 47 per model, the models in ascending model_id order (DIGEST-3).

    Of models with one id, which only an unchecked policy can hold, the earlier comes first.
    """
    models = sorted(snapshot.models, key=attrgetter("model_id"))
    return b"".join([POLICY_TAG, POLICY.pack(snapshot), *map(MODEL.pack, models)])


def input_preimage(request: KernelInput) -> bytes:
    """79 bytes: the tag and the thirteen fields (DIGEST-4)."""
    return INPUT_TAG + INPUT.pack(request)


def decision_preimage(decision: KernelDecision) -> bytes:
    """74 bytes: the tag and the thirteen fields, the action in one byte and the reason in two (DIGEST-5)."""
    return DECISION_TAG + DECISION.pack(decision)


class PreimageField(NamedTuple):
    """A field found in a preimage: the offset of its first byte, its length in bytes, its name and its value."""

    offset: int
    length: int
    name: str
    value: int


def dissect(preimage: bytes) -> list[PreimageField]:
    """The fields of a policy, input or decision preimage; model k of a policy is named `models[k].…`.

    DigestDecodeError DIGEST_TAG_UNKNOWN for a tag that is not one of these three, which is never guessed (DIGEST-6);
    DIGEST_PREIMAGE_LENGTH_INVALID for a length that no record of the kind has.
    """
    tag = bytes(preimage[:TAG_BYTES])
    if tag not in _HEADS:
        raise DigestDecodeError(f"there is no tag {shown(tag)}", code="DIGEST_TAG_UNKNOWN", at="tag")
    head, repeated = _HEADS[tag]
    rest = len(preimage) - TAG_BYTES - head.size
    if rest < 0 or (rest % repeated.size if repeated else rest):
        raise DigestDecodeError(
            f"no record with this tag has {len(preimage)} bytes", code="DIGEST_PREIMAGE_LENGTH_INVALID", at="preimage"
        )
    found = list(_fields(head, preimage, TAG_BYTES, ""))
    if repeated:
        starts = range(TAG_BYTES + head.size, len(preimage), repeated.size)
        for place, start in enumerate(starts):
            found += _fields(repeated, preimage, start, f"models[{place}].")
    return found


# tag -> the layout that follows it once, and the one that follows that any number of times
_HEADS: dict[bytes, tuple[Layout, Layout | None]] = {
    POLICY_TAG: (POLICY, MODEL),
    INPUT_TAG: (INPUT, None),
    DECISION_TAG: (DECISION, None),
}


def _fields(layout: Layout, preimage: bytes, start: int, prefix: str) -> Iterator[PreimageField]:
    offset = start
    for name, code in zip(layout.names, layout.codes, strict=True):
        field = Struct("<" + code)
        value: Any = field.unpack_from(preimage, offset)[0]
        yield PreimageField(offset, field.size, prefix + name, value)
        offset += field.size
