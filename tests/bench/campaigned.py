"""How many cases a second a campaign asks each port that is built here, and the wheel in its own process."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from tests.bench.jobs import children_time
from tests.bench.judged import PORTS

# name -> the end of the command line of a campaign
_ASKED: dict[str, tuple[str | Path, ...]] = {
    "wheel 1.3.0, in process": ("--in-process", "wheel"),
    **{name: ("--", *command) for name, command in PORTS.items() if name != "reference, compiled wheel"},
}
# Those of decisions: budgets and logs are asked one by one, and mostly measure the port.
PROFILES = ("uniform", "boundary", "magnitude", "gates", "extremes", "ties", "routing", "trade")


class Rate(NamedTuple):
    """How many cases were asked in how many seconds of the clock, and of CPU: of generator, oracle and port together.

    The time to start, and to look at a finding, is in both.
    """

    port: str
    cases: int
    seconds: float
    cpu_seconds: float
    findings: int


def rates(
    seconds: float, note: Callable[[str], None], asked: Mapping[str, tuple[str | Path, ...]] = _ASKED
) -> list[Rate]:
    """One row for each port that is there; one worker."""
    found = []
    for name, words in asked.items():
        if all(word.exists() for word in words if isinstance(word, Path)):
            note(name)
            found.append(_rate(name, seconds, words))
    return found


def _rate(name: str, seconds: float, words: tuple[str | Path, ...]) -> Rate:
    profiles = [word for profile in PROFILES for word in ("--profile", profile)]
    with tempfile.TemporaryDirectory(prefix="calybris-bench-") as out:
        command = [sys.executable, "-m", "calybris_ref", "campaign", "run", "--json", "--seconds", str(seconds)]
        begun, used = perf_counter(), children_time()
        # Findings make the exit code 1, and are in the result.
        told = subprocess.run(
            [*command, "--out", out, *profiles, *map(str, words)], check=False, stdout=subprocess.PIPE
        ).stdout
        taken, computed = perf_counter() - begun, children_time() - used
    result = json.loads(told)
    return Rate(name, result["cases"], round(taken, 1), round(computed, 1), len(result["findings"]))
