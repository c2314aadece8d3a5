"""What to make next: every profile and focus has a weight, and those that aim at what was not reached weigh more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from calybris_conformance.campaign import coverage, others
from calybris_conformance.campaign.draws import Draws
from calybris_conformance.campaign.profiles import FOCI

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

Arm = tuple[str, str]
"""A profile and its focus."""

DECISIONS: Final[tuple[Arm, ...]] = tuple((profile, focus) for profile, foci in FOCI.items() for focus in foci)
"""Every arm that makes decisions."""

_SHARE: Final = 5_040  # of a profile of decisions, spread over its foci
_OTHERS_SHARE: Final = 1_680  # of a profile of scripts or logs, of which each is more work than a row
_BOOST: Final = 6  # how much more an arm weighs that aims at something not reached
_UNIVERSE: Final = frozenset(coverage.UNIVERSE)
_CHOICE: Final = 0x5EED  # sets the choice of an arm apart from the draws of the unit


PROFILES: Final = (*FOCI, *others.PROFILES)
"""Every profile."""


def arms(features: frozenset[str], profiles: Container[str] = PROFILES) -> tuple[Arm, ...]:
    """Every arm of these profiles that a port with these features can be asked."""
    claimed = tuple((profile, "") for profile, (op, _) in others.PROFILES.items() if op in features)
    return tuple(arm for arm in DECISIONS + claimed if arm[0] in profiles)


def universe(asked: Sequence[Arm]) -> tuple[str, ...]:
    """Every mark that these arms try to reach."""
    decided = coverage.UNIVERSE if any(profile in FOCI for profile, _ in asked) else ()
    return decided + tuple(mark for profile, _ in asked for mark in others.MARKS.get(profile, ()))


def aims(arm: Arm) -> frozenset[str]:
    """The marks that an arm is there to reach."""
    profile, focus = arm
    if profile in others.MARKS:
        return frozenset(others.MARKS[profile])
    match profile:
        case "gates" if "/" in focus:
            first, second = focus.split("/")
            distances = {f"distance/{gate}/{step:+d}" for gate in (first, second) for step in (-1, 0, 1)}
            wanted = {f"gate/{first}", f"gate/{second}", f"pair/{first}+{second}", *distances}
        case "gates":
            wanted = {f"distance/{focus}/{step:+d}" for step in (-1, 0, 1)}
        case "magnitude":
            wanted = {mark for mark in coverage.UNIVERSE if mark.startswith(f"bits/{focus}/")}
        case "ties":
            wanted = (
                {"tie/utility"} | {f"tie/{focus}"} | ({"tie/cost", "tie/quality"} if focus == "model_id" else set())
            )
        case "extremes":
            wanted = {f"end/{focus}"} if f"end/{focus}" in _UNIVERSE else {"bits/expected_utility_microunits/63"}
        case "uniform":
            wanted = {mark for mark in coverage.UNIVERSE if mark.startswith("bits/")}
        case _:
            wanted = {mark for mark in coverage.UNIVERSE if mark.startswith("answer/")}
    return frozenset(wanted) & _UNIVERSE


_AIMS: Final[Mapping[Arm, frozenset[str]]] = {
    arm: aims(arm) for arm in (*DECISIONS, *((profile, "") for profile in others.PROFILES))
}


def weights(asked: Sequence[Arm], reached: Container[str]) -> tuple[int, ...]:
    """The weight of each of the arms after these marks were reached."""
    unreached = frozenset(mark for mark in universe(asked) if mark not in reached)
    return tuple(_share(arm) * (_BOOST if _AIMS[arm] & unreached else 1) for arm in asked)


def _share(arm: Arm) -> int:
    return _OTHERS_SHARE if arm[0] in others.MARKS else _SHARE // len(FOCI[arm[0]])


def choose(seed: int, index: int, asked: Sequence[Arm], weighed: Sequence[int]) -> Arm:
    """The arm of a unit: a function of its number and of the weights."""
    left = Draws(seed, index, _CHOICE).word() % sum(weighed)
    for arm, weight in zip(asked, weighed, strict=True):
        left -= weight
        if left < 0:
            return arm
    raise AssertionError("the weights end before their sum")
