"""survivors.toml: the mutants that no contract refutes, each with the reason.

    ["utility.Terms:order:1"]
    change = "…"
    reason = "equivalent: the terms are named wherever they are built"

A reason is `equivalent: ` and why no caller can see the change, or `killed by vectors: ` and the first case that does
see it. The list fails on a survivor that is not on it, on one that is killed by now or gone, on an empty reason, and on
a reason that the vectors contradict.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calybris_conformance.mutation.results import INVALID, KILLED, SURVIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from calybris_conformance.mutation.results import Known

EQUIVALENT, BY_VECTORS = "equivalent: ", "killed by vectors: "
LEAST_KILLED = 0.95
"""The share of the valid mutants that contracts alone must kill."""

_HEADER = """\
# The mutants that no contract and no theorem refutes; docs/mutation.md says how they are found.
#
#   equivalent: …             nobody can see the change, and why
#   killed by vectors: case   the first case that answers wrongly under it
"""


class SurvivorsError(Exception):
    """The list of survivors cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one survivor."""

    change: str
    reason: str

    @property
    def is_equivalent(self) -> bool:
        """Whether the change is said to be invisible, and why."""
        return self.reason.startswith(EQUIVALENT) and bool(self.reason.removeprefix(EQUIVALENT).strip())


def load(path: Path) -> dict[str, Entry]:
    """The entries of a file, none when there is no file; SurvivorsError for anything else than entries."""
    if not path.exists():
        return {}
    try:
        return {name: Entry(**entry) for name, entry in tomllib.loads(path.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, TypeError, UnicodeDecodeError) as error:
        raise SurvivorsError(f"{path} is no list of survivors: {error}") from error


def save(path: Path, entries: Mapping[str, Entry]) -> None:
    """Write the entries in the order of their names."""
    blocks = [
        f"\n[{_quoted(name)}]\nchange = {_quoted(entry.change)}\nreason = {_quoted(entry.reason)}\n"
        for name, entry in sorted(entries.items())
    ]
    path.write_text(_HEADER + "".join(blocks), "utf-8")


def updated(entries: Mapping[str, Entry], known: Iterable[Known]) -> dict[str, Entry]:
    """The list as it should be: without what is gone, with what the vectors kill; other new reasons are empty."""
    kept = {}
    for one in known:
        if one.outcome == SURVIVED:
            before = entries.get(one.id)
            reason = before.reason if before and before.change == one.change and before.is_equivalent else ""
            kept[one.id] = Entry(one.change, f"{BY_VECTORS}{one.vector}" if one.vector else reason)
    return kept


def problems(entries: Mapping[str, Entry], known: Mapping[str, Known], *, is_whole: bool) -> list[str]:
    """What is wrong with the list, one sentence each; `is_whole`: `known` holds every mutant there is."""
    found = []
    for name, one in sorted(known.items()):
        entry = entries.get(name)
        if one.outcome == SURVIVED and (entry is None or entry.change != one.change):
            found.append(f"{name} ({one.change}) survives and is not listed")
        elif one.outcome == SURVIVED and entry:
            found += _reason_problems(name, entry, one)
        elif entry:
            found.append(f"{name} is listed, and is {one.outcome}{' by ' + one.by if one.by else ''}")
    if is_whole:
        found += [f"{name} is listed, and there is no such mutant" for name in sorted(entries.keys() - known.keys())]
    killed, valid = tally(known.values())
    if is_whole and killed < LEAST_KILLED * valid:
        found.append(f"contracts kill {killed} of {valid} mutants, less than {LEAST_KILLED:.0%}")
    return found


def tally(known: Iterable[Known]) -> tuple[int, int]:
    """How many mutants contracts kill, and how many valid ones there are."""
    outcomes = [one.outcome for one in known]
    return outcomes.count(KILLED), len(outcomes) - outcomes.count(INVALID)


def _reason_problems(name: str, entry: Entry, one: Known) -> list[str]:
    if entry.is_equivalent:
        return [f"{name} is said to be equivalent, but {one.vector} sees it"] if one.vector else []
    if not entry.reason.startswith(BY_VECTORS):
        return [f"{name} needs a reason: `{EQUIVALENT}…` or `{BY_VECTORS}…`, not {entry.reason!r}"]
    said = entry.reason.removeprefix(BY_VECTORS)
    if one.vectors_key and said != one.vector:
        return [f"{name} is said to be killed by {said}, but {one.vector or 'no vector'} kills it"]
    return []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
