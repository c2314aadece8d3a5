"""The report as one page of HTML: for an auditor the verdict first, for a porter the failures with their evidence.

What must be there without a script is markup (`parts`, `timing`); the list of cases is data (`rows`, `evidence`) of
which the script makes only what is looked at.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from calybris_conformance.report.html import parts, rows
from calybris_conformance.report.html.timing import timing
from calybris_ref import __version__
from calybris_ref.page import document, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.corpus import Corpus
    from calybris_conformance.report.jsonl import Report
    from calybris_ref.page import Html


def page(report: Report, corpus: Corpus | None) -> str:
    """The report as a page; `corpus` is looked into only when it is the one that the port was judged by."""
    judged_by = report.header["vectors"]["tree_sha256"]
    vectors = corpus if corpus is not None and corpus.tree_sha256 == judged_by else None
    name = report.header["name"]
    return document(
        f"{name}: {parts.verdict(report)[1].lower()}",
        _body(report, vectors),
        made_by=f"Conformance report of calybris-ref {__version__}, derived from report.jsonl.",
        data={
            "cases": rows.rows(report, vectors),
            "notes": rows.notes(report, vectors),
            "details": rows.details(report, vectors),
        },
        style=beside("report.css"),
        scripts=[beside("evidence.js"), beside("report.js")],
    )


def _body(report: Report, vectors: Corpus | None) -> Iterator[Html]:
    yield from parts.head(report, vectors)
    yield from parts.suites(report)
    yield tag("h2", "Cases", id="cases-title", tabindex="-1")
    yield parts.plain(report)
    yield tag("div", id="browser", hidden=True)
    yield from timing(report)


@cache
def beside(name: str) -> str:
    """A file of this folder."""
    return (Path(__file__).parent / name).read_text("utf-8")
