"""Every way in which a case can end, met with a real process; and that the runner survives all of them."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.corpus import Case, Corpus
from calybris_conformance.outcomes import CaseResult, Outcome
from calybris_conformance.protocol import Hello
from calybris_conformance.runner import Runner
from calybris_conformance.session import NotReady, Settings
from tests.support.judging import OK, case, corpus_of, obedient

HELLO = Hello("tests", "1.0", "9.9.9")
QUICK = Settings(window=8, timeout_seconds=0.8, start_seconds=5, exit_seconds=1)
WRONG = ["reply", {"ok": {"value": "2"}}]


def settings(**changes: Any) -> Settings:
    fields = {name: getattr(QUICK, name) for name in ("window", "timeout_seconds", "start_seconds", "exit_seconds")}
    return Settings(**{**fields, **changes})


def run(
    cases: tuple[Case, ...], how: Settings = QUICK, command: tuple[str, ...] = (), twice: bool = False
) -> tuple[dict[str, CaseResult], list[str]]:
    """(the result of every case, the problems beside them)."""
    with Runner(command or obedient(), HELLO, how) as runner:
        results = {result.case.id: result for result in runner.first_pass(cases)}
        assert len(results) == len(cases)
        if twice:
            results |= {result.case.id: result for result in runner.second_pass(results)}
        return results, runner.problems


def outcomes(results: dict[str, CaseResult]) -> dict[str, str]:
    return {name: str(result.outcome) for name, result in results.items()}


@pytest.fixture
def corpus(tmp_path: Path) -> Any:
    return lambda *cases: corpus_of(tmp_path / "vectors", {"cases": list(cases)}).cases


ERROR = {"error": {"code": "A_CODE", "at": "value"}}
ALONE: list[tuple[str, list[list[Any]], dict[str, Any], str]] = [
    ("pass", [["reply", OK]], dict(OK), ""),
    ("pass", [["reply", {"error": {"code": "A_CODE", "at": "value", "detail": "x"}}]], ERROR, ""),
    ("mismatch", [WRONG], dict(OK), "One difference."),
    ("wrong_error", [["reply", {"error": {"code": "A_CODE", "at": "other"}}]], ERROR, "A_CODE at value was due"),
    ("accepted_invalid", [["reply", OK]], ERROR, "A_CODE at value was due"),
    ("rejected_valid", [["reply", ERROR]], dict(OK), "an output was due"),
    ("fault", [["reply", {"fault": {"detail": "it threw"}}]], dict(OK), "it threw"),
    ("fault", [["reply", {"fault": {"detail": "it threw"}}]], ERROR, "it threw"),
    ("unsupported", [["reply", {"unsupported": {"feature": "decide"}}]], dict(OK), "'decide'"),
    ("crash", [["exit", 3]], dict(OK), "exited with status 3"),
    ("crash", [["signal", "SIGABRT"]], dict(OK), "ended by SIGABRT"),
    ("crash", [["raw", "hello"]], dict(OK), "begins with 'hello'"),
    ("crash", [["raw", ""]], dict(OK), "not JSON"),
    ("crash", [["hex", "ff0a"]], dict(OK), "not UTF-8"),
    ("crash", [["torn", '{"type"'], ["exit", 0]], dict(OK), "its last line has no newline"),
    ("crash", [["close"], ["sleep", 9]], dict(OK), "closed its stdout"),
    ("timeout", [["sleep", 9]], dict(OK), "No answer within 0.8 s."),
    ("malformed", [["reply", {"ok": {}, "time": 1}]], dict(OK), "unknown field 'time'"),
    ("malformed", [["reply", {"seq": "999", **OK}]], dict(OK), "'999'"),
    ("malformed", [["raw", "[]"]], dict(OK), "not a JSON object"),
    ("malformed", [["raw", '{"type":"result","type":"result"}']], dict(OK), "the key 'type' twice"),
    ("malformed", [["reply", {"type": "ready"}]], dict(OK), "ready lacks"),
    ("malformed", [["flood", 20_000_000], ["sleep", 9]], dict(OK), "more than 16,777,216 bytes"),
]


@pytest.mark.parametrize(
    ("outcome", "do", "expect", "words"), ALONE, ids=[f"{number}-{row[0]}" for number, row in enumerate(ALONE)]
)
def test_each_outcome_among_cases_that_pass(
    corpus: Any, outcome: str, do: list[list[Any]], expect: dict[str, Any], words: str
) -> None:
    cases = corpus(case("a/1"), case("a/2"), case("a/it", *do, expect=expect), case("a/3"), case("a/4"))
    results, problems = run(cases)
    assert outcomes(results) == {"a/1": "pass", "a/2": "pass", "a/it": outcome, "a/3": "pass", "a/4": "pass"}
    assert words in results["a/it"].verdict.detail
    assert problems == []


def test_a_break_that_does_not_come_again_is_flaky(corpus: Any, tmp_path: Path) -> None:
    cases = corpus(
        case("a/1"), case("a/it", ["once", str(tmp_path / "x"), "exit", 3], ["reply", OK]), case("a/2"), case("a/3")
    )
    results, _ = run(cases)
    assert outcomes(results) == {"a/1": "pass", "a/it": "flaky", "a/2": "pass", "a/3": "pass"}
    detail = results["a/it"].verdict.detail
    assert "exited with status 3" in detail
    assert "it and the 2 cases open with it were asked one at a time: pass." in detail


def test_the_case_that_breaks_is_found_behind_answers_that_were_never_flushed(corpus: Any) -> None:
    """The oldest open case is not always the guilty one: here it is answered, but the answer dies with the process."""
    cases = corpus(case("a/slow", ["sleep", 0.1], ["reply", OK]), case("a/it", ["exit", 3]), case("a/2"))
    results, _ = run(cases)
    assert outcomes(results) == {"a/slow": "pass", "a/it": "crash", "a/2": "pass"}


def test_two_guilty_cases_in_one_window_are_both_found(corpus: Any) -> None:
    cases = corpus(case("a/1", ["exit", 1]), case("a/2"), case("a/3", ["raw", "x"]), case("a/4", WRONG), case("a/5"))
    results, _ = run(cases)
    assert list(outcomes(results).values()) == ["crash", "pass", "crash", "mismatch", "pass"]


def test_an_answer_too_many_is_noticed_at_the_next_case(corpus: Any) -> None:
    results, _ = run(corpus(case("a/1", ["reply", OK], ["reply", OK]), case("a/2")))
    assert results["a/1"].outcome is Outcome.PASS
    assert results["a/2"].outcome is Outcome.FLAKY
    assert "The answer is to seq '1'; seq '2' was due. When it was asked alone: pass." in results["a/2"].verdict.detail


def test_an_answer_too_many_at_the_end_is_a_problem(corpus: Any) -> None:
    results, problems = run(corpus(case("a/1", ["reply", OK], ["reply", OK])))
    assert outcomes(results) == {"a/1": "pass"}
    assert len(problems) == 1
    assert problems[0].startswith("The port wrote another line after its last answer")


def test_a_port_that_does_not_leave_is_a_problem(corpus: Any) -> None:
    _, problems = run(corpus(case("a/1")), settings(exit_seconds=0.2), obedient(bye=[["sleep", 9]]))
    assert problems == ["The port did not exit within 0.2 s of bye."]


def test_restarts_are_counted_and_the_rest_is_not_run(corpus: Any) -> None:
    cases = corpus(*(case(f"a/{number}", ["exit", 1]) for number in range(6)), case("a/last"))
    results, _ = run(cases, settings(restarts=3, window=2))
    # The first window, its two cases alone: that is all. The third process breaks, and there is no fourth.
    assert list(outcomes(results).values()) == ["crash"] * 2 + ["not_run"] * 5
    assert results["a/last"].verdict.detail == "Given up after 3 restarts of the port."


def test_exactly_as_many_restarts_as_allowed(corpus: Any) -> None:
    cases = corpus(case("a/1", ["exit", 1]), case("a/2", ["exit", 1]), case("a/3"))
    assert list(outcomes(run(cases, settings(restarts=3))[0]).values()) == ["crash", "crash", "pass"]
    assert list(outcomes(run(cases, settings(restarts=2))[0]).values()) == ["crash", "crash", "not_run"]


def test_silence_costs_its_own_case_only(corpus: Any) -> None:
    cases = corpus(*(case(f"a/{number}") for number in range(4)), case("a/it", ["sleep", 9]), case("a/5"), case("a/6"))
    started = time.monotonic()
    results, _ = run(cases, settings(window=32))
    assert [name for name, outcome in outcomes(results).items() if outcome != "pass"] == ["a/it"]
    assert time.monotonic() - started < 4
    assert 0.8 <= results["a/it"].seconds < 2


def test_the_time_of_a_case_begins_when_it_is_the_oldest(corpus: Any) -> None:
    """Six cases of 0.2 s in one window: together longer than the limit of 0.8 s, each of them in time."""
    cases = corpus(*(case(f"a/{number}", ["sleep", 0.2], ["reply", OK]) for number in range(6)))
    assert set(outcomes(run(cases)[0]).values()) == {"pass"}


def test_a_case_may_bring_its_own_time(tmp_path: Path) -> None:
    slow = case("a/slow", ["sleep", 1.2], ["reply", OK])
    own = corpus_of(tmp_path / "own", {"cases": [slow], "timeout_seconds": "5"}).cases
    assert outcomes(run(own)[0]) == {"a/slow": "pass"}
    assert outcomes(run(corpus_of(tmp_path / "none", {"cases": [slow]}).cases)[0]) == {"a/slow": "timeout"}


@pytest.mark.parametrize(("window", "port", "most"), [(4, 64, 4), (32, 3, 3), (1, 64, 1)])
def test_no_more_questions_are_open_than_both_sides_allow(tmp_path: Path, window: int, port: int, most: int) -> None:
    """The port answers nothing for a while and then says how many lines it had been sent."""
    counter = """
import json, os, select, sys, time
def line(buffer=bytearray()):
    while b"\\n" not in buffer: buffer += os.read(0, 65536)
    text, _, rest = bytes(buffer).partition(b"\\n"); buffer[:] = rest
    return json.loads(text), rest.count(b"\\n") + 1
hello, _ = line()
who = dict.fromkeys(("name", "version", "language", "source"), "x")
print(json.dumps({"type": "ready", "protocol": 1, "implementation": who, "spec": "1.0", "features": ["decide"],
                  "max_in_flight": MOST}), flush=True)
while True:
    time.sleep(0.02)
    while select.select([0], [], [], 0)[0]:
        chunk = os.read(0, 65536)
        if not chunk: sys.exit()
        line.__defaults__[0].extend(chunk)
    run, waiting = line()
    if run["type"] == "bye": break
    print(json.dumps({"type": "result", "seq": run["seq"], "ok": {"value": str(waiting)}}), flush=True)
"""
    command = (sys.executable, "-ISc", counter.replace("MOST", str(port)))
    cases = corpus_of(tmp_path, {"cases": [case(f"a/{number}") for number in range(12)]}).cases
    with Runner(command, HELLO, settings(window=window, timeout_seconds=5)) as runner:
        answers = [result.answer for result in runner.first_pass(cases)]
    waiting = [int(answer["ok"]["value"]) for answer in answers if answer]
    assert len(waiting) == 12
    assert max(waiting) == most


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hello": [["exit", 4]]}, "never became ready: it exited with status 4"),
        ({"hello": [["sleep", 9]]}, "not ready within 0.5 s"),
        ({"hello": [["raw", "Loading…"]]}, "first line is not ready. The line is not JSON"),
        ({"hello": [["raw", '{"type":"result","seq":"1","ok":{}}']]}, "first line is a result"),
        ({"hello": [["flood", 20_000_000]]}, "more than 16,777,216 bytes"),
        ({"ready": {"protocol": 2}}, "ready.protocol is 2; this judge speaks 1."),
        ({"ready": {"spec": "2.0"}}, "implements the specification '2.0'; this judge knows '1.0'"),
        ({"ready": {"max_in_flight": 0}}, "ready.max_in_flight is 0"),
    ],
)
def test_a_port_that_never_becomes_ready(options: dict[str, Any], words: str) -> None:
    with pytest.raises(NotReady) as caught:
        Runner(obedient(**options), HELLO, settings(start_seconds=0.5))
    assert words.lower() in str(caught.value).lower()


def test_stderr_of_a_port_that_never_becomes_ready_is_kept() -> None:
    with pytest.raises(NotReady) as caught:
        Runner(obedient(hello=[["stderr", "no licence\n", 1], ["exit", 4]]), HELLO, QUICK)
    assert caught.value.stderr == "no licence\n"


def test_a_port_that_cannot_be_started_again(corpus: Any, tmp_path: Path) -> None:
    once = ["count", str(tmp_path / "starts"), ["stderr", "", 0], ["exit", 9]]
    cases = corpus(case("a/1"), case("a/2", ["exit", 1]), case("a/3"))
    results, problems = run(cases, settings(window=1), obedient(hello=[once]))
    assert list(outcomes(results).values()) == ["pass", "not_run", "not_run"]
    assert problems == ["The port could not be started again. The port never became ready: it exited with status 9."]


def test_a_port_that_claims_something_else_after_a_restart(corpus: Any, tmp_path: Path) -> None:
    other = '{"type":"ready","protocol":1,"implementation":{"name":"x","version":"1","language":"x","source":"x"},'
    other += '"spec":"1.0","features":[],"max_in_flight":1}'
    hello = [["count", str(tmp_path / "starts"), ["stderr", "", 0], ["raw", other]]]
    # The second process says ready twice, so that its next line answers nothing: what counts is that it is told on.
    _, problems = run(corpus(case("a/1", ["exit", 1]), case("a/2")), settings(restarts=1), obedient(hello=hello))
    assert problems == ["The port said something else in ready when it was started again."]


def test_stderr_stands_with_the_failure_that_followed_it(corpus: Any) -> None:
    cases = corpus(
        case("a/1", ["stderr", "thinking\n", 1], ["exit", 1]), case("a/2", ["stderr", "x", 90_000], ["exit", 1])
    )
    results, _ = run(cases)
    assert results["a/1"].stderr == "thinking\n"
    assert results["a/2"].stderr == "x" * 65536


# ---- the second pass


def test_the_second_pass_finds_what_changes(corpus: Any, tmp_path: Path) -> None:
    changing = ["count", str(tmp_path / "n"), ["reply", OK], WRONG]
    results, problems = run(corpus(case("a/1"), case("a/it", changing), case("a/3", WRONG)), twice=True)
    assert outcomes(results) == {"a/1": "pass", "a/it": "nondeterministic", "a/3": "mismatch"}
    assert results["a/it"].verdict.detail == "First pass: pass. Second pass: mismatch. One difference."
    assert results["a/it"].verdict.field == "value"
    assert problems == []


@pytest.mark.parametrize(
    "second",
    [
        ["reply", {"ok": {"value": "3"}}],
        ["reply", {"error": {"code": "A", "at": "b"}}],
        ["reply", {"fault": {"detail": ""}}],
        ["exit", 1],
        ["sleep", 9],
    ],
)
def test_another_failure_in_the_second_pass_is_nondeterministic(corpus: Any, tmp_path: Path, second: list[Any]) -> None:
    changing = ["count", str(tmp_path / "n"), WRONG, second, second, second]
    assert outcomes(run(corpus(case("a/it", changing)), twice=True)[0]) == {"a/it": "nondeterministic"}


def test_texts_for_people_may_change(corpus: Any, tmp_path: Path) -> None:
    faults = [["reply", {"fault": {"detail": f"at 0x{number}"}}] for number in range(2)]
    refusals = [["reply", {"error": {"code": "A_CODE", "at": "value", "detail": str(number)}}] for number in range(2)]
    cases = corpus(
        case("a/1", ["count", str(tmp_path / "1"), *faults]),
        case("a/2", ["count", str(tmp_path / "2"), *refusals], expect=ERROR),
    )
    assert outcomes(run(cases, twice=True)[0]) == {"a/1": "fault", "a/2": "pass"}


def test_the_second_pass_has_another_order_and_another_process(corpus: Any, tmp_path: Path) -> None:
    log, starts = tmp_path / "log", tmp_path / "starts"
    cases = corpus(*(case(f"a/{n}", ["note", str(log), str(n)], ["reply", OK]) for n in range(9)))
    results, _ = run(cases, command=obedient(hello=[["note", str(starts), "."]]), twice=True)
    assert set(outcomes(results).values()) == {"pass"}
    assert starts.read_text() == ".."
    first, second = log.read_text()[:9], log.read_text()[9:]
    assert first == "012345678" != second
    assert sorted(second) == sorted(first)


def test_what_the_second_pass_did_not_reach_is_not_a_pass(corpus: Any, tmp_path: Path) -> None:
    breaks = ["count", str(tmp_path / "n"), *([["reply", OK]] * 3), ["exit", 1]]
    cases = corpus(*(case(f"a/{number}", breaks) for number in range(3)))
    results, _ = run(cases, settings(restarts=0), twice=True)
    assert set(outcomes(results).values()) == {"not_run"}
    assert results["a/0"].verdict.detail == "Second pass: Given up after 0 restarts of the port."


# ---- whatever the port does, every case ends in some way


def test_a_port_that_does_everything_wrong_at_once(tmp_path: Path) -> None:
    wild: Corpus = corpus_of(
        tmp_path,
        {
            "cases": [
                case(f"{name}/{number}", *do, expect=expect)
                for number in range(2)
                for name, (_, do, expect, _) in zip("abcdefghijklmnopqrstuvw", ALONE, strict=True)
                if do[0][0] not in ("flood", "sleep", "close")
            ]
        },
    )
    results, _ = run(wild.cases, settings(window=32, restarts=100))
    due = dict(zip("abcdefghijklmnopqrstuvw", (row[0] for row in ALONE), strict=True))
    assert {name: str(result.outcome) for name, result in results.items()} == {c.id: due[c.id[0]] for c in wild.cases}
