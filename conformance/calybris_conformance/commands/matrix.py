"""`calybris-ref conformance matrix`: several reports side by side, suites against ports."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calybris_conformance.outcomes import Exit
from calybris_conformance.report import jsonl, text
from calybris_conformance.report.html.matrix import Column, address_of, matrix_page
from calybris_ref.cli.terminal import CommandError, paint, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from calybris_conformance.report.jsonl import Report
    from calybris_conformance.report.text import SuiteCount

PORTS = ("port", "language", "version", "passed", "known", "failed", "not claimed", "")
NOTHING = "–"
PAGE = "report.html"


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "reports", nargs="+", type=Path, metavar="REPORT", help="a report.jsonl, or the folder that holds it"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the matrix as a page, too")
    parser.add_argument("--json", action="store_true", help="print the matrix as JSON")


def run(arguments: argparse.Namespace) -> Exit:
    """Print the matrix; 0 when every port is conformant, else 1."""
    reports = [_read(path) for path in arguments.reports]
    vectors = {report.header["vectors"]["tree_sha256"] for report in reports}
    if len(vectors) > 1:
        raise CommandError("The reports are of different vectors; judge all ports with the same ones.")
    if arguments.html is not None:
        pages = [(path if path.is_dir() else path.parent) / PAGE for path in arguments.reports]
        columns = [
            Column(report, address_of(page, arguments.html)) for report, page in zip(reports, pages, strict=True)
        ]
        arguments.html.write_text(matrix_page(columns), encoding="utf-8", newline="\n")
    if arguments.json:
        print(json.dumps([_as_json(report) for report in reports], ensure_ascii=False, indent=2))
    else:
        print(table(PORTS, [_port(report) for report in reports], range(3, 7)))
        print()
        header = ("suite", "cases", *(str(report.header["name"]) for report in reports))
        print(table(header, _suites(reports), range(1, len(header))))
        print(f"A cell is what passed; {NOTHING} is what is not claimed. +N are known failures, !N others.")
    return Exit.CONFORMANT if all(report.conformant for report in reports) else Exit.NOT_CONFORMANT


def _read(path: Path) -> Report:
    try:
        return jsonl.read(path / jsonl.REPORT if path.is_dir() else path)
    except jsonl.ReportError as error:
        raise CommandError(str(error)) from None


def _port(report: Report) -> list[str]:
    who, count = report.header["implementation"], text.total(report)
    said = paint("conformant", "good", sys.stdout) if report.conformant else paint("NOT CONFORMANT", "bad", sys.stdout)
    counts = (count.passed, count.known, count.failed, count.not_claimed)
    return [report.header["name"], who["language"], who["version"], *(f"{number:,}" for number in counts), said]


def _suites(reports: Sequence[Report]) -> list[list[str]]:
    counted = [text.suites(report) for report in reports]
    rows = []
    for suite in sorted({name for counts in counted for name in counts}):
        of_ports = [counts.get(suite) for counts in counted]
        cases = max(count.cases for count in of_ports if count)
        rows.append([suite, f"{cases:,}", *map(_cell, of_ports)])
    return rows


def _cell(count: SuiteCount | None) -> str:
    if count is None or count.not_claimed == count.cases:
        return NOTHING
    known = f" +{count.known:,}" if count.known else ""
    failed = f" !{count.failed:,}" if count.failed else ""
    return f"{count.passed:,}{known}{failed}"


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "name": report.header["name"],
        "implementation": report.header["implementation"],
        "conformant": report.conformant,
        "suites": {
            suite: {
                "cases": count.cases,
                "passed": count.passed,
                "known": count.known,
                "failed": count.failed,
                "not_claimed": count.not_claimed,
            }
            for suite, count in text.suites(report).items()
        },
    }
