"""Whether a log's decisions hold: every record against its own digests and against the policy it names (LOG-10)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from calybris_ref import kernel
from calybris_ref.digest import decision_digest, input_digest, policy_digest
from calybris_ref.errors import VerificationError
from calybris_ref.errors_wal import AuditFailed
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import U64, Record, columns
from calybris_ref.verify import AuditBundle
from calybris_ref.wal_blocks import verify_log
from calybris_ref.wal_chain import PlacedEntry, lines_of, verified_entries
from calybris_ref.wal_record import AuditedRecord


class PolicyIdentity(NamedTuple):
    """What a bundle says of its policy."""

    policy_epoch: int
    catalog_epoch: int
    policy_digest_hex: str


PolicyResolver: TypeAlias = Callable[[int, int, str], PolicySnapshot | None]
"""From policy epoch, catalog epoch and policy digest in hex to the policy, or None where there is none."""
Policies: TypeAlias = PolicySnapshot | Iterable[PolicySnapshot] | PolicyResolver


@dataclass(frozen=True, slots=True)
class WalReplayVerdict(Record):
    """What a replay found for one entry; what is false anywhere is raised, so in a verdict all four are true."""

    sequence: U64
    replay_valid: bool
    policy_digest_match: bool
    input_digest_match: bool
    decision_digest_match: bool


_SET_SEQUENCE, *_SET_FLAGS = [getattr(WalReplayVerdict, column.name).__set__ for column in columns(WalReplayVerdict)]


class PolicyBook:
    """The policies that a replay may use, by what a bundle says of them.

    A resolver is asked once for each policy, and what it answers is held against what it was asked for.
    """

    def __init__(self, policies: Policies) -> None:
        self._resolver: PolicyResolver | None = None
        self._known: dict[tuple[int, int, str], PolicySnapshot] = {}
        if isinstance(policies, PolicySnapshot):
            policies = [policies]
        if callable(policies):
            self._resolver = policies
        else:
            for snapshot in policies:
                self._known.setdefault(_identity(snapshot), snapshot)

    def find(self, bundle: AuditBundle | PolicyIdentity) -> PolicySnapshot | None:
        """The policy with the bundle's epochs and digest, if there is one."""
        wanted = (bundle.policy_epoch, bundle.catalog_epoch, bundle.policy_digest_hex)
        if wanted not in self._known and self._resolver:
            snapshot = self._resolver(*wanted)
            if snapshot is None or _identity(snapshot) != wanted:
                return None
            self._known[wanted] = snapshot
        return self._known.get(wanted)


def replay_entry(placed: PlacedEntry, book: PolicyBook) -> WalReplayVerdict:
    """The verdict on one entry of a verified chain; AuditFailed for the first check that fails."""
    replayed_record(placed, book)
    return good_verdict(placed.entry.sequence)


def replayed_record(placed: PlacedEntry, book: PolicyBook) -> AuditedRecord:
    """The record in one entry of a verified chain, if it holds; AuditFailed for the first check that fails."""
    try:
        record = AuditedRecord.from_data(placed.entry.data)
        _check_record(record, book)
    except AuditFailed as error:
        error.line, error.offset, error.sequence = placed.line, placed.offset, placed.entry.sequence
        raise error.within(f"lines[{placed.line}]") from None
    return record


def good_verdict(sequence: int) -> WalReplayVerdict:
    """The verdict on an entry that holds."""
    # Set as it is: to check that four times True is a flag would take longer than to replay the decision.
    verdict = object.__new__(WalReplayVerdict)
    _SET_SEQUENCE(verdict, sequence)
    for set_flag in _SET_FLAGS:
        set_flag(verdict, True)
    return verdict


def replay_log(log: bytes, policies: Policies, key: bytes | None = None) -> list[WalReplayVerdict]:
    """As `replay_audited_wal`, for a log that is in memory."""
    verify_log(log, key)
    book = PolicyBook(policies)
    return [replay_entry(placed, book) for placed in verified_entries(lines_of(log), key)]


def _check_record(record: AuditedRecord, book: PolicyBook) -> None:
    bundle = record.audit
    try:
        bundle.validate_canonical()
    except VerificationError as error:
        raise _failed("LOG_AUDIT_NOT_CANONICAL", f"audit.{error.at}", error.detail) from None
    snapshot = book.find(bundle)
    if snapshot is None:
        detail = (
            f"there is no policy with the epochs {bundle.policy_epoch} and {bundle.catalog_epoch} "
            f"and the digest {bundle.policy_digest_hex}"
        )
        raise _failed("LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex", detail)
    if input_digest(record.request).hex() != bundle.input_digest_hex:
        detail = "it is not the digest of the request in the record"
        raise _failed("LOG_AUDIT_INPUT_MISMATCH", "audit.input_digest_hex", detail)
    if decision_digest(record.decision).hex() != bundle.decision_digest_hex:
        detail = "it is not the digest of the decision in the record"
        raise _failed("LOG_AUDIT_DECISION_MISMATCH", "audit.decision_digest_hex", detail)
    if kernel.prescribe(snapshot, record.request) != record.decision:
        raise _failed("LOG_AUDIT_NOT_REPLAYED", "decision", "the policy decides otherwise for this request")


def _identity(snapshot: PolicySnapshot) -> PolicyIdentity:
    return PolicyIdentity(snapshot.policy_epoch, snapshot.catalog_epoch, policy_digest(snapshot).hex())


def _failed(code: str, at: str, detail: str) -> AuditFailed:
    return AuditFailed(detail, code=code, at=f"data.{at}")
