"""The forms of a report that other programs and people read: HTML, Markdown, JUnit XML, a shields.io badge.

Each is a function of the report, and each says so when the report is incomplete. The page in HTML also looks into the
vectors, when they are those that the port was judged by: they hold what was asked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from calybris_conformance.outcomes import MEANING, Outcome
from calybris_conformance.report.html import page
from calybris_conformance.report.text import ECHO_FAILED, SUITE_HEADER, failure, rows, suites, total, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from calybris_conformance.corpus import Corpus
    from calybris_conformance.report.jsonl import Line, Report

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def markdown(report: Report) -> str:
    """The report for people: the verdict, the suites, every failure in full, what is known, what is not claimed."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    header = report.header
    who, vectors, options = header["implementation"], header["vectors"], header["options"]
    yield f"# {_cell(verdict(report))}"
    if report.echo_failed:
        yield f"\n**{ECHO_FAILED}**"
    yield ""
    yield from _table(
        ("", ""),
        (
            ("implementation", f"{who['name']} {who['version']} ({who['language']}, {who['source']})"),
            ("vectors", f"{vectors['version']}, tree `{vectors['tree_sha256']}`"),
            ("specification, protocol", f"{header['spec']}, CAP/{header['protocol']}"),
            ("options", ", ".join(f"{key} {value}" for key, value in options.items()) or "none"),
        ),
    )
    yield "\n## Suites\n"
    yield from _table(SUITE_HEADER, rows(report), right=True)
    if report.problems:
        yield "\n## Problems\n"
        yield from (f"- {_cell(problem)}" for problem in report.problems)
    if report.failures:
        yield "\n## Failures\n"
        counts = Counter(Outcome(line["outcome"]) for line in report.failures)
        yield from _table(
            ("outcome", "meaning", "cases"), [(o, MEANING[o], f"{counts[o]:,}") for o in Outcome if o in counts]
        )
        for line in report.failures:
            yield f"\n### {line['id']}\n"
            yield from _fenced(failure(line))
    if report.known:
        yield "\n## Known failures\n"
        known = [
            (line["id"], line["verdict"], line["listed"]["reason"], line["listed"]["issue"]) for line in report.known
        ]
        yield from _table(("case", "outcome", "reason", "issue"), known)
    if report.skips:
        yield "\n## Not claimed\n"
        missing = Counter((line["suite"], ", ".join(line["missing"])) for line in report.skips)
        yield from _table(
            ("suite", "missing features", "cases"), [(suite, names, f"{n:,}") for (suite, names), n in missing.items()]
        )


def junit(report: Report) -> str:
    """The report as JUnit XML: a suite per suite, and one named `run` for what belongs to no case."""
    root = ET.Element("testsuites", name=_xml(report.header["name"]))
    counts = suites(report)
    for name, count in counts.items():
        asked = [line for line in report.cases if line["suite"] == name]
        skipped = [line for line in report.skips if line["suite"] == name]
        seconds = sum(float(line["seconds"]) for line in asked)
        suite = _suite(root, name, count.cases, count.failed, count.known + count.not_claimed, seconds)
        for line in asked:
            _junit_case(suite, name, line)
        for line in skipped:
            case = ET.SubElement(suite, "testcase", classname=_xml(name), name=_xml(line["id"]), time="0")
            ET.SubElement(case, "skipped", message=_xml(f"not claimed: {', '.join(line['missing'])}"))
    problems = [*report.problems, *([report.incomplete] if report.incomplete is not None else [])]
    suite = _suite(root, "run", 1, min(1, len(problems)), 0, 0.0)
    case = ET.SubElement(suite, "testcase", classname="run", name="complete and without problems", time="0")
    if problems:
        ET.SubElement(case, "failure", type="run", message=_xml(problems[0])).text = _xml("\n".join(problems))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ET.Element, name: str, tests: int, failures: int, skipped: int, seconds: float) -> ET.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    return ET.SubElement(root, "testsuite", {"name": _xml(name), **counts, "time": f"{seconds:.3f}"})


def _junit_case(suite: ET.Element, name: str, line: Line) -> None:
    case = ET.SubElement(suite, "testcase", classname=_xml(name), name=_xml(line["id"]), time=f"{line['seconds']:.6f}")
    if line["outcome"] == Outcome.KNOWN_FAILURE:
        ET.SubElement(case, "skipped", message=_xml(f"known failure: {line['listed']['reason']}"))
    elif line["outcome"] != Outcome.PASS:
        message = line["detail"] or MEANING[Outcome(line["outcome"])]
        found = ET.SubElement(case, "failure", type=line["outcome"], message=_xml(message))
        found.text = _xml("\n".join(failure(line)))


def badge(report: Report) -> str:
    """A shields.io endpoint badge; it always says how many failures are known."""
    count = total(report)
    if report.incomplete is not None:
        message, color = "incomplete", "lightgrey"
    elif not report.conformant:
        message, color = f"not conformant, {count.failed:,} failed, {count.known:,} known", "red"
    else:
        message = f"{count.passed:,} passed, {count.known:,} known"
        color = "yellow" if count.known else "brightgreen"
    label = f"calybris vectors {report.header['vectors']['version']}"
    return json.dumps({"schemaVersion": 1, "label": label, "message": message, "color": color}, indent=2) + "\n"


def _alone(derive: Callable[[Report], str]) -> Callable[[Report, Corpus | None], str]:
    """A form that needs no vectors."""
    return lambda report, _vectors: derive(report)


DERIVED: Final[Mapping[str, Callable[[Report, Corpus | None], str]]] = {
    "report.html": page,
    "report.md": _alone(markdown),
    "junit.xml": _alone(junit),
    "badge.json": _alone(badge),
}
"""The files beside report.jsonl."""


def write(report: Report, folder: Path, vectors: Corpus | None) -> None:
    """Writes every derived form into a folder; without the vectors the page in HTML shows less."""
    for name, derive in DERIVED.items():
        (folder / name).write_text(derive(report, vectors), encoding="utf-8", newline="\n")


def _table(header: Sequence[str], lines: Sequence[Sequence[str]], *, right: bool = False) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "| --- |" + (" ---: |" if right else " --- |") * (len(header) - 1)
    for line in lines:
        yield "| " + " | ".join(_cell(cell) for cell in line) + " |"


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _fenced(lines: Iterator[str]) -> Iterator[str]:
    """A code block whose fence is longer than any run of backticks in it."""
    body = list(lines)
    longest = max((len(run) for line in body for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield from body
    yield fence


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
