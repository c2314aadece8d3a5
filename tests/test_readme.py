"""The figures of the front page are those of the vectors, the theorems and the tests."""

import re
from pathlib import Path

import pytest

import calybris_spec
from calybris_conformance import corpus
from calybris_conformance.adapters.sabotage.table import SABOTAGES
from calybris_conformance.prove import expectations
from tests.mutants import test_specification, test_specification_ledger, test_specification_log
from tests.mutants.roster import MUTANTS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


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
    assert number(r"\| (\d+) of (\d+), every named mistake") == (len(MUTANTS),) * 2
    planted = [test_specification, test_specification_ledger, test_specification_log]
    assert number(r"\| (\d+) of (\d+) planted by hand") == (sum(len(one.MUTANTS) for one in planted),) * 2
    wrong = [sabotage for sabotage in SABOTAGES.values() if sabotage.exit != 0]
    assert number(r"\| (\d+), each fails in its named way") == (len(wrong),)


def test_mutation() -> None:
    page = (ROOT / "docs" / "mutation.md").read_text("utf-8")
    (told,) = re.findall(r"kill ([\d,]+) of ([\d,]+) valid mutants", page)
    killed, valid = (int(text.replace(",", "")) for text in told)
    assert number(r"contracts alone \| ([\d,]+) of ([\d,]+); the other (\d+)") == (killed, valid, valid - killed)


def test_strength() -> None:
    page = (ROOT / "docs" / "strength.md").read_text("utf-8")
    told = re.findall(r"^\| (?:the quick subset|what the original).*?\| (\d+) of (\d+) \(", page, re.MULTILINE)
    assert number(r"\| (\d+) of (\d+), and (\d+) of (\d+): \[docs/strength") == tuple(map(int, [*told[0], *told[1]]))


def test_the_table_of_ports_says_what_each_port_s_own_page_says(vectors: corpus.Corpus) -> None:
    """Those pages are held to the judge by tests/ports and by the demo."""
    rows = re.findall(
        r"^\|.*ports/([\w-]+)/README.*\| ([\d.]+) \| ([\w ]+) \| ([\d,]+) \| ([\d,]+) \|$", README, re.MULTILINE
    )
    crate = (ROOT / "conformance" / "ports" / "rust-crate" / "README.md").read_text("utf-8")
    every = f"{len(vectors.cases):,}"
    (wheel,) = re.findall(r"^total +\S+ +(\S+) +(\S+)", README, re.MULTILINE)
    of_crate = re.findall(r"^\| ([\d.]+) \| ([\d,]+) \| ([\d,]+) \| [\d,]+ \|$", crate, re.MULTILINE)
    assert len(of_crate) == 2
    assert rows == [
        *[("rust-crate", version, "what it exposes", passed, known) for version, passed, known in of_crate],
        ("go", "0.1.0", "full", every, "0"),
        ("typescript", "0.1.0", "full", every, "0"),
        ("calybris-wheel", "1.3.0", "what it exposes", *wheel),
    ]
