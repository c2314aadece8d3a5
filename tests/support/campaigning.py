"""For the tests of campaigns: units, their right answers, and ports with something wrong."""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from calybris_conformance.campaign import expected, steering, units
from calybris_conformance.campaign.asking import Asker
from calybris_conformance.campaign.target import Target
from calybris_conformance.campaign.units import Batch, Unit
from calybris_conformance.campaign.work import Range, Scale
from calybris_conformance.session import Settings

REFERENCE = (sys.executable, "-m", "calybris_conformance.adapters.reference")
QUICK = Settings(timeout_seconds=3, start_seconds=20, exit_seconds=1)


def bug(name: str, *options: str) -> tuple[str, ...]:
    """The command of a port with a planted bug."""
    return (sys.executable, "-m", "tests.support.bugs", name, *options)


def made(profile: str = "routing", focus: str = "", rows: int = 64, index: int = 1) -> tuple[Batch, Mapping[str, Any]]:
    """A unit and its right answers."""
    batch = units.make(Unit(1, index, profile, focus, rows))
    return batch, expected.decide(batch.snapshot, batch.columns)


def scale(rows: int = 64, count: int = 2, seed: int = 0) -> Scale:
    return Scale(seed, rows, count, frozenset())


def part(number: int = 0, arms: tuple[steering.Arm, ...] = steering.DECISIONS) -> Range:
    return Range(number, arms, steering.weights(arms, ()))


@contextmanager
def opened(*command: str, stop: threading.Event | None = None, settings: Settings = QUICK) -> Iterator[Asker]:
    """A port, started and ended."""
    asker = Target(command, None, settings, "9.9.9").open(stop or threading.Event())
    try:
        yield asker
    finally:
        asker.close()


# ---- adapters for --in-process, by the name tests.support.campaigning:NAME


class _Reference:
    """The reference in this process, with something wrong in some rows."""

    features = frozenset({"constructor.try_new", "constructor.unchecked", "input.unchecked"})

    def __init__(self, wrong: str = "") -> None:
        self.wrong = wrong

    def __call__(self, policy: Mapping[str, Any]) -> Any:
        snapshot = units.snapshot(dict(policy))

        def decide(columns: Mapping[str, Any]) -> Mapping[str, Any]:
            decided = expected.decide(snapshot, columns)
            if self.wrong == "throws" and (columns["risk_bps"] == 0).any():
                raise RuntimeError("risk is 0")
            if self.wrong == "late" and len(columns["risk_bps"]) > 1:
                decided["eligible_models"] = decided["eligible_models"] + decided["eligible_models"].dtype.type(1)
            return decided

        return decide


right = _Reference()
throws = _Reference("throws")
late = _Reference("late")
