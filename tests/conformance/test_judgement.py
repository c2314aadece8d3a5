"""From the corpus to the report: what is asked, recorded and decided, with a real port."""

import threading
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.corpus import Corpus
from calybris_conformance.judgement import Judgement, Watcher, conduct, unknown_features
from calybris_conformance.known_failures import Entry
from calybris_conformance.outcomes import CaseResult, Exit, Outcome
from calybris_conformance.protocol import Implementation, Ready
from calybris_conformance.report.jsonl import INTERRUPTED, STOPPED, Recorder, Report, exit_code
from calybris_conformance.selection import Filters, SelectionError
from calybris_conformance.session import NotReady, Settings
from tests.support.judging import OK, case, corpus_of, obedient

QUICK = Settings(timeout_seconds=1, start_seconds=5, exit_seconds=1)
WRONG = ["reply", {"ok": {"value": "2"}}]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(
        tmp_path / "vectors",
        {"suite": "decide", "cases": [case("decide/a/1"), case("decide/a/2", WRONG), case("decide/a/3")]},
        {"suite": "echo", "op": "echo", "cases": [case("echo/a/1")]},
        {"suite": "trace", "op": "trace", "cases": [case("trace/a/1")]},
    )


def judge(corpus: Corpus, **changes: Any) -> Report:
    watcher = changes.pop("watcher", None)
    stop = changes.pop("stop", None)
    fields = {"command": obedient(), "settings": QUICK, **changes}
    with Recorder(None, corpus.notes, "{case}") as recorder:
        return conduct(Judgement(corpus, **fields), recorder, stop, watcher)[0]


def outcomes(report: Report) -> dict[str, str]:
    return {line["id"]: line["outcome"] for line in report.cases}


def test_a_whole_judgement(corpus: Corpus) -> None:
    report = judge(corpus)
    assert list(outcomes(report).items()) == [
        ("echo/a/1", "pass"),
        ("decide/a/1", "pass"),
        ("decide/a/2", "mismatch"),
        ("decide/a/3", "pass"),
    ]
    assert [(line["id"], line["missing"]) for line in report.skips] == [("trace/a/1", ["trace"])]
    assert report.problems == ()
    assert report.header["name"] == "obedient"
    assert not report.conformant
    assert exit_code(report) is Exit.NOT_CONFORMANT


def test_a_port_without_failures_is_conformant(corpus: Corpus) -> None:
    report = judge(corpus, filters=Filters(cases=("*/1",)), name="mine")
    assert exit_code(report) is Exit.CONFORMANT
    assert report.header["name"] == "mine"


def test_a_known_failure_does_not_fail_the_run(corpus: Corpus) -> None:
    report = judge(corpus, known=(Entry("decide/a/2", Outcome.MISMATCH, "value", "Why.", ""),))
    assert outcomes(report)["decide/a/2"] == "known_failure"
    assert report.conformant


@pytest.mark.parametrize(
    "entry",
    [
        Entry("decide/a/1", Outcome.MISMATCH, None, "An unexpected pass.", ""),
        Entry("decide/a/2", Outcome.CRASH, None, "Another outcome.", ""),
        Entry("decide/a/2", Outcome.MISMATCH, "other", "Another field.", ""),
        Entry("decide/a/2", Outcome.MISMATCH, None, "", ""),
        Entry("decide/b/2", Outcome.MISMATCH, None, "No such case.", ""),
        Entry("trace/a/1", Outcome.MISMATCH, None, "Not claimed.", ""),
    ],
    ids=lambda entry: entry.reason or "No reason.",
)
def test_a_list_that_is_not_true_fails_the_run(corpus: Corpus, entry: Entry) -> None:
    right = Entry("decide/a/2", Outcome.MISMATCH, None, "Right.", "")
    known = (entry,) if entry.case == right.case else (right, entry)
    assert judge(corpus, known=(right,)).conformant
    assert not judge(corpus, known=known).conformant


def test_a_profile_that_the_port_does_not_claim_fails(corpus: Corpus) -> None:
    report = judge(corpus, filters=Filters(profile="full", cases=("*/1",)))
    assert report.problems == ("The port does not claim the profile full: it lacks trace.",)
    assert not report.conformant


def test_a_port_that_claims_nothing_is_not_conformant(corpus: Corpus) -> None:
    report = judge(corpus, command=obedient(ready={"features": []}))
    assert len(report.skips) == 5
    assert report.problems == (
        "Nothing was judged: the port claims none of the features that the selected cases need.",
    )
    assert exit_code(report) is Exit.NOT_CONFORMANT


def test_fail_fast_stops_and_says_so(corpus: Corpus) -> None:
    report = judge(corpus, fail_fast=True)
    assert list(outcomes(report)) == ["echo/a/1", "decide/a/1", "decide/a/2"]
    assert report.incomplete == STOPPED
    assert exit_code(report) is Exit.NOT_CONFORMANT


def test_fail_fast_does_not_stop_at_what_is_known(corpus: Corpus) -> None:
    known = (Entry("decide/a/2", Outcome.MISMATCH, "value", "Why.", ""),)
    assert judge(corpus, fail_fast=True, known=known).conformant


def test_an_interrupted_judgement_is_marked(corpus: Corpus) -> None:
    stop = threading.Event()
    met: list[CaseResult] = []

    def result(one: CaseResult) -> None:
        met.append(one)
        stop.set()

    slow = {"settings": Settings(window=1, timeout_seconds=5)}
    report = judge(corpus, stop=stop, watcher=Watcher(result=result), **slow)
    assert len(met) == 1
    assert report.incomplete == INTERRUPTED
    assert exit_code(report) is Exit.INTERRUPTED


def test_the_second_pass_replaces_the_line_of_the_first(tmp_path: Path) -> None:
    changing = ["count", str(tmp_path / "n"), ["reply", OK], WRONG]
    corpus = corpus_of(tmp_path / "vectors", {"cases": [case("a/b/1"), case("a/b/2", changing)]})
    begun: list[int] = []
    watcher = Watcher(begins=lambda _ready, answers: begun.append(answers))
    report = judge(corpus, twice=True, watcher=watcher)
    assert outcomes(report) == {"a/b/1": "pass", "a/b/2": "nondeterministic"}
    assert begun == [4]
    assert report.footer is not None
    assert report.footer["cases"] == 2


def test_a_nondeterministic_case_can_be_known(tmp_path: Path) -> None:
    changing = ["count", str(tmp_path / "n"), ["reply", OK], WRONG]
    corpus = corpus_of(tmp_path / "vectors", {"cases": [case("a/b/2", changing)]})
    report = judge(corpus, twice=True, known=(Entry("a/b/2", Outcome.NONDETERMINISTIC, None, "Why.", ""),))
    assert outcomes(report) == {"a/b/2": "known_failure"}


def test_a_mistaken_filter_and_a_dead_port_record_nothing(corpus: Corpus) -> None:
    with pytest.raises(SelectionError):
        judge(corpus, filters=Filters(suites=("nope",)))
    with pytest.raises(NotReady):
        judge(corpus, command=("/no/such/port",))


def test_features_that_nothing_asks_for_are_found(corpus: Corpus) -> None:
    ready = Ready(Implementation("x", "1", "x", "x"), ("decide", "utility", "constructor.trynew"), 1)
    assert unknown_features(corpus, ready) == ("constructor.trynew",)
