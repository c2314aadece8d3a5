"""The settings of an engine: their defaults and their bounds (CONFIG-1, CONFIG-2, CONFIG-3)."""

from dataclasses import dataclass, replace
from typing import Self

from calybris_ref.budget import BudgetEngine
from calybris_ref.errors import ConfigError
from calybris_ref.model import POLICY_BPS_BOUNDS
from calybris_ref.record import I64, U16, U64, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig(Record):
    """Settings with their defaults (CONFIG-1); only widths are checked before `validate` is called.

    Settings are keyword arguments; the methods that follow return a copy with one of them changed, so that
    `EngineConfig().hard_risk_limit(9_000).default_exposure_cap(500)` reads like the builders. A cap of 0 is no cap.
    """

    latency_penalty_microunits_per_ms: U64 = 2
    hard_risk_limit_bps: U16 = 9_600
    minimum_confidence_bps: U16 = 5_500
    risk_penalty_multiplier_bps: U16 = 3_500
    default_exposure_cap_microcents: I64 = 0
    wal_sync_on_append: bool = False
    max_catalog_size: U64 = 1_024

    def latency_penalty(self, microunits_per_ms: int) -> Self:
        """A copy with this penalty per millisecond of p95 latency."""
        return replace(self, latency_penalty_microunits_per_ms=microunits_per_ms)

    def hard_risk_limit(self, bps: int) -> Self:
        """A copy in which requests at this risk or above are rejected."""
        return replace(self, hard_risk_limit_bps=bps)

    def minimum_confidence(self, bps: int) -> Self:
        """A copy in which requests below this confidence are rejected."""
        return replace(self, minimum_confidence_bps=bps)

    def risk_penalty_multiplier(self, bps: int) -> Self:
        """A copy with this weight of the risk in the utility."""
        return replace(self, risk_penalty_multiplier_bps=bps)

    def default_exposure_cap(self, microcents: int) -> Self:
        """A copy with this cap on what a tenant may hold in open reservations."""
        return replace(self, default_exposure_cap_microcents=microcents)

    def sync_on_append(self, wanted: bool) -> Self:
        """A copy that says whether the log is synced after every append."""
        return replace(self, wal_sync_on_append=wanted)

    def catalog_limit(self, models: int) -> Self:
        """A copy with this bound on the size of a catalog."""
        return replace(self, max_catalog_size=models)

    def validate(self) -> None:
        """Raise ConfigError for the first setting out of bounds (CONFIG-2)."""
        for field, maximum in POLICY_BPS_BOUNDS:
            value = getattr(self, field)
            if value > maximum:
                raise ConfigError(
                    f"{value} is above {maximum}", code="CONFIG_BPS_OUT_OF_RANGE", field=field, value=value
                )
        if self.max_catalog_size == 0:
            raise ConfigError(
                "0 models would allow no catalog", code="CONFIG_CATALOG_SIZE_ZERO", field="max_catalog_size", value=0
            )
        if self.default_exposure_cap_microcents < 0:
            raise ConfigError(
                f"{self.default_exposure_cap_microcents} is below 0 (0 means no cap)",
                code="CONFIG_EXPOSURE_CAP_NEGATIVE",
                field="default_exposure_cap_microcents",
                value=self.default_exposure_cap_microcents,
            )

    def ensure_tenant(self, engine: BudgetEngine, tenant_id: str, budget_microcents: int) -> None:
        """Create a tenant in a budget engine and apply the default cap when there is one (CONFIG-3)."""
        engine.ensure_tenant(tenant_id, budget_microcents)
        if self.default_exposure_cap_microcents > 0:
            engine.set_max_reserved_microcents(tenant_id, self.default_exposure_cap_microcents)
