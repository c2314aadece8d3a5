"""Configurations: defaults, bounds and their order (CONFIG-1, CONFIG-2)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U16, U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDS = {"hard_risk_limit_bps": 10_000, "minimum_confidence_bps": 10_000, "risk_penalty_multiplier_bps": 50_000}
_FAULTS: dict[str, int] = {
    **{field: bound + 1 for field, bound in _BOUNDS.items()},
    "max_catalog_size": 0,
    "default_exposure_cap_microcents": -1,
}


_FLAG = ("CONFIG_ORDER",)


def files() -> Iterator[Draft]:
    """Everything in one file."""
    groups = (
        Group("defaults", tuple(_defaults())),
        Group("bounds", tuple(_bounds())),
        Group("pairs", tuple(_pairs())),
    )
    yield Draft(
        "config", "validate", "config.validate", "Defaults, bounds and their order", "CONFIG-1 CONFIG-2", groups
    )


def _question(name: str, about: str, config: dict[str, Any], *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"config": config}, flags)


def _defaults() -> Iterator[Question]:
    yield _question("nothing-set", "Every field has its default.", {}, "BUILDER_DEFAULTS")
    for field, value in {
        "latency_penalty_microunits_per_ms": 3,
        "hard_risk_limit_bps": 9_000,
        "minimum_confidence_bps": 5_000,
        "risk_penalty_multiplier_bps": 3_000,
        "default_exposure_cap_microcents": 1,
        "wal_sync_on_append": True,
        "max_catalog_size": 1,
    }.items():
        yield _question(f"only-{field}", f"Only {field} is set.", {field: value}, "BUILDER_DEFAULTS")
    everything = {
        "latency_penalty_microunits_per_ms": U64,
        "hard_risk_limit_bps": 1,
        "minimum_confidence_bps": 2,
        "risk_penalty_multiplier_bps": 3,
        "default_exposure_cap_microcents": 4,
        "wal_sync_on_append": True,
        "max_catalog_size": 5,
    }
    yield _question("everything-set", "Every field is set.", everything)
    yield _question(
        "default-written", "A default is set by name.", {"wal_sync_on_append": False, "max_catalog_size": 1_024}
    )


def _bounds() -> Iterator[Question]:
    for field, bound in _BOUNDS.items():
        for value in (0, bound - 1, bound, bound + 1, U16):
            about = f"{field} is {value:,}; its bound is {bound:,}."
            yield _question(f"{field}-{value}", about, {field: value}, *(_FLAG if value >= bound else ()))
    for name, value in {"zero": 0, "one": 1, "largest-catalog": 65_535, "beyond": 65_536, "largest": U64}.items():
        config = {"max_catalog_size": value}
        yield _question(f"max-catalog-size-{name}", f"The size is {value:,}.", config, *(_FLAG if value <= 1 else ()))
    for name, value in {"minus-one": -1, "zero": 0, "one": 1, "smallest": I64_MIN, "largest": I64_MAX}.items():
        config = {"default_exposure_cap_microcents": value}
        yield _question(f"exposure-cap-{name}", f"The cap is {value:,}.", config, *(_FLAG if value <= 0 else ()))
    for name, value in {"zero": 0, "largest": U64}.items():
        config = {"latency_penalty_microunits_per_ms": value}
        yield _question(f"latency-penalty-{name}", "The penalty has no bound.", config)


def _pairs() -> Iterator[Question]:
    for one, two in combinations(_FAULTS, 2):
        config = {field: _FAULTS[field] for field in (one, two)}
        yield _question(f"{one}-and-{two}", f"{one} and {two} are wrong: the first is reported.", config, *_FLAG)
    yield _question("everything", "All five are wrong.", _FAULTS, *_FLAG)
