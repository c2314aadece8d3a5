"""Draws are functions of a key and a counter: known words, no difference between one and many, whole ranges."""

import numpy as np
import pytest

from calybris_conformance.campaign.draws import Draws, mix


def test_the_words_of_a_stream_are_fixed() -> None:
    """splitmix64 from 0: the published first outputs of that generator."""
    assert [mix(0), mix(0x9E3779B97F4A7C15)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_one_by_one_and_many_at_once_are_the_same_words() -> None:
    one, many = Draws(1, 2), Draws(1, 2)
    assert [one.word() for _ in range(9)] == [*many.words(4).tolist(), *many.words(5).tolist()]


def test_other_keys_are_other_streams() -> None:
    assert len({Draws(*key).word() for key in [(0, 0), (0, 1), (1, 0), (1, 1), (0, 0, 0), (2**64 - 1, 5)]}) == 6


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (3, 5), (0, 2**64 - 1), (-(2**63), 2**63 - 1), (-4, 4), (1, 2**64 - 1)]
)
def test_columns_stay_in_their_range_and_reach_its_ends(low: int, high: int) -> None:
    column = Draws(1).between(4_000, low, high)
    assert column.dtype == (np.int64 if low < 0 else np.uint64)
    assert low <= int(column.min()) <= int(column.max()) <= high
    if high - low < 100:
        assert {int(value) for value in column} == set(range(low, high + 1))


@pytest.mark.parametrize("bits", [1, 14, 32, 63, 64])
def test_magnitudes_have_every_number_of_bits(bits: int) -> None:
    drawn = Draws(3).magnitudes(6_000, 2**bits - 1)
    assert {int(value).bit_length() for value in drawn} == set(range(bits + 1))
    single = Draws(3)
    assert {single.magnitude(2**bits - 1).bit_length() for _ in range(3_000)} == set(range(bits + 1))


def test_picks_keep_their_sign() -> None:
    assert set(Draws(1).picks(200, (-1, 5)).tolist()) == {-1, 5}
    assert set(Draws(1).picks(200, (2**64 - 1, 0)).tolist()) == {2**64 - 1, 0}


def test_shuffling_loses_nothing() -> None:
    draws = Draws(5)
    shuffled = [draws.shuffled(range(9)) for _ in range(5)]
    assert all(sorted(one) == list(range(9)) for one in shuffled)
    assert len({tuple(one) for one in shuffled}) == 5


def test_chances_are_per_mille() -> None:
    draws = Draws(5)
    assert 200 < sum(draws.chance(250) for _ in range(1_000)) < 300
    assert 200 < int(draws.marks(1_000, 250).sum()) < 300
