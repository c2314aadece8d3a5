"""The reference and the published wheel answer alike: decisions, traces, rows, utilities, digests, bundles, refusals.

More of it: pytest tests/differential --decisions 5000000 --seed 7
"""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from calybris_ref import CalybrisError
from tests.differential import cases
from tests.differential.implementations import Judged, ReferencePolicy, WheelPolicy
from tests.differential.reached import WANTED, reached
from tests.differential.shrink import Case, as_vector, shrink

SHARDS = 8
REQUESTS_PER_POLICY = 20
# Below this a shard may miss a rare thing by chance.
ENOUGH_TO_REACH_EVERYTHING = 5_000

# The answers of implementations.py, each with the operation that gives it.
OPERATIONS = {
    "decision": "decide",
    "rejections": "trace",
    "counts": "trace",
    "candidates": "explain",
    "utilities": "utility",
    "bundle": "verify.bundle",
    "foreign_bundle": "verify.bundle",
    "foreign_status": "verify.bundle",
    "fingerprint": "digest.policy",
    "refused": "policy.validate",
}


def batches(rng: random.Random, count: int) -> Iterator[tuple[cases.Policy, list[cases.Integers]]]:
    for start in range(0, count, REQUESTS_PER_POLICY):
        policy = cases.policy(rng)
        yield policy, [cases.request(rng, policy) for _ in range(min(REQUESTS_PER_POLICY, count - start))]


def decided_for(rng: random.Random, request: cases.Integers, others: list[cases.Integers]) -> cases.Integers:
    """Another request, or the same one with another budget, under which the decision is often the same."""
    return rng.choice(others) if rng.random() < 0.5 else request | {"budget_limit_microunits": cases.U64}


def everything(kind: type[Judged], case: Case) -> dict[str, Any]:
    """All answers of one implementation to a case; a refused policy is an answer too."""
    try:
        policy = kind(case.policy)  # type: ignore[call-arg]  # both implementations are built from a policy
    except (CalybrisError, ValueError):
        return {"refused": True}
    return policy.answers(case.request, case.decided_for) | {"fingerprint": policy.fingerprint()}


def report(case: Case, one: type[Judged], other: type[Judged]) -> str:
    """The smallest case found on which the two differ, as vectors: one for each operation that they disagree on."""

    def differs(candidate: Case) -> bool:
        return everything(one, candidate) != everything(other, candidate)

    small = shrink(case, differs)
    left, right = everything(one, small), everything(other, small)
    given = {"policy": {"constructor": "try_new_trusted"} | small.policy}
    return "\n".join(
        as_vector(op, given, question(op, small), {one.__name__: left.get(key), other.__name__: right.get(key)})
        for key, op in OPERATIONS.items()
        if left.get(key) != right.get(key)
    )


def question(op: str, case: Case) -> dict[str, Any]:
    match op:
        case "digest.policy" | "policy.validate":
            return {}
        case "verify.bundle":
            return {"request": case.request, "decided_for": case.decided_for}
        case "utility":
            return {"request": case.request, "model_id": [*(model["model_id"] for model in case.policy["models"]), 0]}
    return {"request": case.request}


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_answer_is_the_same(shard: int, decisions: int, seed: int) -> None:
    count = decisions // SHARDS
    rng = random.Random(f"{seed}/{shard}")  # noqa: S311 - reproducible, not secret
    met: Counter[str] = Counter()
    for policy, requests in batches(rng, count):
        reference, wheel = ReferencePolicy(policy), WheelPolicy(policy)
        assert reference.fingerprint() == wheel.fingerprint(), cases.to_wire(policy)
        batch = reference.decisions(requests)
        assert batch == wheel.decisions(requests), cases.to_wire([policy, requests])
        for request, batched in zip(requests, batch, strict=True):
            other = decided_for(rng, request, requests)
            answers = reference.answers(request, other)
            if answers != wheel.answers(request, other):
                pytest.fail(report(Case(policy, request, other), ReferencePolicy, WheelPolicy))
            assert answers["decision"] == batched
            met += reached(policy, request, answers)
    if count >= ENOUGH_TO_REACH_EVERYTHING:
        assert sorted(WANTED - met.keys()) == []


class SecondPlaceForgotten(ReferencePolicy):
    """Wrong on purpose: a decision between exactly two candidates names no runner-up."""

    def answers(self, request: cases.Integers, decided_for: cases.Integers) -> dict[str, Any]:
        answers = super().answers(request, decided_for)
        if answers["decision"]["eligible_models"] == 2:
            answers["decision"]["counterfactual_model_id"] = 0
        return answers


def test_a_difference_is_found_and_made_small() -> None:
    rng = random.Random(1)  # noqa: S311 - reproducible, not secret
    case = next(
        case
        for policy, requests in batches(rng, 10_000)
        for case in [Case(policy, requests[0], requests[-1])]
        if len(policy["models"]) > 4 and everything(SecondPlaceForgotten, case) != everything(WheelPolicy, case)
    )

    printed = report(case, SecondPlaceForgotten, WheelPolicy)

    assert printed.count('"op": ') == 1
    assert '"op": "decide"' in printed
    assert printed.count('"model_id": ') == 2, "two models are enough"
    assert printed.count('"expected_utility_microunits": "1"') == 2, "so is the smallest utility above 0"
