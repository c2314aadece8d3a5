"""Which policies exist: the four constructors of a snapshot and the rules that three of them hold it to.

Clauses TYPES-4 and POLICY-1 … POLICY-8. A snapshot is immutable; its catalog stands in the order that its constructor
documents, and every index that a decision reports is an index in that order (DECIDE-6).
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from calybris_ref import explain, kernel, kernel_fast
from calybris_ref.errors import PolicyError
from calybris_ref.model import (
    MAX_BPS,
    MAX_CATALOG_MODELS,
    MAX_PROVIDER_ID,
    NO_MODEL_ID,
    POLICY_BPS_BOUNDS,
    CandidateExplanation,
    DecisionTrace,
    KernelDecision,
    KernelInput,
    KernelModel,
)
from calybris_ref.record import U16, U64, Record, columns, parsed

# The numeric part of POLICY-3, in the order in which it is checked.
_MODEL_BOUNDS = (
    ("provider_id", MAX_PROVIDER_ID, "POLICY_PROVIDER_ID_OUT_OF_RANGE"),
    ("quality_bps", MAX_BPS, "POLICY_BPS_OUT_OF_RANGE"),
    ("risk_ceiling_bps", MAX_BPS, "POLICY_BPS_OUT_OF_RANGE"),
)


@dataclass(frozen=True, slots=True, init=False)
class PolicySnapshot(Record):
    """A policy at one moment: epochs, limits, penalties and the catalog (TYPES-4).

    Build one with `try_new` (the catalog keeps its order), `try_new_trusted` (stricter; sorts it) or `new_unchecked`
    (validates nothing). Each takes the seven fields in this order, by place or by name, and raises WidthError for a
    number outside its width and RecordError unless `models` is an iterable of KernelModel.
    """

    policy_epoch: U64
    catalog_epoch: U64
    hard_risk_limit_bps: U16
    minimum_confidence_bps: U16
    risk_penalty_multiplier_bps: U16
    latency_penalty_microunits_per_ms: U64
    models: tuple[KernelModel, ...]
    rows: tuple[kernel.Row, ...] = field(init=False, repr=False, compare=False)
    """The catalog as the kernel reads it: derived, one row per model."""
    candidates: list[kernel_fast.Candidate] = field(init=False, repr=False, compare=False)
    """The same for the fast path: those that are enabled."""

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        # A plain call would have to choose silently whether to validate.
        raise TypeError("a PolicySnapshot is built by try_new, try_new_trusted or new_unchecked")

    @classmethod
    def try_new(
        cls,
        policy_epoch: int,
        catalog_epoch: int,
        hard_risk_limit_bps: int,
        minimum_confidence_bps: int,
        risk_penalty_multiplier_bps: int,
        latency_penalty_microunits_per_ms: int,
        models: Iterable[KernelModel],
    ) -> Self:
        """A validated policy that keeps the catalog's order (POLICY-5); PolicyError for what `validate` refuses."""
        snapshot = cls.new_unchecked(
            policy_epoch,
            catalog_epoch,
            hard_risk_limit_bps,
            minimum_confidence_bps,
            risk_penalty_multiplier_bps,
            latency_penalty_microunits_per_ms,
            models,
        )
        snapshot.validate()
        return snapshot

    @classmethod
    def try_new_trusted(
        cls,
        policy_epoch: int,
        catalog_epoch: int,
        hard_risk_limit_bps: int,
        minimum_confidence_bps: int,
        risk_penalty_multiplier_bps: int,
        latency_penalty_microunits_per_ms: int,
        models: Iterable[KernelModel],
    ) -> Self:
        """A policy held to stricter rules, its catalog sorted by ascending model_id (POLICY-7).

        PolicyError, in this order: more than 65,535 models; any model_id 0; any `enabled` above 1; then what `validate`
        refuses, looked for in the sorted catalog. Paths count in the catalog as it was given.
        """
        given = cls.new_unchecked(
            policy_epoch,
            catalog_epoch,
            hard_risk_limit_bps,
            minimum_confidence_bps,
            risk_penalty_multiplier_bps,
            latency_penalty_microunits_per_ms,
            models,
        )
        _check_trusted(given.models)
        order = sorted(range(len(given.models)), key=lambda place: given.models[place].model_id)
        _check_scalars(given)
        _check_catalog((place, given.models[place]) for place in order)
        return given._with_models([given.models[place] for place in order])

    @classmethod
    def new_unchecked(
        cls,
        policy_epoch: int,
        catalog_epoch: int,
        hard_risk_limit_bps: int,
        minimum_confidence_bps: int,
        risk_penalty_multiplier_bps: int,
        latency_penalty_microunits_per_ms: int,
        models: Iterable[KernelModel],
    ) -> Self:
        """A policy of which only the widths were checked (POLICY-6): for tests and deliberately invalid policies."""
        return cls._assembled(
            policy_epoch,
            catalog_epoch,
            hard_risk_limit_bps,
            minimum_confidence_bps,
            risk_penalty_multiplier_bps,
            latency_penalty_microunits_per_ms,
            models,
        )

    @classmethod
    def new(
        cls,
        policy_epoch: int,
        catalog_epoch: int,
        hard_risk_limit_bps: int,
        minimum_confidence_bps: int,
        risk_penalty_multiplier_bps: int,
        latency_penalty_microunits_per_ms: int,
        models: Iterable[KernelModel],
    ) -> Self:
        """The deprecated name of `new_unchecked` (POLICY-8)."""
        warnings.warn(
            "PolicySnapshot.new is deprecated: use try_new, or new_unchecked", DeprecationWarning, stacklevel=2
        )
        return cls.new_unchecked(
            policy_epoch,
            catalog_epoch,
            hard_risk_limit_bps,
            minimum_confidence_bps,
            risk_penalty_multiplier_bps,
            latency_penalty_microunits_per_ms,
            models,
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A policy from its JSON form, built by `try_new`: RecordError, WidthError or PolicyError."""
        return cls.try_new(**parsed(cls, data))

    @classmethod
    def _assembled(cls, *values: Any) -> Self:
        snapshot = object.__new__(cls)
        for column, value in zip(columns(cls), values, strict=True):
            object.__setattr__(snapshot, column.name, value)
        snapshot.__post_init__()
        return snapshot

    def __post_init__(self) -> None:
        # Not super(): a slotted dataclass is a new class, which the compiler's cell of super() does not know.
        Record.__post_init__(self)
        object.__setattr__(self, "rows", kernel.rows(self.models, self.latency_penalty_microunits_per_ms))
        object.__setattr__(self, "candidates", kernel_fast.candidates(self.rows))

    def _with_models(self, models: Sequence[KernelModel]) -> Self:
        *scalars, _ = (getattr(self, column.name) for column in columns(type(self)))
        return self._assembled(*scalars, models)

    def validate(self) -> None:
        """Raise PolicyError for the first rule broken: POLICY-1, POLICY-2, POLICY-3 model by model, POLICY-4."""
        _check_scalars(self)
        _check_catalog(enumerate(self.models))

    def prescribe(self, request: KernelInput) -> KernelDecision:
        """The decision for one request; total (INPUT-2, DECIDE-1 … DECIDE-8)."""
        return kernel_fast.prescribe(self, request)

    def prescribe_with_trace(self, request: KernelInput) -> tuple[KernelDecision, DecisionTrace]:
        """The decision, and how many candidates failed first at each gate (TRACE-1, TRACE-2)."""
        return kernel.prescribe_with_trace(self, request)

    def prescribe_batch(self, requests: Iterable[KernelInput]) -> list[KernelDecision]:
        """The decisions for many requests, in their order (DECIDE-7)."""
        return [kernel_fast.prescribe(self, request) for request in requests]

    def utility_for_model(self, request: KernelInput, model_id: int) -> int | None:
        """The utility in microunits of the first candidate with this id, if it is eligible; else None (UTIL-1)."""
        return kernel.utility_for_model(self, request, model_id)

    def explain(self, request: KernelInput) -> tuple[CandidateExplanation, ...]:
        """One row per candidate in catalog order; none after a hard limit (EXPL-1 … EXPL-4)."""
        return explain.explain(self, request)


def _check_scalars(snapshot: PolicySnapshot) -> None:
    for name, maximum in POLICY_BPS_BOUNDS:
        _check_bound(getattr(snapshot, name), maximum, "POLICY_BPS_OUT_OF_RANGE", name)


def _check_catalog(catalog: Iterable[tuple[int, KernelModel]]) -> None:
    """POLICY-2, POLICY-3 and POLICY-4 over models with their places in the catalog as it was given."""
    seen: set[int] = set()
    any_enabled = False
    for place, model in catalog:
        if model.model_id in seen:
            raise PolicyError(
                f"model_id {model.model_id} stands in the catalog twice",
                code="POLICY_MODEL_ID_DUPLICATE",
                at=f"models[{place}].model_id",
                model_id=model.model_id,
            )
        seen.add(model.model_id)
        for name, maximum, code in _MODEL_BOUNDS:
            _check_bound(getattr(model, name), maximum, code, f"models[{place}].{name}", model.model_id)
        any_enabled |= model.enabled != 0
    if not seen:
        raise PolicyError("the catalog is empty", code="POLICY_CATALOG_EMPTY", at="models")
    if not any_enabled:
        raise PolicyError("every model is disabled", code="POLICY_MODELS_ALL_DISABLED", at="models")


def _check_trusted(models: Sequence[KernelModel]) -> None:
    """What POLICY-7 asks beyond the ordinary rules; each rule is held against the whole catalog before the next."""
    if len(models) > MAX_CATALOG_MODELS:
        raise PolicyError(
            f"{len(models)} models are more than {MAX_CATALOG_MODELS}",
            code="POLICY_CATALOG_TOO_LARGE",
            at="models",
            value=len(models),
            maximum=MAX_CATALOG_MODELS,
        )
    for place, model in enumerate(models):
        if model.model_id == NO_MODEL_ID:
            raise PolicyError(
                "model_id 0 is reserved for decisions that select no model",
                code="POLICY_MODEL_ID_RESERVED",
                at=f"models[{place}].model_id",
                model_id=model.model_id,
            )
    for place, model in enumerate(models):
        _check_bound(model.enabled, 1, "POLICY_ENABLED_OUT_OF_RANGE", f"models[{place}].enabled", model.model_id)


def _check_bound(value: int, maximum: int, code: str, at: str, model_id: int | None = None) -> None:
    if value > maximum:
        raise PolicyError(
            f"{value} is above {maximum}", code=code, at=at, value=value, maximum=maximum, model_id=model_id
        )
