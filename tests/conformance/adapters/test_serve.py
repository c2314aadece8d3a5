"""The port side of the protocol, on streams and as a process."""

import io
import json
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from calybris_conformance.adapters.serve import serve
from calybris_conformance.operations import Adapter, Operation, Refused
from calybris_conformance.protocol import Fault, Hello, Ok, Ready, Refusal, Result, Unsupported, encode, parse_response
from calybris_conformance.strict_json import LINE_LIMIT

Json = Mapping[str, Any]


def echo(_given: Json, asked: Json) -> dict[str, Any]:
    print("a stray print")
    return {"value": asked["value"]}


def refuse(_given: Json, _asked: Json) -> dict[str, Any]:
    raise Refused("A_CODE", "value", "for people")


def refuse_unprintably(_given: Json, _asked: Json) -> dict[str, Any]:
    raise Refused("A_CODE", "value", "\ud800")


def throw(_given: Json, asked: Json) -> dict[str, Any]:
    raise ValueError("\ud800" + "x" * asked.get("long", 0))


def digest(_given: Json, _asked: Json) -> dict[str, Any]:
    return {"digest_hex": "ab", "preimage_hex": "00"}


OPERATIONS: dict[str, Operation] = {
    "echo": echo,
    "refuse": refuse,
    "refuse_unprintably": refuse_unprintably,
    "throw": throw,
    "digest": digest,
    "recurse": lambda given, asked: OPERATIONS["recurse"](given, asked),
    "not_json": lambda given, asked: {"value": object()},
    "too_long": lambda given, asked: {"value": "x" * LINE_LIMIT},
    "hidden": echo,
}
ADAPTER = Adapter("tests", "1", "python", "here", frozenset(OPERATIONS) - {"hidden"} | {"empty"}, OPERATIONS)


def converse(*lines: bytes | dict[str, Any]) -> list[Any]:
    raw = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    answers = io.BytesIO()
    serve(ADAPTER, io.BytesIO(raw), answers)
    return [parse_response(line) for line in answers.getvalue().splitlines()]


def ask(op: str, **asked: Any) -> Any:
    (result,) = converse({"type": "run", "seq": "7", "op": op, "given": {}, "input": asked, "later": 1})
    assert isinstance(result, Result)
    assert result.seq == "7"
    return result.answer


def test_hello_is_answered_with_who_it_is_and_what_it_claims() -> None:
    (ready,) = converse(encode(Hello("j", "1.0", "1.0.0")))
    assert isinstance(ready, Ready)
    assert ready.implementation.name == "tests"
    assert ready.features == tuple(sorted(ADAPTER.features))


def test_every_kind_of_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("echo", value="é") == Ok({"value": "é"})
    assert capsys.readouterr() == ("", "a stray print\n")  # not among the answers
    assert ask("refuse") == Refusal("A_CODE", "value", "for people")
    assert ask("refuse_unprintably") == Refusal("A_CODE", "value", "\\ud800")
    assert ask("digest") == Ok({"digest_hex": "ab"}, "00")
    assert ask("nope") == Unsupported("nope")
    assert ask("hidden") == Unsupported("hidden")  # there, but not claimed
    assert ask("empty") == Unsupported("empty")  # claimed, but not there


@pytest.mark.parametrize(
    ("op", "words"),
    [
        ("throw", "ValueError: \\ud800"),
        ("recurse", "RecursionError"),
        ("not_json", "TypeError: Object of type object is not JSON serializable"),
        ("too_long", "ProtocolError: The message has"),
        ("echo", "KeyError: 'value'"),
    ],
)
def test_whatever_an_operation_throws_is_a_fault(op: str, words: str) -> None:
    answer = ask(op)
    assert isinstance(answer, Fault)
    assert answer.detail.startswith(words)
    assert answer.trace is not None
    assert "Traceback" in answer.trace or "test_serve" in answer.trace


def test_a_long_story_is_cut() -> None:
    answer = ask("throw", long=1_000_000)
    assert isinstance(answer, Fault)
    assert len(answer.detail) <= 4000


def test_a_fault_does_not_end_the_conversation() -> None:
    run = {"type": "run", "seq": "1", "op": "throw", "given": {}, "input": {}}
    answers = converse(run, {**run, "seq": "2", "op": "digest"})
    assert [type(one.answer) for one in answers] == [Fault, Ok]


def test_bye_ends_it() -> None:
    run = {"type": "run", "seq": "1", "op": "digest", "given": {}, "input": {}}
    assert len(converse(run, {"type": "bye"}, run)) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"hello\n", "The line is not JSON"),
        (b'{"type":"ready"}\n', "a judge sends 'hello', 'run' or 'bye'"),
        (b'{"type":"run","seq":"1","op":"echo","given":{}}\n', "run lacks the field 'input'"),
        (encode(Hello("j", "1.0", "1", (2, 3))), "it speaks the protocols [2, 3], this port speaks 1."),
        (b"x" * (LINE_LIMIT + 10), "longer than 16,777,216 bytes"),
    ],
)
def test_a_judge_that_breaks_the_protocol_ends_the_process(line: bytes, words: str) -> None:
    with pytest.raises(SystemExit) as caught:
        converse(line)
    assert str(caught.value.code).startswith("tests: the judge broke the protocol: ")
    assert words in str(caught.value.code)
    assert "\n" not in str(caught.value.code)


def test_stdout_is_given_back() -> None:
    before = sys.stdout
    converse({"type": "bye"})
    assert sys.stdout is before
