"""What is attested is what was replayed (VERIFY-1 … VERIFY-4, VERIFY-6), and how a bundle is checked (VERIFY-5)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.codes import ACTIONS, REASONS
from calybris_spec.layout import decision_bytes
from calybris_spec.logic import no
from calybris_spec.theorems.layout import equal
from calybris_spec.types import Decision, Policy, is_decision
from calybris_spec.verify import (
    MISMATCH,
    VALID,
    Bundle,
    Digests,
    bundle_of,
    bundle_problem,
    certificate_of,
    only_valid,
    replay,
)

GOOD = "0123456789abcdef" * 4


@require(lambda decision: is_decision(decision))
@ensure(lambda result: result)
def a_decision_replays_itself(decision: Decision) -> bool:
    """VERIFY-1, one way."""
    return replay(decision, decision).status == VALID


@require(lambda decision, change: is_decision(decision) & (change != 0))
@ensure(lambda result: result)
def no_decision_with_a_changed_field_replays(decision: Decision, change: int) -> bool:
    """VERIFY-1, the other way: whichever of the thirteen fields, and whatever the change."""
    changed = [Decision._make((*decision[:k], decision[k] + change, *decision[k + 1 :])) for k in range(13)]
    return all([replay(decision, other).status == MISMATCH for other in changed])


@require(lambda one, other: is_decision(one) & is_decision(other))
@ensure(lambda result: result)
def decisions_replay_exactly_when_their_bytes_are_equal(one: Decision, other: Decision) -> bool:
    """So a decision digest that is right and a replay that is valid say the same (VERIFY-1, DIGEST-5)."""
    return (replay(one, other).status == VALID) == equal(decision_bytes(one), decision_bytes(other))


@ensure(lambda result: result)
def a_bundle_says_whether_the_decision_replays(policy: Policy, replays: bool) -> bool:
    """VERIFY-3: `replay_valid` is the outcome of the replay, and the rest names the records."""
    bundle = bundle_of(policy, Digests("a", "b", "c"), replays)
    named = (bundle.policy_digest_hex, bundle.input_digest_hex, bundle.decision_digest_hex) == ("a", "b", "c")
    epochs = (bundle.policy_epoch == policy.policy_epoch) & (bundle.catalog_epoch == policy.catalog_epoch)
    return (bundle.replay_valid == replays) & epochs & named


@ensure(lambda result: result)
def a_verified_bundle_exists_exactly_when_the_decision_replays(policy: Policy, replays: bool) -> bool:
    """VERIFY-4: it fails closed, and what it returns passes every check (VERIFY-5)."""
    bundle = only_valid(bundle_of(policy, Digests(GOOD, GOOD, GOOD), replays))
    return bundle_problem(bundle) == 0 if bundle else no(replays)


@require(lambda decision, row: is_decision(decision) & (row >= 0) & (row < 39))
@ensure(lambda result: result)
def a_certificate_tells_the_decision_as_it_was_given(decision: Decision, row: int, replays: bool) -> bool:
    """VERIFY-6: no number is taken from the replay; every action and every reason has its display form."""
    action, reason = [(a, r) for a in ACTIONS for r in REASONS][row]
    given = decision._replace(action=action, reason=reason)
    told = certificate_of(Digests("a", "b", "c"), given, replays)
    return all(
        [
            (told.policy_fingerprint, told.input_fingerprint, told.decision_fingerprint) == ("a", "b", "c"),
            told.decision_sequence == given.request_sequence,
            told.selected_model_id == given.selected_model_id,
            (told.action == ACTIONS[action]) & (told.reason == REASONS[reason]),
            told.replay_valid == replays,
            told.evaluated_models == given.evaluated_models,
            told.eligible_models == given.eligible_models,
            told.counterfactual_model_id == given.counterfactual_model_id,
            told.counterfactual_utility_microunits == given.counterfactual_utility_microunits,
        ]
    )


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
