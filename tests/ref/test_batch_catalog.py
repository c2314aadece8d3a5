"""calybris_ref.batch_catalog: a policy as columns, prepared once."""

import numpy as np
import pytest

from calybris_ref import PolicySnapshot
from calybris_ref.batch_catalog import prepared
from calybris_ref.batch_compiled import (
    DEAR,
    DIGIT_BITS,
    IN_PER_TOKEN,
    IN_REST,
    IN_TOKENS_MAX,
    INDEX,
    NEAR,
    PENALTY,
    PENALTY_HIGH,
    PENALTY_LOW,
    PROVIDER_BIT,
    RATE_STEP,
    RATE_TOKENS,
    REGIONS,
)
from tests.support import records

U32, U64 = 2**32 - 1, 2**64 - 1


def test_a_policy_is_prepared_once_and_the_last_eight_are_kept() -> None:
    policies = [records.policy() for _ in range(9)]
    first = prepared(policies[0])
    assert prepared(policies[0]) is first
    assert all(prepared(policy) is not first for policy in policies[1:]), "equal, but another policy"
    assert prepared(policies[0]) is not first


def test_candidates_stand_in_the_order_of_rank_and_keep_their_places() -> None:
    models = [
        records.model(3, quality_bps=9_000),
        records.model(4, enabled=0),
        records.model(9, quality_bps=10_000),
        records.model(2, quality_bps=9_000),
        records.model(3, quality_bps=9_000),
    ]
    catalog = prepared(records.unchecked(models))
    assert catalog.gates[:, INDEX].tolist() == [2, 3, 0, 4]
    assert (catalog.disabled_models, catalog.evaluated_models) == (1, 5)


@pytest.mark.parametrize("models", [[], [records.model(enabled=0)]])
def test_without_candidates_there_are_no_rows(models: list[object]) -> None:
    catalog = prepared(PolicySnapshot.new_unchecked(U64, 1, 1, 1, 1, 1, models))  # type: ignore[arg-type]  # of models
    assert (len(catalog.gates), len(catalog.rates), catalog.disabled_models) == (0, 0, len(models))


@pytest.mark.parametrize("rate", [0, 1, RATE_STEP - 1, RATE_STEP, U64 * RATE_TOKENS // U32, 2**53, U64 - 1, U64])
def test_a_rate_is_its_parts(rate: int) -> None:
    model = records.model(input_cost_microunits_per_million_tokens=rate, output_cost_microunits_per_million_tokens=0)
    row = prepared(records.unchecked([model])).rates[0].tolist()
    assert row[IN_PER_TOKEN] * RATE_TOKENS + row[IN_REST] == rate
    assert row[IN_REST] * U32 + RATE_TOKENS < 2**63
    most = row[IN_TOKENS_MAX]
    assert -(-most * rate // RATE_TOKENS) <= U64
    assert most == U32 or -(-(most + 1) * rate // RATE_TOKENS) > U64
    assert row[DEAR] == (rate >= RATE_STEP)


@pytest.mark.parametrize("penalty", [0, 1, 2**29, 2**29 + 1, 2**40, U64])
def test_a_penalty_is_its_digits(penalty: int) -> None:
    models = [records.model(p95_latency_ms=latency) for latency in (0, 1, U32)]
    for row, latency in zip(
        prepared(records.unchecked(models, latency_penalty_microunits_per_ms=penalty)).gates.tolist(),
        (0, 1, U32),
        strict=True,
    ):
        term = latency * penalty
        assert row[PENALTY] == min(term, NEAR)
        # Beyond 2^70 no quality term is left, whatever it is.
        assert (row[PENALTY_HIGH] << DIGIT_BITS) + row[PENALTY_LOW] == min(term, 2**70)


@pytest.mark.parametrize(("provider", "bit"), [(0, 1), (62, 2**62), (63, -(2**63)), (64, 0), (128, 0), (65_535, 0)])
def test_masks_are_signed_and_a_provider_above_63_has_no_bit(provider: int, bit: int) -> None:
    catalog = prepared(records.unchecked([records.model(provider_id=provider, region_mask=U64)]))
    assert catalog.gates[0, PROVIDER_BIT] == bit
    assert catalog.gates[0, REGIONS] == -1
    assert catalog.gates.dtype == np.int64


@pytest.mark.parametrize("quality", [0, 1, 9_999, 10_000, 65_535])
def test_what_is_near_stays_below_two_to_the_61(quality: int) -> None:
    weight = prepared(records.unchecked([records.model(quality_bps=quality)])).near_weight
    assert weight * quality + quality <= NEAR
    assert (weight + 2) * quality + quality > NEAR or quality == 0
