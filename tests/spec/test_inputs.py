"""Valid requests (INPUT-1)."""

import pytest

from calybris_spec.inputs import REFUSALS, request_problem
from tests.support.specification import EXAMPLE_REQUEST

BOUNDS = ("risk_bps", "confidence_bps", "minimum_quality_bps")


@pytest.mark.parametrize("field", BOUNDS)
def test_each_bound_is_refused_at_its_field(field: str) -> None:
    assert request_problem(EXAMPLE_REQUEST._replace(**{field: 10_000})) == 0
    assert REFUSALS[request_problem(EXAMPLE_REQUEST._replace(**{field: 10_001}))] == ("INPUT_BPS_OUT_OF_RANGE", field)


def test_the_first_of_several_is_refused() -> None:
    request = EXAMPLE_REQUEST._replace(confidence_bps=65_535, minimum_quality_bps=65_535)
    assert REFUSALS[request_problem(request)].at == "confidence_bps"
