"""A ledger is read back from its bytes although its ids have no fixed length (DIGEST-8)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.integers import U64_MAX
from calybris_spec.layout import Bytes, decode, from_little_endian
from calybris_spec.ledger import Account
from calybris_spec.ledger_layout import (
    AMOUNT,
    COUNT,
    LEDGER_TAG,
    LENGTH,
    WATERMARK_TAG,
    account_bytes,
    header_bytes,
    ledger_bytes,
    tenant_bytes,
    watermark_bytes,
)
from calybris_spec.logic import implies, within
from calybris_spec.snapshot import LedgerSnapshot, Tenant, has_widths
from calybris_spec.theorems.layout import are_bytes, differ, equal

AMOUNTS = (AMOUNT,) * 4


@require(lambda version, count, holds: all([within(0, value, U64_MAX) for value in (version, count, holds)]))
@ensure(lambda result: result)
def a_header_is_read_back_from_its_bytes(version: int, count: int, holds: int) -> bool:
    """Version, number of tenants, number of holds, behind the tag."""
    raw = header_bytes(version, count, holds)
    return equal(raw[:9], LEDGER_TAG) & equal(decode(raw[9:], (COUNT,) * 3), (version, count, holds))


@require(lambda account: has_widths(account))
@ensure(lambda result: result)
def an_account_is_read_back_from_its_bytes(account: Account) -> bool:
    """decode ∘ encode = id: 32 bytes, initial, remaining, reserved, committed; negative ones too."""
    raw = account_bytes(account)
    return are_bytes(raw) & equal(decode(raw, AMOUNTS), account)


@require(lambda name, account: are_bytes(name) & has_widths(account))
@ensure(lambda result: result)
def a_tenant_is_read_back_from_its_bytes(name: tuple[int, int, int], account: Account) -> bool:
    """The length says where the id ends: a reader needs nothing else."""
    raw = tenant_bytes(name, account)
    length = from_little_endian(raw[:4], LENGTH)
    return (length == 3) & equal(raw[4:7], name) & equal(decode(raw[7:], AMOUNTS), account) & (len(raw) == 39)


@require(lambda name, other: are_bytes(name) & are_bytes(other) & differ(name, other))
@require(lambda account: has_widths(account))
@ensure(lambda result: result)
def different_ids_have_different_bytes(name: tuple[int, int], other: tuple[int, int], account: Account) -> bool:
    """Of the same length; of another length the first four bytes differ."""
    shorter = tenant_bytes(name[:1], account)
    return differ(tenant_bytes(name, account), tenant_bytes(other, account)) & differ(
        tenant_bytes(name, account)[:4], shorter[:4]
    )


@require(lambda one, other: has_widths(one) & has_widths(other) & differ(one, other))
@ensure(lambda result: result)
def different_amounts_have_different_bytes(one: Account, other: Account) -> bool:
    """Injective."""
    return differ(account_bytes(one), account_bytes(other))


@require(lambda watermark: within(0, watermark, U64_MAX))
@ensure(lambda result: result)
def a_watermark_is_read_back_and_none_is_not_zero(watermark: int) -> bool:
    """41 bytes more, also for 0; without one nothing follows."""
    raw = watermark_bytes(watermark)
    ledger = LedgerSnapshot(1, (), 0, None)
    marked, bare = ledger_bytes(ledger._replace(wal_high_watermark=watermark)), ledger_bytes(ledger)
    return (
        equal(raw[:33], WATERMARK_TAG)
        & equal(decode(raw[33:], (COUNT,)), (watermark,))
        & equal(marked, bare + raw)
        & (len(bare) == 33)
    )


@require(lambda one, other: has_widths(one) & has_widths(other))
@ensure(lambda result: result)
def tenants_stand_by_the_bytes_of_their_ids(one: Account, other: Account) -> bool:
    """Whatever their order in the snapshot; U+FFFF before U+1F600, as bytes have it and UTF-16 has not."""
    low, high = Tenant("\uffff", *one), Tenant("\U0001f600", *other)
    names: tuple[Bytes, Bytes] = (tuple("\uffff".encode()), tuple("\U0001f600".encode()))
    raw = ledger_bytes(LedgerSnapshot(1, (high, low), 0, None))
    again = ledger_bytes(LedgerSnapshot(1, (low, high), 0, None))
    expected = header_bytes(1, 2, 0) + tenant_bytes(names[0], one) + tenant_bytes(names[1], other)
    return equal(raw, expected) & equal(again, expected)


@require(lambda version, other: within(0, version, U64_MAX) & within(0, other, U64_MAX))
@ensure(lambda result: result)
def another_version_has_other_bytes(version: int, other: int) -> bool:
    """Two snapshots of one ledger are told apart."""
    raws = [ledger_bytes(LedgerSnapshot(number, (), 0, None)) for number in (version, other)]
    return implies(version != other, differ(raws[0], raws[1]))
