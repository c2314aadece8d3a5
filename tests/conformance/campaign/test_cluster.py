"""Ranges on a cluster: the same result as here, also when workers are lost in the middle."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from calybris_conformance.campaign import steering
from calybris_conformance.campaign.cluster import Cluster
from calybris_conformance.campaign.conduct import Limits, Outcome, Workers, conduct
from calybris_conformance.campaign.in_process import InProcess
from calybris_conformance.campaign.journal import Journal
from calybris_conformance.campaign.tally import Tally
from calybris_conformance.campaign.target import Target
from calybris_conformance.campaign.work import Range, Scale
from calybris_conformance.campaign.workers import Here
from calybris_conformance.transport import Interrupted
from tests.support.campaigning import QUICK, bug, opened

SCALE = Scale(3, 64, 2, frozenset())
CASES = 64 * 2 * 40
WHEEL = Target((), "wheel")

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


def run(workers: Workers) -> Outcome:
    return conduct(steering.DECISIONS, workers, Journal(None, {}), Limits(CASES))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(SCALE, WHEEL, None, 2, threading.Event()) as workers:
        yield workers


def test_a_cluster_finds_what_is_found_here(cluster: Cluster) -> None:
    here = run(Here(SCALE, InProcess("wheel"), threading.Event()))
    assert run(cluster).tally.to_json() == here.tally.to_json()


def test_an_address_joins_the_cluster_that_is_there(cluster: Cluster) -> None:
    with Cluster(
        SCALE, Target(bug("two-floors"), None, QUICK), cluster.client.scheduler.address, 1, threading.Event()
    ) as second:
        found = run(second)
    with opened(*bug("two-floors")) as asker:
        here = run(Here(SCALE, asker, threading.Event()))
    assert found.tally.findings
    assert found.tally.to_json() == here.tally.to_json()


@pytest.mark.slow
def test_killing_workers_in_the_middle_changes_nothing() -> None:
    here = run(Here(SCALE, InProcess("wheel"), threading.Event()))
    with Cluster(SCALE, WHEEL, None, 2, threading.Event()) as workers:
        killed: list[int] = []

        class Killing:
            """The cluster, of which a worker is killed now and then."""

            capacity = workers.capacity

            def submit(self, part: Range) -> None:
                workers.submit(part)

            def collect(self) -> tuple[int, Tally]:
                found = workers.collect()
                if found[0] in (9, 25):
                    pid = next(iter(workers.client.run(os.getpid).values()))
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                return found

        outcome = run(Killing())
    assert len(killed) == 2
    assert outcome.tally.to_json() == here.tally.to_json()


def test_it_stops_when_it_is_told_to(cluster: Cluster) -> None:
    stop = threading.Event()
    with Cluster(SCALE, WHEEL, cluster.client.scheduler.address, 1, stop) as workers:
        workers.submit(Range(0, steering.DECISIONS, steering.weights(steering.DECISIONS, ())))
        stop.set()
        started = time.monotonic()
        with pytest.raises(Interrupted):
            workers.collect()
        assert time.monotonic() - started < 1


def test_what_a_range_raises_arrives(cluster: Cluster) -> None:
    nobody = Target(("no-such-port",), None, QUICK)
    with Cluster(SCALE, nobody, cluster.client.scheduler.address, 1, threading.Event()) as workers:
        workers.submit(Range(0, steering.DECISIONS, steering.weights(steering.DECISIONS, ())))
        with pytest.raises(Exception, match="cannot be started"):
            workers.collect()
