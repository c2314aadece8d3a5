"""Which bytes a digest covers: a tag, then every field in its fixed width, little endian.

Clauses DIGEST-1 … DIGEST-6 and DIGEST-8. The layouts are generated from the tables of the records (`record.columns`),
so a field cannot stand in a record and be missing from its digest. A preimage also reads backwards (`dissect`), which
tells the author of a port the name of the field in which two preimages differ.
"""

from collections.abc import Iterator
from operator import attrgetter, itemgetter
from struct import Struct
from typing import Any, NamedTuple

from calybris_ref.errors import DigestDecodeError, shown
from calybris_ref.ledger import BudgetSnapshot, TenantLedger
from calybris_ref.model import KernelDecision, KernelInput, KernelModel
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Record, columns

TAG_BYTES = 9
POLICY_TAG = b"calypol1\0"
INPUT_TAG = b"calyinp1\0"
DECISION_TAG = b"calydcn1\0"
LEDGER_TAG = b"calyldg1\0"
WATERMARK_TAG = b"calybris.ledger.wal-watermark.v1\0"

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
TENANT = Layout(TenantLedger)  # the amounts: the id has no fixed width
_LEDGER_HEAD = Struct("<QQQ")
_ID_LENGTH = Struct("<I")
_WATERMARK = Struct("<Q")


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


def ledger_preimage(snapshot: BudgetSnapshot) -> bytes:
    """33 bytes, 36 and its id per tenant, sorted by the bytes of the ids, and 41 with a watermark (DIGEST-8).

    Of tenants with one id, which no engine has, the earlier comes first.
    """
    parts = [LEDGER_TAG, _LEDGER_HEAD.pack(snapshot.version, len(snapshot.tenants), snapshot.active_reservations)]
    for tenant_id, tenant in sorted(
        ((tenant.tenant_id.encode(), tenant) for tenant in snapshot.tenants), key=itemgetter(0)
    ):
        parts += [_ID_LENGTH.pack(len(tenant_id)), tenant_id, TENANT.pack(tenant)]
    if snapshot.wal_high_watermark is not None:
        parts += [WATERMARK_TAG, _WATERMARK.pack(snapshot.wal_high_watermark)]
    return b"".join(parts)


class PreimageField(NamedTuple):
    """A field found in a preimage: the offset of its first byte, its length in bytes, its name and its value."""

    offset: int
    length: int
    name: str
    value: int | str


def dissect(preimage: bytes) -> list[PreimageField]:
    """The fields of a preimage; model k of a policy is named `models[k].…`, tenant k of a ledger `tenants[k].…`.

    DigestDecodeError DIGEST_TAG_UNKNOWN for a tag that is not one of these, which is never guessed (DIGEST-6);
    DIGEST_PREIMAGE_LENGTH_INVALID for a length that no record of the kind has.
    """
    tag = bytes(preimage[:TAG_BYTES])
    if tag == LEDGER_TAG:
        return _ledger_fields(preimage)
    if tag not in _HEADS:
        raise _unknown_tag(tag)
    head, repeated = _HEADS[tag]
    rest = len(preimage) - TAG_BYTES - head.size
    if rest < 0 or (rest % repeated.size if repeated else rest):
        raise _wrong_length(preimage)
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


class _Walk:
    """Takes a preimage field by field, for the one layout with a part of any length."""

    def __init__(self, preimage: bytes) -> None:
        self.preimage = preimage
        self.offset = TAG_BYTES
        self.found: list[PreimageField] = []

    def text(self, name: str, length: int) -> bytes:
        """The next bytes, shown as text."""
        data = self.preimage[self.offset : self.offset + length]
        if len(data) < length:
            raise _wrong_length(self.preimage)
        # Nothing but a damaged preimage holds an id that is not UTF-8, and that is worth showing, too.
        self.found.append(PreimageField(self.offset, length, name, data.decode(errors="backslashreplace")))
        self.offset += length
        return data

    def integer(self, name: str, length: int, signed: bool = False) -> int:
        """The next bytes as an integer."""
        value = int.from_bytes(self.text(name, length), "little", signed=signed)
        self.found[-1] = self.found[-1]._replace(value=value)
        return value


def _ledger_fields(preimage: bytes) -> list[PreimageField]:
    walk = _Walk(preimage)
    walk.integer("version", 8)
    tenants = walk.integer("tenant_count", 8)
    walk.integer("active_reservations", 8)
    for place in range(tenants):
        length = walk.integer(f"tenants[{place}].tenant_id_length", 4)
        walk.text(f"tenants[{place}].tenant_id", length)
        for name in TENANT.names:
            walk.integer(f"tenants[{place}].{name}", 8, signed=True)
    if walk.offset < len(preimage):
        tag = walk.text("watermark_tag", len(WATERMARK_TAG))
        if tag != WATERMARK_TAG:
            raise _unknown_tag(tag)
        walk.integer("wal_high_watermark", 8)
    if walk.offset < len(preimage):
        raise _wrong_length(preimage)
    return walk.found


def _unknown_tag(tag: bytes) -> DigestDecodeError:
    return DigestDecodeError(f"there is no tag {shown(tag)}", code="DIGEST_TAG_UNKNOWN", at="tag")


def _wrong_length(preimage: bytes) -> DigestDecodeError:
    return DigestDecodeError(
        f"no record with this tag has {len(preimage)} bytes", code="DIGEST_PREIMAGE_LENGTH_INVALID", at="preimage"
    )
