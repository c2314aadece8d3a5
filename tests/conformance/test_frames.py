"""Frames: rows of text in both directions, and what the adapters in Python answer to them (docs/operations.md)."""

import sys
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus, frames, wire
from calybris_conformance.adapters import reference, spec
from calybris_conformance.compare import judge
from calybris_conformance.operations import Adapter, Refused
from calybris_conformance.outcomes import Outcome
from calybris_conformance.protocol import Ok, Refusal
from calybris_conformance.selection import PROFILES, profile_features
from tests.support import frames as asked

ROOT = Path(__file__).resolve().parents[2]
WHEEL = ROOT / "conformance" / "ports" / "calybris-wheel" / "adapter.py"


def answer(adapter: Adapter, case: corpus.Case) -> Ok | Refusal:
    try:
        return Ok(adapter.operations[case.op](case.given, case.input))
    except Refused as refused:
        return Refusal(refused.code, refused.at)


@pytest.mark.parametrize("adapter", [reference.ADAPTER, spec.ADAPTER], ids=["reference", "spec"])
def test_an_adapter_gives_the_specified_answer_to_every_frame(adapter: Adapter) -> None:
    cases = [
        case
        for case in (*asked.decisions(adapter.features - {"catalog.series"}), *asked.refusals(adapter.features))
        if judge(case, answer(adapter, case)).outcome is not Outcome.PASS
    ]
    assert [case.id for case in cases] == []


def test_a_port_that_is_asked_in_frames_is_asked_every_decision() -> None:
    cases = list(asked.decisions(reference.ADAPTER.features))
    vectors = [case for case in corpus.load().cases if case.op == "decide"]
    assert sum(len(case.input["rows"]) for case in cases) == len(vectors)
    assert len(cases) < len(vectors)
    assert sum(len(case.input["rows"]) for case in asked.decisions(())) < len(vectors)


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-m", "calybris_conformance.adapters.reference"],
        [sys.executable, str(WHEEL)],
    ],
    ids=["reference", "wheel"],
)
def test_a_port_in_python_answers_frames(command: list[str]) -> None:
    count, wrong = asked.wrong_answers(command)
    assert wrong == []
    assert count > 500


# What is made wrong in the reference, and the frame that shows it.
WRONG = {
    "ask, one = reference._policy, []; reference._policy = lambda given: (one or one.append(ask(given)) or one)[0]": (
        "frame/no model: accepted_invalid"
    ),
    "frames.MOST_ROWS = 4095": "frame/the most rows: rejected_valid",
    "frames.MOST_ROWS = 4097": "frame/a row too many: accepted_invalid",
    "frames._WELL_FORMED = re.compile('.*')": "frame/an underscore: accepted_invalid",
    "frames._refuse = lambda row, place, bounds: 0": "frame/an empty row: fault",
    "frames.write_row = lambda values: ' '.join(map(str, values[:12]))": "mismatch",
    "frames.read_rows = lambda question, build, bounds: [build(*map(int, row.split())) for row in question['rows']]": (
        "frame/damaged"
    ),
}


@pytest.mark.slow  # a process and a thousand frames for each mistake
@pytest.mark.parametrize(("mistake", "shown"), WRONG.items())
def test_a_wrong_port_is_found(mistake: str, shown: str) -> None:
    imports = "import re; from calybris_conformance import frames; from calybris_conformance.adapters import reference"
    _, wrong = asked.wrong_answers([sys.executable, "-c", f"{imports}; {mistake}; reference.main()"])
    assert any(shown in one for one in wrong), wrong[:5]


def test_rows_in_another_order_are_found() -> None:
    case = next(case for case in asked.decisions(()) if len(set(case.expect["ok"]["rows"])) > 1)
    right = answer(reference.ADAPTER, case)
    assert isinstance(right, Ok)
    turned = Ok({"rows": right.ok["rows"][::-1]})
    assert judge(case, right).outcome is Outcome.PASS
    assert judge(case, turned).outcome is Outcome.MISMATCH


def test_no_profile_needs_frames() -> None:
    assert all(frames.FEATURE not in features for features in PROFILES.values())
    assert frames.FEATURE not in profile_features(corpus.load(), "full")


# ---- rows


def test_a_row_is_read_field_by_field() -> None:
    assert frames.read_rows({"rows": [asked.ROW]}, dict_of, BOUNDS) == [
        {name: int(text) for name, text in asked.REQUEST.items()}
    ]


BOUNDS = {name: wire.INTEGER_TYPES[kind] for name, kind in wire.REQUEST.items()}


def dict_of(*values: int) -> dict[str, int]:
    """Builds without a check, as an implementation that wraps would."""
    return dict(zip(wire.REQUEST, values, strict=True))


@pytest.mark.parametrize("rows", [None, "1", {}, [1], [None]])
def test_rows_that_are_no_texts_are_a_fault_and_no_refusal(rows: Any) -> None:
    with pytest.raises(ValueError, match="a list of texts"):
        frames.read_rows({"rows": rows}, dict_of, BOUNDS)


def test_what_the_implementation_refuses_though_the_row_is_right_is_told() -> None:
    def no_good(*_values: int) -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        frames.read_rows({"rows": [asked.ROW]}, no_good, BOUNDS)


def test_a_decision_as_a_row() -> None:
    decision = dict.fromkeys(wire.DECISION, "5") | {"action": "substitute", "reason": "risk_ceiling_constraint"}
    assert frames.decision_row(decision) == "5 2 110 5 5 5 5 5 5 5 5 5 5"
    assert frames.write_row([True, 2]) == "1 2"
