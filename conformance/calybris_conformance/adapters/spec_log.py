"""The log, the envelope, snapshot files and recovery of the specification behind the protocol (part of `spec`)."""

from collections.abc import Mapping
from typing import Any

from calybris_conformance import wire
from calybris_conformance.adapters import spec_records
from calybris_conformance.operations import Operation, Refused
from calybris_spec import audited, decision, envelope, log, recovery, verify
from calybris_spec.codes import Refusal
from calybris_spec.logic import NONE

JSON = Mapping[str, Any]


def _snapshot_save(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"file_hex": recovery.file_text(spec_records.read_ledger(question["snapshot"])).encode().hex()}


def _snapshot_load(_given: JSON, question: JSON) -> dict[str, Any]:
    loaded = recovery.load(wire.read_bytes(question["file"]))
    if loaded.snapshot is None:
        raise _refused(recovery.REFUSALS[loaded.problem])
    return {"snapshot": spec_records.written_ledger(loaded.snapshot)}


def _append(_given: JSON, question: JSON) -> dict[str, Any]:
    return _added(log.append(wire.read_bytes(question["log"]), _key(question), question["data"]))


def _append_parts(_given: JSON, question: JSON) -> dict[str, Any]:
    data = wire.read_bytes(question["data"]).decode()
    return _added(log.append(wire.read_bytes(question["log"]), _key(question), data))


def _append_audited(given: JSON, question: JSON) -> dict[str, Any]:
    snapshot, request = spec_records.read_snapshot(given), spec_records.read_request(question)
    taken = decision.decide(snapshot, spec_records.read_request(question, "decided_for"))
    record = audited.Record(verify.audit_bundle(snapshot, request, taken), request, taken, question["metadata"])
    judge = snapshot if question["verified"] else None
    return _added(audited.append_audited(wire.read_bytes(question["log"]), _key(question), record, judge))


def _added(added: log.Added) -> dict[str, Any]:
    if added.refusal is not None:
        raise _refused(added.refusal)
    return {
        "sequence": wire.decimal(added.entry.sequence),
        "entry_hash": added.entry.entry_hash,
        "added_hex": added.added.hex(),
    }


def _verify(_given: JSON, question: JSON) -> dict[str, Any]:
    reading = _reading(question)
    if reading.refusal is not None:
        raise _refused(reading.refusal)
    return {"sequence": wire.decimal(reading.head.sequence), "last_hash": reading.head.last_hash}


def _replay(given: JSON, question: JSON) -> dict[str, Any]:
    policies = tuple(spec_records.read_snapshot({"policy": policy}) for policy in given["policies"])
    replayed = audited.replay(wire.read_bytes(question["log"]), _key(question), policies)
    if replayed.refusal is not None:
        raise _refused(replayed.refusal)
    return {"verdicts": [wire.write(wire.VERDICT, verdict._asdict()) for verdict in replayed.verdicts]}


def _seal(given: JSON, question: JSON) -> dict[str, Any]:
    snapshot, request = spec_records.read_snapshot(given), spec_records.read_request(question)
    taken = decision.decide(snapshot, spec_records.read_request(question, "decided_for"))
    sealed = envelope.seal(snapshot, request, taken)
    if wal := question["wal"]:
        sealed = envelope.with_wal(sealed, wire.integer(wal["sequence"], "wal.sequence"), wal["entry_hash"])
    if budget := question["budget"]:
        version = wire.integer(budget["version"], "budget.version")
        sealed = envelope.with_budget(sealed, version, budget["ledger_digest_hex"])
    return {
        "envelope": wire.write(wire.ENVELOPE, sealed._asdict()),
        "is_complete": envelope.is_complete(sealed),
    }


def _validate(_given: JSON, question: JSON) -> dict[str, Any]:
    record = envelope.Envelope(**wire.read(wire.ENVELOPE, question["envelope"], "envelope"))
    problem = envelope.envelope_problem(record)
    if problem != NONE:
        raise _refused(envelope.REFUSALS[problem])
    return {}


def _plan(_given: JSON, question: JSON) -> dict[str, Any]:
    refusal, plan = recovery.recovery_plan(spec_records.read_ledger(question["snapshot"]), _reading(question))
    if refusal is not None:
        raise _refused(refusal)
    return {key: wire.decimal(value) for key, value in plan._asdict().items()}


def _reading(question: JSON) -> log.Reading:
    anchor = question["anchor"]
    kept = None if anchor is None else log.Anchor(**wire.read(wire.ANCHOR, anchor, "anchor"))
    return log.verify(wire.read_bytes(question["log"]), _key(question), kept)


def _key(question: JSON) -> bytes | None:
    return None if question["key_hex"] is None else bytes.fromhex(question["key_hex"])


def _refused(refusal: Refusal) -> Refused:
    return Refused(refusal.code, refusal.at)


OPERATIONS: Mapping[str, Operation] = {
    "snapshot.save": _snapshot_save,
    "snapshot.load": _snapshot_load,
    "wal.append": _append,
    "wal.append_parts": _append_parts,
    "wal.append_audited": _append_audited,
    "wal.verify": _verify,
    "wal.replay": _replay,
    "proof.seal": _seal,
    "proof.validate": _validate,
    "recovery.plan": _plan,
}
