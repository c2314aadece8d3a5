"""The ledger of the specification behind the protocol: digests, proofs and budget scripts (part of `spec`)."""

from collections.abc import Callable, Mapping
from typing import Any

from calybris_conformance import wire
from calybris_conformance.adapters import spec_records
from calybris_conformance.operations import Operation, Refused
from calybris_spec import book as books
from calybris_spec import finance, ledger_layout, snapshot
from calybris_spec.book import NEW, Answer, Book
from calybris_spec.ledger import AMOUNT

JSON = Mapping[str, Any]
Taken = tuple[Book, dict[str, Any]]

NEVER_ISSUED = 0
"""The number of a label that stands for no reservation: holds count from 1."""


def _digest_ledger(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": ledger_layout.ledger_digest_hex(spec_records.read_ledger(question["snapshot"]))}


def _conservation(_given: JSON, question: JSON) -> dict[str, Any]:
    found = snapshot.conservation(spec_records.read_ledger(question["snapshot"]))
    return {**found._asdict(), "delta_microcents": wire.decimal(found.delta_microcents)}


def _restore(_given: JSON, question: JSON) -> dict[str, Any]:
    _, taken = books.take_snapshot(_restored(NEW, spec_records.read_ledger(question["snapshot"])))
    return {"snapshot": spec_records.written_ledger(taken)}


def _prove(_given: JSON, question: JSON) -> dict[str, Any]:
    return _proof(spec_records.read_ledger(question["snapshot"]))


def _certify(_given: JSON, question: JSON) -> dict[str, Any]:
    committed_since = wire.integer(question["committed_since_last_certificate"], "committed_since_last_certificate")
    balanced = question["conservation_balanced"]
    certificate = finance.certify(spec_records.read_ledger(question["snapshot"]), balanced, committed_since)
    return wire.write(wire.FINANCIAL_CERTIFICATE, certificate._asdict())


def _script(_given: JSON, question: JSON) -> dict[str, Any]:
    script = _Script()
    return {"steps": [script.answer(step) for step in question["steps"]]}


class _Script:
    """A new book, the holds that the script has named, and the tenants that it has named."""

    def __init__(self) -> None:
        self.book = NEW
        self.labels: dict[str, int] = {}
        self.named: set[str] = set()

    def answer(self, step: JSON) -> dict[str, Any]:
        """What one step answers, and the state behind it."""
        self.named |= {step["tenant_id"]} if "tenant_id" in step else set()
        self.named |= {tenant["tenant_id"] for tenant in step.get("snapshot", {"tenants": ()})["tenants"]}
        try:
            self.book, told = _STEPS[step["op"]](self, step)
        except Refused as refused:
            return {"error": {"code": refused.code, "at": refused.at}, "state": self._state()}
        return {"ok": told, "state": self._state()}

    def _state(self) -> dict[str, Any]:
        known = [row for row in self.book.rows if row.tenant_id in self.named]
        tenants = [
            wire.write(wire.TENANT, {"tenant_id": row.tenant_id, **row.account._asdict()})
            for row in sorted(known, key=lambda row: str(row.tenant_id).encode())
        ]
        return {"tenants": tenants, "active_reservations": wire.decimal(len(self.book.holds))}

    def ensure_tenant(self, step: JSON) -> Taken:
        return books.ensure_tenant(self.book, step["tenant_id"], _amount(step, "budget_microcents")), {}

    def set_max_reserved(self, step: JSON) -> Taken:
        return books.set_cap(self.book, step["tenant_id"], _amount(step, "max_reserved_microcents")), {}

    def top_up_tenant(self, step: JSON) -> Taken:
        return _told(step, books.top_up(self.book, step["tenant_id"], _amount(step, "amount_microcents")))

    def try_reserve(self, step: JSON) -> Taken:
        taken = books.reserve(self.book, step["tenant_id"], _amount(step, "cost_microcents"))
        self.labels[step["label"]] = taken[1].number or NEVER_ISSUED
        return _told(step, taken)

    def commit(self, step: JSON) -> Taken:
        number = self.labels.get(step["label"], NEVER_ISSUED)
        return _told(step, books.commit(self.book, number, _amount(step, "actual_microcents")))

    def release(self, step: JSON) -> Taken:
        return _told(step, books.release(self.book, self.labels.get(step["label"], NEVER_ISSUED)))

    def query(self, step: JSON) -> Taken:
        return self.book, wire.write(wire.QUERY, books.query(self.book, step["tenant_id"])._asdict())

    def snapshot(self, _step: JSON) -> Taken:
        after, taken = books.take_snapshot(self.book)
        return after, {"snapshot": spec_records.written_ledger(taken)}

    def restore(self, step: JSON) -> Taken:
        return _restored(self.book, spec_records.read_ledger(step["snapshot"])), {}

    def prove(self, _step: JSON) -> Taken:
        # The version is spent, whether there is a proof or not.
        self.book, taken = books.take_snapshot(self.book)
        return self.book, _proof(taken)

    def certify(self, _step: JSON) -> Taken:
        after, certificate = books.certify(self.book)
        return after, wire.write(wire.FINANCIAL_CERTIFICATE, certificate._asdict())


_STEPS: dict[str, Callable[[_Script, JSON], Taken]] = {
    "ensure_tenant": _Script.ensure_tenant,
    "set_max_reserved": _Script.set_max_reserved,
    "top_up_tenant": _Script.top_up_tenant,
    "try_reserve": _Script.try_reserve,
    "commit": _Script.commit,
    "release": _Script.release,
    "query": _Script.query,
    "snapshot": _Script.snapshot,
    "restore": _Script.restore,
    "prove": _Script.prove,
    "certify": _Script.certify,
}


def _told(step: JSON, taken: tuple[Book, Answer]) -> Taken:
    after, answer = taken
    return after, wire.write_outcome(step["op"], answer.status, answer.amounts)


def _restored(book: Book, from_snapshot: snapshot.LedgerSnapshot) -> Book:
    found = snapshot.check(from_snapshot)
    spec_records.accept(snapshot.REFUSALS, found.row, found.place)
    return books.restore(book, from_snapshot)


def _proof(of_snapshot: snapshot.LedgerSnapshot) -> dict[str, Any]:
    found = finance.proof_problem(of_snapshot)
    spec_records.accept(finance.REFUSALS, found.row, found.place)
    return wire.write(wire.CONSERVATION_PROOF, finance.prove(of_snapshot)._asdict())


def _amount(step: JSON, key: str) -> int:
    value = wire.integer(step[key], key)
    spec_records.hold((value,), {key: AMOUNT})
    return value


OPERATIONS: dict[str, Operation] = {
    "digest.ledger": _digest_ledger,
    "ledger.conservation": _conservation,
    "ledger.restore": _restore,
    "budget.script": _script,
    "finance.prove": _prove,
    "finance.certify": _certify,
}
