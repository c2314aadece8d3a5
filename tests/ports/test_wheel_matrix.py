"""docs/compatibility.md: what it says of every release is what the lists of known failures and the judge say."""

import re
import subprocess
from pathlib import Path

import pytest

from calybris_conformance import corpus, known_failures
from calybris_conformance.outcomes import CaseResult, Listed, Outcome, Verdict
from calybris_conformance.report.jsonl import Report
from tests import compatibility
from tests.compatibility import PAGE, PORT, RELEASES, list_of, page, problems, ranges
from tests.support import reports
from tests.support.frames import wrong_answers


@pytest.fixture(scope="module")
def vectors() -> corpus.Corpus:
    return corpus.load()


@pytest.fixture(scope="module")
def lists() -> dict[str, str]:
    return {release: list_of(release).read_text("utf-8") for release in RELEASES}


@pytest.mark.slow  # seven environments, and half a minute for each release
def test_the_page_says_what_the_judge_finds(tmp_path: Path) -> None:
    environments = [f".venv-ports/calybris-{release}/.ready" for release in RELEASES]
    subprocess.run(["make", "-C", str(PORT.parents[2]), *environments], check=True, capture_output=True)
    found = {release: compatibility.judge(release, tmp_path / release) for release in RELEASES}
    assert PAGE.read_text("utf-8") == page(found), "run `make compatibility`"


@pytest.mark.slow  # an environment for each
@pytest.mark.parametrize("release", RELEASES)
def test_every_release_answers_frames(release: str) -> None:
    root = PORT.parents[2]
    environment = f".venv-ports/calybris-{release}"
    subprocess.run(["make", "-C", str(root), f"{environment}/.ready"], check=True, capture_output=True)
    count, wrong = wrong_answers([str(root / environment / "bin" / "python"), str(PORT / "adapter.py")])
    assert wrong == []
    assert count > 500


# ---- the page against the lists


def test_the_page_is_consistent_with_the_lists(lists: dict[str, str], vectors: corpus.Corpus) -> None:
    assert problems(PAGE.read_text("utf-8"), lists, vectors) == []


@pytest.mark.parametrize(
    ("shown", "wrong", "problem"),
    [
        ("| suite | cases | 0.5.0 |", "| suite | cases | 0.4.9 |", "it shows the releases 0.4.9, 0.5.5"),
        ("| trace | 221 | 45 / 162 / 14 |", "| trace | 221 | 46 / 161 / 14 |", "trace of 0.5.0 has 162 known failures"),
        ("| trace | 221 | 45 / 162 / 14 |", "| trace | 221 | 44 / 162 / 14 |", "trace of 0.5.0 does not add up"),
        ("| echo | 50 |", "| echo | 51 |", "echo has not 51 cases"),
        ("\n| echo | 50 |", "\n| decide | 50 |", "echo is not shown"),
        ("Behind the version 2^64-1 comes 0", "Behind it comes 0", "not explained once: Behind the version"),
        ("Behind the version 2^64-1 comes 0", "Behind it comes 0", "explained without need: Behind it"),
        (" | 0.5.0 – 0.5.7 | fixed", " | 0.5.0 – 0.5.5 | fixed", "explained without need: Every count of rejections"),
    ],
)
def test_a_wrong_page_is_found(
    lists: dict[str, str], vectors: corpus.Corpus, shown: str, wrong: str, problem: str
) -> None:
    text = PAGE.read_text("utf-8")
    assert shown in text
    found = problems(text.replace(shown, wrong, 1), lists, vectors)
    assert any(one.startswith(problem) for one in found), found


def test_a_failure_that_is_not_on_the_page_is_found(lists: dict[str, str], vectors: corpus.Corpus) -> None:
    entry = '\n[[failure]]\ncase = "echo/text/nul"\noutcome = "mismatch"\nreason = "It ends there."\nissue = ""\n'
    found = problems(PAGE.read_text("utf-8"), lists | {"0.6.0": lists["0.6.0"] + entry}, vectors)
    assert found == [
        "echo of 0.6.0 has 1 known failures in its list, not 0",
        "not explained once: It ends there. (0.6.0)",
    ]


# ---- what a release is


def test_the_newest_release_is_the_one_of_the_demo() -> None:
    makefile = (PORT.parents[2] / "Makefile").read_text("utf-8")
    assert f"WHEEL_VERSION ?= {RELEASES[-1]}\n" in makefile


def pins(release: str) -> dict[str, str]:
    text = (PORT / f"requirements-{release}.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("release", RELEASES)
def test_the_environments_differ_in_the_release_only(release: str) -> None:
    assert pins(release) == pins(RELEASES[-1]) | {"calybris": release}


@pytest.mark.parametrize("release", RELEASES)
def test_a_list_has_reasons(release: str, lists: dict[str, str]) -> None:
    assert all(entry.reason.strip() for entry in known_failures.parse(lists[release]))


def test_every_list_is_one_of_a_release_that_has_others_failures() -> None:
    assert {list_of(release) for release in RELEASES} == {*PORT.glob("known-failures*.toml")}
    shared = known_failures.parse(list_of(RELEASES[-1]).read_text("utf-8"))
    own = [release for release in RELEASES if list_of(release) != list_of(RELEASES[-1])]
    assert own
    assert all(known_failures.parse(list_of(release).read_text("utf-8")) != shared for release in own)


def test_releases_are_ordered_as_numbers() -> None:
    assert sorted(["0.10.0", "0.9.1", "1.0.0"], key=compatibility.number) == ["0.9.1", "0.10.0", "1.0.0"]


# ---- the page of reports made by hand


@pytest.mark.parametrize(
    ("some", "words"),
    [("abcd", "all"), ("a", "a"), ("ab", "a – b"), ("bcd", "b – d"), ("ac", "a, c"), ("abd", "a – b, d")],
)
def test_ranges(some: str, words: str) -> None:
    assert ranges(some, "abcd") == words


def known(case: str, reason: str) -> CaseResult:
    verdict = Verdict(Outcome.MISMATCH)
    listed = Listed(Outcome.MISMATCH, None, reason, "")
    return CaseResult(reports.a_case(case, flags=("TIES",)), Outcome.KNOWN_FAILURE, verdict, {}, 0.1, "", listed)


def right(case: str) -> CaseResult:
    return reports.a_result(case)


@pytest.fixture
def three() -> dict[str, Report]:
    """Three releases: of three cases one is mended, one changes, and one becomes wrong."""
    return {
        "0.1.0": reports.a_report(known("decide/a/1", "As RANK-1."), known("decide/a/2", "Once."), right("decide/b/3")),
        "0.2.0": reports.a_report(right("decide/a/1"), known("decide/a/2", "Twice."), right("decide/b/3")),
        "0.3.0": reports.a_report(right("decide/a/1"), known("decide/a/2", "Twice."), known("decide/b/3", "Late.")),
    }


def test_a_page_tells_when_a_deviation_came_and_went(three: dict[str, Report]) -> None:
    lines = page(three).splitlines()
    assert "| suite | cases | 0.1.0 | 0.2.0 | 0.3.0 |" in lines
    assert "| decide | 3 | 1 / 2 / 0 | 2 / 1 / 0 | 1 / 2 / 0 |" in lines
    assert [line for line in lines if line.endswith("| `TIES` |")] == [
        "| As [RANK-1](spec/ranking.md#rank-1-order). | 0.1.0 | fixed in 0.2.0 | 1: `decide/a` 1 | `TIES` |",
        "| Late. | 0.3.0, new | still there | 1: `decide/b` 1 | `TIES` |",
        "| Once. | 0.1.0 | changed in 0.2.0 | 1: `decide/a` 1 | `TIES` |",
        "| Twice. | 0.2.0 – 0.3.0 | still there | 1: `decide/a` 1 | `TIES` |",
    ]


def test_a_page_shows_features_that_not_all_releases_have(three: dict[str, Report]) -> None:
    assert "| `explain` |" not in page(three)
    three["0.2.0"].header["features"] = ["decide", "echo", "explain"]
    assert "| `explain` | 0.2.0 |" in page(three).splitlines()
