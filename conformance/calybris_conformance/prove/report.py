"""The outcome of a proof run, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from calybris_conformance.prove import gate, verdicts
from calybris_conformance.prove.cache import tool_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from calybris_conformance.prove.expectations import Expectations
    from calybris_conformance.prove.gate import Report
    from calybris_conformance.prove.verdicts import Limits, Result

HEADER = ("verdict", "theorem", "condition", "clauses", "CPU s", "paths")
RIGHT = (4, 5)
_CONDITION_CHARACTERS = 48
# What a column of a table in a terminal gets, and needs, and what stands between two.
_THEOREM_CHARACTERS, _LEAST_CHARACTERS, _GAP = 64, 12, 2


def rows(report: Report, expectations: Expectations, prefix: str = "") -> list[tuple[str, ...]]:
    """One row per condition under HEADER; the prefix tells the packages of one table apart."""
    return [
        (
            result.verdict,
            prefix + result.condition.name,
            _shortened(result),
            " ".join(_clauses(result, expectations)),
            f"{result.cpu_seconds:.2f}",
            str(result.paths),
        )
        for result in report.results
    ]


def fitted(rows: Sequence[tuple[str, ...]], columns: int) -> tuple[tuple[str, ...], list[tuple[str, ...]], list[int]]:
    """Header, rows and right-aligned columns that fit a terminal: what is wide is cut, what does not fit is left out.

    The verdict and the numbers stay whole. A theorem loses its front first: the package and the module.
    """
    widths = [max(len(cell) for cell in column) for column in zip(HEADER, *rows, strict=True)]
    verdict, theorem, condition, clauses, seconds, paths = range(len(HEADER))
    room = columns - sum(widths[place] + _GAP for place in (verdict, seconds, paths))
    keep = {verdict: widths[verdict], theorem: min(widths[theorem], room, max(_THEOREM_CHARACTERS, room // 2))}
    room -= keep[theorem] + _GAP
    for place in (clauses, condition):
        if room >= min(widths[place], _LEAST_CHARACTERS):
            keep[place] = min(widths[place], room)
            room -= keep[place] + _GAP
    keep |= {seconds: widths[seconds], paths: widths[paths]}
    places = sorted(keep)
    cut = [tuple(_cut(row[place], keep[place], place == theorem) for place in places) for row in rows]
    right = [number for number, place in enumerate(places) if place in RIGHT]
    return tuple(HEADER[place] for place in places), cut, right


def wrapped(text: str, columns: int) -> str:
    """The text with no line longer than so many columns, each line with its own indent; 0 leaves it as it is."""
    if not columns:
        return text
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(line, columns, subsequent_indent=indent, break_on_hyphens=False) or [""]
    return "\n".join(lines)


def searched(report: Report, expectations: Expectations, prefix: str = "") -> list[str]:
    """For each function that is only searched: its name, why there is no proof, and what stands in for it."""
    names = dict.fromkeys((result.condition.module, result.condition.function) for result in report.results)
    return [
        f"{prefix}{module}.{function}\n    {found.reason}\n    instead: {found.substitute}"
        for module, function in names
        if (found := expectations.of(module, function)) and found.verdict == verdicts.SEARCHED
    ]


def summary(proofs: Sequence[tuple[Expectations, Report]], rounds: int = 1) -> str:
    """How many conditions, which verdicts, what it cost, of one package or of several."""
    reports = [report for _, report in proofs]
    results = [result for report in reports for result in report.results]
    witnesses = [result for report in reports for result in report.witnesses]
    counted = Counter(result.verdict for result in results)
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
    seconds = [result.cpu_seconds for result in (*results, *witnesses)]
    reached = sum(result.verdict == verdicts.REFUTED for result in witnesses)
    few, of = gate.searched_share(proofs)
    unstable = sum(failure.kind == gate.UNSTABLE for report in reports for failure in report.failures)
    same = f"; {rounds} rounds, {f'{unstable} not the same' if unstable else 'all the same'}" if rounds > 1 else ""
    return (
        f"{len(results)} conditions: {told or 'none'}; "
        f"{reached} of {len(witnesses)} functions have a witness; "
        f"{few} of {of} only searched ({few / max(of, 1):.1%}); "
        f"{sum(seconds):.1f} CPU s, slowest {max(seconds, default=0.0):.1f} s; "
        f"{sum(report.from_cache for report in reports)} from the cache{same}"
    )


def to_json(proofs: Sequence[tuple[Expectations, Report]], limits: Limits, rounds: int = 1) -> dict[str, Any]:
    """Everything, for machines: each condition, witness and failure names its package."""
    return {
        "format": "calybris-proofs/1",
        "packages": [expectations.package for expectations, _ in proofs],
        "tools": tool_versions(),
        "limits": asdict(limits),
        "rounds": rounds,
        "conditions": [
            {
                "package": expectations.package,
                **_plain(result),
                "expected": _expected(result, expectations),
                "clauses": _clauses(result, expectations),
            }
            for expectations, report in proofs
            for result in report.results
        ],
        "witnesses": [
            {"package": expectations.package, **_plain(result)}
            for expectations, report in proofs
            for result in report.witnesses
        ],
        "failures": [
            {"package": expectations.package, **asdict(failure)}
            for expectations, report in proofs
            for failure in report.failures
        ],
        "from_cache": sum(report.from_cache for _, report in proofs),
        "proved": not any(report.failures for _, report in proofs),
    }


def _plain(result: Result) -> dict[str, Any]:
    value = result.to_json()
    return {**value.pop("condition"), **value}


def _expected(result: Result, expectations: Expectations) -> str | None:
    expected = expectations.of(result.condition.module, result.condition.function)
    return expected.verdict if expected else None


def _clauses(result: Result, expectations: Expectations) -> list[str]:
    expected = expectations.of(result.condition.module, result.condition.function)
    return list(expected.clauses) if expected else []


def _cut(text: str, width: int, from_the_left: bool) -> str:
    if len(text) <= width:
        return text
    return "…" + text[len(text) - width + 1 :] if from_the_left else text[: width - 1] + "…"


def _shortened(result: Result) -> str:
    text = result.condition.text
    return text if len(text) <= _CONDITION_CHARACTERS else text[: _CONDITION_CHARACTERS - 1] + "…"
