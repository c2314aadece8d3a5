"""A call that fails, whichever and however: nothing that was promised is lost, and no part of a file stays.

Every call of every scenario is failed once with every error. Afterwards the disk is well again: the log is opened (or
repaired, where a tail is torn), goes on, and the checkpoint is the old one or the new one. LOG-8, LOG-12, SNAP-3.
"""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from calybris_ref import (
    CalybrisError,
    PersistenceError,
    WalPoisoned,
    WalWriter,
    load_anchor,
    load_snapshot,
    read_wal,
    repair,
    torn_tail,
    verify_wal,
)
from tests.faults.disk import Disk, Op, ShortWrite
from tests.faults.scenarios import (
    LOG,
    SCENARIOS,
    SNAPSHOT,
    TEMPORARY,
    TWO,
    Scenario,
    found_in,
    quick_folder,
    recorded,
    repairing,
    writing,
)

ERRORS = (errno.ENOSPC, errno.EIO, errno.EINTR, errno.EROFS, errno.EMFILE, errno.EACCES)


@pytest.fixture
def folder() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder


class Failing:
    """Fails one call, or writes a half of it."""

    def __init__(self, number: int, error: int | None) -> None:
        self.number, self.error, self.count = number, error, 0
        self.failed: Op | None = None

    def __call__(self, op: Op) -> None:
        self.count += 1
        if self.count == self.number:
            self.failed = op
            if self.error is not None:
                raise OSError(self.error, os.strerror(self.error))
            if op.kind == "write":
                raise ShortWrite


def failed_once(folder: Path, scenario: Scenario, error: int | None) -> Iterator[tuple[Disk, Failing]]:
    """The scenario again and again, with one call after the other failed."""
    counting = Failing(0, None)
    recorded(folder, scenario, counting)
    for number in range(1, counting.count + 1):
        fault = Failing(number, error)
        for path in folder.iterdir():
            path.unlink()
        for name, data in SCENARIOS[scenario].items():
            (folder / name).write_bytes(data)
        disk = Disk(folder, fault)
        with disk.in_place(), suppress(CalybrisError, OSError):
            scenario(folder, disk)
        assert fault.failed
        yield disk, fault


@pytest.mark.parametrize("error", [*ERRORS, None], ids=lambda error: errno.errorcode[error] if error else "short")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_call_that_fails_breaks_no_promise(folder: Path, scenario: Scenario, error: int | None) -> None:
    kinds = set[str]()
    for disk, fault in failed_once(folder, scenario, error):
        assert fault.failed
        kinds.add(fault.failed.kind)
        noted = {op.name: op.value for op in disk.ops if op.kind == "ack"}
        if fault.failed.kind != "unlink":  # what cannot be taken away stays
            assert not [name for name in found_in(folder) if TEMPORARY.fullmatch(name)], fault.failed
        log = folder / LOG
        if log.exists() and (tail := torn_tail(log)):
            if Path(tail.side_file).exists():  # torn before, at the same byte
                Path(tail.side_file).rename(folder / "moved")
            repair(log)
        with WalWriter.open(log) as writer:
            assert writer.sequence >= noted.get("synced", 0), fault.failed
            writer.append("next")
        assert verify_wal(log).sequence == writer.sequence
        if noted.get("saved") or (folder / SNAPSHOT).exists():
            assert noted.get("saved", 0) <= load_snapshot(folder / SNAPSHOT).version <= noted["saving"]
    assert kinds >= {"open", "read", "write", "sync"}
    assert scenario is not writing or kinds >= {"create", "rename", "sync_folder"}
    assert scenario is not repairing or kinds >= {"link", "truncate", "unlink", "sync_folder"}


@pytest.mark.parametrize("error", set(ERRORS) - {errno.EINTR}, ids=errno.errorcode.get)
@pytest.mark.parametrize("ask", [verify_wal, load_snapshot, load_anchor, torn_tail, lambda path: list(read_wal(path))])
def test_a_file_that_cannot_be_read_is_an_error(folder: Path, ask: Callable[[Path], object], error: int) -> None:
    (folder / LOG).write_bytes(b"")
    for number in (1, 2):
        disk = Disk(folder, Failing(number, error))
        with disk.in_place(), pytest.raises((OSError, PersistenceError)) as caught:
            ask(folder / LOG)
        cause = caught.value if isinstance(caught.value, OSError) else caught.value.__cause__
        assert isinstance(cause, OSError)
        assert cause.errno == error


def test_a_read_that_is_interrupted_is_done_again(folder: Path) -> None:
    (folder / LOG).write_bytes(TWO)
    disk = Disk(folder, Failing(2, errno.EINTR))
    with disk.in_place():
        assert verify_wal(folder / LOG).sequence == 2


# Programs for a process of their own, with a limit that the system itself keeps.
FULL = """
import sys
from calybris_ref import *
writer = WalWriter.open(sys.argv[1])
try:
    while True:
        writer.append("x" * 700)
        good = writer.sequence
        writer.sync()
except WalPoisoned as error:
    assert writer.sequence == good, "a sequence that advanced"
    print(good, error.__cause__)
try:
    save_snapshot(BudgetSnapshot(1, tuple(TenantLedger(f"{n}", 0, 0, 0, 0) for n in range(1000)), 0), sys.argv[2])
except PersistenceError as error:
    print(error.code)
"""


def limited(folder: Path, program: str, which: int, limit: int) -> list[str]:
    def limit_it() -> None:
        resource.setrlimit(which, (limit, limit))

    ran = subprocess.run(
        [sys.executable, "-c", program, folder / LOG, folder / SNAPSHOT],
        capture_output=True, text=True, check=False, preexec_fn=limit_it,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_a_full_disk_tears_a_line_and_the_writer_says_so(folder: Path) -> None:
    told, code = limited(folder, FULL, resource.RLIMIT_FSIZE, 10_000)
    good, cause = told.split(" ", 1)
    assert "bytes were written" in cause or "File too large" in cause
    assert code == "SNAPSHOT_WRITE_FAILED"
    assert found_in(folder).keys() == {LOG}
    tail = torn_tail(folder / LOG)
    assert tail
    assert tail.head.sequence == int(good)
    repair(folder / LOG)
    with WalWriter.open(folder / LOG) as writer:
        assert writer.append("again").sequence == int(good) + 1


FEW_FILES = """
import os, sys
from calybris_ref import *
full = []
try:
    while True:
        full.append(os.open(sys.argv[0] or os.devnull, os.O_RDONLY) if os.path.exists(sys.argv[0]) else os.dup(0))
except OSError:
    pass
for ask in (WalWriter.open, verify_wal, load_snapshot):
    try:
        ask(sys.argv[1])
    except (OSError, PersistenceError) as error:
        print(type(error).__name__)
for one in full:
    os.close(one)
with WalWriter.open(sys.argv[1]) as writer:
    print(writer.append(1).sequence)
"""


def test_a_process_without_a_file_to_spare_gets_an_error_and_goes_on(folder: Path) -> None:
    told = limited(folder, FEW_FILES, resource.RLIMIT_NOFILE, 20)
    assert told == ["OSError", "OSError", "PersistenceError", "1"]


def test_the_failure_is_the_cause(folder: Path) -> None:
    writer = WalWriter.open(folder / LOG)
    disk = Disk(folder, Failing(1, errno.ENOSPC))
    disk._file_of_descriptor[writer._file.fileno()] = 1
    with disk.in_place(), pytest.raises(WalPoisoned) as caught:
        writer.append(1)
    assert isinstance(caught.value.__cause__, OSError)
    assert writer.sequence == 0
    writer.close()
