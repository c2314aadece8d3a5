"""Records for the tests of the specification: one ordinary case, and strategies over the full widths."""

from typing import Any

from hypothesis import strategies as st

from calybris_spec.integers import Width
from calybris_spec.ledger import Account
from calybris_spec.types import DECISION, MODEL, POLICY, REQUEST, Decision, Model, Policy, Request, Snapshot

# The running example of docs/spec: model 2 is asked for and wins, model 1 comes second, model 3 is over the budget.
EXAMPLE_POLICY = Policy(12, 5, 9_600, 5_500, 3_500, 2)
EXAMPLE_MODELS = (
    Model(1, 0, 7_200, 9_500, 1, 180, 0b001, 0b01, 150_000, 600_000),
    Model(2, 1, 8_800, 9_000, 1, 420, 0b011, 0b11, 2_500_000, 10_000_000),
    Model(3, 2, 9_600, 8_000, 1, 950, 0b111, 0b01, 15_000_000, 75_000_000),
)
EXAMPLE_REQUEST = Request(7, 2, 1_200, 350, 50_000, 20_000, 900, 9_000, 7_000, 1_500, 0b1, 0b1111, 0b11)
EXAMPLE = Snapshot(EXAMPLE_POLICY, EXAMPLE_MODELS)


# A model and a request at every limit: nothing fails, and the utility is 1.
LIMIT_POLICY = Policy(1, 1, 10_000, 0, 0, 0)
LIMIT_MODEL = Model(1, 63, 7_000, 900, 255, 1_500, 0b11, 0b10, 1_000_000, 0)
LIMIT_REQUEST = Request(1, 1, 100, 0, 101 * 10**4, 100, 900, 1, 7_000, 1_500, 0b11, 2**63, 0b11)
# What makes it fail one gate alone; the last makes the value too small.
SPOIL: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "disabled": ({"enabled": 0}, {}),
    "quality": ({}, {"minimum_quality_bps": 7_001}),
    "latency": ({}, {"max_p95_latency_ms": 1_499}),
    "capability": ({"capabilities": 0b01}, {}),
    "provider": ({}, {"allowed_provider_mask": 2**63 - 1}),
    "region": ({"region_mask": 0b100}, {}),
    "risk_ceiling": ({"risk_ceiling_bps": 899}, {}),
    "budget": ({}, {"budget_limit_microunits": 99}),
    "utility": ({}, {"business_value_microunits": 1}),
}


def spoiled(*names: str) -> tuple[Model, Request]:
    """The model and the request at every limit, made to fail these gates."""
    model, request = LIMIT_MODEL, LIMIT_REQUEST._replace(business_value_microunits=101 * 10**8, confidence_bps=1)
    for name in names:
        of_model, of_request = SPOIL[name]
        model, request = model._replace(**of_model), request._replace(**of_request)
    return model, request


def integers(width: Width) -> st.SearchStrategy[int]:
    """Values of a width: small ones, the ends, the limits of proportions, and anything."""
    edges = [0, 1, 2, 63, 64, 9_999, 10_000, 10_001, 50_000, 50_001, width.high - 1, width.high, width.low]
    inside = sorted({edge for edge in edges if width.low <= edge <= width.high})
    return st.sampled_from(inside) | st.integers(width.low, width.high)


def _records(record: Any, fields: dict[str, Width]) -> st.SearchStrategy[Any]:
    return st.builds(record, **{name: integers(width) for name, width in fields.items()})


models: st.SearchStrategy[Model] = _records(Model, MODEL)
requests: st.SearchStrategy[Request] = _records(Request, REQUEST)
policies: st.SearchStrategy[Policy] = _records(Policy, POLICY)
decisions: st.SearchStrategy[Decision] = _records(Decision, DECISION)
snapshots = st.builds(Snapshot, policies, st.lists(models, max_size=4).map(tuple))

# Records that pass the hard limits and often the gates: variations of the example.
near_models = st.builds(
    lambda base, model_id, quality, cost, latency, enabled: base._replace(
        model_id=model_id,
        quality_bps=quality,
        input_cost_microunits_per_million_tokens=cost,
        p95_latency_ms=latency,
        enabled=enabled,
    ),
    st.sampled_from(EXAMPLE_MODELS),
    st.integers(0, 3),
    st.sampled_from([6_999, 7_000, 8_800]),
    st.sampled_from([0, 150_000, 50_000_000]),
    st.sampled_from([0, 180, 1_500, 1_501]),
    st.sampled_from([0, 1, 1, 255]),
)
near_requests = st.builds(
    lambda model_id, value, regions: EXAMPLE_REQUEST._replace(
        requested_model_id=model_id, business_value_microunits=value, required_region_mask=regions
    ),
    st.integers(0, 3),
    st.sampled_from([-1, 0, 5_000, 50_000]),
    st.sampled_from([0, 0b10, 0b11, 0b100]),
)
near_snapshots = st.builds(Snapshot, st.just(EXAMPLE_POLICY), st.lists(near_models, max_size=5).map(tuple))

# Whole accounts: what is granted is where it is; and of any width, as from elsewhere.
accounts = st.builds(
    lambda remaining, reserved, committed: Account(remaining + reserved + committed, remaining, reserved, committed),
    *[st.sampled_from([0, 1, 5, 100, 2**61]) | st.integers(0, 2**61)] * 3,
)
