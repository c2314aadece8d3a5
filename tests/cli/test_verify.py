import json
from typing import Any

import pytest

from calybris_ref import decision_digest, input_digest, policy_digest
from tests.cli.conftest import Files, Run, Write

DECISION = ("--policy", "policy.json", "--input", "request.json", "--decision", "decision.json")
ALL = ("--bundle", "bundle.json", *DECISION)


@pytest.fixture
def wrong(files: Files, write: Write) -> dict[str, Any]:
    """The decision with another model and another cost than the policy takes."""
    decision = {**files.decision.to_dict(), "selected_model_id": 2, "estimated_cost_microunits": 4_999}
    write("decision.json", decision)
    return decision


@pytest.mark.usefixtures("files")
def test_the_decision_that_the_policy_takes_is_valid(cli: Run) -> None:
    assert cli("verify", *DECISION) == (0, "valid: the policy takes this decision for this request\n", "")


@pytest.mark.usefixtures("wrong")
def test_any_other_decision_is_shown_field_by_field(cli: Run) -> None:
    assert cli("verify", *DECISION) == (
        1,
        """\
mismatch: the policy decides otherwise for this request

field                      expected  got
selected_model_id          1         2
estimated_cost_microunits  5000      4999
""",
        "",
    )


def test_names_are_shown_in_snake_case(cli: Run, files: Files, write: Write) -> None:
    write("decision.json", {**files.decision.to_dict(), "action": "Reject"})
    assert "\naction  execute_requested  reject\n" in cli("verify", *DECISION).out


def test_json_says_what_differs_and_what_is_right(cli: Run, files: Files) -> None:
    code, out, _ = cli("verify", *DECISION, "--json")
    right = files.decision.to_dict()
    assert (code, json.loads(out)) == (0, {"status": "valid", "fields": [], "expected": right})


def test_json_of_a_mismatch(cli: Run, files: Files, wrong: dict[str, Any]) -> None:
    code, out, _ = cli("verify", *DECISION, "--json")
    fields = ["selected_model_id", "estimated_cost_microunits"]
    expected = {"status": "mismatch", "fields": fields, "expected": files.decision.to_dict()}
    assert (code, json.loads(out)) == (1, expected)


@pytest.mark.usefixtures("files")
def test_a_bundle_alone_is_checked_for_its_form_and_not_called_valid(cli: Run) -> None:
    assert cli("verify", "--bundle", "bundle.json") == (
        0,
        """\
ok       canonical form
skipped  policy_digest_hex: needs --policy
skipped  input_digest_hex: needs --input
skipped  decision_digest_hex: needs --decision
skipped  replay: needs --policy and --input

well_formed: 1 ok, 0 wrong, 4 skipped
Nothing was verified: a forged bundle may have this form, too.
""",
        "",
    )


def test_a_forged_digest_alone_is_never_called_valid(cli: Run, files: Files, write: Write) -> None:
    change(write, files, {"decision_digest_hex": "0" * 64})
    assert json.loads(cli("verify", "--bundle", "bundle.json", "--json").out)["status"] == "well_formed"


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("given", "status"),
    [
        (("--policy", "policy.json"), "incomplete"),
        (("--input", "request.json"), "incomplete"),
        (("--decision", "decision.json"), "incomplete"),
        (("--input", "request.json", "--decision", "decision.json"), "incomplete"),
        (("--policy", "policy.json", "--input", "request.json"), "valid"),
    ],
)
def test_only_a_decision_that_was_taken_again_is_valid(cli: Run, given: tuple[str, ...], status: str) -> None:
    code, out, _ = cli("verify", "--bundle", "bundle.json", *given, "--json")
    assert (code, json.loads(out)["status"]) == (0, status)
    remark = "\nWhat was given agrees, but the decision was not taken again.\n"
    assert cli("verify", "--bundle", "bundle.json", *given).out.endswith(remark) == (status == "incomplete")


@pytest.mark.usefixtures("files")
def test_a_bundle_with_its_records_is_checked_completely(cli: Run) -> None:
    code, out, _ = cli("verify", *ALL)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[:-2]] == ["ok"] * 7
    assert out.endswith("\nvalid: 7 ok, 0 wrong, 0 skipped\n")


@pytest.mark.parametrize(
    ("field", "value", "check"),
    [
        ("policy_epoch", 9, "policy_epoch"),
        ("catalog_epoch", 9, "catalog_epoch"),
        ("policy_digest_hex", "0" * 64, "policy_digest_hex"),
        ("input_digest_hex", "0" * 64, "input_digest_hex"),
    ],
)
def test_a_field_that_belongs_to_another_record_is_shown(
    cli: Run, files: Files, write: Write, field: str, value: Any, check: str
) -> None:
    right = {
        "policy_epoch": 5,
        "catalog_epoch": 6,
        "policy_digest_hex": policy_digest(files.policy).hex(),
        "input_digest_hex": input_digest(files.request).hex(),
    }
    change(write, files, {field: value})
    code, out, _ = cli("verify", *ALL)
    assert code == 1
    assert f"\nwrong    {check}\n  expected  {right[field]}\n  got       {value}\n" in out
    assert out.endswith("\ninvalid: 6 ok, 1 wrong, 0 skipped\n")


def change(write: Write, files: Files, changes: dict[str, Any]) -> None:
    from calybris_ref import audit_bundle

    write("bundle.json", {**audit_bundle(*files).to_dict(), **changes})


def test_a_decision_digest_is_held_against_the_decision_and_the_replay(cli: Run, files: Files, write: Write) -> None:
    change(write, files, {"decision_digest_hex": "0" * 64})
    code, out, _ = cli("verify", *ALL, "--json")
    own_hex = decision_digest(files.decision).hex()
    wrong = [check for check in json.loads(out)["checks"] if check["status"] == "wrong"]
    assert code == 1
    assert [check["check"] for check in wrong] == ["decision_digest_hex", "replay"]
    assert {check["expected"] for check in wrong} == {own_hex}
    assert {check["actual"] for check in wrong} == {"0" * 64}


def test_a_bundle_replays_without_its_decision(cli: Run, files: Files, write: Write) -> None:
    line = ("verify", "--bundle", "bundle.json", "--policy", "policy.json", "--input", "request.json")
    assert cli(*line).code == 0
    change(write, files, {"decision_digest_hex": "0" * 64})
    assert "\nwrong    replay\n" in cli(*line).out


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        ("schema_version", "x\n", "schema_version: 'x\\n' is not 'calybris.audit.v1' [VERIFY_BUNDLE_SCHEMA_UNKNOWN]"),
        ("proof_version", 2, "proof_version: 2 is not 1 [VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN]"),
        ("replay_valid", False, "replay_valid: False is not True [VERIFY_BUNDLE_REPLAY_INVALID]"),
    ],
)
def test_a_bundle_that_is_not_canonical_says_why(
    cli: Run, files: Files, write: Write, field: str, value: Any, note: str
) -> None:
    change(write, files, {field: value})
    code, out, _ = cli("verify", "--bundle", "bundle.json")
    assert (code, out.splitlines()[:2]) == (1, ["wrong    canonical form", f"  {note}"])
    check = json.loads(cli("verify", "--bundle", "bundle.json", "--json").out)["checks"][0]
    assert f"{check['note']} [{check['code']}]" == note


def test_a_digest_from_a_stranger_cannot_paint_the_terminal(cli: Run, files: Files, write: Write) -> None:
    change(write, files, {"policy_digest_hex": "\x1b[2J\n"})
    assert "got       \\x1b[2J\\n\n" in cli("verify", *ALL).out


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("count", [0, 2, 4])
def test_without_a_bundle_all_three_records_are_needed(cli: Run, count: int) -> None:
    result = cli("verify", *DECISION[:count])
    assert (result.code, result.out) == (2, "")
    assert (
        result.error == "verify needs --policy, --input and --decision, or --bundle (see 'calybris-ref verify --help')"
    )


@pytest.mark.usefixtures("files")
def test_only_one_record_may_come_from_stdin(cli: Run) -> None:
    result = cli("verify", "--bundle", "-", "--policy", "-")
    assert (result.code, result.error) == (2, "only one file can be '-', standard input")
