"""What builders start from and what they change (BUILD-1 … BUILD-3)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.builders import (
    CATALOG_TOO_LARGE,
    Call,
    Draft,
    draft_problem,
    new_model,
    new_request,
    set_on_request,
    snapshot_of,
)
from calybris_spec.codes import MAX_PROVIDER_ID, Refusal
from calybris_spec.config import Config, config_problem
from calybris_spec.inputs import request_problem
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import NONE
from calybris_spec.policy import model_problem
from calybris_spec.types import Model, is_model, is_request

U16, U32, U64 = WIDTHS["u16"], WIDTHS["u32"], WIDTHS["u64"]


@require(lambda sequence, model_id: holds(U64, sequence) & holds(U32, model_id))
@ensure(lambda result: result)
def the_defaults_of_a_request_are_valid(sequence: int, model_id: int) -> bool:
    """Nothing has to be called before `build` (BUILD-1)."""
    request = new_request(sequence, model_id)
    return is_request(request) & (request_problem(request) == NONE)


@require(lambda model_id, provider_id: holds(U32, model_id) & holds(U16, provider_id) & (provider_id <= 63))
@ensure(lambda result: result)
def the_defaults_of_a_model_are_valid(model_id: int, provider_id: int) -> bool:
    """Nothing has to be called before `build` (BUILD-2)."""
    model = new_model(model_id, provider_id)
    return is_model(model) & (model_problem(model, is_repeat=False) == NONE)


@ensure(lambda result: result)
def risk_comes_before_confidence(risk: int, confidence: int) -> bool:
    """The two arguments of `risk` and of `tokens` are not swapped, and a later call replaces an earlier one."""
    request = set_on_request(new_request(1, 1), Call("risk", (confidence, risk)))
    request = set_on_request(request, Call("risk", (risk, confidence)))
    request = set_on_request(request, Call("tokens", (risk, confidence)))
    by_risk = (request.risk_bps == risk) & (request.confidence_bps == confidence)
    return by_risk & (request.input_tokens == risk) & (request.output_tokens == confidence)


@require(lambda limit, multiplier: holds(U16, limit) & holds(U16, multiplier))
@ensure(lambda result: result)
def a_policy_takes_its_numbers_from_the_configuration(limit: int, multiplier: int, penalty: int) -> bool:
    """BUILD-3: the four numbers land in their own fields, both epochs are 1."""
    config = Config(penalty, limit, limit + 1, multiplier)
    policy = snapshot_of(Draft(config)).policy
    return (
        (policy.policy_epoch == 1)
        & (policy.catalog_epoch == 1)
        & all(
            [
                policy.hard_risk_limit_bps == limit,
                policy.minimum_confidence_bps == limit + 1,
                policy.risk_penalty_multiplier_bps == multiplier,
                policy.latency_penalty_microunits_per_ms == penalty,
            ]
        )
    )


@require(lambda size, limit: holds(U64, size) & holds(U16, limit))
@ensure(lambda result: result)
def the_size_is_checked_after_the_configuration(size: int, limit: int) -> bool:
    """A catalog of two: too large exactly when the configuration is valid and allows fewer (BUILD-3)."""
    config = Config(hard_risk_limit_bps=limit, max_catalog_size=size)
    models = (new_model(1, 0), new_model(1, 0))
    too_large = draft_problem(Draft(config, models=models)) is CATALOG_TOO_LARGE
    return too_large == (config_problem(config) == NONE) & (size < 2)


@require(lambda model: is_model(model))
@ensure(lambda result: result)
def the_catalog_keeps_the_order_of_the_calls(model: Model) -> bool:
    """POLICY-5, for builders."""
    return snapshot_of(Draft(Config(), models=(model, new_model(1, 0)))).models[0] is model


@ensure(lambda result: result)
def a_draft_has_the_epochs_that_it_was_given(policy_epoch: int, catalog_epoch: int) -> bool:
    """BUILD-3: each in its own field."""
    policy = snapshot_of(Draft(Config(), policy_epoch, catalog_epoch)).policy
    return (policy.policy_epoch == policy_epoch) & (policy.catalog_epoch == catalog_epoch)


@require(lambda provider_id: holds(U16, provider_id))
@ensure(lambda result: result)
def a_draft_is_refused_as_its_policy_is(provider_id: int) -> bool:
    """BUILD-3: the third check is that of the policy, with the place of the model in the path."""
    problem = draft_problem(Draft(Config(), models=(new_model(1, 0), new_model(2, provider_id))))
    refused = Refusal("POLICY_PROVIDER_ID_OUT_OF_RANGE", "models[1].provider_id")
    return problem is None if provider_id <= MAX_PROVIDER_ID else problem == refused
