import json

import pytest

from calybris_ref import (
    decision_digest,
    decision_preimage,
    input_digest,
    input_preimage,
    ledger_digest,
    ledger_preimage,
    policy_digest,
    policy_preimage,
)
from tests.cli.conftest import Files, Run, Write
from tests.support import ledgers, records

RECORDS = [
    ("policy", "policy.json", policy_digest, policy_preimage),
    ("input", "request.json", input_digest, input_preimage),
    ("decision", "decision.json", decision_digest, decision_preimage),
]


@pytest.mark.parametrize(("kind", "name", "digest", "preimage"), RECORDS)
def test_a_digest_is_that_of_the_library(
    cli: Run, files: Files, kind: str, name: str, digest: object, preimage: object
) -> None:
    record = dict(zip(("policy", "input", "decision"), files, strict=True))[kind]
    expected_hex = digest(record).hex()  # type: ignore[operator]  # a column of the table above
    assert cli("digest", kind, name) == (0, expected_hex + "\n", "")
    assert json.loads(cli("digest", kind, name, "--json").out) == {"digest_hex": expected_hex}
    document = json.loads(cli("digest", kind, name, "--json", "--preimage").out)
    assert document["digest_hex"] == expected_hex
    assert document["preimage_hex"] == preimage(record).hex()  # type: ignore[operator]  # a column of the table above
    # The fields are the whole preimage but its tag, without a gap.
    assert "".join(field["hex"] for field in document["fields"]) == document["preimage_hex"][18:]
    ends = [field["offset"] + field["length"] for field in document["fields"]]
    assert [field["offset"] for field in document["fields"]] == [9, *ends[:-1]]


def test_a_preimage_is_shown_field_by_field(cli: Run, files: Files) -> None:
    out = cli("digest", "decision", "decision.json", "--preimage").out
    assert (
        out
        == f"""\
at  size  field                              hex                 value
 0     9  tag                                63616c7964636e3100  calydcn1\\0
 9     8  request_sequence                   4d00000000000000    77
17     1  action                             01                  1 execute_requested
18     2  reason                             0100                1 requested_model_maximizes_utility
20     4  selected_model_id                  01000000            1
24     2  selected_model_index               0000                0
26     8  estimated_cost_microunits          8813000000000000    5000
34     8  expected_utility_microunits        b05e0a0000000000    679600
42     4  counterfactual_model_id            02000000            2
46     8  counterfactual_utility_microunits  20ff080000000000    589600
54     2  evaluated_models                   0200                2
56     2  eligible_models                    0200                2
58     8  policy_epoch                       0500000000000000    5
66     8  catalog_epoch                      0600000000000000    6

74 bytes, SHA-256 {decision_digest(files.decision).hex()}
"""
    )


def test_models_are_shown_in_the_order_in_which_they_are_hashed(cli: Run, write: Write) -> None:
    write("p.json", records.policy([records.model(9), records.model(4)]).to_dict())
    out = cli("digest", "policy", "p.json", "--preimage").out
    lines = [line.split() for line in out.splitlines()]
    assert lines[8:10] == [["models[0]"], ["39", "4", "model_id", "04000000", "4"]]
    assert lines[19:21] == [["models[1]"], ["86", "4", "model_id", "09000000", "9"]]


LEDGER = ledgers.snapshot(
    [ledgers.tenant("acme", 100, 30, 20, 50), ledgers.tenant("\x1b[2J", 7, 7)], version=2, wal_high_watermark=9
)


def test_the_digest_of_a_ledger_is_that_of_the_library(cli: Run, write: Write) -> None:
    write("s.json", LEDGER.to_dict())
    digest_hex = ledger_digest(LEDGER).hex()
    assert cli("digest", "ledger", "s.json") == (0, digest_hex + "\n", "")
    document = json.loads(cli("digest", "ledger", "s.json", "--json", "--preimage").out)
    assert (document["digest_hex"], document["preimage_hex"]) == (digest_hex, ledger_preimage(LEDGER).hex())


def test_tenants_are_shown_in_the_order_in_which_they_are_hashed(cli: Run, write: Write) -> None:
    write("s.json", LEDGER.to_dict())
    lines = [line.split() for line in cli("digest", "ledger", "s.json", "--preimage").out.splitlines()]
    assert lines[5:8] == [
        ["tenants[0]"],
        ["33", "4", "tenant_id_length", "04000000", "4"],
        ["37", "4", "tenant_id", "1b5b324a", "\\x1b[2J"],
    ]
    assert [line[-1] for line in lines if "wal_high_watermark" in line] == ["9"]


def test_a_ledger_of_an_older_writer_has_no_watermark(cli: Run, write: Write) -> None:
    snapshot = ledgers.snapshot([ledgers.tenant("a")])
    document = snapshot.to_dict()
    del document["wal_high_watermark"]
    write("s.json", document)
    assert cli("digest", "ledger", "s.json").out == ledger_digest(snapshot).hex() + "\n"


def test_a_policy_that_breaks_the_rules_has_a_digest_when_asked_for(cli: Run, write: Write) -> None:
    policy = records.unchecked([])
    write("p.json", policy.to_dict())
    assert cli("digest", "policy", "p.json").error == "p.json: models: the catalog is empty [POLICY_CATALOG_EMPTY]"
    out = cli("digest", "policy", "p.json", "--constructor", "unchecked").out
    assert out == policy_digest(policy).hex() + "\n"


@pytest.mark.usefixtures("files")
def test_a_record_may_come_from_stdin(cli: Run) -> None:
    data = json.dumps(records.request().to_dict()).encode()
    assert cli("digest", "input", "-", stdin=data) == cli("digest", "input", "request.json")
