"""calybris_ref.builder: defaults, methods, and what `build` checks (BUILD-1 … BUILD-3)."""

from typing import Any

import pytest

from calybris_ref import (
    BuildError,
    ConfigError,
    EngineConfig,
    InputBuilder,
    InputError,
    KernelInput,
    KernelModel,
    ModelBuilder,
    PolicyBuilder,
    PolicyError,
    WidthError,
)
from calybris_ref.record import columns
from tests.support.records import U64_MAX, model

DEFAULT_REQUEST = KernelInput(7, 8, 0, 0, 0, U64_MAX, 0, 10_000, 0, 0, 0, U64_MAX, 0)
DEFAULT_MODEL = KernelModel(7, 8, 8_000, 9_500, 1, 200, 0, U64_MAX, 0, 0)

INPUT_CALLS: list[tuple[str, tuple[Any, ...], dict[str, int]]] = [
    ("tokens", (1, 2), {"input_tokens": 1, "output_tokens": 2}),
    ("business_value", (-3,), {"business_value_microunits": -3}),
    ("budget_limit", (4,), {"budget_limit_microunits": 4}),
    ("risk", (5, 6), {"risk_bps": 5, "confidence_bps": 6}),
    ("minimum_quality", (7,), {"minimum_quality_bps": 7}),
    ("max_latency", (8,), {"max_p95_latency_ms": 8}),
    ("capabilities", (9,), {"required_capabilities": 9}),
    ("providers", (10,), {"allowed_provider_mask": 10}),
    ("regions", (11,), {"required_region_mask": 11}),
]
MODEL_CALLS: list[tuple[str, tuple[Any, ...], dict[str, int]]] = [
    ("quality", (1,), {"quality_bps": 1}),
    ("risk_ceiling", (2,), {"risk_ceiling_bps": 2}),
    ("enabled", (False,), {"enabled": 0}),
    ("enabled", (True,), {"enabled": 1}),
    ("latency", (3,), {"p95_latency_ms": 3}),
    ("capabilities", (4,), {"capabilities": 4}),
    ("regions", (5,), {"region_mask": 5}),
    (
        "cost",
        (6, 7),
        {"input_cost_microunits_per_million_tokens": 6, "output_cost_microunits_per_million_tokens": 7},
    ),
]


@pytest.mark.parametrize(("method", "arguments", "changes"), INPUT_CALLS, ids=[call[0] for call in INPUT_CALLS])
def test_a_method_of_the_request_changes_its_fields(
    method: str, arguments: tuple[Any, ...], changes: dict[str, int]
) -> None:
    builder = InputBuilder(7, 8)
    assert builder.build() == DEFAULT_REQUEST
    assert getattr(builder, method)(*arguments) is builder
    assert builder.build().to_dict() == {**DEFAULT_REQUEST.to_dict(), **changes}


@pytest.mark.parametrize(("method", "arguments", "changes"), MODEL_CALLS, ids=[call[0] for call in MODEL_CALLS])
def test_a_method_of_the_model_changes_its_fields(
    method: str, arguments: tuple[Any, ...], changes: dict[str, int]
) -> None:
    builder = ModelBuilder(7, 8)
    assert builder.build() == DEFAULT_MODEL
    assert getattr(builder, method)(*arguments) is builder
    assert builder.build().to_dict() == {**DEFAULT_MODEL.to_dict(), **changes}


def test_the_methods_reach_every_field() -> None:
    reached = {"request_sequence", "requested_model_id", *(name for call in INPUT_CALLS for name in call[2])}
    assert reached == {column.name for column in columns(KernelInput)}
    reached = {"model_id", "provider_id", *(name for call in MODEL_CALLS for name in call[2])}
    assert reached == {column.name for column in columns(KernelModel)}


def test_of_two_calls_for_one_field_the_later_counts() -> None:
    assert InputBuilder(7, 8).minimum_quality(1).minimum_quality(2).build().minimum_quality_bps == 2
    assert ModelBuilder(7, 8).enabled(False).enabled(True).build() == DEFAULT_MODEL


def test_a_request_is_validated_when_it_is_built() -> None:
    with pytest.raises(InputError) as refused:
        InputBuilder(7, 8).risk(10_001, 10_001).build()
    assert refused.value.at == "risk_bps"
    with pytest.raises(WidthError):
        InputBuilder(-1, 8).build()


def test_a_model_is_held_to_its_widths_and_to_nothing_else() -> None:
    assert ModelBuilder(0, 65_535).quality(65_535).risk_ceiling(65_535).build().quality_bps == 65_535
    with pytest.raises(WidthError):
        ModelBuilder(7, 8).quality(65_536).build()


def test_a_policy_takes_its_limits_from_the_configuration() -> None:
    config = EngineConfig(
        latency_penalty_microunits_per_ms=1,
        hard_risk_limit_bps=2,
        minimum_confidence_bps=3,
        risk_penalty_multiplier_bps=4,
    )
    snapshot = PolicyBuilder(config).model(model(3)).models([model(1), model(2)]).build()
    assert [candidate.model_id for candidate in snapshot.models] == [3, 1, 2]
    assert (snapshot.policy_epoch, snapshot.catalog_epoch) == (1, 1)
    limits = (
        snapshot.latency_penalty_microunits_per_ms,
        snapshot.hard_risk_limit_bps,
        snapshot.minimum_confidence_bps,
        snapshot.risk_penalty_multiplier_bps,
    )
    assert limits == (1, 2, 3, 4)


def test_the_epochs_are_one_unless_set() -> None:
    snapshot = PolicyBuilder(EngineConfig()).epochs(U64_MAX, 0).model(model()).build()
    assert (snapshot.policy_epoch, snapshot.catalog_epoch) == (U64_MAX, 0)


def refused(builder: PolicyBuilder) -> BuildError:
    with pytest.raises(BuildError) as error:
        builder.build()
    return error.value


def test_the_configuration_is_checked_first_then_the_size_then_the_policy() -> None:
    two_wrong = [model(1, provider_id=64)] * 2
    error = refused(PolicyBuilder(EngineConfig(max_catalog_size=0)).models(two_wrong))
    assert (error.code, error.at) == ("CONFIG_CATALOG_SIZE_ZERO", "max_catalog_size")
    assert isinstance(error.__cause__, ConfigError)
    error = refused(PolicyBuilder(EngineConfig(max_catalog_size=1)).models(two_wrong))
    assert (error.code, error.at, error.count, error.maximum) == ("BUILD_CATALOG_TOO_LARGE", "models", 2, 1)
    assert error.__cause__ is None
    error = refused(PolicyBuilder(EngineConfig(max_catalog_size=2)).models(two_wrong))
    assert (error.code, error.at) == ("POLICY_PROVIDER_ID_OUT_OF_RANGE", "models[0].provider_id")
    assert isinstance(error.__cause__, PolicyError)
    assert (error.count, error.maximum) == (None, None)


def test_a_catalog_of_exactly_the_limit_is_built() -> None:
    builder = PolicyBuilder(EngineConfig(max_catalog_size=2)).models([model(1), model(2)])
    assert len(builder.build().models) == 2


def test_an_empty_catalog_is_refused_by_the_policy() -> None:
    assert refused(PolicyBuilder(EngineConfig())).code == "POLICY_CATALOG_EMPTY"
