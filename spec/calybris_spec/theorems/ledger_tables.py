"""The records, tables and constants of the ledger, written out a second time as the clauses print them.

LEDGER-1 to LEDGER-11, DIGEST-8, FIN-1 to FIN-3, SNAP-1 to SNAP-3, RECOVER-1. None of these theorems has an argument:
each is one comparison.
"""

from __future__ import annotations

from icontract import ensure

from calybris_spec import book, finance, ledger, ledger_layout, recovery, snapshot
from calybris_spec.integers import fields_of
from calybris_spec.theorems.tables import names, rows


@ensure(lambda result: result)
def a_tenant_and_a_snapshot_have_these_fields() -> bool:
    """LEDGER-1, LEDGER-9: names, widths and order; an account is a tenant without its id."""
    money = "initial_microcents:i64 remaining_microcents:i64 reserved_microcents:i64 committed_microcents:i64"
    return all(
        [
            names(fields_of(ledger.Account)) == money,
            names(snapshot.TENANT) == names(fields_of(snapshot.Tenant)) == money,
            snapshot.Tenant._fields == ("tenant_id", *ledger.Account._fields),
            names(fields_of(snapshot.LedgerSnapshot)) == "version:u64 active_reservations:u64",
            " ".join(snapshot.LedgerSnapshot._fields) == "version tenants active_reservations wal_high_watermark",
        ]
    )


@ensure(lambda result: result)
def a_proof_and_a_certificate_have_these_fields() -> bool:
    """FIN-1, FIN-2: names and order, and the widths of the integers."""
    totals = "total_initial_microcents:i64 total_committed_microcents:i64"
    counts = "snapshot_version:u64 tenant_count:u64 active_reservations:u64"
    proof = (
        "ledger_digest_hex snapshot_version tenant_count active_reservations total_initial_microcents "
        "total_committed_microcents aggregate_totals_representable"
    )
    certificate = (
        "snapshot_version ledger_digest_hex tenant_count active_reservations conservation_balanced "
        "total_initial_microcents total_committed_microcents aggregate_totals_representable "
        "committed_since_last_certificate"
    )
    return all(
        [
            " ".join(finance.ConservationProof._fields) == proof,
            names(fields_of(finance.ConservationProof)) == f"{counts} {totals}",
            " ".join(finance.Certificate._fields) == certificate,
            names(fields_of(finance.Certificate)) == f"{counts} {totals} committed_since_last_certificate:i64",
        ]
    )


@ensure(lambda result: result)
def a_plan_and_a_snapshot_file_have_these_fields() -> bool:
    """RECOVER-1, SNAP-2: only the watermark may be missing from a file; an empty plan is one of nothing."""
    return all(
        [
            names(fields_of(recovery.Plan)) == "total_wal_entries:u64 entries_to_replay:u64 wal_high_watermark:u64",
            recovery.NOTHING == (0, 0, 0),
            recovery.REQUIRED == ("version", "tenants", "active_reservations"),
            recovery.OPTIONAL == ("wal_high_watermark",),
        ]
    )


@ensure(lambda result: result)
def a_restore_is_refused_with_these_codes() -> bool:
    """LEDGER-11, in the order in which they are checked, and the numbers of the rows."""
    tenants = (snapshot.DUPLICATE, snapshot.RESERVED, snapshot.REMAINING, snapshot.INITIAL, snapshot.COMMITTED)
    return rows(snapshot.REFUSALS) == (
        "; RESTORE_RESERVATIONS_ACTIVE active_reservations; RESTORE_TENANT_DUPLICATE tenants[{}].tenant_id; "
        "RESTORE_RESERVED_WITHOUT_HOLD tenants[{}].reserved_microcents; "
        "RESTORE_FIELD_NEGATIVE tenants[{}].remaining_microcents; "
        "RESTORE_FIELD_NEGATIVE tenants[{}].initial_microcents; "
        "RESTORE_FIELD_NEGATIVE tenants[{}].committed_microcents; RESTORE_UNBALANCED tenants[{}]"
    ) and (snapshot.RESERVATIONS_ACTIVE, *tenants, snapshot.UNBALANCED) == (1, 2, 3, 4, 5, 6, 7)


@ensure(lambda result: result)
def proofs_files_and_plans_are_refused_with_these_codes() -> bool:
    """FIN-1, SNAP-2, SNAP-3, RECOVER-1, in the order in which they are checked, and the numbers of the rows."""
    return all(
        [
            rows(finance.REFUSALS) == "; FINANCE_LEDGER_UNBALANCED tenants[{}]; FINANCE_TOTALS_OVERFLOW tenants",
            (finance.LEDGER_UNBALANCED, finance.TOTALS_OVERFLOW) == (1, 2),
            rows(recovery.REFUSALS) == "; SNAPSHOT_TOO_LARGE file; SNAPSHOT_MALFORMED file",
            (recovery.TOO_LARGE, recovery.MALFORMED) == (1, 2),
            (recovery.UNRESTORABLE, recovery.UNLOADABLE) == (1, 2),
            recovery.LOG_BEHIND == ("RECOVERY_LOG_BEHIND", "wal_high_watermark"),
            recovery.MOST_FILE_BYTES == 16_777_216,
        ]
    )


@ensure(lambda result: result)
def what_conservation_says_has_these_words() -> bool:
    """LEDGER-10: by the check that fails first."""
    numbers = (snapshot.BALANCED, snapshot.AGGREGATE_OVERFLOW, snapshot.OTHER_SUM, snapshot.NEGATIVE)
    words = ("balanced", "aggregate_overflow", "violation", "violation")
    return words == snapshot.FINDINGS and numbers == (0, 1, 2, 3)


@ensure(lambda result: result)
def a_new_engine_holds_nothing() -> bool:
    """LEDGER-4, LEDGER-8, FIN-3: no tenant, cap or hold, version 0, baseline 0; the first hold has the number 1."""
    return all(
        [
            book.NEW == ((), (), (), 1, 0, 0),
            book.NO_CAP == 0,
            ledger.NOBODY == (0, 0, 0, 0),
            ledger.NOT_POSITIVE == 1,
            snapshot.FINE == (0, 0),
        ]
    )


@ensure(lambda result: result)
def the_bytes_of_a_ledger_have_these_tags_and_lengths() -> bool:
    """DIGEST-1, DIGEST-8: nine bytes, and 33 before a watermark; both end with a zero byte."""
    return all(
        [
            bytes(ledger_layout.LEDGER_TAG).hex() == "63616c796c64673100",
            bytes(ledger_layout.WATERMARK_TAG).decode() == "calybris.ledger.wal-watermark.v1\0",
            (ledger_layout.HEADER_BYTES, ledger_layout.TENANT_BYTES, ledger_layout.WATERMARK_BYTES) == (33, 36, 41),
            names({"length": ledger_layout.LENGTH, "count": ledger_layout.COUNT, "amount": ledger_layout.AMOUNT})
            == "length:u32 count:u64 amount:i64",
        ]
    )
