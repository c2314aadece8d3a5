"""What makes the ordinary model fail one gate, and what the kernel then says."""

from calybris_ref import Gate, KernelInput, KernelModel, PolicySnapshot
from tests.support.records import model

# What makes the ordinary model fail one gate, and pass every gate before it.
FAILS: dict[Gate, dict[str, int]] = {
    Gate.DISABLED: {"enabled": 0},
    Gate.QUALITY: {"quality_bps": 4_999},
    Gate.LATENCY: {"p95_latency_ms": 1_001},
    Gate.CAPABILITY: {"capabilities": 0b101},
    Gate.PROVIDER: {"provider_id": 4},
    Gate.REGION: {"region_mask": 0b101},
    Gate.RISK_CEILING: {"risk_ceiling_bps": 999},
    Gate.BUDGET: {"input_cost_microunits_per_million_tokens": 7_000_001},
}
# The utility cannot be spoiled without a request that is worth little; the cost alone is 5,000.
WORTHLESS = {"business_value_microunits": 1_000}
REASONS = {
    Gate.DISABLED: 102,
    Gate.QUALITY: 103,
    Gate.LATENCY: 104,
    Gate.CAPABILITY: 105,
    Gate.PROVIDER: 106,
    Gate.REGION: 107,
    Gate.RISK_CEILING: 110,
    Gate.BUDGET: 108,
    Gate.UTILITY: 109,
}


def failing(gate: Gate, model_id: int = 1) -> KernelModel:
    """A model that fails this gate first, for a worthless request."""
    return model(model_id, **FAILS.get(gate, {}))


def counts(snapshot: PolicySnapshot, asked: KernelInput) -> dict[str, int]:
    """The histogram without its zeros."""
    _, trace = snapshot.prescribe_with_trace(asked)
    return {name: count for name, count in trace.rejections.to_dict().items() if count}
