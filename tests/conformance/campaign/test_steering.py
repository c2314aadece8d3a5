"""What was not reached weighs more, and which arm a unit is follows from its number and the weights."""

from collections import Counter

import pytest

from calybris_conformance.campaign import coverage, others, steering
from calybris_conformance.campaign.profiles import FOCI


@pytest.mark.parametrize("arm", steering.arms(frozenset({op for op, _ in others.PROFILES.values()})), ids="-".join)
def test_every_arm_aims_at_something(arm: steering.Arm) -> None:
    assert steering.aims(arm)
    assert steering.aims(arm) <= set(steering.universe([arm]))


def test_every_mark_is_aimed_at() -> None:
    aimed = frozenset[str]().union(*map(steering.aims, steering.DECISIONS))
    assert set(coverage.UNIVERSE) == aimed


def test_profiles_share_alike_when_nothing_or_everything_is_reached() -> None:
    for reached in ((), coverage.UNIVERSE):
        shares = Counter[str]()
        for (profile, _), weight in zip(steering.DECISIONS, steering.weights(steering.DECISIONS, reached), strict=True):
            shares[profile] += weight
        assert max(shares.values()) < 1.2 * min(shares.values())
        assert shares.keys() == FOCI.keys()


def test_an_arm_weighs_more_until_it_has_reached_what_it_aims_at() -> None:
    arm = ("gates", "region/budget")
    place = steering.DECISIONS.index(arm)
    rest = [mark for mark in coverage.UNIVERSE if mark != "pair/region+budget"]
    before = steering.weights(steering.DECISIONS, rest)
    after = steering.weights(steering.DECISIONS, coverage.UNIVERSE)
    assert before[place] == 6 * after[place]
    assert [one for one, (left, right) in enumerate(zip(before, after, strict=True)) if left != right] == [place]


def test_arms_are_chosen_as_often_as_they_weigh() -> None:
    arms, weights = (("uniform", ""), ("boundary", ""), ("trade", "")), (1, 0, 3)
    chosen = Counter(steering.choose(1, index, arms, weights) for index in range(2_000))
    assert chosen[arms[1]] == 0
    assert 1_400 < chosen[arms[2]] < 1_600
    assert steering.choose(1, 5, arms, weights) == steering.choose(1, 5, arms, weights)


def test_only_what_the_port_claims_is_asked() -> None:
    assert steering.arms(frozenset()) == steering.DECISIONS
    assert steering.arms(frozenset({"budget.script"}))[len(steering.DECISIONS) :] == (("budget", ""),)


def test_only_some_profiles() -> None:
    assert steering.arms(frozenset({"budget.script"}), ["trade", "budget"]) == (("trade", ""), ("budget", ""))
    assert steering.universe([("budget", "")]) == others.MARKS["budget"]
    assert set(steering.universe([("trade", "")])) == set(coverage.UNIVERSE)
