"""Records hold what their widths allow (TYPES-2 … TYPES-5, TYPES-9)."""

from typing import Any

import pytest

from calybris_spec.integers import Width
from calybris_spec.logic import NONE
from calybris_spec.types import (
    DECISION,
    MODEL,
    POLICY,
    REQUEST,
    Decision,
    first_misfit,
    is_decision,
    is_model,
    is_policy,
    is_request,
)
from tests.support.specification import EXAMPLE_MODELS, EXAMPLE_POLICY, EXAMPLE_REQUEST

EXAMPLE_DECISION = Decision(7, 1, 1, 2, 1, 6_500, 30_685, 1, 30_075, 3, 2, 12, 5)
RECORDS = [
    (EXAMPLE_MODELS[0], MODEL, is_model),
    (EXAMPLE_REQUEST, REQUEST, is_request),
    (EXAMPLE_POLICY, POLICY, is_policy),
    (EXAMPLE_DECISION, DECISION, is_decision),
]


@pytest.mark.parametrize(("record", "fields", "is_one"), RECORDS)
def test_each_field_may_take_its_ends_and_no_more(record: Any, fields: dict[str, Width], is_one: Any) -> None:
    widths = tuple(fields.values())
    for place, (name, width) in enumerate(fields.items(), 1):
        for value in (width.low, width.high):
            assert is_one(record._replace(**{name: value}))
        for value in (width.low - 1, width.high + 1):
            assert not is_one(record._replace(**{name: value}))
            assert first_misfit(record._replace(**{name: value}), widths) == place
    assert first_misfit(record, widths) == NONE


def test_the_first_of_several_misfits_is_named() -> None:
    model = EXAMPLE_MODELS[0]._replace(quality_bps=2**16, model_id=-1)
    assert first_misfit(model, tuple(MODEL.values())) == 1
