"""The records of the decision kernel: candidate, request, decision, and what explains a decision.

Clauses TYPES-2, TYPES-3, TYPES-5 … TYPES-9 and INPUT-1. Money is in microunits, rates in microunits per million tokens,
proportions in basis points (10,000 = 100 %), latency in milliseconds; every number is an integer of a fixed width. The
order of the fields is the order of the bytes in a digest.
"""

from dataclasses import dataclass
from typing import Annotated

from calybris_ref.errors import InputError
from calybris_ref.record import I64, U8, U8_WIDTH, U16, U16_WIDTH, U32, U64, U96, Name, Record

BASIS_POINTS = 10_000
MAX_BPS = BASIS_POINTS
MAX_RISK_PENALTY_MULTIPLIER_BPS = 50_000
MAX_PROVIDER_ID = 63
ALL_PROVIDERS = 2**64 - 1
ALL_REGIONS = 2**64 - 1
MAX_CATALOG_MODELS = 65_535
MICROCENTS_PER_CENT = 1_000_000
# The bounds on a policy's proportions, in the order in which POLICY-1 and CONFIG-2 check them.
POLICY_BPS_BOUNDS = (
    ("hard_risk_limit_bps", MAX_BPS),
    ("minimum_confidence_bps", MAX_BPS),
    ("risk_penalty_multiplier_bps", MAX_RISK_PENALTY_MULTIPLIER_BPS),
)
# What a decision that selects nothing holds in place of a model (DECIDE-2).
NO_MODEL_ID = 0
NO_MODEL_INDEX = 65_535


class KernelAction(Name):
    """What to do with the request (TYPES-6)."""

    EXECUTE_REQUESTED = 1
    SUBSTITUTE = 2
    REJECT = 3


class KernelReason(Name):
    """Why (TYPES-7). From 100 on it is a rejection."""

    REQUESTED_MODEL_MAXIMIZES_UTILITY = 1
    ALTERNATIVE_MAXIMIZES_UTILITY = 2
    RISK_HARD_LIMIT = 100
    CONFIDENCE_HARD_LIMIT = 101
    NO_ENABLED_MODEL = 102
    QUALITY_CONSTRAINT = 103
    LATENCY_CONSTRAINT = 104
    CAPABILITY_CONSTRAINT = 105
    PROVIDER_CONSTRAINT = 106
    REGION_CONSTRAINT = 107
    BUDGET_CONSTRAINT = 108
    NON_POSITIVE_UTILITY = 109
    RISK_CEILING_CONSTRAINT = 110


class Gate(Name):
    """What a candidate must pass, in the order in which it is asked (GATE-3). None of them is false."""

    DISABLED = 1
    QUALITY = 2
    LATENCY = 3
    CAPABILITY = 4
    PROVIDER = 5
    REGION = 6
    RISK_CEILING = 7
    BUDGET = 8
    UTILITY = 9


class CandidateStatus(Name):
    """How far a candidate came (EXPL-1)."""

    ELIGIBLE = 1
    REJECTED = 2
    OVER_BUDGET = 3
    NON_POSITIVE_UTILITY = 4


@dataclass(frozen=True, slots=True)
class KernelModel(Record):
    """A candidate (TYPES-2). `enabled`: 0 means off, anything else on. Masks: one bit per capability or region."""

    model_id: U32
    provider_id: U16
    quality_bps: U16
    risk_ceiling_bps: U16
    enabled: U8
    p95_latency_ms: U32
    capabilities: U64
    region_mask: U64
    input_cost_microunits_per_million_tokens: U64
    output_cost_microunits_per_million_tokens: U64


@dataclass(frozen=True, slots=True)
class KernelInput(Record):
    """A request (TYPES-3). `max_p95_latency_ms` 0: no limit. `required_region_mask` 0: no constraint."""

    request_sequence: U64
    requested_model_id: U32
    input_tokens: U32
    output_tokens: U32
    business_value_microunits: I64
    budget_limit_microunits: U64
    risk_bps: U16
    confidence_bps: U16
    minimum_quality_bps: U16
    max_p95_latency_ms: U32
    required_capabilities: U64
    allowed_provider_mask: U64
    required_region_mask: U64

    def validate(self) -> None:
        """Raise InputError for the first proportion above 10,000 bps (INPUT-1); deciding needs no such check."""
        for field in ("risk_bps", "confidence_bps", "minimum_quality_bps"):
            value = getattr(self, field)
            if value > MAX_BPS:
                raise InputError(field, value, MAX_BPS)


@dataclass(frozen=True, slots=True)
class KernelDecision(Record):
    """The answer to a request (TYPES-5). A rejection selects model 0 at index 65,535, every amount 0 (DECIDE-2)."""

    request_sequence: U64
    action: Annotated[KernelAction, U8_WIDTH]
    reason: Annotated[KernelReason, U16_WIDTH]
    selected_model_id: U32
    selected_model_index: U16
    estimated_cost_microunits: U64
    expected_utility_microunits: I64
    counterfactual_model_id: U32
    counterfactual_utility_microunits: I64
    evaluated_models: U16
    eligible_models: U16
    policy_epoch: U64
    catalog_epoch: U64

    @property
    def is_executable(self) -> bool:
        """Whether some model may run."""
        return self.action is not KernelAction.REJECT

    @property
    def is_requested_execution(self) -> bool:
        """Whether the requested model may run."""
        return self.action is KernelAction.EXECUTE_REQUESTED

    @property
    def is_substitution(self) -> bool:
        """Whether another model than the requested one may run."""
        return self.action is KernelAction.SUBSTITUTE

    @property
    def is_rejected(self) -> bool:
        """Whether no model may run."""
        return self.action is KernelAction.REJECT


@dataclass(frozen=True, slots=True)
class RejectionHistogram(Record):
    """How many candidates failed first at each gate (TRACE-1); every count saturates at 65,535 (DECIDE-5)."""

    disabled: U16
    quality: U16
    risk_ceiling: U16
    latency: U16
    capability: U16
    provider: U16
    region: U16
    budget: U16
    utility: U16


@dataclass(frozen=True, slots=True)
class DecisionTrace(Record):
    """Where the candidates of a decision went (TRACE-1, TRACE-2)."""

    rejections: RejectionHistogram
    evaluated_models: U16
    eligible_models: U16


@dataclass(frozen=True, slots=True)
class CandidateExplanation(Record):
    """What happened to one candidate, with the numbers that were compared (EXPL-1 … EXPL-3).

    `gate`, `measured` and `limit` stand where the candidate was rejected by a gate; `limit` is the budget where it was
    over budget. The cost is there once it was computed, the three terms and the utility once they were. What does not
    apply is None. The terms are exact; only the utility is clamped to 64 bits.
    """

    model_id: U32
    model_index: U16
    status: CandidateStatus
    gate: Gate | None
    measured: U64 | None
    limit: U64 | None
    cost_microunits: U64 | None
    quality_adjusted_microunits: U96 | None
    risk_penalty_microunits: U96 | None
    latency_penalty_microunits: U96 | None
    utility_microunits: I64 | None
