"""A row of a unit as a case of the vectors: what is asked alone, made small, written down and asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign import expected
from calybris_conformance.corpus import Case
from calybris_conformance.operations import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.campaign.units import Batch

DECIDE: Final = "decide"
ROWS: Final = "decide.rows"


def case(op: str, given: Mapping[str, Any], question: Mapping[str, Any], expect: Mapping[str, Any], id_: str) -> Case:
    """A case that no file holds."""
    return Case(
        id=id_,
        about="",
        flags=(),
        clauses=(),
        suite="campaign",
        op=op,
        level="must",
        requires=frozenset({op}),
        given=given,
        input=question,
        expect=expect,
        timeout_seconds=None,
        path="",
    )


def decision(batch: Batch, due: Mapping[str, Any], row: int, given: Mapping[str, Any] | None = None) -> Case:
    """One row of a unit as a question of `decide`."""
    return case(
        DECIDE,
        batch.given() if given is None else given,
        {"request": batch.request(row)},
        {"ok": expected.written(due, row)},
        f"unit-{batch.unit.index}/row-{row}",
    )


def answered(op: str, given: Mapping[str, Any], question: Mapping[str, Any], id_: str) -> Case:
    """A question with the answer of the reference. Raises whatever the reference does for a damaged question."""
    from calybris_conformance.adapters.reference import ADAPTER  # every operation at once: only for who needs it

    try:
        output: dict[str, Any] = {"ok": ADAPTER.operations[op](given, question)}
    except Refused as refused:
        output = {"error": {"code": refused.code, "at": refused.at}}
    # a script's answer is compared step by step
    if "ok" in output and op == "budget.script":
        output = output["ok"]
    if "ok" in output:
        output["ok"].pop("preimage_hex", None)
    return case(op, given, question, output, id_)
