"""`make bench`: every job by us and by the peer in turn, several rounds; the median ratio and its spread."""

import argparse
import gc
import json
import platform
import statistics
import sys
from collections.abc import Callable
from time import perf_counter

from calybris_ref.cli.terminal import Progress, table
from tests.bench.jobs import Job, jobs
from tests.bench.lateness import Row, lateness


def seconds(call: Callable[[], object], repeats: int) -> float:
    """The time of one call, from many."""
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats


def measure(job: Job, rounds: int, progress: Progress) -> dict[str, object]:
    """Ours and theirs in turn, so that both meet the same weather; a first round that is not counted warms up."""
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(seconds(job.ours, job.repeats))
        theirs.append(seconds(job.peers, job.peer_repeats))
        progress.advance(note=job.name)
    ratios = sorted(one / other for one, other in zip(ours[1:], theirs[1:], strict=True))
    return {
        "job": job.name,
        "ours_microseconds": round(statistics.median(ours[1:]) * 1e6, 3),
        "peer_microseconds": round(statistics.median(theirs[1:]) * 1e6, 3),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_minimum": round(ratios[0], 2),
        "ratio_maximum": round(ratios[-1], 2),
    }


def _rounded(late: list[Row]) -> list[list[str]]:
    return [[name, *[f"{value:.2f}" for value in values]] for name, *values in late]


def main() -> int:
    """Measure, print, and say on what."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    gc.disable()  # a collection in one round and not in the other is weather, too
    work = jobs()
    with Progress(len(work) * (arguments.rounds + 1), "measuring") as progress:
        found = [measure(job, arguments.rounds, progress) for job in work]
    late = lateness()
    if arguments.json:
        told = {"python": platform.python_version(), "machine": platform.machine(), "jobs": found, "late_ms": late}
        json.dump(told, sys.stdout)
        return 0
    rows = [[f"{one[key]:,}" if key != "job" else str(one[key]) for key in one] for one in found]
    head = ("job", "ours µs", "peer µs", "ratio", "min", "max")
    print(table(head, rows, right=range(1, len(head))))
    print(f"ratio: ours / peer, median of {arguments.rounds} rounds; below 1 we are faster")
    print()
    print(table(("lateness of an event loop", "median ms", "99 % ms", "max ms"), _rounded(late), right=range(1, 4)))
    print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; peer: the wheel calybris 1.3.0"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
