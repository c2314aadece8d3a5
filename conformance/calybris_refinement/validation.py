"""The bounds that the library checks, and their order, are those of the specification (POLICY-1, POLICY-3, INPUT-1 …).

A refusal of the library is an exception whose message shows the number, which no symbolic number survives. So it is the
tables of bounds that are proved here, and that what the specification accepts is accepted. That the loops over the
tables raise for the first row that applies is tested with random records (tests/differential/test_refusals.py).
"""

from __future__ import annotations

from typing import cast

from icontract import ensure, require

from calybris_ref import model as library_model
from calybris_ref import policy as library_policy
from calybris_ref.config import EngineConfig
from calybris_refinement import stand_ins
from calybris_spec.config import Config, config_problem, is_config
from calybris_spec.inputs import request_problem
from calybris_spec.logic import NONE, first
from calybris_spec.policy import CATALOG_EMPTY, model_problem, policy_problem
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request


@require(lambda policy: is_policy(policy))
@ensure(lambda result: result)
def the_scalars_of_a_policy_have_the_same_bounds_in_the_same_order(policy: Policy) -> bool:
    """POLICY-1, from the table that the library goes through."""
    above = [getattr(policy, name) > maximum for name, maximum in library_model.POLICY_BPS_BOUNDS]
    return first(tuple(above)) == policy_problem(policy, is_empty=False)


@require(lambda model: is_model(model))
@ensure(lambda result: result)
def a_model_has_the_same_bounds_in_the_same_order(model: Model) -> bool:
    """POLICY-3 behind the repeated id, from the table that the library goes through."""
    above = [getattr(model, name) > maximum for name, maximum, _ in library_policy._MODEL_BOUNDS]
    found = first((False, *above))
    return (NONE if found == NONE else CATALOG_EMPTY + found) == model_problem(model, is_repeat=False)


@require(lambda policy: is_policy(policy) & (policy_problem(policy, is_empty=False) == NONE))
@ensure(lambda result: result)
def good_scalars_are_accepted(policy: Policy) -> bool:
    """POLICY-1: nothing is raised."""
    library_policy._check_scalars(stand_ins.snapshot(policy))
    return True


@require(lambda model: is_model(model) & (model_problem(model, is_repeat=False) == NONE) & (model.enabled > 0))
@ensure(lambda result: result)
def a_catalog_of_one_good_model_is_accepted(model: Model) -> bool:
    """POLICY-2 … POLICY-4: nothing is raised."""
    library_policy._check_catalog([(0, stand_ins.model(model._replace(model_id=7)))])
    return True


@require(lambda request: is_request(request) & (request_problem(request) == NONE))
@ensure(lambda result: result)
def a_good_request_is_accepted(request: Request) -> bool:
    """INPUT-1: nothing is raised."""
    library_model.KernelInput.validate(stand_ins.request(request))
    return True


@require(lambda config: is_config(config) & (config_problem(config) == NONE))
@ensure(lambda result: result)
def a_good_configuration_is_accepted(config: Config) -> bool:
    """CONFIG-2: nothing is raised."""
    EngineConfig.validate(cast("EngineConfig", config))
    return True
