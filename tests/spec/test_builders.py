"""Builders (BUILD-1 … BUILD-3)."""

from functools import reduce

import pytest

from calybris_spec.builders import (
    MODEL_METHODS,
    REQUEST_METHODS,
    Call,
    Draft,
    draft_problem,
    new_model,
    new_request,
    set_on_model,
    set_on_request,
    snapshot_of,
)
from calybris_spec.config import Config
from calybris_spec.types import MODEL, REQUEST, Model, Policy, Request
from tests.support.specification import EXAMPLE_MODELS


def test_a_request_before_any_call() -> None:
    assert new_request(7, 2) == Request(7, 2, 0, 0, 0, 2**64 - 1, 0, 10_000, 0, 0, 0, 2**64 - 1, 0)


def test_a_model_before_any_call() -> None:
    assert new_model(1, 9) == Model(1, 9, 8_000, 9_500, 1, 200, 0, 2**64 - 1, 0, 0)


def test_every_field_but_the_names_has_one_method() -> None:
    requests = [field for fields in REQUEST_METHODS.values() for field in fields]
    assert sorted(["request_sequence", "requested_model_id", *requests]) == sorted(REQUEST)
    models = [field for fields in MODEL_METHODS.values() for field in fields]
    assert sorted(["model_id", "provider_id", *models]) == sorted(MODEL)


@pytest.mark.parametrize("method", REQUEST_METHODS)
def test_a_request_method_sets_its_fields_and_no_others(method: str) -> None:
    fields = REQUEST_METHODS[method]
    before = new_request(1, 1)
    after = set_on_request(before, Call(method, tuple(range(11, 11 + len(fields)))))
    assert after == before._replace(**dict(zip(fields, (11, 12), strict=False)))


@pytest.mark.parametrize("method", MODEL_METHODS)
def test_a_model_method_sets_its_fields_and_no_others(method: str) -> None:
    fields = MODEL_METHODS[method]
    before = new_model(1, 1)
    after = set_on_model(before, Call(method, tuple(range(11, 11 + len(fields)))))
    assert after == before._replace(**dict(zip(fields, (11, 12), strict=False)))


def test_the_later_call_counts() -> None:
    calls = [Call("enabled", (False,)), Call("quality", (1,)), Call("enabled", (True,)), Call("quality", (2,))]
    model = reduce(set_on_model, calls, new_model(1, 1))
    assert (model.enabled, type(model.enabled), model.quality_bps) == (1, int, 2)


def test_a_policy_takes_its_numbers_from_the_configuration() -> None:
    snapshot = snapshot_of(Draft(Config(), 3, 4, EXAMPLE_MODELS[::-1]))
    assert snapshot == (Policy(3, 4, 9_600, 5_500, 3_500, 2), EXAMPLE_MODELS[::-1])


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (Draft(Config(), models=EXAMPLE_MODELS), None),
        (Draft(Config(max_catalog_size=3), models=EXAMPLE_MODELS), None),
        (Draft(Config(max_catalog_size=2), models=EXAMPLE_MODELS), ("BUILD_CATALOG_TOO_LARGE", "models")),
        (Draft(Config(max_catalog_size=0), models=EXAMPLE_MODELS), ("CONFIG_CATALOG_SIZE_ZERO", "max_catalog_size")),
        (Draft(Config(max_catalog_size=1), models=EXAMPLE_MODELS[:1] * 2), ("BUILD_CATALOG_TOO_LARGE", "models")),
        (Draft(Config(), models=EXAMPLE_MODELS[:1] * 2), ("POLICY_MODEL_ID_DUPLICATE", "models[1].model_id")),
        (Draft(Config()), ("POLICY_CATALOG_EMPTY", "models")),
    ],
)
def test_what_build_refuses(draft: Draft, refusal: tuple[str, str] | None) -> None:
    assert draft_problem(draft) == refusal
