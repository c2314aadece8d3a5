"""Which cases are asked: filters, profiles, claims, order."""

from pathlib import Path

import pytest

from calybris_conformance.corpus import Corpus, load
from calybris_conformance.selection import (
    PROFILES,
    Filters,
    SelectionError,
    profile_features,
    select,
    shuffle,
    split,
)
from tests.support.judging import case, corpus_of

SUITES = "config, decide, echo"
LIST = "`calybris-ref vectors list` shows what there is."


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(
        tmp_path,
        {"suite": "decide", "cases": [case("decide/a/x", flags=["F"]), case("decide/a/y"), case("decide/b/x")]},
        {"suite": "decide", "requires": ["catalog.series"], "cases": [case("decide/series/x")]},
        {"suite": "echo", "op": "echo", "clauses": ["TYPES-1"], "cases": [case("echo/all/x")]},
        {"suite": "config", "op": "config.validate", "clauses": ["CONFIG-1"], "cases": [case("config/a/x")]},
    )


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), "echo/all/x config/a/x decide/a/x decide/a/y decide/b/x decide/series/x"),
        (Filters(suites=("config",)), "config/a/x"),
        (Filters(suites=("config", "echo")), "echo/all/x config/a/x"),
        (Filters(cases=("decide/a/*",)), "decide/a/x decide/a/y"),
        (Filters(cases=("*/x",)), "echo/all/x config/a/x decide/a/x decide/b/x decide/series/x"),
        (Filters(cases=("decide/a/x",)), "decide/a/x"),
        (Filters(flags=("F",)), "decide/a/x"),
        (Filters(clauses=("TYPES-1", "CONFIG-1")), "echo/all/x config/a/x"),
        (Filters(profile="core"), "echo/all/x decide/a/x decide/a/y decide/b/x"),
        (Filters(profile="full"), "echo/all/x config/a/x decide/a/x decide/a/y decide/b/x decide/series/x"),
        (Filters(suites=("decide",), cases=("*/x",), profile="core"), "decide/a/x decide/b/x"),
        (Filters(subset=frozenset({"decide/a/x", "config/a/x"})), "config/a/x decide/a/x"),
        (Filters(subset=frozenset({"decide/a/x", "config/a/x"}), suites=("decide",)), "decide/a/x"),
    ],
)
def test_filters_narrow_and_echo_comes_first(corpus: Corpus, filters: Filters, ids: str) -> None:
    assert [case.id for case in select(corpus, filters)] == ids.split()


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (Filters(suites=("nope",)), f"There is no suite 'nope' in these vectors; there are {SUITES}."),
        (Filters(suites=("decide", "nope")), f"There is no suite 'nope' in these vectors; there are {SUITES}."),
        (Filters(cases=("nope/*",)), f"There is no case 'nope/*' in these vectors; {LIST}"),
        (Filters(flags=("NOPE",)), f"There is no flag 'NOPE' in these vectors; {LIST}"),
        (Filters(clauses=("NOPE-1",)), f"There is no clause 'NOPE-1' in these vectors; {LIST}"),
        (Filters(clauses=("TYPE-1",)), "There is no clause 'TYPE-1' in these vectors; did you mean 'TYPES-1'?"),
        (Filters(profile="nope"), "There is no profile 'nope'; there are core, full, ledger, log."),
        (Filters(suites=("config",), profile="core"), "The filters together leave no case."),
    ],
)
def test_a_filter_that_finds_nothing_is_a_mistake(corpus: Corpus, filters: Filters, sentence: str) -> None:
    with pytest.raises(SelectionError) as caught:
        select(corpus, filters)
    assert str(caught.value) == sentence


def test_what_a_port_does_not_claim_is_skipped_and_told(corpus: Corpus) -> None:
    asked, skipped = split(corpus.cases, {"decide", "echo"})
    assert {case.id for case in asked} == {"decide/a/x", "decide/a/y", "decide/b/x", "echo/all/x"}
    assert [(skip.case.id, skip.missing) for skip in skipped] == [
        ("config/a/x", ("config.validate",)),
        ("decide/series/x", ("catalog.series",)),
    ]


def test_profiles(corpus: Corpus) -> None:
    assert profile_features(corpus, "core") == PROFILES["core"]
    assert profile_features(corpus, "full") == {"decide", "catalog.series", "echo", "config.validate"}


def test_the_core_profile_is_the_one_of_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = text.partition("Profile `core`: `")[2].partition("`")[0]
    assert set(documented.split()) == PROFILES["core"]


def test_a_shuffle_depends_on_its_seed_only(corpus: Corpus) -> None:
    first = shuffle(corpus.cases, 1)
    assert first == shuffle(reversed(corpus.cases), 1)
    assert first != shuffle(corpus.cases, 2)
    assert sorted(case.id for case in first) == sorted(case.id for case in corpus.cases)


def test_echo_comes_first_and_accumulate_last() -> None:
    shipped = select(load(), Filters())
    ops = [case.op for case in shipped]
    assert ops[0] == "echo"
    assert ops.index("accumulate") == len(ops) - ops.count("accumulate")
    assert {case.id for case in shipped} == {case.id for case in load().cases}
