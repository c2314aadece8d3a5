import json

import pytest

from calybris_ref import KernelDecision, KernelInput, KernelModel, KernelReason
from calybris_ref.cli.records import check_one_stdin, load_lines, load_policy, load_record, read_record, readable
from calybris_ref.cli.terminal import CommandError
from tests.cli.conftest import Files, Run, Write
from tests.support import records


def in_strings(value: object) -> object:
    """The spelling of the vectors: every integer as a canonical decimal string."""
    if isinstance(value, dict):
        return {key: in_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_strings(item) for item in value]
    return str(value) if isinstance(value, int) else value


@pytest.fixture(autouse=True)
def _in_folder(cli: Run, files: Files) -> None:
    """Every test runs in a folder with one of each record."""


def test_both_spellings_are_the_same_record(write: Write) -> None:
    decision = load_record(KernelDecision, "decision.json")
    strings = in_strings(decision.to_dict())
    assert isinstance(strings, dict)
    strings |= {"action": decision.action.label, "reason": decision.reason.label}
    assert load_record(KernelDecision, write("strings.json", strings)) == decision


@pytest.mark.parametrize("reason", list(KernelReason))
def test_every_name_has_both_spellings(reason: KernelReason) -> None:
    record = load_record(KernelDecision, "decision.json").to_dict()
    for spelling in (reason.label, reason.name_json):
        assert read_record(KernelDecision, {**record, "reason": spelling}).reason is reason


def test_a_policy_is_read_in_both_spellings(write: Write) -> None:
    policy = load_policy("policy.json", None)
    assert len(policy.models) == 2
    assert load_policy(write("strings.json", in_strings(policy.to_dict())), None) == policy


@pytest.mark.parametrize(
    ("named", "asked", "order"),
    [
        (None, None, [9, 4]),
        ("validated", None, [9, 4]),
        ("try_new", None, [9, 4]),
        ("try_new_trusted", None, [4, 9]),
        ("unchecked", None, [9, 4]),
        (None, "try_new_trusted", [4, 9]),
        ("try_new", "try_new_trusted", [4, 9]),
        ("try_new_trusted", "unchecked", [9, 4]),
    ],
)
def test_the_constructor_is_the_one_asked_for_or_named(
    write: Write, named: str | None, asked: str | None, order: list[int]
) -> None:
    document = records.policy([records.model(9), records.model(4)]).to_dict()
    if named is not None:
        document["constructor"] = named
    assert [model.model_id for model in load_policy(write("p.json", document), asked).models] == order


@pytest.mark.parametrize("constructor", ["new", 7, None, ["try_new"]])
def test_an_unknown_constructor_is_refused(write: Write, constructor: object) -> None:
    document = {**load_policy("policy.json", None).to_dict(), "constructor": constructor}
    with pytest.raises(CommandError, match=r"p\.json: constructor: there is no constructor ") as caught:
        load_policy(write("p.json", document), None)
    assert caught.value.code == "RECORD_NAME_UNKNOWN"


def test_an_invalid_policy_is_refused_unless_unchecked(write: Write) -> None:
    name = write("p.json", records.unchecked([records.model(provider_id=64)]).to_dict())
    with pytest.raises(CommandError) as caught:
        load_policy(name, None)
    assert str(caught.value) == "p.json: models[0].provider_id: 64 is above 63 [POLICY_PROVIDER_ID_OUT_OF_RANGE]"
    assert load_policy(name, "unchecked").models[0].provider_id == 64


@pytest.mark.parametrize("text", ["007", "+1", "1.0", "-0", "", " 1", "1_000", "٣", "9" * 101])
def test_a_decimal_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="is not a canonical decimal") as caught:
        read_record(KernelModel, {**records.MODEL, "model_id": text})
    assert (getattr(caught.value, "code", ""), getattr(caught.value, "at", "")) == ("INTEGER_NOT_CANONICAL", "model_id")


def test_a_refusal_names_the_place_in_the_catalog(write: Write) -> None:
    document = load_policy("policy.json", None).to_dict()
    document["models"][1]["enabled"] = "on"
    with pytest.raises(CommandError) as caught:
        load_policy(write("p.json", document), None)
    assert str(caught.value) == "p.json: models[1].enabled: 'on' is not a canonical decimal [INTEGER_NOT_CANONICAL]"


def test_lines_are_read_one_by_one(write: Write) -> None:
    first, second = records.request(request_sequence=1), records.request(request_sequence=2)
    lines = "\n".join(["", json.dumps(first.to_dict()) + "\r", "  ", json.dumps(in_strings(second.to_dict()))])
    assert list(load_lines(KernelInput, write("r.jsonl", lines.encode()))) == [first, second]


def test_a_bad_line_is_named_by_its_number(write: Write) -> None:
    good = json.dumps(records.request().to_dict())
    stream = load_lines(KernelInput, write("r.jsonl", f"{good}\n\n{{}}\n".encode()))
    assert next(stream) == records.request()
    with pytest.raises(CommandError) as caught:
        next(stream)
    assert str(caught.value) == (
        "r.jsonl, line 3: request_sequence: the key is missing in a record KernelInput [RECORD_KEY_MISSING]"
    )


def test_only_one_file_is_stdin() -> None:
    check_one_stdin("-", None, "x")
    with pytest.raises(CommandError, match="only one file can be '-', standard input"):
        check_one_stdin("-", None, "-")


def test_a_closed_stdin_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CommandError, match="standard input: it is closed"):
        load_record(KernelInput, "-")


def test_people_read_names_in_snake_case() -> None:
    assert readable(load_record(KernelDecision, "decision.json"))[:3] == [
        ("request_sequence", "77"),
        ("action", "execute_requested"),
        ("reason", "requested_model_maximizes_utility"),
    ]
