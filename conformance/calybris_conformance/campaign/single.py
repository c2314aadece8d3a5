"""Rows asked one by one with `decide`, many at once in the pipe: for every port that speaks the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calybris_conformance.campaign import cases
from calybris_conformance.campaign.asking import Stopped, Wrong, first_of_each, wrong_of
from calybris_conformance.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from calybris_conformance.campaign.units import Batch
    from calybris_conformance.corpus import Case
    from calybris_conformance.outcomes import CaseResult
    from calybris_conformance.runner import Runner
    from calybris_conformance.session import Settings


class Single:
    """A port behind the protocol."""

    def __init__(self, runner: Runner, settings: Settings) -> None:
        self.runner = runner
        self.settings = settings
        self.name = runner.ready.implementation.name
        self.features = frozenset(runner.ready.features)

    def wrong_rows(self, batch: Batch, due: Mapping[str, Any]) -> tuple[int, list[Wrong]]:
        """Every row alone."""
        return self.ask_rows(batch, due, range(batch.rows))

    def ask_rows(self, batch: Batch, due: Mapping[str, Any], rows: Sequence[int]) -> tuple[int, list[Wrong]]:
        """These rows alone; (how many are wrong, the first of each kind)."""
        given = batch.given()
        asked = [cases.decision(batch, due, row, given) for row in rows]
        wrong = [
            wrong_of(row, result)
            for row, result in zip(rows, self.results(asked), strict=True)
            if result.outcome is not Outcome.PASS
        ]
        for one in wrong:
            if one.outcome is Outcome.NOT_RUN:
                raise Stopped(one.detail)
        return len(wrong), first_of_each(wrong)

    def results(self, asked: Sequence[Case]) -> Iterator[CaseResult]:
        """How each case ends, in the order of the cases."""
        by_id = {id(result.case): result for result in self.runner.ask(asked)}
        return (by_id[id(one)] for one in asked)

    def close(self) -> None:
        """Ends the process."""
        self.runner.drop()
