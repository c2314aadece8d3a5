"""calybris_ref.verify: replay, digest comparison, bundles and certificates (VERIFY-1 … VERIFY-6)."""

import dataclasses
from typing import Any

import pytest

from calybris_ref import (
    AuditBundle,
    CorrectnessCertificate,
    DigestMismatch,
    KernelAction,
    KernelDecision,
    KernelReason,
    Mismatch,
    Valid,
    VerificationError,
    audit_bundle,
    certify_decision,
    counterfactual_utility,
    decision_digest,
    input_digest,
    policy_digest,
    snapshot_fingerprint,
    verified_audit_bundle,
    verify_decision,
    verify_decision_digest,
)
from calybris_ref.record import columns
from tests.support.records import model, policy, request

POLICY = policy([model(1), model(2, quality_bps=7_000)])
REQUEST = request()
DECISION = POLICY.prescribe(REQUEST)
OWN_HEX = decision_digest(DECISION).hex()

OTHER: dict[str, Any] = {"action": KernelAction.REJECT, "reason": KernelReason.BUDGET_CONSTRAINT}


def tampered(name: str) -> KernelDecision:
    """The decision with one field changed as little as possible."""
    return dataclasses.replace(DECISION, **{name: OTHER.get(name, getattr(DECISION, name) ^ 1)})


def test_a_decision_replays() -> None:
    assert verify_decision(POLICY, REQUEST, DECISION) == Valid()
    assert Valid.status == "valid"


@pytest.mark.parametrize("name", [column.name for column in columns(KernelDecision)])
def test_any_other_field_is_a_mismatch_that_shows_both(name: str) -> None:
    claimed = tampered(name)
    verdict = verify_decision(POLICY, REQUEST, claimed)
    assert verdict == Mismatch(expected=DECISION, actual=claimed)
    assert verdict.status == "mismatch"


def test_a_decision_for_another_request_is_a_mismatch() -> None:
    verdict = verify_decision(POLICY, request(request_sequence=78), DECISION)
    assert isinstance(verdict, Mismatch)
    assert verdict.expected.request_sequence == 78


def test_the_own_digest_is_valid() -> None:
    assert verify_decision_digest(DECISION, OWN_HEX) == Valid()


@pytest.mark.parametrize("claim", ["", "00", OWN_HEX.upper(), OWN_HEX + " ", OWN_HEX[:-1], "x" * 64, "é"])
def test_any_other_text_is_a_digest_mismatch(claim: str) -> None:
    verdict = verify_decision_digest(DECISION, claim)
    assert verdict == DigestMismatch(expected_hex=OWN_HEX, actual_hex=claim)
    assert verdict.status == "digest_mismatch"


def test_a_bundle_holds_the_digests_and_whether_the_decision_replays() -> None:
    bundle = audit_bundle(POLICY, REQUEST, DECISION)
    assert bundle == AuditBundle(
        schema_version="calybris.audit.v1",
        digest_algorithm="sha256",
        proof_version=1,
        policy_epoch=5,
        catalog_epoch=6,
        created_by="calybris",
        policy_digest_hex=policy_digest(POLICY).hex(),
        input_digest_hex=input_digest(REQUEST).hex(),
        decision_digest_hex=OWN_HEX,
        replay_valid=True,
    )
    bundle.validate_canonical()
    assert verified_audit_bundle(POLICY, REQUEST, DECISION) == bundle


def test_a_bundle_of_a_decision_that_does_not_replay_says_so() -> None:
    claimed = tampered("catalog_epoch")
    bundle = audit_bundle(POLICY, REQUEST, claimed)
    assert not bundle.replay_valid
    assert bundle.decision_digest_hex == decision_digest(claimed).hex()
    assert bundle.catalog_epoch == POLICY.catalog_epoch


def test_a_verified_bundle_fails_closed() -> None:
    claimed = tampered("estimated_cost_microunits")
    with pytest.raises(VerificationError) as refused:
        verified_audit_bundle(POLICY, REQUEST, claimed)
    assert (refused.value.code, refused.value.at) == ("VERIFY_DECISION_MISMATCH", "decision")
    assert refused.value.value == Mismatch(DECISION, claimed)


# In the order in which they are checked: each entry breaks its field and every later one.
CANONICAL: list[tuple[str, Any, str]] = [
    ("schema_version", "calybris.audit.v2", "VERIFY_BUNDLE_SCHEMA_UNKNOWN"),
    ("digest_algorithm", "SHA256", "VERIFY_BUNDLE_ALGORITHM_UNKNOWN"),
    ("proof_version", 2, "VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN"),
    ("created_by", "calybris ", "VERIFY_BUNDLE_PRODUCER_UNKNOWN"),
    ("replay_valid", False, "VERIFY_BUNDLE_REPLAY_INVALID"),
    ("policy_digest_hex", "0" * 63, "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL"),
    ("input_digest_hex", "A" * 64, "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL"),
    ("decision_digest_hex", "g" * 64, "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL"),
]


@pytest.mark.parametrize("place", range(len(CANONICAL)), ids=lambda place: CANONICAL[place][0])
def test_the_first_field_that_is_not_canonical_is_reported(place: int) -> None:
    field, value, code = CANONICAL[place]
    wrong = {name: bad for name, bad, _ in CANONICAL[place:]}
    bundle = dataclasses.replace(audit_bundle(POLICY, REQUEST, DECISION), **wrong)
    with pytest.raises(VerificationError) as refused:
        bundle.validate_canonical()
    assert (refused.value.code, refused.value.at, refused.value.value) == (code, field, value)


def test_a_certificate_holds_fingerprints_and_display_names() -> None:
    assert certify_decision(POLICY, REQUEST, DECISION) == CorrectnessCertificate(
        policy_fingerprint=snapshot_fingerprint(POLICY),
        input_fingerprint=input_digest(REQUEST).hex(),
        decision_fingerprint=OWN_HEX,
        decision_sequence=77,
        selected_model_id=1,
        action="execute_requested",
        reason="requested_model_maximizes_utility",
        replay_valid=True,
        evaluated_models=2,
        eligible_models=2,
        counterfactual_model_id=2,
        counterfactual_utility_microunits=589_600,
    )
    assert not certify_decision(POLICY, request(request_sequence=78), DECISION).replay_valid


def test_a_fingerprint_is_the_digest_in_hex() -> None:
    assert snapshot_fingerprint(POLICY) == policy_digest(POLICY).hex()


@pytest.mark.parametrize(("model_id", "worth"), [(1, 679_600), (2, 589_600), (3, None)])
def test_the_counterfactual_utility_is_what_the_other_model_is_worth(model_id: int, worth: int | None) -> None:
    assert counterfactual_utility(POLICY, REQUEST, model_id) == worth
