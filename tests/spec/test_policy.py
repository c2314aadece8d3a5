"""What the constructors refuse, and in which order (POLICY-1 … POLICY-7)."""

from itertools import combinations

import pytest

from calybris_spec.policy import REFUSALS, VALID, check, check_trusted, trusted_order
from calybris_spec.types import Model, Policy
from tests.support.specification import EXAMPLE_MODELS, EXAMPLE_POLICY

A, B, C = EXAMPLE_MODELS


def refused(policy: Policy, models: tuple[Model, ...], trusted: bool = False) -> str:
    verdict = (check_trusted if trusted else check)(policy, models)
    refusal = REFUSALS[verdict.problem]
    return f"{refusal.code} {refusal.at.format(verdict.place)}".strip()


@pytest.mark.parametrize("trusted", [False, True])
def test_the_running_example_is_valid(trusted: bool) -> None:
    assert refused(EXAMPLE_POLICY, EXAMPLE_MODELS, trusted) == ""


@pytest.mark.parametrize(
    ("field", "limit"),
    [
        ("hard_risk_limit_bps", 10_000),
        ("minimum_confidence_bps", 10_000),
        ("risk_penalty_multiplier_bps", 50_000),
    ],
)
def test_scalar_bounds(field: str, limit: int) -> None:
    assert refused(EXAMPLE_POLICY._replace(**{field: limit}), EXAMPLE_MODELS) == ""
    assert refused(EXAMPLE_POLICY._replace(**{field: limit + 1}), EXAMPLE_MODELS) == f"POLICY_BPS_OUT_OF_RANGE {field}"


# Every fault that one model or scalar can have, in the order in which `try_new` finds them.
FAULTS = {
    "hard_risk_limit_bps": "POLICY_BPS_OUT_OF_RANGE hard_risk_limit_bps",
    "minimum_confidence_bps": "POLICY_BPS_OUT_OF_RANGE minimum_confidence_bps",
    "risk_penalty_multiplier_bps": "POLICY_BPS_OUT_OF_RANGE risk_penalty_multiplier_bps",
    "provider_id": "POLICY_PROVIDER_ID_OUT_OF_RANGE models[0].provider_id",
    "quality_bps": "POLICY_BPS_OUT_OF_RANGE models[0].quality_bps",
    "risk_ceiling_bps": "POLICY_BPS_OUT_OF_RANGE models[0].risk_ceiling_bps",
    "enabled": "POLICY_MODELS_ALL_DISABLED models",
}


@pytest.mark.parametrize(("earlier", "later"), list(combinations(FAULTS, 2)))
def test_the_earlier_of_two_faults_is_refused(earlier: str, later: str) -> None:
    policy, model = EXAMPLE_POLICY, A
    for field in (earlier, later):
        value = 0 if field == "enabled" else 65_535
        if field in Policy._fields:
            policy = policy._replace(**{field: value})
        else:
            model = model._replace(**{field: value})
    assert refused(policy, (model,)) == FAULTS[earlier]


def test_an_empty_catalog_comes_after_the_scalars() -> None:
    assert refused(EXAMPLE_POLICY, ()) == "POLICY_CATALOG_EMPTY models"
    assert refused(EXAMPLE_POLICY._replace(risk_penalty_multiplier_bps=50_001), ()).endswith("multiplier_bps")


def test_a_duplicate_is_the_second_of_the_two() -> None:
    assert refused(EXAMPLE_POLICY, (A, B, A)) == "POLICY_MODEL_ID_DUPLICATE models[2].model_id"


def test_the_first_faulty_model_is_refused_whatever_its_fault() -> None:
    late = A._replace(risk_ceiling_bps=10_001)
    assert refused(EXAMPLE_POLICY, (late, A)) == "POLICY_BPS_OUT_OF_RANGE models[0].risk_ceiling_bps"


def test_one_enabled_model_is_enough() -> None:
    off = [model._replace(enabled=0) for model in EXAMPLE_MODELS]
    assert refused(EXAMPLE_POLICY, (*off[:2], C)) == ""
    assert refused(EXAMPLE_POLICY, tuple(off)) == "POLICY_MODELS_ALL_DISABLED models"


def test_try_new_accepts_what_trusted_refuses() -> None:
    models = (A._replace(model_id=0), B._replace(enabled=255))
    assert check(EXAMPLE_POLICY, models) == VALID
    assert refused(EXAMPLE_POLICY, models, trusted=True) == "POLICY_MODEL_ID_RESERVED models[0].model_id"
    assert refused(EXAMPLE_POLICY, models[1:], trusted=True) == "POLICY_ENABLED_OUT_OF_RANGE models[0].enabled"


def test_trusted_looks_for_ids_in_the_whole_catalog_before_flags_and_scalars() -> None:
    policy = EXAMPLE_POLICY._replace(hard_risk_limit_bps=10_001)
    models = (A._replace(enabled=2), B, C._replace(model_id=0))
    assert refused(policy, models, trusted=True) == "POLICY_MODEL_ID_RESERVED models[2].model_id"


def test_trusted_takes_65535_models_and_no_more() -> None:
    models = tuple(A._replace(model_id=place) for place in range(65_536, 0, -1))
    assert refused(EXAMPLE_POLICY, models, trusted=True) == "POLICY_CATALOG_TOO_LARGE models"


def test_trusted_visits_by_id_and_names_places_as_given() -> None:
    models = (A._replace(model_id=9, provider_id=64), A._replace(model_id=3, quality_bps=10_001))
    assert refused(EXAMPLE_POLICY, models) == "POLICY_PROVIDER_ID_OUT_OF_RANGE models[0].provider_id"
    assert refused(EXAMPLE_POLICY, models, trusted=True) == "POLICY_BPS_OUT_OF_RANGE models[1].quality_bps"


def test_trusted_names_no_model_when_none_is_at_fault() -> None:
    models = (B._replace(enabled=0), A._replace(enabled=0))
    assert check_trusted(EXAMPLE_POLICY, models).place == 0


def test_trusted_order_is_stable() -> None:
    assert trusted_order((B, A, B, A)) == (1, 3, 0, 2)
