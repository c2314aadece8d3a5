"""The lint rule about bytes that are written in parts: they are parts where something repeats, and only there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.corpus_lint.tree import Finding, Rule, Tree

_KEYS = ("log", "file")


def _parts(tree: Tree) -> Iterator[Finding]:
    """Of two parts of a log or a file that stand next to each other one is repeated."""
    for found in tree.cases():
        for key in _KEYS:
            parts = found.case["input"].get(key, ())
            if any(one["times"] == other["times"] == "1" for one, other in pairwise(parts)):
                yield found.id, f"{key} has two parts that are one"


PART_RULES: dict[str, Rule] = {"parts": _parts}
