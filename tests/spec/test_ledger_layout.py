"""The bytes of a ledger against the wheel's own digest, and against the page (DIGEST-8)."""

import hashlib

import pytest
from calybris import _core as wheel

from calybris_spec.ledger_layout import ledger_bytes, ledger_digest_hex
from calybris_spec.snapshot import LedgerSnapshot, Tenant


def test_the_published_implementation_hashes_the_same_bytes() -> None:
    engine = wheel.BudgetEngine()
    for name, budget in (("é", 7), ("acme", 100), ("", 1), ("\uffff", 2), ("\U0001f600", 3)):
        engine.ensure_tenant(name, budget)
    engine.try_reserve("acme", 30)
    tenants = tuple(Tenant(**tenant) for tenant in reversed(engine.snapshot()["tenants"]))
    proof = engine.prove_conservation()
    assert ledger_digest_hex(LedgerSnapshot(proof["snapshot_version"], tenants, 1, None)) == proof["ledger_digest_hex"]


@pytest.mark.parametrize(
    ("watermark", "more"), [(None, ""), (0, "00" * 8), (2**64 - 1, "ff" * 8)], ids=["none", "zero", "most"]
)
def test_a_watermark_comes_last(watermark: int | None, more: str) -> None:
    raw = bytes(ledger_bytes(LedgerSnapshot(1, (), 0, watermark)))
    tag = b"calybris.ledger.wal-watermark.v1\0" if watermark is not None else b""
    assert raw == b"calyldg1\0" + (1).to_bytes(8, "little") + bytes(16) + tag + bytes.fromhex(more)


def test_equal_ids_keep_their_order() -> None:
    one, other = Tenant("a", 1, 1, 0, 0), Tenant("a", 2, 2, 0, 0)
    assert ledger_bytes(LedgerSnapshot(1, (one, other), 0, None)) != ledger_bytes(
        LedgerSnapshot(1, (other, one), 0, None)
    )


def test_a_long_id_has_a_long_length() -> None:
    raw = bytes(ledger_bytes(LedgerSnapshot(1, (Tenant("é" * 40_000, 0, 0, 0, 0),), 0, None)))
    assert raw[33:37] == (80_000).to_bytes(4, "little")
    assert len(raw) == 33 + 36 + 80_000
    assert hashlib.sha256(raw).hexdigest() == ledger_digest_hex(
        LedgerSnapshot(1, (Tenant("é" * 40_000, 0, 0, 0, 0),), 0, None)
    )
