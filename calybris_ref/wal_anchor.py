"""An anchor: where a log ended, kept elsewhere, because a chain cannot show that its tail was cut off (LOG-11)."""

import json
from dataclasses import dataclass
from typing import Self

from calybris_ref.errors import CalybrisError
from calybris_ref.errors_wal import AnchorMismatch
from calybris_ref.record import U64, Record
from calybris_ref.wal_json import NotJsonError, flat_object
from calybris_ref.wal_line import WalHead, same_hash

ANCHOR_SCHEMA_VERSION = "calybris.wal-anchor.v1"


@dataclass(frozen=True, slots=True)
class WalAnchor(Record):
    """The head of a log at one moment, and whether the log has a key."""

    schema_version: str
    sequence: U64
    last_hash: str
    keyed: bool

    @classmethod
    def of(cls, head: WalHead, *, keyed: bool) -> Self:
        """The anchor of a log that ends with this head."""
        return cls(ANCHOR_SCHEMA_VERSION, head.sequence, head.last_hash, keyed)

    def check_schema(self) -> None:
        """Raise AnchorMismatch for an anchor of another schema; asked before the log is read."""
        if self.schema_version != ANCHOR_SCHEMA_VERSION:
            raise AnchorMismatch(
                f"an anchor of this version has the schema {ANCHOR_SCHEMA_VERSION}",
                code="LOG_ANCHOR_SCHEMA_UNKNOWN",
                at="anchor.schema_version",
                expected=ANCHOR_SCHEMA_VERSION,
                found=self.schema_version,
            )

    def check(self, head: WalHead, *, keyed: bool) -> None:
        """Raise AnchorMismatch unless a log ends with this head, and was read with a key as the anchor says."""
        self.check_schema()
        if head.sequence != self.sequence:
            raise _mismatch("sequence", self.sequence, head.sequence)
        if not same_hash(head.last_hash, self.last_hash):
            raise _mismatch("last_hash", self.last_hash, head.last_hash)
        if keyed != self.keyed:
            raise _mismatch("keyed", self.keyed, keyed)

    def to_json(self) -> bytes:
        """The anchor as a file holds it: one JSON object, two spaces per level, no line feed at its end."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, file: bytes) -> Self:
        """The inverse of `to_json`, for any white space and key order; AnchorMismatch for anything else."""
        try:
            return cls.from_dict(flat_object(file.decode()))
        except (NotJsonError, UnicodeDecodeError, CalybrisError) as error:
            raise AnchorMismatch(f"it is no anchor: {error}", code="LOG_ANCHOR_MALFORMED", at="file") from None


def _mismatch(field: str, expected: object, found: object) -> AnchorMismatch:
    return AnchorMismatch(
        f"the anchor says {expected}, and the log {found}",
        code="LOG_ANCHOR_MISMATCH",
        at=f"anchor.{field}",
        sequence=None,
        expected=expected,
        found=found,
    )
