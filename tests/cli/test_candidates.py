"""`calybris_ref/cli/candidates.py`: candidates in the order of the decision, in words, and their arithmetic."""

import random

import pytest

from calybris_ref import CandidateStatus, KernelInput, KernelModel, PolicySnapshot
from calybris_ref.cli.candidates import Candidate, arithmetic, candidates, deductions, percent, why
from tests.support import records

U32, U64, I64_MAX = 2**32 - 1, 2**64 - 1, 2**63 - 1


def first(policy: PolicySnapshot, request: KernelInput) -> Candidate:
    return candidates(policy, request)[0]


def test_the_order_is_that_of_the_decision() -> None:
    chance = random.Random(7)  # noqa: S311 - no secret, only the same choices in every run
    for _ in range(300):
        models = [
            records.model(
                chance.randrange(1, 5),
                quality_bps=chance.choice([7_000, 9_000]),
                enabled=chance.randrange(4) and 1,
                p95_latency_ms=chance.choice([10, 500, 5_000]),
                risk_ceiling_bps=chance.choice([100, 9_000]),
                input_cost_microunits_per_million_tokens=chance.choice([0, 1_000, 10**12]),
            )
            for _ in range(chance.randrange(6))
        ]
        policy = records.unchecked(
            models,
        )
        request = records.request(business_value_microunits=chance.choice([0, 2_000, 10**6]))
        decision, found = policy.prescribe(request), candidates(policy, request)
        assert [one.place for one in found] == [*range(1, len(models) + 1)]
        assert sorted(one.index for one in found) == [*range(len(models))]
        eligible = [one for one in found if one.row.status is CandidateStatus.ELIGIBLE]
        assert eligible == found[: len(eligible)]
        assert len(eligible) == decision.eligible_models
        assert bool(eligible) == decision.is_executable
        if eligible:
            assert eligible[0].role == "winner"
            assert eligible[0].index == decision.selected_model_index
        if len(eligible) > 1:
            assert eligible[1].role == "runner_up"
            assert eligible[1].row.utility_microunits == decision.counterfactual_utility_microunits
            assert eligible[1].model.model_id == decision.counterfactual_model_id


@pytest.mark.parametrize(
    ("model", "request_", "role", "outcome"),
    [
        ({}, {}, "winner", "winner"),
        ({"enabled": 0}, {}, "disabled", "switched off: enabled is 0"),
        ({"quality_bps": 10}, {"minimum_quality_bps": 7_000}, "quality", "quality 10 bps < minimum 7,000 bps"),
        ({"p95_latency_ms": 1_501}, {"max_p95_latency_ms": 1_500}, "latency", "latency 1,501 ms > limit 1,500 ms"),
        (
            {"capabilities": 0b101},
            {"required_capabilities": 0b11},
            "capability",
            "capabilities 0x5 lack 0x2 of 0x3",
        ),
        ({"provider_id": 3}, {"allowed_provider_mask": 7}, "provider", "provider 3 is not in the mask 0x7"),
        ({"provider_id": 64}, {"allowed_provider_mask": U64}, "provider", "provider 64 > 63: no mask has a bit for it"),
        ({"region_mask": 1}, {"required_region_mask": 6}, "region", "regions 0x1 share no bit with 0x6"),
        ({"risk_ceiling_bps": 9}, {"risk_bps": 10}, "risk_ceiling", "risk 10 bps > ceiling 9 bps"),
        (
            {"input_cost_microunits_per_million_tokens": 10**6},
            {"input_tokens": 5_000, "output_tokens": 0, "budget_limit_microunits": 4_999},
            "budget",
            "cost 5,000 > budget 4,999",
        ),
        (
            {"input_cost_microunits_per_million_tokens": 10**6},
            {"input_tokens": 5_000, "output_tokens": 0, "business_value_microunits": -1, "risk_bps": 0},
            "utility",
            None,
        ),
    ],
)
def test_each_gate_says_what_it_measured(
    model: dict[str, int], request_: dict[str, int], role: str, outcome: str | None
) -> None:
    policy = records.unchecked(
        [records.model(1, **model)],
    )
    found = first(policy, records.request(**request_))
    assert found.role == role
    expected = outcome or f"utility {found.row.utility_microunits:,} is not positive"
    assert found.outcome == expected


def extreme(**model: int) -> tuple[Candidate, PolicySnapshot, KernelInput]:
    """A candidate whose amounts no 64 bits hold."""
    policy = records.unchecked(
        [KernelModel(**{**records.model(1).to_dict(), **model})],
        latency_penalty_microunits_per_ms=U64,
    )
    request = records.request(
        business_value_microunits=I64_MAX,
        confidence_bps=65_535,
        max_p95_latency_ms=0,
        budget_limit_microunits=U64,
        input_tokens=U32,
        output_tokens=U32,
    )
    return first(policy, request), policy, request


def test_what_64_bits_do_not_hold_is_said() -> None:
    loss, policy, request = extreme(p95_latency_ms=U32)
    assert loss.is_saturated
    assert loss.row.utility_microunits == -(2**63)
    assert loss.exact_utility is not None
    assert loss.exact_utility < -(2**63)
    *_, last = arithmetic(loss, policy, request)
    assert last.formula == f"{loss.exact_utility:,}, clamped to 64 bits"
    gain, policy, request = extreme(p95_latency_ms=0, quality_bps=65_535)
    assert (gain.is_saturated, gain.row.utility_microunits, gain.role) == (True, I64_MAX, "winner")
    dear, policy, request = extreme(p95_latency_ms=0, input_cost_microunits_per_million_tokens=U64)
    cost = next(step for step in arithmetic(dear, policy, request) if step.name == "− cost")
    assert cost.amount == U64
    assert cost.formula.endswith(", clamped to 64 bits")
    assert dear.to_dict()["exact_utility_microunits"] == dear.exact_utility


def test_the_arithmetic_adds_up() -> None:
    policy, request = records.unchecked([records.model(1)]), records.request()
    one = first(policy, request)
    value, *taken, utility = arithmetic(one, policy, request)
    assert value.amount - sum(step.amount for step in taken) == utility.amount == one.row.utility_microunits
    assert [step.name for step in taken] == ["− risk", "− cost", "− latency"]
    assert [step.amount for step in taken] == [amount for _, amount in deductions(one.row)]
    assert utility.formula == ""
    assert not one.is_saturated


def test_a_candidate_without_amounts_has_no_arithmetic() -> None:
    policy, request = records.unchecked([records.model(1, enabled=0)]), records.request()
    one = first(policy, request)
    assert list(arithmetic(one, policy, request)) == []
    assert (one.exact_utility, one.is_saturated) == (None, False)


def test_a_negative_value_counts_as_0() -> None:
    policy, request = records.policy([records.model(1)]), records.request(business_value_microunits=-5)
    value = next(arithmetic(first(policy, request), policy, request))
    assert value.formula.startswith("0 (negative, counts as 0) × ")
    assert value.amount == 0


def told(policy: PolicySnapshot, request: KernelInput) -> str:
    return why(policy.prescribe(request), candidates(policy, request), policy, request)


def test_why() -> None:
    one, request = records.model(1), records.request()
    limits = records.policy([one])
    assert told(limits, request) == "Model 1 is the only eligible candidate."
    assert told(limits, records.request(risk_bps=10_000)).startswith(
        "No candidate was looked at: the risk of 100.00 % reaches"
    )
    assert told(limits, records.request(confidence_bps=0)).startswith(
        "No candidate was looked at: the confidence of 0.00 % is below"
    )
    off = records.unchecked([records.model(1, enabled=0)])
    assert told(off, request) == "None of 1 is eligible; the gate that turned away most gives the reason."
    empty = records.unchecked([])
    assert told(empty, request) == "The catalog is empty."


def test_why_the_winner_is_before_the_runner_up() -> None:
    def pair(one: dict[str, int], other: dict[str, int], latency_penalty: int = 1) -> str:
        policy = records.unchecked(
            [records.model(one.pop("model_id", 1), **one), records.model(other.pop("model_id", 2), **other)],
            latency_penalty_microunits_per_ms=latency_penalty,
        )
        request = records.request(business_value_microunits=10**6, confidence_bps=10_000, input_tokens=10**6)
        return told(policy, request)

    cheap = {"output_cost_microunits_per_million_tokens": 0}
    same = {**cheap, "input_cost_microunits_per_million_tokens": 10, "p95_latency_ms": 10}
    assert (
        pair({**same, "p95_latency_ms": 12}, dict(same)) == "Its utility is 2 more than that of model 1, the runner-up."
    )
    cheaper = {**same, "input_cost_microunits_per_million_tokens": 9, "p95_latency_ms": 11}
    assert pair(dict(same), cheaper) == "Its utility is that of model 1, the runner-up, and its cost is lower."
    better = {**same, "quality_bps": records.model(1).quality_bps + 1, "p95_latency_ms": 110}
    assert pair(dict(same), better) == (
        "Utility and cost are those of model 1, the runner-up, and its quality is higher."
    )
    assert pair(dict(same), dict(same)) == (
        "Utility, cost and quality are those of model 2, the runner-up, and its id is smaller."
    )
    assert pair(dict(same), {**same, "model_id": 1}) == (
        "The runner-up has the same id, utility, cost and quality, and stands behind it in the catalog."
    )


def test_percent() -> None:
    assert [percent(bps) for bps in (0, 5, 9_625, 10_000, 65_535)] == [
        "0.00 %",
        "0.05 %",
        "96.25 %",
        "100.00 %",
        "655.35 %",
    ]
