"""The findings of a port that are explained: kinds of wrong answers, each with its reason (`known-findings.toml`).

    [[finding]]
    kind = "budget.script mismatch steps.ok.status"     # as a campaign prints it
    reason = "A cap cannot be removed."

A kind is an operation, an outcome and the fields that differ; a finding of another kind that becomes one of a known
kind when it is made small is known, too. So an entry may hide other mistakes, and the list is for what stays. Nothing
here says that a kind must be met: a short campaign meets few.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS: Final = ("kind", "reason")


class KnownFindingsError(Exception):
    """A list that cannot be read; str() is one clear sentence."""


def parse(text: str) -> Mapping[str, str]:
    """The reasons by their kinds. Raises KnownFindingsError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnownFindingsError(f"It is not TOML: {error}.") from None
    entries = document.pop("finding", [])
    if document:
        raise KnownFindingsError(f"It has the unknown key {sorted(document)[0]!r}; only [[finding]] may stand there.")
    if not isinstance(entries, list):
        raise KnownFindingsError("'finding' is not a list of tables; write [[finding]].")
    reasons: dict[str, str] = {}
    for place, entry in enumerate(entries, 1):
        kind, reason = _entry(place, entry)
        if kind in reasons:
            raise KnownFindingsError(f"Entry {place}: the kind {kind!r} is listed twice.")
        reasons[kind] = reason
    return reasons


def _entry(place: int, value: Any) -> tuple[str, str]:
    if not isinstance(value, dict):
        raise KnownFindingsError(f"Entry {place} is not a table; write [[finding]].")
    for key in _KEYS:
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise KnownFindingsError(f"Entry {place} lacks the text {key!r}.")
    if unknown := sorted(value.keys() - set(_KEYS)):
        raise KnownFindingsError(f"Entry {place} has the unknown key {unknown[0]!r}.")
    return value["kind"], value["reason"]
