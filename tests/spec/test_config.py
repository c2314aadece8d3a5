"""The configuration (CONFIG-1, CONFIG-2)."""

from typing import Any

import icontract
import pytest

from calybris_spec.config import REFUSALS, Config, config_problem

WRONG: list[tuple[str, Any]] = [
    ("hard_risk_limit_bps", 10_001),
    ("minimum_confidence_bps", 10_001),
    ("risk_penalty_multiplier_bps", 50_001),
    ("max_catalog_size", 0),
    ("default_exposure_cap_microcents", -1),
]


def test_the_defaults_are_valid() -> None:
    assert Config() == (2, 9_600, 5_500, 3_500, 0, False, 1_024)
    assert config_problem(Config()) == 0


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_each_check_comes_before_all_later_ones(place: int) -> None:
    field = WRONG[place][0]
    assert REFUSALS[config_problem(Config(**dict(WRONG[place:])))].at == field
    assert REFUSALS[config_problem(Config(**dict(WRONG[place : place + 1])))].at == field


def test_the_limits_themselves_are_valid() -> None:
    limits = Config(hard_risk_limit_bps=10_000, minimum_confidence_bps=10_000, risk_penalty_multiplier_bps=50_000)
    assert config_problem(limits._replace(max_catalog_size=1)) == 0


def test_numbers_lie_in_their_widths() -> None:
    with pytest.raises(icontract.ViolationError):
        config_problem(Config(hard_risk_limit_bps=65_536))
