"""Several reports as one page: ports side by side, suites against ports, and what deviates in each cell.

Only the report's lines are needed. A port's name leads to its own page, where that stands beside its report.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from calybris_conformance.outcomes import Difference, Outcome
from calybris_conformance.report import text
from calybris_conformance.report.html import beside
from calybris_conformance.report.html.parts import WORDS, standings, verdict
from calybris_ref import __version__
from calybris_ref.page import Html, document, link, table, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from calybris_conformance.report.jsonl import Line, Report
    from calybris_conformance.report.text import SuiteCount

_LONGEST_SENTENCE: Final = 160
_LONGEST_VALUE: Final = 40


class Column(NamedTuple):
    """A port of the matrix: its report, and the address of its page, if it has one."""

    report: Report
    address: str | None


def address_of(page: Path, matrix: Path) -> str | None:
    """How a matrix leads to the page of a report; None when that page is not there."""
    if not page.is_file():
        return None
    return os.path.relpath(page.resolve(), matrix.resolve().parent).replace(os.sep, "/")


def matrix_page(columns: Sequence[Column]) -> str:
    """The matrix as a page that stands alone but for the links to the reports."""
    return document(
        f"Ports: {len(columns)}",
        _body(columns),
        made_by=f"Conformance matrix of calybris-ref {__version__}, derived from the ports' report.jsonl.",
        data={"cells": _cells(columns)},
        style=beside("report.css"),
        scripts=[beside("matrix.js")],
    )


def _body(columns: Sequence[Column]) -> Iterator[Html]:
    good = sum(column.report.conformant for column in columns)
    vectors = columns[0].report.header["vectors"]
    yield tag("h1", "Ports against suites")
    yield tag("p", f"{good} of {text.many(len(columns), 'port')} conformant.", class_="lead")
    yield tag("p", f"Vectors {vectors['version']}, tree ", tag("code", vectors["tree_sha256"]), ".", class_="soft")
    yield tag("h2", "Ports")
    yield _ports(columns)
    yield tag("h2", "Suites")
    legend = (
        tag("span", tag("span", class_=f"key {colour}-fill"), " ", words, class_="legend")
        for colour, words in WORDS.items()
    )
    told = (
        "A cell is what passed; + are known failures, ! are failures. Point at a cell, or focus it, for what deviates. "
    )
    yield tag("p", told, *legend, class_="soft legends")
    yield _suites(columns)
    yield tag("div", id="deviations", class_="tip", role="tooltip", hidden=True)
    yield from _deviations(columns)


def _ports(columns: Sequence[Column]) -> Html:
    header = ("port", "verdict", "language", "version", "profiles", "passed", "known", "failed", "not claimed")
    return table(header, map(_port, columns), caption="Ports", numbers=range(5, 9))


def _port(column: Column) -> list[object]:
    report, address = column
    colour, words = verdict(report)
    who, count = report.header["implementation"], text.total(report)
    name = report.header["name"]
    profiles = [one.name for one in standings(report, None) if not one.missing]
    counts = (count.passed, count.known, count.failed, count.not_claimed)
    return [
        name if address is None else link(name, address),
        tag("span", words, class_=f"mark {colour}"),
        who["language"],
        who["version"],
        ", ".join(profiles) or "none whole",
        *(f"{number:,}" if number else "–" for number in counts),
    ]


def _suites(columns: Sequence[Column]) -> Html:
    counted = [text.suites(column.report) for column in columns]
    names = (tag("th", column.report.header["name"], scope="col") for column in columns)
    rows = []
    for suite in sorted({name for counts in counted for name in counts}):
        found = [counts.get(suite) for counts in counted]
        cases = max(count.cases for count in found if count)
        cells = (_cell(place, suite, count, columns[place].address) for place, count in enumerate(found))
        rows.append(tag("tr", tag("th", suite, scope="row"), tag("td", f"{cases:,}", class_="number"), *cells))
    head = tag("tr", tag("th", "suite", scope="col"), tag("th", "cases", scope="col", class_="number"), *names)
    whole = tag(
        "table", tag("caption", "Suites against ports"), tag("thead", head), tag("tbody", *rows), class_="matrix"
    )
    return tag("div", whole, class_="scroll", role="region", tabindex="0", aria_label="Suites against ports")


def _cell(place: int, suite: str, count: SuiteCount | None, address: str | None) -> Html:
    if count is None or count.not_claimed == count.cases:
        return tag(
            "td", tag("span", "–", aria_hidden="true"), tag("span", "not claimed", class_="unseen"), class_="none"
        )
    colour = "bad" if count.failed else "known" if count.known else "good"
    parts: list[object] = [f"{count.passed:,}"]
    said = [f"{count.passed:,} passed"]
    for sign, number, words in (("+", count.known, "known failures"), ("!", count.failed, "failed")):
        if number:
            parts.append(tag("b", f" {sign}{number:,}"))
            said.append(f"{number:,} {words}")
    if count.not_claimed:
        parts.append(tag("small", f" of {count.cases:,}"))
        said.append(f"{count.not_claimed:,} not claimed")
    shown = tag("span", *parts, aria_hidden="true")
    unseen = tag("span", ", ".join(said), class_="unseen")
    if colour == "good":
        return tag("td", shown, unseen, class_=colour)
    marks = {"class_": "deviates", "data_cell": f"{place}/{suite}"}
    # Without a page of the port to lead to, the cell still takes the focus, so that its deviations can be read.
    inner = (
        tag("button", shown, unseen, type="button", **marks)
        if address is None
        else tag("a", shown, unseen, href=f"{address}#suite={suite}&outcome=wrong", **marks)
    )
    return tag("td", inner, class_=colour)


def _cells(columns: Sequence[Column]) -> dict[str, list[list[Any]]]:
    """Port number/suite → what deviates: how many cases in the same way, how, the first of them and its sentence."""
    found: dict[str, dict[tuple[str, str, str], list[Any]]] = {}
    for place, (report, _) in enumerate(columns):
        for line in (*report.failures, *report.known):
            colour, verdict = _colour(line), str(line["verdict"])
            why = str(line["listed"]["reason"] if line["listed"] else line["field"] or line["detail"])
            ways = found.setdefault(f"{place}/{line['suite']}", {})
            ways.setdefault((colour, verdict, why), [0, colour, verdict, line["id"], sentence(line)])[0] += 1
    return {cell: list(ways.values()) for cell, ways in found.items()}


def sentence(line: Line) -> str:
    """What deviates in a case, in one line: the reason where it is known, else the first difference."""
    if line["listed"] is not None:
        said = str(line["listed"]["reason"])
    elif line["differences"]:
        one = line["differences"][0]
        said = str(Difference(one["path"], _short(one["expected"]), _short(one["actual"]), one["note"]))
    else:
        said = str(line["detail"])
    return said if len(said) <= _LONGEST_SENTENCE else f"{said[:_LONGEST_SENTENCE]}…"


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"


def _colour(line: Line) -> str:
    return "known" if line["outcome"] == Outcome.KNOWN_FAILURE else "bad"


def _deviations(columns: Sequence[Column]) -> Iterator[Html]:
    """Every deviation by port, folded: what a reader finds without a pointer, and without a script."""
    if any(report.failures or report.known for report, _ in columns):
        yield tag("h2", "Deviations")
    for report, _ in columns:
        lines = [*report.failures, *report.known]
        if not lines:
            continue
        items = (
            tag("li", tag("code", line["id"]), " ", _mark(line), tag("br"), sentence(line), class_="plain")
            for line in lines
        )
        title = f"{report.header['name']}: {text.many(len(lines), 'deviation')}"
        yield tag("details", tag("summary", title), tag("ul", *items))


def _mark(line: Line) -> Html:
    said = str(line["verdict"]).replace("_", " ")
    colour = _colour(line)
    return tag("span", f"{said}, known" if colour == "known" else said, class_=f"mark {colour}")
