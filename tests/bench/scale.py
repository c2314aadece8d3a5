"""How work is shared out: python -m tests.bench.scale [--write]. Five minutes on an idle machine.

The same work by one worker and by two, what it costs to hand out a part of it, and what follows for a cluster. The
figures are printed; `--write` puts them into docs/scale.md. The port in Go is asked where `make ports` has built it.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any, NamedTuple

import distributed

from calybris_conformance.campaign import steering, work
from calybris_conformance.campaign.conduct import Limits, conduct
from calybris_conformance.campaign.in_process import InProcess
from calybris_conformance.campaign.journal import Journal
from calybris_conformance.campaign.tally import Tally
from calybris_ref.cli.wal_workers import MOST_SEGMENTS
from calybris_ref.wal_segments import join, read_segment, segments_of
from tests.bench.campaigned import PROFILES
from tests.bench.judged import PORTS
from tests.faults import long_log
from tests.support.logs import POLICY

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
BEGIN, END = "<!-- figures: python -m tests.bench.scale -->", "<!-- end of the figures -->"
ENTRIES = 1_000_000
CASES_IN_PROCESS, CASES_OF_A_PORT = 12_000_000, 8_000_000
SEGMENTS = 500
TASKS = 2_000
# A long campaign has longer ranges than the usual ones: --units 1000.
_RANGE_CASES = 1_000 * 4_096
# What the page says on paper: so many cases, so long a log, on so many cores.
PAPER_CASES, PAPER_BYTES, PAPER_CORES = 10**12, 100 * 10**12, (2, 100, 1_000)


class Shared(NamedTuple):
    """One piece of work: how much there was, and the seconds that one worker took, and two."""

    work: str
    amount: int
    unit: str
    seconds: tuple[float, float]

    @property
    def times(self) -> float:
        """How many times as fast two workers are."""
        return self.seconds[0] / self.seconds[1]

    @property
    def each_second(self) -> float:
        """How much one core does in a second while its neighbour works, too; the start of everything is in it."""
        return self.amount / self.seconds[1] / 2


class Handed(NamedTuple):
    """What one part of a work costs who gives it out and takes back its result, and how much one part is."""

    work: str
    seconds: float
    part: int
    unit: str


def command(*words: str | Path) -> list[str]:
    """A command line of ours."""
    return [sys.executable, "-m", "calybris_ref", *map(str, words)]


def shared(work: str, amount: int, unit: str, ran: Callable[[int], list[str]]) -> Shared:
    """Do the work by one worker, then by two."""
    taken = []
    for workers in (1, 2):
        begun = perf_counter()
        subprocess.run(ran(workers), check=True, stdout=subprocess.DEVNULL)
        taken.append(round(perf_counter() - begun, 1))
        print(f"  {work}, {workers}: {taken[-1]} s", flush=True)
    return Shared(work, amount, unit, (taken[0], taken[1]))


def logs(folder: Path) -> tuple[list[Shared], Handed]:
    """A log of some gigabytes, verified and replayed, and what it costs to join a segment."""
    path, policy = folder / "log", folder / "policy.json"
    size = long_log.write(path, ENTRIES)
    policy.write_text(json.dumps({"constructor": "unchecked"} | POLICY.to_dict()), "utf-8")

    def read(*words: str | Path) -> Callable[[int], list[str]]:
        return lambda workers: command("wal", *words, path, *(["--jobs", "2"] if workers == 2 else []))

    found = [
        shared("verify a log", size, "bytes", read("verify")),
        shared("replay a log", size, "bytes", read("replay", "--policy", policy)),
    ]
    reports = [read_segment(segment) for segment in segments_of(path, SEGMENTS)]
    begun = perf_counter()
    join(reports)
    return found, Handed(
        "join a segment of a log", (perf_counter() - begun) / len(reports), PAPER_BYTES // MOST_SEGMENTS, "bytes"
    )


def campaigns(folder: Path) -> tuple[list[Shared], Handed]:
    """Decisions asked of the wheel and of a port, and what it costs to merge a range."""

    def asked(cases: int, *words: str | Path) -> Callable[[int], list[str]]:
        profiles = [word for profile in PROFILES for word in ("--profile", profile)]
        start = ["--out", str(folder), "--cases", str(cases), *profiles]
        return lambda workers: command("campaign", "run", *start, "--jobs", str(workers), *words)

    found = [
        shared(
            "a campaign: the wheel, in process",
            CASES_IN_PROCESS,
            "cases",
            asked(CASES_IN_PROCESS, "--in-process", "wheel"),
        )
    ]
    port = PORTS["port in Go"]
    if Path(port[0]).exists():
        run = asked(CASES_OF_A_PORT, "--", *port)
        found.append(shared("a campaign: the port in Go, over the protocol", CASES_OF_A_PORT, "cases", run))
    return found, Handed("merge a range of a campaign", _merging(), _RANGE_CASES, "cases")


class _Done:
    """Workers that have nothing to do: every range comes to the same tally."""

    capacity = 64

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._waiting: list[work.Range] = []

    def submit(self, part: work.Range) -> None:
        self._waiting.append(part)

    def collect(self) -> tuple[int, Tally]:
        return self._waiting.pop(0).number, self._tally


def _merging() -> float:
    """The seconds that who gives out the ranges of a campaign needs for each: the choice, the merge, the state file."""
    tally = work.do(
        work.Scale(0, 4_096, 16, frozenset()),
        work.Range(0, steering.DECISIONS, steering.weights(steering.DECISIONS, ())),
        InProcess("wheel"),
        Event(),
    )
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "state", {}) as journal:
        begun = perf_counter()
        conduct(steering.DECISIONS, _Done(tally), journal, Limits(TASKS * tally.cases))
        return (perf_counter() - begun) / TASKS


def task() -> float:
    """The seconds that a task costs the scheduler: two workers of this machine, and nothing to do."""
    client: Any = distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")  # type: ignore[no-untyped-call]
    with client:
        client.gather([client.submit(abs, number, pure=False) for number in range(100)])
        begun = perf_counter()
        client.gather([client.submit(abs, number, pure=False) for number in range(TASKS)])
        return (perf_counter() - begun) / TASKS


def figures(found: list[Shared], merged: list[Handed], task_seconds: float) -> str:
    """The tables of the page."""
    lines = [
        "| work | amount | one worker, s | two workers, s | times as fast | one core does in a second |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {one.work} | {_amount(one.amount, one.unit)} | {one.seconds[0]:.1f} | {one.seconds[1]:.1f} "
            f"| {one.times:.2f} | {_amount(one.each_second, one.unit)} |"
            for one in found
        ),
        "",
        "| what the parts cost who gives them out | ms each | a part |",
        "| --- | ---: | ---: |",
        f"| give a task to Dask, take back its result | {task_seconds * 1e3:.2f} | any |",
        *(f"| {one.work} | {one.seconds * 1e3:.2f} | {_amount(one.part, one.unit)} |" for one in merged),
        "",
        f"| on paper | core-hours | {' | '.join(f'{cores:,} cores' for cores in PAPER_CORES)} | cores at most |",
        f"| --- | {' | '.join(['---:'] * (len(PAPER_CORES) + 2))} |",
        *(_on_paper(one, next(other for other in merged if other.unit == one.unit), task_seconds) for one in found),
    ]
    return "\n".join(lines)


def _on_paper(one: Shared, merged: Handed, task_seconds: float) -> str:
    amount = PAPER_CASES if one.unit == "cases" else PAPER_BYTES
    work_seconds = amount / one.each_second
    giving_seconds = amount / merged.part * (merged.seconds + task_seconds)
    times = [_time(max(work_seconds / cores, giving_seconds)) for cores in PAPER_CORES]
    named = f"{one.work}: {'10^12 cases' if one.unit == 'cases' else '100 TB'}"
    return f"| {named} | {work_seconds / 3_600:,.0f} | {' | '.join(times)} | {work_seconds / giving_seconds:,.0f} |"


def _amount(number: float, unit: str) -> str:
    if unit == "bytes":
        return f"{number / 1e9:.2f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
    return f"{number:,.0f} {unit}"


def _time(seconds: float) -> str:
    hours = seconds / 3_600
    return f"{hours / 24:,.0f} days" if hours >= 72 else f"{hours:,.1f} h"


def main() -> None:
    """Measure, print, and with --write put the figures into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/scale.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="calybris-scale-") as folder:
        found, joined = logs(Path(folder))
        more, merged = campaigns(Path(folder))
    shown = figures([*found, *more], [joined, merged], task())
    print(f"\n{shown}")
    if arguments.write:
        page, count = re.subn(f"(?s){BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{shown}\n\n{END}", PAGE.read_text("utf-8"))
        if count != 1:
            raise SystemExit(f"{PAGE} has no place for the figures")
        PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
