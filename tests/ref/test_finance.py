"""calybris_ref.finance: conservation proofs, certificates and their baseline (FIN-1 … FIN-3)."""

import pytest

from calybris_ref import (
    AggregateOverflow,
    BudgetEngine,
    Committed,
    ConservationError,
    Violation,
    WidthError,
    certify_ledger,
    certify_snapshot,
    ledger_digest,
    prove_conservation,
    prove_snapshot,
)
from tests.support.ledgers import engine, snapshot, tenant
from tests.support.records import I64_MAX, I64_MIN


def spent(ledger: BudgetEngine, amount: int, tenant_id: str = "acme") -> None:
    assert isinstance(ledger.commit(ledger.try_reserve(tenant_id, amount)[1], amount), Committed)


def test_a_proof_is_about_one_new_snapshot() -> None:
    ledger = engine(acme=100, b=50)
    spent(ledger, 30)
    ledger.try_reserve("b", 1)
    proof = prove_conservation(ledger)
    assert ledger.snapshot_version == proof.snapshot_version == 1
    assert proof.to_dict() == {
        "ledger_digest_hex": proof.ledger_digest_hex,
        "snapshot_version": 1,
        "tenant_count": 2,
        "active_reservations": 1,
        "total_initial_microcents": 150,
        "total_committed_microcents": 30,
        "aggregate_totals_representable": True,
    }
    shown = snapshot([tenant("acme", 100, 70, 0, 30), tenant("b", 50, 49, 1, 0)], active_reservations=1)
    assert proof.ledger_digest_hex == ledger_digest(shown).hex()
    assert proof == prove_snapshot(shown)


@pytest.mark.parametrize(
    ("tenants", "code", "at", "status", "tenant_id"),
    [
        ([tenant("a"), tenant("b", 1)], "FINANCE_LEDGER_UNBALANCED", "tenants[1]", Violation("b", -1), "b"),
        ([tenant("a", 0, I64_MAX, 1, 0)], "FINANCE_LEDGER_UNBALANCED", "tenants[0]", AggregateOverflow(), "a"),
        # balance is asked first
        (
            [tenant("a", I64_MAX, I64_MAX), tenant("b", I64_MAX, I64_MAX), tenant("c", 1)],
            "FINANCE_LEDGER_UNBALANCED",
            "tenants[2]",
            Violation("c", -1),
            "c",
        ),
        (
            [tenant("a", I64_MAX, I64_MAX), tenant("b", 1, 1)],
            "FINANCE_TOTALS_OVERFLOW",
            "tenants",
            AggregateOverflow(),
            None,
        ),
        # committed alone: a negative reserved makes room in initial
        (
            [tenant("a", 0, 0, -I64_MAX, I64_MAX), tenant("b", 0, 0, -1, 1)],
            "FINANCE_TOTALS_OVERFLOW",
            "tenants",
            AggregateOverflow(),
            None,
        ),
        (
            [tenant("a", I64_MIN, 0, I64_MIN, 0), tenant("b", -1, 0, -1, 0)],
            "FINANCE_TOTALS_OVERFLOW",
            "tenants",
            AggregateOverflow(),
            None,
        ),
    ],
)
def test_what_cannot_be_proved(
    tenants: list[object], code: str, at: str, status: object, tenant_id: str | None
) -> None:
    with pytest.raises(ConservationError) as refused:
        prove_snapshot(snapshot(tenants))  # type: ignore[arg-type]  # a table of tenants
    error = refused.value
    assert (error.code, error.at, error.status, error.tenant_id) == (code, at, status, tenant_id)


def test_the_largest_totals_are_proved_and_sums_are_exact_on_the_way() -> None:
    tenants = [tenant("a", I64_MAX, I64_MAX), tenant("b", 1, 1), tenant("c", -1, 0, -1, 0)]
    assert prove_snapshot(snapshot(tenants)).total_initial_microcents == I64_MAX


@pytest.mark.parametrize("balanced", [True, False])
def test_a_certificate_says_what_it_is_told(balanced: bool) -> None:
    shown = snapshot([tenant("a", 9, 1, 0, 1)], version=4, active_reservations=2, wal_high_watermark=3)
    assert certify_snapshot(shown, balanced, -7).to_dict() == {
        "snapshot_version": 4,
        "ledger_digest_hex": ledger_digest(shown).hex(),
        "tenant_count": 1,
        "active_reservations": 2,
        "conservation_balanced": balanced,
        "total_initial_microcents": 9,
        "total_committed_microcents": 1,
        "aggregate_totals_representable": True,
        "committed_since_last_certificate": -7,
    }


@pytest.mark.parametrize(
    "tenants",
    [
        [tenant("a", I64_MAX, I64_MAX), tenant("b", 1, 1)],
        [tenant("a", 0, 0, -I64_MAX, I64_MAX), tenant("b", 0, 0, -1, 1)],
    ],
    ids=["initial", "committed"],
)
def test_totals_that_do_not_fit_are_both_0_and_not_balanced(tenants: list[object]) -> None:
    certificate = certify_snapshot(snapshot(tenants), True, 5)  # type: ignore[arg-type]  # a table of tenants
    assert (certificate.total_initial_microcents, certificate.total_committed_microcents) == (0, 0)
    assert (certificate.aggregate_totals_representable, certificate.conservation_balanced) == (False, False)
    assert certificate.committed_since_last_certificate == 5


def test_what_was_committed_is_an_i64() -> None:
    with pytest.raises(WidthError):
        certify_snapshot(snapshot(), True, I64_MAX + 1)


def test_a_certificate_moves_the_baseline() -> None:
    ledger = engine(acme=100)
    spent(ledger, 30)
    first = certify_ledger(ledger)
    assert (first.snapshot_version, first.conservation_balanced, first.committed_since_last_certificate) == (
        1,
        True,
        30,
    )
    assert ledger.committed_since_last_certificate == 0
    spent(ledger, 5)
    assert ledger.committed_since_last_certificate == 5
    assert prove_conservation(ledger).total_committed_microcents == 35
    assert certify_ledger(ledger).committed_since_last_certificate == 5, "a proof does not move it"
    assert certify_ledger(ledger).committed_since_last_certificate == 0


def test_growth_beyond_the_largest_total_is_not_seen() -> None:
    ledger = engine(a=I64_MAX, b=I64_MAX)
    spent(ledger, I64_MAX, "a")
    assert certify_ledger(ledger).committed_since_last_certificate == I64_MAX
    spent(ledger, 9, "b")
    certificate = certify_ledger(ledger)
    assert certificate.committed_since_last_certificate == 0
    assert not certificate.aggregate_totals_representable


def test_a_restore_is_certified() -> None:
    ledger = engine(acme=100)
    spent(ledger, 30)
    ledger.restore_from_snapshot(snapshot([tenant("acme", 100, 90, 0, 10)]))
    spent(ledger, 2)
    assert certify_ledger(ledger).committed_since_last_certificate == 2
