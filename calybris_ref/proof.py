"""The proof envelope: a decision, its digests, its place in the log and in the ledger (PROOF-1 … PROOF-3)."""

from dataclasses import dataclass, replace
from typing import Self

from calybris_ref.digest import decode_hex32
from calybris_ref.errors import DigestDecodeError, shown
from calybris_ref.errors_wal import ProofError
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import I64, U16, U32, U64, Record
from calybris_ref.verify import PROOF_VERSION, audit_bundle

# What an envelope holds once it is attached (PROOF-2), in the order in which PROOF-3 asks for it.
_ATTACHED = ("wal_sequence", "wal_entry_hash", "budget_snapshot_version", "ledger_digest_hex")
_DIGESTS = ("policy_digest_hex", "input_digest_hex", "decision_digest_hex", "wal_entry_hash", "ledger_digest_hex")


@dataclass(frozen=True, slots=True)
class ProofEnvelope(Record):
    """One record that binds a decision to its evidence (PROOF-1); action and reason in display form."""

    proof_version: U16
    policy_digest_hex: str
    input_digest_hex: str
    decision_digest_hex: str
    replay_valid: bool
    wal_sequence: U64 | None
    wal_entry_hash: str | None
    budget_snapshot_version: U64 | None
    ledger_digest_hex: str | None
    action: str
    reason: str
    selected_model_id: U32
    counterfactual_model_id: U32
    estimated_cost_microunits: U64
    expected_utility_microunits: I64

    @property
    def is_complete(self) -> bool:
        """Whether the decision replays and both attachments are there (PROOF-2); nothing else is looked at."""
        return self.replay_valid and all(getattr(self, field) is not None for field in _ATTACHED)

    def validate_complete(self) -> None:
        """Raise ProofError for the first thing that no complete envelope holds (PROOF-3)."""
        if self.proof_version != PROOF_VERSION:
            raise self._refusal("PROOF_VERSION_UNKNOWN", "proof_version", f"is not {PROOF_VERSION}")
        if not self.replay_valid:
            raise self._refusal("PROOF_REPLAY_INVALID", "replay_valid", "is not True")
        for field in _ATTACHED:
            if getattr(self, field) is None:
                raise self._refusal("PROOF_PART_MISSING", field, "is no part of a complete envelope")
        if self.wal_sequence == 0:
            raise self._refusal("PROOF_SEQUENCE_ZERO", "wal_sequence", "is the sequence of no entry")
        for field in _DIGESTS:
            try:
                decode_hex32(getattr(self, field))
            except DigestDecodeError:
                detail = "is not 64 lowercase hex characters"
                raise self._refusal("PROOF_DIGEST_NOT_CANONICAL", field, detail) from None

    def _refusal(self, code: str, field: str, detail: str) -> ProofError:
        value = getattr(self, field)
        return ProofError(f"{shown(value)} {detail}", code=code, at=field, value=value)


def seal(snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision) -> ProofEnvelope:
    """The envelope of a decision, with nothing attached; one that does not replay says so (PROOF-1)."""
    bundle = audit_bundle(snapshot, request, decision)
    return ProofEnvelope(
        proof_version=PROOF_VERSION,
        policy_digest_hex=bundle.policy_digest_hex,
        input_digest_hex=bundle.input_digest_hex,
        decision_digest_hex=bundle.decision_digest_hex,
        replay_valid=bundle.replay_valid,
        wal_sequence=None,
        wal_entry_hash=None,
        budget_snapshot_version=None,
        ledger_digest_hex=None,
        action=decision.action.label,
        reason=decision.reason.label,
        selected_model_id=decision.selected_model_id,
        counterfactual_model_id=decision.counterfactual_model_id,
        estimated_cost_microunits=decision.estimated_cost_microunits,
        expected_utility_microunits=decision.expected_utility_microunits,
    )


class ProofEnvelopeBuilder:
    """Seals a decision and attaches its place in the log and in the ledger (PROOF-2); every method returns it."""

    def __init__(self, snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision) -> None:
        self._envelope = seal(snapshot, request, decision)

    def wal(self, sequence: int, entry_hash: str) -> Self:
        """Where the decision stands in the log; WidthError or RecordError for what the fields do not hold."""
        self._envelope = replace(self._envelope, wal_sequence=sequence, wal_entry_hash=entry_hash)
        return self

    def budget(self, version: int, ledger_digest_hex: str) -> Self:
        """The ledger's snapshot that the decision was paid from; WidthError or RecordError as of `wal`."""
        self._envelope = replace(self._envelope, budget_snapshot_version=version, ledger_digest_hex=ledger_digest_hex)
        return self

    def build(self) -> ProofEnvelope:
        """The envelope as it is now."""
        return self._envelope
