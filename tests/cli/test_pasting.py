"""A record copied out of a vector file is read as it stands, and gets the answer that the vector file gives."""

import json

import pytest

from calybris_conformance.corpus import Case, load
from calybris_ref import KernelDecision
from calybris_ref.cli.records import read_record
from tests.cli.conftest import Run, Write

CASES = load().cases
RECORDS = {"policy": "policy", "input": "request", "decision": "decision"}


def some(op: str) -> list[Case]:
    """Every tenth case of an operation that has an answer, without catalogs that stand for themselves as a series."""
    cases = [case for case in CASES if case.op == op and "ok" in case.expect]
    return [case for case in cases if "series" not in str(case.given) + str(case.input)][::10]


@pytest.mark.parametrize("case", some("decide"), ids=lambda case: case.id)
def test_a_policy_and_a_request_can_be_pasted(cli: Run, write: Write, case: Case) -> None:
    write("p.json", case.given["policy"])
    write("r.json", case.input["request"])
    code, out, err = cli("decide", "--policy", "p.json", "--input", "r.json", "--json")
    assert (code, err) == (0, "")
    assert KernelDecision.from_dict(json.loads(out)) == read_record(KernelDecision, case.expect["ok"])
    write("d.json", case.expect["ok"])
    assert cli("verify", "--policy", "p.json", "--input", "r.json", "--decision", "d.json").code == 0


@pytest.mark.parametrize("kind", RECORDS)
def test_what_is_hashed_can_be_pasted(cli: Run, write: Write, kind: str) -> None:
    cases = some(f"digest.{kind}")
    assert cases
    for case in cases:
        write("x.json", case.input[RECORDS[kind]])
        document = json.loads(cli("digest", kind, "x.json", "--preimage", "--json").out)
        assert document["digest_hex"] == case.expect["ok"]["digest_hex"]
        assert document["preimage_hex"] == case.expect["preimage_hex"]
