"""The entries behind the watermark, counted one by one (RECOVER-1), and the blocks of a snapshot file (SNAP-1)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.integers import U64_MAX
from calybris_spec.logic import implies, within
from calybris_spec.recovery import block, checkpoint, is_behind, load, plan
from calybris_spec.snapshot import LedgerSnapshot, Tenant


@require(lambda last_sequence, watermark: within(0, watermark, last_sequence) & (last_sequence <= U64_MAX))
@ensure(lambda last_sequence, watermark, result: result == plan(last_sequence, watermark).entries_to_replay)
def the_plan_counts_the_entries_above_the_watermark(last_sequence: int, watermark: int) -> int:
    """By induction over logs of ANY length: entry after entry, one more for each number above it (RECOVER-1)."""
    # crosshair: specs_complete=True
    if last_sequence == watermark:
        return 0
    shorter = last_sequence - 1
    assert 0 <= shorter < last_sequence  # the measure: without it a function that never returns would be confirmed
    return the_plan_counts_the_entries_above_the_watermark(shorter, watermark) + (last_sequence > watermark)


@require(lambda last_sequence, watermark: within(0, watermark, last_sequence) & (last_sequence <= U64_MAX))
@require(lambda last_sequence, sequence: within(1, sequence, last_sequence))
@ensure(lambda result: result)
def an_entry_is_replayed_or_known_never_both(last_sequence: int, watermark: int, sequence: int) -> bool:
    """What the ledger knows of and what is left make the whole log (RECOVER-1)."""
    left = plan(last_sequence, watermark)
    known = left.total_wal_entries - left.entries_to_replay
    return (sequence <= known) ^ (sequence > left.wal_high_watermark)


@require(lambda last_sequence, watermark: within(0, last_sequence, U64_MAX) & within(0, watermark, U64_MAX))
@ensure(lambda result: result)
def a_log_is_behind_exactly_when_it_lacks_an_entry_of_the_ledger(last_sequence: int, watermark: int) -> bool:
    """A watermark at the last sequence is not behind; 0 never is (RECOVER-1)."""
    behind = is_behind(last_sequence, watermark)
    return (behind == (watermark >= last_sequence + 1)) & implies(watermark == 0, behind ^ True)


@ensure(lambda result: result)
def a_block_has_two_spaces_per_level_and_none_is_two_brackets() -> bool:
    """SNAP-1: nothing at the end; an empty list stands on its line."""
    return all(
        [
            block("[]", [], 3) == "[]",
            block("{}", ["a"], 0) == "{\n  a\n}",
            block("[]", ["a", "b"], 1) == "[\n    a,\n    b\n  ]",
        ]
    )


@require(lambda restore_problem: restore_problem >= 0)
@ensure(lambda result: result)
def a_checkpoint_holds_the_ledger_and_the_watermark_or_is_not_written(restore_problem: int, has_log: bool) -> bool:
    """Written exactly when it may be restored, and read back with the sequence that it was given (SNAP-3)."""
    snapshot = LedgerSnapshot(2, (Tenant("acme", 100, 60, 0, 40),), 0, 5)
    sequence = 7 if has_log else None
    problem, text = checkpoint(snapshot, restore_problem, sequence)
    if problem != 0:
        return (restore_problem != 0) & (text == "")
    return (restore_problem == 0) & (load(text.encode()).snapshot == snapshot._replace(wal_high_watermark=sequence))
