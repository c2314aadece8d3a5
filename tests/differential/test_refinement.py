"""Where the proof of `walk` ends, random candidates with 64-bit extremes: each is assessed as specified.

Twice as many candidates as `--decisions`.
"""

import random
from collections import Counter

import pytest

from calybris_refinement import kernel
from calybris_spec.gates import appraise
from calybris_spec.types import Model, Policy, Request
from tests.differential import cases

SHARDS = 4


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_candidate_is_assessed_as_specified(shard: int, decisions: int, seed: int) -> None:
    rng = random.Random(f"{seed}/refinement/{shard}")  # noqa: S311 - reproducible, not secret
    left = 2 * decisions // SHARDS
    met: Counter[int] = Counter()
    while left > 0:
        drawn = cases.unchecked_policy(rng)
        models = [Model(**model) for model in drawn["models"]]
        policy = Policy(**{name: drawn[name] for name in Policy._fields})
        for _ in range(10):
            request = Request(**cases.unchecked_request(rng, drawn))
            for model in models:
                assert kernel.is_assessed_as_specified(policy, model, request), (policy, model, request)
            left -= len(models)
        if models:
            met[appraise(policy, models[0], request).gate] += 1
    if decisions >= 10_000:
        assert sorted(met) == list(range(10)), "every gate, and eligible candidates"
