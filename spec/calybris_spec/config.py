"""The configuration of an engine: defaults and validation (CONFIG-1, CONFIG-2)."""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, MAX_BPS, MAX_RISK_PENALTY_MULTIPLIER_BPS, Refusal
from calybris_spec.integers import fields_of, fits, i64, u16, u64
from calybris_spec.logic import NONE, first, implies, within


class Config(NamedTuple):
    """The configuration with its defaults (CONFIG-1)."""

    latency_penalty_microunits_per_ms: u64 = 2
    hard_risk_limit_bps: u16 = 9_600
    minimum_confidence_bps: u16 = 5_500
    risk_penalty_multiplier_bps: u16 = 3_500
    default_exposure_cap_microcents: i64 = 0
    wal_sync_on_append: bool = False
    max_catalog_size: u64 = 1_024


CONFIG = fields_of(Config)
REFUSALS = (
    ACCEPTED,
    Refusal("CONFIG_BPS_OUT_OF_RANGE", "hard_risk_limit_bps"),
    Refusal("CONFIG_BPS_OUT_OF_RANGE", "minimum_confidence_bps"),
    Refusal("CONFIG_BPS_OUT_OF_RANGE", "risk_penalty_multiplier_bps"),
    Refusal("CONFIG_CATALOG_SIZE_ZERO", "max_catalog_size"),
    Refusal("CONFIG_EXPOSURE_CAP_NEGATIVE", "default_exposure_cap_microcents"),
)


def numbers(config: Config) -> tuple[int, ...]:
    """Return the integer fields in the order of CONFIG."""
    return tuple([getattr(config, name) for name in CONFIG])


def is_config(config: Config) -> bool:
    """Whether every integer field lies in its width."""
    return fits(numbers(config), tuple(CONFIG.values()))


@require(lambda config: is_config(config))
@ensure(lambda result: within(NONE, result, 5))
@ensure(lambda config, result: (result == 1) == (config.hard_risk_limit_bps > 10_000))
@ensure(lambda config, result: implies(result > 1, (result == 2) == (config.minimum_confidence_bps > 10_000)))
@ensure(lambda config, result: implies(result > 2, (result == 3) == (config.risk_penalty_multiplier_bps > 50_000)))
@ensure(lambda config, result: implies(result > 3, (result == 4) == (config.max_catalog_size == 0)))
@ensure(lambda config, result: implies(result == 5, config.default_exposure_cap_microcents < 0))
@ensure(
    lambda config, result: (
        (result == NONE)
        == all(
            [
                config.hard_risk_limit_bps <= 10_000,
                config.minimum_confidence_bps <= 10_000,
                config.risk_penalty_multiplier_bps <= 50_000,
                config.max_catalog_size >= 1,
                config.default_exposure_cap_microcents >= 0,
            ]
        )
    )
)
def config_problem(config: Config) -> int:
    """Return the row of REFUSALS that applies first, 0 when the configuration is valid (CONFIG-2)."""
    return first(
        (
            config.hard_risk_limit_bps > MAX_BPS,
            config.minimum_confidence_bps > MAX_BPS,
            config.risk_penalty_multiplier_bps > MAX_RISK_PENALTY_MULTIPLIER_BPS,
            config.max_catalog_size == 0,
            config.default_exposure_cap_microcents < 0,
        )
    )
