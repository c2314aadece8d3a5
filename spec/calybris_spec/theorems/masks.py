"""Masks, bit by bit: bit i of m is m // 2^i mod 2 (GATE-7, GATE-8, GATE-9)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import masks
from calybris_spec.codes import ALL_PROVIDERS
from calybris_spec.integers import holds
from calybris_spec.logic import implies, no, within
from calybris_spec.masks import MASK, POWERS, PROVIDER_ID
from calybris_spec.theorems import unfolded

BITS = range(64)
covers, shares, allows = unfolded(masks.covers), unfolded(masks.shares), unfolded(masks.allows)


def bit(mask: int, position: int) -> bool:
    """Whether the bit at this position is set, by arithmetic alone."""
    return mask // POWERS[position] % 2 == 1


@require(lambda have, need: holds(MASK, have) & holds(MASK, need))
@ensure(lambda result: result)
def covers_means_every_needed_bit_is_there(have: int, need: int) -> bool:
    """GATE-7 by definition."""
    return covers(have, need) == all([implies(bit(need, i), bit(have, i)) for i in BITS])


@require(lambda one, other: holds(MASK, one) & holds(MASK, other))
@ensure(lambda result: result)
def shares_means_some_bit_is_in_both(one: int, other: int) -> bool:
    """GATE-9 by definition."""
    return shares(one, other) == any([bit(one, i) & bit(other, i) for i in BITS])


@require(lambda mask: holds(MASK, mask))
@ensure(lambda result: result)
def allows_means_the_providers_bit_is_set(mask: int) -> bool:
    """GATE-8 by definition, for each of the 64 providers that have a bit."""
    return all([allows(mask, i) == bit(mask, i) for i in BITS])


@require(lambda mask, provider_id: holds(MASK, mask) & holds(PROVIDER_ID, provider_id) & (provider_id > 63))
@ensure(lambda result: result)
def no_mask_allows_a_provider_above_63(mask: int, provider_id: int) -> bool:
    """Not even the mask of all providers."""
    return no(allows(mask, provider_id)) & no(allows(ALL_PROVIDERS, provider_id))


@require(lambda provider_id: within(0, provider_id, 63))
@ensure(lambda result: result)
def the_mask_of_all_providers_allows_each_of_64(provider_id: int) -> bool:
    """2^64 − 1 stands for "anyone"."""
    return allows(ALL_PROVIDERS, provider_id)


@require(lambda one, other: holds(MASK, one) & holds(MASK, other))
@ensure(lambda result: result)
def shares_does_not_ask_who_comes_first(one: int, other: int) -> bool:
    """Symmetry."""
    return shares(one, other) == shares(other, one)
