"""Ports with one planted bug each: the reference with one expression of its kernel replaced.

    python -m tests.support.bugs NAME [--rows]

With `--rows` the port also claims `decide.rows`, row by row through the same wrong kernel.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from calybris_conformance import wire
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.sabotage.wrong_rules import rewritten
from calybris_conformance.adapters.serve import serve
from calybris_conformance.operations import Operation
from calybris_ref import KernelAction, KernelReason, budget, kernel, wal_chain

WINNER = "winner = min(eligible)"
QUALITY_TERM = "quality_term = weighted_value * quality // _BPS_SQUARED"

# name -> (what stands in the kernel, what stands there instead)
BUGS: dict[str, tuple[str, str]] = {
    "tie-on-cost-reversed": (WINNER, "winner = min(eligible, key=lambda rank: (rank[0], -rank[1], rank[2:]))"),
    "tie-on-quality-reversed": (WINNER, "winner = min(eligible, key=lambda rank: (rank[:2], -rank[2], rank[3:]))"),
    "tie-on-id-reversed": (WINNER, "winner = min(eligible, key=lambda rank: (rank[:3], -rank[3]))"),
    "two-floors": (QUALITY_TERM, "quality_term = weighted_value // BASIS_POINTS * quality // BASIS_POINTS"),
    # only when two fields of the request hold the same number
    "two-fields-coincide": (
        "elif quality < minimum_quality:",
        "elif quality < minimum_quality and request.risk_bps != minimum_quality:",
    ),
    "provider-63-excluded": ("if model.provider_id <= MAX_PROVIDER_ID", "if model.provider_id < MAX_PROVIDER_ID"),
    "capabilities-of-32-bits": (
        "needed = request.required_capabilities",
        "needed = request.required_capabilities & 0xFFFFFFFF",
    ),
    "cost-wraps": ("                cost = _U64_MAX\n", "                cost &= _U64_MAX\n"),
    "utility-of-0-eligible": ("if utility <= 0:", "if utility < 0:"),
    "latency-term-wraps": (
        "model.p95_latency_ms * latency_penalty_microunits_per_ms,",
        "model.p95_latency_ms * latency_penalty_microunits_per_ms & _U64_MAX,",
    ),
    "risk-limit-exclusive": ("request.risk_bps >= snapshot", "request.risk_bps > snapshot"),
    "quality-before-latency-in-dominance": (
        "    Gate.QUALITY,\n    Gate.RISK_CEILING,\n    Gate.LATENCY,\n",
        "    Gate.LATENCY,\n    Gate.RISK_CEILING,\n    Gate.QUALITY,\n",
    ),
}
# Bugs of the ledger and of the log: (module, what stands in it, what stands there instead).
OTHER_BUGS: dict[str, tuple[ModuleType, str, str]] = {
    "cap-ignored": (budget, "if cap <= 0:", "if True:"),
    "blank-line-refused": (wal_chain, "if not is_blank(line):", "if True:"),
}
RIGHT = "right"


def decide_rows(decide: Operation) -> Operation:
    """`decide.rows` made of `decide`."""
    codes = {"action": KernelAction, "reason": KernelReason}

    def written(name: str, value: str) -> str:
        return str(int(codes[name][value.upper()])) if name in codes else value

    def asked(given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
        rows = []
        for row in question["rows"]:
            request = dict(zip(wire.REQUEST, row.split(" "), strict=True))
            decided = decide(given, {"request": request})
            rows.append(" ".join(written(name, decided[name]) for name in wire.DECISION))
        return {"rows": rows}

    return asked


def main() -> None:
    name = sys.argv[1]
    features, operations = ADAPTER.features - {"decide.rows"}, dict(ADAPTER.operations)
    if "--rows" in sys.argv:
        features |= {"decide.rows"}
        operations["decide.rows"] = decide_rows(operations["decide"])
    adapter = replace(ADAPTER, name=name, features=features, operations=operations)
    module, right, wrong = OTHER_BUGS[name] if name in OTHER_BUGS else (kernel, *BUGS.get(name, ("", "")))
    run = serve if name == RIGHT else rewritten(module, right, wrong)
    run(adapter, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
