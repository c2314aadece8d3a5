"""Markdown, JUnit XML and the badge: functions of the report, honest about an incomplete one."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from calybris_conformance.outcomes import Outcome
from calybris_conformance.report.derived import DERIVED, badge, junit, markdown, write
from calybris_conformance.report.jsonl import INTERRUPTED, Report, read
from calybris_conformance.selection import Skip
from tests.support.reports import a_case, a_report, a_result

SKIP = Skip(a_case("zz/a/1", "trace"), ("catalog.series", "trace"))
GOOD = a_report(a_result("a/x/1"), a_result("b/x/1"))
MIXED = a_report(
    a_result("b/x/1"),
    a_result("b/x/2", Outcome.MISMATCH),
    a_result("a/x/1", Outcome.KNOWN_FAILURE),
    skips=(SKIP,),
    problems=("A problem with | and <b>.",),
)
STOPPED = a_report(a_result("a/x/1"), incomplete=INTERRUPTED)
TORN = a_report(a_result("a/x/1"), footer=False)
ECHO = a_report(a_result("echo/x/1", Outcome.MISMATCH, "echo"))


def test_markdown_of_a_good_run_is_short() -> None:
    text = markdown(GOOD)
    assert text.startswith("# a \\| port: CONFORMANT: 2 passed, 0 known failures\n")
    assert "| b | 1 | 1 | 0 | 0 | 0 |" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Suites"]


def test_markdown_of_a_mixed_run_has_everything() -> None:
    text = markdown(MIXED)
    assert "- A problem with \\| and &lt;b>." in text
    assert "| mismatch | an output, but not the right one | 1 |" in text
    assert "### b/x/2" in text
    assert "  repeat   calybris-ref conformance run --case b/x/2" in text
    assert "| a/x/1 | mismatch | A reason \\| &lt;b>. | https://example.org/1 |" in text
    assert "| zz | catalog.series, trace | 1 |" in text


def test_a_fence_is_longer_than_what_it_holds() -> None:
    lines = markdown(MIXED).splitlines()
    fences = [line for line in lines if line.startswith("```")]
    assert fences == ["`````text", "`````"]


def test_every_table_has_as_many_cells_as_its_header() -> None:
    columns = None
    for line in markdown(MIXED).splitlines():
        if not line.startswith("|"):
            columns = None
            continue
        cells = line.replace("\\|", "").count("|") - 1
        assert columns in (None, cells), line
        columns = cells


def test_a_failing_echo_stands_at_the_top() -> None:
    assert markdown(ECHO).splitlines()[2].startswith("**echo fails:")


def test_junit_counts_and_failures() -> None:
    root = ET.fromstring(junit(MIXED))  # noqa: S314 - our own document
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["a", "b", "zz", "run"]
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
    failure = suites["b"].find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "mismatch"
    assert "differs  a.b" in (failure.text or "")
    assert suites["run"].find("testcase/failure") is not None
    known = suites["a"].find("testcase/skipped")
    assert known is not None
    assert known.get("message") == "known failure: A reason | <b>."


def test_junit_of_a_good_run_has_no_failure() -> None:
    assert "<failure" not in junit(GOOD)


@pytest.mark.parametrize("report", [STOPPED, TORN], ids=["stopped", "torn"])
def test_an_incomplete_report_is_marked_everywhere(report: Report) -> None:
    assert "INCOMPLETE" in markdown(report).splitlines()[0]
    assert "<failure" in junit(report)
    assert json.loads(badge(report))["message"] == "incomplete"


@pytest.mark.parametrize(
    ("report", "message", "color"),
    [
        (GOOD, "2 passed, 0 known", "brightgreen"),
        (a_report(a_result("a/x/1", Outcome.KNOWN_FAILURE)), "0 passed, 1 known", "yellow"),
        (MIXED, "not conformant, 1 failed, 1 known", "red"),
        (a_report(a_result("a/x/1"), problems=("P.",)), "not conformant, 0 failed, 0 known", "red"),
    ],
)
def test_the_badge(report: Report, message: str, color: str) -> None:
    assert json.loads(badge(report)) == {
        "schemaVersion": 1,
        "label": "calybris vectors 1.2.3",
        "message": message,
        "color": color,
    }


def test_everything_derives_from_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    report = a_report(a_result("a/x/1", Outcome.CRASH), path=path, skips=(SKIP,))
    write(report, tmp_path, None)
    first = {name: (tmp_path / name).read_bytes() for name in DERIVED}
    write(read(path), tmp_path, None)
    assert {name: (tmp_path / name).read_bytes() for name in DERIVED} == first
    assert sorted(first) == ["badge.json", "junit.xml", "report.html", "report.md"]
