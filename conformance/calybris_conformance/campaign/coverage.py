"""What the rows of a unit reached: gates, pairs of gates, distances to limits, sizes of numbers, ties, ends of widths.

A mark is a name such as `pair/latency+budget`. The answers of all rows are counted; the rest is looked at in a sample
of the rows, candidate by candidate, with the kernel's own walk, so that measuring costs little beside asking.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calybris_conformance import wire
from calybris_conformance.campaign.aimed import GATES
from calybris_conformance.campaign.catalogs import I64, U64
from calybris_ref import kernel
from calybris_ref.model import Gate, KernelInput, KernelModel, KernelReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from calybris_conformance.campaign.units import Batch
    from calybris_ref.policy import PolicySnapshot

SAMPLE: Final = 32
"""Rows of a unit that are looked at closely."""

_REASONS: Final = {int(reason): reason.label for reason in KernelReason}
# The gates that compare a number with a limit: name, number of the gate, the candidate's field, the request's field.
_MEASURED: Final = (
    ("quality", int(Gate.QUALITY), "quality_bps", "minimum_quality_bps"),
    ("latency", int(Gate.LATENCY), "p95_latency_ms", "max_p95_latency_ms"),
    ("risk_ceiling", int(Gate.RISK_CEILING), "risk_ceiling_bps", "risk_bps"),
)
_PASSED: Final = len(GATES) + 1
_GATE: Final = {number: f"gate/{name}" for number, name in enumerate(GATES, 1)}
_PAIR: Final = {
    (first, second): f"pair/{GATES[first - 1]}+{GATES[second - 1]}"
    for first in range(1, _PASSED)
    for second in range(first, _PASSED)
}
_BITS: Final[Mapping[str, int]] = {
    **{name: 14 if name.endswith("_bps") else wire.INTEGER_TYPES[kind][1].bit_length()
       for name, kind in wire.REQUEST.items() if name != "requested_model_id"},
    "estimated_cost_microunits": 63,
    "expected_utility_microunits": 63,
}  # fmt: skip
_STEPS: Final = (-1, 0, 1)

UNIVERSE: Final[tuple[str, ...]] = (
    *(f"answer/{label}" for label in _REASONS.values()),
    *_GATE.values(),
    *_PAIR.values(),
    *(
        f"distance/{gate}/{step:+d}"
        for gate in ("risk_limit", "confidence_limit", *(name for name, *_ in _MEASURED), "budget", "utility")
        for step in _STEPS
    ),
    *(f"tie/{level}" for level in ("utility", "cost", "quality")),
    *(f"end/{what}" for what in ("cost", "utility_high", "utility_low")),
    *(f"bits/{name}/{bits}" for name, most in _BITS.items() for bits in range(most + 1)),
)
"""Every mark that a campaign about decisions tries to reach."""

CLAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "answer/requested_model_maximizes_utility": ("DECIDE-1",),
    "answer/alternative_maximizes_utility": ("DECIDE-1",),
    "answer/risk_hard_limit": ("GATE-1", "DECIDE-2"),
    "answer/confidence_hard_limit": ("GATE-2", "DECIDE-2"),
    "distance/risk_limit/+0": ("GATE-1",),
    "distance/confidence_limit/+0": ("GATE-2",),
    "gate/disabled": ("GATE-4",),
    "gate/quality": ("GATE-5",),
    "gate/latency": ("GATE-6",),
    "gate/capability": ("GATE-7",),
    "gate/provider": ("GATE-8",),
    "gate/region": ("GATE-9",),
    "gate/risk_ceiling": ("GATE-10",),
    "gate/budget": ("GATE-11", "MONEY-1"),
    "gate/utility": ("GATE-12",),
    "pair/quality+latency": ("GATE-3", "DECIDE-3"),
    "end/cost": ("MONEY-2",),
    "end/utility_high": ("MONEY-6",),
    "end/utility_low": ("MONEY-6",),
    "bits/business_value_microunits/0": ("MONEY-3",),
    "bits/expected_utility_microunits/40": ("MONEY-4",),
    "bits/risk_bps/10": ("MONEY-5",),
    "tie/utility": ("RANK-1",),
    "tie/quality": ("RANK-1",),
    "bits/request_sequence/64": ("DECIDE-8",),
}
"""The clause that a mark is about. What only one kind of port can be asked (RANK-2, DECIDE-4) has no mark."""


def clauses(reached: Iterable[str]) -> list[str]:
    """The clauses that these marks are about, in order."""
    found = {clause for mark in reached for clause in CLAUSES.get(mark, ())}
    return sorted(found, key=lambda clause: (clause.partition("-")[0], int(clause.partition("-")[2])))


def answers(due: Mapping[str, Any]) -> Counter[str]:
    """How many rows are answered with each reason."""
    codes, counts = np.unique(due["reason"], return_counts=True)
    return Counter({_REASONS[int(code)]: int(count) for code, count in zip(codes, counts, strict=True)})


def marks(batch: Batch, due: Mapping[str, Any]) -> Counter[str]:
    """Every mark of a sample of the rows, with the number of rows that have it; of all rows, the answers."""
    found = Counter({f"answer/{label}": count for label, count in answers(due).items()})
    for row in range(0, batch.rows, max(batch.rows // SAMPLE, 1)):
        request = KernelInput(*(int(column[row]) for column in batch.columns.values()))
        found.update(set(_of_request(batch.snapshot, request)))
        found.update(f"bits/{name}/{abs(number).bit_length()}" for name, number in _sized(batch, due, row))
    return found


def _sized(batch: Batch, due: Mapping[str, Any], row: int) -> Iterator[tuple[str, int]]:
    for name in _BITS:
        yield name, int((batch.columns[name] if name in batch.columns else due[name])[row])


def _of_request(snapshot: PolicySnapshot, request: KernelInput) -> Iterator[str]:
    yield from _distance("risk_limit", request.risk_bps - snapshot.hard_risk_limit_bps)
    yield from _distance("confidence_limit", request.confidence_bps - snapshot.minimum_confidence_bps)
    if kernel.hard_limit(snapshot, request) is not None:
        return
    trail: list[kernel.Assessment] = []
    counts, eligible = kernel.walk(snapshot, request, snapshot.rows, trail)
    for model, (gate, cost, _, utility) in zip(snapshot.models, trail, strict=True):
        yield from _of_candidate(model, request, _PASSED if gate is None else gate, cost, utility)
    failed = [gate for gate in range(1, _PASSED) if counts[gate]]
    for place, first in enumerate(failed):
        yield _GATE[first]
        if counts[first] > 1:
            yield _PAIR[first, first]
        for second in failed[place + 1 :]:
            yield _PAIR[first, second]
    yield from _ties(sorted(eligible)[:2])


def _of_candidate(model: KernelModel, request: KernelInput, gate: int, cost: int, utility: int) -> Iterator[str]:
    """The distances of a candidate at the gates that it came to; it stopped at `gate`."""
    for name, number, own, limit in _MEASURED:
        if gate >= number:
            yield from _distance(name, getattr(model, own) - getattr(request, limit))
    if gate >= Gate.BUDGET:
        yield from _distance("budget", cost - request.budget_limit_microunits)
        if cost == U64:
            yield "end/cost"
    if gate >= Gate.UTILITY:
        yield from _distance("utility", utility)
        if utility == I64:
            yield "end/utility_high"
        if utility == -I64 - 1:
            yield "end/utility_low"


def _distance(name: str, distance: int) -> Iterator[str]:
    if distance in _STEPS:
        yield f"distance/{name}/{distance:+d}"


def _ties(best: list[kernel.Rank]) -> Iterator[str]:
    if len(best) == 2:
        for place, level in enumerate(("utility", "cost", "quality")):
            if best[0][place] != best[1][place]:
                return
            yield f"tie/{level}"
