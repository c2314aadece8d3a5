"""A campaign is a function of its seed: whoever does the ranges, in whatever order, however often it is broken off."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from calybris_conformance.campaign import steering, work
from calybris_conformance.campaign.conduct import GENERATION, Limits, conduct, generation_of
from calybris_conformance.campaign.in_process import InProcess
from calybris_conformance.campaign.journal import Journal
from calybris_conformance.campaign.tally import Tally
from calybris_conformance.campaign.work import Range
from calybris_conformance.campaign.workers import Here
from calybris_conformance.transport import Interrupted
from tests.support.campaigning import bug, opened, scale

ARMS = steering.DECISIONS
NEVER = threading.Event()
NOTHING = Journal(None, {})


def do(part: Range) -> Tally:
    return work.do(scale(rows=16), part, InProcess("wheel"), NEVER)


class Scrambled:
    """Workers that give the newest range back first."""

    def __init__(self, capacity: int, do: Callable[[Range], Tally] = do) -> None:
        self.capacity = capacity
        self.do = do
        self.waiting: list[Range] = []

    def submit(self, part: Range) -> None:
        self.waiting.append(part)

    def collect(self) -> tuple[int, Tally]:
        part = self.waiting.pop()
        return part.number, self.do(part)


CASES = 16 * 2 * GENERATION * 4


def test_the_order_in_which_ranges_come_back_changes_nothing() -> None:
    found = [conduct(ARMS, Scrambled(capacity), NOTHING, Limits(CASES)).tally.to_json() for capacity in (1, 2, 7, 40)]
    assert found[0]["cases"] == CASES
    assert found == [found[0]] * 4


def test_weights_change_from_the_third_generation_on() -> None:
    seen: dict[int, tuple[int, ...]] = {}

    def watched(part: Range) -> Tally:
        seen[part.number] = part.weights
        return do(part)

    conduct(ARMS, Scrambled(5, watched), NOTHING, Limits(CASES))
    assert {seen[number] for number in range(2 * GENERATION)} == {steering.weights(ARMS, ())}
    assert seen[2 * GENERATION] != seen[0]


def test_each_generation_has_as_many_ranges_as_all_before_it() -> None:
    found = [generation_of(number) for number in range(64 * GENERATION)]
    assert found == sorted(found)
    assert [found.count(generation) for generation in range(8)] == [
        GENERATION * size for size in (1, 1, 2, 4, 8, 16, 32, 0)
    ]


def test_many_workers_have_something_to_do() -> None:
    busy: list[int] = []

    def watched(_part: Range) -> Tally:
        busy.append(len(workers.waiting))
        return Tally(cases=1)

    workers = Scrambled(1_000, watched)
    conduct(ARMS, workers, NOTHING, Limits(64 * GENERATION))
    assert max(busy) > 32 * GENERATION


def test_a_campaign_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    whole = conduct(ARMS, Scrambled(3), NOTHING, Limits(CASES))
    stopped_after = 11

    def breaks(part: Range) -> Tally:
        if len(done) == stopped_after:
            raise Interrupted
        done.append(part.number)
        return do(part)

    done: list[int] = []
    with Journal(tmp_path / "state", {}) as journal, pytest.raises(Interrupted):
        conduct(ARMS, Scrambled(3, breaks), journal, Limits(CASES))
    with Journal(tmp_path / "state", {}) as journal:
        assert len(journal.done) == stopped_after
        again = conduct(ARMS, Scrambled(3), journal, Limits(CASES))
    assert again.tally.to_json() == whole.tally.to_json()
    assert again.cases_now < whole.cases_now


def test_what_is_already_there_is_enough(tmp_path: Path) -> None:
    with Journal(tmp_path / "state", {}) as journal:
        first = conduct(ARMS, Scrambled(1), journal, Limits(CASES))
    with Journal(tmp_path / "state", {}) as journal:
        again = conduct(ARMS, Scrambled(1, lambda _part: pytest.fail("nothing is left to do")), journal, Limits(CASES))
    assert (again.tally.to_json(), again.cases_now) == (first.tally.to_json(), 0)


def test_it_stops_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1_000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(now)))
    outcome = conduct(ARMS, Scrambled(1), NOTHING, Limits(seconds=20))
    assert 0 < outcome.ranges < 20


def test_it_stops_at_the_first_finding() -> None:
    with opened(*bug("two-floors")) as asker:
        outcome = conduct(ARMS, Here(scale(), asker, NEVER), NOTHING, Limits(10**9, first_finding=True))
    assert outcome.tally.findings
    assert outcome.ranges < 5


def test_it_stops_when_the_port_cannot_be_asked_any_more() -> None:
    outcome = conduct(ARMS, Scrambled(2, lambda _part: Tally(stopped="Given up.")), NOTHING, Limits(10**9))
    assert (outcome.tally.stopped, outcome.ranges) == ("Given up.", 1)


def test_a_worker_here_stops_when_it_is_told_to() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        conduct(ARMS, Here(scale(), InProcess("wheel"), stop), NOTHING, Limits(10))


def test_everything_merged_is_heard_of() -> None:
    heard: list[int] = []
    conduct(ARMS, Scrambled(3), NOTHING, Limits(CASES), lambda tally: heard.append(tally.cases))
    assert heard == sorted(heard)
    assert heard[-1] == CASES
