"""The cases of a report as data: one short row for each, and everything about those that are no pass.

Rows hold numbers in place of names that repeat, so that thousands of cases are read in an instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.outcomes import CONFORMANT, MEANING, Outcome
from calybris_conformance.report.html.evidence import question, views
from calybris_conformance.selection import ACCUMULATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from calybris_conformance.corpus import Case, Corpus
    from calybris_conformance.report.jsonl import Line, Report

NOT_CLAIMED: Final = "not_claimed"
QUESTION_SHOWN: Final = 1500
# Beyond so many failures nobody reads each one's question; `conformance show` prints it.
QUESTIONS_SHOWN: Final = 1000


class Names:
    """Numbers for names, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a name, a new one for a new name."""
        return self._numbers.setdefault(name, len(self._numbers))

    def all(self) -> list[str]:
        """The names by their numbers."""
        return list(self._numbers)


def kind(outcome: str) -> str:
    """Which of the four colours an outcome has: good, known, bad or none."""
    if outcome == NOT_CLAIMED:
        return "none"
    if outcome == Outcome.KNOWN_FAILURE:
        return "known"
    return "good" if Outcome(outcome) in CONFORMANT else "bad"


def rows(report: Report, vectors: Corpus | None) -> dict[str, Any]:
    """The data of the list: failures first, then known failures, then the rest, each by id."""
    cases = _cases(vectors)
    suites, outcomes, flags, clauses = Names(), Names(), Names(), Names()
    made = []
    lines = [*report.cases, *report.skips]
    rank = {"bad": 0, "known": 1, "good": 2, "none": 3}
    for line in sorted(lines, key=lambda line: (rank[kind(_outcome(line))], str(line["id"]))):
        case = cases.get(line["id"])
        made.append(
            [
                line["id"],
                suites.number(line["suite"]),
                outcomes.number(_outcome(line)),
                round(float(line.get("seconds", 0)) * 1e6),
                [flags.number(flag) for flag in (case.flags if case else line.get("notes", {}))],
                [clauses.number(clause) for clause in (case.clauses if case else line.get("clauses", ()))],
                case.about if case else line.get("about", ""),
                line["missing"] if line["type"] == "skip" else 0,
                _where(line),
            ]
        )
    return {
        "suites": suites.all(),
        "outcomes": [[name, kind(name), _meaning(name)] for name in outcomes.all()],
        "flags": flags.all(),
        "clauses": clauses.all(),
        "rows": made,
    }


def details(report: Report, vectors: Corpus | None) -> dict[str, Any]:
    """Id → everything about a case that is no pass, as `conformance run` prints it and with what stands behind it."""
    cases = _cases(vectors)
    lines = [*report.failures, *report.known]
    return {line["id"]: _detail(line, cases.get(line["id"]), at < QUESTIONS_SHOWN) for at, line in enumerate(lines)}


def notes(report: Report, vectors: Corpus | None) -> dict[str, list[str]]:
    """Flag → what mistake it is and why it is made; the latter only where the vectors are at hand."""
    told = {flag: [hunts, ""] for line in report.cases for flag, hunts in line.get("notes", {}).items()}
    if vectors is not None:
        told |= {flag: [note.hunts, note.why] for flag, note in vectors.notes.items()}
    return told


def narrower(line: Line) -> str | None:
    """The command that finds the first wrong decision behind an accumulated digest."""
    if line["suite"] != ACCUMULATE or line["verdict"] != Outcome.MISMATCH:
        return None
    return str(line["repeat"]).replace(" run --case ", " bisect ", 1)


def _detail(line: Line, case: Case | None, asked: bool) -> dict[str, Any]:
    kept = ("verdict", "detail", "stderr", "answer", "repeat", "listed")
    return {
        **{key: line[key] for key in kept},
        "differences": [[one["path"], one["expected"], one["actual"], one["note"]] for one in line["differences"]],
        "narrow": narrower(line),
        "views": [] if case is None else views(case, line),
        "question": [] if case is None or not asked else question(case, QUESTION_SHOWN),
    }


def _cases(vectors: Corpus | None) -> Mapping[str, Case]:
    everything: Iterable[Case] = () if vectors is None else vectors.cases
    return {case.id: case for case in everything}


def _outcome(line: Line) -> str:
    return str(line.get("outcome", NOT_CLAIMED))


def _where(line: Line) -> str:
    """What of a failure tells it from its neighbours: how the port failed where that is known, and the first path."""
    verdict = str(line["verdict"]) if line.get("listed") else ""
    return " ".join(part for part in (verdict.replace("_", " "), line.get("field")) if part)


def _meaning(outcome: str) -> str:
    return "needs a feature that the port does not claim" if outcome == NOT_CLAIMED else MEANING[Outcome(outcome)]
