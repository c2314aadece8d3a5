"""Hypothesis strategies for the library's records: any value of the declared widths, edges first."""

from typing import Any

from hypothesis import strategies as st

from calybris_ref import KernelInput, KernelModel, PolicySnapshot
from calybris_ref.record import Column, Name, Record, Width, columns


def integers(width: Width) -> st.SearchStrategy[int]:
    """Integers of a width: its ends and what stands next to them, small numbers, single bits, anything."""
    edges = [width.minimum, width.minimum + 1, width.maximum - 1, width.maximum, 0, 1]
    return st.one_of(
        st.sampled_from(edges),
        st.integers(0, min(20_000, width.maximum)),
        st.integers(width.minimum, width.maximum),
    )


def records(record: type[Record], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records of a class, every field of its whole width unless it is fixed here."""

    def values(column: Column) -> st.SearchStrategy[Any]:
        if column.name in fixed:
            return fixed[column.name]
        if column.kind is int and column.width:
            return integers(column.width)
        if issubclass(column.kind, Name):
            return st.sampled_from(list(column.kind))
        return st.booleans() if column.kind is bool else st.text(max_size=70)

    return st.builds(record, **{column.name: values(column) for column in columns(record)})


_COSTS = st.one_of(st.integers(0, 10**7), st.sampled_from([0, 2**64 - 1]))
_FULL_MASK = st.sampled_from([2**64 - 1, 0b111, 0, 1 << 63])

models = records(KernelModel)
requests = records(KernelInput)

# Models and requests that often reach the money and often tie: few distinct values, most gates open.
friendly_models = records(
    KernelModel,
    model_id=st.integers(1, 30),
    provider_id=st.sampled_from([0, 3, 63]),
    quality_bps=st.sampled_from([0, 5_000, 8_000, 10_000]),
    risk_ceiling_bps=st.sampled_from([1_000, 10_000]),
    enabled=st.sampled_from([1, 1, 1, 0]),
    p95_latency_ms=st.sampled_from([0, 200, 2**32 - 1]),
    capabilities=_FULL_MASK,
    region_mask=_FULL_MASK,
    input_cost_microunits_per_million_tokens=_COSTS,
    output_cost_microunits_per_million_tokens=_COSTS,
)
friendly_requests = records(
    KernelInput,
    requested_model_id=st.integers(1, 30),
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    business_value_microunits=st.one_of(st.integers(0, 10**12), st.sampled_from([-1, 2**63 - 1])),
    budget_limit_microunits=st.sampled_from([2**64 - 1, 10_000, 0]),
    risk_bps=st.sampled_from([0, 1_000, 1_001]),
    confidence_bps=st.sampled_from([5_500, 10_000]),
    minimum_quality_bps=st.sampled_from([0, 5_000, 5_001]),
    max_p95_latency_ms=st.sampled_from([0, 200, 199]),
    required_capabilities=st.sampled_from([0, 1, 0b111]),
    allowed_provider_mask=_FULL_MASK,
    required_region_mask=st.sampled_from([0, 1, 0b110]),
)


@st.composite
def snapshots(draw: st.DrawFn, candidates: st.SearchStrategy[KernelModel] = friendly_models) -> PolicySnapshot:
    """Unchecked policies of up to eight candidates, with equal ids too."""
    return PolicySnapshot.new_unchecked(
        draw(st.integers(0, 2**64 - 1)),
        draw(st.integers(0, 2**64 - 1)),
        draw(st.sampled_from([9_600, 10_000, 1_001])),
        draw(st.sampled_from([0, 5_500, 5_501])),
        draw(st.sampled_from([0, 3_500, 50_000])),
        draw(st.sampled_from([0, 2, 2**64 - 1])),
        draw(st.lists(candidates, max_size=8)),
    )
