"""Which conditions are asked about a mutant, and how long an answer stays true."""

from pathlib import Path

import pytest

from calybris_conformance.mutation import results
from calybris_conformance.mutation.mutants import Mutant, Package
from calybris_conformance.mutation.results import Judges, Known
from calybris_conformance.prove import expectations
from tests.support.planted import RULES, plant

THEOREM = "theorems.price.a_price_is_a_multiple_of_ten_and_less_than_ten_away#1"


def judged(folder: Path, rules: dict[str, str] = RULES) -> tuple[Judges, dict[str, Mutant]]:
    package = Package(plant(folder, rules))
    judges = Judges(package, expectations.load(package.folder / "theorems.toml"))
    return judges, {mutant.id: mutant for mutant in package.mutants("price")}


@pytest.fixture
def planted(tmp_path: Path) -> tuple[Judges, dict[str, Mutant]]:
    return judged(tmp_path)


def test_the_nearest_condition_is_asked_first_and_canaries_never(planted: tuple[Judges, dict[str, Mutant]]) -> None:
    judges, mutants = planted
    asked = judges.of(mutants["price.rounded:integer:1"])
    assert [one.name for one in asked] == ["price.rounded#1", THEOREM]
    assert {one.paths for one in asked} == {400}


def test_a_caller_by_contract_is_not_asked_about_the_body(planted: tuple[Judges, dict[str, Mutant]]) -> None:
    judges, mutants = planted
    assert "price.doubled#1" not in [one.name for one in judges.of(mutants["price.rounded:integer:1"])]
    assert [one.name for one in judges.of(mutants["price.doubled:integer:1"])] == ["price.doubled#1"]


def test_nobody_is_asked_about_what_nobody_uses(planted: tuple[Judges, dict[str, Mutant]]) -> None:
    judges, mutants = planted
    assert judges.of(mutants["price.UNUSED:integer:1"]) == ()


def test_a_condition_that_is_gone_has_no_key(planted: tuple[Judges, dict[str, Mutant]]) -> None:
    judges, mutants = planted
    assert judges.key(mutants["price.rounded:integer:1"], "price.gone#1") == ""


def keys(folder: Path, old: str = "", new: str = "") -> dict[str, str]:
    """The keys of a kill by the own contract, by the theorem, and of a survivor, after a change of the theorems."""
    name = "theorems.price" if old in RULES["theorems.price"] else "price"
    judges, mutants = judged(folder, {**RULES, name: RULES[name].replace(old, new)} if old else RULES)
    mutant = mutants["price.rounded:integer:1"]
    kinds = {"own": "price.rounded#1", "theorem": THEOREM, "survivor": ""}
    return {kind: judges.key(mutant, by) for kind, by in kinds.items()} | {"vectors": judges.vectors_key(mutant, "v")}


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ('"""MONEY-1."""', '"""MONEY-2."""', set()),
        ("% 10 == 0", "% 5 == 0", {"theorem", "survivor"}),
        ("(amount + STEP - 1)", "(amount + STEP - 1 + 0)", {"own", "theorem", "survivor", "vectors"}),
        ("STEP = 10", "STEP = 5", {"own", "theorem", "survivor", "vectors"}),
        ("UNUSED = 1", "UNUSED = 2", {"vectors"}),
        ("result >= amount", "result >= amount - 1", {"own", "survivor", "theorem"}),
    ],
)
def test_what_makes_an_answer_stale(tmp_path: Path, old: str, new: str, stale: set[str]) -> None:
    before, after = keys(tmp_path / "before"), keys(tmp_path / "after", old, new)
    assert {kind for kind in before if before[kind] != after[kind]} == stale


def test_other_vectors_make_their_answer_stale(planted: tuple[Judges, dict[str, Mutant]]) -> None:
    judges, mutants = planted
    mutant = mutants["price.STEP:integer:1"]
    assert judges.vectors_key(mutant, "one") != judges.vectors_key(mutant, "other")


def test_what_is_saved_is_loaded_in_the_order_of_the_ids(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.jsonl"
    assert results.load(path) == {}
    known = [
        Known("b", "1 -> 2", "survived", "k", open=2, vector="s/c", vectors_key="v"),
        Known("a", "…", "invalid", "k"),
    ]
    results.save(path, known)
    assert results.load(path) == {one.id: one for one in known}
    first, second = path.read_text("utf-8").splitlines()
    assert first == '{"id": "a", "change": "…", "outcome": "invalid", "key": "k"}'
    assert '"by"' not in second
