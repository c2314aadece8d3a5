"""Scripts and logs: the specification agrees with the reference about every one, and every outcome is met."""

from collections import Counter

import pytest

from calybris_conformance.adapters.spec import ADAPTER as SPECIFICATION
from calybris_conformance.campaign import damage, others, scripts
from calybris_conformance.campaign.units import Unit
from calybris_conformance.corpus import due
from calybris_conformance.vectorgen.answers import ask
from calybris_conformance.vectorgen.shapes import OPERATIONS, problems

FEATURES = frozenset({scripts.QUERY, scripts.SNAPSHOT})


@pytest.mark.parametrize("profile", others.PROFILES)
def test_questions_are_well_formed_and_answered_alike(profile: str) -> None:
    for index in range(2):
        for case in others.cases_of(Unit(5, index, profile, "", 0), FEATURES):
            shape = OPERATIONS[case.op]
            assert list(problems(shape.given, case.given, "given")) == []
            assert list(problems(shape.input, case.input, "input")) == []
            assert ask(SPECIFICATION, case.op, case.given, case.input) == due(case.expect)


@pytest.mark.parametrize("profile", others.PROFILES)
def test_every_outcome_is_met(profile: str) -> None:
    met = Counter[str]()
    for index in range(40):
        for case in others.cases_of(Unit(5, index, profile, "", 0), FEATURES):
            met.update(set(others.marks(case)))
    assert set(others.MARKS[profile]) - met.keys() <= {"budget/commit/overflow"}


def test_a_unit_is_the_same_again() -> None:
    unit = Unit(9, 2, "replay", "", 0)
    assert others.cases_of(unit, FEATURES) == others.cases_of(unit, FEATURES)
    assert others.cases_of(unit, FEATURES) != others.cases_of(Unit(9, 3, "replay", "", 0), FEATURES)


def test_steps_that_a_port_does_not_claim_are_not_asked() -> None:
    steps = [
        {step["op"] for case in others.cases_of(Unit(1, 1, "budget", "", 0), features) for step in case.input["steps"]}
        for features in (frozenset[str](), FEATURES)
    ]
    assert steps[1] - steps[0] == {"query", "snapshot", "prove", "certify"}


def test_marks_are_aimed_at_once() -> None:
    marks = [mark for aimed in others.MARKS.values() for mark in aimed]
    assert len(marks) == len(set(marks)) == len(scripts.MARKS) + len(damage.MARKS)
