"""A line of an audited decision, step by step: a text that must stand there, then a value (LOG-1, LOG-9, VERIFY-5).

A line as a writer writes it is a fixed text with values in it. The table of its steps is made from the tables of the
records, and `wal_compiled` walks over it. A row of bytes holds what is read: the preimages of the request and of the
decision (DIGEST-4, DIGEST-5), then what the bundle says of the policy and of both digests.
"""

from collections.abc import Generator, Iterator
from typing import NamedTuple

from calybris_ref.layout import DECISION, DECISION_TAG, INPUT, INPUT_TAG
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.record import U64_WIDTH, Name, Record, columns
from calybris_ref.verify import AUDIT_SCHEMA_VERSION, DIGEST_ALGORITHM, PRODUCER, PROOF_VERSION, AuditBundle

# The kinds of a value: a plain integer, a name, a digest in hex, a text that is skipped, the rest of the line.
NUMBER, NAME, HEX, TEXT, REST = range(5)
HEX_BYTES = 64
_EPOCH_BYTES = 8

# Where the parts of a row begin.
INPUT_AT = 0
DECISION_AT = INPUT_AT + len(INPUT_TAG) + INPUT.size
POLICY_AT = DECISION_AT + len(DECISION_TAG) + DECISION.size
INPUT_DIGEST_AT = POLICY_AT + 2 * _EPOCH_BYTES + HEX_BYTES
DECISION_DIGEST_AT = INPUT_DIGEST_AT + HEX_BYTES
ROW_BYTES = DECISION_DIGEST_AT + HEX_BYTES

_BUNDLE_AT = {
    "policy_epoch": POLICY_AT,
    "catalog_epoch": POLICY_AT + _EPOCH_BYTES,
    "policy_digest_hex": POLICY_AT + 2 * _EPOCH_BYTES,
    "input_digest_hex": INPUT_DIGEST_AT,
    "decision_digest_hex": DECISION_DIGEST_AT,
}
# What every canonical bundle says, as it is written (VERIFY-5).
_CANONICAL = {
    "schema_version": f'"{AUDIT_SCHEMA_VERSION}"',
    "digest_algorithm": f'"{DIGEST_ALGORITHM}"',
    "proof_version": f"{PROOF_VERSION}",
    "created_by": f'"{PRODUCER}"',
    "replay_valid": "true",
}


class Step(NamedTuple):
    """A text, and the value behind it.

    The value goes to `offset` in the row, in `width` bytes. A number is at most `maximum`, and at least `minimum`.
    """

    literal: str
    kind: int
    offset: int = 0
    width: int = 0
    minimum: int = 0
    maximum: int = U64_WIDTH.maximum
    names: type[Name] | None = None


def steps() -> Iterator[Step]:
    """The steps of a line, its line feed left out."""
    yield Step('{"sequence":', NUMBER)
    yield Step(',"previous_hash":"', TEXT)
    yield Step('","entry_hash":"', TEXT)
    literal = '","data":{"audit":{'
    for column in columns(AuditBundle):
        literal += f'"{column.name}":'
        if column.name in _CANONICAL:
            literal += _CANONICAL[column.name] + ","
        elif column.kind is str:
            yield Step(literal + '"', HEX, _BUNDLE_AT[column.name], HEX_BYTES)
            literal = '",'
        else:
            yield Step(literal, NUMBER, _BUNDLE_AT[column.name], _EPOCH_BYTES)
            literal = ","
    literal = literal[:-1] + '},"input":{'
    literal = yield from _members(literal, KernelInput, INPUT_AT + len(INPUT_TAG))
    literal = yield from _members(literal + '},"decision":{', KernelDecision, DECISION_AT + len(DECISION_TAG))
    yield Step(literal + '},"metadata":', REST)


def _members(literal: str, record: type[Record], offset: int) -> Generator[Step, None, str]:
    """The steps of a record; the text behind its last value."""
    for column in columns(record):
        if column.width is None:
            raise AssertionError(f"{column.name} has no width")
        width = (column.width.maximum.bit_length() + 7) // 8
        literal += f'"{column.name}":'
        if issubclass(column.kind, Name):
            yield Step(literal + '"', NAME, offset, width, names=column.kind)
            literal = '",'
        else:
            yield Step(literal, NUMBER, offset, width, column.width.minimum, column.width.maximum)
            literal = ","
        offset += width
    return literal[:-1]
