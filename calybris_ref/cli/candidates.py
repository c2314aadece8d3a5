"""What a decision looks like from the side of its candidates: their order, their outcome in words, their arithmetic.

The numbers are those of `explain` (EXPL-1 … EXPL-4); this file puts the candidates in the order of RANK-1 and RANK-2
and writes down how each number came about (MONEY-1 … MONEY-6). The command `explain` shows it, also on a page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from calybris_ref.model import (
    BASIS_POINTS,
    MAX_PROVIDER_ID,
    CandidateExplanation,
    CandidateStatus,
    Gate,
    KernelDecision,
    KernelInput,
    KernelModel,
    KernelReason,
)
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import U64_WIDTH

WINNER, RUNNER_UP, ELIGIBLE = "winner", "runner_up", "eligible"
_RATE_TOKENS = 1_000_000

# What a gate measured against its limit, in words (EXPL-2). A mask reads best in hex.
_TURNED_AWAY = {
    Gate.DISABLED: "switched off: enabled is {measured}",
    Gate.QUALITY: "quality {measured:,} bps < minimum {limit:,} bps",
    Gate.LATENCY: "latency {measured:,} ms > limit {limit:,} ms",
    Gate.CAPABILITY: "capabilities {measured:#x} lack {missing:#x} of {limit:#x}",
    Gate.PROVIDER: "provider {measured} is not in the mask {limit:#x}",
    Gate.REGION: "regions {measured:#x} share no bit with {limit:#x}",
    Gate.RISK_CEILING: "risk {measured:,} bps > ceiling {limit:,} bps",
    Gate.BUDGET: "cost {cost:,} > budget {limit:,}",
    Gate.UTILITY: "utility {utility:,} is not positive",
}
_PROVIDER_WITHOUT_BIT = "provider {measured} > {limit}: no mask has a bit for it"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of a decision. `place` counts from 1: winner, runner-up, the other eligible ones, then the rest.

    Of those that were turned away, who came further comes first. `role` is winner, runner_up, eligible, or the name of
    the gate.
    """

    place: int
    index: int
    role: str
    model: KernelModel
    row: CandidateExplanation

    @property
    def exact_utility(self) -> int | None:
        """The utility before it is clamped to 64 bits; None where it was never computed."""
        row = self.row
        if row.quality_adjusted_microunits is None:
            return None
        return row.quality_adjusted_microunits - sum(amount for _, amount in deductions(row))

    @property
    def is_saturated(self) -> bool:
        """Whether the utility is not the exact one (MONEY-6)."""
        return self.exact_utility != self.row.utility_microunits

    @property
    def outcome(self) -> str:
        """What happened to it, in words, with the two numbers that were compared."""
        gate = turned_away_at(self.row)
        if gate is None:
            return self.role.replace("_", "-")
        row = self.row
        above_every_mask = row.measured is not None and row.measured > MAX_PROVIDER_ID
        form = _PROVIDER_WITHOUT_BIT if gate is Gate.PROVIDER and above_every_mask else _TURNED_AWAY[gate]
        return form.format(
            measured=row.measured,
            limit=row.limit,
            missing=(row.limit or 0) & ~(row.measured or 0),
            cost=row.cost_microunits,
            utility=row.utility_microunits,
        )

    def to_dict(self) -> dict[str, Any]:
        """The candidate as JSON: its explanation, its place, and the utility that 64 bits may not hold."""
        own = {"place": self.place, "role": self.role, "outcome": self.outcome}
        return {**own, **self.row.to_dict(), "exact_utility_microunits": self.exact_utility}


class Step(NamedTuple):
    """A number of the arithmetic: what it is, how it comes about, and what it is."""

    name: str
    formula: str
    amount: int


def deductions(row: CandidateExplanation) -> list[tuple[str, int]]:
    """What is taken from the value of a candidate that has its terms."""
    return [
        ("risk", row.risk_penalty_microunits or 0),
        ("cost", row.cost_microunits or 0),
        ("latency", row.latency_penalty_microunits or 0),
    ]


def turned_away_at(row: CandidateExplanation) -> Gate | None:
    """The gate at which a candidate stopped, budget and utility included; None for one that is eligible."""
    if row.status is CandidateStatus.OVER_BUDGET:
        return Gate.BUDGET
    return Gate.UTILITY if row.status is CandidateStatus.NON_POSITIVE_UTILITY else row.gate


def candidates(policy: PolicySnapshot, request: KernelInput) -> list[Candidate]:
    """Every candidate in the order of the decision; none after a hard limit (EXPL-4)."""

    def order(one: tuple[int, CandidateExplanation]) -> tuple[int, ...]:
        index, row = one
        gate = turned_away_at(row)
        if gate is not None:
            return (1, -gate, index)
        terms = (row.utility_microunits or 0, row.cost_microunits or 0)
        return (0, -terms[0], terms[1], -policy.models[index].quality_bps, row.model_id, index)

    found = []
    for place, (index, row) in enumerate(sorted(enumerate(policy.explain(request)), key=order), 1):
        gate = turned_away_at(row)
        role = {1: WINNER, 2: RUNNER_UP}.get(place, ELIGIBLE) if gate is None else gate.label
        found.append(Candidate(place, index, role, policy.models[index], row))
    return found


def arithmetic(one: Candidate, policy: PolicySnapshot, request: KernelInput) -> Iterator[Step]:
    """How the cost of a candidate came about, and its utility, as far as they were computed."""
    row, model = one.row, one.model
    value = max(request.business_value_microunits, 0)
    counted = "" if value == request.business_value_microunits else " (negative, counts as 0)"
    if row.quality_adjusted_microunits is not None:
        factors = f"{value:,}{counted} × {percent(model.quality_bps)} × {percent(request.confidence_bps)}"
        yield Step("value × quality × confidence", factors, row.quality_adjusted_microunits)
    if row.risk_penalty_microunits is not None:
        factors = f"{value:,} × {percent(request.risk_bps)} × {percent(policy.risk_penalty_multiplier_bps)}"
        yield Step("− risk", factors, row.risk_penalty_microunits)
    if row.cost_microunits is not None:
        yield Step("− cost", _cost(model, request), row.cost_microunits)
    if row.latency_penalty_microunits is not None:
        factors = f"{model.p95_latency_ms:,} ms × {policy.latency_penalty_microunits_per_ms:,}"
        yield Step("− latency", factors, row.latency_penalty_microunits)
    if row.utility_microunits is not None:
        clamped = f"{one.exact_utility:,}, clamped to 64 bits" if one.is_saturated else ""
        yield Step("= utility", clamped, row.utility_microunits)


def _cost(model: KernelModel, request: KernelInput) -> str:
    """Each side is rounded up on its own, and the sum ends at 64 bits (MONEY-1, MONEY-2)."""
    sides = (
        (request.input_tokens, model.input_cost_microunits_per_million_tokens),
        (request.output_tokens, model.output_cost_microunits_per_million_tokens),
    )
    parts = [f"⌈{tokens:,} × {rate:,} / {_RATE_TOKENS:,}⌉" for tokens, rate in sides]
    exact = sum(-(-tokens * rate // _RATE_TOKENS) for tokens, rate in sides)
    clamped = f" = {exact:,}, clamped to 64 bits" if exact > U64_WIDTH.maximum else ""
    return " + ".join(parts) + clamped


def why(decision: KernelDecision, found: list[Candidate], policy: PolicySnapshot, request: KernelInput) -> str:
    """Why the decision is what it is, as one sentence."""
    if decision.is_executable:
        return _margin(found)
    if decision.reason is KernelReason.RISK_HARD_LIMIT:
        return (
            f"No candidate was looked at: the risk of {percent(request.risk_bps)} "
            f"reaches the hard limit of {percent(policy.hard_risk_limit_bps)}."
        )
    if decision.reason is KernelReason.CONFIDENCE_HARD_LIMIT:
        return (
            f"No candidate was looked at: the confidence of {percent(request.confidence_bps)} "
            f"is below the minimum of {percent(policy.minimum_confidence_bps)}."
        )
    if not found:
        return "The catalog is empty."
    return f"None of {len(found):,} is eligible; the gate that turned away most gives the reason."


def _margin(found: list[Candidate]) -> str:
    winner = found[0]
    second = next((one for one in found if one.role == RUNNER_UP), None)
    if second is None:
        return f"Model {winner.model.model_id} is the only eligible candidate."
    pair = f"model {second.model.model_id}"
    margin = (winner.row.utility_microunits or 0) - (second.row.utility_microunits or 0)
    if margin:
        return f"Its utility is {margin:,} more than that of {pair}, the runner-up."
    if winner.row.cost_microunits != second.row.cost_microunits:
        return f"Its utility is that of {pair}, the runner-up, and its cost is lower."
    if winner.model.quality_bps != second.model.quality_bps:
        return f"Utility and cost are those of {pair}, the runner-up, and its quality is higher."
    if winner.model.model_id != second.model.model_id:
        return f"Utility, cost and quality are those of {pair}, the runner-up, and its id is smaller."
    return "The runner-up has the same id, utility, cost and quality, and stands behind it in the catalog."


def percent(bps: int) -> str:
    """Basis points as a percentage, exact: 9,625 is 96.25 %."""
    whole, hundredths = divmod(bps, BASIS_POINTS // 100)
    return f"{whole}.{hundredths:02} %"
