"""calybris_ref.kernel_fast: the decisions of the readable kernel, whatever is asked (DECIDE-1 … DECIDE-8, GATE)."""

import pickle
import random
from collections import Counter
from copy import copy
from dataclasses import FrozenInstanceError, replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_ref import (
    KernelDecision,
    KernelInput,
    KernelModel,
    Mismatch,
    PolicySnapshot,
    kernel,
    kernel_fast,
    verify_decision,
)
from tests.differential import cases
from tests.ref.test_kernel import EVEN, even
from tests.support import strategies as some
from tests.support.records import U64_MAX, model, policy, request, unchecked


def assert_decided_alike(snapshot: PolicySnapshot, asked: KernelInput) -> KernelDecision:
    decided, expected = kernel_fast.prescribe(snapshot, asked), kernel.prescribe(snapshot, asked)
    assert decided == expected
    assert type(decided) is KernelDecision
    # Equal is not enough: an int where a name belongs is equal to it, and not what a record holds.
    assert repr(decided) == repr(expected)
    return decided


SETS = 300


@pytest.mark.parametrize(
    ("make_policy", "make_request"),
    [
        (cases.policy, cases.request),
        (cases.unchecked_policy, cases.unchecked_request),
    ],
)
def test_decisions_at_the_limits_and_the_ends_of_the_widths(make_policy: Any, make_request: Any) -> None:
    rng = random.Random(f"{make_policy.__name__}")  # noqa: S311 - reproducible, not secret
    taken = Counter[bool]()
    for _ in range(SETS):
        drawn = make_policy(rng)
        models = [KernelModel(**one) for one in drawn["models"]]
        snapshot = PolicySnapshot.new_unchecked(**drawn | {"models": models})
        for _ in range(10):
            decided = assert_decided_alike(snapshot, KernelInput(**make_request(rng, drawn)))
            taken[decided.is_executable] += 1
    assert min(taken.values()) > SETS, "decisions and rejections"


@settings(deadline=None)
@given(st.data())
def test_any_records_at_all(data: st.DataObject) -> None:
    models = data.draw(st.lists(some.records(KernelModel), max_size=6))
    snapshot = unchecked(models)
    assert_decided_alike(snapshot, data.draw(some.records(KernelInput)))


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 4), min_size=2, max_size=7))
def test_ties_in_everything_that_ranks(drawn: list[tuple[int, int, int, int]]) -> None:
    """Ids may repeat here, so that candidates can be equal (RANK-2)."""
    models = [even(1 + number, 8_000 + quality, 10 + cost, latency) for number, quality, cost, latency in drawn]
    assert_decided_alike(unchecked(models, latency_penalty_microunits_per_ms=1), request(**EVEN))


def test_every_order_of_four() -> None:
    four = [even(1, 9_000, 1, 0), even(2, 9_000, 1, 0), even(3, 9_001, 2, 0), even(4, 8_999, 0, 0)]
    for order in permutations(four):
        decided = assert_decided_alike(policy(order, latency_penalty_microunits_per_ms=1), request(**EVEN))
        assert (decided.selected_model_id, decided.counterfactual_model_id) == (4, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"risk_bps": 9_600},
        {"risk_bps": 9_599},
        {"confidence_bps": 5_499},
        {"confidence_bps": 5_500},
        {"business_value_microunits": -1},
        {"business_value_microunits": 2**63 - 1, "confidence_bps": 2**16 - 1},
        {"input_tokens": 2**32 - 1, "output_tokens": 2**32 - 1, "budget_limit_microunits": U64_MAX},
        {"input_tokens": 2**32 - 1, "output_tokens": 2**32 - 1, "budget_limit_microunits": U64_MAX - 1},
        {"budget_limit_microunits": 0},
        {"allowed_provider_mask": 0},
    ],
)
def test_what_is_left_to_the_kernel_and_what_is_just_not(changes: dict[str, int]) -> None:
    dear = {"input_cost_microunits_per_million_tokens": U64_MAX, "output_cost_microunits_per_million_tokens": U64_MAX}
    for models in ([model()], [model(quality_bps=2**16 - 1)], [model(**dear)], [model(), model(2, enabled=0)], []):
        assert_decided_alike(unchecked(models), request(**changes))


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537])
def test_counts_and_indexes_end_at_their_width(size: int) -> None:
    decided = assert_decided_alike(unchecked([*[model(2, quality_bps=5_000)] * (size - 1), model(1)]), request())
    assert (decided.evaluated_models, decided.eligible_models) == (65_535, 65_535)


def test_the_models_that_are_off_have_no_row() -> None:
    snapshot = policy([model(1, enabled=0), model(2, enabled=255)])
    assert [(candidate.index, candidate.model_id) for candidate in snapshot.candidates] == [(1, 2)]
    assert snapshot.prescribe(request()).evaluated_models == 2


def test_a_decision_is_frozen_like_any_other() -> None:
    decided = policy().prescribe(request())
    with pytest.raises(FrozenInstanceError):
        decided.selected_model_id = 9  # type: ignore[misc]  # that it is refused is the point
    assert (pickle.loads(pickle.dumps(decided)), copy(decided), replace(decided)) == (decided,) * 3  # noqa: S301 - our own
    assert hash(decided) == hash(kernel.prescribe(policy(), request()))


def test_verification_does_not_trust_the_fast_path(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, asked = policy(), request()
    wrong = replace(snapshot.prescribe(asked), eligible_models=2)
    monkeypatch.setattr(kernel_fast, "prescribe", lambda *_: wrong)
    assert isinstance(verify_decision(snapshot, asked, snapshot.prescribe(asked)), Mismatch)
