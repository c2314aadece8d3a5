"""theorems.toml: what the gate expects of every function under contract.

    ["theorems.ranking"]
    outranks_is_transitive = { verdict = "confirmed", conditions = 1, clauses = ["RANK-1"] }

`conditions` is the number of postconditions. `searched` (paths were tried, no counterexample, no proof) also says why
(`reason`), what stands in for the proof (`substitute`) and how many paths are tried (`paths`). `refuted` is for
canaries.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIRMED, SEARCHED, REFUTED = "confirmed", "searched", "refuted"
_REQUIRED = {"verdict": str, "conditions": int, "clauses": list}
_SEARCHED_ALSO = {"reason": str, "substitute": str, "paths": int}
_CLAUSE = re.compile(r"[A-Z]+-[1-9][0-9]*")


class ExpectationError(Exception):
    """The file of expectations says something that it may not say."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one function: its verdict, how many postconditions it has, and the clauses that it serves."""

    verdict: str
    conditions: int
    clauses: tuple[str, ...]
    reason: str = ""
    substitute: str = ""
    paths: int = 0


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is expected of a package: module (without the package's name) -> function -> expectation."""

    folder: Path
    modules: Mapping[str, Mapping[str, Expectation]]

    @property
    def package(self) -> str:
        """The import name of the package in which the file lies."""
        return self.folder.name

    def of(self, module: str, function: str) -> Expectation | None:
        """The expectation of a function, or None."""
        return self.modules.get(module, {}).get(function)


def load(path: Path) -> Expectations:
    """Read a file of expectations; ExpectationError names the entry that is wrong."""
    try:
        text = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ExpectationError(f"{path} cannot be read as TOML: {reason}") from error
    modules = {
        module: {function: _expectation(f"{module}.{function}", entry) for function, entry in functions.items()}
        for module, functions in text.items()
    }
    return Expectations(path.resolve().parent, modules)


def _expectation(name: str, entry: Any) -> Expectation:
    if not isinstance(entry, dict) or entry.get("verdict") not in (CONFIRMED, SEARCHED, REFUTED):
        raise ExpectationError(f"{name}: verdict must be confirmed, searched or refuted")
    keys = _REQUIRED | (_SEARCHED_ALSO if entry["verdict"] == SEARCHED else {})
    if entry.keys() != keys.keys():
        raise ExpectationError(f"{name}: the keys must be {', '.join(keys)}, not {', '.join(entry)}")
    for key, kind in keys.items():
        if type(entry[key]) is not kind or not entry[key]:
            raise ExpectationError(f"{name}: {key} must be a {kind.__name__} that is not empty, not {entry[key]!r}")
    if bad := [clause for clause in entry["clauses"] if not isinstance(clause, str) or not _CLAUSE.fullmatch(clause)]:
        raise ExpectationError(f"{name}: {bad[0]!r} is not the id of a clause")
    return Expectation(**{**entry, "clauses": tuple(entry["clauses"])})
