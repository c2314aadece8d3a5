"""What a report says in words: the table of suites, the verdict in one line, a failure in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from calybris_conformance.outcomes import MEANING, Difference, Outcome
from calybris_conformance.selection import ACCUMULATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.report.jsonl import Line, Report

SUITE_HEADER = ("suite", "cases", "passed", "known", "failed", "not claimed")
ECHO_FAILED = (
    "echo fails: the port does not repeat what it is sent. Mend that first; every other difference may follow from it."
)


@dataclass(slots=True)
class SuiteCount:
    """How the cases of one suite ended; `cases` counts those that are not claimed, too."""

    cases: int = 0
    passed: int = 0
    known: int = 0
    failed: int = 0
    not_claimed: int = 0

    def row(self, name: str) -> tuple[str, ...]:
        """The suite's row under SUITE_HEADER."""
        counts = (self.cases, self.passed, self.known, self.failed, self.not_claimed)
        return (name, *(f"{count:,}" for count in counts))


def suites(report: Report) -> dict[str, SuiteCount]:
    """The counts of every suite, in the report's order."""
    counts: dict[str, SuiteCount] = {}
    for line in sorted((*report.cases, *report.skips), key=lambda line: str(line["suite"])):
        count = counts.setdefault(line["suite"], SuiteCount())
        count.cases += 1
        match line.get("outcome"):
            case None:
                count.not_claimed += 1
            case Outcome.PASS:
                count.passed += 1
            case Outcome.KNOWN_FAILURE:
                count.known += 1
            case _:
                count.failed += 1
    return counts


def total(report: Report) -> SuiteCount:
    """The counts of the whole run."""
    every = suites(report).values()
    return SuiteCount(
        sum(count.cases for count in every),
        sum(count.passed for count in every),
        sum(count.known for count in every),
        sum(count.failed for count in every),
        sum(count.not_claimed for count in every),
    )


def rows(report: Report) -> list[tuple[str, ...]]:
    """The table of suites with its total."""
    return [*(count.row(name) for name, count in suites(report).items()), total(report).row("total")]


def verdict(report: Report) -> str:
    """The whole run in one line."""
    count = total(report)
    parts = [f"{count.passed:,} passed", many(count.known, "known failure")]
    if count.failed:
        parts.append(f"{count.failed:,} failed")
    if count.not_claimed:
        parts.append(f"{count.not_claimed:,} not claimed")
    if report.problems:
        parts.append(many(len(report.problems), "problem"))
    if report.incomplete is not None:
        word = f"INCOMPLETE ({report.incomplete})"
    else:
        word = "CONFORMANT" if report.conformant else "NOT CONFORMANT"
    return f"{report.header['name']}: {word}: {', '.join(parts)}"


def failure(line: Line) -> Iterator[str]:
    """A case that is no pass, line by line: what it is about, what differs, what the port said, how to repeat it."""
    yield f"{line['id']}: {line['outcome']} ({MEANING[Outcome(line['outcome'])]})"
    yield f"  about    {line['about']}"
    yield f"  clauses  {' '.join(line['clauses'])}"
    if line["outcome"] != line["verdict"]:
        yield f"  port     {line['verdict']} ({MEANING[Outcome(line['verdict'])]})"
    if line["detail"]:
        yield from _block("  detail   ", line["detail"])
    for one in line["differences"]:
        yield f"  differs  {Difference(one['path'], one['expected'], one['actual'], one['note'])}"
    for flag, hunts in line["notes"].items():
        yield f"  hunts    {flag}: {hunts}"
    if line["listed"] is not None:
        listed = line["listed"]
        field = f" at {listed['field']}" if listed["field"] else ""
        yield f"  listed   as {listed['outcome']}{field}: {listed['reason']} {listed['issue']}".rstrip()
    if line["stderr"]:
        yield from _block("  stderr   ", line["stderr"])
    yield f"  repeat   {line['repeat']}"
    if line["suite"] == ACCUMULATE and line["verdict"] == Outcome.MISMATCH:
        yield f"  narrow   {line['repeat'].replace(' run --case ', ' bisect ', 1)}"


def _block(label: str, text: str) -> Iterator[str]:
    """Text of the port's: every line of it behind the label, what does not print escaped."""
    for number, line in enumerate(text.rstrip().splitlines()):
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
        yield (label if number == 0 else " " * len(label)) + shown


def many(count: int, noun: str) -> str:
    """A number and its noun, in the plural where it is due."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
