"""Which contracts a package declares, read from the syntax tree alone.

CrossHair silently leaves out what it does not recognise (nested, cached and disabled contracts). Whatever is declared
here and not analysed there is a failure of the gate.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def modules(folder: Path) -> dict[str, Path]:
    """The package's modules: name without the package's own -> file. A package itself is named `__init__`."""
    return {
        ".".join(path.relative_to(folder).with_suffix("").parts): path
        for path in sorted(folder.rglob("*.py"))
        if "__pycache__" not in path.parts
    }


def import_name(package: str, module: str) -> str:
    """The full name under which a module of `modules` is imported."""
    return f"{package}.{module}".removesuffix(".__init__")


def contracts(source: str) -> Counter[str]:
    """How many postconditions each function declares; a function with preconditions only counts as one."""
    found: Counter[str] = Counter()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [_name(decorator) for decorator in node.decorator_list]
            if conditions := names.count("ensure") or int("require" in names):
                found[node.name] += conditions
    return found


def imported(package: str, folder: Path, module: str) -> tuple[str, ...]:
    """A module and every module of the package that it imports, directly or not: what a verdict on it depends on."""
    known = modules(folder)
    reached: list[str] = []
    ahead = [module]
    while ahead:
        name = ahead.pop()
        if name in reached or name not in known:
            continue
        reached.append(name)
        for node in ast.walk(ast.parse(known[name].read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
                base = node.module.removeprefix(package).removeprefix(".")
                inside = [f"{base}.{alias.name}".removeprefix(".") for alias in node.names]
                ahead += [base, f"{base}.__init__".removeprefix("."), *inside]
            elif isinstance(node, ast.Import):
                ahead += [alias.name.removeprefix(f"{package}.") for alias in node.names]
    return tuple(sorted(reached))


def _name(decorator: ast.expr) -> str:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
