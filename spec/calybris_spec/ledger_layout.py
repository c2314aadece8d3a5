"""The bytes behind the digest of a ledger (DIGEST-8).

Unlike the other layouts it holds texts: an id stands behind the number of its bytes, so no two ledgers share their
bytes although ids have no fixed length.
"""

from __future__ import annotations

from hashlib import sha256

from icontract import ensure, require

from calybris_spec.integers import U64_MAX, WIDTHS, holds
from calybris_spec.layout import Bytes, encode, little_endian
from calybris_spec.ledger import Account
from calybris_spec.logic import within
from calybris_spec.snapshot import LedgerSnapshot, Tenant, account_of, has_widths

LEDGER_TAG: Bytes = tuple(b"calyldg1\0")
WATERMARK_TAG: Bytes = tuple(b"calybris.ledger.wal-watermark.v1\0")
LENGTH, COUNT, AMOUNT = WIDTHS["u32"], WIDTHS["u64"], WIDTHS["i64"]
HEADER_BYTES, TENANT_BYTES, WATERMARK_BYTES = 33, 36, 41
"""How long the parts are; a tenant takes 36 bytes and those of its id."""


@require(
    lambda version, count, reservations: all([within(0, value, U64_MAX) for value in (version, count, reservations)])
)
@ensure(lambda result: len(result) == HEADER_BYTES)
def header_bytes(version: int, count: int, reservations: int) -> Bytes:
    """Return the tag, the version, the number of tenants and that of open holds (DIGEST-8)."""
    return LEDGER_TAG + encode((version, count, reservations), (COUNT, COUNT, COUNT))


@require(lambda account: has_widths(account))
@ensure(lambda result: len(result) == TENANT_BYTES - 4)
def account_bytes(account: Account) -> Bytes:
    """Return the 32 bytes of a tenant's money (DIGEST-8)."""
    return encode(account, (AMOUNT,) * 4)


def tenant_bytes(name: Bytes, account: Account) -> Bytes:
    """Return the length of an id in bytes, the id, and the money (DIGEST-8)."""
    return little_endian(len(name), LENGTH) + name + account_bytes(account)


@require(lambda watermark: holds(COUNT, watermark))
@ensure(lambda result: len(result) == WATERMARK_BYTES)
def watermark_bytes(watermark: int) -> Bytes:
    """Return what a watermark adds, also one of 0 (DIGEST-8)."""
    return WATERMARK_TAG + little_endian(watermark, COUNT)


def name_bytes(tenant: Tenant) -> Bytes:
    """Return the UTF-8 bytes of a tenant's id: what tenants are sorted by."""
    return tuple(tenant.tenant_id.encode())


def ledger_bytes(snapshot: LedgerSnapshot) -> Bytes:
    """Return the bytes of a ledger, its tenants by the bytes of their ids; equal ids keep their order (DIGEST-8)."""
    by_bytes = sorted(snapshot.tenants, key=name_bytes)
    rows = tuple([byte for tenant in by_bytes for byte in tenant_bytes(name_bytes(tenant), account_of(tenant))])
    head = header_bytes(snapshot.version, len(snapshot.tenants), snapshot.active_reservations)
    mark = snapshot.wal_high_watermark
    return head + rows + (() if mark is None else watermark_bytes(mark))


def ledger_digest_hex(snapshot: LedgerSnapshot) -> str:
    """Return the SHA-256 of the ledger's bytes, 64 lowercase hex characters (DIGEST-8)."""
    return sha256(bytes(ledger_bytes(snapshot))).hexdigest()
