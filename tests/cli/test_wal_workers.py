"""`wal verify` and `wal replay` with `--jobs`, with `--scheduler`, and on folders: the answers of one reader."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import WalAnchor, wal_workers
from calybris_ref.cli import wal_workers as cli_workers
from calybris_ref.wal_segments import Segment, read_segment, segments_of
from tests.cli.conftest import Run, Terminal, Write
from tests.support import logs

RECORD = logs.compact(logs.record())
LOG = logs.log(*[RECORD] * 12)
LINES = LOG.splitlines(keepends=True)


@pytest.fixture(autouse=True)
def _files(write: Write) -> None:
    write("p.json", logs.POLICY.to_dict())
    write("key", logs.KEY)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every segment is read by this process; who was asked."""
    asked: list[str] = []

    def by_processes(segments: list[Segment], jobs: int, tell: Any, key: Any, policies: Any) -> list[Any]:
        asked.append(f"{jobs} processes")
        return [tell(segment) or read_segment(segment, key, policies) for segment in segments]

    def by_scheduler(
        segments: list[Segment], address: str, jobs: int, tell: Any, key_file: Any, policies: Any
    ) -> list[Any]:
        asked.append(address)
        assert all(Path(segment.path).is_absolute() for segment in segments)
        key = Path(key_file).read_bytes() if key_file else None
        assert not key_file or Path(key_file).is_absolute()
        return [tell(segment) or read_segment(segment, key, policies) for segment in segments]

    monkeypatch.setattr(wal_workers, "read_by_processes", by_processes)
    monkeypatch.setattr(wal_workers, "read_by_scheduler", by_scheduler)
    return asked


def head(count: int) -> str:
    return logs.last_hash(*[RECORD] * count)


GOOD_ANCHOR = WalAnchor("calybris.wal-anchor.v1", 12, head(12), False)
KEYED = logs.log(*[RECORD] * 12, key=logs.KEY)
NULL_AT_7 = logs.log(*[RECORD] * 7, b"null", *[RECORD] * 3)
CASES: list[tuple[bytes, WalAnchor | None, tuple[str, ...]]] = [
    (LOG, None, ()),
    (LOG, GOOD_ANCHOR, ()),
    (b"", None, ()),
    (LOG[:-1], None, ()),
    (LOG[:-40], None, ()),
    (LOG, WalAnchor("calybris.wal-anchor.v1", 5, head(5), False), ()),
    (LOG, WalAnchor("calybris.wal-anchor.v1", 5, head(6), False), ()),
    (LOG, WalAnchor("calybris.wal-anchor.v1", 15, head(6), False), ()),
    (LOG, WalAnchor("calybris.wal-anchor.v1", 0, "genesis", False), ()),
    (b"".join(LINES[:5] + LINES[6:]), None, ()),
    (b"".join(LINES[1:]), None, ()),
    (LOG.replace(b"null", b"true"), None, ()),
    (b"".join(LINES[:9]) + LINES[9].replace(b"null", b"true") + LINES[10], None, ()),
    (NULL_AT_7, None, ()),
    (KEYED, None, ("--key-file", "key")),
    (KEYED, None, ()),
]


@pytest.mark.parametrize("how", [("--jobs", "3"), ("--scheduler", "tcp://somewhere:1"), ("--scheduler", "local")])
@pytest.mark.parametrize("action", [("verify",), ("replay", "--policy", "p.json")])
@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.usefixtures("here")
def test_the_answer_is_that_of_one_reader(
    cli: Run, write: Write, action: tuple[str, ...], how: tuple[str, ...], case: int
) -> None:
    content, anchor, options = CASES[case]
    write("a.wal", content)
    if anchor:
        write("anchor.json", anchor.to_dict())
        options += ("--anchor", "anchor.json")
    for form in ((), ("--json",)):
        line = ("wal", action[0], "a.wal", *action[1:], *options, *form)
        one, several = cli(*line), cli(*line, *how)
        assert several == one


def test_processes_are_asked(cli: Run, write: Write) -> None:
    write("a.wal", LOG)
    line = ("wal", "replay", "a.wal", "--policy", "p.json", "--json")
    assert cli(*line, "--jobs", "2") == cli(*line)


def test_who_is_asked(cli: Run, write: Write, here: list[str]) -> None:
    write("a.wal", LOG)
    for how in (("--jobs", "3"), ("--scheduler", "tcp://somewhere:1"), ("--scheduler", "local", "--jobs", "3")):
        assert cli("wal", "verify", "a.wal", *how).code == 0
    assert here == ["3 processes", "tcp://somewhere:1", "local"]


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "1.5", "1025", "²"])
def test_jobs_are_a_number(cli: Run, jobs: str) -> None:
    result = cli("wal", "verify", "a.wal", f"--jobs={jobs}")
    assert result.code == 2
    assert f"a number from 1 to 1024 is needed, not {jobs!r}" in result.error


def test_a_scheduler_has_its_own_workers(cli: Run, write: Write) -> None:
    write("a.wal", LOG)
    result = cli("wal", "verify", "a.wal", "--jobs", "2", "--scheduler", "tcp://somewhere:1")
    assert (result.code, result.out) == (2, "")
    assert "a scheduler has its own" in result.error


@pytest.mark.parametrize(
    ("name", "words"), [("distributed", "which the extra 'cluster' brings"), ("numpy", "has not the package numpy")]
)
def test_a_missing_package_is_one_sentence(
    cli: Run, write: Write, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    def missing(*_arguments: object) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(wal_workers, "read_by_scheduler", missing)
    write("a.wal", LOG)
    result = cli("wal", "verify", "a.wal", "--scheduler", "tcp://somewhere:1")
    assert (result.code, result.out) == (2, "")
    assert words in result.error


def test_without_the_extra(cli: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    write("a.wal", LOG)
    result = cli("wal", "verify", "a.wal", "--scheduler", "local")
    assert (result.code, result.out) == (2, "")
    assert "pip install '.[cluster]'" in result.error


def test_a_pipe_has_no_segments(cli: Run) -> None:
    os.mkfifo("pipe")
    descriptor = os.open("pipe", os.O_RDWR)  # so that opening it does not wait
    result = cli("wal", "verify", "pipe", "--jobs", "2")
    os.close(descriptor)
    assert (result.code, result.out) == (2, "")
    assert "only a regular file can be read in segments" in result.error


def test_progress_is_told(
    cli: Run, write: Write, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, here: list[str]
) -> None:
    write("a.wal", logs.log(*[b'"' + b"x" * 300_000 + b'"'] * 8))
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setattr("calybris_ref.cli.terminal._REDRAW_SECONDS", 0)
    assert cli("wal", "verify", "a.wal", "--jobs", "2").code == 0
    frames = [frame.split("]  ")[1].split()[0] for frame in terminal.written().split("\r") if "]" in frame]
    assert frames == ["0/2", "1/2", "2/2"]


# ---- folders


@pytest.mark.parametrize("how", [(), ("--jobs", "2")])
@pytest.mark.usefixtures("here")
def test_every_log_of_a_folder(cli: Run, write: Write, how: tuple[str, ...]) -> None:
    Path("logs").mkdir()
    write("logs/b.wal", LOG)
    write("logs/a.wal", NULL_AT_7)
    write("logs/other.txt", b"no log")
    result = cli("wal", "verify", "logs", "--json", *how)
    assert (result.code, result.err) == (0, "")
    singles = [cli("wal", "verify", f"logs/{name}.wal", "--json").out for name in "ab"]
    assert result.out == "".join(singles)
    result = cli("wal", "replay", "logs", "--policy", "p.json", *how)
    assert result.code == 1
    singles = [cli("wal", "replay", f"logs/{name}.wal", "--policy", "p.json").out for name in "ab"]
    assert result.out == "\n".join(singles)


def test_a_folder_without_logs(cli: Run, write: Write) -> None:
    Path("logs").mkdir()
    result = cli("wal", "verify", "logs")
    assert (result.code, result.out) == (2, "")
    assert "there is no log *.wal in this folder" in result.error


def test_an_anchor_is_of_one_log(cli: Run, write: Write) -> None:
    Path("logs").mkdir()
    write("logs/a.wal", LOG)
    write("logs/b.wal", LOG)
    write("anchor.json", GOOD_ANCHOR.to_dict())
    result = cli("wal", "verify", "logs", "--anchor", "anchor.json")
    assert (result.code, result.out) == (2, "")
    assert "an anchor is that of one log" in result.error


@pytest.mark.parametrize(
    ("segment_bytes", "most", "jobs", "count"),
    [(1_000_000, 9, 2, 2), (len(LOG) // 5, 9, 2, 5), (len(LOG) // 5, 3, 2, 3), (len(LOG) // 5, 3, 4, 4)],
)
def test_a_log_has_so_many_segments_that_giving_them_out_is_no_work(
    cli: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    here: list[str],
    segment_bytes: int,
    most: int,
    jobs: int,
    count: int,
) -> None:
    counted: list[int] = []

    def split(path: Path, wanted: int) -> list[Segment]:
        counted.append(wanted)
        return segments_of(path, wanted)

    monkeypatch.setattr(cli_workers, "_SEGMENT_BYTES", segment_bytes)
    monkeypatch.setattr(cli_workers, "MOST_SEGMENTS", most)
    monkeypatch.setattr(cli_workers, "segments_of", split)
    (tmp_path / "log").write_bytes(LOG)
    assert cli("wal", "verify", str(tmp_path / "log"), "--jobs", str(jobs)).code == 0
    assert (counted, here) == ([count], [f"{jobs} processes"])
