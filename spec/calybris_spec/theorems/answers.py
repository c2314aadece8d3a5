"""Known answers: what rules give for a few records, where a statement about all values leaves out a place or a byte."""

from __future__ import annotations

from icontract import ensure

from calybris_spec import policy as policies
from calybris_spec.decision import NOTHING_SEEN
from calybris_spec.integers import WIDTHS
from calybris_spec.layout import decode, encode, from_little_endian, little_endian
from calybris_spec.policy import VALID, Verdict, check, check_next, check_trusted
from calybris_spec.ranking import EMPTY
from calybris_spec.types import Model, Policy

U8, U16, U64, I64 = WIDTHS["u8"], WIDTHS["u16"], WIDTHS["u64"], WIDTHS["i64"]
POLICY = Policy(1, 1, 10_000, 10_000, 50_000, 0)
GOOD = Model(1, 63, 10_000, 10_000, 1, 0, 0, 0, 0, 0)


@ensure(lambda result: result)
def these_numbers_have_these_bytes() -> bool:
    """DIGEST-2, the examples of the clause, both ends of a signed field, and what is read back from them."""
    examples = [
        (9_600, U16, (128, 37)),
        (9_600, U64, (128, 37, 0, 0, 0, 0, 0, 0)),
        (-1, I64, (255,) * 8),
        (-(2**63), I64, (0, 0, 0, 0, 0, 0, 0, 128)),
        (2**63 - 1, I64, (255, 255, 255, 255, 255, 255, 255, 127)),
        (513, U16, (1, 2)),
        (0, I64, (0,) * 8),
    ]
    shortest = little_endian(7, U8) == (7,)  # asked first: a width taken wrongly has no end
    written = shortest and all([little_endian(value, width) == raw for value, width, raw in examples])
    read = all([from_little_endian(raw, width) == value for value, width, raw in examples])
    pair = encode((513, 7), (U16, U8)) == (1, 2, 7) and decode((1, 2, 7), (U16, U8)) == (513, 7)
    return written and read and pair


@ensure(lambda result: result)
def nobody_stands_on_an_empty_podium() -> bool:
    """RANK-3: nothing but zeros, so that no tally starts from a number that somebody chose."""
    return EMPTY == (0, (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)) and NOTHING_SEEN == (0, EMPTY, (0,) * 9)


@ensure(lambda result: result)
def problems_of_a_policy_are_the_rows_of_the_table() -> bool:
    """POLICY-1 to POLICY-4 and POLICY-7: the twelve numbers, in the order of the table."""
    scalars = (policies.HARD_RISK_LIMIT, policies.MINIMUM_CONFIDENCE, policies.RISK_PENALTY_MULTIPLIER)
    models = (policies.DUPLICATE_ID, policies.PROVIDER_ID, policies.QUALITY, policies.RISK_CEILING)
    trusted = (policies.CATALOG_TOO_LARGE, policies.RESERVED_ID, policies.ENABLED)
    numbers = (*scalars, policies.CATALOG_EMPTY, *models, policies.ALL_DISABLED, *trusted)
    return numbers == tuple(range(1, 13)) and len(policies.REFUSALS) == 13


@ensure(lambda result: result)
def a_verdict_on_a_policy_names_the_place_of_a_model_only() -> bool:
    """POLICY-1 to POLICY-4: the place is 0 beside every other problem, and beside none."""
    bad = GOOD._replace(provider_id=64, model_id=2)
    off = GOOD._replace(enabled=0)
    asked = [
        check(POLICY, (GOOD, GOOD._replace(model_id=2))),
        check(POLICY._replace(minimum_confidence_bps=10_001), (GOOD, bad)),
        check(POLICY, ()),
        check(POLICY, (GOOD, bad)),
        check(POLICY, (GOOD, GOOD)),
        check(POLICY, (off,)),
    ]
    later = [check_next(VALID, 3, GOOD, is_repeat=False), check_next(Verdict(6, 1), 3, GOOD, is_repeat=True)]
    return asked == [(0, 0), (2, 0), (4, 0), (6, 1), (5, 1), (9, 0)] and later == [(0, 0), (6, 1)]


@ensure(lambda result: result)
def a_trusted_catalog_has_at_most_65_535_models() -> bool:
    """POLICY-7: the size is asked first, then reserved ids, then flags, then the rest in the order of the ids."""
    reserved = GOOD._replace(model_id=0)
    bad = GOOD._replace(model_id=1, quality_bps=10_001)
    asked = [
        check_trusted(POLICY, (reserved,) * 65_536),
        check_trusted(POLICY, (reserved,) * 65_535),
        check_trusted(POLICY, (GOOD, reserved)),
        check_trusted(POLICY, (GOOD, GOOD._replace(enabled=2))),
        check_trusted(POLICY, (GOOD._replace(model_id=9), bad)),
        check_trusted(POLICY, (GOOD._replace(model_id=9, enabled=0), GOOD._replace(model_id=3, enabled=0))),
        check_trusted(POLICY, (GOOD._replace(model_id=9), GOOD)),
    ]
    return asked == [(10, 0), (11, 0), (11, 1), (12, 1), (7, 1), (9, 0), (0, 0)]
