"""What a campaign says at its end, for people and for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from calybris_conformance.campaign import coverage, steering
from calybris_conformance.campaign.watch import answers, reached
from calybris_ref.cli.terminal import one_line, paint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from calybris_conformance.campaign.conduct import Outcome
    from calybris_conformance.campaign.steering import Arm
    from calybris_conformance.campaign.tally import Finding

Repeatable = tuple["Finding", str]
"""A finding, and the one line that asks it again."""


def as_json(
    facts: Mapping[str, Any],
    arms: Sequence[Arm],
    outcome: Outcome,
    found: Sequence[Repeatable],
    known: Mapping[str, str],
) -> str:
    """Everything, for programs."""
    tally = outcome.tally
    summary = {
        **facts,
        **{key: value for key, value in tally.to_json().items() if key != "findings"},
        "ranges": outcome.ranges,
        "seconds": round(outcome.seconds, 3),
        "cases_per_second": _speed(outcome),
        "clauses": coverage.clauses(tally.reached),
        "unreached": [mark for mark in steering.universe(arms) if mark not in tally.reached],
        "known": [{"kind": kind, "reason": reason} for kind, reason in known.items()],
        "findings": [{**finding.to_json(), "repeat": repeat} for finding, repeat in found],
    }
    return json.dumps(summary, ensure_ascii=False, indent=2)


def as_text(
    facts: Mapping[str, Any],
    arms: Sequence[Arm],
    outcome: Outcome,
    found: Sequence[Repeatable],
    known: Mapping[str, str],
) -> str:
    """The findings, then the known kinds that were met, then the figures, then the verdict."""
    tally = outcome.tally
    lines = []
    for finding, repeat in found:
        met = f"met in unit {finding.index}, row {finding.row}, of {finding.profile} {finding.focus}".rstrip()
        lines += [
            f"{paint(one_line(finding.kind), 'bad', sys.stdout)}",
            f"  {one_line(finding.detail)}",
            f"  {met}",
            f"  again: {one_line(repeat)}",
            "",
        ]
    for kind, reason in known.items():
        lines += [f"{paint(one_line(kind), 'warn', sys.stdout)}", f"  known: {one_line(reason)}", ""]
    if tally.stopped:
        lines.append(paint(f"stopped early: {one_line(tally.stopped)}", "bad", sys.stdout))
    clauses = len(coverage.clauses(tally.reached))
    speed = f"{outcome.seconds:.1f} s, {_speed(outcome):,} a second, {facts['how']}"
    lines += [
        f"{tally.cases:,} cases in {speed}; {tally.wrong:,} wrong",
        *answers(tally.answers),
        f"{reached(tally, steering.universe(arms))}, {clauses} clauses",
    ]
    many = "one finding" if len(found) == 1 else f"{len(found)} findings" if found else "no finding"
    many += f", and {len(known)} known" if known else ""
    return "\n".join([*lines, paint(many, "bad" if found else "good", sys.stdout)])


def _speed(outcome: Outcome) -> int:
    """Cases a second in this run."""
    return int(outcome.cases_now / outcome.seconds) if outcome.seconds else 0
