"""Which conditions can notice a change of a definition: those that rest on it, the nearest first.

The graph has a node for each definition of a package (function, record, constant) and an edge to each definition that
it names. A function is two nodes: its contract and its body. Who calls a function that is marked `specs_complete` rests
on its contract only, unless through `unfolded`; that is how the prover sees it. Names are resolved by the imports of
the module; a name that is also a local variable counts as the definition, so a proof may seem to rest on more.
"""

from __future__ import annotations

import ast
import hashlib
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MARK = "# crosshair: specs_complete=True"
_UNFOLDED = "unfolded"
THEOREMS = "theorems"
BODY, CONTRACT = "body", "contract"


class Node(NamedTuple):
    """A definition of a module, or one half of a function; a record or a constant has a body only."""

    module: str
    name: str
    part: str = BODY


@dataclass(slots=True)
class _Definition:
    text: str
    names: set[Node] = field(default_factory=set)


class Graph:
    """The definitions of a package, by its sources: module -> text."""

    def __init__(self, package: str, sources: Mapping[str, str]) -> None:
        self._package = package
        self._trees = {module: ast.parse(source) for module, source in sources.items()}
        self._sources = sources
        self._aliases = {module: self._imports(tree) for module, tree in self._trees.items()}
        self._marked = {
            (module, node.name)
            for module, tree in self._trees.items()
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and _MARK in (ast.get_source_segment(sources[module], node) or "")
        }
        self._records = {
            (module, node.name)
            for module, tree in self._trees.items()
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        }
        self._arguments = {
            (module, node.name): len(node.args.posonlyargs) + len(node.args.args) + len(node.args.kwonlyargs)
            for module, tree in self._trees.items()
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
        }
        self._own = {module: _defined(tree) for module, tree in self._trees.items()}
        self._nodes: dict[Node, _Definition] = {}
        for module, tree in self._trees.items():
            for statement in tree.body:
                self._define(module, statement)
        self._distances: dict[Node, dict[Node, int]] = {}

    def __contains__(self, node: Node) -> bool:
        return node in self._nodes

    def text(self, nodes: Iterable[Node]) -> str:
        """A hash of what these definitions say; comments and line breaks do not count."""
        digest = hashlib.sha256()
        for node in sorted(nodes):
            digest.update(repr((node, self._nodes[node].text)).encode())
        return digest.hexdigest()

    def rests_on(self, module: str, function: str) -> dict[Node, int]:
        """Every definition that a condition of a function rests on, and how many steps away it is."""
        start = Node(module, function)
        if start not in self._distances:
            reached = {node: 0 for node in (start, start._replace(part=CONTRACT)) if node in self._nodes}
            ahead = deque(reached)
            while ahead:
                node = ahead.popleft()
                for other in sorted(self._nodes[node].names):
                    if other not in reached and other in self._nodes:
                        reached[other] = reached[node] + 1
                        ahead.append(other)
            self._distances[start] = reached
        return self._distances[start]

    def has_arguments(self, module: str, function: str) -> bool:
        """Whether a function asks about all values of something, and not one known answer."""
        return self._arguments.get((module, function), 1) > 0

    @property
    def rules(self) -> list[Node]:
        """Every node of the rules: contracts and theorems apart."""
        return [node for node in self._nodes if node.part == BODY and not is_theorem(node.module)]

    @cached_property
    def vocabulary(self) -> frozenset[tuple[str, str]]:
        """Functions and constants that contracts use and no rule does: they are part of the contracts."""
        users: dict[tuple[str, str], set[Node]] = {}
        for node, definition in self._nodes.items():
            for other in definition.names:
                users.setdefault((other.module, other.name), set()).add(node)
        words = {
            name
            for name, named_by in users.items()
            if name not in self._records and any(user.part == CONTRACT for user in named_by)
        }
        while True:
            rules = {
                word
                for word in words
                if any(
                    user.part == BODY and not is_theorem(user.module) and (user.module, user.name) not in words
                    for user in users[word]
                )
            }
            if not rules:
                return frozenset(words)
            words -= rules

    def _define(self, module: str, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef):
            heading = [*statement.decorator_list, statement.args, *filter(None, [statement.returns])]
            body = [part for part in statement.body if not _is_text(part)]
            marked = str((module, statement.name) in self._marked)
            self._add(Node(module, statement.name, CONTRACT), heading, marked)
            self._add(Node(module, statement.name), body, "")
            self._nodes[Node(module, statement.name)].names.add(Node(module, statement.name, CONTRACT))
            return
        for name in targets(statement):
            parts: list[ast.AST] = [part for part in ast.iter_child_nodes(statement) if not _is_text(part)]
            self._add(Node(module, name), parts, "")

    def _add(self, node: Node, parts: Iterable[ast.AST], mark: str) -> None:
        parts = list(parts)
        definition = _Definition("\n".join([mark, *(ast.unparse(part) for part in parts)]))
        for part in parts:
            definition.names |= self._named(node.module, part, seen_through=False)
        definition.names.discard(node)
        self._nodes[node] = definition

    def _named(self, module: str, part: ast.AST, *, seen_through: bool) -> set[Node]:
        found: set[Node] = set()
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == _UNFOLDED:
            for argument in part.args:
                found |= self._named(module, argument, seen_through=True)
            return found | self._named(module, part.func, seen_through=False)
        if target := self._resolved(module, part):
            found.add(Node(*target, CONTRACT))
            if seen_through or target not in self._marked:
                found.add(Node(*target))
            return found
        for child in ast.iter_child_nodes(part):
            found |= self._named(module, child, seen_through=seen_through)
        return found

    def _resolved(self, module: str, part: ast.AST) -> tuple[str, str] | None:
        aliases = self._aliases[module]
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            imported = aliases.get(part.value.id)
            return (imported[0], part.attr) if imported and imported[1] == "" else None
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            if part.id in aliases and aliases[part.id][1]:
                return aliases[part.id]
            return (module, part.id) if part.id in self._own[module] else None
        return None

    def _imports(self, tree: ast.Module) -> dict[str, tuple[str, str]]:
        """Local name -> (module, name there); the name is empty when the module itself was imported."""
        found = {}
        for node in tree.body:
            if not isinstance(node, ast.ImportFrom) or not node.module or node.module.split(".")[0] != self._package:
                continue
            base = node.module.removeprefix(self._package).removeprefix(".")
            for alias in node.names:
                inside = f"{base}.{alias.name}".removeprefix(".")
                local = alias.asname or alias.name
                is_module = inside in self._trees
                home = base if base in self._trees else f"{base}.__init__".removeprefix(".")
                found[local] = (inside, "") if is_module else (home, alias.name)
        return found


def is_theorem(module: str) -> bool:
    """Whether a module holds theorems and no rules."""
    return module.split(".")[0] == THEOREMS


def _defined(tree: ast.Module) -> set[str]:
    names = set()
    for statement in tree.body:
        names |= {statement.name} if isinstance(statement, ast.FunctionDef) else set(targets(statement))
    return names


def targets(statement: ast.stmt) -> list[str]:
    """The names that a statement of a module binds, those of functions apart."""
    if isinstance(statement, ast.ClassDef):
        return [statement.name]
    bound = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign | ast.AugAssign):
        bound = [statement.target]
    return [part.id for target in bound for part in ast.walk(target) if isinstance(part, ast.Name)]


def _is_text(part: ast.AST) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)
