"""The page of a report: what is there without a script, and the data of the list, as functions of the report."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from calybris_conformance.corpus import Corpus, load
from calybris_conformance.outcomes import CaseResult, Outcome, Verdict
from calybris_conformance.protocol import Implementation, Ready
from calybris_conformance.report.html import page
from calybris_conformance.report.html.parts import standings
from calybris_conformance.report.html.rows import NOT_CLAIMED, details, kind, narrower, notes, rows
from calybris_conformance.report.html.timing import Bar, duration, histogram, quantile
from calybris_conformance.report.jsonl import INTERRUPTED, Recorder, Report, repeat_command
from calybris_conformance.selection import FULL, PROFILES, Skip, profile_features
from tests.support.reports import a_case, a_report, a_result

SKIP = Skip(a_case("zz/a/1", "trace"), ("catalog.series", "trace"))
MIXED = a_report(
    a_result("b/x/1"),
    a_result("b/x/2", Outcome.MISMATCH),
    a_result("b/y/3", Outcome.TIMEOUT),
    a_result("a/x/1", Outcome.KNOWN_FAILURE),
    skips=(SKIP,),
    problems=("A problem with <b>.",),
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load()


class Read(HTMLParser):
    """The text outside of scripts and styles, and the JSON in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.data: dict[str, Any] = {}
        self._name: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._name = dict(attrs).get("id") if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.texts.append(data)
        elif self._name:
            self.data[self._name] = json.loads(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


# ---- without a script


def test_the_verdict_and_its_numbers_come_first() -> None:
    text = Read(page(MIXED, None)).text
    assert "a | port Not conformant 1 known failure" in text
    assert "1 of 4 cases have the one right answer; 2 failed; 1 fail as the list of known failures says; 1 more" in text
    assert "A problem with <b>." in text


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (a_report(a_result("a/x/1")), "Conformant"),
        (a_report(a_result("a/x/1"), incomplete=INTERRUPTED), "a | port Incomplete"),
        (a_report(a_result("a/x/1"), footer=False), "the run ended without a footer"),
        (a_report(a_result("echo/x/1", Outcome.MISMATCH, "echo")), "echo fails"),
        (a_report(a_result("a/x/1")), "The vectors of this report were not at hand"),
    ],
)
def test_what_a_reader_must_know(report: Report, words: str) -> None:
    assert words in Read(page(report, None)).text


def test_a_run_that_asked_a_part_says_so(corpus: Corpus) -> None:
    ready = Ready(Implementation("p", "1", "c", "s"), ("echo",), 8)
    for options, is_part in (({"window": 32}, False), ({"quick": True}, True), ({"suite": ["echo"]}, True)):
        with Recorder(None, {}, "{case}") as recorder:
            recorder.header("p", ready, corpus, ["p"], options)
            recorder.footer((), 1.0)
            assert ("Only a part of the vectors was asked" in page(recorder.report(), corpus)) is is_part


def test_every_case_that_is_no_pass_is_listed_without_a_script() -> None:
    text = page(MIXED, None)
    plain = text[text.index("<noscript>") : text.index("</noscript>")]
    assert plain.count('<li class="plain">') == 3
    assert "b/x/2" in plain
    assert "a.b: expected &quot;1&quot;, got &quot;&lt;&amp;&gt;" in plain
    assert "(listed: A reason | &lt;b&gt;.)" in plain
    assert "No case failed." in page(a_report(a_result("a/x/1")), None)


def test_the_suites_count_their_cases_and_show_their_groups() -> None:
    text = page(MIXED, None)
    assert '<a href="#suite=b" class="suite">b</a>' in text
    assert "b: 2 groups, by their worst case: 2 failed" in text
    assert "<title>b/x: 1 passed, 1 failed</title>" in text
    assert "<title>zz/a: 1 not claimed</title>" in text


# ---- profiles


def test_a_port_that_claims_and_passes_all_passes_every_profile(corpus: Corpus) -> None:
    every = profile_features(corpus, FULL)
    report = claimed(corpus, sorted(every), a_result("a/x/1", op="decide"), a_result("a/x/2", op="wal.verify"))
    found = {one.name: one for one in standings(report, corpus)}
    assert list(found) == [*PROFILES, FULL]
    assert not any(one.missing for one in found.values())
    assert found["core"].mark == found["log"].mark == found["full"].mark == ("good", "passed")
    assert found["ledger"].mark == ("none", "not asked")


def test_failures_belong_to_the_profiles_of_their_operation(corpus: Corpus) -> None:
    every = sorted(profile_features(corpus, FULL))
    failed, known = a_result("a/x/1", Outcome.FAULT, "decide"), a_result("a/x/2", Outcome.KNOWN_FAILURE, "wal.verify")
    marks = {one.name: one.mark for one in standings(claimed(corpus, every, failed, known), corpus)}
    assert marks["core"] == marks["full"] == ("bad", "1 failed")
    assert marks["ledger"] == ("none", "not asked")
    assert a_mark(corpus, every, a_result("a/x/3", op="wal.verify"), known)["log"] == ("known", "passed, 1 known")


def test_what_is_not_claimed(corpus: Corpus) -> None:
    marks = a_mark(corpus, ["echo", "integer", "decide"], a_result("a/x/1", op="decide"))
    assert marks == {
        "core": ("none", "claimed in part"),
        "ledger": ("none", "not claimed"),
        "log": ("none", "not claimed"),
        "full": ("none", "claimed in part"),
    }


def claimed(corpus: Corpus, features: list[str], *results: CaseResult) -> Report:
    ready = Ready(Implementation("p", "1", "c", "s"), tuple(features), 8)
    with Recorder(None, {}, "{case}") as recorder:
        recorder.header("p", ready, corpus, ["p"], {})
        for result in results:
            recorder.case(result)
        recorder.footer((), 1.0)
        return recorder.report()


def a_mark(corpus: Corpus, features: list[str], *results: CaseResult) -> dict[str, tuple[str, str]]:
    return {one.name: one.mark for one in standings(claimed(corpus, features, *results), corpus)}


# ---- the data


def test_every_case_has_a_row_the_worst_first() -> None:
    made = rows(MIXED, None)
    assert [row[0] for row in made["rows"]] == ["b/x/2", "b/y/3", "a/x/1", "b/x/1", "zz/a/1"]
    outcomes = [made["outcomes"][row[2]][:2] for row in made["rows"]]
    assert outcomes == [
        ["mismatch", "bad"],
        ["timeout", "bad"],
        ["known_failure", "known"],
        ["pass", "good"],
        ["not_claimed", "none"],
    ]
    assert [made["suites"][row[1]] for row in made["rows"]] == ["b", "b", "a", "b", "zz"]
    assert [row[7] for row in made["rows"]] == [0, 0, 0, 0, ["catalog.series", "trace"]]
    assert [row[8] for row in made["rows"]] == ["a.b", "a.b", "mismatch a.b", "", ""]
    failed = made["rows"][0]
    assert [made["flags"][flag] for flag in failed[4]] == ["TIES"]
    assert [made["clauses"][clause] for clause in failed[5]] == ["RANK-1", "RANK-2"]
    assert failed[3] == 500_000


def test_a_pass_has_its_flags_from_the_vectors(corpus: Corpus) -> None:
    case = next(case for case in corpus.cases if case.flags)
    report = claimed(corpus, [case.op], CaseResult(case, Outcome.PASS, Verdict(Outcome.PASS)))
    made = rows(report, corpus)
    (row,) = made["rows"]
    assert [made["flags"][flag] for flag in row[4]] == list(case.flags)
    assert [made["clauses"][clause] for clause in row[5]] == list(case.clauses)
    assert row[6] == case.about
    assert notes(report, corpus)[case.flags[0]][1] == corpus.notes[case.flags[0]].why


def test_vectors_of_another_tree_are_not_looked_into(corpus: Corpus) -> None:
    read = Read(page(a_report(a_result("a/x/1", Outcome.FAULT)), corpus))
    assert "were not at hand" in read.text
    assert read.data["notes"] == {"TIES": ["The other of two equal candidates wins.", ""]}


def test_the_data_of_the_page_are_those_of_the_report() -> None:
    read = Read(page(MIXED, None))
    assert read.data == {"cases": rows(MIXED, None), "notes": notes(MIXED, None), "details": details(MIXED, None)}
    assert list(read.data["details"]) == ["b/x/2", "b/y/3", "a/x/1"]
    known = read.data["details"]["a/x/1"]
    assert known["listed"]["reason"] == "A reason | <b>."
    assert known["verdict"] == "mismatch"
    assert known["repeat"] == repeat_command(["./my port", "--x={}"]).format(case="a/x/1")


def test_an_accumulated_digest_can_be_narrowed() -> None:
    (line,) = a_report(a_result("accumulate/a/1", Outcome.MISMATCH, "accumulate")).failures
    assert narrower(line) == "calybris-ref conformance bisect accumulate/a/1 -- './my port' '--x={}'"
    assert narrower(line | {"verdict": "crash"}) is None
    assert narrower(line | {"suite": "decide"}) is None


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_colour(outcome: Outcome) -> None:
    expected = {Outcome.PASS: "good", Outcome.KNOWN_FAILURE: "known"}.get(outcome, "bad")
    assert kind(outcome) == expected
    assert kind(NOT_CLAIMED) == "none"


# ---- time


def test_a_histogram_holds_every_answer_once() -> None:
    micros = [0, 100, 101, 200, 999, 1_000, 10_000_001]
    bars = histogram(micros)
    assert bars[:4] == [Bar(0, 100, 2), Bar(100, 200, 2), Bar(200, 500, 0), Bar(500, 1000, 2)]
    assert bars[-1] == Bar(10_000_000, None, 1)
    assert sum(bar.cases for bar in bars) == len(micros)
    assert histogram([300]) == [Bar(200, 500, 1)]
    assert histogram([]) == []


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (100, 10), (1, 1), (0, 1)])
def test_quantiles(percent: int, value: int) -> None:
    assert quantile(range(1, 11), percent) == value


@pytest.mark.parametrize(
    ("micros", "text"), [(0, "0 µs"), (999, "999 µs"), (1000, "1 ms"), (12_345, "12.3 ms"), (5_000_000, "5 s")]
)
def test_durations(micros: int, text: str) -> None:
    assert duration(micros) == text


def test_nothing_asked_takes_no_time() -> None:
    assert "Time to an answer" not in page(a_report(skips=(SKIP,)), None)
    assert "Time to an answer" in page(MIXED, None)
