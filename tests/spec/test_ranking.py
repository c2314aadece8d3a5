"""The ranking and the podium (RANK-1 … RANK-3)."""

from functools import reduce

import icontract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.ranking import EMPTY, Candidate, enter, outranks

BASE = Candidate(utility=10, cost=5, quality_bps=8_000, model_id=3, position=1)
BETTER = [
    BASE._replace(utility=11, cost=9, quality_bps=0, model_id=9, position=9),
    BASE._replace(cost=4, quality_bps=0, model_id=9, position=9),
    BASE._replace(quality_bps=8_001, model_id=9, position=9),
    BASE._replace(model_id=2, position=9),
    BASE._replace(position=0),
]


@pytest.mark.parametrize("candidate", BETTER)
def test_each_key_decides_when_those_before_are_equal(candidate: Candidate) -> None:
    assert outranks(candidate, BASE)
    assert not outranks(BASE, candidate)


small = st.builds(
    Candidate, st.integers(-1, 1), st.integers(0, 1), st.integers(0, 1), st.integers(0, 2), st.integers(0, 9)
)


@given(st.lists(small, max_size=8, unique_by=lambda candidate: candidate.position))
def test_the_podium_holds_the_first_two_of_the_sorted_list(candidates: list[Candidate]) -> None:
    podium = reduce(enter, candidates, EMPTY)
    ranked = sorted(candidates, key=lambda c: (-c.utility, c.cost, -c.quality_bps, c.model_id, c.position))
    assert podium.entered == len(candidates)
    assert [podium.winner, podium.runner_up][: len(ranked)] == ranked[:2]


def test_a_place_of_the_catalog_enters_once() -> None:
    with pytest.raises(icontract.ViolationError):
        enter(enter(EMPTY, BASE), BASE)
