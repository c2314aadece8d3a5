"""What a condition rests on, how far away it is, and what is part of the contracts."""

from pathlib import Path

import pytest

from calybris_conformance.mutation.graph import Graph, Node, is_theorem
from calybris_conformance.mutation.mutants import Package
from tests.support.planted import plant

SOURCES = {
    "base": "LIMIT = 1\nONE, TWO = 1, 2\nclass Row:\n    '''A row.'''\n    size: int = LIMIT\n",
    "user": (
        "from pkg import base\nfrom pkg.base import LIMIT as bound, Row\nimport other\n"
        "def direct(x: Row) -> int:\n    '''Text.'''\n    return bound\n"
        "def through_the_module(x: int) -> int:\n    return base.TWO + other.LIMIT\n"
        "def far(x: int) -> int:\n    return direct(x) + far(x)\n"
        "counted: int = 1\ncounted += bound\n"
    ),
    "leaf": (
        "def leaf(x: int) -> int:\n    # crosshair: specs_complete=True\n    return inner(x)\ndef inner(x): return x\n"
    ),
    "caller": (
        "from pkg.leaf import leaf\nfrom pkg import leaf as module\n"
        "def unfolded(f): return f\n"
        "def by_contract(x): return leaf(x)\n"
        "def by_body(x): return unfolded(leaf)(x)\n"
        "bare = unfolded(module.leaf)\n"
        "def by_name(x): return bare(x)\n"
    ),
}


@pytest.fixture
def graph() -> Graph:
    return Graph("pkg", SOURCES)


def test_a_condition_rests_on_the_function_and_what_it_names(graph: Graph) -> None:
    reached = graph.rests_on("user", "far")
    assert reached[Node("user", "far")] == reached[Node("user", "far", "contract")] == 0
    assert reached[Node("user", "direct")] == 1
    assert reached[Node("base", "LIMIT")] == 2
    assert Node("base", "TWO") not in reached


def test_annotations_count_and_names_through_a_module_too(graph: Graph) -> None:
    assert Node("base", "Row") in graph.rests_on("user", "direct")
    assert {Node("base", "TWO"), Node("base", "LIMIT")} & graph.rests_on("user", "through_the_module").keys() == {
        Node("base", "TWO")
    }


def test_a_constant_that_is_added_to(graph: Graph) -> None:
    assert Node("base", "LIMIT") in graph.rests_on("user", "counted")


def test_a_marked_function_is_known_by_its_contract(graph: Graph) -> None:
    reached = graph.rests_on("caller", "by_contract")
    assert Node("leaf", "leaf", "contract") in reached
    assert Node("leaf", "leaf") not in reached
    assert Node("leaf", "inner") not in reached


@pytest.mark.parametrize("function", ["by_body", "by_name"])
def test_unfolded_shows_the_body(graph: Graph, function: str) -> None:
    assert Node("leaf", "inner") in graph.rests_on("caller", function)


def test_a_known_answer_has_no_arguments(graph: Graph) -> None:
    known = Graph("pkg", {"rule": "def known():\n    return 1\ndef asked(*, x):\n    return x\n"})
    assert not known.has_arguments("rule", "known")
    assert known.has_arguments("rule", "asked")
    assert known.has_arguments("rule", "Method.unknown")


def test_what_is_not_there_rests_on_nothing(graph: Graph) -> None:
    assert graph.rests_on("user", "nowhere") == {}
    assert Node("user", "nowhere") not in graph
    assert Node("user", "far") in graph


def test_a_text_changes_with_the_code_and_not_with_comments() -> None:
    nodes = [Node("user", "direct")]

    def text(source: str) -> str:
        return Graph("pkg", {**SOURCES, "user": source}).text(nodes)

    source = SOURCES["user"]
    assert text(source) == text(source.replace("'''Text.'''", "'''Other.'''").replace("bound\n", "bound  # why\n", 1))
    assert text(source) != text(source.replace("return bound", "return bound + 1"))


def test_theorems_are_known_by_their_folder() -> None:
    assert is_theorem("theorems.cost")
    assert not is_theorem("theorem")


def test_the_words_of_contracts(tmp_path: Path) -> None:
    graph = Package(plant(tmp_path)).graph
    assert graph.vocabulary == {("words", "is_amount")}
    assert Node("price", "rounded") in graph.rules
    assert not any(node.module.startswith("theorems") or node.part == "contract" for node in graph.rules)


def test_a_word_that_a_rule_uses_is_a_rule() -> None:
    sources = {
        "rule": (
            "@require(lambda x: word(x) & shared(x))\ndef rule(x):\n    return shared(x)\n"
            "def word(x):\n    return inner(x) + helper(x)\n"
            "@ensure(lambda x: inner(x))\ndef other(x):\n    return x\n"
            "def inner(x):\n    return x\ndef helper(x):\n    return x\ndef shared(x):\n    return x\n"
        )
    }
    assert Graph("pkg", sources).vocabulary == {("rule", "word"), ("rule", "inner")}
