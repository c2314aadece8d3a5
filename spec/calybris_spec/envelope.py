"""The proof envelope: sealed, completed, checked (PROOF-1 … PROOF-3)."""

from __future__ import annotations

from typing import NamedTuple

from calybris_spec.codes import ACCEPTED, ACTIONS, REASONS, Refusal
from calybris_spec.digest import decision_digest_hex, input_digest_hex, policy_digest_hex
from calybris_spec.integers import i64, u16, u32, u64
from calybris_spec.logic import first, no
from calybris_spec.types import Decision, Request, Snapshot
from calybris_spec.verify import VALID, is_canonical_digest, verify_decision

PROOF_VERSION = 1

REFUSALS = (
    ACCEPTED,
    Refusal("PROOF_VERSION_UNKNOWN", "proof_version"),
    Refusal("PROOF_REPLAY_INVALID", "replay_valid"),
    Refusal("PROOF_PART_MISSING", "wal_sequence"),
    Refusal("PROOF_PART_MISSING", "wal_entry_hash"),
    Refusal("PROOF_PART_MISSING", "budget_snapshot_version"),
    Refusal("PROOF_PART_MISSING", "ledger_digest_hex"),
    Refusal("PROOF_SEQUENCE_ZERO", "wal_sequence"),
    Refusal("PROOF_DIGEST_NOT_CANONICAL", "policy_digest_hex"),
    Refusal("PROOF_DIGEST_NOT_CANONICAL", "input_digest_hex"),
    Refusal("PROOF_DIGEST_NOT_CANONICAL", "decision_digest_hex"),
    Refusal("PROOF_DIGEST_NOT_CANONICAL", "wal_entry_hash"),
    Refusal("PROOF_DIGEST_NOT_CANONICAL", "ledger_digest_hex"),
)


class Envelope(NamedTuple):
    """A decision bound to its digests, its place in the log and the ledger (PROOF-1); action and reason by name."""

    proof_version: u16
    policy_digest_hex: str
    input_digest_hex: str
    decision_digest_hex: str
    replay_valid: bool
    wal_sequence: u64 | None
    wal_entry_hash: str | None
    budget_snapshot_version: u64 | None
    ledger_digest_hex: str | None
    action: str
    reason: str
    selected_model_id: u32
    counterfactual_model_id: u32
    estimated_cost_microunits: u64
    expected_utility_microunits: i64


def sealed(digests: tuple[str, str, str], replay_valid: bool, decision: Decision) -> Envelope:
    """Return the envelope of a decision with these digests: policy, request, decision; nothing attached (PROOF-1)."""
    policy_digest, input_digest, decision_digest = digests
    return Envelope(
        proof_version=PROOF_VERSION,
        policy_digest_hex=policy_digest,
        input_digest_hex=input_digest,
        decision_digest_hex=decision_digest,
        replay_valid=replay_valid,
        wal_sequence=None,
        wal_entry_hash=None,
        budget_snapshot_version=None,
        ledger_digest_hex=None,
        action=ACTIONS[decision.action],
        reason=REASONS[decision.reason],
        selected_model_id=decision.selected_model_id,
        counterfactual_model_id=decision.counterfactual_model_id,
        estimated_cost_microunits=decision.estimated_cost_microunits,
        expected_utility_microunits=decision.expected_utility_microunits,
    )


def seal(snapshot: Snapshot, request: Request, decision: Decision) -> Envelope:
    """Return the envelope; a decision that does not replay gets `replay_valid` false (PROOF-1)."""
    digests = policy_digest_hex(snapshot), input_digest_hex(request), decision_digest_hex(decision)
    return sealed(digests, verify_decision(snapshot, request, decision).status == VALID, decision)


def with_wal(envelope: Envelope, sequence: int, entry_hash: str) -> Envelope:
    """Return the envelope with its place in the log, which is not checked (PROOF-2)."""
    return envelope._replace(wal_sequence=sequence, wal_entry_hash=entry_hash)


def with_budget(envelope: Envelope, version: int, ledger_digest: str) -> Envelope:
    """Return the envelope with its snapshot of the ledger, which is not checked (PROOF-2)."""
    return envelope._replace(budget_snapshot_version=version, ledger_digest_hex=ledger_digest)


def missing(envelope: Envelope) -> tuple[bool, bool, bool, bool]:
    """Return which of the four attachments are not there, in the order of the fields."""
    return (
        envelope.wal_sequence is None,
        envelope.wal_entry_hash is None,
        envelope.budget_snapshot_version is None,
        envelope.ledger_digest_hex is None,
    )


def is_complete(envelope: Envelope) -> bool:
    """Whether the decision replays and everything is attached (PROOF-2)."""
    return envelope.replay_valid & no(any(list(missing(envelope))))


def envelope_problem(envelope: Envelope) -> int:
    """Return the row of REFUSALS that applies first, 0 when the envelope is well formed and complete (PROOF-3)."""
    return first(
        (
            envelope.proof_version != PROOF_VERSION,
            no(envelope.replay_valid),
            *missing(envelope),
            envelope.wal_sequence == 0,
            no(is_canonical_digest(envelope.policy_digest_hex)),
            no(is_canonical_digest(envelope.input_digest_hex)),
            no(is_canonical_digest(envelope.decision_digest_hex)),
            no(is_canonical_digest(envelope.wal_entry_hash or "")),
            no(is_canonical_digest(envelope.ledger_digest_hex or "")),
        )
    )
