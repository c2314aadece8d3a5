"""The operations of docs/operations.md on logs, envelopes and recovery, asked of `calybris_ref`.

What the library refuses is raised as it refuses it: `adapters/reference.py` turns it into the refusal of the protocol.
"""

from collections.abc import Mapping
from typing import Any

import calybris_ref
from calybris_conformance import wire
from calybris_conformance.adapters.reference_records import evidence, policy_of
from calybris_conformance.operations import Operation
from calybris_ref import (
    BudgetSnapshot,
    JsonText,
    ProofEnvelope,
    ProofEnvelopeBuilder,
    TenantLedger,
    WalAnchor,
    WalEntry,
)
from calybris_ref.persistence import plan_recovery
from calybris_ref.wal_chain import missing_line_feed
from calybris_ref.wal_record import record_bytes, verified_record_bytes

JSON = Mapping[str, Any]


def _append(_given: JSON, question: JSON) -> dict[str, Any]:
    return _append_text(question, question["data"])


def _append_parts(_given: JSON, question: JSON) -> dict[str, Any]:
    return _append_text(question, wire.read_bytes(question["data"]).decode())


def _append_text(question: JSON, data: str) -> dict[str, Any]:
    log, key = _log(question)
    # The log is verified first: what is wrong with it is refused before the payload is looked at.
    head = calybris_ref.verify_log(log, key)
    payload = calybris_ref.payload_bytes(JsonText(data))
    return _appended(log, calybris_ref.next_entry(head, payload, key))


def _append_audited(given: JSON, question: JSON) -> dict[str, Any]:
    log, key = _log(question)
    head = calybris_ref.verify_log(log, key)
    snapshot, request, decision = evidence(given, question)
    metadata = JsonText(question["metadata"])
    if question["verified"]:
        payload = verified_record_bytes(snapshot, request, decision, metadata)
    else:
        audit = calybris_ref.audit_bundle(snapshot, request, decision)
        payload = record_bytes(audit, request, decision, metadata)
    return _appended(log, calybris_ref.next_entry(head, payload, key))


def _verify(_given: JSON, question: JSON) -> dict[str, Any]:
    head = calybris_ref.verify_log(*_log(question), _anchor(question))
    return {"sequence": wire.decimal(head.sequence), "last_hash": head.last_hash}


def _replay(given: JSON, question: JSON) -> dict[str, Any]:
    log, key = _log(question)
    policies = [policy_of(value) for value in given["policies"]]
    verdicts = calybris_ref.replay_log(log, policies, key)
    return {"verdicts": [wire.write(wire.VERDICT, verdict.to_dict()) for verdict in verdicts]}


def _seal(given: JSON, question: JSON) -> dict[str, Any]:
    builder = ProofEnvelopeBuilder(*evidence(given, question))
    if wal := question["wal"]:
        builder.wal(wire.integer(wal["sequence"], "wal.sequence"), wal["entry_hash"])
    if budget := question["budget"]:
        builder.budget(wire.integer(budget["version"], "budget.version"), budget["ledger_digest_hex"])
    envelope = builder.build()
    return {"envelope": wire.write(wire.ENVELOPE, envelope.to_dict()), "is_complete": envelope.is_complete}


def _validate(_given: JSON, question: JSON) -> dict[str, Any]:
    ProofEnvelope(**wire.read(wire.ENVELOPE, question["envelope"])).validate_complete()
    return {}


def _plan(_given: JSON, question: JSON) -> dict[str, Any]:
    values = wire.read_ledger(question["snapshot"])
    tenants = [TenantLedger(**tenant) for tenant in values["tenants"]]
    snapshot = BudgetSnapshot(**{**values, "tenants": tenants})
    head = calybris_ref.verify_log(*_log(question), _anchor(question))
    plan = plan_recovery(snapshot, head.sequence)
    names = ("total_wal_entries", "entries_to_replay", "wal_high_watermark")
    return {name: wire.decimal(getattr(plan, name)) for name in names}


def _log(question: JSON) -> tuple[bytes, bytes | None]:
    """The log so far, and its key if it has one."""
    key_hex = question["key_hex"]
    return wire.read_bytes(question["log"]), None if key_hex is None else bytes.fromhex(key_hex)


def _anchor(question: JSON) -> WalAnchor | None:
    value = question["anchor"]
    return None if value is None else WalAnchor(**wire.read(wire.ANCHOR, value))


def _appended(log: bytes, entry: WalEntry) -> dict[str, Any]:
    added = missing_line_feed(log[-1:]) + entry.line()
    return {"sequence": wire.decimal(entry.sequence), "entry_hash": entry.entry_hash, "added_hex": added.hex()}


OPERATIONS: dict[str, Operation] = {
    "wal.append": _append,
    "wal.append_parts": _append_parts,
    "wal.append_audited": _append_audited,
    "wal.verify": _verify,
    "wal.replay": _replay,
    "proof.seal": _seal,
    "proof.validate": _validate,
    "recovery.plan": _plan,
}
