"""Each operator makes the changes that it promises, and none that change nothing by construction."""

import ast

import pytest

from calybris_conformance.mutation.operators import OPERATORS, Sight
from calybris_conformance.mutation.records import Records

RECORDS = Records(
    [
        ast.parse(
            "class Rates(NamedTuple):\n    into: u64\n    out: u64\n    ceiling: u16\n\n"
            "class Flags(NamedTuple):\n    on: bool\n    name: str\n"
        )
    ]
)


def made(operator: str, source: str) -> list[str]:
    """What one operator makes of all nodes of a function's body or of a statement."""
    tree = ast.parse(source)
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value]
    bound = {
        node.id: node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    sight = Sight(
        RECORDS, {"rates": "Rates", "flags": "Flags"}, tuple(sorted(returns, key=lambda node: node.lineno)), bound
    )
    return [text for node in ast.walk(tree) for _, text in OPERATORS[operator](node, sight)]


@pytest.mark.parametrize(
    ("operator", "source", "changes"),
    [
        ("comparison", "a < b", ["a <= b", "a >= b"]),
        ("comparison", "a <= b", ["a < b", "a > b"]),
        ("comparison", "a > b", ["a >= b", "a <= b"]),
        ("comparison", "a >= b", ["a > b", "a < b"]),
        ("comparison", "a == b", ["a != b"]),
        ("comparison", "a != b", ["a == b"]),
        ("comparison", "a in b", ["a not in b"]),
        ("comparison", "a not in b", ["a in b"]),
        ("comparison", "a is b", ["a is not b"]),
        ("comparison", "a is not b", ["a is b"]),
        ("comparison", "0 <= a < 9", ["0 < a < 9", "0 > a < 9", "0 <= a <= 9", "0 <= a >= 9"]),
        ("comparison", "a + 1 < b", ["(a + 1) <= b", "(a + 1) >= b"]),
        ("arithmetic", "a + b", ["a - b"]),
        ("arithmetic", "a - b", ["a + b"]),
        ("arithmetic", "a * b", ["a // b"]),
        ("arithmetic", "a // b", ["a * b", "a % b"]),
        ("arithmetic", "a % b", ["a // b"]),
        ("arithmetic", "a ** b", ["a * b"]),
        ("arithmetic", "a << b", ["a >> b"]),
        ("arithmetic", "a >> b", ["a << b"]),
        ("arithmetic", "a & b", ["a | b"]),
        ("arithmetic", "a | b", ["a & b"]),
        ("arithmetic", "a ^ True", ["a & True", "a | True"]),
        ("operands", "a - b", ["b - a"]),
        ("operands", "a // (b + 1)", ["(b + 1) // a"]),
        ("operands", "a % b", ["b % a"]),
        ("operands", "a ** b", ["b ** a"]),
        ("operands", "a + b", []),
        ("operands", "a - a", []),
        ("logic", "a and b", ["a or b"]),
        ("logic", "a or b", ["a and b"]),
        ("logic", "not a", ["a"]),
        ("logic", "-a", []),
        ("integer", "7", ["8", "6", "0"]),
        ("integer", "1", ["2", "0"]),
        ("integer", "0", ["1", "-1"]),
        ("integer", "True", []),
        ("boolean", "True", ["False"]),
        ("boolean", "False", ["True"]),
        ("boolean", "1", []),
        ("octets", "b'tag\\0'", ["b'tag'"]),
        ("octets", "b''", []),
        ("minus", "-a", ["a"]),
        ("minus", "+a", []),
        ("opposite", "min(a, b)", ["max"]),
        ("opposite", "any([a])", ["all"]),
        ("opposite", "f(a)", []),
        ("call", "no(a)", ["a"]),
        ("call", "clamp(a - b, 0, 9)", ["(a - b)"]),
        ("call", "Verdict(a)", []),
        ("call", "tuple(a)", []),
        ("call", "f()", []),
        ("call", "f(*a)", []),
        ("call", "f(x for x in a)", []),
        ("arguments", "f(a, b, c)", ["f(b, a, c)", "f(a, c, b)"]),
        ("arguments", "f(a, x=b, y=c)", ["f(a, x=c, y=b)"]),
        ("arguments", "f(a, a)", []),
        ("arguments", "min(a, b)", []),
        ("arguments", "f('one', 'two')", []),
        ("arguments", "f(a, *b)", []),
        ("arguments", "f(x=a, **b)", []),
        ("elements", "(a, b, b)", ["(b, a, b)"]),
        ("elements", "[a, b]", ["[b, a]"]),
        ("elements", "{1: a, 2: b}", ["{1: b, 2: a}"]),
        ("elements", "a, b = c", []),
        ("check", "[a == 1, is_b]", ["[is_b]", "[(a == 1)]"]),
        ("check", "(no(a), b & (c > 1))", ["((b & (c > 1)),)", "(no(a),)"]),
        ("check", "(a, b == 1)", []),
        ("check", "(a == 1,)", []),
        ("attribute", "rates.into", ["rates.out"]),
        ("attribute", "rates.ceiling", []),
        ("attribute", "flags.on", []),
        ("attribute", "other.into", []),
        ("attribute", "rates.into = 1", []),
        ("condition", "a if b else c", ["True", "False"]),
        ("condition", "if a:\n    pass", ["True", "False"]),
        ("condition", "[a for a in b if a]", ["True", "False"]),
        ("condition", "while a:\n    pass", []),
        ("bounds", "a[:b]", ["a[:]", "a[:b + 1]", "a[:b - 1]"]),
        ("bounds", "a[b:c:2]", ["a[:c:2]", "a[b + 1:c:2]", "a[b - 1:c:2]", "a[b::2]", "a[b:c + 1:2]", "a[b:c - 1:2]"]),
        ("bounds", "a[1:]", ["a[:]"]),
        ("bounds", "a[1]", []),
        ("width", "class R:\n    a: u8\n    b: int\n    c: u64", ["u16", "u32", "i64"]),
        ("width", "class R:\n    a: u16", ["u8", "u32"]),
        ("order", "class R:\n    a: u8\n    b: u16 = 1\n    c: int", ["b: u16 = 1\n    a: u8"]),
    ],
)  # fmt: skip
def test_what_an_operator_makes(operator: str, source: str, changes: list[str]) -> None:
    assert made(operator, source) == changes


def test_a_branch_returns_what_its_neighbour_returns() -> None:
    source = "def f(a):\n    if a:\n        return 1\n    if b:\n        return 2\n    return 3"
    assert sorted(made("result", source)) == ["1", "2", "2", "3"]


def test_a_branch_does_not_return_what_is_not_known_there() -> None:
    source = "def f(a):\n    if a:\n        return a\n    later = 1\n    return later"
    assert made("result", source) == ["a"]


def test_equal_results_are_not_exchanged() -> None:
    assert made("result", "def f(a):\n    if a:\n        return 1\n    return 1") == []


def test_only_the_results_in_sight_are_exchanged() -> None:
    tree = ast.parse("return 1").body[0]
    assert list(OPERATORS["result"](tree, Sight(RECORDS, {}))) == []


def test_every_operator_says_what_it_changes() -> None:
    assert all(operator.__doc__ for operator in OPERATORS.values())
