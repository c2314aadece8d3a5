"""After a crash at any moment, everything that a sync has answered for is there (LOG-12, SNAP-3).

`make faults` tries every byte; here it is every few, and every call.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import WalWriter, durable, wal, wal_repair
from tests.faults import killing, scenarios
from tests.faults.crashes import Kept, contents, named, states, written
from tests.faults.disk import Disk, Op
from tests.faults.scenarios import SCENARIOS, Judge, Scenario, killed_and_resumed, quick_folder, recorded

STEP, COARSE_STEP = 11, 70
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)


@pytest.fixture
def folder() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder


@pytest.fixture
def judge() -> Iterator[Judge]:
    with quick_folder() as scratch:
        yield Judge(scratch)


@every_scenario
def test_a_crash_of_the_machine_loses_nothing_that_was_promised(folder: Path, judge: Judge, scenario: Scenario) -> None:
    judge.judge(recorded(folder, scenario), STEP)
    assert judge.figures["entries acknowledged"] > judge.figures["entries lost"] == 0
    assert judge.figures["torn tail, repaired"] > 0


@every_scenario
def test_neither_does_one_behind_the_end_of_a_process(folder: Path, judge: Judge, scenario: Scenario) -> None:
    for disk in killed_and_resumed(folder, scenario):
        judge.judge(disk, COARSE_STEP)
    assert judge.figures["entries acknowledged"] > judge.figures["entries lost"] == 0


def test_a_killed_process_loses_nothing_that_was_promised(folder: Path) -> None:
    figures = killing.run(folder, 40, seed=1)
    assert figures["kills"] == 40
    assert figures["entries acknowledged"] > figures["entries lost"] == 0


def nothing(*_arguments: object) -> None:
    """A sync that is not done."""


def unsynced(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WalWriter, "_synced", nothing)


def without_folder_syncs(patch: pytest.MonkeyPatch) -> None:
    for module in (wal, durable, wal_repair):
        patch.setattr(module, "sync_folder", nothing)


def cut_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wal_repair, "_keep", nothing)


PLANTED: list[tuple[Callable[[pytest.MonkeyPatch], None], Scenario]] = [
    (unsynced, scenarios.writing),
    (unsynced, scenarios.syncing_each),
    (without_folder_syncs, scenarios.writing),
    (cut_first, scenarios.repairing),
]


@pytest.mark.parametrize(("plant", "scenario"), PLANTED)
def test_a_planted_fault_is_found(
    folder: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch, plant: Any, scenario: Scenario
) -> None:
    plant(monkeypatch)
    disk = recorded(folder, scenario)
    monkeypatch.undo()
    with pytest.raises((AssertionError, FileNotFoundError)):
        judge.judge(disk, STEP)


def test_a_checkpoint_that_is_written_in_place_is_found(
    folder: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written_in_place(path: Path, data: bytes) -> None:
        with Path(path).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    monkeypatch.setattr("calybris_ref.persistence.replace_file", written_in_place)
    disk = recorded(folder, scenarios.writing)
    monkeypatch.undo()
    with pytest.raises(Exception, match=r"checkpoint is gone|not JSON|no JSON"):
        judge.judge(disk, STEP)


def test_a_killed_process_that_never_synced_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a process wrote outlives it, synced or not: only entries that were never written are missed.
    monkeypatch.setattr(killing, "killed", lambda *_arguments: {"open": 0, "synced": 3})
    with WalWriter.open(folder / "log") as writer:
        writer.append(killing.payload(1))
    monkeypatch.setattr(killing, "LIVES_PER_LOG", 10**9)
    monkeypatch.setattr(Path, "unlink", nothing)
    with pytest.raises(AssertionError, match="is lost"):
        killing.kill_all(folder, 1, seed=1)


def test_a_change_that_the_layer_does_not_see_is_an_error(folder: Path) -> None:
    def unseen(place: Path, disk: Disk) -> None:
        (place / "log").touch()
        os.truncate(place / "log", 3)

    SCENARIOS[unseen] = {}
    try:
        with pytest.raises(AssertionError, match="not all that was done"):
            recorded(folder, unseen)
    finally:
        del SCENARIOS[unseen]


WRITES = [Op("write", file=1, data=b"ab"), Op("write", file=1, value=2, data=b"c")]


def test_what_was_not_synced_may_be_there_in_any_part() -> None:
    assert contents(b"", WRITES, 1) == {b"", b"a", b"ab", b"a\0", b"\0\0c", b"abc", b"a\0c"}
    assert contents(b"xyz", [Op("truncate", value=1)], 1) == {b"xyz", b"x"}
    assert written(b"x", [Op("truncate", value=3)]) == b"x\0\0"


def test_what_was_synced_is_there(folder: Path) -> None:
    disk = Disk(folder)
    disk.ops = [Op("create", "f", 1), WRITES[0], Op("sync", file=1)]
    assert [list(states(disk, count, 1)) for count in (1, 3)] == [[{}, {"f": b""}], [{}, {"f": b"ab"}]]
    disk.ops += [
        Op("sync_folder"),
        WRITES[1],
        Op("rename", "g", 1, other="f"),
        Op("unlink", "g"),
        Op("ack", "done", value=7),
    ]
    assert list(states(disk, 4, 1)) == [{"f": b"ab"}]
    assert list(states(disk, 6, 1)) == [{"f": b"ab"}, {"f": b"abc"}, {"g": b"ab"}, {"g": b"abc"}]
    assert {} in list(states(disk, 7, 1))
    assert Kept(disk, 8).noted == {"done": 7}
    assert named({"f": 1}, [Op("link", "g", 1)]) == {"f": 1, "g": 1}
