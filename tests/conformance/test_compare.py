"""Comparing: one right answer, types included, and differences that say where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_conformance.compare import DIFFERENCES_SHOWN, differences, judge, same_answer, text
from calybris_conformance.corpus import Case
from calybris_conformance.outcomes import Outcome
from calybris_conformance.protocol import Answer, Fault, Ok, Refusal, Unsupported


def a_case(expect: dict[str, Any]) -> Case:
    return Case("a/b", "", (), (), "s", "decide", "must", frozenset({"decide"}), {}, {}, expect, None, "")


REFUSAL = {"error": {"code": "A", "at": "x"}}


@pytest.mark.parametrize(
    ("expect", "answer", "outcome"),
    [
        ({"ok": {"a": "1"}}, Ok({"a": "1"}), "pass"),
        ({"ok": {"a": "1"}}, Ok({"a": "2"}), "mismatch"),
        ({"ok": {}}, Ok({}), "pass"),
        ({"ok": {}}, Ok({"a": None}), "mismatch"),
        ({"ok": {"a": "1"}}, Refusal("A", "x"), "rejected_valid"),
        (REFUSAL, Refusal("A", "x"), "pass"),
        (REFUSAL, Refusal("A", "x", "any words"), "pass"),
        (REFUSAL, Refusal("B", "x"), "wrong_error"),
        (REFUSAL, Refusal("A", "y"), "wrong_error"),
        (REFUSAL, Ok({}), "accepted_invalid"),
        (REFUSAL, Fault("A at x"), "fault"),
        ({"ok": {}}, Fault(""), "fault"),
        (REFUSAL, Unsupported("decide"), "unsupported"),
        ({"ok": {}}, Unsupported("decide"), "unsupported"),
    ],
)
def test_every_pair_of_expectation_and_answer(expect: dict[str, Any], answer: Answer, outcome: str) -> None:
    verdict = judge(a_case(expect), answer)
    assert verdict.outcome == outcome
    assert (verdict.detail == "") == (verdict.outcome is Outcome.PASS)


def test_a_wrong_error_names_its_field() -> None:
    verdict = judge(a_case(REFUSAL), Refusal("B", "y"))
    assert verdict.field == "code"
    assert [str(one) for one in verdict.differences] == ['code: expected "A", got "B"', 'at: expected "x", got "y"']


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        ({"a": "1"}, {"a": 1}, 'a: expected "1", got 1 (integers travel as texts in canonical decimal)'),
        ({"a": True}, {"a": 1}, "a: expected true, got 1"),
        ({"a": 1}, {"a": 1.0}, "a: expected 1, got 1.0"),
        ({"a": None}, {}, "a: is missing, expected null"),
        ({"a": None}, {"a": ""}, 'a: expected null, got ""'),
        ({}, {"a": None}, "a: must not be there, got null"),
        ({"a": {"b": ["1", "2"]}}, {"a": {"b": ["1", "3"]}}, 'a.b[1]: expected "2", got "3"'),
        ({"a": ["1"]}, {"a": []}, 'a[0]: is missing, expected "1"'),
        ({"a": []}, {"a": ["1"]}, 'a[0]: must not be there, got "1"'),
        ({"a": []}, {"a": {}}, "a: expected [], got {}"),
        ({"a": "ab"}, {"a": "AB"}, 'a: expected "ab", got "AB" (only upper and lower case differ)'),
        ({"a": "x"}, {"a": "y" * 300}, f'a: expected "x", got "{"y" * 199}… (302 characters)'),
    ],
)
def test_a_difference_says_where_and_what(expected: Any, actual: Any, shown: str) -> None:
    assert [str(one) for one in differences(expected, actual)] == [shown]


def test_all_differences_are_told_in_the_order_of_the_expectation() -> None:
    found = differences({"b": "1", "a": {"x": "1"}}, {"a": {"x": "2"}, "c": "", "b": "2"})
    assert [one.path for one in found] == ["b", "a.x", "c"]


def test_no_more_differences_are_told_than_anyone_reads() -> None:
    verdict = judge(a_case({"ok": {"rows": ["1"] * 1000}}), Ok({"rows": ["2"] * 1000}))
    assert len(verdict.differences) == DIFFERENCES_SHOWN
    assert verdict.detail == "20 or more differences."


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0]) | st.sampled_from(["", "1", "a"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=6,
)


@given(VALUES, VALUES)
def test_values_differ_exactly_when_their_json_differs(left: Any, right: Any) -> None:
    def canonical(value: Any) -> Any:
        if isinstance(value, dict):
            return ("dict", {key: canonical(item) for key, item in value.items()})
        if isinstance(value, list):
            return ("list", [canonical(item) for item in value])
        return (type(value).__name__, value)

    assert same_answer({"v": left}, {"v": right}) == (canonical(left) == canonical(right))


def test_a_long_value_is_cut() -> None:
    assert text("x" * 10) == '"xxxxxxxxxx"'
    assert len(text("x" * 10_000)) < 240


# ---- scripts


STEPS = {"steps": [{"ok": {}, "state": {"a": "1"}}, {"error": {"code": "A", "at": "x"}, "state": {"a": "1"}}]}


def test_steps_pass_when_all_are_right() -> None:
    assert judge(a_case(STEPS), Ok(STEPS)).outcome is Outcome.PASS


def test_only_the_first_step_that_differs_is_told() -> None:
    wrong = {"steps": [{"ok": {}, "state": {"a": "2"}}, {"ok": {}, "state": {"a": "2"}}]}
    verdict = judge(a_case(STEPS), Ok(wrong))
    assert verdict.outcome is Outcome.MISMATCH
    assert verdict.detail == "Step 0 of 2 is the first that differs."
    assert [str(one) for one in verdict.differences] == ['steps[0].state.a: expected "1", got "2"']


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"steps": STEPS["steps"][:1]}, "steps[1]"),
        ({"steps": [*STEPS["steps"], {}]}, "steps[2]"),
        ({"steps": {}}, "steps"),
        ({}, "steps"),
        ({**STEPS, "more": "1"}, "more"),
    ],
)
def test_steps_that_are_missing_or_too_many_differ(answer: dict[str, Any], path: str) -> None:
    verdict = judge(a_case(STEPS), Ok(answer))
    assert (verdict.outcome, verdict.field) == (Outcome.MISMATCH, path)


def test_an_expectation_of_no_known_form_is_the_corpus_fault() -> None:
    with pytest.raises(ValueError, match="none of ok, error and steps"):
        judge(a_case({"maybe": {}}), Ok({}))
