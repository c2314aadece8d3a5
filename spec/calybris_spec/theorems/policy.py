"""The order of a policy's checks, on whole catalogs of one and two models (POLICY-1 … POLICY-7)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.logic import NONE, implies, no, within
from calybris_spec.policy import (
    ALL_DISABLED,
    CATALOG_EMPTY,
    DUPLICATE_ID,
    ENABLED,
    RESERVED_ID,
    RISK_CEILING,
    VALID,
    check,
    check_trusted,
    model_problem,
    policy_problem,
    trusted_order,
)
from calybris_spec.types import Model, Policy, is_model, is_policy


@require(lambda policy: is_policy(policy))
@ensure(lambda result: result)
def an_empty_catalog_is_refused_after_the_scalars(policy: Policy) -> bool:
    """POLICY-1 before POLICY-2."""
    return check(policy, ()).problem == policy_problem(policy, is_empty=True)


@require(lambda policy, model: is_policy(policy) & is_model(model))
@ensure(lambda result: result)
def a_catalog_of_one_is_checked_scalars_then_model_then_enabled(policy: Policy, model: Model) -> bool:
    """POLICY-1, POLICY-3, POLICY-4: each is reported exactly when everything before it holds."""
    problem = check(policy, (model,)).problem
    scalars = policy_problem(policy, is_empty=False)
    own = model_problem(model, is_repeat=False)
    return all(
        [
            implies(scalars != NONE, problem == scalars),
            implies((scalars == NONE) & (own != NONE), problem == own),
            (problem == ALL_DISABLED) == ((scalars == NONE) & (own == NONE) & (model.enabled == 0)),
            (problem == NONE) == ((scalars == NONE) & (own == NONE) & (model.enabled >= 1)),
        ]
    )


@require(lambda one, other: is_model(one) & is_model(other))
@ensure(lambda result: result)
def the_first_model_is_checked_wholly_before_the_second(one: Model, other: Model) -> bool:
    """One pass over the catalog, not one pass per check (POLICY-3)."""
    verdict = check(Policy(1, 1, 9_600, 5_500, 3_500, 2), (one, other))
    first_problem = model_problem(one, is_repeat=False)
    second_problem = model_problem(other, is_repeat=one.model_id == other.model_id)
    both_off = (one.enabled == 0) & (other.enabled == 0)
    return all(
        [
            implies(first_problem != NONE, (verdict.problem == first_problem) & (verdict.place == 0)),
            implies(
                (first_problem == NONE) & (second_problem != NONE),
                (verdict.problem == second_problem) & (verdict.place == 1),
            ),
            (verdict.problem == ALL_DISABLED) == ((first_problem == NONE) & (second_problem == NONE) & both_off),
            (verdict == VALID) == ((first_problem == NONE) & (second_problem == NONE) & no(both_off)),
        ]
    )


@require(lambda policy, one, other: is_policy(policy) & is_model(one) & is_model(other))
@ensure(lambda result: result)
def trusted_asks_for_ids_then_flags_before_anything_else(policy: Policy, one: Model, other: Model) -> bool:
    """Two whole passes, before the scalars (POLICY-7)."""
    problem, place = check_trusted(policy, (one, other))
    reserved = (one.model_id == 0) | (other.model_id == 0)
    out_of_range = (one.enabled > 1) | (other.enabled > 1)
    return all(
        [
            (problem == RESERVED_ID) == reserved,
            implies(reserved, (place == 0) == (one.model_id == 0)),
            (problem == ENABLED) == (out_of_range & no(reserved)),
            implies(out_of_range & no(reserved), (place == 0) == (one.enabled > 1)),
        ]
    )


@require(lambda one, other: is_model(one) & is_model(other))
@require(lambda one, other: within(1, one.model_id, 9) & within(1, other.model_id, 9))
@require(lambda one, other: (one.enabled == 1) & (other.enabled == 1))
@ensure(lambda result: result)
def trusted_visits_by_id_and_names_the_place_given(one: Model, other: Model) -> bool:
    """The model with the lower id is found first, and named by its place in the catalog as given (POLICY-7)."""
    problem, place = check_trusted(Policy(1, 1, 9_600, 5_500, 3_500, 2), (one, other))
    swapped = one.model_id > other.model_id
    low = other if swapped else one
    low_problem = model_problem(low, is_repeat=False)
    names_low = implies(low_problem != NONE, (problem == low_problem) & (place == int(swapped)))
    names_model = within(DUPLICATE_ID, problem, RISK_CEILING)
    return names_low & implies(names_model & (low_problem == NONE), place == int(no(swapped)))


@require(lambda one, other: is_model(one) & is_model(other))
@ensure(lambda result: result)
def trusted_order_is_ascending_and_stable(one: Model, other: Model) -> bool:
    """Only a higher id stands behind a lower one; equal ids stay as given (POLICY-7)."""
    return (trusted_order((one, other)) == (1, 0)) == (one.model_id > other.model_id)


@require(lambda policy: is_policy(policy))
@ensure(lambda result: result)
def no_catalog_is_worse_than_a_scalar(policy: Policy) -> bool:
    """A catalog that is not empty never turns a scalar's problem into another."""
    return implies(
        policy_problem(policy, True) < CATALOG_EMPTY, policy_problem(policy, True) == policy_problem(policy, False)
    )
