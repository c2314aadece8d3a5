"""Whether a recorded decision is what its policy decides, and the records that attest it (VERIFY-1 … VERIFY-6)."""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure

from calybris_spec.codes import ACCEPTED, ACTIONS, REASONS, Refusal
from calybris_spec.decision import decide
from calybris_spec.digest import HEX_CHARACTERS, decision_digest_hex, input_digest_hex, policy_digest_hex
from calybris_spec.integers import u16, u64
from calybris_spec.logic import first, no
from calybris_spec.types import Decision, Policy, Request, Snapshot

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


class Digests(NamedTuple):
    """The digests of the three records that a decision is about, in hex."""

    policy: str
    request: str
    decision: str


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


def same_fields(one: Decision, other: Decision) -> bool:
    """Whether all thirteen fields are equal."""
    return all([left == right for left, right in zip(one, other, strict=True)])


@ensure(lambda expected, given, result: (result.status == VALID) == same_fields(given, expected))
@ensure(lambda result: (result.status == VALID) | (result.status == MISMATCH))
@ensure(lambda expected, result: same_fields(result.expected, expected))
def replay(expected: Decision, given: Decision) -> Replay:
    """Return whether the decision given is the one expected, and the one expected (VERIFY-1)."""
    return Replay(VALID if same_fields(given, expected) else MISMATCH, expected)


def bundle_of(policy: Policy, digests: Digests, replay_valid: bool) -> Bundle:
    """Return the bundle that says so (VERIFY-3)."""
    return Bundle(
        schema_version=SCHEMA_VERSION,
        digest_algorithm=DIGEST_ALGORITHM,
        proof_version=PROOF_VERSION,
        policy_epoch=policy.policy_epoch,
        catalog_epoch=policy.catalog_epoch,
        created_by=PRODUCER,
        policy_digest_hex=digests.policy,
        input_digest_hex=digests.request,
        decision_digest_hex=digests.decision,
        replay_valid=replay_valid,
    )


@ensure(lambda bundle, result: (result is None) == no(bundle.replay_valid))
@ensure(lambda bundle, result: result is None or result is bundle)
def only_valid(bundle: Bundle) -> Bundle | None:
    """Return the bundle of a decision that replays, else None (VERIFY-4)."""
    return bundle if bundle.replay_valid else None


def verify_decision(snapshot: Snapshot, request: Request, decision: Decision) -> Replay:
    """Return whether the decision, all thirteen fields, is the one that the policy takes (VERIFY-1)."""
    return replay(decide(snapshot, request), decision)


def verify_digest(decision: Decision, claimed_hex: str) -> DigestComparison:
    """Return whether the claim is the decision's own digest, as text (VERIFY-2)."""
    own = decision_digest_hex(decision)
    return DigestComparison(VALID if claimed_hex == own else DIGEST_MISMATCH, own, claimed_hex)


def digests_of(snapshot: Snapshot, request: Request, decision: Decision) -> Digests:
    """Return the digests of the three records."""
    return Digests(policy_digest_hex(snapshot), input_digest_hex(request), decision_digest_hex(decision))


def audit_bundle(snapshot: Snapshot, request: Request, decision: Decision) -> Bundle:
    """Return the bundle; a decision that does not replay gets `replay_valid` false (VERIFY-3)."""
    replay_valid = verify_decision(snapshot, request, decision).status == VALID
    return bundle_of(snapshot.policy, digests_of(snapshot, request, decision), replay_valid)


def verified_audit_bundle(snapshot: Snapshot, request: Request, decision: Decision) -> Bundle | None:
    """Return the bundle of a decision that replays, else None: it fails closed (VERIFY-4)."""
    return only_valid(audit_bundle(snapshot, request, decision))


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


def certificate_of(digests: Digests, decision: Decision, replay_valid: bool) -> Certificate:
    """Return the certificate of a decision as it was given (VERIFY-6); its action and reason must have names."""
    return Certificate(
        policy_fingerprint=digests.policy,
        input_fingerprint=digests.request,
        decision_fingerprint=digests.decision,
        decision_sequence=decision.request_sequence,
        selected_model_id=decision.selected_model_id,
        action=ACTIONS[decision.action],
        reason=REASONS[decision.reason],
        replay_valid=replay_valid,
        evaluated_models=decision.evaluated_models,
        eligible_models=decision.eligible_models,
        counterfactual_model_id=decision.counterfactual_model_id,
        counterfactual_utility_microunits=decision.counterfactual_utility_microunits,
    )


def certify(snapshot: Snapshot, request: Request, decision: Decision) -> Certificate:
    """Return the certificate of a decision (VERIFY-6)."""
    replay_valid = verify_decision(snapshot, request, decision).status == VALID
    return certificate_of(digests_of(snapshot, request, decision), decision, replay_valid)
