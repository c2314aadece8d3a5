"""The report itself: written as it goes, read back strictly, incomplete when it does not end as it should."""

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.corpus import Corpus
from calybris_conformance.outcomes import Exit, Outcome
from calybris_conformance.report.jsonl import (
    INTERRUPTED,
    PREIMAGE_SHOWN,
    STOPPED,
    Recorder,
    ReportError,
    assemble,
    exit_code,
    read,
    repeat_command,
)
from calybris_conformance.selection import Skip
from tests.support.reports import NOTES, READY, a_case, a_report, a_result

SKIP = Skip(a_case("trace/a/1", "trace"), ("trace",))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    report = a_report(
        a_result("a/b/1"), a_result("a/b/2", Outcome.MISMATCH), path=path, skips=(SKIP,), problems=("P.",)
    )
    assert read(path) == report
    assert [line["type"] for line in lines(path)] == ["header", "skip", "case", "case", "footer"]
    assert lines(path)[-1] == {
        "type": "footer",
        "incomplete": None,
        "cases": 2,
        "skips": 1,
        "problems": ["P."],
        "seconds": 1.5,
    }


def test_a_pass_is_short_and_a_failure_says_everything(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    a_report(a_result("a/b/1"), a_result("a/b/2", Outcome.MISMATCH), path=path)
    _, passed, failed, _ = lines(path)
    assert passed == {"type": "case", "id": "a/b/1", "suite": "a", "op": "decide", "outcome": "pass", "seconds": 0.25}
    assert failed["clauses"] == ["RANK-1", "RANK-2"]
    assert failed["about"] == "About a/b/2."
    assert failed["field"] == "a.b"
    assert failed["notes"] == {"TIES": NOTES["TIES"].hunts}
    assert failed["stderr"].startswith("line 1\n")
    assert failed["repeat"] == "calybris-ref conformance run --case a/b/2 -- './my port' '--x={}'"


def test_a_failure_keeps_the_bytes_that_the_port_hashed() -> None:
    sent = replace(a_result("a/b/1", Outcome.MISMATCH), preimage_hex="ab" * PREIMAGE_SHOWN)
    told, untold = a_report(sent, a_result("a/b/2", Outcome.MISMATCH)).cases
    assert told["preimage_hex"] == "ab" * (PREIMAGE_SHOWN // 2)
    assert untold["preimage_hex"] is None


def test_every_line_is_on_disk_before_the_next_case(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    with Recorder(path, NOTES, "{case}") as recorder:
        assert not path.exists()  # nothing was judged yet
        recorder.header("x", READY, Corpus("1", Path(), "", (), (), {}), ["x"], {})
        recorder.case(a_result("a/b/1"))
        report = read(path)
        assert [line["id"] for line in report.cases] == ["a/b/1"]
        assert report.incomplete == "the run ended without a footer"
        assert not report.conformant


def test_the_last_line_of_a_case_counts() -> None:
    report = a_report(a_result("a/b/1"), a_result("a/b/2"), a_result("a/b/1", Outcome.NONDETERMINISTIC))
    assert [(line["id"], line["outcome"]) for line in report.cases] == [
        ("a/b/1", "nondeterministic"),
        ("a/b/2", "pass"),
    ]
    assert report.footer is not None
    assert report.footer["cases"] == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, Exit.CONFORMANT),
        ({"problems": ("P.",)}, Exit.NOT_CONFORMANT),
        ({"incomplete": STOPPED}, Exit.NOT_CONFORMANT),
        ({"incomplete": INTERRUPTED}, Exit.INTERRUPTED),
        ({"footer": False}, Exit.NOT_CONFORMANT),
    ],
)
def test_exit_codes(changes: dict[str, Any], code: Exit) -> None:
    assert exit_code(a_report(a_result("a/b/1"), **changes)) is code


@pytest.mark.parametrize("outcome", sorted(Outcome))
def test_only_passes_and_known_failures_are_conformant(outcome: Outcome) -> None:
    report = a_report(a_result("a/b/1", outcome))
    assert report.conformant == (outcome in ("pass", "known_failure"))
    assert bool(report.failures) == (not report.conformant)


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    a_report(a_result("a/b/1"), a_result("a/b/2", Outcome.CRASH), path=path)
    whole = path.read_bytes()
    for length in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:length])
        report = read(path)
        assert report.incomplete == "the run ended without a footer"
        assert not report.conformant


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: "", "first line is not the header"),
        (lambda text: text.partition("\n")[2], "first line is not the header"),
        (lambda text: text.replace("calybris-report/1", "calybris-report/9"), "first line is not the header"),
        (lambda text: text.replace('{"type": "case"', '{"type": "cas'), "line 2 is not JSON"),
        (lambda text: text.replace('"type": "case"', '"type": "more"'), "unknown type 'more'"),
        (lambda text: text.replace('"outcome": "pass"', '"outcome": "fine"'), "'fine' is not a valid Outcome"),
        (lambda text: text.replace('"id": "a/b/1", ', ""), "KeyError: 'id'"),
        (
            lambda text: text.replace('"cases": 1', '"cases": 2'),
            "footer counts 2 cases and 0 skips, but there are 1 and 0",
        ),
        (lambda text: text + '{"type": "case"}\n', "something stands behind the footer"),
        (lambda text: text + "x", "something stands behind the footer"),
        (lambda text: text + "[]\n", "line 4 is not an object"),
    ],
)
def test_a_damaged_report_is_refused(tmp_path: Path, damage: Any, words: str) -> None:
    path = tmp_path / "report.jsonl"
    a_report(a_result("a/b/1"), path=path)
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_report_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read \\(No such file or directory\\)"):
        read(tmp_path / "nope")


def test_nothing_is_no_report() -> None:
    with pytest.raises(ReportError):
        assemble([])


def test_the_line_that_repeats_a_case_survives_a_shell() -> None:
    command = ["./my port", "it's", "{case}", "{}", "--", "*"]
    line = repeat_command(command, ("--vectors", "my vectors")).format(case="a/b/1")
    assert shlex.split(line) == [
        *["calybris-ref", "conformance", "run", "--vectors", "my vectors", "--case", "a/b/1", "--"],
        *command,
    ]
