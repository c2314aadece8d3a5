"""The reference's real process under a judge that has gone mad: it answers, or it leaves in one clean sentence."""

import copy
import io
import json
import random
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest

from calybris_conformance import corpus
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.serve import serve
from calybris_conformance.protocol import Hello, Ready, Result, encode, parse_response
from calybris_conformance.transport import Port

COMMAND = (sys.executable, "-m", "calybris_conformance.adapters.reference")
HELLO = encode(Hello("a mad judge", "1.0", "1.0.0"))
LINES = 10_000
BROKEN_LINES = 3_000
# One of these would be a question of several seconds, as it should.
SLOW = {"accumulate", "catalog.series"}
JUNK: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, 10**30, "", "x", "-0", "00", "9" * 5_000, "0" * 63, "\0", "\ud7ff", "é" * 40,
    [], {}, [[]], {"x": {}}, [None] * 5, {"series": {"count": "2"}}, {"series": []}, "try_new", "reject", "models",
]  # fmt: skip


def damaged(rng: random.Random, message: dict[str, Any]) -> dict[str, Any]:
    """The message with one to three of its values replaced, exchanged, removed or added."""
    message = copy.deepcopy(message)
    for _ in range(rng.randint(1, 3)):
        places = list(_places(message["given"])) + list(_places(message["input"]))
        holder, key = rng.choice(places) if places else (message["input"], "new")
        match rng.randrange(5):
            case 0 if isinstance(holder, dict) or holder:
                holder.pop(key, None) if isinstance(holder, dict) else holder.pop()
            case 1 if isinstance(holder, dict):
                holder[rng.choice(("models", "policy", "x", ""))] = rng.choice(JUNK)
            case 2 if places:
                other, name = rng.choice(places)
                holder[key] = copy.deepcopy(other[name])
            case _:
                holder[key] = copy.deepcopy(rng.choice(JUNK))
    if rng.random() < 0.05:
        message["op"] = rng.choice(("", "no.such.operation", "decide ", "__class__", "é"))
    return message


def _places(value: Any) -> Any:
    """Every (container, key) below a value."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def test_ten_thousand_damaged_questions_are_answered() -> None:
    rng = random.Random(1)  # noqa: S311 - reproducible, not secret
    cases = [case for case in corpus.load().cases if not case.requires & SLOW]
    answers: Counter[str] = Counter()
    with Port(COMMAND) as port:
        port.send(HELLO)
        assert isinstance(parse_response(port.receive(time.monotonic() + 30)), Ready)
        for number in range(LINES):
            case = rng.choice(cases)
            run = {"type": "run", "seq": str(number), "op": case.op, "given": case.given, "input": case.input}
            port.send(json.dumps(damaged(rng, run)).encode() + b"\n")
        for number in range(LINES):
            answer = parse_response(port.receive(time.monotonic() + 10))
            assert isinstance(answer, Result)
            assert answer.seq == str(number)
            answers[type(answer.answer).__name__] += 1
        stderr = port.take_stderr()
        assert port.finish(b'{"type":"bye"}\n') is None
    assert stderr == ""
    assert answers.keys() == {"Ok", "Refusal", "Fault", "Unsupported"}


def broken(rng: random.Random) -> bytes:
    """A line that is no message of the protocol: noise, a torn or disturbed message, JSON of another shape."""
    message = bytearray(
        HELLO.rstrip() if rng.random() < 0.5 else b'{"type":"run","seq":"1","op":"echo","given":{},"input":{}}'
    )
    match rng.randrange(6):
        case 0:
            return rng.randbytes(rng.randint(0, 40)).replace(b"\n", b"") + b"\n"
        case 1:
            return bytes(message[: rng.randrange(len(message))]) + b"\n"
        case 2:
            message[rng.randrange(len(message))] = rng.choice(b'\x00\xff"{}[]:,\\')
            return bytes(message) + b"\n"
        case 3:
            return json.dumps(rng.choice(JUNK)).encode() + b"\n"
        case 4:
            return b"[" * rng.choice((10, 100, 100_000)) + b"\n"
    return json.dumps({"type": rng.choice(JUNK), rng.choice(("seq", "op", "x")): rng.choice(JUNK)}).encode() + b"\n"


def farewell(line: bytes, out: io.BytesIO) -> object:
    """What the port says when it leaves because of this line; None when it goes on."""
    try:
        serve(ADAPTER, io.BytesIO(line), out)
    except SystemExit as left:
        return left.code
    return None


def test_a_broken_line_ends_the_conversation_in_one_sentence() -> None:
    rng = random.Random(2)  # noqa: S311 - reproducible, not secret
    ends: Counter[str] = Counter()
    for _ in range(BROKEN_LINES):
        line, out = broken(rng), io.BytesIO()
        sentence = farewell(line, out)
        if sentence is None:
            for answer in out.getvalue().splitlines():
                parse_response(answer)
        else:
            assert isinstance(sentence, str), line
            assert sentence.isprintable(), line
            assert len(sentence) < 300, line
        ends["answered" if sentence is None else "left"] += 1
    assert ends["left"] > BROKEN_LINES // 2
    assert ends["answered"]


@pytest.mark.parametrize(
    "line", [b"\xff\xfe", b"{", b"[]", b'{"type":"run"}', b"{" * 100_000, b"9" * 10_000, b"x" * 20_000_000]
)
def test_the_process_leaves_without_a_traceback(line: bytes) -> None:
    port = subprocess.run(COMMAND, input=HELLO + line + b"\n", capture_output=True, check=False, timeout=30)
    assert port.returncode == 1
    assert len(port.stdout.splitlines()) == 1
    assert len(port.stderr.splitlines()) == 1
    assert b"the judge broke the protocol" in port.stderr
