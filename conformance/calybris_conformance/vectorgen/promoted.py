"""The cases that campaigns found and that were kept: a list beside this module, added to and never taken from.

An entry holds the question, never the answer: like every other vector, its answer is what specification and reference
agree on when the tree is generated.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.vectorgen.draft import Draft, Group, Question, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from calybris_conformance.corpus import Case

SUITE: Final = "promoted"
PATH: Final = Path(__file__).with_name("promoted.json")
_ID: Final = r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*"


class PromotedError(Exception):
    """A case that cannot be kept; str() is one clear sentence."""


def entries(path: Path = PATH) -> list[dict[str, Any]]:
    """Every kept case; none while there is no list."""
    if not path.exists():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["cases"]
    return found


def add(path: Path, id_: str, about: str, case: Case, requires: Sequence[str], clauses: Sequence[str]) -> None:
    """Keeps a case under an id that no other has. Raises PromotedError."""
    known = entries(path)
    if not re.fullmatch(_ID, id_):
        raise PromotedError(f"{id_!r} is not of the form group/name, in lowercase letters, digits and single hyphens.")
    if any(entry["id"] == id_ for entry in known):
        raise PromotedError(f"{path}: has a case {id_!r} already.")
    if not re.fullmatch(r"\S.*\.", about):
        raise PromotedError(f"{about!r} is not a sentence that ends with a full stop.")
    entry = {
        "id": id_,
        "about": about,
        "op": case.op,
        "clauses": list(clauses),
        "requires": list(requires),
        "given": case.given,
        "input": case.input,
    }
    path.write_bytes(render({"cases": [*known, entry]}))


def drafts(path: Path = PATH) -> Iterator[Draft]:
    """A file for each operation and set of extra features; in each, the cases in the order in which they were kept."""
    files: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in entries(path):
        files.setdefault((entry["op"], " ".join(entry["requires"])), []).append(entry)
    for (op, requires), kept in files.items():
        name = re.sub(r"[^a-z0-9]+", "-", f"{op} {requires}".strip())
        clauses = " ".join(dict.fromkeys(clause for entry in kept for clause in entry["clauses"]))
        yield Draft(SUITE, name, op, f"Found by campaigns: {op}", clauses, tuple(map(_group, kept)), requires)


def _group(entry: dict[str, Any]) -> Group:
    group, _, name = entry["id"].partition("/")
    return Group(group, (Question(name, entry["about"], entry["input"]),), entry["given"])
