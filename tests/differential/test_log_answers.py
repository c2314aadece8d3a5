"""Random questions about logs, snapshot files, plans and envelopes: everybody who claims them gives the same answer.

The specification and the library were written from the same pages, apart from each other; here each refusal, with its
path, and each byte is compared.
"""

import random
from typing import Any

import pytest

from calybris_spec.snapshot import LedgerSnapshot
from tests.differential import cases, test_recovery_spec
from tests.differential.logs import chain_of, edited, edited_record, hashed, made, payload
from tests.differential.topics import Topic, compare
from tests.support.specification import EXAMPLE

QUESTIONS = 300
KEY = b"k" * 32
POLICY: dict[str, Any] = {**EXAMPLE.policy._asdict(), "models": [model._asdict() for model in EXAMPLE.models]}


GIVEN = {"constructor": "validated"} | POLICY


def parts(*pieces: bytes) -> list[dict[str, str]]:
    return [{"hex": piece.hex(), "times": "1"} for piece in pieces]


def key_hex(rng: random.Random, key: bytes | None) -> str | None:
    if rng.random() < 0.03:
        return "00" * rng.choice((0, 31))
    return None if key is None else key.hex()


def anchor(rng: random.Random) -> dict[str, Any] | None:
    if rng.random() < 0.7:
        return None
    return {
        "schema_version": rng.choice(["calybris.wal-anchor.v1"] * 5 + ["calybris.wal-anchor.v2"]),
        "sequence": str(rng.randrange(4)),
        "last_hash": rng.choice(["genesis", "0" * 64]),
        "keyed": rng.random() < 0.5,
    }


def damaged_log(rng: random.Random) -> dict[str, Any]:
    key = rng.choice([None, None, KEY])
    return {"log": parts(edited(rng, chain_of(rng, key))), "key_hex": key_hex(rng, key), "anchor": anchor(rng)}


def good_log(rng: random.Random) -> dict[str, Any]:
    key = rng.choice([None, None, KEY])
    log = made(*["1"] * rng.randrange(3), key=key)
    return {"log": parts(log[:-1], log[-1:] if rng.random() < 0.8 else b""), "key_hex": key_hex(rng, key)}


def ledger(snapshot: LedgerSnapshot) -> dict[str, Any]:
    return snapshot._asdict() | {"tenants": [tenant._asdict() for tenant in snapshot.tenants]}


def decided(rng: random.Random) -> dict[str, Any]:
    request = cases.request(rng, POLICY)
    return {"request": request, "decided_for": request if rng.random() < 0.6 else cases.request(rng, POLICY)}


def envelope(rng: random.Random) -> dict[str, Any]:
    digests = ["0" * 64] * 9 + ["0" * 63, "A" * 64, ""]
    return {
        "proof_version": rng.choice(["1"] * 9 + ["0", "2"]),
        "policy_digest_hex": rng.choice(digests),
        "input_digest_hex": rng.choice(digests),
        "decision_digest_hex": rng.choice(digests),
        "replay_valid": rng.random() < 0.9,
        "wal_sequence": rng.choice(["1"] * 9 + ["0", None]),
        "wal_entry_hash": rng.choice([*digests, None]),
        "budget_snapshot_version": rng.choice(["0"] * 9 + [None]),
        "ledger_digest_hex": rng.choice([*digests, None]),
        "action": "reject",
        "reason": "quality_constraint",
        "selected_model_id": "0",
        "counterfactual_model_id": "0",
        "estimated_cost_microunits": "0",
        "expected_utility_microunits": str(cases.any_integer(rng, "i64")),
    }


LOG_CODES = {
    "LOG_LINE_MALFORMED",
    "LOG_SEQUENCE_UNEXPECTED",
    "LOG_CHAIN_BROKEN",
    "LOG_ANCHOR_MISMATCH",
    "LOG_KEY_TOO_SHORT",
}
WRITER_CODES = {
    "LOG_PAYLOAD_FLOAT",
    "LOG_PAYLOAD_TEXT_INVALID",
    "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE",
    "LOG_KEY_TOO_SHORT",
}
TOPICS = [
    Topic("wal.verify", {}, damaged_log, LOG_CODES),
    Topic(
        "recovery.plan",
        {},
        lambda rng: {"snapshot": ledger(test_recovery_spec.random_snapshot(rng))} | damaged_log(rng),
        LOG_CODES | {"RECOVERY_LOG_BEHIND"},
    ),
    Topic("snapshot.save", {}, lambda rng: {"snapshot": ledger(test_recovery_spec.random_snapshot(rng))}, set()),
    Topic(
        "snapshot.load",
        {},
        lambda rng: {"file": parts(test_recovery_spec.edited(rng, test_recovery_spec.random_snapshot(rng)))},
        {"SNAPSHOT_MALFORMED"},
    ),
    Topic(
        "wal.append",
        {},
        lambda rng: good_log(rng) | {"data": payload(rng)},
        WRITER_CODES | {"LOG_PAYLOAD_KEY_DUPLICATE"},
    ),
    Topic(
        "wal.append_audited",
        {"policy": GIVEN},
        lambda rng: good_log(rng) | decided(rng) | {"metadata": payload(rng), "verified": rng.random() < 0.5},
        WRITER_CODES | {"LOG_DECISION_NOT_REPLAYED"},
    ),
    Topic(
        "wal.replay",
        {"policies": [GIVEN]},
        lambda rng: {"log": parts(hashed(edited_record(rng), edited_record(rng))), "key_hex": None},
        {"LOG_RECORD_MALFORMED", "LOG_AUDIT_NOT_CANONICAL", "LOG_AUDIT_INPUT_MISMATCH", "LOG_AUDIT_DECISION_MISMATCH"},
    ),
    Topic(
        "proof.seal",
        {"policy": GIVEN},
        lambda rng: (
            decided(rng)
            | {
                "wal": rng.choice([None, {"sequence": "0", "entry_hash": "é"}]),
                "budget": rng.choice([None, {"version": str(cases.U64), "ledger_digest_hex": ""}]),
            }
        ),
        set(),
    ),
    Topic(
        "proof.validate",
        {},
        lambda rng: {"envelope": envelope(rng)},
        {"PROOF_VERSION_UNKNOWN", "PROOF_REPLAY_INVALID", "PROOF_PART_MISSING", "PROOF_SEQUENCE_ZERO"}
        | {"PROOF_DIGEST_NOT_CANONICAL"},
    ),
]


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.op for topic in TOPICS])
def test_every_answer_is_the_same(topic: Topic, seed: int) -> None:
    # The wheel's differences are known: test_log_spec.py and test_log_wheel.py take them out of its answers.
    compare(topic._replace(aside=frozenset({"wheel"})), QUESTIONS, seed)
