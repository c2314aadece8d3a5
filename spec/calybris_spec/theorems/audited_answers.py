"""Known answers: audited decisions as records, written to a log, read from it and replayed (LOG-9, LOG-10)."""

from __future__ import annotations

from icontract import ensure

from calybris_spec import audited
from calybris_spec.audited import Record, append_audited, policy_of, problem_of, record_of, record_text, replay, replays
from calybris_spec.theorems.answers import DECISION, DECISION_HEX, POLICY_HEX, REQUEST, REQUEST_HEX, SNAPSHOT
from calybris_spec.theorems.tables import rows
from calybris_spec.verify import Bundle

KEY = bytes(range(32))
AUDIT = Bundle("calybris.audit.v1", "sha256", 1, 12, 5, "calybris", POLICY_HEX, REQUEST_HEX, DECISION_HEX, True)
RECORD = Record(AUDIT, REQUEST, DECISION, '{"a":[1]}')
AUDIT_TEXT = (
    '{"schema_version":"calybris.audit.v1","digest_algorithm":"sha256","proof_version":1,"policy_epoch":12,'
    f'"catalog_epoch":5,"created_by":"calybris","policy_digest_hex":"{POLICY_HEX}","input_digest_hex":"{REQUEST_HEX}",'
    f'"decision_digest_hex":"{DECISION_HEX}","replay_valid":true}}'
)
INPUT_TEXT = (
    '{"request_sequence":7,"requested_model_id":2,"input_tokens":1200,"output_tokens":350,'
    '"business_value_microunits":50000,"budget_limit_microunits":20000,"risk_bps":9600,"confidence_bps":9000,'
    '"minimum_quality_bps":7000,"max_p95_latency_ms":1500,"required_capabilities":1,"allowed_provider_mask":15,'
    '"required_region_mask":3}'
)
DECISION_TEXT = (
    '{"request_sequence":7,"action":"Reject","reason":"RiskHardLimit","selected_model_id":0,'
    '"selected_model_index":65535,"estimated_cost_microunits":0,"expected_utility_microunits":0,'
    '"counterfactual_model_id":0,"counterfactual_utility_microunits":0,"evaluated_models":0,"eligible_models":0,'
    '"policy_epoch":12,"catalog_epoch":5}'
)
OTHER = SNAPSHOT._replace(policy=SNAPSHOT.policy._replace(policy_epoch=13))
NOTHING = (0, "", "", "")


def text_of(audit: str, request: str, decision: str, metadata: str) -> str:
    """A record as LOG-9 shows it."""
    return f'{{"audit":{audit},"input":{request},"decision":{decision},"metadata":{metadata}}}'


def line(sequence: int, previous_hash: str, entry_hash: str, data: str) -> bytes:
    """A line of a log as LOG-1 shows it."""
    text = f'{{"sequence":{sequence},"previous_hash":"{previous_hash}","entry_hash":"{entry_hash}","data":{data}}}\n'
    return text.encode()


TEXT = text_of(AUDIT_TEXT, INPUT_TEXT, DECISION_TEXT, '{"a":[1]}')
SECOND_TEXT = text_of(AUDIT_TEXT, INPUT_TEXT, DECISION_TEXT, "null")
FIRST_HASH = "d817519359ce2ad628411b512b4559affb84dfb5f553f587216799782f12f396"
SECOND_HASH = "6ffacea840a501a158f66b445fe52ce0c2545ab10fdcc54a6330ba46cc3c9968"
NULL_HASH = "b3e1a383f2c42c6df0f7be068096a288c19c50e94105a1bec2e23e3693bf56f5"
KEYED_HASH = "f9b07d65b5b63bf0110d5cad1f920892ccd24988bbca8c5dbc574ac55064390e"
FIRST, SECOND = line(1, "genesis", FIRST_HASH, TEXT), line(2, FIRST_HASH, SECOND_HASH, SECOND_TEXT)
NULL, KEYED = line(2, FIRST_HASH, NULL_HASH, "null"), line(1, "genesis", KEYED_HASH, TEXT)
"""A log of two records; a second entry that is none; the first record with the key."""


@ensure(lambda result: result)
def records_are_refused_with_these_codes() -> bool:
    """LOG-9, LOG-10, in the order in which they are checked, and the numbers of the rows."""
    numbers = (audited.MALFORMED, audited.POLICY_UNKNOWN, audited.INPUT_MISMATCH, audited.DECISION_MISMATCH)
    fields = "schema_version digest_algorithm proof_version created_by replay_valid policy_digest_hex input_digest_hex "
    named = [f"LOG_AUDIT_NOT_CANONICAL lines[{{}}].data.audit.{at}; " for at in f"{fields}decision_digest_hex".split()]
    return all(
        [
            rows(audited.REFUSALS)
            == "; LOG_RECORD_MALFORMED lines[{}].data; " + "".join(named)
            + "LOG_AUDIT_POLICY_UNKNOWN lines[{}].data.audit.policy_digest_hex; "
            "LOG_AUDIT_INPUT_MISMATCH lines[{}].data.audit.input_digest_hex; "
            "LOG_AUDIT_DECISION_MISMATCH lines[{}].data.audit.decision_digest_hex; "
            "LOG_AUDIT_NOT_REPLAYED lines[{}].data.decision",
            (*numbers, audited.NOT_REPLAYED, audited.NOT_CANONICAL) == (1, 10, 11, 12, 13, 8),
            audited.NOT_REPLAYED_HERE == ("LOG_DECISION_NOT_REPLAYED", "decision"),
            " ".join(audited.RECORD) == "audit input decision metadata",
        ]
    )


@ensure(lambda result: result)
def names_in_a_record_are_these() -> bool:
    """TYPES-6, TYPES-7, LOG-9: code by code."""
    return [*audited.NAMES["action"].items()] == [("ExecuteRequested", 1), ("Substitute", 2), ("Reject", 3)] and [
        *audited.NAMES["reason"].items()
    ] == [
        ("RequestedModelMaximizesUtility", 1),
        ("AlternativeMaximizesUtility", 2),
        ("RiskHardLimit", 100),
        ("ConfidenceHardLimit", 101),
        ("NoEnabledModel", 102),
        ("QualityConstraint", 103),
        ("LatencyConstraint", 104),
        ("CapabilityConstraint", 105),
        ("ProviderConstraint", 106),
        ("RegionConstraint", 107),
        ("BudgetConstraint", 108),
        ("NonPositiveUtility", 109),
        ("RiskCeilingConstraint", 110),
    ]


@ensure(lambda result: result)
def a_record_is_written_like_this() -> bool:
    """LOG-7, LOG-9: the example, and metadata that are refused."""
    refused = record_text(RECORD._replace(metadata="[1.5]"))
    return all(
        [
            record_text(RECORD._replace(metadata='{ "a" : [1]}')) == (0, "", TEXT),
            (refused.problem, refused.path) == (4, "data.metadata[0]"),
        ]
    )


@ensure(lambda result: result)
def metadata_have_at_most_99_levels() -> bool:
    """LOG-7, LOG-9: the record itself is one."""
    deep = "[" * 99 + "]" * 99
    problems = [record_text(RECORD._replace(metadata=text)).problem for text in (deep, f"[{deep}]")]
    return problems == [0, 1]


@ensure(lambda result: result)
def a_record_is_read_like_this() -> bool:
    """LOG-9, LOG-10, row 1: the four parts of the example."""
    return record_of(TEXT.replace(',"metadata":', ', "metadata" : ')) == RECORD


@ensure(lambda result: result)
def a_record_has_three_right_parts() -> bool:
    """LOG-10, row 1: one that is right is not enough, and no part may be missing."""
    wrong = [
        text_of(AUDIT_TEXT, "{}", "{}", "0"),
        text_of("{}", INPUT_TEXT, "{}", "0"),
        text_of("{}", "{}", DECISION_TEXT, "0"),
        text_of("{}", "{}", "{}", "0"),
        "null",
        '{"audit":{},"input":{},"decision":{}}',
    ]
    return all([record_of(text) is None for text in wrong])


@ensure(lambda result: result)
def the_example_replays() -> bool:
    """VERIFY-1, LOG-10: against its policy and request, and not with another runner-up."""
    other = RECORD._replace(decision=DECISION._replace(counterfactual_model_id=3))
    return (replays(SNAPSHOT, RECORD) is True) & (replays(SNAPSHOT, other) is False)


@ensure(lambda result: result)
def a_policy_is_found_by_epochs_and_digest() -> bool:
    """LOG-10, row 3: the first of those given; all three have to be as the bundle names them."""
    changed = [AUDIT._replace(policy_epoch=13), AUDIT._replace(catalog_epoch=12)]
    changed += [AUDIT._replace(policy_digest_hex=REQUEST_HEX), AUDIT._replace(policy_epoch=5, catalog_epoch=12)]
    twin = SNAPSHOT._replace(models=SNAPSHOT.models[:])
    return all(
        [
            policy_of(AUDIT, (OTHER, SNAPSHOT, twin)) is SNAPSHOT,
            *[policy_of(one, (OTHER, SNAPSHOT)) is None for one in changed],
            policy_of(AUDIT, ()) is None,
        ]
    )


@ensure(lambda result: result)
def a_record_is_refused_for_these_reasons() -> bool:
    """LOG-10, row by row, and the earlier row when two apply."""
    dearer = DECISION._replace(estimated_cost_microunits=1)
    dearer_hex = "bd2eabeb89aa69aa7ea382ac4d45ce417811bcde06e3d2963b9bffb951cbba15"
    riskier = REQUEST._replace(risk_bps=9_601)
    cases = [
        (None, 1),
        (RECORD._replace(audit=AUDIT._replace(schema_version="calybris.audit.v2", proof_version=2)), 2),
        (RECORD._replace(audit=AUDIT._replace(replay_valid=False, policy_epoch=13)), 6),
        (RECORD._replace(audit=AUDIT._replace(decision_digest_hex=DECISION_HEX[:-1])), 9),
        (RECORD._replace(audit=AUDIT._replace(policy_epoch=14), request=riskier), 10),
        (RECORD._replace(request=riskier, decision=dearer), 11),
        (RECORD._replace(decision=dearer), 12),
        (RECORD._replace(decision=dearer, audit=AUDIT._replace(decision_digest_hex=dearer_hex)), 13),
        (RECORD, 0),
    ]
    return [problem_of(record, (OTHER, SNAPSHOT)) for record, _ in cases] == [problem for _, problem in cases]


@ensure(lambda result: result)
def audited_decisions_are_appended_like_this() -> bool:
    """LOG-8, LOG-9: the example behind nothing, with a key, verified, and a second time with other metadata."""
    return all(
        [
            append_audited(b"", None, RECORD, SNAPSHOT) == (None, (1, "genesis", FIRST_HASH, TEXT), FIRST),
            append_audited(b"", KEY, RECORD).added == KEYED,
            append_audited(FIRST, None, RECORD._replace(metadata="null")).added == SECOND,
        ]
    )


@ensure(lambda result: result)
def audited_decisions_are_refused_like_this() -> bool:
    """LOG-8, LOG-9: the log, then whether the decision replays when that is asked, then the payload."""
    wrong = RECORD._replace(decision=DECISION._replace(estimated_cost_microunits=1), metadata="[1.5]")
    not_replayed, number = ("LOG_DECISION_NOT_REPLAYED", "decision"), ("LOG_PAYLOAD_FLOAT", "data.metadata[0]")
    return all(
        [
            append_audited(b"x", None, wrong, SNAPSHOT) == (("LOG_LINE_MALFORMED", "lines[0]"), NOTHING, b""),
            append_audited(b"", KEY[:31], wrong, SNAPSHOT).refusal == ("LOG_KEY_TOO_SHORT", "key_hex"),
            append_audited(b"", None, wrong, SNAPSHOT) == (not_replayed, NOTHING, b""),
            append_audited(b"", None, RECORD, OTHER).refusal == not_replayed,
            append_audited(b"", None, wrong) == (number, NOTHING, b""),
        ]
    )


@ensure(lambda result: result)
def an_entry_that_replays_has_this_verdict() -> bool:
    """LOG-10: its sequence, and four times true, in the order of these fields."""
    fields = "sequence replay_valid policy_digest_match input_digest_match decision_digest_match"
    return " ".join(audited.ReplayVerdict._fields) == fields and audited.valid_at(7) == (7, True, True, True, True)


@ensure(lambda result: result)
def a_log_of_decisions_is_replayed_like_this() -> bool:
    """LOG-10: a verdict per entry; with a key as well."""
    return (replay(KEYED + b"\n", KEY, (OTHER, SNAPSHOT)) == (None, ((1, True, True, True, True),))) & (
        replay(b"", None, ()) == (None, ())
    )


@ensure(lambda result: result)
def a_log_of_decisions_is_refused_like_this() -> bool:
    """LOG-10: the whole chain, then entry after entry, at the place of the line; nothing is said of earlier ones."""
    return all(
        [
            replay(FIRST + b"\n" + NULL, None, (SNAPSHOT,)) == (("LOG_RECORD_MALFORMED", "lines[2].data"), ()),
            replay(FIRST + b"x", None, ()) == (("LOG_LINE_MALFORMED", "lines[1]"), ()),
            replay(KEYED, KEY[:31], ()) == (("LOG_KEY_TOO_SHORT", "key_hex"), ()),
        ]
    )


@ensure(lambda result: result)
def a_policy_that_nobody_gave_is_refused_like_this() -> bool:
    """LOG-10, row 3, in the place of the first line."""
    unknown = ("LOG_AUDIT_POLICY_UNKNOWN", "lines[0].data.audit.policy_digest_hex")
    return replay(FIRST + SECOND, None, (OTHER,)) == (unknown, ())
