"""calybris_ref.proof: sealing a decision, and what a complete envelope holds (PROOF-1, PROOF-2, PROOF-3)."""

import dataclasses
from typing import Any

import pytest

from calybris_ref import ProofEnvelope, ProofEnvelopeBuilder, ProofError, WidthError, audit_bundle, seal
from tests.support.logs import DECISION, POLICY, REQUEST, refusal

BUNDLE = audit_bundle(POLICY, REQUEST, DECISION)
SEALED = seal(POLICY, REQUEST, DECISION)
COMPLETE = ProofEnvelopeBuilder(POLICY, REQUEST, DECISION).wal(7, "ab" * 32).budget(0, "cd" * 32).build()


def test_an_envelope_binds_a_decision_to_its_digests() -> None:
    assert SEALED.to_dict() == {
        "proof_version": 1,
        "policy_digest_hex": BUNDLE.policy_digest_hex,
        "input_digest_hex": BUNDLE.input_digest_hex,
        "decision_digest_hex": BUNDLE.decision_digest_hex,
        "replay_valid": True,
        "wal_sequence": None,
        "wal_entry_hash": None,
        "budget_snapshot_version": None,
        "ledger_digest_hex": None,
        "action": "execute_requested",
        "reason": "requested_model_maximizes_utility",
        "selected_model_id": 1,
        "counterfactual_model_id": 0,
        "estimated_cost_microunits": 5_000,
        "expected_utility_microunits": 679_600,
    }
    assert ProofEnvelope.from_dict(COMPLETE.to_dict()) == COMPLETE


def test_sealing_does_not_fail() -> None:
    other = dataclasses.replace(DECISION, catalog_epoch=9)
    assert not seal(POLICY, REQUEST, other).replay_valid
    assert seal(POLICY, REQUEST, other).decision_digest_hex != SEALED.decision_digest_hex


def test_an_envelope_is_complete_when_it_replays_and_all_is_attached() -> None:
    assert COMPLETE.is_complete
    COMPLETE.validate_complete()
    builder = ProofEnvelopeBuilder(POLICY, REQUEST, DECISION)
    assert not builder.build().is_complete
    assert not builder.wal(0, "").build().is_complete
    assert builder.budget(0, "").build().is_complete
    assert not dataclasses.replace(COMPLETE, replay_valid=False).is_complete


def test_what_is_attached_has_a_width() -> None:
    with pytest.raises(WidthError):
        ProofEnvelopeBuilder(POLICY, REQUEST, DECISION).wal(2**64, "")


# In the order in which they are asked: each is wrong, and every later one too.
WRONG: list[tuple[str, Any, str]] = [
    ("proof_version", 2, "PROOF_VERSION_UNKNOWN"),
    ("replay_valid", False, "PROOF_REPLAY_INVALID"),
    ("wal_sequence", None, "PROOF_PART_MISSING"),
    ("wal_entry_hash", None, "PROOF_PART_MISSING"),
    ("budget_snapshot_version", None, "PROOF_PART_MISSING"),
    ("ledger_digest_hex", None, "PROOF_PART_MISSING"),
    ("wal_sequence", 0, "PROOF_SEQUENCE_ZERO"),
    ("policy_digest_hex", "A" * 64, "PROOF_DIGEST_NOT_CANONICAL"),
    ("input_digest_hex", "0" * 63, "PROOF_DIGEST_NOT_CANONICAL"),
    ("decision_digest_hex", "g" * 64, "PROOF_DIGEST_NOT_CANONICAL"),
    ("wal_entry_hash", "genesis", "PROOF_DIGEST_NOT_CANONICAL"),
    ("ledger_digest_hex", "", "PROOF_DIGEST_NOT_CANONICAL"),
]


@pytest.mark.parametrize("place", range(len(WRONG)), ids=lambda place: f"{WRONG[place][0]}-{WRONG[place][2]}")
def test_the_first_thing_that_no_complete_envelope_holds_is_named(place: int) -> None:
    # Of a field that is wrong in two ways the earlier one counts.
    wrong = {name: bad for name, bad, _ in reversed(WRONG[place:])}
    with pytest.raises(ProofError) as caught:
        dataclasses.replace(COMPLETE, **wrong).validate_complete()
    field, value, code = WRONG[place]
    assert refusal(caught) == (code, field)
    assert caught.value.value == value
