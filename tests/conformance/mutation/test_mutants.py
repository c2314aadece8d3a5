"""Which places of a package are mutated, how a mutant is called, and what its source is."""

import ast
from pathlib import Path

import pytest

from calybris_conformance.mutation.mutants import Mutant, Package, owner
from calybris_conformance.mutation.records import Records
from tests.support.planted import plant


def mutants_of(folder: Path, source: str) -> list[Mutant]:
    package = Package(plant(folder, {"__init__": "", "rule": source}))
    return package.mutants("rule")


def changes(folder: Path, source: str) -> list[str]:
    return [mutant.change for mutant in mutants_of(folder, source)]


def test_theorems_are_not_mutated(tmp_path: Path) -> None:
    assert Package(plant(tmp_path)).modules == ["__init__", "more", "price", "words"]


def test_every_mutant_has_an_id_a_place_and_a_source(tmp_path: Path) -> None:
    package = Package(plant(tmp_path))
    mutants = package.mutants("price")
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    first = mutants[0]
    assert (first.id, first.change, owner(first.id)) == ("price.STEP:integer:1", "10 -> 11", "price.STEP")
    assert first.applied(package.sources["price"]) == package.sources["price"].replace("STEP = 10", "STEP = 11")
    for mutant in mutants:
        changed = mutant.applied(package.sources["price"])
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(package.sources["price"]))


def test_contracts_are_never_changed(tmp_path: Path) -> None:
    package = Package(plant(tmp_path))

    def contracts(source: str) -> list[str]:
        functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
        return [ast.unparse(part) for node in functions for part in (*node.decorator_list, node.args)]

    source = package.sources["price"]
    assert all(contracts(mutant.applied(source)) == contracts(source) for mutant in package.mutants("price"))


def test_what_only_contracts_use_is_part_of_them(tmp_path: Path) -> None:
    assert Package(plant(tmp_path)).mutants("words") == []


@pytest.mark.parametrize(
    "source",
    [
        'def rule():\n    """1 < 2"""',
        "def rule(x):\n    assert x > 1",
        "def rule(x):\n    raise ValueError(1)",
        "def rule(x):\n    return f'{x + 1}'",
        "def rule(x):\n    return 'text'",
        "def rule(x) -> tuple[int, 1]:\n    local: Literal[1]",
        "Alias = tuple[int, 2]",
        "import a, b",
    ],
)
def test_what_stays_as_it_is(tmp_path: Path, source: str) -> None:
    assert changes(tmp_path, source) == []


def test_tables_records_methods_and_defaults_are_changed(tmp_path: Path) -> None:
    source = """
        class Rate(NamedTuple):
            '''A rate.'''

            into: u64 = 1
            out: u64 = 0

            def both(self) -> int:
                return self.into

        LIMITS: tuple[int, ...] = (1, True)

        def rule(x: int, *, y: int = 3) -> int:
            def inner(z: Rate) -> int:
                return z.out
            return inner
    """
    made = {(mutant.operator, mutant.change) for mutant in mutants_of(tmp_path, source)}
    assert made >= {
        ("width", "u64 -> u32"),
        ("integer", "1 -> 2"),
        ("attribute", "self.into -> self.out"),
        ("elements", "(1, True) -> (True, 1)"),
        ("boolean", "True -> False"),
        ("integer", "3 -> 4"),
        ("attribute", "z.out -> z.into"),
    }
    assert any(operator == "order" for operator, _ in made)


def test_one_statement_may_define_several_names(tmp_path: Path) -> None:
    mutant = mutants_of(tmp_path, "ONE, TWO = 1, 2")[0]
    assert [node.name for node in mutant.nodes] == ["ONE", "TWO"]
    assert mutant.id.startswith("rule.ONE:")


def test_the_same_text_at_the_same_place_is_one_mutant(tmp_path: Path) -> None:
    assert changes(tmp_path, "def rule(x):\n    return x[: x - 1]").count("x - 1 -> x + 1") == 1


def test_a_change_stands_in_parentheses_where_it_could_be_torn_apart(tmp_path: Path) -> None:
    after = {mutant.change: mutant.after for mutant in mutants_of(tmp_path, "def rule(x, y):\n    return -no(x + y)\n")}
    assert after["no(x + y) -> x + y"] == "((x + y))"
    assert after["-no(x + y) -> no(x + y)"] == "no(x + y)"


def test_a_long_change_is_shown_where_it_differs(tmp_path: Path) -> None:
    names = ", ".join(f"a_long_name_{number}" for number in range(12))
    last = changes(tmp_path, f"TABLE = ({names})")[-1]
    assert last == "…ame_9, a_long_name_10, a_long_name_11)… -> …ame_9, a_long_name_11, a_long_name_10)…"


PLAIN = """
class Rate(NamedTuple):
    into: u64
    out: u64

class Pair(NamedTuple):
    rates: tuple[Rate, ...]
    best: Rate

def made() -> Rate: ...
"""


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("pair.best.into", True),
        ("pair.rates[0].into", True),
        ("made().into", True),
        ("Rate(1, 2).into", True),
        ("pair.best._replace(out=1).into", True),
        ("pair.rates[:1].into", False),
        ("pair.into", False),
        ("unknown().into", False),
        ("(pair or pair).into", False),
    ],
)
def test_which_record_an_expression_is(body: str, known: bool) -> None:
    node = ast.parse(body, mode="eval").body
    assert isinstance(node, ast.Attribute)
    assert Records([ast.parse(PLAIN)]).siblings(node, {"pair": "Pair"}) == (["out"] if known else [])


def test_variables_have_the_records_of_what_they_are_bound_to() -> None:
    source = (
        "def rule(pair: Pair, untyped):\n"
        "    one, (two, other) = pair.best, (made(), 1)\n"
        "    for three in pair.rates:\n        pass\n"
        "    four = [five for five in pair.rates]\n"
        "    six, seven = pair\n"
        "    pair.best = eight = one\n"
    )
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    names = Records([ast.parse(PLAIN)]).names_in(function, {"outer": "Rate"})
    assert {name for name, record in names.items() if record == "Rate"} == {"outer", "one", "two", "three", "five"}
