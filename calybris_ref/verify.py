"""Whether evidence holds: replay a decision, compare a digest, bundle and certify both.

Clauses VERIFY-1 … VERIFY-6. Verifying never trusts a field: it decides again and compares. An outcome that a caller has
to expect is a value (`Valid`, `Mismatch`, `DigestMismatch`); only what promises valid evidence raises.
"""

from dataclasses import dataclass
from typing import ClassVar

from calybris_ref import kernel
from calybris_ref.digest import decision_digest, decode_hex32, input_digest, policy_digest
from calybris_ref.errors import DigestDecodeError, VerificationError, shown
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import I64, U16, U32, U64, Record

AUDIT_SCHEMA_VERSION = "calybris.audit.v1"
DIGEST_ALGORITHM = "sha256"
PROOF_VERSION = 1
PRODUCER = "calybris"


@dataclass(frozen=True, slots=True)
class Valid:
    """The evidence holds."""

    status: ClassVar[str] = "valid"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The policy decides otherwise: the replayed decision, and the one that was claimed."""

    expected: KernelDecision
    actual: KernelDecision
    status: ClassVar[str] = "mismatch"


@dataclass(frozen=True, slots=True)
class DigestMismatch:
    """The claim is not the decision's own digest: that digest, and the claim as given."""

    expected_hex: str
    actual_hex: str
    status: ClassVar[str] = "digest_mismatch"


def verify_decision(snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision) -> Valid | Mismatch:
    """Decide again and compare every field (VERIFY-1).

    Equal fields have equal digests, so a digest mismatch cannot be the answer here: `verify_decision_digest` gives it.
    """
    expected = kernel.prescribe(snapshot, request)
    return Valid() if expected == decision else Mismatch(expected, decision)


def verify_decision_digest(decision: KernelDecision, claimed_hex: str) -> Valid | DigestMismatch:
    """Compare a claimed digest with the decision's own, as text: anything else is a mismatch (VERIFY-2)."""
    own_hex = decision_digest(decision).hex()
    return Valid() if own_hex == claimed_hex else DigestMismatch(own_hex, claimed_hex)


@dataclass(frozen=True, slots=True)
class AuditBundle(Record):
    """The digests of a policy, a request and a decision, and whether the decision replays (VERIFY-3)."""

    schema_version: str
    digest_algorithm: str
    proof_version: U16
    policy_epoch: U64
    catalog_epoch: U64
    created_by: str
    policy_digest_hex: str
    input_digest_hex: str
    decision_digest_hex: str
    replay_valid: bool

    def validate_canonical(self) -> None:
        """Raise VerificationError for the first field that no canonical bundle holds (VERIFY-5)."""
        for field, canonical, code in _CANONICAL_VALUES:
            value = getattr(self, field)
            if value != canonical:
                raise VerificationError(f"{shown(value)} is not {canonical!r}", code=code, at=field, value=value)
        for field in ("policy_digest_hex", "input_digest_hex", "decision_digest_hex"):
            value = getattr(self, field)
            try:
                decode_hex32(value)
            except DigestDecodeError:
                raise VerificationError(
                    f"{shown(value)} is not 64 lowercase hex characters",
                    code="VERIFY_BUNDLE_DIGEST_NOT_CANONICAL",
                    at=field,
                    value=value,
                ) from None


# VERIFY-5, in the order in which it is checked; the digests come after these.
_CANONICAL_VALUES: tuple[tuple[str, object, str], ...] = (
    ("schema_version", AUDIT_SCHEMA_VERSION, "VERIFY_BUNDLE_SCHEMA_UNKNOWN"),
    ("digest_algorithm", DIGEST_ALGORITHM, "VERIFY_BUNDLE_ALGORITHM_UNKNOWN"),
    ("proof_version", PROOF_VERSION, "VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN"),
    ("created_by", PRODUCER, "VERIFY_BUNDLE_PRODUCER_UNKNOWN"),
    ("replay_valid", True, "VERIFY_BUNDLE_REPLAY_INVALID"),
)


def audit_bundle(snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision) -> AuditBundle:
    """The bundle of a decision; never refuses: one that does not replay has `replay_valid` false (VERIFY-3)."""
    return AuditBundle(
        schema_version=AUDIT_SCHEMA_VERSION,
        digest_algorithm=DIGEST_ALGORITHM,
        proof_version=PROOF_VERSION,
        policy_epoch=snapshot.policy_epoch,
        catalog_epoch=snapshot.catalog_epoch,
        created_by=PRODUCER,
        policy_digest_hex=policy_digest(snapshot).hex(),
        input_digest_hex=input_digest(request).hex(),
        decision_digest_hex=decision_digest(decision).hex(),
        replay_valid=_replays(snapshot, request, decision),
    )


def verified_audit_bundle(snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision) -> AuditBundle:
    """The bundle of a decision that replays; VerificationError for any other (VERIFY-4: it fails closed)."""
    verdict = verify_decision(snapshot, request, decision)
    if isinstance(verdict, Mismatch):
        raise VerificationError(
            "the policy decides otherwise for this request",
            code="VERIFY_DECISION_MISMATCH",
            at="decision",
            value=verdict,
        )
    return audit_bundle(snapshot, request, decision)


@dataclass(frozen=True, slots=True)
class CorrectnessCertificate(Record):
    """A decision with the fingerprints of everything it rests on; action and reason in display form (VERIFY-6)."""

    policy_fingerprint: str
    input_fingerprint: str
    decision_fingerprint: str
    decision_sequence: U64
    selected_model_id: U32
    action: str
    reason: str
    replay_valid: bool
    evaluated_models: U16
    eligible_models: U16
    counterfactual_model_id: U32
    counterfactual_utility_microunits: I64


def snapshot_fingerprint(snapshot: PolicySnapshot) -> str:
    """The policy's digest in lowercase hex (VERIFY-6)."""
    return policy_digest(snapshot).hex()


def certify_decision(
    snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision
) -> CorrectnessCertificate:
    """The certificate of a decision; one that does not replay has `replay_valid` false (VERIFY-6)."""
    return CorrectnessCertificate(
        policy_fingerprint=snapshot_fingerprint(snapshot),
        input_fingerprint=input_digest(request).hex(),
        decision_fingerprint=decision_digest(decision).hex(),
        decision_sequence=decision.request_sequence,
        selected_model_id=decision.selected_model_id,
        action=decision.action.label,
        reason=decision.reason.label,
        replay_valid=_replays(snapshot, request, decision),
        evaluated_models=decision.evaluated_models,
        eligible_models=decision.eligible_models,
        counterfactual_model_id=decision.counterfactual_model_id,
        counterfactual_utility_microunits=decision.counterfactual_utility_microunits,
    )


def counterfactual_utility(snapshot: PolicySnapshot, request: KernelInput, model_id: int) -> int | None:
    """What another candidate would have been worth: `utility_for_model` (UTIL-1)."""
    return kernel.utility_for_model(snapshot, request, model_id)


def _replays(snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision) -> bool:
    return isinstance(verify_decision(snapshot, request, decision), Valid)
