"""The order in which a record is refused (LOG-10), row by row against the page."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.audited import NAMES, NOT_CANONICAL, REFUSALS, record_problem
from calybris_spec.logic import NONE, no, within
from calybris_spec.verify import REFUSALS as BUNDLE_REFUSALS


@require(lambda bundle_problem: within(NONE, bundle_problem, NOT_CANONICAL))
@ensure(lambda result: result)
def a_record_is_refused_for_the_first_thing_that_is_wrong(
    is_record: bool, bundle_problem: int, has_policy: bool, has_input: bool, has_decision: bool, is_replayed: bool
) -> bool:
    """The codes of the table of LOG-10, each exactly when all rows before it are right."""
    right = [is_record, bundle_problem == NONE, has_policy, has_input, has_decision, is_replayed]
    codes = [
        "LOG_RECORD_MALFORMED",
        "LOG_AUDIT_NOT_CANONICAL",
        "LOG_AUDIT_POLICY_UNKNOWN",
        "LOG_AUDIT_INPUT_MISMATCH",
        "LOG_AUDIT_DECISION_MISMATCH",
        "LOG_AUDIT_NOT_REPLAYED",
    ]
    code = REFUSALS[record_problem(is_record, bundle_problem, has_policy, has_input, has_decision, is_replayed)].code
    return all([(code == codes[k]) == (all(right[:k]) & no(right[k])) for k in range(6)]) & ((code == "") == all(right))


@require(lambda bundle_problem: within(1, bundle_problem, NOT_CANONICAL))
@ensure(lambda result: result)
def a_bundle_that_is_not_canonical_is_named_by_its_field(bundle_problem: int, rest: bool) -> bool:
    """The field that VERIFY-5 names, in the line (LOG-10)."""
    at = REFUSALS[record_problem(True, bundle_problem, rest, rest, rest, rest)].at
    return at == "lines[{}].data.audit." + BUNDLE_REFUSALS[bundle_problem].at


@ensure(lambda result: result)
def every_action_and_reason_has_its_own_name_in_a_record() -> bool:
    """TYPES-6 and TYPES-7: as many names as codes, each without an underscore (LOG-9)."""
    actions, reasons = NAMES["action"], NAMES["reason"]
    return all(
        [
            [*actions.items()] == [("ExecuteRequested", 1), ("Substitute", 2), ("Reject", 3)],
            sorted(reasons.values()) == [1, 2, *range(100, 111)],
            reasons["RequestedModelMaximizesUtility"] == 1,
            reasons["NonPositiveUtility"] == 109,
            reasons["RiskCeilingConstraint"] == 110,
        ]
    )
