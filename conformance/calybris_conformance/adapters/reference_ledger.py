"""The ledger operations of docs/operations.md, asked of `calybris_ref`: digests, proofs, files, and budget scripts.

What the library refuses is raised as it refuses it: `adapters/reference.py` turns it into the refusal of the protocol.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import calybris_ref
from calybris_conformance import wire
from calybris_conformance.operations import Operation, Refused
from calybris_ref import (
    BudgetEngine,
    BudgetSnapshot,
    CalybrisError,
    RecordError,
    Reservation,
    TenantLedger,
    Violation,
    WidthError,
)

JSON = Mapping[str, Any]


def _digest_ledger(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": calybris_ref.ledger_digest(snapshot_of(question)).hex()}


def _conservation(_given: JSON, question: JSON) -> dict[str, Any]:
    status = calybris_ref.conservation_status(snapshot_of(question))
    tenant_id, delta = (status.tenant_id, status.delta_microcents) if isinstance(status, Violation) else (None, None)
    return {"status": status.status, "tenant_id": tenant_id, "delta_microcents": wire.decimal(delta)}


def _restore(_given: JSON, question: JSON) -> dict[str, Any]:
    engine = BudgetEngine()
    engine.restore_from_snapshot(snapshot_of(question))
    return {"snapshot": _written(engine.snapshot())}


def _prove(_given: JSON, question: JSON) -> dict[str, Any]:
    return _proof(calybris_ref.prove_snapshot(snapshot_of(question)))


def _certify(_given: JSON, question: JSON) -> dict[str, Any]:
    committed = wire.integer(question["committed_since_last_certificate"], "committed_since_last_certificate")
    balanced = question["conservation_balanced"]
    return _certificate(calybris_ref.certify_snapshot(snapshot_of(question), balanced, committed))


def _save(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"file_hex": calybris_ref.snapshot_text(snapshot_of(question)).encode().hex()}


def _load(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"snapshot": _written(calybris_ref.snapshot_from_text(wire.read_bytes(question["file"])))}


def _script(_given: JSON, question: JSON) -> dict[str, Any]:
    script = _Script()
    return {"steps": [script.answer(step) for step in question["steps"]]}


class _Script:
    """A new engine, the reservations that the script has named, and the tenants whose state it shows."""

    def __init__(self) -> None:
        self.engine = BudgetEngine()
        self.labels: dict[str, Reservation | None] = {}
        self.named: set[str] = set()

    def answer(self, step: JSON) -> dict[str, Any]:
        """What one step answers, and the state behind it."""
        self.named |= _tenants_named(step)
        try:
            found: dict[str, Any] = {"ok": _STEPS[step["op"]](self, step)}
        except RecordError:
            raise  # only a damaged script ends here
        except (CalybrisError, Refused) as error:
            found = {"error": {"code": error.code, "at": error.at}}
        return {**found, "state": self._state()}

    def _state(self) -> dict[str, Any]:
        named = sorted(self.named, key=str.encode)
        return {
            "tenants": [
                wire.write(wire.TENANT, self._tenant(tenant_id))
                for tenant_id in named
                if self.engine.initial_microcents(tenant_id) is not None
            ],
            "active_reservations": wire.decimal(self.engine.active_reservations),
        }

    def _tenant(self, tenant_id: str) -> dict[str, Any]:
        amounts = [name for name in wire.TENANT if name != "tenant_id"]
        return {"tenant_id": tenant_id, **{name: getattr(self.engine, name)(tenant_id) for name in amounts}}

    def ensure_tenant(self, step: JSON) -> dict[str, Any]:
        self.engine.ensure_tenant(step["tenant_id"], _integer(step, "budget_microcents"))
        return {}

    def top_up_tenant(self, step: JSON) -> dict[str, Any]:
        return _outcome(step, self.engine.top_up_tenant(step["tenant_id"], _integer(step, "amount_microcents")))

    def set_max_reserved(self, step: JSON) -> dict[str, Any]:
        cap = _integer(step, "max_reserved_microcents")
        self.engine.set_max_reserved_microcents(step["tenant_id"], cap)
        return {}

    def try_reserve(self, step: JSON) -> dict[str, Any]:
        self.labels[step["label"]] = None
        outcome, self.labels[step["label"]] = self.engine.try_reserve(
            step["tenant_id"], _integer(step, "cost_microcents")
        )
        return _outcome(step, outcome)

    def commit(self, step: JSON) -> dict[str, Any]:
        # An id that was never issued, for a label that stands for none.
        reservation = self.labels.get(step["label"])
        return _outcome(step, self.engine.commit(reservation, _integer(step, "actual_microcents")))

    def release(self, step: JSON) -> dict[str, Any]:
        return _outcome(step, self.engine.release(self.labels.get(step["label"])))

    def query(self, step: JSON) -> dict[str, Any]:
        values = {name: getattr(self.engine, name) for name in wire.QUERY}
        return wire.write(
            wire.QUERY,
            {name: value(step["tenant_id"]) if callable(value) else value for name, value in values.items()},
        )

    def snapshot(self, _step: JSON) -> dict[str, Any]:
        return {"snapshot": _written(self.engine.snapshot())}

    def restore(self, step: JSON) -> dict[str, Any]:
        self.engine.restore_from_snapshot(snapshot_of(step))
        return {}

    def prove(self, _step: JSON) -> dict[str, Any]:
        return _proof(calybris_ref.prove_conservation(self.engine))

    def certify(self, _step: JSON) -> dict[str, Any]:
        return _certificate(calybris_ref.certify_ledger(self.engine))


_STEPS: dict[str, Callable[[_Script, JSON], dict[str, Any]]] = {
    "ensure_tenant": _Script.ensure_tenant,
    "top_up_tenant": _Script.top_up_tenant,
    "set_max_reserved": _Script.set_max_reserved,
    "try_reserve": _Script.try_reserve,
    "commit": _Script.commit,
    "release": _Script.release,
    "query": _Script.query,
    "snapshot": _Script.snapshot,
    "restore": _Script.restore,
    "prove": _Script.prove,
    "certify": _Script.certify,
}


def _tenants_named(step: JSON) -> set[str]:
    """The tenants that a step names: its own, and those of the snapshot that it restores."""
    restored = step["snapshot"]["tenants"] if "snapshot" in step else []
    return {holder["tenant_id"] for holder in (step, *restored) if "tenant_id" in holder}


def _integer(step: JSON, name: str) -> int:
    """An amount of a step; the library checks its width."""
    return wire.integer(step[name], name)


def snapshot_of(holder: JSON) -> BudgetSnapshot:
    """The snapshot under the key `snapshot`."""
    values = wire.read_ledger(holder["snapshot"])
    tenants = [_tenant(tenant, place) for place, tenant in enumerate(values["tenants"])]
    return BudgetSnapshot(**{**values, "tenants": tuple(tenants)})


def _tenant(values: dict[str, Any], place: int) -> TenantLedger:
    try:
        return TenantLedger(**values)
    except WidthError as error:
        raise error.within(f"tenants[{place}]") from None


def _written(snapshot: BudgetSnapshot) -> dict[str, Any]:
    return wire.write_ledger(snapshot.to_dict())


def _outcome(step: JSON, outcome: Any) -> dict[str, Any]:
    amounts = {field.name: getattr(outcome, field.name) for field in fields(outcome)}
    return wire.write_outcome(step["op"], outcome.status, amounts)


def _proof(proof: calybris_ref.ConservationProof) -> dict[str, Any]:
    return wire.write(wire.CONSERVATION_PROOF, proof.to_dict())


def _certificate(certificate: calybris_ref.FinancialCertificate) -> dict[str, Any]:
    return wire.write(wire.FINANCIAL_CERTIFICATE, certificate.to_dict())


OPERATIONS: dict[str, Operation] = {
    "digest.ledger": _digest_ledger,
    "ledger.conservation": _conservation,
    "ledger.restore": _restore,
    "budget.script": _script,
    "finance.prove": _prove,
    "finance.certify": _certify,
    "snapshot.save": _save,
    "snapshot.load": _load,
}
