"""Proofs and certificates at the ends of 64 bits (FIN-1 … FIN-3)."""

import pytest

from calybris_spec.finance import REFUSALS, certified, certify, proof_problem, prove, totals
from calybris_spec.ledger_layout import ledger_digest_hex
from calybris_spec.snapshot import LedgerSnapshot, Tenant

LOW, MOST = -(2**63), 2**63 - 1


def of(*tenants: Tenant) -> LedgerSnapshot:
    return LedgerSnapshot(3, tenants, 1, 9)


@pytest.mark.parametrize(
    ("tenants", "shown"),
    [
        ((), (0, 0, True)),
        ((Tenant("a", MOST, 0, 0, MOST),), (MOST, MOST, True)),
        ((Tenant("a", MOST, 0, 0, MOST), Tenant("b", 1, 1, 0, 0)), (0, 0, False)),
        ((Tenant("a", 1, 0, 0, MOST), Tenant("b", 1, 1, 0, 1)), (0, 0, False)),
        ((Tenant("a", MOST, 0, 0, MOST), Tenant("b", -1, 0, 0, -1)), (MOST - 1, MOST - 1, True)),
        ((Tenant("a", LOW, 0, 0, LOW),), (LOW, LOW, True)),
        ((Tenant("a", LOW, 0, 0, 0), Tenant("b", -1, 0, 0, 0)), (0, 0, False)),
    ],
)
def test_totals(tenants: tuple[Tenant, ...], shown: tuple[int, int, bool]) -> None:
    assert totals(of(*tenants)) == shown


@pytest.mark.parametrize(
    ("tenants", "refusal"),
    [
        ((Tenant("a", 1, 1, 0, 0), Tenant("b", 1, 0, 0, 0)), "FINANCE_LEDGER_UNBALANCED at tenants[1]"),
        ((Tenant("a", MOST, MOST, 0, 1), Tenant("b", MOST, MOST, 0, 0)), "FINANCE_LEDGER_UNBALANCED at tenants[0]"),
        ((Tenant("a", MOST, MOST, 0, 0), Tenant("b", 1, 1, 0, 0)), "FINANCE_TOTALS_OVERFLOW at tenants"),
        ((Tenant("a", MOST, MOST, 0, 0),), ""),
    ],
)
def test_what_a_proof_is_refused_for(tenants: tuple[Tenant, ...], refusal: str) -> None:
    found = proof_problem(of(*tenants))
    said = REFUSALS[found.row]
    assert (f"{said.code} at {said.at.format(found.place)}" if said.code else "") == refusal


def test_a_proof_and_a_certificate() -> None:
    ledger = of(Tenant("b", 7, 3, 2, 2), Tenant("a", 4, 0, 0, 4))
    digest = ledger_digest_hex(ledger)
    assert prove(ledger) == (digest, 3, 2, 1, 11, 6, True)
    assert certify(ledger, True, 5) == (3, digest, 2, 1, True, 11, 6, True, 5)
    assert certify(ledger, False, -1) == (3, digest, 2, 1, False, 11, 6, True, -1)


def test_a_baseline_never_moves_back() -> None:
    assert certified(10, 4) == (6, 10)
    assert certified(4, 10) == (0, 10)
