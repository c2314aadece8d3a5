"""The figures of the front page are those of the vectors, the theorems and the tests."""

import re
from pathlib import Path

import pytest

import calybris_spec
from calybris_conformance import corpus
from calybris_conformance.adapters.sabotage.table import SABOTAGES
from calybris_conformance.prove import expectations
from tests.mutants import test_mutants, test_specification, test_specification_ledger, test_specification_log

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def number(pattern: str) -> tuple[int, ...]:
    """The numbers that a pattern finds in the page; it must stand there exactly once."""
    (found,) = re.findall(pattern, README)
    return tuple(int(text.replace(",", "")) for text in ([found] if isinstance(found, str) else found))


@pytest.fixture(scope="module")
def vectors() -> corpus.Corpus:
    return corpus.load()


def test_the_tables_of_the_demo_count_the_cases_that_there_are(vectors: corpus.Corpus) -> None:
    shown = re.findall(r"^([a-z]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$", README, re.MULTILINE)
    rows = {suite: [int(cell.replace(",", "")) for cell in cells] for suite, *cells in shown}
    total = rows.pop("total")
    assert {suite: row[0] for suite, row in rows.items()} == {
        suite: sum(case.suite == suite for case in vectors.cases) for suite in {case.suite for case in vectors.cases}
    }
    assert total == [sum(column) for column in zip(*rows.values(), strict=True)]
    for cases, *parts in (*rows.values(), total):
        assert cases == sum(parts)
    assert number(r"reference: CONFORMANT: ([\d,]+) passed") == (len(vectors.cases),)


def test_vectors(vectors: corpus.Corpus) -> None:
    assert number(r"\| ([\d,]+) cases, (\d+) named mistakes \|") == (len(vectors.cases), len(vectors.notes))


def test_proofs() -> None:
    modules = expectations.load(Path(calybris_spec.__path__[0]) / "theorems.toml").modules
    expected = [one for functions in modules.values() for one in functions.values()]
    of = {
        name: sum(one.conditions for one in expected if one.verdict == name)
        for name in ("confirmed", "searched", "refuted")
    }
    figures = number(
        r"(\d+) conditions on (\d+) functions: (\d+) confirmed over all paths, (\d+) searched, (\d+) delib"
    )
    assert figures == (sum(of.values()), len(expected), of["confirmed"], of["searched"], of["refuted"])


def test_mutants_and_sabotage() -> None:
    assert number(r"\| (\d+) of (\d+), every named mistake") == (len(test_mutants.MUTANTS),) * 2
    planted = [test_specification, test_specification_ledger, test_specification_log]
    assert number(r"\| (\d+) of (\d+) planted by hand") == (sum(len(one.MUTANTS) for one in planted),) * 2
    wrong = [sabotage for sabotage in SABOTAGES.values() if sabotage.exit != 0]
    assert number(r"\| (\d+), each fails in its named way") == (len(wrong),)
