"""A record with a value outside its width is refused for the first such field (TYPES-9)."""

from __future__ import annotations

from icontract import ensure

from calybris_spec.integers import WIDTHS
from calybris_spec.logic import NONE, no, within
from calybris_spec.types import MODEL, Model, first_misfit, is_model

THREE = (WIDTHS["u8"], WIDTHS["i64"], WIDTHS["u32"])


@ensure(lambda result: result)
def the_first_value_outside_its_width_is_named(one: int, two: int, three: int) -> bool:
    """Of a u8, an i64 and a u32, in this order; none when all fit (TYPES-1, TYPES-9)."""
    fits = [within(0, one, 255), within(-(2**63), two, 2**63 - 1), within(0, three, 2**32 - 1)]
    found = first_misfit((one, two, three), THREE)
    named = [(found == place + 1) == (all(fits[:place]) & no(fits[place])) for place in range(3)]
    return all(named) & ((found == NONE) == all(fits))


@ensure(lambda result: result)
def a_record_without_a_misfit_is_a_record(model: Model) -> bool:
    """What the constructor lets through is what every rule takes for granted (TYPES-2, TYPES-9)."""
    return (first_misfit(model, tuple(MODEL.values())) == NONE) == is_model(model)
