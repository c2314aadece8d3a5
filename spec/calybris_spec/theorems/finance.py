"""Totals are exact or absent, a proof is refused for one reason, a baseline never moves back (FIN-1 … FIN-3)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.finance import (
    LEDGER_UNBALANCED,
    TOTALS_OVERFLOW,
    certified,
    certify,
    proof_problem,
    prove,
    saturated_total,
    shown_totals,
    totals,
)
from calybris_spec.integers import I64_MAX, holds
from calybris_spec.ledger import AMOUNT, Account, is_account
from calybris_spec.logic import NONE, implies, no, within
from calybris_spec.snapshot import LedgerSnapshot, Tenant, first_finding, has_widths

DIGEST = "ledger_digest_hex"


def of_two(one: Account, other: Account) -> LedgerSnapshot:
    """Return a ledger of two tenants."""
    return LedgerSnapshot(1, (Tenant("a", *one), Tenant("b", *other)), 0, None)


@require(lambda one, other: has_widths(one) & has_widths(other))
@ensure(lambda result: result)
def totals_are_the_sums_or_both_absent(one: Account, other: Account) -> bool:
    """One sum that does not fit takes the other with it; nothing saturates or wraps (FIN-2)."""
    shown = totals(of_two(one, other))
    initial = one.initial_microcents + other.initial_microcents
    committed = one.committed_microcents + other.committed_microcents
    fit = within(-(2**63), initial, 2**63 - 1) & within(-(2**63), committed, 2**63 - 1)
    return (shown.are_representable == fit) & (shown.initial == initial * fit) & (shown.committed == committed * fit)


@require(lambda one, other: is_account(one) & is_account(other))
@ensure(lambda result: result)
def a_ledger_that_an_engine_kept_is_refused_for_its_totals_only(one: Account, other: Account) -> bool:
    """Of whole accounts there is always a proof, unless 64 bits do not hold what they add up to (FIN-1)."""
    row = proof_problem(of_two(one, other)).row
    return (row == TOTALS_OVERFLOW) == (one.initial_microcents + other.initial_microcents > I64_MAX) & (
        row != LEDGER_UNBALANCED
    )


@require(lambda one, other: has_widths(one) & has_widths(other))
@ensure(lambda result: result)
def the_balance_is_asked_before_the_totals(one: Account, other: Account) -> bool:
    """And the tenant that is named is the first that does not balance (FIN-1)."""
    found = proof_problem(of_two(one, other))
    unbalanced = first_finding((one, other))
    fit = totals(of_two(one, other)).are_representable
    return all(
        [
            (found.row == LEDGER_UNBALANCED) == (unbalanced.row != NONE),
            implies(found.row == LEDGER_UNBALANCED, found.place == unbalanced.place),
            (found.row == TOTALS_OVERFLOW) == (unbalanced.row == NONE) & no(fit),
        ]
    )


@require(lambda initial, committed: holds(AMOUNT, initial) & holds(AMOUNT, committed))
@ensure(lambda result: result)
def totals_that_fit_are_shown_as_they_are(initial: int, committed: int) -> bool:
    """Also negative ones: a snapshot may come from anywhere (FIN-2)."""
    return shown_totals(initial, committed) == (initial, committed, True)


@require(lambda first, growth, baseline: (first >= 0) & (growth >= 0) & within(0, baseline, I64_MAX))
@require(lambda first, baseline: saturated_total(first) >= baseline)
@ensure(lambda result: result)
def certificates_add_up(first: int, growth: int, baseline: int) -> bool:
    """What two certificates say was committed is what was committed between the first baseline and now (FIN-3)."""
    one = certified(saturated_total(first), baseline)
    other = certified(saturated_total(first + growth), one.baseline)
    return one.committed_since + other.committed_since == saturated_total(first + growth) - baseline


@ensure(lambda result: result)
def a_certificate_says_what_is_so_and_a_proof_the_same() -> bool:
    """FIN-1 and FIN-2, field by field, of one ledger."""
    ledger = LedgerSnapshot(7, (Tenant("a", 10, 3, 2, 5), Tenant("b", 4, 0, 0, 4)), 1, None)
    proof, certificate = prove(ledger)._asdict(), certify(ledger, True, 6)._asdict()
    shared = {
        "snapshot_version": 7,
        "tenant_count": 2,
        "active_reservations": 1,
        "total_initial_microcents": 14,
        "total_committed_microcents": 9,
        "aggregate_totals_representable": True,
    }
    own = {"conservation_balanced": True, "committed_since_last_certificate": 6}
    digest = proof.pop(DIGEST)
    return (proof == shared) & (certificate == {**shared, **own, DIGEST: digest}) & (len(digest) == 64)


@ensure(lambda result: result)
def nothing_is_certified_as_balanced_whose_totals_are_absent(is_balanced: bool) -> bool:
    """Two tenants with 2^63 − 1 each: both totals are 0, and the ledger is not called balanced (FIN-2)."""
    full = Account(I64_MAX, I64_MAX, 0, 0)
    certificate = certify(of_two(full, full), is_balanced, 0)
    small = certify(of_two(full, Account(0, 0, 0, 0)), is_balanced, 0)
    return (
        no(certificate.conservation_balanced)
        & no(certificate.aggregate_totals_representable)
        & (certificate.total_initial_microcents == 0)
        & (small.conservation_balanced == is_balanced)
    )
