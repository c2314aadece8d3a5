"""docs/benchmarks.md and its picture, written from docs/benchmarks.json, which holds what one run has measured."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.campaigned import Rate
from tests.bench.judged import Throughput
from tests.bench.limits import LIMITS, limit_of, reason_of
from tests.bench.measure import Measured
from tests.bench.plot import plot

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS, PAGE, PICTURE = DOCS / "benchmarks.json", DOCS / "benchmarks.md", DOCS / "benchmarks.svg"

_INTRODUCTION = """\
# Benchmarks

`make bench` times what the library does against what the published wheel `calybris` {peer} (Rust) does, in one process
and in turn, and writes this page. Nothing fails by its speed: times are of one machine, ratios travel better.

{date}, {machine}. Medians of {rounds} rounds.

![The ratios of all jobs on a logarithmic axis](benchmarks.svg)

## Against the wheel

A ratio below 1 means that the library is faster. *must* is the most that is accepted, *stretch* what would be better
still. A row without a limit is there for comparison. What only computes is timed by the CPU that it used, everything
else by the clock on the wall, which other programs stretch. How it is timed, and why not with pyperf, is said in
[tests/bench/measure.py](../tests/bench/measure.py).
"""

_CAMPAIGNS = """\
## Campaigns

Decisions that were made, asked and compared by one worker, which has a port of its own. A second of CPU is one of all
of them together: what makes the cases and knows the answers, and the port. At least 150,000 cases are wanted of it from
a port that takes frames, and 300,000 would be better.
"""

_LATENESS = """\
## An event loop while a log is written

How late it wakes a coroutine that asks every millisecond, while 16 others append and sync.
"""


class Results(NamedTuple):
    """All that one run has found; it is what the JSON file holds."""

    date: str
    machine: str
    peer: str
    rounds: int
    jobs: list[Measured]
    missing: list[str]
    late_ms: list[tuple[str, float, float, float]]
    judged: list[Throughput]
    not_built: list[str]
    campaigns: list[Rate]
    prove: dict[str, Any] | None

    def to_json(self) -> str:
        """The text of the file."""
        plain = self._asdict() | {
            "jobs": [one._asdict() for one in self.jobs],
            "judged": [one._asdict() for one in self.judged],
            "campaigns": [one._asdict() for one in self.campaigns],
        }
        return json.dumps(plain, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Results":
        """What `to_json` wrote."""
        plain = json.loads(text)
        return cls(
            **plain
            | {
                "jobs": [Measured(**one) for one in plain["jobs"]],
                "judged": [Throughput(**one) for one in plain["judged"]],
                "campaigns": [Rate(**one) for one in plain["campaigns"]],
                "late_ms": [(name, median, high, most) for name, median, high, most in plain["late_ms"]],
            }
        )


def write(results: Results) -> None:
    """Write all three files."""
    RESULTS.write_text(results.to_json(), "utf-8")
    PAGE.write_text(page(results), "utf-8")
    PICTURE.write_text(plot(results.jobs), "utf-8")


def page(results: Results) -> str:
    """The text of the page."""
    parts = [
        _INTRODUCTION.format(peer=results.peer, date=results.date, machine=results.machine, rounds=results.rounds),
        _table(
            ("job", "ours µs", "peer µs", "ratio", "smallest and largest", "must", "stretch", "met"),
            [_against(one) for one in results.jobs],
        ),
        *_not_met(results),
        *_not_measured(results),
        "## The judge\n\nThe full set of vectors, once; the start of judge and port is in it.\n",
        _table(
            ("port", "cases", "seconds", "cases a second"),
            [
                (one.port, f"{one.cases:,}", f"{one.seconds:.1f}", f"{one.cases_per_second:,.0f}")
                for one in results.judged
            ],
        ),
        *([f"Not built here: {', '.join(results.not_built)}.\n"] if results.not_built else []),
        *_campaigns(results),
        *_proofs(results),
        _LATENESS,
        _table(
            ("lateness", "median ms", "99 % ms", "largest ms"),
            [(name, *(f"{number:.2f}" for number in numbers)) for name, *numbers in results.late_ms],
        ),
    ]
    return "\n".join(parts)


def _against(one: Measured) -> tuple[str, ...]:
    limit = limit_of(one.job)
    wanted = (f"{limit.must:g}", f"{limit.stretch:g}", verdict(one)) if limit else ("", "", "")
    spread = f"{one.ratio_minimum:.3g} – {one.ratio_maximum:.3g}"
    return (
        one.job,
        f"{one.ours_microseconds:,.2f}",
        f"{one.peer_microseconds:,.2f}",
        f"{one.ratio:.3g}",
        spread,
        *wanted,
    )


def verdict(one: Measured) -> str:
    """Whether a job does what its limit wants, in a word; nothing without a limit."""
    limit = limit_of(one.job)
    if limit is None:
        return ""
    return "stretch" if one.ratio <= limit.stretch else "must" if one.ratio <= limit.must else "no"


def _not_met(results: Results) -> list[str]:
    missed = [one.job for one in results.jobs if verdict(one) == "no"]
    lines = [f"- **{job}**: {reason_of(job) or 'nobody knows why yet.'}" for job in missed]
    return ["Not met:\n", *lines, ""] if lines else []


def _not_measured(results: Results) -> list[str]:
    unmet = [limit.job for limit in LIMITS if not any(one.job.startswith(limit.job) for one in results.jobs)]
    lines = [f"- {job}" for job in unmet] + [f"- {sentence}" for sentence in results.missing]
    return ["Not measured in this run:\n", *lines, ""] if lines else []


def _campaigns(results: Results) -> list[str]:
    rows: list[tuple[str, ...]] = [
        (
            one.port,
            f"{one.cases:,}",
            f"{one.seconds:.1f}",
            f"{one.cases / one.seconds:,.0f}",
            f"{one.cases / one.cpu_seconds:,.0f}",
            f"{one.findings}",
        )
        for one in results.campaigns
    ]
    head = ("port", "cases", "seconds", "cases a second", "cases a second of CPU", "findings")
    return [_CAMPAIGNS, _table(head, rows)] if rows else []


def _proofs(results: Results) -> list[str]:
    if results.prove is None:
        return []
    told = "{conditions:,} conditions in {seconds:,.0f} seconds of the clock, {cpu_seconds:,.0f} of CPU.\n"
    return ["## The proofs\n", "`calybris-ref prove --no-cache`: " + told.format(**results.prove)]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
