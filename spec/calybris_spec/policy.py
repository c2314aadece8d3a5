"""Which policies the constructors accept, and in which order (POLICY-1 … POLICY-8).

| constructor                     | checks                        | order of the catalog  |
| ------------------------------- | ----------------------------- | --------------------- |
| `try_new`                       | `check`                       | as given (POLICY-5)   |
| `try_new_trusted`               | `check_trusted`               | `trusted_order`       |
| `new_unchecked`, `new`          | none (POLICY-6, POLICY-8)     | as given              |
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import (
    ACCEPTED,
    MAX_BPS,
    MAX_CATALOG_MODELS,
    MAX_PROVIDER_ID,
    MAX_RISK_PENALTY_MULTIPLIER_BPS,
    Refusal,
)
from calybris_spec.logic import NONE, first, implies, repeats, within
from calybris_spec.types import Model, Policy, is_model, is_policy

REFUSALS = (
    ACCEPTED,
    Refusal("POLICY_BPS_OUT_OF_RANGE", "hard_risk_limit_bps"),
    Refusal("POLICY_BPS_OUT_OF_RANGE", "minimum_confidence_bps"),
    Refusal("POLICY_BPS_OUT_OF_RANGE", "risk_penalty_multiplier_bps"),
    Refusal("POLICY_CATALOG_EMPTY", "models"),
    Refusal("POLICY_MODEL_ID_DUPLICATE", "models[{}].model_id"),
    Refusal("POLICY_PROVIDER_ID_OUT_OF_RANGE", "models[{}].provider_id"),
    Refusal("POLICY_BPS_OUT_OF_RANGE", "models[{}].quality_bps"),
    Refusal("POLICY_BPS_OUT_OF_RANGE", "models[{}].risk_ceiling_bps"),
    Refusal("POLICY_MODELS_ALL_DISABLED", "models"),
    Refusal("POLICY_CATALOG_TOO_LARGE", "models"),
    Refusal("POLICY_MODEL_ID_RESERVED", "models[{}].model_id"),
    Refusal("POLICY_ENABLED_OUT_OF_RANGE", "models[{}].enabled"),
)
HARD_RISK_LIMIT, MINIMUM_CONFIDENCE, RISK_PENALTY_MULTIPLIER, CATALOG_EMPTY = 1, 2, 3, 4
DUPLICATE_ID, PROVIDER_ID, QUALITY, RISK_CEILING, ALL_DISABLED = 5, 6, 7, 8, 9
CATALOG_TOO_LARGE, RESERVED_ID, ENABLED = 10, 11, 12


class Verdict(NamedTuple):
    """The row of REFUSALS that applies first (0: none) and the place of the model that it is about (else 0)."""

    problem: int
    place: int


VALID = Verdict(NONE, 0)


@require(lambda policy: is_policy(policy))
@ensure(lambda policy, result: (result == HARD_RISK_LIMIT) == (policy.hard_risk_limit_bps > 10_000))
@ensure(lambda result: within(NONE, result, CATALOG_EMPTY))
@ensure(
    lambda policy, result: implies(
        result > HARD_RISK_LIMIT, (result == MINIMUM_CONFIDENCE) == (policy.minimum_confidence_bps > 10_000)
    )
)
@ensure(
    lambda policy, result: implies(
        result > MINIMUM_CONFIDENCE,
        (result == RISK_PENALTY_MULTIPLIER) == (policy.risk_penalty_multiplier_bps > 50_000),
    )
)
@ensure(lambda is_empty, result: implies(result == CATALOG_EMPTY, is_empty))
@ensure(
    lambda policy, is_empty, result: (
        (result == NONE)
        == all(
            [
                policy.hard_risk_limit_bps <= 10_000,
                policy.minimum_confidence_bps <= 10_000,
                policy.risk_penalty_multiplier_bps <= 50_000,
                is_empty ^ True,
            ]
        )
    )
)
def policy_problem(policy: Policy, is_empty: bool) -> int:
    """Return the first problem with the scalars (POLICY-1), then with an empty catalog (POLICY-2)."""
    return first(
        (
            policy.hard_risk_limit_bps > MAX_BPS,
            policy.minimum_confidence_bps > MAX_BPS,
            policy.risk_penalty_multiplier_bps > MAX_RISK_PENALTY_MULTIPLIER_BPS,
            is_empty,
        )
    )


@require(lambda model: is_model(model))
@ensure(lambda is_repeat, result: (result == DUPLICATE_ID) == is_repeat)
@ensure(lambda result: (result == NONE) | within(DUPLICATE_ID, result, RISK_CEILING))
@ensure(lambda model, is_repeat, result: (result == PROVIDER_ID) == (is_repeat ^ True) & (model.provider_id > 63))
@ensure(lambda model, result: implies(result > PROVIDER_ID, (result == QUALITY) == (model.quality_bps > 10_000)))
@ensure(
    lambda model, is_repeat, result: (
        (result == NONE)
        == all(
            [is_repeat ^ True, model.provider_id <= 63, model.quality_bps <= 10_000, model.risk_ceiling_bps <= 10_000]
        )
    )
)
def model_problem(model: Model, is_repeat: bool) -> int:
    """Return the first problem with one model (POLICY-3); `is_repeat`: an earlier model has its id."""
    found = first(
        (
            is_repeat,
            model.provider_id > MAX_PROVIDER_ID,
            model.quality_bps > MAX_BPS,
            model.risk_ceiling_bps > MAX_BPS,
        )
    )
    return NONE if found == NONE else CATALOG_EMPTY + found


@require(lambda model: is_model(model))
@ensure(lambda verdict, result: implies(verdict.problem != NONE, result.problem == verdict.problem))
@ensure(lambda verdict, place, result: (result.place == place) | (result.place == verdict.place))
def check_next(verdict: Verdict, place: int, model: Model, is_repeat: bool) -> Verdict:
    """Return the verdict after one more model: the first problem found stays (POLICY-3)."""
    if verdict.problem != NONE:
        return verdict
    problem = model_problem(model, is_repeat)
    return verdict if problem == NONE else Verdict(problem, place)


def check(policy: Policy, models: tuple[Model, ...]) -> Verdict:
    """Return what `try_new` refuses first: POLICY-1, POLICY-2, then model by model POLICY-3, then POLICY-4."""
    problem = policy_problem(policy, len(models) == 0)
    if problem != NONE:
        return Verdict(problem, 0)
    verdict = VALID
    for place, (model, is_repeat) in enumerate(zip(models, repeats(tuple(m.model_id for m in models)), strict=True)):
        verdict = check_next(verdict, place, model, is_repeat)
    if verdict.problem != NONE:
        return verdict
    return Verdict(ALL_DISABLED, 0) if all([model.enabled == 0 for model in models]) else VALID


def trusted_order(models: tuple[Model, ...]) -> tuple[int, ...]:
    """Return the places of the catalog by ascending model_id; equal ids keep the order given (POLICY-7)."""
    return tuple(sorted(range(len(models)), key=lambda place: models[place].model_id))


def check_trusted(policy: Policy, models: tuple[Model, ...]) -> Verdict:
    """Return what `try_new_trusted` refuses first; the place is that in the catalog as it was given (POLICY-7)."""
    if len(models) > MAX_CATALOG_MODELS:
        return Verdict(CATALOG_TOO_LARGE, 0)
    reserved = first(tuple([model.model_id == 0 for model in models]))
    if reserved != NONE:
        return Verdict(RESERVED_ID, reserved - 1)
    out_of_range = first(tuple([model.enabled > 1 for model in models]))
    if out_of_range != NONE:
        return Verdict(ENABLED, out_of_range - 1)
    order = trusted_order(models)
    verdict = check(policy, tuple(models[place] for place in order))
    names_model = within(DUPLICATE_ID, verdict.problem, RISK_CEILING)
    return Verdict(verdict.problem, order[verdict.place] if names_model else 0)
