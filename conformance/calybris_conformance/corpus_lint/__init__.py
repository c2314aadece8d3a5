"""Lints a corpus: every rule of the format that loading does not need, and that a reviewer would else check by eye.

A rule is a function from the tree to its problems. The rules stand in tables: `files` about the files as such,
`cases` and `parts` about what the cases say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from calybris_conformance import corpus
from calybris_conformance.corpus_lint.cases import CASE_RULES
from calybris_conformance.corpus_lint.files import FILE_RULES
from calybris_conformance.corpus_lint.parts import PART_RULES
from calybris_conformance.corpus_lint.tree import read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from calybris_conformance.corpus_lint.tree import Rule, Tree

__all__ = ["RULES", "Problem", "lint"]

_SAID_RULES: dict[str, Rule] = {**CASE_RULES, **PART_RULES}
RULES: dict[str, Rule] = {**FILE_RULES, **_SAID_RULES}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of one rule: `where` is a path of the corpus or the id of a case."""

    rule: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message} [{self.rule}]"


def lint(root: Path | None = None) -> list[Problem]:
    """Every problem of a corpus (None = the shipped one); none when it is sound.

    The rules about cases need files of the right frame: they are tried only when the rules about files are content.
    """
    tree = read(corpus.default_root() if root is None else root)
    return _problems(FILE_RULES, tree) or _problems(_SAID_RULES, tree)


def _problems(rules: Mapping[str, Rule], tree: Tree) -> list[Problem]:
    return [Problem(name, where, message) for name, rule in rules.items() for where, message in rule(tree)]
