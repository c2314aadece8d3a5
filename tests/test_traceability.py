"""The table of clauses is current, and nothing is missing from it without a reason."""

from collections import Counter
from dataclasses import replace

import pytest

from tests import traceability
from tests.traceability import NO_THEOREM, NO_VECTOR, PAGE, Trace, page, problems, reasons, traces


@pytest.fixture(scope="module")
def found() -> dict[str, Trace]:
    return traces()


def test_the_page_is_current(found: dict[str, Trace]) -> None:
    assert PAGE.read_text("utf-8") == page(found), "run `make tables`"


def test_every_clause_is_proved_asked_and_tested_or_says_why_not(found: dict[str, Trace]) -> None:
    assert problems(found, reasons(NO_THEOREM), reasons(NO_VECTOR)) == []


@pytest.fixture
def whole() -> Trace:
    """A clause with everything."""
    theorems = [("theorems.gates.it_holds", "confirmed")]
    return Trace("Title", "gates.md", ["gates.rule"], theorems, Counter(decide=2, trace=1), ["tests/test_a.py"])


def test_a_whole_clause_has_no_problem(whole: Trace) -> None:
    assert problems({"GATE-1": whole}, set(), set()) == []
    searched = replace(whole, theorems=[("gates.rule", "searched")])
    assert problems({"GATE-1": searched}, set(), set()) == []


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        ("theorems", [], "GATE-1 has neither a theorem nor a reason"),
        ("theorems", [("theorems.canary.wrong", "refuted")], "GATE-1 has neither a theorem nor a reason"),
        ("vectors", Counter[str](), "GATE-1 has neither a vector nor a reason"),
        ("functions", [], "GATE-1 is named by no function of the specification"),
        ("tests", [], "GATE-1 is named by no test"),
    ],
)
def test_what_is_missing_is_said(whole: Trace, part: str, value: object, problem: str) -> None:
    setattr(whole, part, value)
    assert problems({"GATE-1": whole}, set(), set()) == [problem]


def test_a_reason_that_is_not_needed_is_said(whole: Trace) -> None:
    said = ["GATE-1 has a theorem and a reason", "GATE-1 has a vector and a reason"]
    assert problems({"GATE-1": whole}, {"GATE-1"}, {"GATE-1"}) == said


def test_a_reason_is_enough(whole: Trace) -> None:
    whole.theorems, whole.functions, whole.vectors = [], [], Counter()
    assert problems({"GATE-1": whole}, {"GATE-1"}, {"GATE-1"}) == []


def test_a_row_names_and_links_everything(whole: Trace) -> None:
    whole.theorems += [("digest.decode_hex", "searched"), ("refinement.kernel.same", "confirmed")]
    whole.functions.append("logic")
    row = page({"GATE-1": whole}).splitlines()[-1]
    assert row == (
        "| [GATE-1](spec/gates.md#gate-1-title) Title "
        "| [`gates.rule`](../spec/calybris_spec/gates.py)<br>[`logic`](../spec/calybris_spec/logic.py) "
        "| 2 confirmed, 1 searched<br>[`theorems.gates.it_holds`](../spec/calybris_spec/theorems/gates.py)"
        "<br>[`digest.decode_hex`](../spec/calybris_spec/digest.py) (searched)"
        "<br>[`refinement.kernel.same`](../conformance/calybris_refinement/kernel.py) "
        "| 3: [decide](../vectors/v1/decide), [trace](../vectors/v1/trace) "
        "| [`tests/test_a.py`](../tests/test_a.py) |"
    )


def test_every_catalogue_is_read() -> None:
    assert all((traceability.ROOT / path).is_file() for path in traceability.CATALOGUES)
