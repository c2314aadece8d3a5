"""Which contracts a package declares, read from the syntax tree alone.

CrossHair silently leaves out what it does not recognise (nested, cached and disabled contracts). Whatever is declared
here and not analysed there is a failure of the gate.
"""

from __future__ import annotations

import ast
import importlib.util
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DISTRIBUTION = ("calybris_ref", "calybris_refinement", "calybris_spec")


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


def packages(folder: Path) -> dict[str, Path]:
    """The package in this folder, and the others of this distribution that it may rest on: import name -> folder."""
    found = {name: importlib.util.find_spec(name) for name in DISTRIBUTION}
    return {name: Path(spec.origin).parent for name, spec in found.items() if spec and spec.origin} | {
        folder.name: folder
    }


def imported(known: Mapping[str, Path], module: str) -> dict[str, Path]:
    """A module and every module that it imports, directly or not: what a verdict on it depends on.

    `known`: the packages in which modules are followed, by import name. Import name -> file.
    """
    files = {
        import_name(package, name): path for package, folder in known.items() for name, path in modules(folder).items()
    }
    reached: dict[str, Path] = {}
    ahead = [module]
    while ahead:
        name = ahead.pop()
        if name in reached or name not in files:
            continue
        reached[name] = files[name]
        for node in ast.walk(ast.parse(files[name].read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                ahead += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                ahead += [alias.name for alias in node.names]
    return dict(sorted(reached.items()))


def _name(decorator: ast.expr) -> str:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
