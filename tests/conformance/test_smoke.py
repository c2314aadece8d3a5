"""Smoke: a broken adapter is told from a wrong port."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.corpus import Corpus, load
from calybris_conformance.outcomes import Exit
from calybris_conformance.session import Settings
from calybris_conformance.smoke import Check, conclusion, smoke
from tests.support.judging import OK, case, corpus_of, obedient

QUICK = Settings(timeout_seconds=1, start_seconds=5, exit_seconds=0.5)


def corpus(tmp_path: Path, *cases: Any) -> Corpus:
    decide = {"suite": "decide", "cases": list(cases) or [case("decide/a/1"), case("decide/a/2", ["exit", 1])]}
    return corpus_of(tmp_path, {"suite": "echo", "op": "echo", "cases": [case("echo/a/1"), case("echo/a/2")]}, decide)


def run(vectors: Corpus, *command: str) -> tuple[list[Check], str, Exit]:
    checks = list(smoke(vectors, command or obedient(), QUICK))
    return checks, *conclusion(checks)


def failed(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if not check.passed]


def test_a_good_port_passes_every_check_once_per_feature(tmp_path: Path) -> None:
    checks, sentence, code = run(corpus(tmp_path))
    names = ["ready", "echo/a/1", "echo/a/2", "smoke/no.such.operation", "decide/a/1", "bye"]
    assert [check.name for check in checks] == names
    assert failed(checks) == []
    assert code is Exit.CONFORMANT
    assert sentence == "The adapter works, and the port answers every smoke case rightly."


def test_a_wrong_answer_is_the_ports(tmp_path: Path) -> None:
    checks, sentence, code = run(corpus(tmp_path, case("decide/a/1", ["reply", {"ok": {"value": "2"}}])))
    assert failed(checks) == ["decide/a/1"]
    assert sentence == "The adapter works; the port answers wrongly (decide/a/1)."
    assert code is Exit.NOT_CONFORMANT
    assert 'value: expected "1", got "2"' in checks[-2].detail


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ([["raw", "hello"]], "not JSON"),
        ([["reply", {"ok": {"value": "1"}, "x": 1}]], "unknown field 'x'"),
        ([["exit", 1]], "exited with status 1"),
        ([["sleep", 9]], "No answer within 1 s."),
    ],
)
def test_what_breaks_the_conversation_is_the_adapters(tmp_path: Path, do: list[Any], words: str) -> None:
    checks, sentence, code = run(corpus(tmp_path, case("decide/a/1", *do)))
    assert failed(checks) == ["decide/a/1"]
    assert words in checks[-2].detail
    assert sentence == "The adapter is broken (decide/a/1); mend it before the port is judged."
    assert code is Exit.NOT_CONFORMANT
    assert checks[-1].passed  # the process that was started again says bye as it should


def test_a_port_that_cannot_echo_has_a_broken_adapter(tmp_path: Path) -> None:
    vectors = corpus_of(tmp_path, {"suite": "echo", "op": "echo", "cases": [case("echo/a/1", ["reply", {"ok": {}}])]})
    checks, sentence, _ = run(vectors)
    assert failed(checks) == ["echo/a/1"]
    assert sentence.startswith("The adapter is broken (echo/a/1)")


def test_a_port_that_is_never_ready(tmp_path: Path) -> None:
    checks, sentence, code = run(corpus(tmp_path), *obedient(hello=[["stderr", "no\n", 1], ["exit", 2]]))
    assert [check.name for check in checks] == ["ready"]
    assert checks[0].stderr == "no\n"
    assert sentence == "The adapter is broken: it never became ready."
    assert code is Exit.NEVER_READY


def test_a_port_that_stays_after_bye(tmp_path: Path) -> None:
    checks, _, code = run(corpus(tmp_path), *obedient(bye=[["sleep", 9]]))
    assert failed(checks) == ["bye"]
    assert code is Exit.NOT_CONFORMANT


def test_a_port_that_cannot_be_started_again(tmp_path: Path) -> None:
    hello = [["count", str(tmp_path / "starts"), ["stderr", "", 0], ["exit", 9]]]
    checks, _, code = run(corpus(tmp_path / "v", case("decide/a/1", ["exit", 1])), *obedient(hello=hello))
    assert failed(checks) == ["decide/a/1", "ready again"]
    assert code is Exit.NOT_CONFORMANT


ANSWERS_EVERYTHING = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        who = dict.fromkeys(("name", "version", "language", "source"), "x")
        print(json.dumps({"type": "ready", "protocol": 1, "implementation": who, "spec": "1.0", "max_in_flight": 1,
                          "features": ["echo", "decide", "integer"]}), flush=True)
    elif message["type"] == "run":
        print(json.dumps({"type": "result", "seq": message["seq"], "ok": OK}), flush=True)
"""


def test_a_port_that_says_yes_to_everything_is_caught(tmp_path: Path) -> None:
    """It answers what does not exist, and accepts an integer beyond its width."""
    command = (sys.executable, "-ISc", ANSWERS_EVERYTHING.replace("OK", json.dumps(OK["ok"])))
    checks, _, code = run(corpus(tmp_path), *command)
    assert failed(checks) == ["smoke/no.such.operation", "smoke/integer"]
    assert [check.adapter for check in checks if not check.passed] == [True, False]
    assert code is Exit.NOT_CONFORMANT


# ---- frames

FRAMES = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        who = dict.fromkeys(("name", "version", "language", "source"), "x")
        print(json.dumps({"type": "ready", "protocol": 1, "implementation": who, "spec": "1.0", "max_in_flight": 1,
                          "features": ["decide.rows"]}), flush=True)
    elif message["type"] == "run":
        rows = ["7" for row in message["input"].get("rows", [])]
        answer = {"ok": {"rows": rows}} if rows else {"unsupported": {"feature": message["op"]}}
        print(json.dumps({"type": "result", "seq": message["seq"], **answer}), flush=True)
    else:
        break
"""


def test_a_port_that_claims_frames_is_asked_one_of_several_rows() -> None:
    checks, _, code = run(load(), sys.executable, "-m", "calybris_conformance.adapters.reference")
    assert failed(checks) == []
    assert code is Exit.CONFORMANT
    assert [check.name for check in checks[-2:]] == ["smoke/decide.rows", "bye"]


def test_wrong_rows_are_the_ports() -> None:
    checks, _, code = run(load(), sys.executable, "-ISc", FRAMES)
    assert failed(checks) == ["smoke/decide.rows"]
    (wrong,) = (check for check in checks if not check.passed)
    assert not wrong.adapter
    assert "rows[0]" in wrong.detail
    assert code is Exit.NOT_CONFORMANT
