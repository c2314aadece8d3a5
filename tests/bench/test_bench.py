"""The benchmark runs, tells what is met and what it could not measure, and its page is that of its results."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench import __main__ as bench
from tests.bench import compiled, page, registry, scale
from tests.bench.campaigned import rates
from tests.bench.jobs import Job
from tests.bench.limits import LIMITS, REASONS, limit_of
from tests.bench.measure import Measured, measure
from tests.bench.plot import LEFT, plot

ROOT = Path(__file__).resolve().parents[2]
LETTER = 7  # how wide it is on average, in the units of the picture
SVG = "{http://www.w3.org/2000/svg}"


def measured(job: str, ratio: float) -> Measured:
    return Measured(job, 10 * ratio, 10.0, ratio, ratio / 2, ratio * 2)


def benched(*options: str) -> str:
    """What a benchmark of one round prints; in a process of its own, because its logs stay open until the end."""
    command = [sys.executable, "-m", "tests.bench", "--rounds", "1", *options]
    short = {**os.environ, "BENCH_LONG_LOG_ENTRIES": "2000"}
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=short).stdout


def test_a_round_of_decisions_runs() -> None:
    found = json.loads(benched("--share", "0.01", "--only", "22 eligible", "--json"))
    assert found[0]["job"] == "one decision, 22 models, 22 eligible"
    assert found[0]["ratio_minimum"] <= found[0]["ratio"] <= found[0]["ratio_maximum"]


def test_every_job_does_what_its_peer_does_and_runs() -> None:
    told = benched("--share", "0")
    for job in ("reserve and commit, one thread", "verify a log", "command line --version", "both digests of a record"):
        assert job in told


def test_a_page_of_some_jobs_is_refused() -> None:
    with pytest.raises(SystemExit):
        bench.main(["--write", "--only", "decision"])


def test_a_job_that_runs_elsewhere_is_timed_there() -> None:
    ticks = iter(range(100))
    job = Job("job", lambda: 1 / 0, lambda: None, 10, 10, lambda: float(next(ticks)), lambda repeats: repeats * 3.0)
    assert measure(job, 3, lambda _: None)[1:] == (3_000_000.0, 100_000.0, 30.0, 30.0, 30.0)


def test_the_median_and_the_ends_are_of_the_rounds_after_the_first() -> None:
    taken = iter([99.0, 2.0, 3.0, 7.0])
    ticks = iter(range(100))
    job = Job("job", lambda: None, lambda: None, 1, 1, lambda: float(next(ticks)), lambda _: next(taken))
    assert measure(job, 3, lambda _: None) == Measured("job", 3e6, 1e6, 3.0, 2.0, 7.0)


def test_what_is_missing_is_told_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "PYTHON", Path("/nowhere"))
    found = registry.registered(("tests.bench.compiled", "tests.bench.none"))
    assert found.jobs == []
    assert found.missing == [f"compiled: {compiled.MISSING}", "none: No module named 'tests.bench.none'"]


@pytest.mark.parametrize(
    ("ratio", "said"), [(22.0, "stretch"), (22.01, "must"), (35.0, "must"), (35.01, "no"), (1.0, "stretch")]
)
def test_a_limit_is_met_up_to_its_number(ratio: float, said: str) -> None:
    assert page.verdict(measured("one decision, 22 models, 22 eligible", ratio)) == said


def test_every_limit_is_a_better_one_than_must_and_no_name_hides_another() -> None:
    for limit in LIMITS:
        assert limit.stretch < limit.must
        assert limit_of(limit.job) is limit
    assert limit_of("one decision, 22 models, 0 eligible") is None


def test_the_machine_has_no_name() -> None:
    told = bench.machine()
    assert " cores" in told
    assert "/" not in told.replace("Python", "")


def test_the_page_and_the_picture_are_of_the_results() -> None:
    results = page.Results.from_json(page.RESULTS.read_text("utf-8"))
    assert results.to_json() == page.RESULTS.read_text("utf-8")
    assert page.page(results) == page.PAGE.read_text("utf-8")
    assert plot(results.jobs) == page.PICTURE.read_text("utf-8")


def test_a_limit_without_a_measurement_is_told() -> None:
    results = page.Results.from_json(page.RESULTS.read_text("utf-8"))._replace(jobs=[], missing=["logs: gone"])
    text = page.page(results)
    for sentence in (*(limit.job for limit in LIMITS), "logs: gone"):
        assert f"- {sentence}" in text


def test_a_limit_that_is_not_met_is_told_with_its_reason() -> None:
    jobs = [measured("verify a log of 2 decisions", 0.91), measured("reserve and commit, one thread", 1.6)]
    results = page.Results.from_json(page.RESULTS.read_text("utf-8"))._replace(jobs=jobs)
    text = page.page(results)
    assert f"- **verify a log of 2 decisions**: {REASONS['verify a log']}" in text
    assert "- **reserve and commit, one thread**: nobody knows why yet." in text
    assert all(limit_of(job) for job in REASONS)


def test_a_campaign_is_timed_as_long_as_it_is_told() -> None:
    campaigned = rates(1, lambda _: None, {"the wheel": ("--in-process", "wheel")})
    (rate,) = campaigned
    assert (rate.port, rate.findings) == ("the wheel", 0)
    assert rate.cases > 0
    assert rate.seconds >= 1
    assert rate.cpu_seconds > 0
    assert rates(1, lambda _: None, {"gone": ("--", Path("/nowhere"))}) == []


def test_what_follows_on_paper_is_the_amount_over_the_speed() -> None:
    found = [
        scale.Shared("verify a log", 3_600 * 10**6, "bytes", (8.0, 5.0)),
        scale.Shared("a campaign", 2_000_000, "cases", (8.0, 10.0)),
    ]
    merged = [scale.Handed("join", 0.004, 10**9, "bytes"), scale.Handed("merge", 0.009, 10_000, "cases")]
    text = scale.figures(found, merged, 0.001)
    assert "| verify a log | 3.60 GB | 8.0 | 5.0 | 1.60 | 360 MB |" in text
    # 100 TB at 360 MB a second; a segment for every GB, each of which costs 5 ms
    assert "| verify a log: 100 TB | 77 | 38.6 h | 0.8 h | 0.1 h | 556 |" in text
    # 100,000 a second; ranges of 10,000, of which 100 a second can be merged: ten cores are kept busy, and no more
    assert "| a campaign: 10^12 cases | 2,778 | 58 days | 12 days | 12 days | 10 |" in text


def test_the_page_about_scale_has_the_figures_of_a_run() -> None:
    _, begin, rest = scale.PAGE.read_text("utf-8").partition(scale.BEGIN)
    figures, end, _ = rest.partition(scale.END)
    assert begin
    assert end
    for words in ("| verify a log |", "| replay a log: 100 TB |", "| a campaign: the wheel, in process: 10^12 cases |"):
        assert words in figures


def test_work_is_timed_by_one_and_by_two() -> None:
    asked: list[int] = []

    def run(workers: int) -> list[str]:
        asked.append(workers)
        return [sys.executable, "-c", ""]

    one = scale.shared("nothing", 1, "cases", run)
    assert asked == [1, 2]
    assert (one.work, one.amount, len(one.seconds)) == ("nothing", 1, 2)


def test_the_picture_holds_every_job_and_the_colour_of_its_verdict() -> None:
    jobs = [measured("one decision, 22 models, 22 eligible", 40), measured("verify a log", 0.6), measured("<other>", 1)]
    drawn = ElementTree.fromstring(plot(jobs))  # noqa: S314 - our own
    assert [bar.get("class") for bar in drawn.iter(f"{SVG}rect")] == ["page", "bad", "good", "free"]
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"<other>", "40", "0.6"} <= set(texts)
    marks = [line.get("class") for line in drawn.iter(f"{SVG}line")]
    assert (marks.count("must"), marks.count("stretch"), marks.count("spread")) == (2, 2, 3)


def test_the_names_of_the_jobs_fit_into_the_picture() -> None:
    results = page.Results.from_json(page.RESULTS.read_text("utf-8"))
    assert max(len(one.job) for one in results.jobs) * LETTER < LEFT
