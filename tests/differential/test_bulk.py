"""Decisions from arrays are those of the kernel, on the whole 64-bit domain and in ties (DECIDE-7).

`make test` compares some thousands of rows, `make mutants` a million, with `--seed` for others. Wrong catalogs, planted
here, must all be found by the smaller number.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import calybris
import numpy as np
import pytest

from calybris_ref import (
    KernelInput,
    KernelModel,
    PolicySnapshot,
    batch_catalog,
    batch_columns,
    prescribe_columns,
    trace_columns,
)
from calybris_ref.batch_compiled import (
    DEAR,
    IN_TOKENS_MAX,
    INDEX,
    MODEL_ID,
    PENALTY,
    PENALTY_HIGH,
    PROVIDER_BIT,
    QUALITY,
    Catalog,
)
from calybris_ref.model import KernelAction, KernelReason
from calybris_ref.record import columns
from tests.differential import bulk_cases as bulk
from tests.differential import cases

ROWS_PER_POLICY = 250
FEW = 12_000
MANY = 1_000_000
SHARDS = 2

# What must have been among so many rows for the comparison to mean anything.
ENOUGH = {
    **{reason.label: 5 for reason in KernelReason},
    "same utility": 200,
    "same utility and cost": 100,
    "cost at the end of u64": 5,
    "utility at the end of i64": 5,
    "beyond near": 100,
}


class Case(NamedTuple):
    policy: cases.Policy
    snapshot: PolicySnapshot
    asked: bulk.Columns


def snapshot(policy: cases.Policy, constructor: str = "new_unchecked") -> PolicySnapshot:
    made = policy | {"models": [KernelModel(**model) for model in policy["models"]]}
    built: PolicySnapshot = getattr(PolicySnapshot, constructor)(**made)
    return built


def some_cases(seed: str, rows: int) -> Iterator[Case]:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    numbers = np.random.default_rng(rng.getrandbits(64))
    for place in range(rows // ROWS_PER_POLICY):
        match place % 4:
            case 0:
                policy, factor = bulk.tied_policy(rng)
                asked = bulk.tied_columns(numbers, factor, ROWS_PER_POLICY)
            case 1:
                policy = cases.unchecked_policy(rng)
                asked = bulk.aimed_columns(rng, policy, ROWS_PER_POLICY)
            case _:
                policy = bulk.extreme_policy(rng)
                asked = bulk.extreme_columns(numbers, policy, ROWS_PER_POLICY)
        yield Case(policy, snapshot(policy), asked)


def differences(case: Case) -> list[str]:
    """The columns in which arrays and lists answer differently, with the first row that does."""
    lists = batch_columns.decide(
        case.snapshot, {name: column.tolist() for name, column in case.asked.items()}, traced=True
    )
    arrays = trace_columns(case.snapshot, case.asked)
    found = []
    for expected, actual in zip(lists, arrays, strict=True):
        for name, column in expected.items():
            if column != actual[name].tolist():
                row = next(row for row, value in enumerate(column) if value != actual[name][row])
                asked = {key: int(values[row]) for key, values in case.asked.items()}
                found.append(f"{name}[{row}] {column[row]} {actual[name][row]} {cases.to_wire([case.policy, asked])}")
    return found


def met(case: Case) -> Counter[str]:
    """What is among the rows of a case, by the answers of the compiled function."""
    decided, _ = trace_columns(case.snapshot, case.asked)
    many = decided["eligible_models"] > 1
    tied = many & (decided["expected_utility_microunits"] == decided["counterfactual_utility_microunits"])
    found = Counter({KernelReason(reason).label: 1 for reason in decided["reason"].tolist()})
    found["same utility"] = int(tied.sum())
    rates = {(model["model_id"], model["input_cost_microunits_per_million_tokens"]) for model in case.policy["models"]}
    for one, other in zip(decided["selected_model_id"][tied], decided["counterfactual_model_id"][tied], strict=True):
        costs = [{rate for model_id, rate in rates if model_id == int(chosen)} for chosen in (one, other)]
        found["same utility and cost"] += bool(costs[0] & costs[1])
    found["cost at the end of u64"] = int((decided["estimated_cost_microunits"] > 2**62).sum())
    found["utility at the end of i64"] = int((decided["expected_utility_microunits"] == 2**63 - 1).sum())
    executable = decided["action"] != KernelAction.REJECT
    found["beyond near"] = int((executable & (case.asked["business_value_microunits"] > 2**61)).sum())
    return found


def compare(seed: str, rows: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for case in some_cases(seed, rows):
        assert differences(case) == []
        found.update(met(case))
    return found


def test_arrays_are_decided_as_by_the_kernel(seed: int) -> None:
    found = compare(f"{seed}/few", FEW)
    assert {name: found[name] for name, least in ENOUGH.items() if found[name] < least} == {}


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_million_rows_are_decided_as_by_the_kernel(shard: int, seed: int) -> None:
    compare(f"{seed}/many/{shard}", MANY // SHARDS)


def test_arrays_are_decided_as_by_the_wheel(seed: int) -> None:
    names = [column.name for column in columns(KernelInput)]
    rng = random.Random(f"{seed}/wheel")  # noqa: S311 - reproducible, not secret
    numbers = np.random.default_rng(rng.getrandbits(64))
    for place in range(60):
        tied, factor = bulk.tied_policy(rng)
        policy = cases.policy(rng)
        if place % 3 == 0:  # the wheel takes no id twice
            policy = tied | {"models": list({model["model_id"]: model for model in tied["models"]}.values())}
            asked = bulk.tied_columns(numbers, factor, ROWS_PER_POLICY)
        else:
            asked = bulk.extreme_columns(numbers, policy, ROWS_PER_POLICY)
        for name in ("risk_bps", "confidence_bps", "minimum_quality_bps"):
            asked[name] = np.minimum(asked[name], 10_000)
        models = [calybris.KernelModel(**model) for model in policy["models"]]
        wheel = calybris.PolicySnapshot(**policy | {"models": models})
        rows = zip(*(asked[name].tolist() for name in names), strict=True)
        decided = prescribe_columns(snapshot(policy, "try_new_trusted"), asked)
        for row, values in enumerate(rows):
            theirs = wheel.prescribe(calybris.KernelInput(*values))
            for name, column in decided.items():
                ours: Any = int(column[row])
                if name in ("action", "reason"):
                    ours = {"action": KernelAction, "reason": KernelReason}[name](ours).label
                assert ours == getattr(theirs, name), (name, policy, values)


def planted(change: Callable[[Catalog], Catalog], seed: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a wrong catalog is noticed."""
    right = batch_catalog.prepared
    monkeypatch.setattr(batch_catalog, "prepared", lambda policy: change(right(policy)))
    return any(differences(case) for case in some_cases(f"{seed}/few", FEW))


def with_gate(catalog: Catalog, column: int, change: Callable[[Any], Any]) -> Catalog:
    gates = catalog.gates.copy()
    gates[:, column] = change(gates[:, column])
    return catalog._replace(gates=gates)


def with_rate(catalog: Catalog, column: int, value: int) -> Catalog:
    rates = catalog.rates.copy()
    rates[:, column] = value
    return catalog._replace(rates=rates)


def in_order(catalog: Catalog, *keys: tuple[int, int]) -> Catalog:
    """Sorted by columns of gates, each with 1 or -1 for upwards or downwards, the last the most important."""
    order = np.lexsort([sign * catalog.gates[:, column] for column, sign in keys])
    return catalog._replace(gates=catalog.gates[order], rates=catalog.rates[order])


WRONG: dict[str, Callable[[Catalog], Catalog]] = {
    "the last of equal counts wins": lambda catalog: catalog._replace(dominance=catalog.dominance[::-1].copy()),
    "of equal candidates the larger id wins": lambda catalog: in_order(catalog, (MODEL_ID, -1), (QUALITY, -1)),
    "of equal candidates the later wins": lambda catalog: in_order(catalog, (INDEX, -1), (MODEL_ID, 1), (QUALITY, -1)),
    "everything is near": lambda catalog: catalog._replace(near_weight=2**63 - 1),
    "no rate is dear": lambda catalog: with_rate(catalog, DEAR, 0),
    "no cost is too large": lambda catalog: with_rate(catalog, IN_TOKENS_MAX, 2**32 - 1),
    "one token fewer is too many": lambda catalog: catalog._replace(
        rates=catalog.rates - (np.arange(catalog.rates.shape[1], dtype=np.uint64) == IN_TOKENS_MAX)
    ),
    "no penalty where it is near": lambda catalog: with_gate(catalog, PENALTY, lambda column: column * 0),
    "half a penalty where it is far": lambda catalog: with_gate(catalog, PENALTY_HIGH, lambda column: column // 2),
    "provider 64 is provider 0": lambda catalog: with_gate(
        catalog, PROVIDER_BIT, lambda column: column | (column == 0)
    ),
    "a disabled model is not counted": lambda catalog: catalog._replace(disabled_models=0),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_catalog_is_noticed(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert planted(WRONG[name], seed, monkeypatch)


def test_a_right_catalog_is_not(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not planted(lambda catalog: catalog, seed, monkeypatch)
