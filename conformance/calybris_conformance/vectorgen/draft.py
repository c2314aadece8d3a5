"""What a suite module hands over: files of questions, with plain Python integers, and no answers yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_LARGE_CATALOG_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Question:
    """One case to be: `name` is the last part of its id, `input` holds integers as int."""

    name: str
    about: str
    input: Mapping[str, Any]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions with the same `given`. Several groups of a suite may share a name: their ids then share two parts."""

    name: str
    questions: tuple[Question, ...]
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """One file to be; `clauses` and `requires` are space-separated."""

    suite: str
    name: str
    op: str
    title: str
    clauses: str
    groups: tuple[Group, ...]
    requires: str = ""
    level: str = "must"
    timeout_seconds: int | None = None

    @property
    def path(self) -> str:
        """Where the file stands, relative to the corpus."""
        return f"v1/{self.suite}/{self.name}.json"


def large(suite: str, name: str, op: str, title: str, clauses: str, groups: Iterable[Group], requires: str) -> Draft:
    """A file about catalogs that are too large to write down: slow to ask, and with the feature `catalog.series`."""
    return Draft(
        suite,
        name,
        op,
        title,
        clauses,
        tuple(groups),
        requires=f"catalog.series {requires}",
        timeout_seconds=_LARGE_CATALOG_SECONDS,
    )


def single(name: str, case: str, about: str, given: Mapping[str, Any], input_: Mapping[str, Any], *flags: str) -> Group:
    """A group of one question, for questions that differ in their `given`."""
    return Group(name, (Question(case, about, input_, flags),), given)


def survives_double(value: int) -> bool:
    """Whether a JSON parser that reads numbers as doubles leaves this integer as it is."""
    return int(float(value)) == value


def wire(value: Any) -> Any:
    """The value with every integer as canonical decimal; booleans, strings and None stay what they are."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return str(value)
        case Mapping():
            return {key: wire(item) for key, item in value.items()}
        case Iterable():
            return [wire(item) for item in value]
    raise TypeError(f"{value!r} has no place in a vector.")


def render(document: Mapping[str, Any]) -> bytes:
    """A file as bytes: two-space indent, keys in the order given, UTF-8, LF, a final newline."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
