"""Every mutant of the reference, in the order of the suites that kill them."""

from tests.mutants import (
    building,
    decision,
    evidence,
    finance,
    ledger,
    ledger_snapshots,
    log,
    log_lines,
    payload,
    ranking,
    replay,
    snapshot,
    validation,
)

MUTANTS = (
    *validation.MUTANTS,
    *building.MUTANTS,
    *decision.MUTANTS,
    *ranking.MUTANTS,
    *evidence.MUTANTS,
    *ledger.MUTANTS,
    *ledger_snapshots.MUTANTS,
    *finance.MUTANTS,
    *snapshot.MUTANTS,
    *log.MUTANTS,
    *log_lines.MUTANTS,
    *payload.MUTANTS,
    *replay.MUTANTS,
)
