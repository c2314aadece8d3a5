"""Whether a recorded decision is what its policy decides, and the records that attest it (VERIFY-1 … VERIFY-6)."""

from __future__ import annotations

from typing import NamedTuple

from calybris_spec.codes import ACCEPTED, ACTIONS, REASONS, Refusal
from calybris_spec.decision import decide
from calybris_spec.digest import HEX_CHARACTERS, decision_digest_hex, input_digest_hex, policy_digest_hex
from calybris_spec.integers import u16, u64
from calybris_spec.logic import first, no
from calybris_spec.types import Decision, Request, Snapshot

VALID, MISMATCH, DIGEST_MISMATCH = "valid", "mismatch", "digest_mismatch"

SCHEMA_VERSION = "calybris.audit.v1"
DIGEST_ALGORITHM = "sha256"
PROOF_VERSION = 1
PRODUCER = "calybris"

REFUSALS = (
    ACCEPTED,
    Refusal("VERIFY_BUNDLE_SCHEMA_UNKNOWN", "schema_version"),
    Refusal("VERIFY_BUNDLE_ALGORITHM_UNKNOWN", "digest_algorithm"),
    Refusal("VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN", "proof_version"),
    Refusal("VERIFY_BUNDLE_PRODUCER_UNKNOWN", "created_by"),
    Refusal("VERIFY_BUNDLE_REPLAY_INVALID", "replay_valid"),
    Refusal("VERIFY_BUNDLE_DIGEST_NOT_CANONICAL", "policy_digest_hex"),
    Refusal("VERIFY_BUNDLE_DIGEST_NOT_CANONICAL", "input_digest_hex"),
    Refusal("VERIFY_BUNDLE_DIGEST_NOT_CANONICAL", "decision_digest_hex"),
)


class Replay(NamedTuple):
    """The outcome of a replay: VALID or MISMATCH, and the decision that the policy takes."""

    status: str
    expected: Decision


class DigestComparison(NamedTuple):
    """The outcome of a comparison of digests: VALID or DIGEST_MISMATCH, the decision's own digest, and the claim."""

    status: str
    expected_hex: str
    actual_hex: str


class Bundle(NamedTuple):
    """An audit bundle (VERIFY-3)."""

    schema_version: str
    digest_algorithm: str
    proof_version: u16
    policy_epoch: u64
    catalog_epoch: u64
    created_by: str
    policy_digest_hex: str
    input_digest_hex: str
    decision_digest_hex: str
    replay_valid: bool


class Certificate(NamedTuple):
    """A certificate of correctness (VERIFY-6); the fingerprint of a record is its digest in hex."""

    policy_fingerprint: str
    input_fingerprint: str
    decision_fingerprint: str
    decision_sequence: int
    selected_model_id: int
    action: str
    reason: str
    replay_valid: bool
    evaluated_models: int
    eligible_models: int
    counterfactual_model_id: int
    counterfactual_utility_microunits: int


def verify_decision(snapshot: Snapshot, request: Request, decision: Decision) -> Replay:
    """Return whether the decision, all thirteen fields, is the one that the policy takes (VERIFY-1)."""
    expected = decide(snapshot, request)
    return Replay(VALID if decision == expected else MISMATCH, expected)


def verify_digest(decision: Decision, claimed_hex: str) -> DigestComparison:
    """Return whether the claim is the decision's own digest, as text (VERIFY-2)."""
    own = decision_digest_hex(decision)
    return DigestComparison(VALID if claimed_hex == own else DIGEST_MISMATCH, own, claimed_hex)


def audit_bundle(snapshot: Snapshot, request: Request, decision: Decision) -> Bundle:
    """Return the bundle; a decision that does not replay gets `replay_valid` false (VERIFY-3)."""
    return Bundle(
        schema_version=SCHEMA_VERSION,
        digest_algorithm=DIGEST_ALGORITHM,
        proof_version=PROOF_VERSION,
        policy_epoch=snapshot.policy.policy_epoch,
        catalog_epoch=snapshot.policy.catalog_epoch,
        created_by=PRODUCER,
        policy_digest_hex=policy_digest_hex(snapshot),
        input_digest_hex=input_digest_hex(request),
        decision_digest_hex=decision_digest_hex(decision),
        replay_valid=verify_decision(snapshot, request, decision).status == VALID,
    )


def verified_audit_bundle(snapshot: Snapshot, request: Request, decision: Decision) -> Bundle | None:
    """Return the bundle of a decision that replays, else None: it fails closed (VERIFY-4)."""
    bundle = audit_bundle(snapshot, request, decision)
    return bundle if bundle.replay_valid else None


def is_canonical_digest(text: str) -> bool:
    """Whether the text is exactly 64 lowercase hex characters."""
    return len(text) == HEX_CHARACTERS and all(character in "0123456789abcdef" for character in text)


def bundle_problem(bundle: Bundle) -> int:
    """Return the row of REFUSALS that applies first, 0 when the bundle is canonical (VERIFY-5)."""
    return first(
        (
            bundle.schema_version != SCHEMA_VERSION,
            bundle.digest_algorithm != DIGEST_ALGORITHM,
            bundle.proof_version != PROOF_VERSION,
            bundle.created_by != PRODUCER,
            no(bundle.replay_valid),
            no(is_canonical_digest(bundle.policy_digest_hex)),
            no(is_canonical_digest(bundle.input_digest_hex)),
            no(is_canonical_digest(bundle.decision_digest_hex)),
        )
    )


def certify(snapshot: Snapshot, request: Request, decision: Decision) -> Certificate:
    """Return the certificate of a decision as it was given (VERIFY-6); its action and reason must have names."""
    return Certificate(
        policy_fingerprint=policy_digest_hex(snapshot),
        input_fingerprint=input_digest_hex(request),
        decision_fingerprint=decision_digest_hex(decision),
        decision_sequence=decision.request_sequence,
        selected_model_id=decision.selected_model_id,
        action=ACTIONS[decision.action],
        reason=REASONS[decision.reason],
        replay_valid=verify_decision(snapshot, request, decision).status == VALID,
        evaluated_models=decision.evaluated_models,
        eligible_models=decision.eligible_models,
        counterfactual_model_id=decision.counterfactual_model_id,
        counterfactual_utility_microunits=decision.counterfactual_utility_microunits,
    )
