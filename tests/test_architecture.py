"""Which package may import which, what the decision rule may touch, and how long a file may be.

Each rule is a function from a parsed file to the violations that it finds. It is applied to every file of the tree, and
to a planted violation that it must find: a rule that cannot fail guards nothing.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "calybris_ref": ROOT / "calybris_ref",
    "calybris_spec": ROOT / "spec" / "calybris_spec",
    "calybris_conformance": ROOT / "conformance" / "calybris_conformance",
    "calybris_refinement": ROOT / "conformance" / "calybris_refinement",
}
LONGEST_FILE = 400

# What a package may import beside itself and the standard library.
ARROWS = {
    "calybris_ref": frozenset[str](),
    "calybris_spec": frozenset({"icontract"}),
    "calybris_conformance": frozenset({"calybris_ref", "calybris_spec"}),
    "calybris_refinement": frozenset({"calybris_ref", "calybris_spec", "icontract"}),
}
# Part of a package (module prefix) -> what it alone may import, for the reason given.
EXCEPTIONS = {
    "calybris_conformance.prove": frozenset({"crosshair", "z3", "icontract"}),  # the proof tool itself
    # the extras `campaign` and `cluster`; `calybris` is one of the libraries that are asked in process
    "calybris_conformance.campaign": frozenset({"numpy", "numba", "hypothesis", "distributed", "calybris"}),
    "calybris_ref.cli.completion": frozenset({"shtab"}),  # the optional extra `cli`
    "calybris_ref.batch_arrays": frozenset({"numpy"}),  # the optional extra `bulk`
    "calybris_ref.batch_catalog": frozenset({"numpy"}),
    "calybris_ref.batch_compiled": frozenset({"numpy"}),
    "calybris_ref.compiling": frozenset({"numba"}),
    "calybris_ref.instrument": frozenset({"opentelemetry"}),  # when it is asked for, and there
    "calybris_ref.instrument_events": frozenset({"opentelemetry"}),
    # the optional extra `bulk`, where it is found
    "calybris_ref.wal_plain": frozenset({"msgspec"}),
    "calybris_ref.wal_columns": frozenset({"msgspec", "numpy"}),
    "calybris_ref.wal_compiled": frozenset({"numpy"}),
    "calybris_ref.wal_workers": frozenset({"distributed"}),  # the optional extra `cluster`, when it is asked for
}
# Loading by name hides an arrow. The command table names commands of other packages, so that the library needs none of
# them; the judge may import both others anyway.
COMMAND_TABLE = "calybris_ref.cli"
JUDGE = "calybris_conformance"

# The parts of which every answer is a function of the arguments. All they may import: an allow-list, so that a new
# source of time, chance or input has to be argued for here.
PURE = ("calybris_spec", "calybris_ref", "calybris_refinement")
IMPURE_PARTS = (
    "calybris_ref.cli",
    "calybris_ref.__main__",
    "calybris_ref.durable",
    "calybris_ref.persistence",
    "calybris_ref.wal",  # the file of a log, its lock and its syncs
    "calybris_ref.wal_reader",  # the file of a log, read
    "calybris_ref.async_wal",  # the same from an event loop
    "calybris_ref.wal_segments",  # the same in parts
    "calybris_ref.wal_workers",  # the processes that read them
    "calybris_ref.wal_repair",  # what a crash left of one, cut off
    "calybris_ref.instrument",  # tells of calls as they happen
    "calybris_ref.instrument_events",
    "calybris_ref.instrument_proxies",
    "calybris_ref.page",  # reads the style and the script beside it
)
# Part of a pure package -> what it alone may import beside PURE_MODULES, for the reason given.
PURE_EXCEPTIONS = {
    "calybris_ref.budget": frozenset({"threading"}),  # its lock: the answers are functions of the calls in their order
    "calybris_ref.batch_arrays": frozenset({"concurrent", "numpy"}),  # the rows know nothing of each other
    "calybris_ref.batch_catalog": frozenset({"numpy"}),
    "calybris_ref.batch_compiled": frozenset({"numpy"}),
    "calybris_ref.compiling": frozenset({"numba"}),
    "calybris_ref.wal_line": frozenset({"hmac"}),  # a function of a key and bytes
    "calybris_ref.wal_plain": frozenset({"hmac", "msgspec"}),  # likewise; a parser and printer of bytes
    "calybris_ref.wal_columns": frozenset({"msgspec", "numpy"}),  # columns of integers
    "calybris_ref.wal_compiled": frozenset({"numpy"}),  # likewise, compiled
    "calybris_ref.payload": frozenset({"numbers"}),  # tells a number that is no integer from what is no number
}
PURE_MODULES = frozenset(
    [
        "__future__",
        "abc",
        "collections",
        "dataclasses",
        "enum",
        "functools",
        "hashlib",
        "icontract",
        "itertools",
        "json",
        "operator",
        "re",
        "struct",
        "types",
        "typing",
        "warnings",
    ]
)
IMPURE_BUILTINS = frozenset(["breakpoint", "complex", "eval", "exec", "float", "hash", "id", "input", "open", "print"])
ORDER_TAKERS = frozenset(["enumerate", "iter", "list", "map", "next", "reversed", "tuple", "zip"])


def module_name(path: Path) -> str:
    """The dotted name under which a file of one of the packages is imported."""
    for package, folder in PACKAGES.items():
        if path.is_relative_to(folder):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    raise ValueError(f"{path} belongs to no package")


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


def is_pure(module: str) -> bool:
    return any(within(module, part) for part in PURE) and not any(within(module, part) for part in IMPURE_PARTS)


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every absolute module that a file names in an import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." if node.level else node.module or ""


def import_violations(module: str, tree: ast.AST) -> list[str]:
    """Imports against the arrows, and loading by name outside the command table.

    `_typeshed` exists for type checkers only; nothing can import it.
    """
    package = module.partition(".")[0]
    allowed = ARROWS[package].union(*(extra for part, extra in EXCEPTIONS.items() if within(module, part)))
    may_load = module == COMMAND_TABLE or within(module, JUDGE)
    found = []
    for line, name in imported(tree):
        top = name.partition(".")[0]
        if top not in allowed and top not in (package, "_typeshed") and top not in sys.stdlib_module_names:
            found.append(f"{module}:{line} imports {name or '.'}")
        if top == "importlib" and name != "importlib.metadata" and "resources" not in name and not may_load:
            found.append(f"{module}:{line} loads modules by name")
    return found


def called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def is_set(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether an expression is plainly a set: a display, a comprehension, set(…), or a name bound to one of those."""
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node, ast.Set | ast.SetComp) or called(node) in {"set", "frozenset"}


def set_names(tree: ast.AST) -> frozenset[str]:
    bound = (
        (target, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
    return frozenset(
        target.id for target, value in bound if isinstance(target, ast.Name) and is_set(value, frozenset())
    )


def purity_violations(module: str, tree: ast.AST) -> list[str]:
    """Input, output, clock, chance, floating point, and anything that depends on the order of a set."""
    sets = set_names(tree)
    found = [f"{module}:{line} imports {name}" for line, name in imported(tree) if not _pure_import(module, name)]
    for node in ast.walk(tree):
        problem = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            problem = f"has the float {node.value}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            problem = "divides with /"
        elif isinstance(node, ast.Name) and node.id in IMPURE_BUILTINS:
            problem = f"uses {node.id}"
        elif isinstance(node, ast.For | ast.comprehension) and is_set(node.iter, sets):
            problem = "iterates over a set"
        elif isinstance(node, ast.Call) and _takes_set_order(node, sets):
            problem = "depends on the order of a set"
        if problem:
            line = node.iter.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 0)
            found.append(f"{module}:{line} {problem}")
    return found


def _pure_import(module: str, name: str) -> bool:
    top = name.partition(".")[0]
    return top in PURE_MODULES or top in PACKAGES or top in PURE_EXCEPTIONS.get(module, ())


def _takes_set_order(node: ast.Call, sets: frozenset[str]) -> bool:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "pop":
        return not node.args and is_set(node.func.value, sets)
    joins = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
    return (joins or called(node) in ORDER_TAKERS) and any(is_set(argument, sets) for argument in node.args)


def length_violations(name: str, text: str) -> list[str]:
    lines = text.count("\n")
    return [f"{name} has {lines} lines, more than {LONGEST_FILE}"] if lines > LONGEST_FILE else []


def package_files() -> list[Path]:
    return sorted(path for folder in PACKAGES.values() for path in folder.rglob("*.py"))


def source_files() -> list[Path]:
    folders = ("calybris_ref", "spec", "conformance", "tests")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_imports_follow_the_arrows() -> None:
    violations = [v for p in package_files() for v in import_violations(module_name(p), ast.parse(p.read_bytes()))]
    assert violations == []


def test_the_decision_rule_is_pure() -> None:
    pure = [path for path in package_files() if is_pure(module_name(path))]
    assert {module_name(path) for path in pure} >= {"calybris_ref", "calybris_spec", "calybris_ref.kernel"}
    violations = [v for p in pure for v in purity_violations(module_name(p), ast.parse(p.read_bytes()))]
    assert violations == []


def test_files_are_short() -> None:
    names = [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in source_files()]
    assert [violation for name, text in names for violation in length_violations(name, text)] == []


def test_exceptions_name_modules_that_exist() -> None:
    modules = {module_name(path) for path in package_files()}
    assert {*EXCEPTIONS, *PURE_EXCEPTIONS, *IMPURE_PARTS, COMMAND_TABLE, JUDGE} <= modules


@pytest.mark.parametrize(
    ("module", "source", "violation"),
    [
        ("calybris_ref.kernel", "import calybris_spec", "imports calybris_spec"),
        ("calybris_ref.kernel", "from calybris_spec.gates import x", "imports calybris_spec.gates"),
        ("calybris_ref.kernel", "import calybris_conformance.wire", "imports calybris_conformance.wire"),
        ("calybris_ref.kernel", "from . import model", "imports ."),
        ("calybris_ref.verify", "def f() -> None:\n    import icontract", "imports icontract"),
        ("calybris_ref.cli.decide", "import shtab", "imports shtab"),
        ("calybris_ref.batch", "import numpy", "imports numpy"),
        ("calybris_ref.batch_arrays", "import numba", "imports numba"),
        ("calybris_ref.instrument_proxies", "import opentelemetry", "imports opentelemetry"),
        ("calybris_ref.cli.decide", "import importlib", "loads modules by name"),
        ("calybris_spec.gates", "import calybris_ref", "imports calybris_ref"),
        ("calybris_spec.gates", "if TYPE_CHECKING:\n    import calybris_ref.model", "imports calybris_ref.model"),
        ("calybris_spec.gates", "import crosshair", "imports crosshair"),
        ("calybris_conformance.runner", "import crosshair", "imports crosshair"),
        ("calybris_conformance.proven", "import crosshair", "imports crosshair"),
        ("calybris_conformance.report", "import jsonschema", "imports jsonschema"),
        ("calybris_conformance.runner", "import numpy", "imports numpy"),
        ("calybris_spec.gates", "from importlib import import_module", "loads modules by name"),
        ("calybris_ref.cli.doctor", "import importlib.util", "loads modules by name"),
        ("calybris_refinement.kernel", "import calybris_conformance.prove", "imports calybris_conformance.prove"),
        ("calybris_refinement.kernel", "import crosshair", "imports crosshair"),
        ("calybris_ref.kernel", "import calybris_refinement", "imports calybris_refinement"),
    ],
)
def test_a_planted_import_is_found(module: str, source: str, violation: str) -> None:
    assert [found.partition(" ")[2] for found in import_violations(module, ast.parse(source))] == [violation]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("calybris_ref.kernel", "import struct\nfrom calybris_ref.model import KernelModel"),
        ("calybris_ref.cli", "import importlib"),
        ("calybris_ref.cli.doctor", "import importlib.metadata"),
        ("calybris_conformance.vectorgen.tree", "from importlib import import_module"),
        ("calybris_ref.cli.completion", "import shtab"),
        ("calybris_spec.gates", "import icontract"),
        ("calybris_conformance.prove.gate", "import crosshair.core"),
        ("calybris_conformance.adapters.spec", "import calybris_spec\nimport calybris_ref"),
    ],
)
def test_an_allowed_import_is_not_found(module: str, source: str) -> None:
    assert import_violations(module, ast.parse(source)) == []


@pytest.mark.parametrize(
    ("source", "violation"),
    [
        ("import time", "imports time"),
        ("from random import random", "imports random"),
        ("import os", "imports os"),
        ("from pathlib import Path", "imports pathlib"),
        ("import math", "imports math"),
        ("open('f')", "uses open"),
        ("print(1)", "uses print"),
        ("x = float(1)", "uses float"),
        ("def f(x: float) -> int: ...", "uses float"),
        ("hash('a')", "uses hash"),
        ("x = 1e3", "has the float 1000.0"),
        ("x = 1 / 2", "divides with /"),
        ("x = 4\nx /= 2", "divides with /"),
        ("for x in {1, 2}: ...", "iterates over a set"),
        ("xs = [x for x in set(y)]", "iterates over a set"),
        ("s = frozenset(y)\nfor x in s: ...", "iterates over a set"),
        ("list({1, 2})", "depends on the order of a set"),
        ("s: set[str] = {'a'}\n','.join(s)", "depends on the order of a set"),
        ("{1, 2}.pop()", "depends on the order of a set"),
    ],
)
def test_a_planted_impurity_is_found(source: str, violation: str) -> None:
    assert [found.partition(" ")[2] for found in purity_violations("m", ast.parse(source))] == [violation]


@pytest.mark.parametrize(
    "source",
    [
        "import hashlib\nfrom collections.abc import Iterable",
        "x = -(-7 // 2) * 10**8",
        "s = {1, 2}\nok = 1 in s and sorted(s) == [1, 2]",
        "seen: set[int] = set()\nseen.add(1)",
        "d = {'a': 1}\nd.pop('a')",
    ],
)
def test_pure_code_is_not_found(source: str) -> None:
    assert purity_violations("m", ast.parse(source)) == []


def test_a_lock_is_for_the_ledger_only() -> None:
    tree = ast.parse("from threading import Lock")
    assert purity_violations("calybris_ref.budget", tree) == []
    assert purity_violations("calybris_ref.ledger", tree) == ["calybris_ref.ledger:1 imports threading"]


def test_a_long_file_is_found() -> None:
    assert length_violations("f.py", "\n" * LONGEST_FILE) == []
    assert length_violations("f.py", "\n" * (LONGEST_FILE + 1)) == ["f.py has 401 lines, more than 400"]


def test_modules_are_told_apart_by_whole_names() -> None:
    assert is_pure("calybris_ref.kernel")
    assert is_pure("calybris_ref.client")
    assert not is_pure("calybris_ref.cli.decide")
    assert not is_pure("calybris_conformance.corpus")
    assert module_name(ROOT / "spec/calybris_spec/theorems/__init__.py") == "calybris_spec.theorems"
    with pytest.raises(ValueError, match="belongs to no package"):
        module_name(ROOT / "tests/x.py")
