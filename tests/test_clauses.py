"""Every clause is written once, stated in the code of the specification, and asked by a vector; every code is known.

The pages of docs/spec are the list of clauses. What code, theorems and vectors name must be in it, and what is in it
must be named by them. Each comparison has a test that plants a mistake.
"""

import ast
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support import markdown
from tests.support.clauses import headings, mentioned

ROOT = Path(__file__).resolve().parents[1]
SPEC_PAGES = sorted((ROOT / "docs" / "spec").glob("*.md"))
_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")


def read(path: Path) -> str:
    return path.read_text("utf-8")


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def written(pages: Iterable[str]) -> list[str]:
    """The ids of the clauses that pages define, one for each heading."""
    return [clause for page in pages for clause, _ in headings(page)]


def mentioned_in(*patterns: str) -> set[str]:
    return set().union(*(mentioned(read(path)) for path in files(*patterns)))


@pytest.fixture(scope="module")
def clauses() -> list[str]:
    return written(map(read, SPEC_PAGES))


@pytest.fixture(scope="module")
def asked() -> set[str]:
    """The clauses that vectors test."""
    documents = [json.loads(path.read_bytes()) for path in files("vectors/v1/**/*.json")]
    return {clause for document in documents for clause in document["clauses"]}


@pytest.fixture(scope="module")
def not_asked() -> dict[str, Path]:
    """The clauses that no vector can test, each with the test that does instead, as the specification's index lists."""
    section = read(ROOT / "docs" / "spec" / "README.md").split("## Clauses without vectors", 1)[1].split("\n## ", 1)[0]
    ((_, *rows),) = markdown.tables(section)
    pages = {clause: markdown.link_targets(row[2]) for row in rows for clause in mentioned(row[0])}
    return {clause: (ROOT / "docs" / "spec" / target).resolve() for clause, (target,) in pages.items()}


def test_a_clause_is_written_once(clauses: list[str]) -> None:
    assert sorted(clauses) == sorted(set(clauses))
    assert len(clauses) >= 69


@pytest.mark.parametrize(
    "patterns",
    [
        ("calybris_ref/**/*.py",),
        ("spec/**/*.py", "spec/**/*.toml"),
        ("conformance/**/*.py", "vectors/v1/**/*.json", "vectors/schema/codes.json"),
        ("tests/**/*.py",),
        ("*.md", "docs/**/*.md", "spec/*.md", "vectors/*.md", "conformance/**/*.md"),
    ],
    ids=lambda patterns: patterns[0],
)
def test_a_clause_that_is_named_is_written(patterns: tuple[str, ...], clauses: list[str]) -> None:
    assert mentioned_in(*patterns) - set(clauses) == set()


def test_every_clause_is_named_in_the_specification(clauses: list[str], not_asked: dict[str, Path]) -> None:
    assert set(clauses) - mentioned_in("spec/calybris_spec/**/*.py") <= set(not_asked)


def test_every_clause_is_named_in_the_library(clauses: list[str]) -> None:
    assert set(clauses) - mentioned_in("calybris_ref/**/*.py") == set()


def test_every_clause_is_asked_or_says_why_not(clauses: list[str], asked: set[str], not_asked: dict[str, Path]) -> None:
    assert set(clauses) - asked == set(not_asked)


def test_a_clause_that_is_not_asked_is_tested_elsewhere(not_asked: dict[str, Path]) -> None:
    assert [clause for clause, test in not_asked.items() if clause not in mentioned(read(test))] == []


def test_mentions_are_read() -> None:
    assert mentioned("MONEY-1, GATE-10.") == {"MONEY-1", "GATE-10"}
    assert mentioned("RANK-1 … RANK-3 and TYPES-1 to TYPES-2") == {"RANK-1", "RANK-2", "RANK-3", "TYPES-1", "TYPES-2"}
    assert mentioned("SHA-256, UTF-8, XGATE-1, GATE-0") == set()


def test_headings_are_read() -> None:
    assert written(["### GATE-1 A\n### GATE-1 B\n### GATE\n", "```text\n### GATE-2 C\n```\n"]) == ["GATE-1", "GATE-1"]


def codes_in_tables(text: str, section: str) -> dict[str, set[str]]:
    """The codes in the first column of the tables of a section, each with the clauses in the last one."""
    body = text.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    return {
        code: mentioned(row[-1])
        for row in markdown.table_rows(body)
        for code in markdown.code(row[0])
        if _CODE.fullmatch(code)
    }


def codes_in_source(text: str) -> set[str]:
    """The string constants of a module that have the form of a code, public names left out."""
    constants = (
        node.value
        for statement in ast.parse(text).body
        if not (isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__")
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant)
    )
    return {value for value in constants if isinstance(value, str) and _CODE.fullmatch(value)}


def codes_in(*patterns: str) -> set[str]:
    return set().union(*(codes_in_source(read(path)) for path in files(*patterns)))


@pytest.fixture(scope="module")
def registry() -> dict[str, set[str]]:
    """The closed registry of refusals, with the clauses of each."""
    document = json.loads(read(ROOT / "vectors" / "schema" / "codes.json"))
    return {code: set(entry["clauses"]) for code, entry in document["codes"].items()}


@pytest.fixture(scope="module")
def library_codes() -> set[str]:
    """The codes that only the library has: the judge can ask for none of them."""
    return set(codes_in_tables(read(ROOT / "docs" / "library.md"), "Errors"))


def test_the_table_of_refusals_is_the_registry(registry: dict[str, set[str]]) -> None:
    assert codes_in_tables(read(ROOT / "docs" / "operations.md"), "Refusals") == registry


def test_the_library_refuses_with_known_codes_only(registry: dict[str, set[str]], library_codes: set[str]) -> None:
    used = codes_in("calybris_ref/*.py")
    assert used - registry.keys() == library_codes
    assert library_codes.isdisjoint(registry)


@pytest.mark.parametrize("patterns", [("calybris_ref/*.py",), ("spec/calybris_spec/*.py",)], ids=["library", "spec"])
def test_every_refusal_can_be_given(patterns: tuple[str, ...], registry: dict[str, set[str]]) -> None:
    # Reading text is not the library's business: INTEGER_NOT_CANONICAL is given by whoever reads (wire.py).
    given = codes_in(*patterns, "conformance/calybris_conformance/wire.py")
    assert registry.keys() - given == set()


def test_codes_are_read() -> None:
    assert codes_in_source('x = f(code="A_B_C")\n"A_B is text"\n"AB"\n__all__ = ["D_E"]') == {"A_B_C"}
    text = "## Refusals\n\n| code | clause |\n| --- | --- |\n| `A_B` | GATE-1 |\n\n## More\n\n| `C_D` | GATE-2 |\n"
    assert codes_in_tables(text, "Refusals") == {"A_B": {"GATE-1"}}
