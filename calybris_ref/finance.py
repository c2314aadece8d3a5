"""What an auditor files about a ledger: the proof that no money was lost, and certificates of what was spent.

Clauses FIN-1 … FIN-3. Sums over all tenants are exact; a total that no i64 holds is said to be so and never cut off.
"""

from dataclasses import dataclass

from calybris_ref.budget import BudgetEngine
from calybris_ref.digest import ledger_digest
from calybris_ref.errors import ConservationError, shown
from calybris_ref.ledger import BudgetSnapshot, conservation_finding, conservation_status, fits_i64
from calybris_ref.outcomes import AggregateOverflow, Balanced
from calybris_ref.record import I64, U64, Record


@dataclass(frozen=True, slots=True)
class ConservationProof(Record):
    """A ledger in balance: its digest and its totals in microcents (FIN-1)."""

    ledger_digest_hex: str
    snapshot_version: U64
    tenant_count: U64
    active_reservations: U64
    total_initial_microcents: I64
    total_committed_microcents: I64
    aggregate_totals_representable: bool


@dataclass(frozen=True, slots=True)
class FinancialCertificate(Record):
    """A ledger as it is, balanced or not: its digest, its totals, and what was spent since the last one (FIN-2).

    Totals that are not representable are both 0, and the ledger is not called balanced then.
    """

    snapshot_version: U64
    ledger_digest_hex: str
    tenant_count: U64
    active_reservations: U64
    conservation_balanced: bool
    total_initial_microcents: I64
    total_committed_microcents: I64
    aggregate_totals_representable: bool
    committed_since_last_certificate: I64


def prove_conservation(engine: BudgetEngine) -> ConservationProof:
    """Take one snapshot and prove it; ConservationError for one that cannot be proved (FIN-1)."""
    return prove_snapshot(engine.snapshot())


def prove_snapshot(snapshot: BudgetSnapshot) -> ConservationProof:
    """The proof of a snapshot that is already there; ConservationError for one that cannot be proved (FIN-1)."""
    place, finding = conservation_finding(snapshot)
    if not isinstance(finding, Balanced):
        tenant_id = snapshot.tenants[place].tenant_id
        raise ConservationError(
            f"the money of {shown(tenant_id)} is not in balance",
            code="FINANCE_LEDGER_UNBALANCED",
            at=f"tenants[{place}]",
            status=finding,
            tenant_id=tenant_id,
        )
    total_initial, total_committed = _totals(snapshot)
    if not (fits_i64(total_initial) and fits_i64(total_committed)):
        raise ConservationError(
            "a total over all tenants is no i64",
            code="FINANCE_TOTALS_OVERFLOW",
            at="tenants",
            status=AggregateOverflow(),
        )
    return ConservationProof(
        ledger_digest_hex=ledger_digest(snapshot).hex(),
        snapshot_version=snapshot.version,
        tenant_count=len(snapshot.tenants),
        active_reservations=snapshot.active_reservations,
        total_initial_microcents=total_initial,
        total_committed_microcents=total_committed,
        aggregate_totals_representable=True,
    )


def certify_ledger(engine: BudgetEngine) -> FinancialCertificate:
    """Take one snapshot, certify it, and move the baseline of the next certificate to it, in one step (FIN-3)."""
    snapshot, committed_since = engine.snapshot_for_certificate()
    return certify_snapshot(snapshot, isinstance(conservation_status(snapshot), Balanced), committed_since)


def certify_snapshot(
    snapshot: BudgetSnapshot, conservation_balanced: bool, committed_since_last_certificate: int
) -> FinancialCertificate:
    """The certificate of a snapshot, the two last values as given; never refuses (FIN-2)."""
    total_initial, total_committed = _totals(snapshot)
    representable = fits_i64(total_initial) and fits_i64(total_committed)
    return FinancialCertificate(
        snapshot_version=snapshot.version,
        ledger_digest_hex=ledger_digest(snapshot).hex(),
        tenant_count=len(snapshot.tenants),
        active_reservations=snapshot.active_reservations,
        conservation_balanced=conservation_balanced and representable,
        total_initial_microcents=total_initial if representable else 0,
        total_committed_microcents=total_committed if representable else 0,
        aggregate_totals_representable=representable,
        committed_since_last_certificate=committed_since_last_certificate,
    )


def _totals(snapshot: BudgetSnapshot) -> tuple[int, int]:
    """What all tenants were ever granted, and what they ever spent: exact."""
    tenants = snapshot.tenants
    return sum(tenant.initial_microcents for tenant in tenants), sum(tenant.committed_microcents for tenant in tenants)
