"""The file of expectations: what it may say, and that the specification's own says it of known clauses."""

import re
from pathlib import Path

import pytest

import calybris_spec
from calybris_conformance.prove.expectations import Expectation, ExpectationError, load

ROOT = Path(__file__).parents[2]
SPECIFICATION = Path(calybris_spec.__path__[0]) / "theorems.toml"
GOOD = 'verdict = "confirmed"\nconditions = 1\nclauses = ["GATE-1"]\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "theorems.toml"
    path.write_text(text)
    return path


def test_an_expectation_is_read(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, f'["theorems.gates".sentence]\n{GOOD}'))
    assert loaded.of("theorems.gates", "sentence") == Expectation("confirmed", 1, ("GATE-1",))
    assert loaded.of("theorems.gates", "other") is None
    assert loaded.package == tmp_path.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a.b", "cannot be read as TOML"),
        ("[a]\nb = 1", "a.b: verdict must be"),
        (f"[a.b]\n{GOOD.replace('confirmed', 'hoped')}", "a.b: verdict must be"),
        (f"[a.b]\n{GOOD}paths = 5", "a.b: the keys must be verdict, conditions, clauses, not"),
        (
            f"[a.b]\n{GOOD.replace('confirmed', 'searched')}",
            "a.b: the keys must be verdict, conditions, clauses, reason",
        ),
        (f"[a.b]\n{GOOD.replace('= 1', '= 0')}", "a.b: conditions must be a int that is not empty"),
        (f"[a.b]\n{GOOD.replace('= 1', '= true')}", "a.b: conditions must be"),
        (f"[a.b]\n{GOOD.replace('GATE-1', 'gate one')}", "a.b: 'gate one' is not the id of a clause"),
        ("[a.b]\n" + GOOD.replace('"GATE-1"', ""), "a.b: clauses must be a list that is not empty"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ExpectationError, match=re.escape(message)):
        load(write(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpectationError, match="cannot be read"):
        load(tmp_path / "theorems.toml")


def clauses_of_the_specification() -> set[str]:
    headings = [path.read_text("utf-8") for path in (ROOT / "docs" / "spec").glob("*.md")]
    return {clause for text in headings for clause in re.findall(r"^### ([A-Z]+-[0-9]+)", text, re.MULTILINE)}


def test_every_clause_that_a_theorem_names_exists() -> None:
    loaded = load(SPECIFICATION)
    named = {
        clause
        for functions in loaded.modules.values()
        for expectation in functions.values()
        for clause in expectation.clauses
    }
    assert named <= clauses_of_the_specification()
