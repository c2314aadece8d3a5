"""Questions about 64-bit masks: capabilities (GATE-7), providers (GATE-8), regions (GATE-9).

Bit i of a mask stands for capability, provider or region i. `theorems/masks.py` holds each answer against the
definition bit by bit.
"""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.codes import MAX_PROVIDER_ID
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import implies

MASK, PROVIDER_ID = WIDTHS["u64"], WIDTHS["u16"]
POWERS = tuple(1 << i for i in range(64))


@require(lambda have, need: holds(MASK, have) & holds(MASK, need))
@ensure(lambda need, result: implies(need == 0, result))
@ensure(lambda have, need, result: implies(result & (have == 0), need == 0))
def covers(have: int, need: int) -> bool:
    """Whether every bit of `need` is a bit of `have`."""
    # crosshair: specs_complete=True
    return have & need == need


@require(lambda one, other: holds(MASK, one) & holds(MASK, other))
@ensure(lambda one, other, result: implies(result, (one != 0) & (other != 0)))
def shares(one: int, other: int) -> bool:
    """Whether some bit belongs to both."""
    # crosshair: specs_complete=True
    return one & other != 0


@require(lambda mask, provider_id: holds(MASK, mask) & holds(PROVIDER_ID, provider_id))
@ensure(lambda mask, provider_id, result: implies(result, (mask != 0) & (provider_id <= MAX_PROVIDER_ID)))
def allows(mask: int, provider_id: int) -> bool:
    """Whether the provider's bit is set; an id above 63 has no bit, even under the mask of all providers."""
    # crosshair: specs_complete=True
    return provider_id <= MAX_PROVIDER_ID and mask & POWERS[provider_id] != 0
