"""The figures about the vectors: the greedy choice, the published cases, and a page that is of these mutants."""

from collections import Counter

import pytest

from calybris_conformance import corpus
from calybris_conformance.adapters.reference import ADAPTER
from tests.mutants import published
from tests.mutants.makeup import makeup
from tests.mutants.mutation import ROOT, judge_by, judge_by_all
from tests.mutants.roster import MUTANTS
from tests.mutants.strength import PAGE, QUICK_CASES, Kills, killed_by, page, quick_subset

KILLS = {
    "one": frozenset({"common", "single"}),
    "two": frozenset({"common", "dear"}),
    "three": frozenset({"other"}),
    "four": frozenset({"dear"}),
}


def test_the_case_that_kills_most_comes_first_and_a_dear_one_never() -> None:
    assert quick_subset(KILLS, ["single", "other", "common"], most=2) == ["common", "other"]
    assert quick_subset(KILLS, ["single", "other", "common", "useless"]) == ["common", "other", "single"]


def test_what_dies_is_what_has_a_killer_among_the_cases() -> None:
    assert killed_by(KILLS, ["common", "other"]) == ["one", "two", "three"]


def test_the_reference_gives_the_published_answers() -> None:
    for case in published.cases():
        assert {"ok": ADAPTER.operations[case["op"]](case["given"], case["input"])} == case["expect"], case["id"]


def test_a_mutant_is_asked_everything_and_the_published_cases_beside_it() -> None:
    (mutant,) = (mutant for mutant in MUTANTS if mutant.id == "big-endian")
    verdict = judge_by_all(mutant, published.cases())
    assert verdict.asked >= len(corpus.load().cases) - 1
    assert len(verdict.killed) > 10
    assert "golden/request" in verdict.others
    assert "log/1" not in verdict.others


def test_the_page_names_every_flag_and_every_mutant_once() -> None:
    text = PAGE.read_text("utf-8")
    rows = {row.split("`")[1]: row for row in text.splitlines() if row.startswith("| `") and "/" in row}
    assert rows.keys() == set(corpus.load().notes)
    named = Counter(name.split()[0] for row in rows.values() for name in row.split("|")[3].split(","))
    assert named == Counter(mutant.id for mutant in MUTANTS)


def test_the_page_says_how_many_mutants_there_are_and_that_all_die() -> None:
    assert f"| {len(MUTANTS)} of {len(MUTANTS)} |" in PAGE.read_text("utf-8")


def test_the_tables_about_the_cases_are_of_these_vectors() -> None:
    assert "\n".join(makeup(corpus.load())) in PAGE.read_text("utf-8")


def test_the_quick_subset_is_small_and_of_cheap_cases() -> None:
    vectors = corpus.load()
    ids = corpus.quick(vectors)
    assert 0 < len(ids) <= QUICK_CASES
    assert all("catalog.series" not in case.requires for case in vectors.cases if case.id in ids)


def test_a_mutant_that_lives_is_no_longer_counted() -> None:
    found = {mutant.id: Kills(frozenset({"case"}), frozenset()) for mutant in MUTANTS}
    found[MUTANTS[0].id] = Kills(frozenset(), frozenset())
    assert f"{len(MUTANTS) - 1} of {len(MUTANTS)}" not in page(found, [], corpus.load())


@pytest.mark.slow
def test_the_quick_subset_kills_95_of_100_mutants() -> None:
    ids = corpus.quick(corpus.load())
    dead = [mutant.id for mutant in MUTANTS if judge_by(mutant, ids).killed]
    assert len(dead) >= 0.95 * len(MUTANTS)


def test_the_page_is_in_the_documentation() -> None:
    assert "strength.md" in (ROOT / "docs" / "README.md").read_text("utf-8")
