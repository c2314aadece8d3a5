import json

import pytest

from calybris_ref import ALL_PROVIDERS, KernelDecision, KernelInput, KernelModel
from tests.cli.conftest import Files, Run, Terminal, Write
from tests.support import records

PROBES: list[tuple[KernelModel, dict[str, int], str]] = [
    (records.model(), {}, "selected"),
    (records.model(enabled=0), {}, "disabled"),
    (records.model(), {"minimum_quality_bps": 8_001}, "quality 8000 bps < 8001"),
    (records.model(), {"max_p95_latency_ms": 199}, "latency 200 ms > 199"),
    (records.model(capabilities=0b100), {"required_capabilities": 0b101}, "capability 0x4 lacks 0x5"),
    (records.model(), {"allowed_provider_mask": 0b0111}, "provider 3 not in 0x7"),
    (records.model(provider_id=64), {"allowed_provider_mask": ALL_PROVIDERS}, "provider 64 is above 63"),
    (records.model(region_mask=0b100), {"required_region_mask": 0b011}, "region 0x4 not in 0x3"),
    (records.model(risk_ceiling_bps=999), {}, "risk 1000 bps > 999"),
    (records.model(), {"budget_limit_microunits": 4_999}, "cost > budget 4999"),
    (records.model(), {"business_value_microunits": 0}, "utility not positive"),
]


@pytest.mark.usefixtures("files")
def test_a_decision_is_a_table_of_its_fields(cli: Run) -> None:
    assert cli("decide", "--policy", "policy.json", "--input", "request.json") == (
        0,
        """\
decision
request_sequence                   77
action                             execute_requested
reason                             requested_model_maximizes_utility
selected_model_id                  1
selected_model_index               0
estimated_cost_microunits          5000
expected_utility_microunits        679600
counterfactual_model_id            2
counterfactual_utility_microunits  589600
evaluated_models                   2
eligible_models                    2
policy_epoch                       5
catalog_epoch                      6
""",
        "",
    )


@pytest.mark.usefixtures("files")
def test_json_is_the_record_itself(cli: Run) -> None:
    out = cli("decide", "--policy", "policy.json", "--input", "request.json", "--json").out
    assert KernelDecision.from_dict(json.loads(out)).selected_model_id == 1
    assert out.count("\n") == 1


def test_trace_shows_the_gates_that_stopped_somebody(cli: Run, write: Write) -> None:
    models = [records.model(1), records.model(2, enabled=0), records.model(3, enabled=0)]
    write("p.json", records.policy(models).to_dict())
    write("r.json", records.request().to_dict())
    code, out, _ = cli("decide", "--policy", "p.json", "--input", "r.json", "--trace")
    assert code == 0
    assert (
        out.partition("\n\n")[2]
        == "failed first at  models\ndisabled              2\nevaluated             3\neligible              1\n"
    )


@pytest.mark.parametrize(("model", "changes", "outcome"), PROBES, ids=[probe[2] for probe in PROBES])
def test_explain_says_what_happened_to_a_candidate(
    cli: Run, write: Write, model: KernelModel, changes: dict[str, int], outcome: str
) -> None:
    write("p.json", records.unchecked([model]).to_dict())
    write("r.json", records.request(**changes).to_dict())
    out = cli("decide", "--policy", "p.json", "--input", "r.json", "--explain", "--constructor", "unchecked").out
    assert f"\n0      1  {outcome}" in out.partition("\n\n")[2]


@pytest.mark.usefixtures("files")
def test_explain_shows_the_money_and_marks_the_winner(cli: Run) -> None:
    out = cli("decide", "--policy", "policy.json", "--input", "request.json", "--explain").out
    assert (
        out.partition("\n\n")[2]
        == """\
#  model  outcome   cost  quality   risk  latency  utility
0      1  selected  5000   720000  35000      400   679600
1      2  eligible  5000   630000  35000      400   589600
"""
    )


@pytest.mark.usefixtures("files")
def test_after_a_hard_limit_there_is_nothing_to_explain(cli: Run, write: Write) -> None:
    write("risky.json", records.request(risk_bps=9_600).to_dict())
    out = cli("decide", "--policy", "policy.json", "--input", "risky.json", "--explain").out
    assert out.endswith("\n\nno candidate was looked at: risk_hard_limit\n")


@pytest.mark.usefixtures("files")
def test_json_with_trace_and_explain_holds_all_three(cli: Run) -> None:
    line = ("decide", "--policy", "policy.json", "--input", "request.json", "--json")
    document = json.loads(cli(*line, "--trace", "--explain").out)
    assert list(document) == ["decision", "trace", "candidates"]
    assert document["trace"]["eligible_models"] == 2
    assert [row["utility_microunits"] for row in document["candidates"]] == [679_600, 589_600]
    assert list(json.loads(cli(*line, "--trace").out)) == ["decision", "trace"]
    assert list(json.loads(cli(*line, "--explain").out)) == ["decision", "candidates"]


@pytest.fixture
def many(write: Write, files: Files) -> list[KernelInput]:
    requests = [records.request(request_sequence=k, risk_bps=k * 3_200, requested_model_id=k) for k in range(1, 4)]
    write("many.jsonl", "\n".join(json.dumps(request.to_dict()) for request in requests).encode())
    return requests


def test_many_requests_are_one_table(cli: Run, many: list[KernelInput]) -> None:
    assert (
        cli("decide", "--policy", "policy.json", "--inputs", "many.jsonl").out
        == """\
sequence  decision                         model  cost  utility  eligible  of
       1  execute_requested                    1  5000   602600         2   2
       2  reject: risk_ceiling_constraint                               0   2
       3  reject: risk_hard_limit                                       0   0
"""
    )


def test_many_requests_as_json_are_one_line_each(cli: Run, files: Files, many: list[KernelInput]) -> None:
    out = cli("decide", "--policy", "policy.json", "--inputs", "many.jsonl", "--json").out
    assert [KernelDecision.from_dict(json.loads(line)) for line in out.splitlines()] == files.policy.prescribe_batch(
        many
    )


def test_many_requests_explained_are_one_page_each(cli: Run, many: list[KernelInput]) -> None:
    out = cli("decide", "--policy", "policy.json", "--inputs", "many.jsonl", "--trace").out
    assert out.count("decision\n") == 3
    assert "\neligible              2\n\ndecision\nrequest_sequence                   2\n" in out


def test_what_was_decided_before_a_bad_line_is_printed(cli: Run, many: list[KernelInput], write: Write) -> None:
    write("half.jsonl", json.dumps(many[0].to_dict()).encode() + b"\nx\n")
    result = cli("decide", "--policy", "policy.json", "--inputs", "half.jsonl", "--json")
    assert (result.code, result.out.count("\n")) == (2, 1)
    assert result.error == "half.jsonl, line 2: column 1: expecting value [JSON_SYNTAX_INVALID]"


@pytest.mark.usefixtures("files")
def test_the_request_may_come_from_stdin(cli: Run) -> None:
    request = json.dumps(records.request().to_dict()).encode()
    by_file = cli("decide", "--policy", "policy.json", "--input", "request.json")
    assert cli("decide", "--policy", "policy.json", "--input", "-", stdin=request) == by_file
    assert cli("decide", "--policy", "policy.json", "--inputs", "-", "--json", stdin=request).code == 0


def test_the_catalog_is_sorted_by_the_trusted_constructor(cli: Run, write: Write) -> None:
    write("p.json", records.policy([records.model(9), records.model(4)]).to_dict())
    write("r.json", records.request(requested_model_id=9).to_dict())
    line = ("decide", "--policy", "p.json", "--input", "r.json", "--json")
    assert json.loads(cli(*line).out)["selected_model_index"] == 1
    assert json.loads(cli(*line, "--constructor", "try_new_trusted").out)["selected_model_index"] == 0


@pytest.mark.usefixtures("files")
def test_a_terminal_shows_colour(cli: Run, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", terminal.stream)
    cli("decide", "--policy", "policy.json", "--input", "request.json", "--explain")
    assert "\x1b[32mselected\x1b[0m  5000" in terminal.written()
