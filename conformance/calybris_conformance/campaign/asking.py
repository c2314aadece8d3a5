"""The ways to put a unit to a port, behind one interface, and what comes of a row that went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from calybris_conformance.campaign.units import Batch
    from calybris_conformance.corpus import Case
    from calybris_conformance.outcomes import CaseResult, Outcome, Verdict


class Stopped(Exception):  # noqa: N818 - not an error: the port cannot be asked any more
    """The port was started too often, or cannot be started again; str() is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that a port got wrong: the case, how it ended, and what it has in common with others of its kind.

    `row` is its place in the unit.
    """

    row: int
    case: Case
    outcome: Outcome
    kind: str
    detail: str


class Asker(Protocol):
    """A port that can be asked. Whoever opens one closes it."""

    @property
    def name(self) -> str:
        """What the port calls itself."""
        ...

    @property
    def features(self) -> frozenset[str]:
        """What it claims."""
        ...

    def wrong_rows(self, batch: Batch, due: Mapping[str, Any]) -> tuple[int, list[Wrong]]:
        """(how many rows are wrong, the first of each kind among them). Raises Stopped and Interrupted."""
        ...

    def results(self, cases: Sequence[Case]) -> Iterable[CaseResult]:
        """How each of these cases ends. Raises Interrupted."""
        ...

    def close(self) -> None:
        """Ends what was started."""
        ...


def kind_of(op: str, verdict: Verdict) -> str:
    """Findings with the same kind are taken for one: the outcome, and the fields that differ."""
    fields = sorted({_field(difference.path) for difference in verdict.differences})
    return " ".join([op, str(verdict.outcome), ",".join(fields)]).strip()


def wrong_of(row: int, result: CaseResult) -> Wrong:
    """What went wrong with one case that did not pass."""
    return Wrong(row, result.case, result.outcome, kind_of(result.case.op, result.verdict), sentence(result.verdict))


def sentence(verdict: Verdict) -> str:
    """A verdict in words, with its first differences."""
    return "; ".join([verdict.detail.rstrip("."), *(str(difference) for difference in verdict.differences[:3])])


def first_of_each(wrongs: Iterable[Wrong]) -> list[Wrong]:
    """The first of each kind, in the order of the rows."""
    found: dict[str, Wrong] = {}
    for wrong in wrongs:
        found.setdefault(wrong.kind, wrong)
    return list(found.values())


def _field(path: str) -> str:
    """A path without its places: `steps[3].state.tenants[0]` is one of many `steps.state.tenants`."""
    parts = (part.partition("[")[0] for part in path.split("."))
    return ".".join(part for part in parts if part)
