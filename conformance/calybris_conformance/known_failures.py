"""The list of known failures of a port: what it may get wrong, as what, and why (`known-failures.toml`).

    [[failure]]
    case = "trace/rejected-counts"      # an id, or `*` as its last part, for at most 20 cases
    outcome = "mismatch"
    field = "rejections.quality"        # optional: the path of the first difference
    reason = "0.4 gives an all-zero histogram when everything was rejected."
    issue = "https://…"

The list may not rot: an unexpected pass, a changed outcome or field, an entry without cases, an overlap and an empty
reason all fail the run. Features that a port lacks do not belong here: it does not claim them.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.outcomes import LISTABLE, CaseResult, Listed, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

WILDCARD_CASES: Final = 20
_KEYS: Final = ("case", "outcome", "field", "reason", "issue")
_OPTIONAL: Final = frozenset({"field"})


class KnownFailuresError(Exception):
    """A list that cannot be read; str() is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list."""

    case: str
    outcome: Outcome
    field: str | None
    reason: str
    issue: str

    @property
    def is_wildcard(self) -> bool:
        """Whether the entry stands for every case with the same parts before its last one."""
        return self.case.endswith("/*")

    def matches(self, case_id: str) -> bool:
        """Whether the entry is about this case."""
        return case_id.rpartition("/")[0] == self.case[:-2] if self.is_wildcard else case_id == self.case

    def agrees(self, result: CaseResult) -> bool:
        """Whether the case failed as the entry says."""
        verdict = result.verdict
        return verdict.outcome is self.outcome and (self.field is None or self.field == verdict.field)


def parse(text: str) -> tuple[Entry, ...]:
    """The entries of a list in TOML. Raises KnownFailuresError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnownFailuresError(f"It is not TOML: {error}.") from None
    entries = document.pop("failure", [])
    if document:
        raise KnownFailuresError(f"It has the unknown key {sorted(document)[0]!r}; only [[failure]] may stand there.")
    if not isinstance(entries, list):
        raise KnownFailuresError("'failure' is not a list of tables; write [[failure]].")
    return tuple(_entry(place, value) for place, value in enumerate(entries, 1))


def _entry(place: int, value: Any) -> Entry:
    if not isinstance(value, dict):
        raise KnownFailuresError(f"Entry {place} is not a table; write [[failure]].")
    for key in _KEYS:
        if key not in value and key not in _OPTIONAL:
            raise KnownFailuresError(f"Entry {place} lacks the key {key!r}.")
    for key, given in value.items():
        if key not in _KEYS:
            raise KnownFailuresError(f"Entry {place} has the unknown key {key!r}.")
        if not isinstance(given, str):
            raise KnownFailuresError(f"Entry {place}: {key} is {given!r}; it must be a text.")
    if value["outcome"] not in {outcome.value for outcome in LISTABLE}:
        raise KnownFailuresError(
            f"Entry {place}: the outcome {value['outcome']!r} cannot be listed; "
            f"it must be one of {', '.join(sorted(LISTABLE))}."
        )
    if "*" in value["case"].removesuffix("/*"):
        raise KnownFailuresError(f"Entry {place}: in {value['case']!r} only the whole last part may be '*'.")
    outcome = Outcome(value["outcome"])
    return Entry(value["case"], outcome, value.get("field"), value["reason"], value["issue"])


def problems(
    entries: Iterable[Entry], every_case: Collection[str], selected: Collection[str], asked: Collection[str]
) -> list[str]:
    """What is wrong with the list itself, one sentence each.

    `every_case` are the ids of the corpus, `selected` those that the filters left, `asked` those that the port claims.
    """
    found: list[str] = []
    owner: dict[str, Entry] = {}
    for entry in entries:
        name = f"Known failure {entry.case!r}"
        matched = [case_id for case_id in every_case if entry.matches(case_id)]
        if not entry.reason.strip():
            found.append(f"{name} gives no reason.")
        if not matched:
            found.append(f"{name} matches no case.")
        if len(matched) > WILDCARD_CASES:
            found.append(f"{name} matches {len(matched)} cases; a wildcard may match {WILDCARD_CASES}.")
        if any(case_id in selected for case_id in matched) and not any(case_id in asked for case_id in matched):
            found.append(f"{name} matches only cases that the port does not claim.")
        overlapped = {other.case for case_id in matched if (other := owner.setdefault(case_id, entry)) is not entry}
        found.extend(f"{name} overlaps {other!r}." for other in sorted(overlapped))
    return found


def classify(entries: Iterable[Entry], result: CaseResult) -> CaseResult:
    """The result as the list makes it: known_failure, unexpected_pass, or unchanged."""
    entry = next((entry for entry in entries if entry.matches(result.case.id)), None)
    if entry is None:
        return result
    listed = Listed(entry.outcome, entry.field, entry.reason, entry.issue)
    if result.verdict.outcome is Outcome.PASS:
        outcome = Outcome.UNEXPECTED_PASS
    elif entry.agrees(result):
        outcome = Outcome.KNOWN_FAILURE
    else:
        outcome = result.outcome
    return replace(result, outcome=outcome, listed=listed)


def updated(entries: Iterable[Entry], results: Mapping[str, CaseResult]) -> tuple[Entry, ...]:
    """The list that describes these results. Reasons and issues are kept; new entries have none yet.

    Entries about cases that this run did not ask stay. A wildcard whose cases no longer agree becomes one entry a case.
    """
    kept: list[Entry] = []
    covered: set[str] = set()
    for entry in entries:
        mine = [result for case_id, result in results.items() if entry.matches(case_id)]
        covered.update(result.case.id for result in mine)
        if all(entry.agrees(result) for result in mine):
            kept.append(entry)
        else:
            kept.extend(_describe(result, entry.reason, entry.issue) for result in mine if _listable(result))
    kept.extend(
        _describe(result, "", "") for case_id, result in results.items() if case_id not in covered and _listable(result)
    )
    return tuple(kept)


def _listable(result: CaseResult) -> bool:
    return result.verdict.outcome in LISTABLE


def _describe(result: CaseResult, reason: str, issue: str) -> Entry:
    return Entry(result.case.id, result.verdict.outcome, result.verdict.field, reason, issue)


def render(entries: Iterable[Entry]) -> str:
    """The list as TOML; `parse` gives the same entries again."""
    blocks = []
    for entry in entries:
        values = [(key, getattr(entry, key)) for key in _KEYS]
        lines = [f"{key} = {_toml_text(value)}" for key, value in values if value is not None]
        blocks.append("\n".join(["[[failure]]", *lines]) + "\n")
    return "\n".join(blocks)


def _toml_text(value: str) -> str:
    """JSON and TOML write a text alike, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
