"""calybris_ref.config: defaults, bounds and the exposure cap (CONFIG-1 … CONFIG-3)."""

from typing import Any

import pytest

from calybris_ref import (
    BudgetEngine,
    ConfigError,
    EngineConfig,
    ExposureLimitExceeded,
    Insufficient,
    Reserved,
    WidthError,
)


def test_the_defaults_are_those_of_the_clause() -> None:
    assert EngineConfig().to_dict() == {
        "latency_penalty_microunits_per_ms": 2,
        "hard_risk_limit_bps": 9_600,
        "minimum_confidence_bps": 5_500,
        "risk_penalty_multiplier_bps": 3_500,
        "default_exposure_cap_microcents": 0,
        "wal_sync_on_append": False,
        "max_catalog_size": 1_024,
    }
    EngineConfig().validate()


@pytest.mark.parametrize(
    ("method", "field", "value"),
    [
        ("latency_penalty", "latency_penalty_microunits_per_ms", 2**64 - 1),
        ("hard_risk_limit", "hard_risk_limit_bps", 1),
        ("minimum_confidence", "minimum_confidence_bps", 1),
        ("risk_penalty_multiplier", "risk_penalty_multiplier_bps", 1),
        ("default_exposure_cap", "default_exposure_cap_microcents", -1),
        ("sync_on_append", "wal_sync_on_append", True),
        ("catalog_limit", "max_catalog_size", 1),
    ],
)
def test_a_method_changes_one_setting_of_a_copy(method: str, field: str, value: object) -> None:
    config = EngineConfig()
    changed = getattr(config, method)(value)
    assert changed.to_dict() == {**config.to_dict(), field: value}
    assert config == EngineConfig()
    assert changed == EngineConfig(**{field: value})  # type: ignore[arg-type]  # a setting by its name


def test_settings_are_given_by_name_and_checked_for_their_width() -> None:
    with pytest.raises(TypeError):
        EngineConfig(2)  # type: ignore[call-arg]  # by place would be unreadable
    with pytest.raises(WidthError) as refused:
        EngineConfig().hard_risk_limit(65_536)
    assert refused.value.at == "hard_risk_limit_bps"


# In the order in which they are checked: each entry breaks its rule and every later one.
RULES: list[tuple[str, Any, Any, str]] = [
    ("hard_risk_limit_bps", 10_000, 10_001, "CONFIG_BPS_OUT_OF_RANGE"),
    ("minimum_confidence_bps", 10_000, 10_001, "CONFIG_BPS_OUT_OF_RANGE"),
    ("risk_penalty_multiplier_bps", 50_000, 50_001, "CONFIG_BPS_OUT_OF_RANGE"),
    ("max_catalog_size", 1, 0, "CONFIG_CATALOG_SIZE_ZERO"),
    ("default_exposure_cap_microcents", 0, -1, "CONFIG_EXPOSURE_CAP_NEGATIVE"),
]


@pytest.mark.parametrize("place", range(len(RULES)), ids=lambda place: RULES[place][0])
def test_the_first_rule_broken_is_reported_and_its_limit_is_allowed(place: int) -> None:
    field, allowed, wrong, code = RULES[place]
    later = {name: bad for name, _, bad, _ in RULES[place + 1 :]}
    with pytest.raises(ConfigError) as refused:
        EngineConfig(**{field: wrong}, **later).validate()
    error = refused.value
    assert (error.code, error.at, error.field, error.value) == (code, field, field, wrong)
    EngineConfig(**{field: allowed}).validate()


@pytest.mark.parametrize(("cap", "allowed"), [(-1, 500), (0, 500), (1, 1), (499, 499)])
def test_a_tenant_gets_the_default_cap_when_there_is_one(cap: int, allowed: int) -> None:
    engine = BudgetEngine()
    config = EngineConfig(default_exposure_cap_microcents=cap)
    config.ensure_tenant(engine, "acme", 500)
    refused, _ = engine.try_reserve("acme", allowed + 1)
    assert refused == (Insufficient(500, 501) if allowed == 500 else ExposureLimitExceeded(0, cap))
    assert engine.try_reserve("acme", allowed)[0] == Reserved(500 - allowed)


def test_a_tenant_that_exists_keeps_its_budget_and_gets_the_cap() -> None:
    engine = BudgetEngine()
    engine.ensure_tenant("acme", 100)
    EngineConfig().ensure_tenant(engine, "acme", 500)
    assert engine.try_reserve("acme", 90)[0] == Reserved(10)
    EngineConfig(default_exposure_cap_microcents=50).ensure_tenant(engine, "acme", 500)
    assert engine.try_reserve("acme", 1)[0] == ExposureLimitExceeded(90, 50)
    assert engine.initial_microcents("acme") == 100


def test_a_tenant_that_is_not_created_keeps_the_cap_for_later() -> None:
    engine = BudgetEngine()
    EngineConfig(default_exposure_cap_microcents=50).ensure_tenant(engine, "acme", -1)
    assert engine.tenant_count == 0
    engine.ensure_tenant("acme", 100)
    assert engine.try_reserve("acme", 51)[0] == ExposureLimitExceeded(0, 50)
