"""The proof envelope (PROOF-1 … PROOF-3)."""

from typing import Any

import pytest

from calybris_spec.decision import decide
from calybris_spec.digest import decision_digest_hex, input_digest_hex, policy_digest_hex
from calybris_spec.envelope import REFUSALS, Envelope, envelope_problem, is_complete, seal, with_budget, with_wal
from tests.support.specification import EXAMPLE, EXAMPLE_REQUEST

DECISION = decide(EXAMPLE, EXAMPLE_REQUEST)
SEALED = seal(EXAMPLE, EXAMPLE_REQUEST, DECISION)
COMPLETE = with_budget(with_wal(SEALED, 1, "a" * 64), 0, "b" * 64)


def test_an_envelope() -> None:
    expected = Envelope(
        proof_version=1,
        policy_digest_hex=policy_digest_hex(EXAMPLE),
        input_digest_hex=input_digest_hex(EXAMPLE_REQUEST),
        decision_digest_hex=decision_digest_hex(DECISION),
        replay_valid=True,
        wal_sequence=None,
        wal_entry_hash=None,
        budget_snapshot_version=None,
        ledger_digest_hex=None,
        action="execute_requested",
        reason="requested_model_maximizes_utility",
        selected_model_id=2,
        counterfactual_model_id=1,
        estimated_cost_microunits=6_500,
        expected_utility_microunits=30_685,
    )
    assert seal(EXAMPLE, EXAMPLE_REQUEST, DECISION) == expected
    assert not is_complete(SEALED)
    assert is_complete(COMPLETE)
    assert envelope_problem(COMPLETE) == 0


def test_a_decision_that_does_not_replay_is_sealed_and_never_complete() -> None:
    wrong = seal(EXAMPLE, EXAMPLE_REQUEST, DECISION._replace(eligible_models=3))
    assert not wrong.replay_valid
    assert not is_complete(with_budget(with_wal(wrong, 1, "a" * 64), 0, "b" * 64))


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"proof_version": 2, "replay_valid": False}, "PROOF_VERSION_UNKNOWN", "proof_version"),
    ({"replay_valid": False, "wal_sequence": None}, "PROOF_REPLAY_INVALID", "replay_valid"),
    ({"wal_sequence": None, "wal_entry_hash": None}, "PROOF_PART_MISSING", "wal_sequence"),
    ({"wal_entry_hash": None, "ledger_digest_hex": None}, "PROOF_PART_MISSING", "wal_entry_hash"),
    ({"budget_snapshot_version": None}, "PROOF_PART_MISSING", "budget_snapshot_version"),
    ({"ledger_digest_hex": None, "wal_sequence": 0}, "PROOF_PART_MISSING", "ledger_digest_hex"),
    ({"wal_sequence": 0, "policy_digest_hex": ""}, "PROOF_SEQUENCE_ZERO", "wal_sequence"),
    ({"policy_digest_hex": "A" * 64, "ledger_digest_hex": ""}, "PROOF_DIGEST_NOT_CANONICAL", "policy_digest_hex"),
    ({"input_digest_hex": "a" * 63}, "PROOF_DIGEST_NOT_CANONICAL", "input_digest_hex"),
    ({"decision_digest_hex": "a" * 65}, "PROOF_DIGEST_NOT_CANONICAL", "decision_digest_hex"),
    ({"wal_entry_hash": "genesis"}, "PROOF_DIGEST_NOT_CANONICAL", "wal_entry_hash"),
    ({"ledger_digest_hex": "é" * 64}, "PROOF_DIGEST_NOT_CANONICAL", "ledger_digest_hex"),
]


@pytest.mark.parametrize(("change", "code", "at"), WRONG)
def test_the_first_thing_that_is_wrong_is_named(change: dict[str, Any], code: str, at: str) -> None:
    assert REFUSALS[envelope_problem(COMPLETE._replace(**change))] == (code, at)
