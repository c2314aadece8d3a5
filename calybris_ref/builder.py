"""Records step by step, from sensible defaults: requests, candidates and policies (BUILD-1, BUILD-2, BUILD-3).

Every method changes the builder and returns it, so that calls chain; of two calls for one field the later one counts.
Widths are checked when the record is built (TYPES-9).
"""

from collections.abc import Iterable
from typing import Any, Self

from calybris_ref.config import EngineConfig
from calybris_ref.errors import BuildError, ConfigError, PolicyError
from calybris_ref.model import ALL_PROVIDERS, ALL_REGIONS, MAX_BPS, KernelInput, KernelModel
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import U64_WIDTH


class InputBuilder:
    """A request (BUILD-1): by default worth nothing, without limits or constraints, riskless and fully confident."""

    def __init__(self, request_sequence: int, requested_model_id: int) -> None:
        self._fields: dict[str, Any] = {
            "request_sequence": request_sequence,
            "requested_model_id": requested_model_id,
            "input_tokens": 0,
            "output_tokens": 0,
            "business_value_microunits": 0,
            "budget_limit_microunits": U64_WIDTH.maximum,
            "risk_bps": 0,
            "confidence_bps": MAX_BPS,
            "minimum_quality_bps": 0,
            "max_p95_latency_ms": 0,
            "required_capabilities": 0,
            "allowed_provider_mask": ALL_PROVIDERS,
            "required_region_mask": 0,
        }

    def tokens(self, input_tokens: int, output_tokens: int) -> Self:
        """How many tokens go in and come out."""
        return self._set(input_tokens=input_tokens, output_tokens=output_tokens)

    def business_value(self, microunits: int) -> Self:
        """What a good answer is worth."""
        return self._set(business_value_microunits=microunits)

    def budget_limit(self, microunits: int) -> Self:
        """What the answer may cost at most."""
        return self._set(budget_limit_microunits=microunits)

    def risk(self, risk_bps: int, confidence_bps: int) -> Self:
        """How risky the request is, and how sure its figures are."""
        return self._set(risk_bps=risk_bps, confidence_bps=confidence_bps)

    def minimum_quality(self, bps: int) -> Self:
        """The quality that a candidate needs."""
        return self._set(minimum_quality_bps=bps)

    def max_latency(self, p95_ms: int) -> Self:
        """The p95 latency that a candidate may have; 0 is no limit."""
        return self._set(max_p95_latency_ms=p95_ms)

    def capabilities(self, mask: int) -> Self:
        """The capabilities that a candidate needs, all of them."""
        return self._set(required_capabilities=mask)

    def providers(self, mask: int) -> Self:
        """The providers that are allowed, one bit each."""
        return self._set(allowed_provider_mask=mask)

    def regions(self, mask: int) -> Self:
        """The regions of which a candidate needs one; 0 is no constraint."""
        return self._set(required_region_mask=mask)

    def build(self) -> KernelInput:
        """The request: WidthError for a value outside its width, InputError for what INPUT-1 refuses."""
        request = KernelInput(**self._fields)
        request.validate()
        return request

    def _set(self, **fields: int) -> Self:
        self._fields.update(fields)
        return self


class ModelBuilder:
    """A candidate (BUILD-2): by default enabled, everywhere, free of charge."""

    def __init__(self, model_id: int, provider_id: int) -> None:
        self._fields: dict[str, Any] = {
            "model_id": model_id,
            "provider_id": provider_id,
            "quality_bps": 8_000,
            "risk_ceiling_bps": 9_500,
            "enabled": 1,
            "p95_latency_ms": 200,
            "capabilities": 0,
            "region_mask": ALL_REGIONS,
            "input_cost_microunits_per_million_tokens": 0,
            "output_cost_microunits_per_million_tokens": 0,
        }

    def quality(self, bps: int) -> Self:
        """How good its answers are."""
        return self._set(quality_bps=bps)

    def risk_ceiling(self, bps: int) -> Self:
        """The riskiest request that it may take."""
        return self._set(risk_ceiling_bps=bps)

    def enabled(self, wanted: bool) -> Self:
        """Whether it may be chosen."""
        return self._set(enabled=1 if wanted else 0)

    def latency(self, p95_ms: int) -> Self:
        """Its p95 latency."""
        return self._set(p95_latency_ms=p95_ms)

    def capabilities(self, mask: int) -> Self:
        """What it can do, one bit each."""
        return self._set(capabilities=mask)

    def regions(self, mask: int) -> Self:
        """Where it runs, one bit each."""
        return self._set(region_mask=mask)

    def cost(self, input_rate: int, output_rate: int) -> Self:
        """What it charges, in microunits per million tokens."""
        return self._set(
            input_cost_microunits_per_million_tokens=input_rate, output_cost_microunits_per_million_tokens=output_rate
        )

    def build(self) -> KernelModel:
        """The candidate: WidthError for a value outside its width; no other rule is checked here."""
        return KernelModel(**self._fields)

    def _set(self, **fields: int) -> Self:
        self._fields.update(fields)
        return self


class PolicyBuilder:
    """A policy whose limits come from a configuration (BUILD-3); both epochs are 1 unless `epochs` says otherwise."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._epochs = (1, 1)
        self._models: list[KernelModel] = []

    def epochs(self, policy_epoch: int, catalog_epoch: int) -> Self:
        """The generations of the policy and of its catalog."""
        self._epochs = (policy_epoch, catalog_epoch)
        return self

    def model(self, model: KernelModel) -> Self:
        """Add a candidate at the end of the catalog."""
        self._models.append(model)
        return self

    def models(self, models: Iterable[KernelModel]) -> Self:
        """Add candidates at the end of the catalog, in their order."""
        self._models.extend(models)
        return self

    def build(self) -> PolicySnapshot:
        """The policy, by `PolicySnapshot.try_new`.

        BuildError, the first that applies: what the configuration refuses (CONFIG-2), a catalog larger than
        `max_catalog_size` (BUILD_CATALOG_TOO_LARGE), what the policy refuses (POLICY-1 … POLICY-4).
        """
        config = self._config
        try:
            config.validate()
            if len(self._models) > config.max_catalog_size:
                raise BuildError(
                    f"{len(self._models)} models are more than the configured {config.max_catalog_size}",
                    code="BUILD_CATALOG_TOO_LARGE",
                    at="models",
                    count=len(self._models),
                    maximum=config.max_catalog_size,
                )
            return PolicySnapshot.try_new(
                *self._epochs,
                config.hard_risk_limit_bps,
                config.minimum_confidence_bps,
                config.risk_penalty_multiplier_bps,
                config.latency_penalty_microunits_per_ms,
                self._models,
            )
        except (ConfigError, PolicyError) as error:
            raise BuildError(error.detail, code=error.code, at=error.at) from error
