"""How a job is timed: ours and the peer's in turn, several rounds, in one process.

pyperf would calibrate better, but it runs one benchmark after the other, each in processes of its own. On a machine
with neighbours the speed drifts by more than the differences that matter here, and a ratio of two numbers taken minutes
apart is a ratio of two weathers. In turn, both meet the same one; the spread over the rounds says how calm it was.
"""

import gc
import statistics
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.jobs import Job


class Measured(NamedTuple):
    """The medians of one job in microseconds, and the ratio ours / peer: median, smallest and largest of the rounds."""

    job: str
    ours_microseconds: float
    peer_microseconds: float
    ratio: float
    ratio_minimum: float
    ratio_maximum: float


def measure(job: Job, rounds: int, note: Callable[[str], None], share: float = 1.0) -> Measured:
    """Time a job; a first round that is not counted warms up. `share` of its usual repeats are done."""
    ours, peers = [], []
    repeats, peer_repeats = (max(1, int(number * share)) for number in (job.repeats, job.peer_repeats))
    for _ in range(rounds + 1):
        gc.collect()  # what the other side has left is not ours to clear away
        ours.append(job.elsewhere(repeats) / repeats if job.elsewhere else _seconds(job.ours, repeats, job.timer))
        peers.append(_seconds(job.peers, peer_repeats, job.timer))
        note(job.name)
    ratios = sorted(one / other for one, other in zip(ours[1:], peers[1:], strict=True))
    return Measured(
        job.name,
        round(statistics.median(ours[1:]) * 1e6, 3),
        round(statistics.median(peers[1:]) * 1e6, 3),
        *(round(number, 3) for number in (statistics.median(ratios), ratios[0], ratios[-1])),
    )


def _seconds(call: Callable[[], object], repeats: int, timer: Callable[[], float]) -> float:
    """The time of one call, from many."""
    start = timer()
    for _ in range(repeats):
        call()
    return (timer() - start) / repeats
