"""The constants and the closed tables of codes (TYPES-6, TYPES-7, TYPES-8) and the nine gates (GATE-3 … GATE-12)."""

from __future__ import annotations

from typing import NamedTuple

from calybris_spec.integers import U16_MAX, U64_MAX

BASIS_POINTS = 10_000
MAX_BPS = BASIS_POINTS
MAX_RISK_PENALTY_MULTIPLIER_BPS = 50_000
MAX_PROVIDER_ID = 63
ALL_PROVIDERS = ALL_REGIONS = U64_MAX
MAX_CATALOG_MODELS = U16_MAX
MICROCENTS_PER_CENT = 1_000_000
TOKENS_PER_RATE = 1_000_000
"""A rate is microunits per this many tokens."""
NO_MODEL_INDEX = U16_MAX
"""The index beside no selected model, and beside a model whose position no u16 can hold (DECIDE-2, DECIDE-6)."""

EXECUTE_REQUESTED, SUBSTITUTE, REJECT = 1, 2, 3
ACTIONS = {EXECUTE_REQUESTED: "execute_requested", SUBSTITUTE: "substitute", REJECT: "reject"}

REQUESTED_MODEL_MAXIMIZES_UTILITY, ALTERNATIVE_MAXIMIZES_UTILITY = 1, 2
RISK_HARD_LIMIT, CONFIDENCE_HARD_LIMIT = 100, 101
REASONS = {
    1: "requested_model_maximizes_utility",
    2: "alternative_maximizes_utility",
    100: "risk_hard_limit",
    101: "confidence_hard_limit",
    102: "no_enabled_model",
    103: "quality_constraint",
    104: "latency_constraint",
    105: "capability_constraint",
    106: "provider_constraint",
    107: "region_constraint",
    108: "budget_constraint",
    109: "non_positive_utility",
    110: "risk_ceiling_constraint",
}


class Refusal(NamedTuple):
    """What is refused: a code of the registry, and the path that it is about (`{}` is the place of a model)."""

    code: str
    at: str


ACCEPTED = Refusal("", "")
"""The row 0 of every table of refusals: `first` found nothing."""


class Gate(NamedTuple):
    """One gate: its name in the histogram, and the reason of a rejection that it dominates."""

    name: str
    reason: int


ELIGIBLE = 0
DISABLED, QUALITY, LATENCY, CAPABILITY, PROVIDER, REGION, RISK_CEILING, BUDGET, UTILITY = range(1, 10)
GATES = (
    Gate("eligible", 0),  # no gate at all, so that GATES[gate] is the gate's row
    Gate("disabled", 102),
    Gate("quality", 103),
    Gate("latency", 104),
    Gate("capability", 105),
    Gate("provider", 106),
    Gate("region", 107),
    Gate("risk_ceiling", 110),
    Gate("budget", 108),
    Gate("utility", 109),
)
"""The gates in the order in which a model meets them (GATE-3)."""

DOMINANCE = (CAPABILITY, REGION, PROVIDER, QUALITY, RISK_CEILING, LATENCY, BUDGET, UTILITY, DISABLED)
"""On equal counts the LAST of this list gives the reason (DECIDE-3)."""
