"""The outcome of a proof run, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from calybris_conformance.prove import verdicts
from calybris_conformance.prove.cache import tool_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from calybris_conformance.prove.expectations import Expectations
    from calybris_conformance.prove.gate import Report
    from calybris_conformance.prove.verdicts import Limits, Result

HEADER = ("verdict", "theorem", "condition", "clauses", "CPU s", "paths")
RIGHT = (4, 5)
_CONDITION_CHARACTERS = 48


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


def summary(*reports: Report) -> str:
    """One line: how many conditions, which verdicts, what it cost, of one package or of several."""
    results = [result for report in reports for result in report.results]
    witnesses = [result for report in reports for result in report.witnesses]
    counted = Counter(result.verdict for result in results)
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
    seconds = [result.cpu_seconds for result in (*results, *witnesses)]
    reached = sum(result.verdict == verdicts.REFUTED for result in witnesses)
    return (
        f"{len(results)} conditions: {told or 'none'}; "
        f"{reached} of {len(witnesses)} functions have a witness; "
        f"{sum(seconds):.1f} CPU s, slowest {max(seconds, default=0.0):.1f} s; "
        f"{sum(report.from_cache for report in reports)} from the cache"
    )


def to_json(proofs: Sequence[tuple[Expectations, Report]], limits: Limits) -> dict[str, Any]:
    """Everything, for machines: each condition, witness and failure names its package."""
    return {
        "format": "calybris-proofs/1",
        "packages": [expectations.package for expectations, _ in proofs],
        "tools": tool_versions(),
        "limits": asdict(limits),
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


def _shortened(result: Result) -> str:
    text = result.condition.text
    return text if len(text) <= _CONDITION_CHARACTERS else text[: _CONDITION_CHARACTERS - 1] + "…"
