"""The small changes that make a rule wrong: one generator per kind, all in the table OPERATORS.

Each takes a node of the syntax tree and gives pairs: the node to be replaced, and the text to stand in its place. What
changes nothing by construction is not generated: equal neighbours, the arguments of `min` and `max`, texts (names of
codes and fields, and messages; vectors compare them), a constant that is already the new value.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from calybris_conformance.mutation.records import Records

Change = tuple[ast.AST, str]

_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
_ARITHMETIC: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-",),
    ast.Sub: ("+",),
    ast.Mult: ("//",),
    ast.FloorDiv: ("*", "%"),
    ast.Mod: ("//",),
    ast.Pow: ("*",),
    ast.LShift: (">>",),
    ast.RShift: ("<<",),
    ast.BitAnd: ("|",),
    ast.BitOr: ("&",),
    ast.BitXor: ("&", "|"),
}
_WITHOUT_ORDER = ("min", "max")
_OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Without these calls another type is left, and every use of it fails: no rule that somebody might write.
_NOT_DROPPED = frozenset([
    "all", "any", "bytes", "dict", "enumerate", "fields_of", "get_type_hints", "getattr", "hasattr", "int",
    "isinstance", "len", "list", "map", "range", "reduce", "set", "sha256", "str", "sum", "tuple", "type", "zip",
])  # fmt: skip
_WIDTHS = {"u8": ("u16",), "u16": ("u8", "u32"), "u32": ("u16", "u64"), "u64": ("u32", "i64"), "i64": ("u64",)}
_SPELLED = {kind: ast.unparse(ast.Compare(ast.Name("a"), [kind()], [ast.Name("b")]))[2:-2] for kind in _COMPARISONS}


@dataclass(frozen=True, slots=True)
class Sight:
    """What is in sight where a node stands: records, annotated variables, the names bound above it, other returns."""

    records: Records
    names: Mapping[str, str]
    returns: tuple[ast.Return, ...] = ()
    bound: Mapping[str, int] | None = None


def comparison(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A comparison to the neighbour of its boundary and to its opposite."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for place, kind in enumerate(node.ops):
            for other in _COMPARISONS[type(kind)]:
                signs = [_SPELLED[type(op)] for op in node.ops]
                signs[place] = other
                parts = [_text(sides[0])]
                for sign, side in zip(signs, sides[1:], strict=True):
                    parts += [sign, _text(side)]
                yield node, " ".join(parts)


def arithmetic(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """One operator for another, of numbers and of bits."""
    if isinstance(node, ast.BinOp):
        for other in _ARITHMETIC[type(node.op)]:
            yield node, f"{_text(node.left)} {other} {_text(node.right)}"


def operands(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """The operands of a difference, quotient, remainder or power the other way round."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.FloorDiv | ast.Mod | ast.Pow):
        sign = {ast.Sub: "-", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}[type(node.op)]
        if ast.dump(node.left) != ast.dump(node.right):
            yield node, f"{_text(node.right)} {sign} {_text(node.left)}"


def logic(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """`and` for `or`, `or` for `and`, and a `not` left out."""
    if isinstance(node, ast.BoolOp):
        sign = " or " if isinstance(node.op, ast.And) else " and "
        yield node, sign.join(_text(value) for value in node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, _text(node.operand)


def integer(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A number one more, one less, and 0."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        value = node.value
        for other in dict.fromkeys((value + 1, value - 1, 0)):
            if other != value:
                yield node, str(other)


def boolean(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """True for False, False for True."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, str(not node.value)


def octets(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """Bytes without their last one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes) and node.value:
        yield node, repr(node.value[:-1])


def minus(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A minus left out."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node, _text(node.operand)


def opposite(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """`min` for `max`, `all` for `any`, and the reverse."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OPPOSITES:
        yield node.func, _OPPOSITES[node.func.id]


def call(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A call left out: its first argument stands for its result."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        name, argument = node.func.id, node.args[0]
        if name not in _NOT_DROPPED and name.islower() and not isinstance(argument, ast.Starred | ast.GeneratorExp):
            yield node, _text(argument)


def arguments(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """Two neighbouring arguments of a call swapped, by place or by name."""
    if not isinstance(node, ast.Call) or (isinstance(node.func, ast.Name) and node.func.id in _WITHOUT_ORDER):
        return
    for swapped in _swaps(node.args):
        yield node, ast.unparse(ast.Call(node.func, swapped, node.keywords))
    if all(keyword.arg for keyword in node.keywords):
        for swapped in _swaps([keyword.value for keyword in node.keywords]):
            pairs = zip(node.keywords, swapped, strict=True)
            named = [ast.keyword(keyword.arg, value) for keyword, value in pairs]
            yield node, ast.unparse(ast.Call(node.func, node.args, named))


def elements(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """Two neighbouring rows of a table swapped: elements of a tuple or list, values of a dictionary."""
    if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        for swapped in _swaps(node.elts):
            yield node, ast.unparse(type(node)(swapped, ast.Load()))
    elif isinstance(node, ast.Dict):
        for swapped in _swaps(node.values):
            yield node, ast.unparse(ast.Dict(node.keys, swapped))


def check(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """One statement left out of a tuple or list of statements."""
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) >= 2 and all(map(_is_statement, node.elts)):
        for place in range(len(node.elts)):
            kept = [_text(element) for position, element in enumerate(node.elts) if position != place]
            yield node, f"[{', '.join(kept)}]" if isinstance(node, ast.List) else f"({', '.join(kept)},)"


def attribute(node: ast.AST, sight: Sight) -> Iterator[Change]:
    """Another field of the same record and width."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for sibling in sight.records.siblings(node, sight.names):
            yield node, f"{_text(node.value)}.{sibling}"


def condition(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A condition that always holds, and one that never does."""
    tests = [node.test] if isinstance(node, ast.If | ast.IfExp) else []
    if isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        yield test, "True"
        yield test, "False"


def result(node: ast.AST, sight: Sight) -> Iterator[Change]:
    """The result of a branch is that of the next or previous branch, as far as its names are known there."""
    if not isinstance(node, ast.Return) or node.value is None or node not in sight.returns:
        return
    place = sight.returns.index(node)
    bound = sight.bound or {}
    for other in (*sight.returns[place + 1 : place + 2], *sight.returns[max(place - 1, 0) : place]):
        names = {part.id for part in ast.walk(other) if isinstance(part, ast.Name)}
        is_known = all(bound.get(name, 0) < node.lineno for name in names)
        if other.value is not None and is_known and ast.dump(other.value) != ast.dump(node.value):
            yield node.value, ast.unparse(other.value)


def bounds(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A bound of a slice left out, one more, and one less."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        cut = node.slice
        texts = {"lower": cut.lower, "upper": cut.upper}
        for name, bound in texts.items():
            if bound is None:
                continue
            for other in ("", f"{_text(bound)} + 1", f"{_text(bound)} - 1"):
                if other and isinstance(bound, ast.Constant):
                    continue  # `integer` has those
                lower, upper = (
                    other if key == name else ast.unparse(value) if value else "" for key, value in texts.items()
                )
                step = f":{ast.unparse(cut.step)}" if cut.step else ""
                yield node, f"{_text(node.value)}[{lower}:{upper}{step}]"


def width(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """A field of a record in the next width."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Name):
        for other in _WIDTHS.get(node.annotation.id, ()):
            yield node.annotation, other


def order(node: ast.AST, _sight: Sight) -> Iterator[Change]:
    """Two neighbouring fields with widths swapped: their order is that of the bytes."""
    if isinstance(node, ast.ClassDef):
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
        wide = [part for part in fields if isinstance(part.annotation, ast.Name) and part.annotation.id in _WIDTHS]
        for one, other in pairwise(wide):
            both = ast.Pass(
                lineno=one.lineno,
                col_offset=one.col_offset,
                end_lineno=other.end_lineno,
                end_col_offset=other.end_col_offset,
            )
            yield both, f"{ast.unparse(other)}\n{' ' * one.col_offset}{ast.unparse(one)}"


OPERATORS: dict[str, Callable[[ast.AST, Sight], Iterator[Change]]] = {
    operator.__name__: operator
    for operator in (
        comparison, arithmetic, operands, logic, integer, boolean, octets, minus, opposite, call, arguments, elements,
        check, attribute, condition, result, bounds, width, order,
    )
}  # fmt: skip


def _swaps(parts: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """The list with two neighbours swapped, for each two that differ."""
    for place, (one, other) in enumerate(pairwise(parts)):
        are_texts = all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in (one, other))
        is_starred = isinstance(one, ast.Starred) or isinstance(other, ast.Starred)
        if ast.dump(one) != ast.dump(other) and not are_texts and not is_starred:
            yield [*parts[:place], other, one, *parts[place + 2 :]]


def _is_statement(node: ast.expr) -> bool:
    """Whether an expression plainly says something that is true or false."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor):
        return _is_statement(node.left) or _is_statement(node.right)
    name = getattr(node, "id", "") or getattr(getattr(node, "func", None), "id", "")
    return isinstance(node, ast.Compare | ast.BoolOp) or name == "no" or name.startswith(("is_", "has_"))


def _text(node: ast.expr) -> str:
    """An expression as an operand: in parentheses unless nothing can tear it apart."""
    text = ast.unparse(node)
    is_whole = isinstance(
        node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.List | ast.Dict
    )
    return text if is_whole or (text.startswith("(") and isinstance(node, ast.Tuple)) else f"({text})"
