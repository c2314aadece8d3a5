"""calybris_ref.wal_workers: segments read by several processes, some of which are lost (LOG-4, LOG-10)."""

import os
import signal
import sys
from pathlib import Path
from typing import Any, Self

import distributed
import pytest

from calybris_ref import policy_digest, wal_workers
from calybris_ref.wal_segments import Segment, SegmentReport, join, read_segment, segments_of
from calybris_ref.wal_workers import LOCAL, read_by_processes, read_by_scheduler
from tests.ref.test_wal_columns import record_of
from tests.support.logs import KEY, POLICY, log
from tests.support.verdicts import line_by_line

LOG = log(*[record_of(POLICY, place) for place in range(12)], key=KEY)


class Deadly:
    """What kills the worker that first unpickles it, `times` times, and is a policy then."""

    def __init__(self, folder: str, times: int, asking: int) -> None:
        self.arguments = folder, times, asking

    def __reduce__(self) -> Any:
        return _policy_or_death, self.arguments


def _policy_or_death(folder: str, times: int, asking: int) -> Any:
    if os.getpid() == asking:  # a scheduler in the process that asks unpickles, too
        return Deadly(folder, times, asking)
    for place in range(times):
        try:
            Path(folder, f"died-{place}").touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)
    return POLICY


@pytest.fixture
def segments(tmp_path: Path) -> list[Segment]:
    (tmp_path / "log").write_bytes(LOG)
    (tmp_path / "key").write_bytes(KEY)
    return segments_of(tmp_path / "log", 4)


def test_processes_read_all_segments_and_tell_of_each(segments: list[Segment]) -> None:
    told: list[Segment] = []
    reports = read_by_processes(segments, 2, told.append, KEY, [POLICY])
    assert reports == [read_segment(segment, KEY, [POLICY]) for segment in segments]
    assert sorted(told) == segments
    joined = join(reports, KEY, [POLICY])
    assert joined.head == line_by_line(LOG, KEY)
    assert joined.uses == {policy_digest(POLICY).hex(): 12}
    assert read_by_processes([], 2, told.append) == []


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_lost_process_had_is_read_by_another_one(segments: list[Segment], tmp_path: Path, times: int) -> None:
    told: list[Segment] = []
    deadly: Any = Deadly(str(tmp_path), times, os.getpid())
    reports = read_by_processes(segments, 2, told.append, KEY, [deadly])
    assert len(list(tmp_path.glob("died-*"))) == times
    assert reports == [read_segment(segment, KEY, [POLICY]) for segment in segments]
    assert sorted(told) == segments


def test_when_processes_are_lost_again_and_again_the_one_that_asks_reads(
    segments: list[Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []

    def no_pool(left: list[Segment], *_arguments: object) -> bool:
        lost.append(len(left))
        return False

    monkeypatch.setattr(wal_workers, "_read_by_pool", no_pool)
    told: list[Segment] = []
    assert join(read_by_processes(segments, 2, told.append, KEY), KEY).head == line_by_line(LOG, KEY)
    assert lost == [4, 4, 4]
    assert told == segments


def test_a_file_that_a_process_cannot_read_is_an_error(segments: list[Segment], tmp_path: Path) -> None:
    (tmp_path / "log").unlink()
    with pytest.raises(FileNotFoundError):
        read_by_processes(segments, 2, lambda _: None, KEY)


def test_interrupts_are_left_to_the_one_that_asks() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        wal_workers._leave_interrupts()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("times", [0, 1])
def test_workers_of_a_scheduler_read_all_segments_though_one_is_lost(
    segments: list[Segment], tmp_path: Path, times: int
) -> None:
    told: list[Segment] = []
    deadly: Any = Deadly(str(tmp_path), times, os.getpid())
    reports = read_by_scheduler(segments, LOCAL, 2, told.append, str(tmp_path / "key"), [deadly])
    assert len(list(tmp_path.glob("died-*"))) == times
    assert reports == [read_segment(segment, KEY, [POLICY]) for segment in segments]
    assert sorted(told) == segments


class Answer:
    """A future that is done."""

    def __init__(self, report: SegmentReport | None, error: Exception | None = None) -> None:
        self.report = report
        self.error = error

    def exception(self) -> Exception | None:
        return self.error

    def result(self) -> SegmentReport | None:
        if self.error:
            raise self.error
        return self.report


class Asked:
    """A client of a scheduler that nobody runs."""

    def __init__(self, address: str) -> None:
        assert address == "tcp://somewhere:1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return


UNTYPED: Any = distributed


@pytest.mark.parametrize(
    ("error", "is_read_here"), [(UNTYPED.KilledWorker("task", None, 3), True), (OSError("unreadable"), False)]
)
def test_when_workers_are_lost_again_and_again_the_one_that_asks_reads(
    segments: list[Segment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, is_read_here: bool
) -> None:
    class Client(Asked):
        def submit(self, read: Any, segment: Segment, **_options: object) -> Answer:
            return Answer(None, error)

    monkeypatch.setattr("distributed.Client", Client)
    monkeypatch.setattr("distributed.as_completed", iter)

    def read() -> list[SegmentReport]:
        return read_by_scheduler(segments, "tcp://somewhere:1", 1, lambda _: None, str(tmp_path / "key"))

    if is_read_here:
        assert join(read(), KEY).head == line_by_line(LOG, KEY)
    else:
        with pytest.raises(OSError, match="unreadable"):
            read()


def test_the_key_does_not_travel(monkeypatch: pytest.MonkeyPatch, segments: list[Segment], tmp_path: Path) -> None:
    """What is sent to a scheduler holds the path of the key, and no byte of it."""
    from distributed.protocol import pickle

    untyped: Any = pickle
    sent: list[bytes] = []

    class Client(Asked):
        def submit(self, read: Any, segment: Segment, **_options: object) -> Answer:
            sent.append(untyped.dumps((read, segment)))
            return Answer(untyped.loads(sent[-1])[0](segment))

    monkeypatch.setattr("distributed.Client", Client)
    monkeypatch.setattr("distributed.as_completed", iter)
    reports = read_by_scheduler(segments, "tcp://somewhere:1", 1, lambda _: None, str(tmp_path / "key"))
    assert join(reports, KEY).head == line_by_line(LOG, KEY)
    assert len(sent) == 4
    assert not any(KEY in one for one in sent)


def test_without_the_extra_the_import_says_what_is_missing(
    segments: list[Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="distributed"):
        read_by_scheduler(segments, LOCAL, 1, lambda _: None)
