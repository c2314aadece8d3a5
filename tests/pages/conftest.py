"""A browser without a network, reports with every kind of failure, and what every page must keep to.

The browser is Debian's `chromium`, or the one that CHROMIUM names; axe-core comes from this folder's lock file. `make
pages` brings both and sets PAGES_REQUIRED: then a missing one fails, where it is otherwise a skip.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from calybris_conformance.adapters.sabotage.table import SABOTAGES
from calybris_conformance.corpus import Corpus, load
from calybris_conformance.outcomes import CaseResult, Difference, Listed, Outcome, Verdict
from calybris_conformance.protocol import Implementation, Ready
from calybris_conformance.report import derived, jsonl
from calybris_conformance.report.html.matrix import Column, address_of, matrix_page
from calybris_ref.cli import main

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
NASTY = '</script><script>window.broken = 1</script><img src=x onerror="window.broken = 1">'
# One sabotage for each kind of evidence, and a case of it that the tests open.
DIGEST = ("big_endian", "digest/input-fields/baseline")
LOG = ("printed_again", "wal/reprinted/*")
SCRIPT = ("dropped_hold", "budget/kept/overrun-then-released")
CRASH = ("crash_on_nth", "echo/*")
KNOWN = "hex/character/uppercase-at-0"


def missing(what: str) -> None:
    sentence = f"{what}; `make pages` brings it"
    if os.environ.get("PAGES_REQUIRED"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if path is None:
        missing("there is no chromium on the path")
    with sync_playwright() as playwright:
        # Chromium has no sandbox for root, and what it opens here was written by these tests.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=path, args=options)
        yield started
        started.close()


class Opened(NamedTuple):
    """A page, and everything that it complained about or asked for."""

    page: Page
    complaints: list[str]

    def open(self, path: Path, behind: str = "") -> Page:
        self.page.goto(path.as_uri() + behind)
        return self.page


@pytest.fixture
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """A page in a context of its own; the test fails when it writes to the console, throws, or asks for the network."""
    options = getattr(request, "param", {})
    context = browser.new_context(reduced_motion="reduce", **options)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))
    page.on("request", lambda one: None if one.url.startswith("file:") else complaints.append(f"asked: {one.url}"))
    yield Opened(page, complaints)
    context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or worse of WCAG 2.1 A and AA, and where."""
    if not AXE.is_file():
        missing("axe-core is not installed")
    try:
        page.evaluate(AXE.read_text("utf-8"))
    except Error as error:  # pragma: no cover - a page whose policy let nothing in would say so here
        pytest.fail(f"axe-core does not run: {error}")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    found: dict[str, Any] = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


# ---- reports


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


def judged(name: str, options: tuple[str, ...], out: Path) -> list[dict[str, Any]]:
    """The lines of the report of one sabotaged port."""
    port = [sys.executable, "-m", "calybris_conformance.adapters.sabotage", name]
    main(["conformance", "run", *options, "--out", str(out), "--", *port])
    return [json.loads(line) for line in (out / jsonl.REPORT).read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def wrong(folder: Path, corpus: Corpus) -> Path:
    """The folder of one report that holds real failures of every kind, a known one, and cases that are not claimed."""
    runs = [
        judged(name, ("--case", case), folder / name)
        for name, case in (DIGEST, LOG, SCRIPT, CRASH, ("cap_last", "budget/*"), ("throws_refusals", "hex/*"))
    ]
    assert {name for name, _ in (DIGEST, LOG, SCRIPT, CRASH)} <= set(SABOTAGES)
    lines = {line["id"]: line for run in reversed(runs) for line in run if line["type"] == "case"}
    listed = {"outcome": "fault", "field": None, "reason": "Refusals are thrown.", "issue": "https://example.org/1"}
    lines[KNOWN] |= {"outcome": "known_failure", "listed": listed}
    skips = [
        {"type": "skip", "id": case.id, "suite": case.suite, "op": case.op, "missing": [case.op]}
        for case in corpus.cases
        if case.suite == "config"
    ]
    header = {**runs[0][0], "name": "wrong in many ways", "options": {}}
    footer = {**runs[0][-1], "cases": len(lines), "skips": len(skips)}
    out = folder / "wrong"
    out.mkdir()
    whole = [header, *lines.values(), *skips, footer]
    (out / jsonl.REPORT).write_text("".join(json.dumps(line) + "\n" for line in whole), "utf-8")
    derived.write(jsonl.read(out / jsonl.REPORT), out, corpus)
    return out


@pytest.fixture(scope="session")
def many(folder: Path, corpus: Corpus) -> Path:
    """The page of a port that fails every second of all cases."""
    return written(folder / "many", corpus, "many", len(corpus.cases))


@pytest.fixture(scope="session")
def nasty(folder: Path, corpus: Corpus) -> Path:
    """The page of a port whose every text is markup."""
    return written(folder / "nasty", corpus, NASTY, 40)


def written(out: Path, corpus: Corpus, name: str, count: int) -> Path:
    out.mkdir()
    ready = Ready(Implementation(name, name, name, name), tuple({case.op for case in corpus.cases}), 8)
    listed = Listed(Outcome.MISMATCH, None, name, name)
    with jsonl.Recorder(None, corpus.notes, jsonl.repeat_command([name])) as recorder:
        recorder.header(name, ready, corpus, [name], {})
        for place, case in enumerate(corpus.cases[:count]):
            passed = CaseResult(case, Outcome.PASS, Verdict(Outcome.PASS), {"ok": {}}, place / 1e5)
            differences = (Difference("digest_hex", f'"{"0" * 64}"', f'"{"0" * 63}1"', name),)
            verdict = Verdict(Outcome.MISMATCH, name, differences)
            failed = CaseResult(case, Outcome.MISMATCH, verdict, {"ok": {name: name}}, place / 1e5, name, None, "00")
            known = CaseResult(case, Outcome.KNOWN_FAILURE, verdict, {"ok": {}}, place / 1e5, name, listed)
            recorder.case((passed, failed, passed, known if place < 100 else failed)[place % 4])
        recorder.footer([name], 1.5)
        derived.write(recorder.report(), out, corpus)
    return out / "report.html"


@pytest.fixture(scope="session")
def matrix(folder: Path, wrong: Path, many: Path) -> Path:
    """A matrix of two ports, of which the first has a page and the second has lost it."""
    path = folder / "matrix.html"
    pages = [wrong / "report.html", folder / "lost" / "report.html"]
    reports = [jsonl.read(wrong / jsonl.REPORT)] * 2
    columns = [Column(report, address_of(page, path)) for report, page in zip(reports, pages, strict=True)]
    path.write_text(matrix_page(columns), "utf-8")
    return path
