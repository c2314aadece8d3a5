"""The outcome of a proof run, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from calybris_conformance.prove import verdicts
from calybris_conformance.prove.cache import tool_versions

if TYPE_CHECKING:
    from calybris_conformance.prove.expectations import Expectations
    from calybris_conformance.prove.gate import Report
    from calybris_conformance.prove.verdicts import Limits, Result

HEADER = ("verdict", "theorem", "condition", "clauses", "CPU s", "paths")
RIGHT = (4, 5)
_CONDITION_CHARACTERS = 48


def rows(report: Report, expectations: Expectations) -> list[tuple[str, ...]]:
    """One row per condition under HEADER."""
    return [
        (
            result.verdict,
            result.condition.name,
            _shortened(result),
            " ".join(_clauses(result, expectations)),
            f"{result.cpu_seconds:.2f}",
            str(result.paths),
        )
        for result in report.results
    ]


def summary(report: Report) -> str:
    """One line: how many conditions, which verdicts, what it cost."""
    counted = Counter(result.verdict for result in report.results)
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
    seconds = [result.cpu_seconds for result in (*report.results, *report.witnesses)]
    reached = sum(result.verdict == verdicts.REFUTED for result in report.witnesses)
    return (
        f"{len(report.results)} conditions: {told or 'none'}; "
        f"{reached} of {len(report.witnesses)} functions have a witness; "
        f"{sum(seconds):.1f} CPU s, slowest {max(seconds, default=0.0):.1f} s; {report.from_cache} from the cache"
    )


def to_json(report: Report, expectations: Expectations, limits: Limits) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "format": "calybris-proofs/1",
        "package": expectations.package,
        "tools": tool_versions(),
        "limits": asdict(limits),
        "conditions": [
            {**_plain(result), "expected": _expected(result, expectations), "clauses": _clauses(result, expectations)}
            for result in report.results
        ],
        "witnesses": [_plain(result) for result in report.witnesses],
        "failures": [asdict(failure) for failure in report.failures],
        "from_cache": report.from_cache,
        "proved": not report.failures,
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


def _shortened(result: Result) -> str:
    text = result.condition.text
    return text if len(text) <= _CONDITION_CHARACTERS else text[: _CONDITION_CHARACTERS - 1] + "…"
