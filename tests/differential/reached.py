"""What a run of random decisions really met: a run that never met a tie has not compared ties."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from calybris_conformance import wire
from calybris_ref import KernelReason
from tests.differential.cases import Integers, Policy

Answers = dict[str, Any]

# The numbers that a gate compares: equal ones let the candidate through.
_LIMITS: dict[str, Callable[[Integers, Integers], bool]] = {
    "quality": lambda model, request: model["quality_bps"] == request["minimum_quality_bps"],
    "latency": lambda model, request: model["p95_latency_ms"] == request["max_p95_latency_ms"] > 0,
    "risk_ceiling": lambda model, request: model["risk_ceiling_bps"] == request["risk_bps"],
}

# A utility above i64 is not among them: only proportions above 10,000 lead there (test_spec.py).
WANTED = frozenset(
    [
        *(f"reason {reason.label}" for reason in KernelReason),
        *(f"gate {gate}" for gate in wire.REJECTIONS),
        *(f"limit met exactly: {limit}" for limit in (*_LIMITS, "budget", "hard risk", "confidence")),
        *(f"tie decided by {level}" for level in ("cost", "quality", "model_id")),
        "tie of dominant gates",
        "utility clamped at the bottom",
        "utility of exactly 0",
        "utility of exactly 1",
        "cost saturated",
        "no runner-up",
        "foreign decision replays",
        "foreign decision does not replay",
    ]
)


def reached(policy: Policy, request: Integers, answers: Answers) -> Counter[str]:
    """The things of WANTED that one decision meets."""
    decision, rows = answers["decision"], answers["candidates"]
    models = {model["model_id"]: model for model in policy["models"]}
    met = Counter({f"gate {gate}": count for gate, count in answers["rejections"].items() if count})
    met[f"reason {decision['reason']}"] += 1
    met["limit met exactly: hard risk"] += request["risk_bps"] == policy["hard_risk_limit_bps"]
    met["limit met exactly: confidence"] += bool(rows and request["confidence_bps"] == policy["minimum_confidence_bps"])
    for row in rows:
        _candidate(met, models[row["model_id"]], request, row)
    met["tie of dominant gates"] += _dominant_tie(answers["rejections"]) and decision["action"] == "reject"
    met["no runner-up"] += decision["eligible_models"] == 1
    met[f"foreign decision {'replays' if answers['foreign_status'] == 'valid' else 'does not replay'}"] += 1
    _tie(met, models, sorted((row for row in rows if row["status"] == "eligible"), key=_rank(models)))
    return met


def _candidate(met: Counter[str], model: Integers, request: Integers, row: Answers) -> None:
    if row["status"] != "rejected":
        for limit, is_met in _LIMITS.items():
            met[f"limit met exactly: {limit}"] += is_met(model, request)
        met["limit met exactly: budget"] += row["cost_microunits"] == request["budget_limit_microunits"]
        met["cost saturated"] += row["cost_microunits"] == 2**64 - 1
    utility = row["utility_microunits"]
    met["utility clamped at the bottom"] += utility == -(2**63)
    met["utility of exactly 0"] += utility == 0
    met["utility of exactly 1"] += utility == 1


def _rank(models: dict[int, Integers]) -> Callable[[Answers], tuple[int, ...]]:
    return lambda row: (
        -row["utility_microunits"],
        row["cost_microunits"],
        -models[row["model_id"]]["quality_bps"],
        row["model_id"],
    )


def _tie(met: Counter[str], models: dict[int, Integers], eligible: list[Answers]) -> None:
    if len(eligible) < 2:
        return
    ranks = zip(*(_rank(models)(row) for row in eligible[:2]), strict=True)
    decided_at = next(level for level, (winner, runner_up) in enumerate(ranks) if winner != runner_up)
    if decided_at:
        met[f"tie decided by {('utility', 'cost', 'quality', 'model_id')[decided_at]}"] += 1


def _dominant_tie(rejections: Integers) -> bool:
    highest = max(rejections.values())
    return highest > 0 and list(rejections.values()).count(highest) > 1
