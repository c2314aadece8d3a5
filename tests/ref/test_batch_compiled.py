"""calybris_ref.batch_compiled: the function as Python runs it, without numba.

Coverage cannot see into compiled code. Uncompiled, every branch of the function is seen and compared with the kernel,
and numpy warns, which is an error here, of an operation that would wrap around.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import calybris_ref
from calybris_ref import (
    KernelInput,
    KernelReason,
    PolicySnapshot,
    batch_arrays,
    batch_columns,
    batch_compiled,
    compiling,
)
from calybris_ref.record import columns
from tests.support import records
from tests.support import strategies as some

U16, U32, U64, I64 = 2**16 - 1, 2**32 - 1, 2**64 - 1, 2**63 - 1


def as_arrays(requests: Sequence[KernelInput]) -> dict[str, Any]:
    kinds = {"u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "i64": np.int64}
    return {
        column.name: np.array([getattr(one, column.name) for one in requests], kinds[column.width.name])
        for column in columns(KernelInput)
        if column.width
    }


def check(snapshot: PolicySnapshot, *requests: KernelInput, uncompiled: bool = True) -> dict[str, list[int]]:
    """The kernel, the compiled function and the uncompiled one give the same answers, with a histogram and without."""
    asked = as_arrays(requests)
    expected = batch_columns.decide(snapshot, {name: column.tolist() for name, column in asked.items()}, traced=True)
    compiled = batch_arrays.decide(snapshot, asked, 1, traced=True)
    with pytest.MonkeyPatch.context() as patch:
        if uncompiled:
            patch.setattr(batch_compiled, "decide_rows", batch_compiled.decide_rows.py_func)
        traced = batch_arrays.decide(snapshot, asked, 1, traced=True)
        untraced, nothing = batch_arrays.decide(snapshot, asked, 1, traced=False)
    for answers in (compiled, traced):
        for expected_columns, actual in zip(expected, answers, strict=True):
            assert {name: column.tolist() for name, column in actual.items()} == expected_columns
    assert {name: column.tolist() for name, column in untraced.items()} == expected[0]
    assert {len(column) for column in nothing.values()} == {0}
    return expected[0]


@given(
    st.one_of(some.snapshots(), some.snapshots(some.models)),
    st.lists(st.one_of(some.friendly_requests, some.requests), min_size=1, max_size=6),
)
@settings(max_examples=150)
def test_compiled_and_uncompiled_and_the_kernel_agree(snapshot: PolicySnapshot, requests: list[KernelInput]) -> None:
    check(snapshot, *requests)


def open_to(**changes: int) -> KernelInput:
    """A request that nothing but money decides about."""
    return records.request(
        **{
            "budget_limit_microunits": U64,
            "risk_bps": 0,
            "minimum_quality_bps": 0,
            "max_p95_latency_ms": 0,
            "required_region_mask": 0,
            "business_value_microunits": I64,
            **changes,
        }
    )


def test_every_reason() -> None:
    refused = {
        "enabled": 0,
        "quality_bps": 4_999,
        "p95_latency_ms": 1_001,
        "capabilities": 0,
        "provider_id": 64,
        "region_mask": 0,
        "risk_ceiling_bps": 999,
        "input_cost_microunits_per_million_tokens": 2**40,
    }
    found = {
        check(records.unchecked([records.model(**{key: value})]), records.request())["reason"][0]
        for key, value in refused.items()
    }
    found |= {
        check(records.policy(), records.request(**changes))["reason"][0]
        for changes in (
            {},
            {"requested_model_id": 9},
            {"risk_bps": 9_600},
            {"confidence_bps": 5_499},
            {"business_value_microunits": -1},
        )
    }
    assert found == set(map(int, KernelReason))


@pytest.mark.parametrize("order", list(permutations([1, 2, 3, 4])))
def test_candidates_in_any_order(order: tuple[int, ...]) -> None:
    """Best, second, and those that are neither; two of them equal but for the id (RANK-1, RANK-3)."""
    models = [records.model(place, p95_latency_ms=200 + max(place, 2)) for place in order]
    decided = check(records.policy(models), records.request())
    assert (decided["selected_model_id"], decided["counterfactual_model_id"]) == ([1], [2])


def test_dominance_of_every_pair_of_gates() -> None:
    faults: list[dict[str, int]] = [
        {"enabled": 0},
        {"quality_bps": 4_999},
        {"p95_latency_ms": 1_001},
        {"capabilities": 0},
        {"provider_id": 64},
        {"region_mask": 0},
        {"risk_ceiling_bps": 999},
        {"input_cost_microunits_per_million_tokens": 2**40},
        {"p95_latency_ms": 1_000},  # dear to a request of little value
    ]
    for one in faults:
        for other in faults:
            models = [records.model(1, **one), records.model(2, **other), records.model(3, **other)]
            check(records.unchecked(models), records.request(business_value_microunits=9_000))
            check(records.unchecked(models[:2]), records.request(business_value_microunits=9_000))


@pytest.mark.parametrize("penalty", [0, 1, 2**32, U64])
@pytest.mark.parametrize("quality", [0, 1, 10_000, U16])
def test_values_where_the_way_of_computing_changes(penalty: int, quality: int) -> None:
    models = [
        records.model(place, quality_bps=quality, p95_latency_ms=latency) for place, latency in ((1, 0), (2, U32))
    ]
    snapshot = records.unchecked(models, latency_penalty_microunits_per_ms=penalty, risk_penalty_multiplier_bps=U16)
    check(
        snapshot,
        *(
            open_to(business_value_microunits=value, confidence_bps=confidence, risk_bps=risk, input_tokens=tokens)
            for exponent in (61, 62, 63)
            for value in (2**exponent - 1, min(2**exponent, I64))
            for confidence in (5_500, 10_000, U16)
            for risk in (0, 1, 9_000)
            for tokens in (0, U32)
        ),
    )


@pytest.mark.parametrize("side", ["input", "output"])
@pytest.mark.parametrize("tokens", [1, 10**6, U32 - 1, U32])
def test_rates_where_the_cost_leaves_64_bits(side: str, tokens: int) -> None:
    rate = min(U64 * 10**6 // tokens, U64)
    for one in (rate - 1, rate, min(rate + 1, U64), 2_048 * 10**6 - 1, 2_048 * 10**6):
        for other in (0, 2 * 10**6, U64):
            rates = {f"{side}_cost_microunits_per_million_tokens": one}
            rates = {f"{name}_cost_microunits_per_million_tokens": other for name in ("input", "output")} | rates
            check(
                records.unchecked([records.model(**rates)]),
                open_to(**{f"{side}_tokens": tokens}, confidence_bps=U16),
                open_to(**{f"{side}_tokens": tokens}, confidence_bps=U16, budget_limit_microunits=U64 - 1),
            )


def test_catalogs_beyond_every_count() -> None:
    """A winner and counts beyond the 65,535th place (DECIDE-5, DECIDE-6)."""
    slow = [records.model(place, p95_latency_ms=1_001) for place in range(1, 65_538)]
    decided = check(records.unchecked([*slow, records.model(7)]), records.request(), uncompiled=False)
    assert (decided["selected_model_index"], decided["evaluated_models"]) == ([65_535], [65_535])
    # One more is too risky than too slow, but not as the counts are written (DECIDE-3).
    risky = [records.model(place, risk_ceiling_bps=0) for place in range(1, 65_539)]
    decided = check(records.unchecked([*slow, *risky]), records.request(), uncompiled=False)
    assert decided["reason"] == [KernelReason.LATENCY_CONSTRAINT]
    many = [records.model(place) for place in range(1, 65_538)]
    decided = check(records.unchecked(many), records.request(), uncompiled=False)
    assert decided["eligible_models"] == [65_535]


def run(code: str, folder: Path, **environment: str) -> str:
    """What a process of its own prints, started in a folder."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


DECIDED_ONCE = """
import numpy, sys
from calybris_ref import KernelModel, PolicySnapshot, batch_compiled, prescribe_columns
from calybris_ref.model import KernelInput
from calybris_ref.record import columns
policy = PolicySnapshot.try_new(1, 1, 9_600, 5_500, 3_500, 2, [KernelModel(1, 0, 8_000, 9_500, 1, 100, 0, 1, 10, 10)])
values = (7, 1, 10, 10, 10**6, 10**6, 0, 9_000, 0, 0, 0, 2**64 - 1, 0)
asked = {column.name: numpy.array([value], "O") for column, value in zip(columns(KernelInput), values)}
print(prescribe_columns(policy, asked)["action"][0], len(batch_compiled.decide_rows.stats.cache_hits))
print(batch_compiled.decide_rows.stats.cache_path)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a copy of the package in which nobody may write, not even who may write everywhere."""
    copy = tmp_path / "site" / "calybris_ref"
    shutil.copytree(Path(calybris_ref.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "__pycache__").write_text("a file, so that no folder can be made here")
    return copy.parent


def test_what_was_compiled_is_kept_for_the_next_process(package: Path, tmp_path: Path) -> None:
    """In the user's folder when the package's own is closed."""
    environment = {"PYTHONPATH": str(package), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    answers = [run(DECIDED_ONCE, tmp_path, **environment).splitlines() for _ in range(2)]
    assert [first for first, _ in answers] == ["1 0", "1 1"]
    assert all(Path(path).is_relative_to(tmp_path) for _, path in answers)


def test_without_a_place_to_keep_it_everything_works(package: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.write_text("a file, so that no folder can be made here")
    environment = {"PYTHONPATH": str(package), "HOME": str(closed), "XDG_CACHE_HOME": str(closed)}
    assert run(DECIDED_ONCE, tmp_path, **environment).splitlines()[0] == "1 0"


def test_without_a_place_to_keep_it_a_function_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def njit(function: Any, *, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return function, options

    monkeypatch.setattr("numba.njit", njit)
    compiled: Any = compiling.compiled(len)
    assert compiled == (len, {"nogil": True, "error_model": "numpy"})


FORKED = """
import multiprocessing, numpy
from calybris_ref import KernelModel, PolicySnapshot, prescribe_columns
from calybris_ref.model import KernelInput
from calybris_ref.record import columns
policy = PolicySnapshot.try_new(1, 1, 9_600, 5_500, 3_500, 2, [KernelModel(1, 0, 8_000, 9_500, 1, 100, 0, 1, 10, 10)])
values = (7, 1, 10, 10, 10**6, 10**6, 0, 9_000, 0, 0, 0, 2**64 - 1, 0)
asked = {column.name: numpy.full(40_000, value, "u8") for column, value in zip(columns(KernelInput), values)}
def answer(_):
    return int(prescribe_columns(policy, asked, 2)["action"].sum())
if __name__ == "__main__":
    print(answer(0), *multiprocessing.get_context("fork").Pool(2).map(answer, range(2)))
"""


def test_a_process_that_was_forked_decides_on_threads_too(tmp_path: Path) -> None:
    """The threads of one call end with it: a process that is forked later inherits no pool of dead ones."""
    assert run(FORKED, tmp_path) == "40000 40000 40000"


def test_calls_from_many_threads_at_once_do_not_meet() -> None:
    asked = {name: np.repeat(column, 40_000) for name, column in as_arrays([records.request()]).items()}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: batch_arrays.decide(records.policy(), asked, 2, traced=False)[0], range(8)))
    assert [int(answer["expected_utility_microunits"].sum()) for answer in answers] == [40_000 * records.UTILITY] * 8
