"""Units of what is no decision: some dozen budget scripts, or logs with damage, each asked alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign import cases, damage, scripts
from calybris_conformance.campaign.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from calybris_conformance.campaign.units import Unit
    from calybris_conformance.corpus import Case

ROWS: Final = 32
"""Cases in a unit, whatever a unit of decisions has: each is as much work as some hundred decisions."""

Questions = tuple[dict[str, Any], dict[str, Any]]

PROFILES: Final[Mapping[str, tuple[str, Callable[[Draws, frozenset[str]], Questions]]]] = {
    "budget": (scripts.OP, lambda draws, features: ({}, scripts.question(draws, features))),
    "log": (damage.VERIFY, lambda draws, _features: damage.verification(draws)),
    "replay": (damage.REPLAY, lambda draws, _features: damage.replay(draws)),
}
"""Every profile: the operation that is asked, and how a question is made."""

MARKS: Final[Mapping[str, tuple[str, ...]]] = {
    "budget": scripts.MARKS,
    "log": tuple(mark for mark in damage.MARKS if mark.startswith(f"log/{damage.VERIFY}/")),
    "replay": tuple(mark for mark in damage.MARKS if mark.startswith(f"log/{damage.REPLAY}/")),
}
"""What each of them tries to reach."""


def cases_of(unit: Unit, features: frozenset[str]) -> list[Case]:
    """The questions of a unit, with the answers of the reference."""
    op, make = PROFILES[unit.profile]
    draws = Draws(unit.seed, unit.index)
    made = (make(draws, features) for _ in range(ROWS))
    return [
        cases.answered(op, given, question, f"unit-{unit.index}/row-{row}")
        for row, (given, question) in enumerate(made)
    ]


def marks(case: Case) -> Iterable[str]:
    """What a case of one of these units reaches."""
    if case.op == scripts.OP:
        return scripts.marks(case.input, case.expect)
    return damage.marks(case.op, case.expect)
