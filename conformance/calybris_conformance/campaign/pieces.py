"""Budget scripts and logs as sequences of small choices, for Hypothesis: which pieces stay, how large amounts are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from calybris_conformance.campaign import damage, scripts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.corpus import Case

Form = tuple[st.SearchStrategy[dict[str, Any]], list[Any]]
"""Questions, and the choices that make the one at hand."""


def form(case: Case) -> Form | None:
    """How the question of a script or of a log is taken apart; None for everything else."""
    if case.op == scripts.OP:
        return _script(case.given, case.input["steps"])
    if case.op in (damage.VERIFY, damage.REPLAY):
        return _log(case.given, case.input)
    return None


def _script(given: Mapping[str, Any], steps: list[dict[str, Any]]) -> Form:
    """Steps that stay, in their order, each with amounts that may be smaller."""

    @st.composite
    def step(draw: st.DrawFn, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        if not draw(st.booleans()):
            return None
        return {
            key: str(draw(st.integers(-(2**63), 2**63 - 1))) if key.endswith("_microcents") else value
            for key, value in asked.items()
        }

    @st.composite
    def script(draw: st.DrawFn) -> dict[str, Any]:
        kept = [one for asked in steps if (one := draw(step(asked))) is not None]
        return {"given": given, "input": {"steps": kept}}

    choices: list[Any] = []
    for asked in steps:
        choices += [True, *(int(value) for key, value in asked.items() if key.endswith("_microcents"))]
    return script(), choices


def _log(given: Mapping[str, Any], question: Mapping[str, Any]) -> Form:
    """Lines that stay, in their order; a log of which no line can be left out is small enough to be looked at."""
    lines = bytes.fromhex("".join(part["hex"] for part in question["log"])).splitlines(keepends=True)

    @st.composite
    def log(draw: st.DrawFn) -> dict[str, Any]:
        kept = b"".join(line for line in lines if draw(st.booleans()))
        parts = [{"hex": kept.hex(), "times": "1"}] if kept else []
        return {"given": given, "input": {**question, "log": parts}}

    return log(), [True] * len(lines)
