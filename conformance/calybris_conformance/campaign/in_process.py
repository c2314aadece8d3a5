"""A library asked where it is, without a process and without text: columns in, columns out.

An adapter is `wheel` (the package `calybris`) or `module:name` of a callable that takes a policy as a record of plain
integers and gives a Decider: columns of requests in, the thirteen columns of the decisions out. An exception is a
finding, as everywhere; a library that takes its process down takes the campaign's worker with it.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calybris_conformance import wire
from calybris_conformance.campaign import cases, expected
from calybris_conformance.campaign.asking import Wrong, first_of_each, wrong_of
from calybris_conformance.compare import judge
from calybris_conformance.outcomes import CaseResult, Outcome
from calybris_conformance.protocol import Answer, Fault, Ok

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from calybris_conformance.campaign.units import Batch
    from calybris_conformance.corpus import Case

Decider = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Columns of requests in, columns of decisions out."""
Adapter = Callable[[Mapping[str, Any]], Decider]
"""A policy in, a decider out; the attribute `features` says what of ABILITIES it takes."""

WHEEL: Final = "wheel"
_WHEEL_ADAPTER: Final = "calybris_conformance.campaign.wheel:adapter"
_SHOWN: Final = 64


class AdapterError(Exception):
    """There is no such adapter; str() is one clear sentence."""


class InProcess:
    """A library in this process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._adapter = load(name)
        self.features = frozenset({cases.DECIDE, *getattr(self._adapter, "features", ())})

    def wrong_rows(self, batch: Batch, due: Mapping[str, Any]) -> tuple[int, list[Wrong]]:
        """Compares whole columns; the rows that differ are asked again alone."""
        try:
            answer = self._adapter(batch.policy)(batch.columns)
            differs = np.zeros(batch.rows, dtype=np.bool_)
            for name, column in due.items():
                differs |= np.asarray(answer[name]) != column
        except Exception:  # noqa: BLE001 - whatever the library throws is found again, row by row
            differs = np.ones(batch.rows, dtype=np.bool_)
        if not differs.any():
            return 0, []
        rows = [int(row) for row in np.flatnonzero(differs)]
        wrong: list[Wrong] = []
        given = batch.given()
        for first in range(0, len(rows), _SHOWN):
            part = rows[first : first + _SHOWN]
            results = self.results([cases.decision(batch, due, row, given) for row in part])
            wrong = [
                wrong_of(row, one) for row, one in zip(part, results, strict=True) if one.outcome is not Outcome.PASS
            ]
            if wrong:
                break
        if not wrong:
            case, words = cases.decision(batch, due, rows[0], given), "Decided wrongly among many, and rightly alone."
            wrong = [Wrong(rows[0], case, Outcome.FLAKY, f"{cases.DECIDE} {Outcome.FLAKY}", words)]
        return len(rows), first_of_each(wrong)

    def results(self, asked: Sequence[Case]) -> Iterator[CaseResult]:
        """How each case ends."""
        for case in asked:
            verdict = judge(case, self._answer(case))
            yield CaseResult(case, verdict.outcome, verdict)

    def close(self) -> None:
        """Nothing was started."""

    def _answer(self, case: Case) -> Answer:
        constructor, scalars, models = wire.read_policy(case.given["policy"])
        policy = {"constructor": constructor, **scalars, "models": list(models)}
        request = wire.read(wire.REQUEST, case.input["request"])
        columns = {name: np.array([request[name]], dtype=expected.dtype(kind)) for name, kind in wire.REQUEST.items()}
        try:
            return Ok(expected.written(self._adapter(policy)(columns), 0))
        except Exception as error:  # noqa: BLE001 - whatever the library throws is its answer
            return Fault(f"{type(error).__name__}: {error}", traceback.format_exc())


def load(name: str) -> Adapter:
    """The adapter of this name. Raises AdapterError."""
    module, _, attribute = (_WHEEL_ADAPTER if name == WHEEL else name).partition(":")
    try:
        found: Adapter = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise AdapterError(f"There is no adapter {name!r}: {error}.") from None
    return found
