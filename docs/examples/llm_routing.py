"""A router of language models: who gets each request, why not the others, and what a substitution saves.

Shows: a catalog with prices per million tokens, quality, latency, regions, and capabilities as named bits; requests
with different needs; what `explain` says of each candidate; the runner-up; the decisions in a log that replays.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from enum import IntFlag
from pathlib import Path

from calybris_ref import (
    CandidateExplanation,
    CandidateStatus,
    EngineConfig,
    Gate,
    InputBuilder,
    KernelModel,
    ModelBuilder,
    PolicyBuilder,
    WalWriter,
    replay_audited_wal,
)


class Can(IntFlag):
    """What a model can do."""

    TOOLS = 1
    VISION = 2
    JSON = 4
    LONG = 8


ALL = Can.TOOLS | Can.VISION | Can.JSON | Can.LONG


class In(IntFlag):
    """Where it runs."""

    EU = 1
    US = 2
    ASIA = 4


# name, provider, quality and riskiest request in bps, p95 ms, capabilities, regions, dollars per million tokens in, out
CATALOG = [
    ("swift", 0, 5_600, 6_000, 140, Can.TOOLS, In.EU, "0.05", "0.20"),
    ("mini", 1, 7_100, 8_500, 350, Can.TOOLS | Can.VISION | Can.JSON, In.EU | In.US, "0.15", "0.60"),
    ("standard", 1, 8_600, 9_000, 700, ALL, In.EU | In.US | In.ASIA, "2.50", "10"),
    ("atlas", 2, 8_900, 9_300, 900, Can.TOOLS | Can.VISION | Can.LONG, In.US | In.ASIA, "3", "15"),
    ("scholar", 2, 9_500, 9_500, 4_200, Can.TOOLS | Can.LONG, In.US, "15", "60"),
]
ID = {row[0]: number for number, row in enumerate(CATALOG, 1)}
NAME = {number: name for name, number in ID.items()} | {0: "-"}


def microunits(dollars: str) -> int:
    """An amount as the kernel counts it: millionths, as an integer. No float is on the way."""
    return int(Decimal(dollars) * 1_000_000)


def candidate(name: str, provider: int, bps: int, ceiling: int, ms: int, can: Can, where: In, *usd: str) -> KernelModel:
    """A row of the catalog as a record."""
    model = ModelBuilder(ID[name], provider).quality(bps).risk_ceiling(ceiling).latency(ms)
    price_in, price_out = map(microunits, usd)
    return model.capabilities(can).regions(where).cost(price_in, price_out).build()


def asking(sequence: int, name: str, dollars: str) -> InputBuilder:
    """A request for a model, and what a good answer is worth."""
    return InputBuilder(sequence, ID[name]).business_value(microunits(dollars))


REQUESTS = [
    ("chat reply", asking(1, "standard", "0.01").tokens(800, 300)),
    ("report", asking(2, "scholar", "0.50").tokens(5_000, 1_500)),
    ("code completion", asking(3, "mini", "0.002").tokens(1_500, 60).max_latency(200)),
    ("screenshot to JSON", asking(4, "standard", "0.20").tokens(1_500, 500).capabilities(Can.VISION | Can.JSON)),
    ("EU contract", asking(5, "atlas", "2").tokens(60_000, 2_000).capabilities(Can.LONG).regions(In.EU)),
    ("proof", asking(6, "scholar", "5").tokens(3_000, 9_000).minimum_quality(9_200)),
    ("cheap proof", asking(7, "scholar", "5").tokens(3_000, 9_000).budget_limit(microunits("0.20"))),
    ("medical question", asking(8, "standard", "1").tokens(900, 700).risk(9_200, confidence_bps=8_000)),
    ("EU proof", asking(9, "scholar", "5").tokens(3_000, 9_000).minimum_quality(9_200).regions(In.EU)),
    ("unclear request", asking(10, "mini", "0.50").tokens(400, 400).risk(500, confidence_bps=4_000)),
]

WHY: dict[Gate, Callable[[int, int], str]] = {
    Gate.QUALITY: lambda measured, limit: f"quality {measured} < {limit}",
    Gate.LATENCY: lambda measured, limit: f"{measured} ms > {limit} ms",
    Gate.CAPABILITY: lambda measured, limit: f"lacks {Can(limit & ~measured).name}",
    Gate.REGION: lambda _, limit: f"not in {In(limit).name}",
    Gate.RISK_CEILING: lambda measured, limit: f"risk {measured} > {limit}",
}


def why_not(row: CandidateExplanation) -> str:
    """The numbers that stopped a candidate, or left it behind."""
    if row.gate is not None and row.measured is not None and row.limit is not None:
        return f"{NAME[row.model_id]} {WHY[row.gate](row.measured, row.limit)}"
    if row.status is CandidateStatus.OVER_BUDGET:
        return f"{NAME[row.model_id]} cost {row.cost_microunits} > {row.limit}"
    return f"{NAME[row.model_id]} utility {row.utility_microunits}"


def main(folder: Path) -> None:
    """Route every request, write the decisions down, and replay them."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "routing.wal"
    if log.exists():
        sys.exit(f"{log} is there already: name another folder")
    policy = PolicyBuilder(EngineConfig()).models(candidate(*row) for row in CATALOG).build()
    (folder / "policy.json").write_text(json.dumps(policy.to_dict()), encoding="utf-8")
    saved = paid = 0
    with WalWriter.open(log) as writer:
        for task, builder in REQUESTS:
            request = builder.build()
            decision = policy.prescribe(request)
            writer.append_verified_audited(policy, request, decision, {"task": task})
            asked, chosen = NAME[request.requested_model_id], NAME[decision.selected_model_id]
            print(f"{task}: {asked} -> {chosen}, {decision.reason.label}")
            rows = {row.model_id: row for row in policy.explain(request)}
            if decision.is_executable:
                paid += decision.estimated_cost_microunits
                runner_up = NAME[decision.counterfactual_model_id]
                utility, cost = decision.expected_utility_microunits, decision.estimated_cost_microunits
                print(f"  utility {utility}, cost {cost}, runner-up {runner_up}")
            others = [why_not(row) for number, row in rows.items() if number != decision.selected_model_id]
            print(f"  not: {'; '.join(others) or 'nobody was asked'}")
            wanted = rows.get(request.requested_model_id)
            if decision.is_substitution and wanted and wanted.status is CandidateStatus.ELIGIBLE:
                less = (wanted.cost_microunits or 0) - decision.estimated_cost_microunits
                more = decision.expected_utility_microunits - (wanted.utility_microunits or 0)
                print(f"  saves {less} against {asked}, and is worth {more} more")
                saved += less
    print(f"\npaid {paid} microunits, saved {saved} where the model that was asked for could have run")
    print(f"decisions that replay from the log: {sum(v.replay_valid for v in replay_audited_wal(log, policy))}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
