"""calybris_conformance.adapters.reference: it answers the corpus, and tells damage from a refusal."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from calybris_conformance import corpus, frames, wire
from calybris_conformance.adapters import reference_accumulate, reference_records
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.operations import Refused
from calybris_ref import RecordError, decision_digest
from tests.support import records

CORPUS = corpus.load()
# The large catalogs and the million decisions take half a minute: `make demo` and `make mutants` ask them.
SMALL = [case for case in CORPUS.cases if not {"catalog.series", "accumulate.million"} & case.requires]
REQUEST = wire.write(wire.REQUEST, records.REQUEST)
MODEL = wire.write(wire.MODEL, records.MODEL)
POLICY = {"constructor": "validated", **wire.write(wire.POLICY_SCALARS, records.POLICY), "models": [MODEL]}


def answer(op: str, given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"ok": ADAPTER.operations[op](given, question)}
    except Refused as refusal:
        return {"error": {"code": refusal.code, "at": refusal.at}}


@pytest.mark.parametrize("op", sorted(ADAPTER.operations.keys() - {frames.FEATURE}))  # frames: test_frames.py
def test_every_small_case_has_the_expected_answer(op: str) -> None:
    cases = [case for case in SMALL if case.op == op]
    assert cases
    for case in cases:
        assert answer(op, case.given, case.input) == corpus.due(case.expect), case.id


def test_the_adapter_claims_everything_that_the_corpus_requires() -> None:
    assert ADAPTER.features == {frames.FEATURE}.union(*(case.requires for case in CORPUS.cases))


@pytest.mark.parametrize(
    ("op", "given", "question", "error"),
    [
        ("accumulate", {"policy": POLICY}, {"op": "trace", "seed_hex": "00", "count": "1"}, "nothing to accumulate"),
        (
            "input.build",
            {},
            {"request_sequence": "1", "requested_model_id": "1", "calls": [{"method": "_set", "arguments": []}]},
            "no method '_set'",
        ),
        ("decide", {"policy": POLICY}, {"request": {**REQUEST, "more": "1"}}, "unknown keys"),
        ("policy.validate", {}, {"policy": {**POLICY, "models": {}}}, "lacks the keys"),
    ],
)
def test_a_damaged_question_is_a_fault_and_not_a_refusal(
    op: str, given: Mapping[str, Any], question: Mapping[str, Any], error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        ADAPTER.operations[op](given, question)


def test_a_record_of_a_wrong_kind_is_a_fault_and_not_a_refusal() -> None:
    config = {"config": {"wal_sync_on_append": "yes"}}
    with pytest.raises(RecordError):
        ADAPTER.operations["config.validate"]({}, config)


def test_a_policy_is_built_once_for_a_group() -> None:
    reference_records.parsed_policy.cache_clear()
    for _ in range(3):
        ADAPTER.operations["decide"]({"policy": POLICY}, {"request": REQUEST})
    assert reference_records.parsed_policy.cache_info().misses == 1


def test_the_first_accumulated_request_is_the_one_on_the_page() -> None:
    request = reference_accumulate.request(b"\x00", 0)
    assert request.request_sequence == 6_054_571_664_460_010_497
    assert request.allowed_provider_mask == 18_426_337_103_533_047_538
    assert request.required_region_mask == 262_148
    assert reference_accumulate.request(b"\x00", 1) != request


def test_accumulated_decisions_are_hashed_one_after_another() -> None:
    snapshot = records.policy()
    one_by_one = b"".join(
        decision_digest(snapshot.prescribe(reference_accumulate.request(b"seed", number))) for number in range(5)
    )
    assert reference_accumulate.decisions(snapshot, b"seed", 5) == hashlib.sha256(one_by_one).digest()
    assert reference_accumulate.decisions(snapshot, b"seed", 0) == hashlib.sha256(b"").digest()


def test_a_negative_value_is_read_from_the_top_bit() -> None:
    values = [reference_accumulate.request(b"\x01", number).business_value_microunits for number in range(2_000)]
    assert min(values) < 0 < max(values)


def test_the_adapter_is_a_port() -> None:
    lines = [
        {"type": "hello", "protocol": [1], "judge": "test", "spec": "1.0", "vectors": "1.0.0"},
        {"type": "run", "seq": "1", "op": "decide", "given": {"policy": POLICY}, "input": {"request": REQUEST}},
        {"type": "bye"},
    ]
    finished = subprocess.run(
        [sys.executable, "-m", "calybris_conformance.adapters.reference"],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    ready, result = map(json.loads, finished.stdout.splitlines())
    assert set(ready["features"]) == ADAPTER.features
    assert result["ok"]["expected_utility_microunits"] == str(records.UTILITY)
