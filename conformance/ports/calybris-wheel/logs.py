"""Logs and envelopes: each answer is the wheel's, asked of files; which line it means is found by asking for less."""

from __future__ import annotations  # an older release lacks some of the types

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import calybris
from calybris import KernelDecision, KernelInput, PolicySnapshot, ProofEnvelope, _core
from ledgers import VERSION_BIT
from values import JSON, Instead, integer, record_of, refusal, unsupported, untranslatable

Ask = Callable[[Path], Any]
"""What is asked about the log in a file."""

SEQUENCE = re.compile(r"sequence continuity violation: found|duplicate sequence: ")
CHAIN = re.compile(r"chain broken at sequence \d+: expected (?P<expected>\w+), found")
LINE = re.compile(r"WAL JSON error|not valid UTF-8|invalid utf-8")
TOO_LONG = re.compile(r"exceeds")
SHORT_KEY = re.compile(r"hmac_key must be at least")
BEHIND = re.compile(r"WAL watermark \d+ is ahead")
SCHEMA = re.compile(r"anchor.*schema", re.DOTALL)
KEYED = re.compile(r"anchor keyed mode")
ANCHOR = re.compile(r"anchor mismatch: expected sequence (?P<expected>\d+) hash .*, found sequence (?P<found>\d+) hash")
CANONICAL = re.compile(r"non-canonical audit bundle: .*?(?P<field>[a-z]+(_[a-z]+)+)(?<!audit_bundle)", re.DOTALL)
AUDITS = (
    (r"policy not resolved|policy_match=false", "LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex"),
    (r"input_match=false", "LOG_AUDIT_INPUT_MISMATCH", "audit.input_digest_hex"),
    (r"decision_match=false", "LOG_AUDIT_DECISION_MISMATCH", "audit.decision_digest_hex"),
    (r"replay_valid=false policy_match", "LOG_AUDIT_NOT_REPLAYED", "decision"),
)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def bytes_of(parts: list[JSON]) -> bytes:
    return b"".join(bytes.fromhex(part["hex"]) * int(part["times"]) for part in parts)


def key_of(question: JSON) -> bytes | None:
    return None if question["key_hex"] is None else bytes.fromhex(question["key_hex"])


def anchor_of(question: JSON, place: Path) -> calybris.WalAnchor | None:
    """The wheel has no anchor but those that it reads from a file."""
    if question["anchor"] is None:
        return None
    file = place / "anchor.json"
    sequence = integer(question["anchor"]["sequence"], "anchor.sequence")
    file.write_text(json.dumps(question["anchor"] | {"sequence": sequence}), encoding="utf-8")
    try:
        return calybris.WalAnchor.load(file)
    except (ValueError, calybris.PersistenceError, calybris.WalError) as error:
        raise anchor_refusal(str(error)) from error


def anchor_refusal(sentence: str) -> Instead:
    if SCHEMA.search(sentence):
        return refusal("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version", sentence)
    if KEYED.search(sentence):
        return refusal("LOG_ANCHOR_MISMATCH", "anchor.keyed", sentence)
    if head := ANCHOR.search(sentence):
        field = "last_hash" if head["expected"] == head["found"] else "sequence"
        return refusal("LOG_ANCHOR_MISMATCH", f"anchor.{field}", sentence)
    return untranslatable(sentence)


# ---- reading


def asked(question: JSON, place: Path, ask: Ask) -> Any:
    """What the wheel answers about the log; its refusal with the line that it is about."""
    log, file = bytes_of(question["log"]), place / "log"
    key = key_of(question)
    file.write_bytes(log)
    try:
        return ask(file)
    except calybris.ArtifactValidationError as error:
        raise (refusal("LOG_KEY_TOO_SHORT", "key_hex", error) if SHORT_KEY.search(str(error)) else error) from error
    except (calybris.WalError, calybris.PersistenceError) as error:
        sentence = str(error)
        if BEHIND.search(sentence):
            raise refusal("RECOVERY_LOG_BEHIND", "wal_high_watermark", error) from error
        line = first_line_refused(log, file, ask, sentence)
        raise log_refusal(sentence, line, log, file, key) from error


def first_line_refused(log: bytes, file: Path, ask: Ask, sentence: str) -> int | None:
    """The last line of the shortest beginning that is refused with this sentence; None when it is about no line."""
    lines = log.split(b"\n")
    ends = [end for end in (b"\n".join(lines[: count + 1]) + b"\n" for count in range(len(lines))) if end]
    for number, beginning in enumerate(ends):
        file.write_bytes(beginning[: len(log)])
        try:
            ask(file)
        except (calybris.WalError, calybris.PersistenceError) as error:
            if str(error) == sentence:
                return number
    return None


def log_refusal(sentence: str, line: int | None, log: bytes, file: Path, key: bytes | None) -> Instead:
    at = f"lines[{line}]"
    before = b"".join(part + b"\n" for part in log.split(b"\n")[: line or 0])
    if chain := CHAIN.search(sentence):
        field = "previous_hash" if chain["expected"] == verified(before, file, key)[1] else "entry_hash"
        return refusal("LOG_CHAIN_BROKEN", f"{at}.{field}", sentence)
    if SEQUENCE.search(sentence):
        return refusal("LOG_SEQUENCE_UNEXPECTED", f"{at}.sequence", sentence)
    if found := CANONICAL.search(sentence):
        return refusal("LOG_AUDIT_NOT_CANONICAL", f"{at}.data.audit.{found['field']}", sentence)
    for pattern, code, field in AUDITS:
        if re.search(pattern, sentence):
            return refusal(code, f"{at}.data.{field}", sentence)
    if TOO_LONG.search(sentence):
        return refusal("LOG_LINE_TOO_LONG", at, sentence)
    if LINE.search(sentence):
        file.write_bytes((before + log.split(b"\n")[line or 0] + b"\n")[: len(log)])
        try:  # a line that is an entry, and holds no record
            _core.verify_audited_wal(file, hmac_key=key)
        except calybris.WalError:
            return refusal("LOG_LINE_MALFORMED", at, sentence)
        return refusal("LOG_RECORD_MALFORMED", f"{at}.data", sentence)
    return anchor_refusal(sentence)


def verified(log: bytes, file: Path, key: bytes | None) -> tuple[int, str]:
    file.write_bytes(log)
    return _core.verify_audited_wal(file, hmac_key=key)


def wal_verify(_given: JSON, question: JSON) -> JSON:
    with folder() as place:
        anchor = anchor_of(question, place)
        key = key_of(question)
        sequence, last_hash = asked(
            question, place, lambda file: _core.verify_audited_wal(file, hmac_key=key, anchor=anchor)
        )
    return {"sequence": str(sequence), "last_hash": last_hash}


def wal_replay(policies: list[PolicySnapshot], question: JSON) -> JSON:
    if len(policies) != 1:
        raise unsupported("replay.policies")
    key = key_of(question)
    with folder() as place:
        verdicts = asked(question, place, lambda file: _core.replay_verify_audited_wal(file, policies[0], hmac_key=key))
    return {"verdicts": [record_of(verdict) for verdict in verdicts]}


def recovery_plan(_given: JSON, question: JSON) -> JSON:
    snapshot = question["snapshot"]
    numbers = {key: value and int(value) for key, value in snapshot.items() if key != "tenants"}
    tenants = [
        {key: text if key == "tenant_id" else int(text) for key, text in one.items()} for one in snapshot["tenants"]
    ]
    key = key_of(question)
    with folder() as place:
        file = {**numbers, "version": numbers["version"] | VERSION_BIT, "tenants": tenants}
        (place / "snapshot").write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
        anchor = anchor_of(question, place)
        plan = asked(
            question, place, lambda log: _core.plan_recovery(place / "snapshot", log, hmac_key=key, anchor=anchor)
        )
    return record_of({name: plan[name] for name in ("total_wal_entries", "entries_to_replay", "wal_high_watermark")})


# ---- writing


def wal_append_audited(evidence: tuple[PolicySnapshot, KernelInput, KernelDecision], question: JSON) -> JSON:
    if not question["verified"]:
        raise unsupported("append.unverified")
    log, key = bytes_of(question["log"]), key_of(question)
    with folder() as place:
        writer = asked(question, place, lambda file: _core.AuditedWal(file, hmac_key=key))
        try:
            entry = writer.append_verified(*evidence, question["metadata"])
        except calybris.WalError as error:
            raise refusal("LOG_DECISION_NOT_REPLAYED", "decision", error) from error
        except calybris.ArtifactValidationError as error:
            raise refusal("LOG_PAYLOAD_TEXT_INVALID", "data.metadata", error) from error
        finally:
            writer.close()
        added = (place / "log").read_bytes()[len(log) :]
    return {"sequence": str(entry.sequence), "entry_hash": entry.entry_hash, "added_hex": added.hex()}


def proof_seal(evidence: tuple[PolicySnapshot, KernelInput, KernelDecision], question: JSON) -> JSON:
    policy, request, decision = evidence
    envelope = policy.proof_envelope(request, decision)
    if question["wal"]:
        envelope["wal_sequence"] = integer(question["wal"]["sequence"], "wal.sequence")
        envelope["wal_entry_hash"] = question["wal"]["entry_hash"]
    if question["budget"]:
        envelope["budget_snapshot_version"] = integer(question["budget"]["version"], "budget.version")
        envelope["ledger_digest_hex"] = question["budget"]["ledger_digest_hex"]
    sealed = ProofEnvelope(**envelope)
    try:
        sealed.validate_complete()
    except ValueError:
        return {"envelope": record_of(envelope), "is_complete": False}
    return {"envelope": record_of(envelope), "is_complete": True}
