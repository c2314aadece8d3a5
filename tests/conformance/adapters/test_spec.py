"""The specification behind the protocol, with its contracts checked: it answers the vectors, and refuses nonsense."""

import subprocess
import sys
from typing import Any

import pytest

from calybris_conformance.adapters import spec_accumulate
from calybris_conformance.adapters.spec import ADAPTER
from calybris_conformance.corpus import Case, due, load
from calybris_conformance.frames import FEATURE as FRAMES
from calybris_conformance.operations import Refused
from calybris_conformance.wire import MODEL, REQUEST

# All but those that a time limit marks as long; the judge asks these too.
CASES = [case for case in load().cases if case.timeout_seconds is None and case.requires <= ADAPTER.features]
GROUPS: dict[str, list[Case]] = {}
for one in CASES:
    GROUPS.setdefault(one.id.rpartition("/")[0], []).append(one)


def answer(case: Case) -> dict[str, Any]:
    try:
        ok = ADAPTER.operations[case.op](case.given, case.input)
    except Refused as refused:
        return {"error": {"code": refused.code, "at": refused.at}}
    return {"ok": {key: value for key, value in ok.items() if key != "preimage_hex"}}


@pytest.mark.parametrize("group", GROUPS)
def test_it_answers_the_vectors(group: str) -> None:
    for case in GROUPS[group]:
        assert answer(case) == due(case.expect), case.id


def test_it_answers_every_operation_that_it_claims() -> None:
    assert set(ADAPTER.operations) <= ADAPTER.features
    assert {case.op for case in CASES} | {"accumulate", "wal.append_parts", FRAMES} == set(ADAPTER.operations)
    assert "accumulate.million" not in ADAPTER.features


def test_the_first_accumulated_request_is_the_documented_one() -> None:
    documented = {
        "request_sequence": 6054571664460010497,
        "requested_model_id": 24,
        "input_tokens": 768,
        "output_tokens": 27567,
        "business_value_microunits": 1632592797381456385,
        "budget_limit_microunits": 39675879866303052,
        "risk_bps": 4040,
        "confidence_bps": 1669,
        "minimum_quality_bps": 8200,
        "max_p95_latency_ms": 1696,
        "required_capabilities": 0,
        "allowed_provider_mask": 18426337103533047538,
        "required_region_mask": 262148,
    }
    assert spec_accumulate.request(b"\0", 0)._asdict() == documented
    assert list(documented) == list(REQUEST)


@pytest.mark.parametrize(
    ("operation", "question"),
    [
        ("accumulate", {"op": "explain", "seed_hex": "00", "count": "1"}),
        ("policy.build", {"config": {}, "calls": [{"method": "no_such", "arguments": []}]}),
        ("policy.build", {"config": {}, "calls": [{"method": "epochs", "arguments": ["1"]}]}),
        ("policy.build", {"config": {}, "calls": [{"method": "model", "arguments": [dict.fromkeys(list(MODEL)[1:])]}]}),
        ("digest.input", {"request": {}}),
    ],
)
def test_a_damaged_question_is_a_fault_and_no_refusal(operation: str, question: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no|lacks"):
        ADAPTER.operations[operation]({}, question)


@pytest.mark.parametrize("options", [(), ("-O",)], ids=["with-contracts", "without"])
def test_it_serves_the_protocol(options: tuple[str, ...]) -> None:
    hello = b'{"type":"hello","protocol":[1],"judge":"test","spec":"1.0","vectors":"1.0.0"}\n'
    question = b'{"type":"run","seq":"1","op":"integer","given":{},"input":{"type":"u8","value":"256"}}\n'
    command = [sys.executable, *options, "-m", "calybris_conformance.adapters.spec"]
    done = subprocess.run(command, input=hello + question + b'{"type":"bye"}\n', capture_output=True, check=True)
    ready, result = done.stdout.splitlines()
    assert b'"calybris-spec"' in ready
    assert b"INTEGER_OUT_OF_RANGE" in result
