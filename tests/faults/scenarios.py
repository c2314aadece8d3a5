"""Work that is recorded, and whether what a crash left of it is what the library promises.

A scenario works in a folder and notes what it was promised: `open` once the log is there, `synced` with the number of
entries that a sync answered for, `saving` and `saved` with the number of the checkpoint.
"""

import asyncio
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from calybris_ref import (
    AsyncWalWriter,
    BudgetEngine,
    RepairError,
    WalError,
    WalWriter,
    checkpoint_with_wal,
    load_snapshot,
    read_verified_wal,
    repair,
    snapshot_text,
    torn_tail,
)
from calybris_ref.durable import sync_folder
from tests.faults.crashes import Files, Kept, played, states
from tests.faults.disk import Disk, Killed, Op, ShortWrite
from tests.support.logs import log

Scenario = Callable[[Path, Disk], None]
TEMPORARY = re.compile(r"\.calybris-[0-9a-f]{16}\.tmp")
SIDE_FILE = re.compile(r"log\.torn-([0-9]+)")
LOG, SNAPSHOT = "log", "ledger.json"


def writing(folder: Path, disk: Disk) -> None:
    """A new log, two syncs, a group in one write, two checkpoints, and appends that nobody waits for."""
    engine = BudgetEngine()
    engine.ensure_tenant("acme", 100)
    with WalWriter.open(folder / LOG) as writer:
        disk.note("open", 1)
        writer.append({"first": 1})
        writer.append(2)
        writer.sync()
        disk.note("synced", 2)
        _checkpoint(engine, folder, disk, 1)
        writer.append("third")
        writer.append_bytes([b"4", b"5"])
        writer.sync()
        disk.note("synced", 5)
        _, reservation = engine.try_reserve("acme", 40)
        engine.commit(reservation, 7)
        _checkpoint(engine, folder, disk, 2)
        writer.append(6)
        writer.append(None)
    disk.note("synced", 7)


def going_on(folder: Path, disk: Disk) -> None:
    """A log that is there, and lacks its last line feed."""
    disk.note("open", 1)
    disk.note("synced", 2)
    with WalWriter.open(folder / LOG) as writer:
        writer.append(3)
        writer.sync()
        disk.note("synced", 3)
        writer.append(4)


def syncing_each(folder: Path, disk: Disk) -> None:
    """From an event loop, with a sync for each group."""

    async def work() -> None:
        async with await AsyncWalWriter.open(folder / LOG, sync_on_append=True) as writer:
            disk.note("open", 1)

            async def append(number: int) -> None:
                entry = await writer.append(number)
                disk.note("synced", entry.sequence)

            await append(1)
            await asyncio.gather(*(append(number) for number in range(2, 5)))

    asyncio.run(work())


def repairing(folder: Path, disk: Disk) -> None:
    """A log with a torn tail, repaired, and gone on with."""
    disk.note("open", 1)
    disk.note("synced", 2)
    repair(folder / LOG)
    disk.note("repaired", 1)
    with WalWriter.open(folder / LOG) as writer:
        writer.append(3)
        writer.sync()
        disk.note("synced", 3)


def _checkpoint(engine: BudgetEngine, folder: Path, disk: Disk, number: int) -> None:
    disk.note("saving", number)
    saved = checkpoint_with_wal(engine, folder / SNAPSHOT, number)
    assert saved.version == number
    disk.note("saved", number)


TWO = log(b"1", b"2")
SCENARIOS: dict[Scenario, Files] = {
    writing: {},
    going_on: {LOG: TWO[:-1]},
    syncing_each: {},
    repairing: {LOG: TWO + log(b"1", b"2", b"3")[len(TWO) : -40]},
}
"""Each with what is in the folder before."""


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory, where the system has one: a sync costs nothing there."""
    memory = Path("/dev/shm")  # noqa: S108 - a new folder in it, under a name that cannot be guessed
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def recorded(folder: Path, scenario: Scenario, before: Callable[[Op], None] = lambda _op: None) -> Disk:
    """The trace of a scenario; with a `before` that raises, of what there was until then."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in SCENARIOS[scenario].items():
        (folder / name).write_bytes(data)
    disk = Disk(folder, before)
    with disk.in_place(), suppress(Killed):
        scenario(folder, disk)
    assert played(disk) == found_in(folder), "the trace is not all that was done"
    return disk


def resumed(folder: Path, disk: Disk) -> None:
    """A new process goes on where the one before was killed: repairs if that is asked for, appends, syncs."""
    disk.is_dead, disk.hook = False, lambda _op: None
    with disk.in_place():
        if (folder / LOG).exists() and torn_tail(folder / LOG):
            try:
                repair(folder / LOG)
            except RepairError:
                (side_file,) = [path for path in folder.iterdir() if SIDE_FILE.fullmatch(path.name)]
                side_file.replace(f"{side_file}.old")
                sync_folder(folder)
                repair(folder / LOG)
        with WalWriter.open(folder / LOG) as writer:
            disk.note("open", 1)
            writer.append("resumed")
            writer.sync()
            disk.note("synced", writer.sequence)
    assert played(disk) == found_in(folder), "the trace is not all that was done"


class At:
    """Ends the process before call number `number`, or in the middle of it when that is a write."""

    def __init__(self, number: int, *, halfway: bool = False) -> None:
        self.number, self.halfway, self.count = number, halfway, 0

    def __call__(self, op: Op) -> None:
        if op.kind in ("open", "read"):
            return
        self.count += 1
        if self.count == self.number:
            raise ShortWrite(is_last=True) if self.halfway and op.kind == "write" else Killed


def found_in(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class Judge:
    """Looks at what crashes leave; `figures` counts what it saw."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.figures = Counter[str]()
        self._seen = set[int]()

    def judge(self, disk: Disk, step: int) -> None:
        """Every crash of the machine in a trace."""
        ever = written_lines(disk)
        final = played(disk)
        for count in range(len(disk.ops) + 1):
            noted = Kept(disk, count).noted
            if count and disk.ops[count - 1].kind == "ack":
                continue  # no call, so no other state than before it: what was noted is asked at the next
            if count < len(disk.ops) and disk.ops[count].kind == "ack":
                noted = _noted_behind(disk, count)
            for state in states(disk, count, step):
                self.judge_state(state, noted, ever, final)

    def judge_state(self, state: Files, noted: dict[str, int], ever: frozenset[bytes], final: Files) -> None:
        key = hash((tuple(state.items()), tuple(noted.items()), tuple(final.items())))
        if key in self._seen:
            return
        self._seen.add(key)
        for path in self.scratch.iterdir():
            path.unlink()
        for name, data in state.items():
            (self.scratch / name).write_bytes(data)
        self.figures["crash states"] += 1
        if noted.get("repaired"):
            self._judge_side_file()
        self._judge_log(noted, ever, final)
        self._judge_snapshot(noted)
        for name in state.keys() - {LOG, SNAPSHOT}:
            assert TEMPORARY.fullmatch(name) or state[name] in final.values(), "a side file in part"

    def _judge_log(self, noted: dict[str, int], ever: frozenset[bytes], final: Files) -> None:
        path, acknowledged = self.scratch / LOG, noted.get("synced", 0)
        if not path.exists():
            assert not noted.get("open"), "the log is gone"
            return
        entries, lines = self._reopened(path), final.get(LOG, b"").splitlines()
        assert all(entry in ever for entry in entries), "an entry that nobody appended"
        assert entries[:acknowledged] == lines[:acknowledged][: len(entries)], "another entry than was acknowledged"
        self.figures["entries acknowledged"] += acknowledged
        self.figures["entries lost"] += max(acknowledged - len(entries), 0)
        assert len(entries) >= acknowledged, "an entry that a sync has answered for is lost"

    def _reopened(self, path: Path) -> list[bytes]:
        """The entries that are there; a torn tail is repaired, anything else is left as it is."""
        before = path.read_bytes()
        try:
            WalWriter.open(path).close()
        except WalError:
            assert path.read_bytes() == before, "something was changed unasked"
        else:
            self.figures["holds"] += 1
            return _entries(path)
        try:
            tail = torn_tail(path)
        except WalError:
            self.figures["refused"] += 1
            return _entries(path)
        assert tail
        self.figures["torn tail, repaired"] += 1
        side_file = Path(tail.side_file)
        if side_file.exists() and side_file.read_bytes() != before[tail.offset :]:
            # Torn, repaired, and torn again at the same byte.
            with pytest.raises(RepairError):
                repair(path)
            assert path.read_bytes() == before
            side_file.rename(side_file.with_suffix(".moved"))
            self.figures["side file in the way"] += 1
        assert repair(path) == tail
        assert path.read_bytes() + side_file.read_bytes() == before
        with WalWriter.open(path) as writer:
            assert writer.sequence == tail.head.sequence
        return _entries(path)

    def _judge_snapshot(self, noted: dict[str, int]) -> None:
        path, saved = self.scratch / SNAPSHOT, noted.get("saved", 0)
        if not path.exists():
            assert saved == 0, "the checkpoint is gone"
            return
        loaded = load_snapshot(path)
        assert saved <= loaded.version <= noted.get("saving", 0), "neither the old checkpoint nor the new one"
        assert path.read_text() == snapshot_text(loaded)
        self.figures["checkpoints read"] += 1

    def _judge_side_file(self) -> None:
        kept = [path.read_bytes() for path in self.scratch.iterdir() if SIDE_FILE.match(path.name)]
        assert SCENARIOS[repairing][LOG][len(TWO) :] in kept, "what was cut off is not kept"


def written_lines(disk: Disk) -> frozenset[bytes]:
    """Every line that was ever written to the folder."""
    data = [*disk.start.values(), *(op.data for op in disk.ops if op.kind == "write")]
    return frozenset(line for one in data for line in one.splitlines())


def _noted_behind(disk: Disk, count: int) -> dict[str, int]:
    while count < len(disk.ops) and disk.ops[count].kind == "ack":
        count += 1
    return Kept(disk, count).noted


def _entries(path: Path) -> list[bytes]:
    """The lines of the entries up to the first that does not hold."""
    found: list[bytes] = []
    with suppress(WalError):
        found.extend(entry.line()[:-1] for entry in read_verified_wal(path))
    return found


def killed_and_resumed(folder: Path, scenario: Scenario) -> Iterator[Disk]:
    """The traces of a scenario that is killed at each of its calls, and of the process behind it."""
    calls = sum(op.kind != "ack" for op in recorded(folder, scenario).ops)
    for number in range(1, calls + 1):
        for halfway in (False, True):
            disk = recorded(folder, scenario, At(number, halfway=halfway))
            resumed(folder, disk)
            yield disk
