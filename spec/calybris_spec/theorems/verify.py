"""The order of the checks of a bundle (VERIFY-5)."""

from __future__ import annotations

from icontract import ensure

from calybris_spec.logic import no
from calybris_spec.verify import Bundle, bundle_problem

GOOD = "0123456789abcdef" * 4


@ensure(lambda result: result)
def a_bundle_is_refused_for_the_first_thing_that_is_wrong(
    schema: bool, algorithm: bool, version: bool, producer: bool, replay: bool
) -> bool:
    """Schema, algorithm, proof version, producer, replay: each is named exactly when all before it are right."""
    bundle = Bundle(
        schema_version="calybris.audit.v1" if schema else "calybris.audit.v2",
        digest_algorithm="sha256" if algorithm else "SHA256",
        proof_version=1 if version else 2,
        policy_epoch=0,
        catalog_epoch=0,
        created_by="calybris" if producer else "",
        policy_digest_hex=GOOD,
        input_digest_hex=GOOD,
        decision_digest_hex=GOOD,
        replay_valid=replay,
    )
    right = [schema, algorithm, version, producer, replay]
    problem = bundle_problem(bundle)
    return all([(problem == k + 1) == (all(right[:k]) & no(right[k])) for k in range(5)]) & (
        (problem == 0) == all(right)
    )


@ensure(lambda result: result)
def a_digest_is_64_lowercase_hex_characters(policy: bool, request: bool, decision: bool) -> bool:
    """Policy, input, decision, in this order; a capital, a missing and an added character are all refused."""
    bundle = Bundle(
        schema_version="calybris.audit.v1",
        digest_algorithm="sha256",
        proof_version=1,
        policy_epoch=0,
        catalog_epoch=0,
        created_by="calybris",
        policy_digest_hex=GOOD if policy else GOOD[:-1] + "F",
        input_digest_hex=GOOD if request else GOOD[:-1],
        decision_digest_hex=GOOD if decision else GOOD + "0",
        replay_valid=True,
    )
    right = [policy, request, decision]
    problem = bundle_problem(bundle)
    return all([(problem == k + 6) == (all(right[:k]) & no(right[k])) for k in range(3)]) & (
        (problem == 0) == all(right)
    )
