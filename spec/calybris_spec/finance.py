"""What is filed about a ledger: proofs of conservation, certificates, and the baseline between them (FIN-1 … FIN-3)."""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.integers import I64_MAX, WIDTHS, holds, i64, u64
from calybris_spec.ledger_layout import ledger_digest_hex
from calybris_spec.logic import NONE, first, implies, no, within
from calybris_spec.snapshot import BALANCED, Finding, LedgerSnapshot, account_of, first_finding

AMOUNT = WIDTHS["i64"]

REFUSALS = (
    ACCEPTED,
    Refusal("FINANCE_LEDGER_UNBALANCED", "tenants[{}]"),
    Refusal("FINANCE_TOTALS_OVERFLOW", "tenants"),
)
LEDGER_UNBALANCED, TOTALS_OVERFLOW = 1, 2


class ConservationProof(NamedTuple):
    """That a ledger balances, and what it adds up to (FIN-1)."""

    ledger_digest_hex: str
    snapshot_version: u64
    tenant_count: u64
    active_reservations: u64
    total_initial_microcents: i64
    total_committed_microcents: i64
    aggregate_totals_representable: bool


class Certificate(NamedTuple):
    """What is certified of a ledger, balanced or not (FIN-2)."""

    snapshot_version: u64
    ledger_digest_hex: str
    tenant_count: u64
    active_reservations: u64
    conservation_balanced: bool
    total_initial_microcents: i64
    total_committed_microcents: i64
    aggregate_totals_representable: bool
    committed_since_last_certificate: i64


class Totals(NamedTuple):
    """The sums over all tenants as they are shown, and whether both fit 64 bits."""

    initial: int
    committed: int
    are_representable: bool


class Baseline(NamedTuple):
    """What was committed since the last certificate, and the baseline of the next one (FIN-3)."""

    committed_since: int
    baseline: int


@ensure(
    lambda initial, committed, result: result.are_representable == holds(AMOUNT, initial) & holds(AMOUNT, committed)
)
@ensure(
    lambda initial, committed, result: implies(
        result.are_representable, (result.initial == initial) & (result.committed == committed)
    )
)
@ensure(lambda result: implies(no(result.are_representable), (result.initial == 0) & (result.committed == 0)))
def shown_totals(initial: int, committed: int) -> Totals:
    """Return exact sums as they are shown: both 0 when one does not fit (FIN-2)."""
    fit = holds(AMOUNT, initial) & holds(AMOUNT, committed)
    return Totals(initial, committed, fit) if fit else Totals(0, 0, fit)


def totals(snapshot: LedgerSnapshot) -> Totals:
    """Return the sums over all tenants (FIN-1, FIN-2)."""
    initial = sum([tenant.initial_microcents for tenant in snapshot.tenants])
    return shown_totals(initial, sum([tenant.committed_microcents for tenant in snapshot.tenants]))


@ensure(lambda is_balanced, result: (result == LEDGER_UNBALANCED) == no(is_balanced))
@ensure(lambda is_balanced, fit, result: (result == TOTALS_OVERFLOW) == is_balanced & no(fit))
@ensure(lambda result: within(NONE, result, TOTALS_OVERFLOW))
def proof_row(is_balanced: bool, fit: bool) -> int:
    """Return the row of REFUSALS that applies first (FIN-1)."""
    return first((no(is_balanced), no(fit)))


def proof_problem(snapshot: LedgerSnapshot) -> Finding:
    """Return why there is no proof of this snapshot, and the tenant that it is about (FIN-1)."""
    found = first_finding(tuple([account_of(tenant) for tenant in snapshot.tenants]))
    return Finding(proof_row(found.row == BALANCED, totals(snapshot).are_representable), found.place)


def prove(snapshot: LedgerSnapshot) -> ConservationProof:
    """Return the proof of a snapshot for which `proof_problem` finds nothing (FIN-1)."""
    sums = totals(snapshot)
    return ConservationProof(
        ledger_digest_hex=ledger_digest_hex(snapshot),
        snapshot_version=snapshot.version,
        tenant_count=len(snapshot.tenants),
        active_reservations=snapshot.active_reservations,
        total_initial_microcents=sums.initial,
        total_committed_microcents=sums.committed,
        aggregate_totals_representable=sums.are_representable,
    )


def certify(snapshot: LedgerSnapshot, is_balanced: bool, committed_since: int) -> Certificate:
    """Return the certificate of a snapshot; it never fails (FIN-2)."""
    sums = totals(snapshot)
    return Certificate(
        snapshot_version=snapshot.version,
        ledger_digest_hex=ledger_digest_hex(snapshot),
        tenant_count=len(snapshot.tenants),
        active_reservations=snapshot.active_reservations,
        conservation_balanced=is_balanced & sums.are_representable,
        total_initial_microcents=sums.initial,
        total_committed_microcents=sums.committed,
        aggregate_totals_representable=sums.are_representable,
        committed_since_last_certificate=committed_since,
    )


@require(lambda total: total >= 0)
@ensure(lambda total, result: implies(total <= I64_MAX, result == total) & implies(total > I64_MAX, result == I64_MAX))
def saturated_total(total: int) -> int:
    """Return what all tenants ever spent, as an i64 (LEDGER-8, FIN-3)."""
    return min(total, I64_MAX)


@require(lambda total, baseline: within(0, total, I64_MAX) & within(0, baseline, I64_MAX))
@ensure(lambda baseline, result: (result.committed_since >= 0) & (result.baseline >= baseline))
@ensure(
    lambda total, baseline, result: (result.baseline == total) | ((total < baseline) & (result.baseline == baseline))
)
@ensure(lambda baseline, result: result.committed_since == result.baseline - baseline)
def certified(total: int, baseline: int) -> Baseline:
    """Return what was committed since the baseline, and the new one: it never moves back (FIN-3)."""
    return Baseline(max(total - baseline, 0), max(total, baseline))
