"""What a range of units came to: counters that can be added in any order, and the first finding of each kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from calybris_conformance.campaign.cases import case
from calybris_conformance.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.campaign.asking import Wrong
    from calybris_conformance.corpus import Case


@dataclass(frozen=True, slots=True)
class Finding:
    """A wrong answer and where it was met: the unit's number, its profile and focus, the row."""

    index: int
    row: int
    profile: str
    focus: str
    outcome: Outcome
    kind: str
    detail: str
    case: Case

    @property
    def place(self) -> tuple[int, int]:
        """Of two findings of a kind the one with the smaller place is kept, whoever finished first."""
        return self.index, self.row

    def to_json(self) -> dict[str, Any]:
        """As a line of the state file holds it."""
        asked = self.case
        return {
            "index": self.index,
            "row": self.row,
            "profile": self.profile,
            "focus": self.focus,
            "outcome": str(self.outcome),
            "kind": self.kind,
            "detail": self.detail,
            "op": asked.op,
            "given": asked.given,
            "input": asked.input,
            "expect": asked.expect,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Finding:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError."""
        id_ = f"unit-{value['index']}/row-{value['row']}"
        asked = case(value["op"], value["given"], value["input"], value["expect"], id_)
        own = {key: value[key] for key in ("index", "row", "profile", "focus", "kind", "detail")}
        return cls(**own, outcome=Outcome(value["outcome"]), case=asked)


def finding_of(index: int, profile: str, focus: str, wrong: Wrong) -> Finding:
    """A wrong row of a unit."""
    return Finding(index, wrong.row, profile, focus, wrong.outcome, wrong.kind, wrong.detail, wrong.case)


@dataclass(slots=True)
class Tally:
    """Cases asked, cases wrong, how many by answer, what was reached how often, and the findings by kind."""

    cases: int = 0
    wrong: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    findings: dict[str, Finding] = field(default_factory=dict)
    stopped: str | None = None
    """Why the port could not be asked to the end of a range."""

    def add(self, other: Tally) -> None:
        """Adds another tally; the order in which tallies are added changes nothing."""
        self.cases += other.cases
        self.wrong += other.wrong
        self.answers += other.answers
        self.reached += other.reached
        self.stopped = self.stopped or other.stopped
        for finding in other.findings.values():
            self.note(finding)

    def note(self, finding: Finding) -> None:
        """Keeps the finding, unless an earlier one of its kind is known."""
        known = self.findings.get(finding.kind)
        if known is None or finding.place < known.place:
            self.findings[finding.kind] = finding

    def to_json(self) -> dict[str, Any]:
        """As a line of the state file holds it; equal tallies give equal JSON."""
        return {
            "cases": self.cases,
            "wrong": self.wrong,
            "answers": dict(sorted(self.answers.items())),
            "reached": dict(sorted(self.reached.items())),
            "findings": [self.findings[kind].to_json() for kind in sorted(self.findings)],
            "stopped": self.stopped,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Tally:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError."""
        findings = [Finding.from_json(one) for one in value["findings"]]
        return cls(
            value["cases"],
            value["wrong"],
            Counter(value["answers"]),
            Counter(value["reached"]),
            {finding.kind: finding for finding in findings},
            value["stopped"],
        )
