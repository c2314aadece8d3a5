"""calybris_ref.policy: the four constructors and what they refuse (TYPES-4, POLICY-1 … POLICY-8)."""

import copy
import dataclasses
import pickle
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from calybris_ref import KernelModel, PolicyError, PolicySnapshot, RecordError, WidthError
from tests.support import records
from tests.support.records import model

VALIDATING = [PolicySnapshot.try_new, PolicySnapshot.try_new_trusted]
CONSTRUCTORS: list[Callable[..., PolicySnapshot]] = [*VALIDATING, PolicySnapshot.new_unchecked]

each_constructor = pytest.mark.parametrize("construct", CONSTRUCTORS, ids=lambda method: method.__name__)
each_validating = pytest.mark.parametrize("construct", VALIDATING, ids=lambda method: method.__name__)


def refusal(construct: Callable[..., PolicySnapshot], models: Iterable[KernelModel], **changes: Any) -> PolicyError:
    """The error with which a constructor refuses the ordinary policy with these changes."""
    with pytest.raises(PolicyError) as refused:
        construct(**{**records.POLICY, **changes}, models=models)
    return refused.value


def ids(snapshot: PolicySnapshot) -> list[int]:
    return [candidate.model_id for candidate in snapshot.models]


@each_constructor
def test_a_policy_keeps_its_seven_fields(construct: Callable[..., PolicySnapshot]) -> None:
    by_name = construct(**records.POLICY, models=iter([model()]))
    by_place = construct(*records.POLICY.values(), [model()])
    assert by_name == by_place
    assert hash(by_name) == hash(by_place)
    assert by_name.models == (model(),)
    for name, value in records.POLICY.items():
        assert getattr(by_name, name) == value


def test_the_order_of_the_catalog_is_the_constructor_s() -> None:
    given = [model(3), model(1), model(2)]
    assert ids(PolicySnapshot.try_new(**records.POLICY, models=given)) == [3, 1, 2]
    assert ids(PolicySnapshot.new_unchecked(**records.POLICY, models=given)) == [3, 1, 2]
    assert ids(PolicySnapshot.try_new_trusted(**records.POLICY, models=given)) == [1, 2, 3]


@each_validating
@pytest.mark.parametrize(
    ("field", "maximum"),
    [("hard_risk_limit_bps", 10_000), ("minimum_confidence_bps", 10_000), ("risk_penalty_multiplier_bps", 50_000)],
)
def test_a_bound_on_a_proportion_is_inclusive(
    construct: Callable[..., PolicySnapshot], field: str, maximum: int
) -> None:
    construct(**{**records.POLICY, field: maximum}, models=[model()])
    error = refusal(construct, [model()], **{field: maximum + 1})
    assert (error.code, error.at) == ("POLICY_BPS_OUT_OF_RANGE", field)
    assert (error.value, error.maximum, error.model_id) == (maximum + 1, maximum, None)


@each_validating
@pytest.mark.parametrize(
    ("field", "maximum", "code"),
    [
        ("provider_id", 63, "POLICY_PROVIDER_ID_OUT_OF_RANGE"),
        ("quality_bps", 10_000, "POLICY_BPS_OUT_OF_RANGE"),
        ("risk_ceiling_bps", 10_000, "POLICY_BPS_OUT_OF_RANGE"),
    ],
)
def test_a_bound_on_a_model_is_inclusive_and_names_the_model(
    construct: Callable[..., PolicySnapshot], field: str, maximum: int, code: str
) -> None:
    construct(**records.POLICY, models=[model(1), model(2, **{field: maximum})])
    error = refusal(construct, [model(1), model(2, **{field: maximum + 1})])
    assert (error.code, error.at) == (code, f"models[1].{field}")
    assert (error.value, error.maximum, error.model_id) == (maximum + 1, maximum, 2)


# Each entry breaks one more rule than the one after it: the first rule in the clauses' order is the one reported.
ORDER: list[tuple[str, str, dict[str, int], dict[str, int]]] = [
    ("POLICY_BPS_OUT_OF_RANGE", "hard_risk_limit_bps", {"hard_risk_limit_bps": 10_001}, {}),
    ("POLICY_BPS_OUT_OF_RANGE", "minimum_confidence_bps", {"minimum_confidence_bps": 10_001}, {}),
    ("POLICY_BPS_OUT_OF_RANGE", "risk_penalty_multiplier_bps", {"risk_penalty_multiplier_bps": 50_001}, {}),
    ("POLICY_MODEL_ID_DUPLICATE", "models[1].model_id", {}, {"model_id": 1}),
    ("POLICY_PROVIDER_ID_OUT_OF_RANGE", "models[1].provider_id", {}, {"provider_id": 64}),
    ("POLICY_BPS_OUT_OF_RANGE", "models[1].quality_bps", {}, {"quality_bps": 10_001}),
    ("POLICY_BPS_OUT_OF_RANGE", "models[1].risk_ceiling_bps", {}, {"risk_ceiling_bps": 10_001}),
    ("POLICY_MODELS_ALL_DISABLED", "models", {}, {"enabled": 0}),
]


@each_validating
@pytest.mark.parametrize("place", range(len(ORDER)), ids=lambda place: ORDER[place][1])
def test_the_first_rule_broken_is_the_one_reported(construct: Callable[..., PolicySnapshot], place: int) -> None:
    code, at, _, _ = ORDER[place]
    scalars = {key: value for entry in ORDER[place:] for key, value in entry[2].items()}
    second = {key: value for entry in reversed(ORDER[place:]) for key, value in entry[3].items()}
    error = refusal(construct, [model(1, enabled=0), model(**{"model_id": 2, **second})], **scalars)
    assert (error.code, error.at) == (code, at)


@each_validating
def test_a_catalog_holds_a_model(construct: Callable[..., PolicySnapshot]) -> None:
    error = refusal(construct, [])
    assert (error.code, error.at) == ("POLICY_CATALOG_EMPTY", "models")
    assert refusal(construct, [], hard_risk_limit_bps=10_001).at == "hard_risk_limit_bps"


@each_validating
def test_models_are_checked_one_after_another(construct: Callable[..., PolicySnapshot]) -> None:
    error = refusal(construct, [model(1, risk_ceiling_bps=10_001), model(2, provider_id=64), model(2)])
    assert error.at == "models[0].risk_ceiling_bps"


@each_validating
def test_an_id_that_stands_twice_is_found_wherever_it_stands(construct: Callable[..., PolicySnapshot]) -> None:
    error = refusal(construct, [model(7), model(8), model(7)])
    assert (error.code, error.at, error.model_id) == ("POLICY_MODEL_ID_DUPLICATE", "models[2].model_id", 7)


@each_validating
def test_one_enabled_model_is_enough(construct: Callable[..., PolicySnapshot]) -> None:
    construct(**records.POLICY, models=[model(1, enabled=0), model(2), model(3, enabled=0)])


def test_any_enabled_value_but_zero_counts_as_enabled_for_try_new() -> None:
    records.policy([model(enabled=255)])


def test_unchecked_checks_nothing_but_widths() -> None:
    wrong = [model(0, provider_id=65_535, quality_bps=65_535, risk_ceiling_bps=65_535, enabled=0)] * 2
    extreme = dict.fromkeys(("hard_risk_limit_bps", "minimum_confidence_bps", "risk_penalty_multiplier_bps"), 65_535)
    assert len(records.unchecked(wrong, **extreme).models) == 2
    assert records.unchecked([]).models == ()
    with pytest.raises(PolicyError):
        records.unchecked([]).validate()


def test_new_is_unchecked_and_says_that_it_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match="try_new") as warned:
        snapshot = PolicySnapshot.new(**records.POLICY, models=[])
    assert snapshot == records.unchecked([])
    assert warned[0].filename == __file__


def test_a_trusted_policy_reserves_id_zero_and_the_other_values_of_enabled() -> None:
    error = refusal(PolicySnapshot.try_new_trusted, [model(1), model(0)])
    assert (error.code, error.at, error.model_id) == ("POLICY_MODEL_ID_RESERVED", "models[1].model_id", 0)
    error = refusal(PolicySnapshot.try_new_trusted, [model(1), model(5, enabled=2)])
    assert (error.code, error.at) == ("POLICY_ENABLED_OUT_OF_RANGE", "models[1].enabled")
    assert (error.value, error.maximum, error.model_id) == (2, 1, 5)


def test_the_trusted_rules_go_over_the_whole_catalog_before_anything_else() -> None:
    given = [model(5, enabled=2, quality_bps=10_001), model(0)]
    error = refusal(PolicySnapshot.try_new_trusted, given, hard_risk_limit_bps=10_001)
    assert error.code == "POLICY_MODEL_ID_RESERVED"
    error = refusal(PolicySnapshot.try_new_trusted, [model(5, enabled=2)], hard_risk_limit_bps=10_001)
    assert error.code == "POLICY_ENABLED_OUT_OF_RANGE"


def test_a_trusted_policy_checks_the_sorted_catalog_and_reports_places_in_the_given_one() -> None:
    given = [model(9, provider_id=65), model(4), model(3, provider_id=64)]
    assert refusal(PolicySnapshot.try_new_trusted, given).at == "models[2].provider_id"
    given = [model(9), model(3, quality_bps=7), model(9, quality_bps=10_001), model(3)]
    error = refusal(PolicySnapshot.try_new_trusted, given)
    assert (error.code, error.at) == ("POLICY_MODEL_ID_DUPLICATE", "models[3].model_id")


def test_a_trusted_policy_holds_as_many_models_as_an_index_can_name() -> None:
    full = [model(number) for number in range(1, 65_536)]
    assert len(PolicySnapshot.try_new_trusted(**records.POLICY, models=full).models) == 65_535
    error = refusal(PolicySnapshot.try_new_trusted, [*full, model(0, enabled=2)], hard_risk_limit_bps=10_001)
    assert (error.code, error.at) == ("POLICY_CATALOG_TOO_LARGE", "models")
    assert (error.value, error.maximum) == (65_536, 65_535)


@each_constructor
@pytest.mark.parametrize("field", records.POLICY)
def test_a_number_outside_its_width_is_refused(construct: Callable[..., PolicySnapshot], field: str) -> None:
    for value in (-1, 2**64, True, 1.0, None):
        with pytest.raises(WidthError) as refused:
            construct(**{**records.POLICY, field: value}, models=[])
        assert refused.value.at == field


@each_constructor
@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (5, "models: an iterable of KernelModel is needed, not int"),
        (None, "models: an iterable of KernelModel is needed, not NoneType"),
        ([{}], "models[0]: a KernelModel is needed, not dict"),
        ((model(), "model"), "models[1]: a KernelModel is needed, not str"),
        ([None], "models[0]: a KernelModel is needed, not NoneType"),
    ],
    ids=str,
)
def test_a_catalog_is_an_iterable_of_models(
    construct: Callable[..., PolicySnapshot], models: Any, sentence: str
) -> None:
    with pytest.raises(RecordError) as refused:
        construct(**records.POLICY, models=models)
    assert (refused.value.code, str(refused.value)) == ("RECORD_TYPE_INVALID", sentence)


def test_a_plain_call_is_refused_because_it_would_not_say_what_is_checked() -> None:
    with pytest.raises(TypeError, match="try_new"):
        PolicySnapshot(**records.POLICY, models=[])
    with pytest.raises(TypeError, match="try_new"):
        dataclasses.replace(records.policy(), hard_risk_limit_bps=0)


def test_a_policy_cannot_be_changed() -> None:
    snapshot = records.policy()
    with pytest.raises(AttributeError):
        snapshot.policy_epoch = 9  # type: ignore[misc]  # the assignment that must fail
    assert not hasattr(snapshot, "__dict__")


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])  # noqa: S301 - our own bytes
def test_a_policy_survives_the_way_to_another_process(clone: Callable[[PolicySnapshot], PolicySnapshot]) -> None:
    snapshot = records.policy()
    assert clone(snapshot) == snapshot
    assert clone(snapshot).prescribe(records.request()) == snapshot.prescribe(records.request())


def test_what_is_derived_is_neither_compared_nor_shown() -> None:
    assert "rows" not in repr(records.policy())
    assert "rows" not in records.policy().to_dict()


def test_a_policy_comes_back_from_json_and_is_validated() -> None:
    snapshot = records.policy([model(3), model(1)])
    document = snapshot.to_dict()
    assert list(document) == [*records.POLICY, "models"]
    assert PolicySnapshot.from_dict(document) == snapshot
    with pytest.raises(PolicyError) as refused:
        PolicySnapshot.from_dict({**document, "models": []})
    assert refused.value.code == "POLICY_CATALOG_EMPTY"


@pytest.mark.parametrize(
    ("models", "code", "at"),
    [
        ({}, "RECORD_TYPE_INVALID", "models"),
        ([7], "RECORD_TYPE_INVALID", "models[0]"),
        ([model().to_dict(), {}], "RECORD_KEY_MISSING", "models[1].model_id"),
        ([{**model().to_dict(), "enabled": 256}], "INTEGER_OUT_OF_RANGE", "models[0].enabled"),
    ],
)
def test_a_catalog_in_json_is_refused_with_the_path_of_the_fault(models: Any, code: str, at: str) -> None:
    with pytest.raises((RecordError, WidthError)) as refused:
        PolicySnapshot.from_dict({**records.POLICY, "models": models})
    assert (refused.value.code, refused.value.at) == (code, at)


def test_the_methods_are_the_kernel() -> None:
    snapshot, request = records.policy(), records.request()
    decision = snapshot.prescribe(request)
    assert decision.expected_utility_microunits == records.UTILITY
    assert snapshot.prescribe_with_trace(request)[0] == decision
    assert snapshot.prescribe_batch([request, request]) == [decision, decision]
    assert snapshot.utility_for_model(request, 1) == records.UTILITY
    assert snapshot.explain(request)[0].utility_microunits == records.UTILITY
