"""calybris_conformance.adapters.reference_ledger: ledgers and scripts on the wire, as docs/operations.md shows them."""

from typing import Any

import pytest

from calybris_conformance import wire
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.operations import Refused
from calybris_ref import RecordError
from tests.support.records import I64_MAX, U64_MAX

JSON = dict[str, Any]


def tenant(tenant_id: str, *amounts: int) -> JSON:
    values = [tenant_id, *map(str, amounts), *["0"] * (4 - len(amounts))]
    return dict(zip(wire.TENANT, values, strict=True))


def ledger(*tenants: JSON, version: int = 1, active: int = 0, watermark: int | None = None) -> JSON:
    return {
        "version": str(version),
        "tenants": list(tenants),
        "active_reservations": str(active),
        "wal_high_watermark": wire.decimal(watermark),
    }


def ask(op: str, **question: Any) -> JSON:
    return ADAPTER.operations[op]({}, question)


def refusal(op: str, **question: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        ask(op, **question)
    return refused.value.code, refused.value.at


TWO = ledger(tenant("é", 7, 7), tenant("acme", 100, 30, 20, 50), version=2, active=1)


def test_a_digest() -> None:
    assert ask("digest.ledger", snapshot=TWO) == {
        "digest_hex": "6bd0f9047996fe4b89e87198d9c72daa90c378e2cda7ad11391fd33b856fc3d0"
    }


@pytest.mark.parametrize(
    ("shown", "status", "tenant_id", "delta"),
    [
        (TWO, "balanced", None, None),
        (ledger(tenant("a", 1)), "violation", "a", "-1"),
        (ledger(tenant("a", 0, I64_MAX, 1)), "aggregate_overflow", None, None),
    ],
)
def test_conservation(shown: JSON, status: str, tenant_id: str | None, delta: str | None) -> None:
    found = ask("ledger.conservation", snapshot=shown)
    assert found == {"status": status, "tenant_id": tenant_id, "delta_microcents": delta}


def test_a_restore_answers_with_the_next_snapshot() -> None:
    saved = ledger(tenant("b"), tenant("a", 9, 2, 0, 7), version=7, watermark=3)
    assert ask("ledger.restore", snapshot=saved) == {
        "snapshot": ledger(tenant("a", 9, 2, 0, 7), tenant("b"), version=8)
    }
    assert refusal("ledger.restore", snapshot=TWO) == ("RESTORE_RESERVATIONS_ACTIVE", "active_reservations")


def test_proofs_and_certificates() -> None:
    assert list(ask("finance.prove", snapshot=TWO)) == list(wire.CONSERVATION_PROOF)
    assert refusal("finance.prove", snapshot=ledger(tenant("a", 1))) == ("FINANCE_LEDGER_UNBALANCED", "tenants[0]")
    certificate = ask(
        "finance.certify", snapshot=TWO, conservation_balanced=False, committed_since_last_certificate="-3"
    )
    assert list(certificate) == list(wire.FINANCIAL_CERTIFICATE)
    assert certificate["conservation_balanced"] is False
    assert certificate["committed_since_last_certificate"] == "-3"
    assert certificate["total_initial_microcents"] == "107"


def test_a_file_is_saved_and_loaded() -> None:
    saved = ask("snapshot.save", snapshot=TWO)
    assert bytes.fromhex(saved["file_hex"]).startswith(b'{\n  "version": 2,\n  "tenants": [\n')
    assert ask("snapshot.load", file=[{"hex": saved["file_hex"], "times": "1"}]) == {"snapshot": TWO}
    assert refusal("snapshot.load", file=[{"hex": "7b", "times": "2"}]) == ("SNAPSHOT_MALFORMED", "file")
    large = [{"hex": "20", "times": "16777217"}]
    assert refusal("snapshot.load", file=large) == ("SNAPSHOT_TOO_LARGE", "file")


@pytest.mark.parametrize(
    ("shown", "at"),
    [
        (ledger(version=U64_MAX + 1), "version"),
        (ledger(active=-1), "active_reservations"),
        (ledger(watermark=U64_MAX + 1), "wal_high_watermark"),
        (ledger(tenant("a"), tenant("b", 0, I64_MAX + 1)), "tenants[1].remaining_microcents"),
    ],
)
def test_a_width_is_refused_at_its_field(shown: JSON, at: str) -> None:
    assert refusal("digest.ledger", snapshot=shown) == ("INTEGER_OUT_OF_RANGE", at)


def script(*steps: JSON) -> list[JSON]:
    answers: list[JSON] = ask("budget.script", steps=list(steps))["steps"]
    return answers


def ensure(tenant_id: str, budget: int) -> JSON:
    return {"op": "ensure_tenant", "tenant_id": tenant_id, "budget_microcents": str(budget)}


def reserve(label: str, cost: int, tenant_id: str = "a") -> JSON:
    return {"op": "try_reserve", "tenant_id": tenant_id, "cost_microcents": str(cost), "label": label}


def commit(label: str, actual: int) -> JSON:
    return {"op": "commit", "label": label, "actual_microcents": str(actual)}


def release(label: str) -> JSON:
    return {"op": "release", "label": label}


def statuses(answers: list[JSON]) -> list[str | None]:
    return [answer["ok"].get("status") for answer in answers]


def test_every_step_answers_in_its_shape() -> None:
    capped = {"op": "set_max_reserved", "tenant_id": "a", "max_reserved_microcents": "50"}
    top_up = {"op": "top_up_tenant", "tenant_id": "a", "amount_microcents": "10"}
    answers = script(
        ensure("a", 100),
        capped,
        top_up,
        reserve("x", 30),
        commit("x", 20),
        reserve("y", 5),
        release("y"),
        {"op": "query", "tenant_id": "a"},
        {"op": "snapshot"},
        {"op": "prove"},
        {"op": "certify"},
        {"op": "restore", "snapshot": ledger(tenant("b", 1, 1), version=9)},
    )
    assert [answer["ok"] for answer in answers[:7]] == [
        {},
        {},
        {
            "status": "topped_up",
            "added_microcents": "10",
            "new_initial_microcents": "110",
            "remaining_microcents": "110",
        },
        {"status": "reserved", "remaining_microcents": "80"},
        {"status": "committed", "remaining_microcents": "90", "actual_microcents": "20"},
        {"status": "reserved", "remaining_microcents": "85"},
        {"status": "released", "remaining_microcents": "90", "returned_microcents": "5"},
    ]
    query, snapshot, proof, certificate, restored = (answer["ok"] for answer in answers[7:])
    assert list(query) == list(wire.QUERY)
    assert (query["remaining_microcents"], query["snapshot_version"]) == ("90", "0")
    assert snapshot == {"snapshot": ledger(tenant("a", 110, 90, 0, 20))}
    assert (proof["snapshot_version"], certificate["snapshot_version"]) == ("2", "3")
    assert certificate["committed_since_last_certificate"] == "20"
    assert restored == {}
    assert answers[-1]["state"] == {"tenants": [tenant("b", 1, 1)], "active_reservations": "0"}


def test_an_overflow_has_the_amounts_of_its_operation() -> None:
    top_up = {"op": "top_up_tenant", "tenant_id": "a", "amount_microcents": "1"}
    answers = script(
        ensure("a", I64_MAX), top_up, reserve("x", 2), reserve("y", I64_MAX), commit("x", 2), reserve("z", 1),
        commit("z", I64_MAX),
    )  # fmt: skip
    assert [answers[place]["ok"] for place in (1, 3, 6)] == [
        {"status": "overflow"},
        {"status": "overflow", "current_reserved_microcents": "2"},
        {"status": "overflow", "remaining_microcents": str(I64_MAX - 3)},
    ]


def test_a_label_stands_for_the_last_reservation_or_for_none() -> None:
    answers = script(
        ensure("a", 10), release("x"), reserve("x", 4), reserve("x", 3), release("x"), release("x"),
        reserve("x", 1), reserve("x", 50), release("x"),
    )  # fmt: skip
    missing, reserved, released = "missing_reservation", "reserved", "released"
    assert statuses(answers) == [
        None, missing, reserved, reserved, released, missing, reserved, "insufficient", missing,
    ]  # fmt: skip
    assert answers[4]["ok"]["returned_microcents"] == "3"


def test_the_state_shows_the_tenants_that_were_named_and_exist_sorted_by_bytes() -> None:
    answers = script(
        ensure("\U0001f600", 1), ensure("\uffff", 2), ensure("none", -1), {"op": "query", "tenant_id": "unknown"}
    )
    shown = [[one["tenant_id"] for one in answer["state"]["tenants"]] for answer in answers]
    assert shown == [["\U0001f600"], ["\uffff", "\U0001f600"], ["\uffff", "\U0001f600"], ["\uffff", "\U0001f600"]]
    assert answers[3]["ok"]["initial_microcents"] is None
    assert answers[3]["ok"]["reserved_microcents"] == "0"


def test_a_refused_step_has_a_state_too_and_the_script_goes_on() -> None:
    answers = script(
        ensure("a", 10),
        {"op": "restore", "snapshot": ledger(active=1)},
        ensure("a", I64_MAX + 1),
        {"op": "ensure_tenant", "tenant_id": "a", "budget_microcents": "01"},
        reserve("x", 1),
    )
    state = {"tenants": [tenant("a", 10, 10)], "active_reservations": "0"}
    assert answers[1:4] == [
        {"error": {"code": "RESTORE_RESERVATIONS_ACTIVE", "at": "active_reservations"}, "state": state},
        {"error": {"code": "INTEGER_OUT_OF_RANGE", "at": "budget_microcents"}, "state": state},
        {"error": {"code": "INTEGER_NOT_CANONICAL", "at": "budget_microcents"}, "state": state},
    ]
    assert statuses(answers[4:]) == ["reserved"]


def test_a_damaged_script_is_a_fault_and_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        script({"op": "none"})
    with pytest.raises(RecordError):
        script({**ensure("a", 1), "tenant_id": 7})
