"""The theorems about the library: they hold for concrete values, and fall when the library is changed."""

from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import icontract
import pytest

from calybris_ref import kernel as library_kernel
from calybris_ref import kernel_fast as library_fast
from calybris_ref import layout as library_layout
from calybris_ref import model as library_model
from calybris_ref import policy as library_policy
from calybris_ref.model import Gate, KernelReason
from calybris_refinement import kernel, kernel_fast, layout, validation
from calybris_spec.config import Config
from calybris_spec.decision import NO_REJECTIONS
from calybris_spec.ranking import Candidate
from tests.support.specification import EXAMPLE_MODELS, EXAMPLE_POLICY, EXAMPLE_REQUEST, LIMIT_REQUEST

MODEL = EXAMPLE_MODELS[0]
EXPENSIVE = (2**96, 2**96)
# with linear money, and no limit on latency
UNLIMITED = EXAMPLE_REQUEST._replace(output_tokens=0, max_p95_latency_ms=0)
THREE = (Candidate(9, 5, 7, 2, 0), Candidate(9, 5, 7, 1, 0), Candidate(9, 4, 7, 3, 0))
CASES: list[tuple[Callable[..., bool], tuple[Any, ...]]] = [
    (kernel.the_risk_is_charged_as_specified, (EXAMPLE_POLICY, EXAMPLE_REQUEST)),
    (kernel.the_hard_limits_stop_the_same_requests, (EXAMPLE_POLICY, EXAMPLE_REQUEST)),
    (kernel.the_same_gate_dominates, (NO_REJECTIONS,)),
    (kernel.every_provider_has_its_own_bit_or_none, (63,)),
    (kernel.every_provider_has_its_own_bit_or_none, (64,)),
    *(
        (kernel.the_same_gate_fails_first, (EXAMPLE_POLICY, MODEL, EXAMPLE_REQUEST, has, allowed, shared))
        for has in (0, 1)
        for allowed in (0, 1)
        for shared in (0, 1)
    ),
    (kernel.the_same_money_is_counted, ((1, 999_999), 2**96, 0, 2**64 - 1)),
    (kernel.the_same_money_is_counted, (EXPENSIVE, 10**8, 2**96, 2**64 - 1)),
    (kernel.the_same_money_is_counted, (EXPENSIVE, 10**8, 0, 2**64 - 2)),
    *((kernel.is_assessed_as_specified, (EXAMPLE_POLICY, one, EXAMPLE_REQUEST)) for one in EXAMPLE_MODELS),
    (kernel.the_smaller_rank_is_the_better_candidate, (Candidate(1, 2, 3, 4, 5), Candidate(1, 2, 3, 4, 6))),
    *(
        (kernel_fast.the_same_candidates_are_admitted, (EXAMPLE_POLICY, MODEL, UNLIMITED, *outcomes))
        for outcomes in product((0, 1), repeat=3)
    ),
    (kernel_fast.the_same_money_is_counted, ((1, 999_999), 2**73, 0, 2**64 - 1)),
    (kernel_fast.the_same_money_is_counted, (EXPENSIVE, 2**73, 0, 2**64 - 1)),
    (kernel_fast.what_might_pass_64_bits_is_left_to_the_kernel, (2**80,)),
    (kernel_fast.what_is_not_left_to_the_kernel_fits_64_bits, (2**73,)),
    *((kernel_fast.the_best_two_of_three_are_remembered, order) for order in permutations(THREE)),
    (layout.every_record_has_the_same_fields_in_the_same_widths, ()),
    (layout.every_record_has_the_same_tag, ()),
    (validation.the_scalars_of_a_policy_have_the_same_bounds_in_the_same_order, (EXAMPLE_POLICY,)),
    (validation.a_model_has_the_same_bounds_in_the_same_order, (MODEL,)),
    (validation.good_scalars_are_accepted, (EXAMPLE_POLICY,)),
    (validation.a_catalog_of_one_good_model_is_accepted, (MODEL,)),
    (validation.a_good_request_is_accepted, (LIMIT_REQUEST._replace(risk_bps=10_000, confidence_bps=10_000),)),
    (validation.a_good_configuration_is_accepted, (Config(),)),
]


@pytest.mark.parametrize(("theorem", "arguments"), CASES)
def test_a_theorem_holds_for_concrete_values(theorem: Callable[..., bool], arguments: tuple[Any, ...]) -> None:
    assert theorem(*arguments)


WRONG: list[tuple[Any, str, Any, Callable[..., bool], tuple[Any, ...]]] = [
    (library_kernel, "_RATE_TOKENS", 1_000, kernel.the_same_money_is_counted, ((1_001, 0), 0, 0, 2**64 - 1)),
    (library_kernel, "_U64_MAX", 2**63 - 1, kernel.the_same_money_is_counted, (EXPENSIVE, 0, 0, 2**64 - 1)),
    (library_kernel, "_I64_MAX", 2**64 - 1, kernel.the_same_money_is_counted, ((0, 0), 2**96, 0, 2**64 - 1)),
    (library_kernel, "_BPS_SQUARED", 10**4, kernel.the_risk_is_charged_as_specified, (EXAMPLE_POLICY, EXAMPLE_REQUEST)),
    (library_kernel, "MAX_PROVIDER_ID", 64, kernel.every_provider_has_its_own_bit_or_none, (64,)),
    (
        library_kernel,
        "_QUALITY",
        Gate.LATENCY,
        kernel.the_same_gate_fails_first,
        (EXAMPLE_POLICY, MODEL._replace(quality_bps=0), EXAMPLE_REQUEST, 1, 1, 1),
    ),
    (
        library_kernel,
        "_DOMINANCE",
        tuple(Gate),
        kernel.the_same_gate_dominates,
        (NO_REJECTIONS,),
    ),
    (
        library_kernel,
        "_REASONS",
        dict.fromkeys(Gate, KernelReason(103)),
        kernel.the_same_gate_dominates,
        (NO_REJECTIONS,),
    ),
    (library_fast, "_RATE_TOKENS", 1_000, kernel_fast.the_same_money_is_counted, ((1_001, 0), 2**73, 0, 2**64 - 1)),
    (
        library_fast,
        "_U32_MAX",
        0,
        kernel_fast.the_same_candidates_are_admitted,
        (
            EXAMPLE_POLICY,
            MODEL,
            UNLIMITED,
            1,
            1,
            1,
        ),
    ),
    (library_layout, "MODEL", library_layout.INPUT, layout.every_record_has_the_same_fields_in_the_same_widths, ()),
    (library_layout, "INPUT_TAG", b"calyinp2\0", layout.every_record_has_the_same_tag, ()),
    (
        library_model,
        "POLICY_BPS_BOUNDS",
        library_model.POLICY_BPS_BOUNDS[::-1],
        validation.the_scalars_of_a_policy_have_the_same_bounds_in_the_same_order,
        (EXAMPLE_POLICY._replace(hard_risk_limit_bps=10_001, minimum_confidence_bps=10_001),),
    ),
    (
        library_policy,
        "_MODEL_BOUNDS",
        library_policy._MODEL_BOUNDS[1:],
        validation.a_model_has_the_same_bounds_in_the_same_order,
        (MODEL._replace(provider_id=64),),
    ),
]


@pytest.mark.parametrize(("module", "name", "wrong", "theorem", "arguments"), WRONG)
def test_a_theorem_falls_when_the_library_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    wrong: Any,
    theorem: Callable[..., bool],
    arguments: tuple[Any, ...],
) -> None:
    assert theorem(*arguments)
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises(icontract.ViolationError):
        theorem(*arguments)


def test_the_comparison_of_random_candidates_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (EXAMPLE_POLICY, EXAMPLE_MODELS[2], EXAMPLE_REQUEST)
    assert kernel.is_assessed_as_specified(*asked)
    monkeypatch.setattr(library_kernel, "_BUDGET", Gate.UTILITY)
    assert not kernel.is_assessed_as_specified(*asked)


def test_a_mask_meets_its_partner_only() -> None:
    need = 2**40
    assert kernel.Meeting(7, need) & need == 7
    with pytest.raises(AssertionError):
        kernel.Meeting(7, need) & 3
