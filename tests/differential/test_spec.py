"""The executable specification, with its contracts checked, agrees with the reference, and with the wheel where it can.

A tenth of `--decisions`, because contracts take time. Half of the policies and requests hold only to their widths:
those the wheel cannot be asked about, and there the reference and the specification must be total and still agree.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.differential import cases
from tests.differential.answers import answers
from tests.differential.shrink import as_vector

SHARDS = 5
PART = 10
REQUESTS_PER_POLICY = 10
# op, and every how many decisions it is asked; `trace` holds the decision.
OPERATIONS = {"trace": 1, "explain": 2, "utility": 2, "verify.bundle": 5, "verify.certificate": 10, "decide": 10}
Kind = tuple[str, Callable[[random.Random], cases.Policy], Callable[[random.Random, cases.Policy], cases.Integers]]
KINDS: dict[str, Kind] = {
    "checked": ("try_new_trusted", cases.policy, cases.request),
    "unchecked": ("unchecked", cases.unchecked_policy, cases.unchecked_request),
}
REACHED = {
    "checked": {"three answered", "eligible", "reject"},
    "unchecked": {"two answered", "eligible", "reject", "clamped at the top", "no catalog", "equal ids"},
}


def questions(rng: random.Random, policy: cases.Policy, requests: list[cases.Integers]) -> Iterator[tuple[str, Any]]:
    ids = [model["model_id"] for model in policy["models"]]
    for place, request in enumerate(requests):
        extra = {
            "utility": {"model_id": rng.choice([*ids, 0, cases.U32])},
            "verify.bundle": {"decided_for": rng.choice(requests)},
            "verify.certificate": {"decided_for": rng.choice(requests)},
        }
        for op, every in OPERATIONS.items():
            if place % every == 0:
                yield op, {"request": request} | extra.get(op, {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_answer_is_the_same(shard: int, kind: str, decisions: int, seed: int) -> None:
    constructor, make_policy, make_request = KINDS[kind]
    count = decisions // PART // SHARDS // len(KINDS)
    rng = random.Random(f"{seed}/{kind}/{shard}")  # noqa: S311 - reproducible, not secret
    met: Counter[str] = Counter()
    for _ in range(0, count, REQUESTS_PER_POLICY):
        policy: cases.Policy = {"constructor": constructor} | make_policy(rng)
        requests = [make_request(rng, policy) for _ in range(REQUESTS_PER_POLICY)]
        compare("digest.policy", {}, {"policy": policy}, f"constructor.{constructor}")
        for op, question in questions(rng, policy, requests):
            given = {"policy": policy}
            features = (f"constructor.{constructor}", *(["input.unchecked"] if kind == "unchecked" else []))
            met += reached(compare(op, given, question, *features))
        ids = [model["model_id"] for model in policy["models"]]
        met["no catalog"] += not ids
        met["equal ids"] += len(set(ids)) < len(ids)
    if count >= 500:
        assert sorted(REACHED[kind] - (+met).keys()) == []


def compare(op: str, given: Any, question: Any, *requires: str) -> dict[str, Any]:
    said = answers(op, given, question, *requires)
    assert len(said) > 1
    if any(answer != said["reference"] for answer in said.values()):
        pytest.fail(as_vector(op, given, question, said))
    return said


def reached(said: dict[str, Any]) -> Counter[str]:
    output = said["reference"]["ok"]
    met = Counter({"three answered" if len(said) == 3 else "two answered": 1})
    if "decision" in output:
        met["reject" if output["decision"]["action"] == "reject" else "eligible"] += 1
    met["clamped at the top"] += any(
        row["utility_microunits"] == str(2**63 - 1) for row in output.get("candidates", [])
    )
    return met
