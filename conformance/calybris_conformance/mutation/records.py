"""Which record an expression is: read from annotations, so that an attribute can be swapped for a sibling of its width.

Only what the specification's style makes plain is understood: annotated parameters, fields of records, results of
annotated functions, names bound to one of those, and the elements of a `tuple[Record, ...]`. Where the record is not
plain there is no mutant.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Fields = dict[str, str]
"""The fields of a record in declaration order, with the text of their annotations."""


class Records:
    """The records of a package and the results of its functions, by the names that the sources use."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self.fields: dict[str, Fields] = {}
        self.results: dict[str, str] = {}
        for tree in trees:
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    self.fields[node.name] = _fields(node)
                elif isinstance(node, ast.FunctionDef) and node.returns:
                    self.results[node.name] = ast.unparse(node.returns)

    def of(self, expression: ast.expr, names: Mapping[str, str]) -> str:
        """The annotation of an expression, or nothing; `names` are those of the variables in sight."""
        match expression:
            case ast.Name(id=name):
                return names.get(name, "")
            case ast.Attribute(value=value, attr=attribute):
                return self.fields.get(self.of(value, names), {}).get(attribute, "")
            case ast.Call(func=ast.Name(id=name)):
                return name if name in self.fields else self.results.get(name, "")
            case ast.Call(func=ast.Attribute(value=value, attr="_replace")):
                return self.of(value, names)
            case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
                return _element(self.of(value, names))
        return ""

    def siblings(self, attribute: ast.Attribute, names: Mapping[str, str]) -> list[str]:
        """The fields of the same record and annotation that stand next to this one, after and before it, in a ring."""
        fields = self.fields.get(self.of(attribute.value, names), {})
        alike = [name for name, kind in fields.items() if kind == fields.get(attribute.attr)]
        if len(alike) < 2:
            return []
        place = alike.index(attribute.attr)
        return list(dict.fromkeys([alike[(place + 1) % len(alike)], alike[place - 1]]))

    def names_in(self, function: ast.FunctionDef, outer: Mapping[str, str]) -> dict[str, str]:
        """The annotations of a function's variables, those of the functions around it included."""
        arguments = function.args
        names = dict(outer)
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.annotation or argument.arg not in names:
                names[argument.arg] = ast.unparse(argument.annotation) if argument.annotation else ""
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[target], value=value):
                    self._bind(target, value, names)
                case ast.For(target=ast.Name(id=name), iter=source):
                    names[name] = _element(self.of(source, names))
                case ast.comprehension(target=ast.Name(id=name), iter=source):
                    names[name] = _element(self.of(source, names))
        return names

    def _bind(self, target: ast.expr, value: ast.expr, names: dict[str, str]) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = self.of(value, names)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._bind(one, other, names)


def _fields(record: ast.ClassDef) -> Fields:
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in record.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _element(annotation: str) -> str:
    """What a `tuple[Record, ...]` is a tuple of."""
    return annotation.removeprefix("tuple[").removesuffix(", ...]") if annotation.endswith(", ...]") else ""
