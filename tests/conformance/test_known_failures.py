"""The list of known failures: what it says, and that it cannot rot."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_conformance import known_failures
from calybris_conformance.corpus import Case
from calybris_conformance.known_failures import Entry, KnownFailuresError, parse, render
from calybris_conformance.outcomes import LISTABLE, CaseResult, Difference, Outcome, Verdict

LIST = """\
[[failure]]
case = "trace/rejected/counts"
outcome = "mismatch"
field = "rejections.quality"
reason = "All zero when everything was rejected."
issue = "https://example.org/1"
"""
ENTRY = Entry(
    "trace/rejected/counts",
    Outcome.MISMATCH,
    "rejections.quality",
    "All zero when everything was rejected.",
    "https://example.org/1",
)


def entry(case: str, outcome: Outcome = Outcome.MISMATCH, field: str | None = None, reason: str = "Why.") -> Entry:
    return Entry(case, outcome, field, reason, "")


def result(case_id: str, outcome: Outcome = Outcome.PASS, field: str | None = None) -> CaseResult:
    case = Case(case_id, "", (), (), "s", "decide", "must", frozenset(), {}, {}, {}, None, "")
    differences = () if field is None else (Difference(field, "1", "2"),)
    return CaseResult(case, outcome, Verdict(outcome, "", differences))


def results(*given: CaseResult) -> Mapping[str, CaseResult]:
    return {one.case.id: one for one in given}


def test_a_list_is_read() -> None:
    assert parse(LIST) == (ENTRY,)
    assert parse("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[failure]", "not TOML"),
        (LIST.replace("[[failure]]", "[[failures]]"), "unknown key 'failures'"),
        (LIST.replace("[[failure]]", "[failure]"), "not a list of tables"),
        ("failure = [1]", "Entry 1 is not a table"),
        (LIST.replace('reason = "All', 'why = "All'), "Entry 1 lacks the key 'reason'."),
        (LIST + 'until = "2030"', "Entry 1 has the unknown key 'until'."),
        (LIST.replace('"https://example.org/1"', "1"), "Entry 1: issue is 1; it must be a text."),
        (LIST.replace('"mismatch"', '"missmatch"'), "the outcome 'missmatch' cannot be listed"),
        (LIST.replace("rejected/counts", "*/counts"), "only the whole last part may be '*'"),
        (LIST.replace("counts", "c*"), "only the whole last part may be '*'"),
        (LIST.replace("trace/rejected/counts", "*"), "only the whole last part may be '*'"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(KnownFailuresError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - LISTABLE))
def test_these_outcomes_cannot_be_listed(outcome: Outcome) -> None:
    with pytest.raises(KnownFailuresError, match="cannot be listed"):
        parse(LIST.replace("mismatch", outcome))


@pytest.mark.parametrize("outcome", [Outcome.CRASH, Outcome.TIMEOUT, Outcome.FAULT, Outcome.WRONG_ERROR])
def test_these_outcomes_can_be_listed(outcome: Outcome) -> None:
    assert parse(LIST.replace("mismatch", outcome))[0].outcome is outcome


# ---- what the list makes of a result


@pytest.mark.parametrize(
    ("listed", "met", "outcome"),
    [
        (entry("a/b"), result("a/b", Outcome.MISMATCH, "x"), "known_failure"),
        (entry("a/b", field="x"), result("a/b", Outcome.MISMATCH, "x"), "known_failure"),
        (entry("a/b", field="x"), result("a/b", Outcome.MISMATCH, "y"), "mismatch"),
        (entry("a/b"), result("a/b", Outcome.CRASH), "crash"),
        (entry("a/b", Outcome.CRASH), result("a/b", Outcome.CRASH), "known_failure"),
        (entry("a/b"), result("a/b"), "unexpected_pass"),
        (entry("a/b"), result("a/b", Outcome.NOT_RUN), "not_run"),
        (entry("a/b"), result("a/c", Outcome.MISMATCH), "mismatch"),
        (entry("a/b"), result("a/c"), "pass"),
        (entry("a/*"), result("a/c", Outcome.MISMATCH), "known_failure"),
        (entry("a/*"), result("a/c"), "unexpected_pass"),
        (entry("a/*"), result("a/c/d", Outcome.MISMATCH), "mismatch"),
        (entry("a/*"), result("ab/c", Outcome.MISMATCH), "mismatch"),
    ],
)
def test_classifying(listed: Entry, met: CaseResult, outcome: str) -> None:
    classified = known_failures.classify([listed], met)
    assert classified.outcome == outcome
    assert classified.verdict is met.verdict
    assert (classified.listed is not None) == listed.matches(met.case.id)


# ---- what is wrong with the list itself

IDS = ["a/1", "a/2", "b/1", *(f"many/{number}" for number in range(21)), *(f"few/{number}" for number in range(20))]


@pytest.mark.parametrize(
    ("entries", "sentences"),
    [
        ([entry("a/1"), entry("few/*")], []),
        ([entry("a/9")], ["Known failure 'a/9' matches no case."]),
        ([entry("c/*")], ["Known failure 'c/*' matches no case."]),
        ([entry("a/1", reason=" ")], ["Known failure 'a/1' gives no reason."]),
        ([entry("many/*")], ["Known failure 'many/*' matches 21 cases; a wildcard may match 20."]),
        ([entry("a/*"), entry("a/2")], ["Known failure 'a/2' overlaps 'a/*'."]),
        ([entry("a/1"), entry("a/1")], ["Known failure 'a/1' overlaps 'a/1'."]),
        ([entry("b/1")], ["Known failure 'b/1' matches only cases that the port does not claim."]),
    ],
)
def test_what_is_wrong_with_a_list(entries: list[Entry], sentences: list[str]) -> None:
    asked = set(IDS) - {"b/1"}
    assert known_failures.problems(entries, IDS, set(IDS), asked) == sentences


def test_an_entry_about_cases_that_were_filtered_out_is_no_problem() -> None:
    assert known_failures.problems([entry("b/1")], IDS, {"a/1"}, {"a/1"}) == []


# ---- updating


def test_an_update_keeps_reasons_and_drops_what_passes() -> None:
    before = (
        Entry("a/1", Outcome.MISMATCH, "x", "One.", "#1"),
        Entry("a/2", Outcome.MISMATCH, None, "Two.", "#2"),
        Entry("a/3", Outcome.CRASH, None, "Three.", "#3"),
        Entry("z/9", Outcome.CRASH, None, "Not asked.", "#4"),
    )
    met = results(
        result("a/1", Outcome.MISMATCH, "x"),
        result("a/2"),
        result("a/3", Outcome.FAULT),
        result("a/4", Outcome.MISMATCH, "y"),
        result("a/5"),
    )
    assert known_failures.updated(before, met) == (
        Entry("a/1", Outcome.MISMATCH, "x", "One.", "#1"),
        Entry("a/3", Outcome.FAULT, None, "Three.", "#3"),
        Entry("z/9", Outcome.CRASH, None, "Not asked.", "#4"),
        Entry("a/4", Outcome.MISMATCH, "y", "", ""),
    )


def test_a_wildcard_stays_while_all_its_cases_agree() -> None:
    wildcard = entry("a/*")
    both = results(result("a/1", Outcome.MISMATCH), result("a/2", Outcome.MISMATCH))
    assert known_failures.updated([wildcard], both) == (wildcard,)
    one = results(result("a/1", Outcome.MISMATCH, "x"), result("a/2"))
    assert known_failures.updated([wildcard], one) == (entry("a/1", field="x"),)


def test_after_an_update_the_same_results_are_known() -> None:
    met = results(result("a/1", Outcome.MISMATCH, "x"), result("a/2", Outcome.CRASH), result("a/3"))
    fresh = known_failures.updated([], met)
    assert [known_failures.classify(fresh, one).outcome for one in met.values()] == [
        Outcome.KNOWN_FAILURE,
        Outcome.KNOWN_FAILURE,
        Outcome.PASS,
    ]
    # … but they still lack their reasons, and that fails the run.
    assert len(known_failures.problems(fresh, list(met), set(met), set(met))) == 2


TEXT = st.text(st.characters(codec="utf-8"), max_size=10)


@given(
    st.lists(
        st.builds(
            Entry,
            TEXT.map(lambda text: text.replace("*", "")),
            st.sampled_from(sorted(LISTABLE)),
            st.none() | TEXT,
            TEXT,
            TEXT,
        ),
        max_size=3,
    ).map(tuple)
)
def test_what_is_written_reads_the_same(entries: tuple[Entry, ...]) -> None:
    assert parse(render(entries)) == entries
