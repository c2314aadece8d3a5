"""The messages of CAP/1: read and written alike, strict where it matters, and as the published schemas say."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_conformance.corpus import default_root
from calybris_conformance.protocol import (
    Bye,
    Fault,
    Hello,
    Implementation,
    Ok,
    ProtocolError,
    Ready,
    Refusal,
    Request,
    Response,
    Result,
    Run,
    Unsupported,
    encode,
    parse_request,
    parse_response,
)
from calybris_conformance.strict_json import LINE_LIMIT

WHO = Implementation("name", "1", "rust", "https://example.org")
REQUESTS: list[Request] = [
    Hello("judge 1", "1.0", "1.0.0"),
    Run("7", "decide", {"policy": {}}, {"request": {"a": "é"}}),
    Bye(),
]
RESPONSES: list[Response] = [
    Ready(WHO, ("decide", "echo"), 64),
    Ready(WHO, (), 1),
    Result("7", Ok({"digest_hex": "00"}, "0aff")),
    Result("7", Ok({})),
    Result("7", Refusal("A_CODE", "models[0]", "why")),
    Result("", Refusal("A_CODE", "value")),
    Result("7", Fault("it threw", "line 3")),
    Result("7", Fault("")),
    Result("7", Unsupported("decide")),
]


def kind(message: object) -> str:
    return type(message).__name__.lower()


def schema(name: str) -> jsonschema.Draft202012Validator:
    path = default_root() / "schema" / "protocol" / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


@pytest.mark.parametrize("message", REQUESTS, ids=kind)
def test_a_request_reads_as_it_was_written(message: Request) -> None:
    assert parse_request(encode(message)) == message
    assert schema(kind(message)).is_valid(json.loads(encode(message)))


@pytest.mark.parametrize("message", RESPONSES, ids=kind)
def test_a_response_reads_as_it_was_written(message: Response) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert parse_response(line) == message
    assert schema(kind(message)).is_valid(json.loads(line))


@pytest.mark.parametrize("message", REQUESTS, ids=kind)
def test_a_port_ignores_fields_that_it_does_not_know(message: Request) -> None:
    fields = json.loads(encode(message)) | {"later": [1]}
    assert parse_request(json.dumps(fields).encode()) == message
    assert schema(kind(message)).is_valid(fields)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "The message has the type null; a port sends 'ready' or 'result'."),
    ({"type": "run"}, "The message has the type 'run'; a port sends 'ready' or 'result'."),
    ({"type": "result", "ok": {}}, "result lacks the field 'seq'."),
    ({"type": "result", "seq": 7, "ok": {}}, "result.seq is 7; it must be a text."),
    (
        {"type": "result", "seq": "7"},
        "result holds exactly one of ok, error, fault and unsupported; this one has none.",
    ),
    (
        {"type": "result", "seq": "7", "ok": {}, "fault": {"detail": ""}},
        "result holds exactly one of ok, error, fault and unsupported; this one has ok and fault.",
    ),
    ({"type": "result", "seq": "7", "ok": []}, "result.ok is a list of 0; it must be an object."),
    ({"type": "result", "seq": "7", "ok": {}, "time": 1}, "result has the unknown field 'time'."),
    (
        {"type": "result", "seq": "7", "ok": {}, "preimage_hex": "A"},
        "result.preimage_hex is 'A'; it must be lowercase hex.",
    ),
    ({"type": "result", "seq": "7", "error": {"code": "A"}}, "result.error lacks the field 'at'."),
    (
        {"type": "result", "seq": "7", "error": {"code": "A", "at": "b", "message": ""}},
        "result.error has the unknown field 'message'.",
    ),
    (
        {"type": "result", "seq": "7", "error": {"code": "A", "at": "b"}, "preimage_hex": ""},
        "result has the unknown field 'preimage_hex'.",
    ),
    (
        {"type": "result", "seq": "7", "error": {"code": "A", "at": "b", "detail": None}},
        "result.error.detail is null; it must be a text.",
    ),
    ({"type": "result", "seq": "7", "unsupported": {}}, "result.unsupported lacks the field 'feature'."),
]


@pytest.mark.parametrize(("fields", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_a_damaged_result_is_refused_with_one_sentence(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_response(json.dumps(fields).encode())
    assert str(caught.value) == sentence
    assert caught.value.is_json
    assert caught.value.seq == (fields.get("seq") if fields.get("seq") == "7" else None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"protocol": 2}, "ready.protocol is 2; this judge speaks 1."),
        ({"protocol": True}, "ready.protocol is true; it must be an integer from 1 up."),
        ({"max_in_flight": 0}, "ready.max_in_flight is 0; it must be an integer from 1 up."),
        ({"features": ["a", 1]}, "ready.features is a list of 2; it must be a list of texts."),
        ({"features": ["a", "a"]}, "ready.features names a feature twice."),
        ({"implementation": {"name": "x"}}, "ready.implementation lacks the field 'version'."),
        ({"colour": "red"}, "ready has the unknown field 'colour'."),
    ],
)
def test_a_damaged_ready_is_refused_with_one_sentence(change: dict[str, Any], sentence: str) -> None:
    fields = json.loads(encode(RESPONSES[0])) | change
    with pytest.raises(ProtocolError) as caught:
        parse_response(json.dumps(fields).encode())
    assert str(caught.value) == sentence
    assert not schema("ready").is_valid(fields)


def test_a_line_that_is_not_json_is_told_apart() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_response(b"debug: 1\n")
    assert not caught.value.is_json
    assert caught.value.seq is None


def test_what_json_cannot_hold_is_not_sent() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        encode(Result("1", Ok({"value": float("nan")})))
    with pytest.raises(UnicodeEncodeError):
        encode(Result("1", Ok({"value": "\ud800"})))
    with pytest.raises(ProtocolError, match="at most 16,777,216"):
        encode(Result("1", Ok({"value": "x" * LINE_LIMIT})))


# ---- parser and schema agree, on messages that are almost right

JUNK: list[Any] = [
    None,
    True,
    0,
    1,
    -1,
    2,
    64,
    0.5,
    "",
    "a",
    "ready",
    "result",
    "0a",
    "0A",
    [],
    ["a"],
    ["a", "a"],
    [1],
    {},
    {"a": 1},
]
KEYS = ["type", "seq", "ok", "error", "fault", "unsupported", "preimage_hex", "detail", "code", "at", "feature", "zz"]


def mutate(source: random.Random, message: Any) -> Any:
    """One change somewhere in a message: a field gone, another value, another name, or a field too many."""
    message = copy.deepcopy(message)
    target = message
    while (inner := [v for v in target.values() if isinstance(v, dict)]) and source.random() < 0.5:
        target = source.choice(inner)
    key = source.choice([*target, source.choice(KEYS)])
    match source.randrange(4):
        case 0:
            target.pop(key, None)
        case 1:
            target[source.choice(KEYS)] = target.pop(key, None)
        case _:
            target[key] = copy.deepcopy(source.choice(JUNK))
    return message


def accepts(line: bytes, parse: Callable[[bytes], object] = parse_response) -> bool:
    """Whether the line is a message; whatever else it is, one sentence must come out."""
    sentence = None
    try:
        parse(line)
    except ProtocolError as error:
        sentence = str(error)
    assert sentence is None or (sentence.isprintable() and sentence.endswith("."))
    return sentence is None


def test_parser_and_schema_agree_on_almost_right_messages() -> None:
    source = random.Random(2)  # noqa: S311 - repeatable noise
    seeds = [json.loads(encode(message)) for message in RESPONSES]
    schemas = {name: schema(name) for name in ("ready", "result")}
    agreed = {True: 0, False: 0}
    for _ in range(6_000):
        message = source.choice(seeds)
        for _ in range(source.randrange(1, 3)):
            message = mutate(source, message)
        kind_now = message.get("type")
        right = isinstance(kind_now, str) and kind_now in schemas and schemas[kind_now].is_valid(message)
        assert accepts(json.dumps(message).encode()) is right, message
        agreed[right] += 1
    assert min(agreed.values()) > 500, agreed  # both sides are really met


def test_ten_thousand_damaged_lines_raise_nothing_else() -> None:
    source = random.Random(3)  # noqa: S311 - repeatable noise
    lines = [encode(message) for message in (*RESPONSES, *REQUESTS)]
    for _ in range(10_000):
        line = bytearray(source.choice(lines))
        for _ in range(source.randrange(1, 5)):
            place = source.randrange(len(line) + 1)
            match source.randrange(4):
                case 0:
                    line[place : place + source.randrange(9)] = b""
                case 1:
                    line[place:place] = source.choice([b'"', b"\\", b"{", b"}", b"\x80", b",", b"9" * 30, b"\\ud800"])
                case 2:
                    line[place:place] = line[: source.randrange(len(line) + 1)]
                case _:
                    line[place : place + 1] = source.randbytes(1)
        accepts(bytes(line))
        accepts(bytes(line), parse_request)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(JUNK) | st.text(max_size=5)))
def test_any_object_raises_nothing_else(fields: dict[str, Any]) -> None:
    for kind_now in ("ready", "result", "run", "hello"):
        line = json.dumps({**fields, "type": kind_now}).encode()
        accepts(line)
        accepts(line, parse_request)
