"""The corpus holds what was promised: every pair, tie and reason, and cases that answer what they are about."""

from pathlib import Path

import pytest

from calybris_conformance import corpus, frames, wire
from calybris_conformance.vectorgen.builders import GATES
from calybris_conformance.vectorgen.flags import FLAGS
from calybris_conformance.vectorgen.ledgers import random_steps
from calybris_conformance.vectorgen.scenarios import DOMINANCE
from calybris_conformance.vectorgen.shapes import OPERATIONS
from calybris_conformance.vectorgen.statistics import statistics
from tests.support.kernel import ALL_REASONS, REASON_OF_GATE
from tests.support.markdown import tables

ROOT = Path(__file__).resolve().parents[3]


ELIGIBLE = "requested_model_maximizes_utility"


@pytest.fixture(scope="module")
def shipped() -> corpus.Corpus:
    return corpus.load()


def test_the_order_of_ties_is_that_of_the_specification() -> None:
    page = (ROOT / "docs/spec/decide.md").read_text("utf-8")
    rows = next(table for table in tables(page) if table[0][:2] == ["place", "gate"])[1:]
    assert tuple(row[1].replace(" ", "_") for row in rows) == DOMINANCE


def test_every_pair_of_gates_and_every_tie_is_asked(shipped: corpus.Corpus) -> None:
    ids = {one.id for one in shipped.cases}
    for suite in ("decide", "trace", "explain"):
        assert sum(name.startswith(f"{suite}/gate-pairs/") for name in ids) == 36
    for suite in ("decide", "trace"):
        assert sum(name.startswith(f"{suite}/dominant-ties/") for name in ids) == 2 * 36 + 7
        assert sum(name.startswith(f"{suite}/alone-") for name in ids) == 2 * 9


def test_gate_cases_answer_what_they_are_about(shipped: corpus.Corpus) -> None:
    for one in shipped.cases:
        if one.op != "decide":
            continue
        _, group, name = one.id.split("/")
        if group == "gate-pairs":
            assert one.expect["ok"]["reason"] == REASON_OF_GATE[name.split("-before-")[0].replace("-", "_")], one.id
        elif name == "nobody-passes":
            assert one.expect["ok"]["reason"] == REASON_OF_GATE[group.removeprefix("alone-").replace("-", "_")], one.id
        elif group == "dominant-majority":
            assert one.expect["ok"]["reason"] == REASON_OF_GATE[name.replace("-", "_")], one.id
        elif group == "dominant-ties" and "-and-" in name:
            assert one.expect["ok"]["reason"] == REASON_OF_GATE[name.split("-and-")[1].replace("-", "_")], one.id
        elif name in ("winner-requested", "loser-requested"):
            assert one.expect["ok"]["selected_model_id"] == ("1" if group.endswith("first") else "2"), one.id


def test_every_answer_of_the_kernel_is_reached(shipped: corpus.Corpus) -> None:
    found = statistics(shipped)
    assert set(found["reason"]) == ALL_REASONS
    assert set(found["gate that rejects"]) == set(GATES)
    assert {*found["operation"], frames.FEATURE} == set(OPERATIONS)  # frames ask the cases of `decide` once more
    assert sum(found["suite"].values()) == len(shipped.cases) >= 1_200
    within_one = found["distance from the nearest boundary"]["0"] + found["distance from the nearest boundary"]["1"]
    assert within_one >= 300
    assert found["largest number of the case"]["64 bits"] >= 300


def test_every_answer_of_a_ledger_is_reached(shipped: corpus.Corpus) -> None:
    scripts = [one for one in shipped.cases if one.op == "budget.script"]
    assert len(scripts) >= 300
    answered = [
        (step["op"], answer)
        for one in scripts
        for step, answer in zip(one.input["steps"], one.expect["steps"], strict=True)
    ]
    outcomes = {(op, answer["ok"]["status"]) for op, answer in answered if "status" in answer.get("ok", {})}
    possible = {
        "top_up_tenant": {"invalid_amount", "missing_tenant", "overflow", "topped_up"},
        "try_reserve": {"insufficient", "missing_tenant", "overflow", "exposure_limit_exceeded", "reserved"},
        "commit": {"invalid_amount", "missing_reservation", "overflow", "overrun", "committed"},
        "release": {"missing_reservation", "released"},
    }
    assert outcomes == {(op, status) for op, names in possible.items() for status in names}
    assert {status for names in possible.values() for status in names} == wire.OUTCOMES.keys() | {"overflow"}
    refused = {answer["error"]["code"] for _, answer in answered if "error" in answer}
    assert refused == {
        "RESTORE_RESERVATIONS_ACTIVE",
        "RESTORE_TENANT_DUPLICATE",
        "RESTORE_RESERVED_WITHOUT_HOLD",
        "RESTORE_FIELD_NEGATIVE",
        "RESTORE_UNBALANCED",
        "FINANCE_TOTALS_OVERFLOW",
    }
    assert {op for op, _ in answered} == {"ensure_tenant", "set_max_reserved", *possible} | {
        "query",
        "snapshot",
        "restore",
        "prove",
        "certify",
    }


def test_a_script_keeps_the_invariant_of_the_ledger(shipped: corpus.Corpus) -> None:
    for one in shipped.cases:
        for answer in one.expect.get("steps", ()):
            for tenant in answer["state"]["tenants"]:
                initial, *parts = (int(tenant[key]) for key in wire.TENANT if key != "tenant_id")
                assert sum(parts) == initial, one.id
                assert min(parts) >= 0, one.id


def test_every_pair_of_faults_of_a_restore_is_asked(shipped: corpus.Corpus) -> None:
    ids = {one.id for one in shipped.cases if one.op == "ledger.restore"}
    assert sum(name.startswith("ledger/pairs/") for name in ids) == 10 + 2 * 5 + 1 + 2
    assert sum("-then-" in name for name in ids) == 10
    for one in shipped.cases:
        if one.id.startswith("ledger/pairs/") and "-before-" in one.id:
            first = one.id.split("/")[2].split("-before-")[0]
            assert one.expect["error"]["at"] == {
                "active": "active_reservations",
                "duplicate": "tenants[1].tenant_id",
                "reserved": "tenants[1].reserved_microcents",
                "remaining": "tenants[1].remaining_microcents",
                "initial": "tenants[1].initial_microcents",
                "committed": "tenants[1].committed_microcents",
            }[first].replace("[1]", "[2]" if one.id.endswith("-unbalanced") else "[1]"), one.id


def test_random_scripts_are_the_same_for_ever() -> None:
    once = random_steps("seed", 40, ("a", "b"), snapshots=True)
    assert once == random_steps("seed", 40, ("a", "b"), snapshots=True)
    assert once != random_steps("other seed", 40, ("a", "b"), snapshots=True)


def test_the_flags_are_few_and_each_is_on_cases(shipped: corpus.Corpus) -> None:
    on_cases = {flag for one in shipped.cases for flag in one.flags}
    assert on_cases == FLAGS.keys()
    assert 40 <= len(FLAGS) <= 180
    for flag, note in FLAGS.items():
        assert note.hunts.endswith("."), flag
        assert note.why.endswith("."), flag
        assert note.clauses, flag
