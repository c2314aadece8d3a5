"""The corpus holds what was promised: every pair, tie and reason, and cases that answer what they are about."""

from pathlib import Path

import pytest

from calybris_conformance import corpus
from calybris_conformance.vectorgen.builders import GATES
from calybris_conformance.vectorgen.flags import FLAGS
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
    assert set(found["operation"]) == set(OPERATIONS)
    assert sum(found["suite"].values()) == len(shipped.cases) >= 1_200
    within_one = found["distance from the nearest boundary"]["0"] + found["distance from the nearest boundary"]["1"]
    assert within_one >= 300
    assert found["largest number of the case"]["64 bits"] >= 300


def test_the_flags_are_few_and_each_is_on_cases(shipped: corpus.Corpus) -> None:
    on_cases = {flag for one in shipped.cases for flag in one.flags}
    assert on_cases == FLAGS.keys()
    assert 40 <= len(FLAGS) <= 70
    for flag, note in FLAGS.items():
        assert note.hunts.endswith("."), flag
        assert note.why.endswith("."), flag
        assert note.clauses, flag
