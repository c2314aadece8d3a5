"""Every mutant of a module: one place, one operator, and the source with that one change.

Changed are the bodies of functions, the tables and constants of a module, and the records. Never changed are contracts
(decorators, and functions that only contracts use), assertions, docstrings, texts and the annotations of functions.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calybris_conformance.mutation.graph import Graph, Node, is_theorem, targets
from calybris_conformance.mutation.operators import OPERATORS, Sight
from calybris_conformance.mutation.records import Records
from calybris_conformance.prove import declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TYPES = frozenset(["Annotated", "Callable", "dict", "frozenset", "list", "tuple"])


# A change longer than this is shown without what both sides share, but for so many characters around it.
_LONG, _AROUND = 160, 20


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one definition. The id stays the same while nothing is added before it in the same definition."""

    id: str
    module: str
    definitions: tuple[str, ...]
    operator: str
    line: int
    before: str
    after: str
    start: int
    end: int

    @property
    def change(self) -> str:
        """What stands there and what stands there instead, on one line."""
        before, after = _plain(self.before), _plain(self.after)
        if len(before) + len(after) <= _LONG:
            return f"{before} -> {after}"
        start = _shared(before, after)
        end = _shared(before[start:][::-1], after[start:][::-1])
        start, end = max(start - _AROUND, 0), max(end - _AROUND, 0)
        return f"…{before[start : len(before) - end]}… -> …{after[start : len(after) - end]}…"

    @property
    def nodes(self) -> list[Node]:
        """The definitions that are changed: several where one statement binds several names."""
        return [Node(self.module, name) for name in self.definitions]

    def applied(self, source: str) -> str:
        """The source of the module with the change."""
        raw = source.encode()
        return (raw[: self.start] + self.after.encode() + raw[self.end :]).decode()


def owner(mutant_id: str) -> str:
    """The module and the definition of a mutant, from its id."""
    return mutant_id.partition(":")[0]


class Package:
    """The sources of a package that is to be mutated: its modules with their text, and what rests on what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.files: Mapping[str, Path] = declared.modules(folder)
        self.sources = {module: path.read_text("utf-8") for module, path in self.files.items()}
        self.graph = Graph(self.name, self.sources)

    @property
    def modules(self) -> list[str]:
        """The modules that hold rules: all but the theorems."""
        return [module for module in self.files if not is_theorem(module)]

    def mutants(self, module: str) -> list[Mutant]:
        """Every mutant of a module, in the order of the source."""
        near = declared.imported({self.name: self.folder}, declared.import_name(self.name, module))
        records = Records(ast.parse(path.read_text("utf-8")) for path in near.values())
        return list(_mutants(module, self.sources[module], records, self.graph.vocabulary))


def _mutants(module: str, source: str, records: Records, vocabulary: frozenset[tuple[str, str]]) -> Iterator[Mutant]:
    raw = source.encode()
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for statement in ast.parse(source).body:
        names = _names(statement)
        if all((module, name) in vocabulary for name in names):
            continue
        counted: Counter[str] = Counter()
        seen: set[tuple[int, int, str]] = set()
        for node, sight in _places(statement, records):
            for operator, changes in OPERATORS.items():
                for target, text in changes(node, sight):
                    start = starts[target.lineno - 1] + target.col_offset  # type: ignore[attr-defined]  # an expression
                    end = starts[target.end_lineno - 1] + target.end_col_offset  # type: ignore[attr-defined]  # as above
                    after = text if isinstance(target, ast.Pass) else _fitted(text)
                    if (start, end, after) in seen:
                        continue
                    seen.add((start, end, after))
                    counted[operator] += 1
                    yield Mutant(
                        f"{module}.{names[0]}:{operator}:{counted[operator]}",
                        module, names, operator, target.lineno,  # type: ignore[attr-defined]  # as above
                        raw[start:end].decode(), after, start, end,
                    )  # fmt: skip


def _plain(text: str) -> str:
    """A piece of source on one line, both sides of a change in the same spelling."""
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval"))
    except SyntaxError:
        return " ".join(text.split())


def _shared(one: str, other: str) -> int:
    """How many characters two texts share at their starts."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _fitted(text: str) -> str:
    """The text of an expression in a form that may stand where any expression stood."""
    node = ast.parse(text, mode="eval").body
    is_whole = isinstance(
        node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.List | ast.Dict
    )
    return text if is_whole or (text.startswith("(") and isinstance(node, ast.Tuple)) else f"({text})"


def _names(statement: ast.stmt) -> tuple[str, ...]:
    """What a statement of a module defines; nothing for imports, texts and names of types."""
    match statement:
        case ast.FunctionDef(name=name):
            return (name,)
        case ast.ClassDef():
            return tuple(targets(statement))
        case ast.Assign(value=value) | ast.AnnAssign(value=value) if value and not _is_type(value):
            return tuple(targets(statement))
    return ()


def _is_type(value: ast.expr) -> bool:
    return isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and value.value.id in _TYPES


def _places(statement: ast.stmt, records: Records) -> Iterator[tuple[ast.AST, Sight]]:
    """The nodes that may change, in the order of the source, with what is in sight there."""
    if isinstance(statement, ast.FunctionDef):
        yield from _function(statement, records, {})
    elif isinstance(statement, ast.ClassDef):
        yield statement, Sight(records, {})
        for part in statement.body:
            if isinstance(part, ast.FunctionDef):
                yield from _function(part, records, {"self": statement.name})
            elif isinstance(part, ast.AnnAssign):
                yield part, Sight(records, {})
                yield from _inside(part.value, Sight(records, {}))
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        yield from _inside(statement.value, Sight(records, {}))


def _function(function: ast.FunctionDef, records: Records, outer: Mapping[str, str]) -> Iterator[tuple[ast.AST, Sight]]:
    names = records.names_in(function, outer)
    returns = tuple(node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
    bound = {
        node.id: node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    sight = Sight(records, names, tuple(sorted(returns, key=lambda node: node.lineno)), bound)
    for default in (*function.args.defaults, *function.args.kw_defaults):
        yield from _inside(default, sight)
    for part in function.body:
        yield from _inside(part, sight)


def _inside(node: ast.AST | None, sight: Sight) -> Iterator[tuple[ast.AST, Sight]]:
    """The node and everything in it that is no text, no assertion and no annotation."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if node is None or is_text or isinstance(node, ast.Assert | ast.JoinedStr | ast.Raise):
        return
    if isinstance(node, ast.FunctionDef):
        yield from _function(node, sight.records, sight.names)
        return
    yield node, sight
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "type_comment"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _inside(child, sight)
