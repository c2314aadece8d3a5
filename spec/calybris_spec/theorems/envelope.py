"""What an envelope holds, when it is complete, and for what it is refused (PROOF-1 … PROOF-3)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.codes import ACTIONS, REASONS
from calybris_spec.envelope import (
    PROOF_VERSION,
    REFUSALS,
    Envelope,
    envelope_problem,
    is_complete,
    seal,
    sealed,
    with_budget,
    with_wal,
)
from calybris_spec.integers import fields_of
from calybris_spec.logic import no, within
from calybris_spec.theorems.answers import DECISION, DECISION_HEX, POLICY_HEX, REQUEST, REQUEST_HEX, SNAPSHOT
from calybris_spec.theorems.tables import names, rows
from calybris_spec.types import Decision, is_decision

GOOD = "0123456789abcdef" * 4
BAD = GOOD[:-1] + "F"
EMPTY_DECISION = Decision(0, 3, 104, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
COMPLETE = with_budget(with_wal(sealed((GOOD, GOOD, GOOD), True, EMPTY_DECISION), 1, GOOD), 0, GOOD)


@require(lambda decision: is_decision(decision) & within(1, decision.action, 3) & within(100, decision.reason, 110))
@ensure(lambda result: result)
def a_sealed_envelope_holds_the_decision_and_nothing_attached(replay_valid: bool, decision: Decision) -> bool:
    """Field by field; the digests are those of policy, request and decision, in this order (PROOF-1)."""
    envelope = sealed(("p", "i", "d"), replay_valid, decision)
    return all(
        [
            envelope.proof_version == 1,
            envelope[1:4] == ("p", "i", "d"),
            envelope.replay_valid == replay_valid,
            envelope[5:9] == (None, None, None, None),
            envelope.action == ACTIONS[decision.action],
            envelope.reason == REASONS[decision.reason],
            envelope.selected_model_id == decision.selected_model_id,
            envelope.counterfactual_model_id == decision.counterfactual_model_id,
            envelope.estimated_cost_microunits == decision.estimated_cost_microunits,
            envelope.expected_utility_microunits == decision.expected_utility_microunits,
        ]
    )


@ensure(lambda result: result)
def attaching_sets_two_fields_and_no_other(sequence: int, version: int) -> bool:
    """In either order, also a second time; nothing is checked (PROOF-2)."""
    bare = sealed((GOOD, GOOD, GOOD), True, EMPTY_DECISION)
    one = with_budget(with_wal(bare, sequence, "hash"), version, "ledger")
    other = with_wal(with_budget(with_wal(bare, 0, ""), version, "ledger"), sequence, "hash")
    return all(
        [
            one.wal_sequence == sequence,
            one.wal_entry_hash == "hash",
            one.budget_snapshot_version == version,
            one.ledger_digest_hex == "ledger",
            one[:5] == bare[:5],
            one[9:] == bare[9:],
            one == other,
        ]
    )


def envelope_with(replay: bool, sequence: bool, entry_hash: bool, version: bool, ledger: bool) -> Envelope:
    """Return an envelope in which some parts are there and others are not."""
    return COMPLETE._replace(
        replay_valid=replay,
        wal_sequence=1 if sequence else None,
        wal_entry_hash=GOOD if entry_hash else None,
        budget_snapshot_version=0 if version else None,
        ledger_digest_hex=GOOD if ledger else None,
    )


@ensure(lambda result: result)
def an_envelope_is_complete_when_it_replays_and_all_four_are_there(
    replay: bool, sequence: bool, entry_hash: bool, version: bool, ledger: bool
) -> bool:
    """If and only if; a version 0 is there (PROOF-2)."""
    complete = is_complete(envelope_with(replay, sequence, entry_hash, version, ledger))
    return complete == all([replay, sequence, entry_hash, version, ledger])


@ensure(lambda result: result)
def an_envelope_is_refused_for_the_first_part_that_is_missing(
    known: bool, replay: bool, sequence: bool, entry_hash: bool, version: bool, ledger: bool
) -> bool:
    """Version, replay, then the four parts in the order of the fields (PROOF-3)."""
    envelope = envelope_with(replay, sequence, entry_hash, version, ledger)
    problem = envelope_problem(envelope._replace(proof_version=1 if known else 2))
    right = [known, replay, sequence, entry_hash, version, ledger]
    return all([(problem == k + 1) == (all(right[:k]) & no(right[k])) for k in range(6)]) & (
        (problem == 0) == all(right)
    )


@require(lambda sequence: sequence >= 0)
@ensure(lambda result: result)
def then_for_sequence_0_and_the_first_digest_that_is_no_digest(
    sequence: int, policy: bool, request: bool, decision: bool, entry_hash: bool, ledger: bool
) -> bool:
    """Policy, request, decision, entry, ledger; a capital is refused (PROOF-3)."""
    envelope = COMPLETE._replace(
        wal_sequence=sequence,
        policy_digest_hex=GOOD if policy else BAD,
        input_digest_hex=GOOD if request else BAD,
        decision_digest_hex=GOOD if decision else BAD,
        wal_entry_hash=GOOD if entry_hash else BAD,
        ledger_digest_hex=GOOD if ledger else BAD,
    )
    problem = envelope_problem(envelope)
    right = [sequence != 0, policy, request, decision, entry_hash, ledger]
    return all([(problem == k + 7) == (all(right[:k]) & no(right[k])) for k in range(6)]) & (
        (problem == 0) == all(right)
    )


@ensure(lambda result: result)
def what_is_well_formed_is_complete(replay: bool, sequence: bool, entry_hash: bool, version: bool) -> bool:
    """`validate_complete` accepts nothing that `is_complete` does not (PROOF-2, PROOF-3)."""
    envelope = envelope_with(replay, sequence, entry_hash, version, True)
    return no(envelope_problem(envelope) == 0) | is_complete(envelope)


@ensure(lambda result: result)
def an_envelope_has_these_fields_and_refusals() -> bool:
    """PROOF-1, PROOF-3: order, widths, and the table in the order of the checks."""
    order = (
        "proof_version policy_digest_hex input_digest_hex decision_digest_hex replay_valid wal_sequence wal_entry_hash "
        "budget_snapshot_version ledger_digest_hex action reason selected_model_id counterfactual_model_id "
        "estimated_cost_microunits expected_utility_microunits"
    )
    widths = (
        "proof_version:u16 selected_model_id:u32 counterfactual_model_id:u32 estimated_cost_microunits:u64 "
        "expected_utility_microunits:i64"
    )
    table = (
        "; PROOF_VERSION_UNKNOWN proof_version; PROOF_REPLAY_INVALID replay_valid; PROOF_PART_MISSING wal_sequence; "
        "PROOF_PART_MISSING wal_entry_hash; PROOF_PART_MISSING budget_snapshot_version; "
        "PROOF_PART_MISSING ledger_digest_hex; PROOF_SEQUENCE_ZERO wal_sequence; "
        "PROOF_DIGEST_NOT_CANONICAL policy_digest_hex; PROOF_DIGEST_NOT_CANONICAL input_digest_hex; "
        "PROOF_DIGEST_NOT_CANONICAL decision_digest_hex; PROOF_DIGEST_NOT_CANONICAL wal_entry_hash; "
        "PROOF_DIGEST_NOT_CANONICAL ledger_digest_hex"
    )
    return all(
        [
            " ".join(Envelope._fields) == order,
            names(fields_of(Envelope)) == widths,
            rows(REFUSALS) == table,
            PROOF_VERSION == 1,
        ]
    )


@ensure(lambda result: result)
def a_decision_is_sealed_like_this() -> bool:
    """PROOF-1: the three digests in this order, and whether it replays; nothing is attached."""
    other = seal(SNAPSHOT, REQUEST, DECISION._replace(counterfactual_model_id=9))
    attached = (None, None, None, None)
    return all(
        [
            seal(SNAPSHOT, REQUEST, DECISION)
            == (1, POLICY_HEX, REQUEST_HEX, DECISION_HEX, True, *attached, "reject", "risk_hard_limit", 0, 0, 0, 0),
            other[1:3] == (POLICY_HEX, REQUEST_HEX),
            other.replay_valid is False,
            other[9:] == ("reject", "risk_hard_limit", 0, 9, 0, 0),
        ]
    )
