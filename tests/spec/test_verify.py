"""Replay, digests, bundles and certificates (VERIFY-1 … VERIFY-6)."""

from typing import Any

import pytest

from calybris_spec.decision import decide
from calybris_spec.digest import decision_digest_hex, input_digest_hex, policy_digest_hex
from calybris_spec.types import Decision
from calybris_spec.verify import (
    REFUSALS,
    Bundle,
    Certificate,
    audit_bundle,
    bundle_problem,
    certify,
    verified_audit_bundle,
    verify_decision,
    verify_digest,
)
from tests.support.specification import EXAMPLE, EXAMPLE_REQUEST

DECISION = decide(EXAMPLE, EXAMPLE_REQUEST)
BUNDLE = audit_bundle(EXAMPLE, EXAMPLE_REQUEST, DECISION)
CHANGED = DECISION._replace(eligible_models=3)


def test_the_own_decision_is_valid() -> None:
    assert verify_decision(EXAMPLE, EXAMPLE_REQUEST, DECISION) == ("valid", DECISION)


@pytest.mark.parametrize("field", Decision._fields)
def test_any_changed_field_is_a_mismatch(field: str) -> None:
    changed = DECISION._replace(**{field: getattr(DECISION, field) + 1})
    assert verify_decision(EXAMPLE, EXAMPLE_REQUEST, changed) == ("mismatch", DECISION)


def test_a_digest_is_compared_as_text() -> None:
    own = decision_digest_hex(DECISION)
    assert verify_digest(DECISION, own) == ("valid", own, own)
    for claim in (own.upper(), own[:-1], "", "no hex"):
        assert verify_digest(DECISION, claim) == ("digest_mismatch", own, claim)


def test_a_bundle() -> None:
    expected = Bundle(
        schema_version="calybris.audit.v1",
        digest_algorithm="sha256",
        proof_version=1,
        policy_epoch=12,
        catalog_epoch=5,
        created_by="calybris",
        policy_digest_hex=policy_digest_hex(EXAMPLE),
        input_digest_hex=input_digest_hex(EXAMPLE_REQUEST),
        decision_digest_hex=decision_digest_hex(DECISION),
        replay_valid=True,
    )
    assert expected == BUNDLE
    assert verified_audit_bundle(EXAMPLE, EXAMPLE_REQUEST, DECISION) == BUNDLE


def test_a_decision_that_does_not_replay_has_a_bundle_and_no_verified_one() -> None:
    bundle = audit_bundle(EXAMPLE, EXAMPLE_REQUEST, CHANGED)
    assert not bundle.replay_valid
    assert bundle.decision_digest_hex == decision_digest_hex(CHANGED)
    assert verified_audit_bundle(EXAMPLE, EXAMPLE_REQUEST, CHANGED) is None


WRONG: list[tuple[str, Any]] = [
    ("schema_version", "calybris.audit.v2"),
    ("digest_algorithm", "SHA256"),
    ("proof_version", 2),
    ("created_by", "calybris "),
    ("replay_valid", False),
    ("policy_digest_hex", "0" * 63),
    ("input_digest_hex", "A" * 64),
    ("decision_digest_hex", "0" * 65),
]


def test_a_bundle_of_our_own_is_canonical() -> None:
    assert bundle_problem(BUNDLE) == 0


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_each_check_comes_before_all_later_ones(place: int) -> None:
    bundle = BUNDLE._replace(**dict(WRONG[place:]))
    assert REFUSALS[bundle_problem(bundle)].at == WRONG[place][0]
    assert REFUSALS[bundle_problem(BUNDLE._replace(**dict(WRONG[place : place + 1])))].at == WRONG[place][0]


def test_a_certificate_tells_the_decision_as_it_was_given() -> None:
    assert certify(EXAMPLE, EXAMPLE_REQUEST, CHANGED) == Certificate(
        policy_fingerprint=policy_digest_hex(EXAMPLE),
        input_fingerprint=input_digest_hex(EXAMPLE_REQUEST),
        decision_fingerprint=decision_digest_hex(CHANGED),
        decision_sequence=7,
        selected_model_id=2,
        action="execute_requested",
        reason="requested_model_maximizes_utility",
        replay_valid=False,
        evaluated_models=3,
        eligible_models=3,
        counterfactual_model_id=1,
        counterfactual_utility_microunits=30_075,
    )
