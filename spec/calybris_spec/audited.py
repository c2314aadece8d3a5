"""Audited decisions in the log: the record, and its replay (LOG-9, LOG-10)."""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec import log, verify
from calybris_spec.codes import ACCEPTED, ACTIONS, REASONS, Refusal
from calybris_spec.digest import decision_digest_hex, input_digest_hex, policy_digest_hex
from calybris_spec.json_text import fields_from, members, object_text, value_text
from calybris_spec.log import Added
from calybris_spec.logic import NONE, first, implies, no, within
from calybris_spec.payload import Payload, payload_of
from calybris_spec.types import Decision, Request, Snapshot
from calybris_spec.verify import Bundle

RECORD = ("audit", "input", "decision", "metadata")

REFUSALS = (
    ACCEPTED,
    Refusal("LOG_RECORD_MALFORMED", "lines[{}].data"),
    *[Refusal("LOG_AUDIT_NOT_CANONICAL", "lines[{}].data.audit." + refusal.at) for refusal in verify.REFUSALS[1:]],
    Refusal("LOG_AUDIT_POLICY_UNKNOWN", "lines[{}].data.audit.policy_digest_hex"),
    Refusal("LOG_AUDIT_INPUT_MISMATCH", "lines[{}].data.audit.input_digest_hex"),
    Refusal("LOG_AUDIT_DECISION_MISMATCH", "lines[{}].data.audit.decision_digest_hex"),
    Refusal("LOG_AUDIT_NOT_REPLAYED", "lines[{}].data.decision"),
)
"""What is wrong with a record, in the order of LOG-10."""
MALFORMED, POLICY_UNKNOWN, INPUT_MISMATCH, DECISION_MISMATCH, NOT_REPLAYED = 1, 10, 11, 12, 13
NOT_CANONICAL = len(verify.REFUSALS) - 1
"""How many rows a bundle that is not canonical may have."""

NOT_REPLAYED_HERE = Refusal("LOG_DECISION_NOT_REPLAYED", "decision")


class Record(NamedTuple):
    """An audited decision (LOG-9); the metadata stands as it was written."""

    audit: Bundle
    request: Request
    decision: Decision
    metadata: str


class ReplayVerdict(NamedTuple):
    """What was found about one entry (LOG-10)."""

    sequence: int
    replay_valid: bool
    policy_digest_match: bool
    input_digest_match: bool
    decision_digest_match: bool


class Replayed(NamedTuple):
    """A log of audited decisions: a verdict per entry, or the first refusal."""

    refusal: Refusal | None
    verdicts: tuple[ReplayVerdict, ...]


def name_in_record(name: str) -> str:
    """Return the form in a log record of an action or a reason given in display form (TYPES-6, TYPES-7)."""
    return "".join([word.capitalize() for word in name.split("_")])


NAMES = {
    "action": {name_in_record(name): code for code, name in ACTIONS.items()},
    "reason": {name_in_record(name): code for code, name in REASONS.items()},
}


def record_text(record: Record) -> Payload:
    """Return the payload of a record, or what the writer refuses in its metadata (LOG-7, LOG-9)."""
    metadata = payload_of(record.metadata, "data.metadata", around=1)
    decision = {
        **record.decision._asdict(),
        "action": name_in_record(ACTIONS[record.decision.action]),
        "reason": name_in_record(REASONS[record.decision.reason]),
    }
    parts = {"audit": record.audit._asdict(), "input": record.request._asdict(), "decision": decision}
    texts = {name: object_text({key: value_text(value) for key, value in part.items()}) for name, part in parts.items()}
    return metadata._replace(text=object_text(texts | {"metadata": metadata.text}))


def append_audited(log_so_far: bytes, key: bytes | None, record: Record, snapshot: Snapshot | None = None) -> Added:
    """Return the next entry for an audited decision, written as it is (LOG-9).

    With a snapshot, `append_verified_audited`: refused unless that policy takes the decision for the request.
    """
    reading = log.read(log_so_far, key)
    if reading.refusal is not None:
        return log.refused(reading.refusal)
    if snapshot is not None and not replays(snapshot, record):
        return log.refused(NOT_REPLAYED_HERE)
    return log.append_written(log_so_far, key, record_text(record))


def replays(snapshot: Snapshot, record: Record) -> bool:
    """Whether the policy takes this decision for this request (VERIFY-1)."""
    return verify.verify_decision(snapshot, record.request, record.decision).status == verify.VALID


def record_of(data: str) -> Record | None:
    """Return the record that a payload is, or None: keys each once, plain integers, known names (LOG-10, row 1)."""
    values = members(data, RECORD)
    if values is None:
        return None
    audit = fields_from(values["audit"], Bundle)
    request = fields_from(values["input"], Request)
    decision = fields_from(values["decision"], Decision, NAMES)
    if audit is None or request is None or decision is None:
        return None
    return Record(Bundle(**audit), Request(**request), Decision(**decision), values["metadata"])


@require(lambda bundle_problem: within(NONE, bundle_problem, NOT_CANONICAL))
@ensure(lambda result: within(NONE, result, NOT_REPLAYED))
@ensure(lambda is_record, result: (result == MALFORMED) == no(is_record))
@ensure(
    lambda is_record, bundle_problem, result: implies(
        is_record & (bundle_problem != NONE), result == MALFORMED + bundle_problem
    )
)
@ensure(
    lambda has_policy, has_input, has_decision, result: (
        implies(result == POLICY_UNKNOWN, no(has_policy))
        & implies(result == INPUT_MISMATCH, has_policy & no(has_input))
        & implies(result == DECISION_MISMATCH, has_policy & has_input & no(has_decision))
        & implies(result == NOT_REPLAYED, has_policy & has_input & has_decision)
    )
)
@ensure(
    lambda is_record, bundle_problem, has_policy, has_input, has_decision, is_replayed, result: (
        (result == NONE) == all([is_record, bundle_problem == NONE, has_policy, has_input, has_decision, is_replayed])
    )
)
def record_problem(
    is_record: bool, bundle_problem: int, has_policy: bool, has_input: bool, has_decision: bool, is_replayed: bool
) -> int:
    """Return the row of REFUSALS that applies first, 0 when the decision replays (LOG-10)."""
    found = first(
        (no(is_record), bundle_problem != NONE, no(has_policy), no(has_input), no(has_decision), no(is_replayed))
    )
    if found <= MALFORMED:
        return found
    return MALFORMED + bundle_problem if found == MALFORMED + 1 else NOT_CANONICAL - 1 + found


def policy_of(bundle: Bundle, policies: tuple[Snapshot, ...]) -> Snapshot | None:
    """Return the first policy with the epochs and the digest that a bundle names (LOG-10, row 3)."""
    named = (bundle.policy_epoch, bundle.catalog_epoch, bundle.policy_digest_hex)
    for snapshot in policies:
        if (snapshot.policy.policy_epoch, snapshot.policy.catalog_epoch, policy_digest_hex(snapshot)) == named:
            return snapshot
    return None


def problem_of(record: Record | None, policies: tuple[Snapshot, ...]) -> int:
    """Return what is wrong with a record: a row of REFUSALS, 0 when it replays (LOG-10)."""
    if record is None:
        return MALFORMED
    snapshot = policy_of(record.audit, policies)
    return record_problem(
        True,
        verify.bundle_problem(record.audit),
        snapshot is not None,
        input_digest_hex(record.request) == record.audit.input_digest_hex,
        decision_digest_hex(record.decision) == record.audit.decision_digest_hex,
        snapshot is not None and replays(snapshot, record),
    )


def replay(log_so_far: bytes, key: bytes | None, policies: tuple[Snapshot, ...]) -> Replayed:
    """Return a verdict per entry, or the first refusal: of the whole chain, then entry after entry (LOG-10)."""
    reading = log.read(log_so_far, key)
    if reading.refusal is not None:
        return Replayed(reading.refusal, ())
    for place, entry in reading.entries:
        problem = problem_of(record_of(entry.data), policies)
        if problem != NONE:
            return Replayed(Refusal(REFUSALS[problem].code, REFUSALS[problem].at.format(place)), ())
    return Replayed(None, tuple([valid_at(entry.sequence) for _, entry in reading.entries]))


def valid_at(sequence: int) -> ReplayVerdict:
    """Return the verdict on an entry that replays: everything matches (LOG-10)."""
    return ReplayVerdict(sequence, True, True, True, True)
