"""Known answers: what rules give for a few records, where a statement about all values leaves out a place or a byte."""

from __future__ import annotations

from icontract import ensure

from calybris_spec import policy as policies
from calybris_spec.decision import NOTHING_SEEN
from calybris_spec.digest import decision_digest_hex
from calybris_spec.integers import WIDTHS, fields_of
from calybris_spec.layout import decode, encode, from_little_endian, little_endian
from calybris_spec.policy import VALID, Verdict, check, check_next, check_trusted
from calybris_spec.ranking import EMPTY
from calybris_spec.types import Decision, Model, Policy, Request, Snapshot
from calybris_spec.verify import (
    Bundle,
    audit_bundle,
    certify,
    verified_audit_bundle,
    verify_decision,
    verify_digest,
)

U8, U16, U64, I64 = WIDTHS["u8"], WIDTHS["u16"], WIDTHS["u64"], WIDTHS["i64"]
POLICY = Policy(1, 1, 10_000, 10_000, 50_000, 0)
SNAPSHOT = Snapshot(
    Policy(12, 5, 9_600, 5_500, 3_500, 2), (Model(2, 1, 8_800, 9_000, 1, 420, 3, 3, 2_500_000, 10_000_000),)
)
REQUEST = Request(7, 2, 1_200, 350, 50_000, 20_000, 9_600, 9_000, 7_000, 1_500, 1, 15, 3)
DECISION = Decision(7, 3, 100, 0, 65_535, 0, 0, 0, 0, 0, 0, 12, 5)
POLICY_HEX = "3514de1ff40d0f6cfc1fffe0c0de8c8173f397744b58aa0f6b8ec9e7673cf26e"
REQUEST_HEX = "2afade5265b87d0a98f15daeba24078621b067cc6342d7ce92d8ec039a18564e"
DECISION_HEX = "aed8b7ea63a8e6645f6931e49f59d7c78580e141e0af5572329027853bd098b8"
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


@ensure(lambda result: result)
def a_decision_is_replayed_against_its_own_policy_and_request() -> bool:
    """VERIFY-1, VERIFY-2: a rejection replays, and not with another cost; a claim, and one character more."""
    other = DECISION._replace(estimated_cost_microunits=1)
    replays = [verify_decision(SNAPSHOT, REQUEST, decision) for decision in (DECISION, other)]
    claims = [verify_digest(DECISION, claim) for claim in (DECISION_HEX, DECISION_HEX + "0")]
    return replays == [("valid", DECISION), ("mismatch", DECISION)] and claims == [
        ("valid", DECISION_HEX, DECISION_HEX),
        ("digest_mismatch", DECISION_HEX, DECISION_HEX + "0"),
    ]


@ensure(lambda result: result)
def a_bundle_attests_the_three_records_and_whether_they_replay() -> bool:
    """VERIFY-3, VERIFY-4: its fields, what they hold for the example, and that it fails closed."""
    attested = ("calybris.audit.v1", "sha256", 1, 12, 5, "calybris", POLICY_HEX, REQUEST_HEX, DECISION_HEX)
    fields = (
        "schema_version digest_algorithm proof_version policy_epoch catalog_epoch created_by policy_digest_hex "
        "input_digest_hex decision_digest_hex replay_valid"
    )
    widths = {"proof_version": U16, "policy_epoch": U64, "catalog_epoch": U64}
    other = DECISION._replace(estimated_cost_microunits=1)
    bundle = audit_bundle(SNAPSHOT, REQUEST, DECISION)
    return all(
        [
            " ".join(Bundle._fields) == fields,
            fields_of(Bundle) == widths,
            bundle[:9] == attested,
            bundle.replay_valid is True,
            verified_audit_bundle(SNAPSHOT, REQUEST, DECISION) is not None,
            audit_bundle(SNAPSHOT, REQUEST, other).replay_valid is False,
            verified_audit_bundle(SNAPSHOT, REQUEST, other) is None,
        ]
    )


@ensure(lambda result: result)
def a_certificate_repeats_the_decision_beside_three_fingerprints() -> bool:
    """VERIFY-6: for the example, whose runner-up nobody decided."""
    given = DECISION._replace(counterfactual_model_id=9, counterfactual_utility_microunits=-4)
    told = certify(SNAPSHOT, REQUEST, given)
    named = (POLICY_HEX, REQUEST_HEX, 7, 0, "reject", "risk_hard_limit", 0, 0, 9, -4)
    shown = (*told[:2], *told[3:7], *told[8:])
    return shown == named and told.replay_valid is False and told.decision_fingerprint == decision_digest_hex(given)
