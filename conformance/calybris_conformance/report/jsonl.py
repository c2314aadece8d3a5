"""The report itself: JSON Lines with one header, a line per case that was asked or skipped, and one footer.

It is written as the run goes, so that a run that dies leaves what it found. Without a footer, or with one that says so,
a report is incomplete, and everything derived from it says so too. When a case has two lines (the second pass changed
its outcome), the last one counts.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, TextIO

from calybris_conformance.outcomes import CONFORMANT, Exit, Outcome
from calybris_conformance.protocol import PROTOCOL, SPEC, Ready
from calybris_conformance.selection import ECHO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from calybris_conformance.corpus import Corpus, Note
    from calybris_conformance.outcomes import CaseResult
    from calybris_conformance.selection import Skip

FORMAT: Final = "calybris-report/1"
REPORT: Final = "report.jsonl"
ANSWER_SHOWN: Final = 4000
STDERR_SHOWN: Final = 4000
PREIMAGE_SHOWN: Final = 20_000

Line = dict[str, Any]


class ReportError(Exception):
    """A file that is not a report; str() is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was read: one line per case that was asked, one per case that was not claimed."""

    header: Line
    cases: tuple[Line, ...]
    skips: tuple[Line, ...]
    footer: Line | None

    @property
    def incomplete(self) -> str | None:
        """Why the report does not cover the run; None when it does."""
        if self.footer is None:
            return "the run ended without a footer"
        reason: str | None = self.footer["incomplete"]
        return reason

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong outside of any case."""
        return () if self.footer is None else tuple(self.footer["problems"])

    @property
    def failures(self) -> tuple[Line, ...]:
        """The cases that fail the run."""
        return tuple(case for case in self.cases if Outcome(case["outcome"]) not in CONFORMANT)

    @property
    def known(self) -> tuple[Line, ...]:
        """The cases that fail as the list of known failures says."""
        return tuple(case for case in self.cases if case["outcome"] == Outcome.KNOWN_FAILURE)

    @property
    def echo_failed(self) -> bool:
        """Whether the port cannot even repeat values; then nothing else that it says means much."""
        return any(case["op"] == ECHO for case in self.failures)

    @property
    def conformant(self) -> bool:
        """Whether the run was complete and nothing failed."""
        return self.incomplete is None and not self.problems and not self.failures


class Recorder:
    """Keeps the lines of a report and writes each at once; a context manager. `path` None: kept in memory only."""

    def __init__(self, path: Path | None, notes: Mapping[str, Note], repeat: str) -> None:
        self._lines: list[Line] = []
        self._path = path
        self._file: TextIO | None = None
        self._notes = notes
        self._repeat = repeat

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def report(self) -> Report:
        """The report so far."""
        return assemble(self._lines)

    def header(
        self, name: str, ready: Ready, corpus: Corpus, command: Sequence[str], options: Mapping[str, Any]
    ) -> None:
        """Opens the report: who was judged by what, and how."""
        if self._path is not None:
            self._file = self._path.open("w", encoding="utf-8", newline="\n")
        who = ready.implementation
        self._write(
            {
                "type": "header",
                "format": FORMAT,
                "name": name,
                "implementation": {
                    "name": who.name,
                    "version": who.version,
                    "language": who.language,
                    "source": who.source,
                },
                "features": sorted(ready.features),
                "command": list(command),
                "protocol": PROTOCOL,
                "spec": SPEC,
                "vectors": {"version": corpus.version, "tree_sha256": corpus.tree_sha256},
                "options": dict(options),
            }
        )

    def case(self, result: CaseResult) -> None:
        """One case that was asked."""
        case, verdict = result.case, result.verdict
        line: Line = {
            "type": "case",
            "id": case.id,
            "suite": case.suite,
            "op": case.op,
            "outcome": result.outcome,
            "seconds": round(result.seconds, 6),
        }
        if result.outcome is not Outcome.PASS:
            line |= {
                "verdict": verdict.outcome,
                "detail": verdict.detail,
                "field": verdict.field,
                "differences": [
                    {"path": one.path, "expected": one.expected, "actual": one.actual, "note": one.note}
                    for one in verdict.differences
                ],
                "about": case.about,
                "clauses": list(case.clauses),
                "notes": {flag: self._notes[flag].hunts for flag in case.flags if flag in self._notes},
                "answer": _short(result.answer),
                "preimage_hex": None if result.preimage_hex is None else result.preimage_hex[:PREIMAGE_SHOWN],
                "stderr": result.stderr[-STDERR_SHOWN:],
                "listed": None
                if result.listed is None
                else {
                    "outcome": result.listed.outcome,
                    "field": result.listed.field,
                    "reason": result.listed.reason,
                    "issue": result.listed.issue,
                },
                "repeat": self._repeat.format(case=case.id),
            }
        self._write(line)

    def skip(self, skip: Skip) -> None:
        """One case that the port does not claim."""
        case = skip.case
        self._write({"type": "skip", "id": case.id, "suite": case.suite, "op": case.op, "missing": list(skip.missing)})

    def footer(self, problems: Sequence[str], seconds: float, incomplete: str | None = None) -> None:
        """Closes the report; `incomplete` says why it does not cover the run."""
        so_far = self.report()
        self._write(
            {
                "type": "footer",
                "incomplete": incomplete,
                "cases": len(so_far.cases),
                "skips": len(so_far.skips),
                "problems": list(problems),
                "seconds": round(seconds, 3),
            }
        )

    def _write(self, line: Line) -> None:
        self._lines.append(line)
        if self._file is not None:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def repeat_command(command: Sequence[str], options: Sequence[str] = ()) -> str:
    """The line that asks one case again; `{case}` stands for its id."""
    before, behind = shlex.join(["calybris-ref", "conformance", "run", *options]), shlex.join(command)
    return f"{_literal(before)} --case {{case}} -- {_literal(behind)}"


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def read(path: Path) -> Report:
    """A report from its file; a torn last line is left out. Raises ReportError."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}).") from None
    *whole, torn = text.split("\n")
    lines: list[Line] = []
    for number, line in enumerate(whole, 1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise ReportError(f"{path}: line {number} is not JSON.") from None
        if not isinstance(value, dict):
            raise ReportError(f"{path}: line {number} is not an object.")
        lines.append(value)
    try:
        report = assemble(lines)
        if torn and report.footer is not None:
            raise ReportError("something stands behind the footer")
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"{path}: a line lacks what it should hold ({type(error).__name__}: {error}).") from None
    except ReportError as error:
        raise ReportError(f"{path}: {error}.") from None
    return report


def assemble(lines: Sequence[Line]) -> Report:
    """A report from its lines. Raises ReportError."""
    if not lines or lines[0].get("type") != "header" or lines[0].get("format") != FORMAT:
        raise ReportError(f"the first line is not the header of a {FORMAT}")
    cases: dict[str, Line] = {}
    skips: list[Line] = []
    footer: Line | None = None
    for line in lines[1:]:
        if footer is not None:
            raise ReportError("something stands behind the footer")
        match line.get("type"):
            case "case":
                Outcome(line["outcome"])
                cases[line["id"]] = line
            case "skip":
                skips.append(line)
            case "footer":
                footer = line
            case other:
                raise ReportError(f"a line has the unknown type {other!r}")
    if footer is not None and (footer["cases"], footer["skips"]) != (len(cases), len(skips)):
        counted, found = f"{footer['cases']} cases and {footer['skips']} skips", f"{len(cases)} and {len(skips)}"
        raise ReportError(f"the footer counts {counted}, but there are {found}")
    return Report(lines[0], tuple(cases.values()), tuple(skips), footer)


def exit_code(report: Report) -> Exit:
    """What the run returns to the shell."""
    if report.incomplete == INTERRUPTED:
        return Exit.INTERRUPTED
    return Exit.CONFORMANT if report.conformant else Exit.NOT_CONFORMANT


INTERRUPTED: Final = "the run was interrupted"
STOPPED: Final = "the run stopped at the first failure (--fail-fast)"


def _short(answer: Mapping[str, Any] | None) -> Any:
    """An answer for a report: itself, or the beginning of its text when it is long."""
    whole = json.dumps(answer, ensure_ascii=False)
    return answer if len(whole) <= ANSWER_SHOWN else whole[:ANSWER_SHOWN] + "…"
