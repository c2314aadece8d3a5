"""calybris_ref.wal_segments: a log joined from its segments has the verdict of the log in one piece (LOG-4, LOG-10)."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import AuditFailed, PolicySnapshot, WalHead, policy_digest
from calybris_ref.wal_blocks import blocks_of, verified_blocks
from calybris_ref.wal_line import MAX_LINE_BYTES
from calybris_ref.wal_replay import PolicyBook
from calybris_ref.wal_replay_blocks import replay_blocks
from calybris_ref.wal_segments import Joined, Segment, SegmentReport, join, read_segment, segments_of
from tests.ref.test_wal_columns import OTHER_POLICY, record_of
from tests.support.logs import KEY, POLICY, line, log
from tests.support.verdicts import line_by_line, verdict

POLICIES = [POLICY, OTHER_POLICY]
RECORDS = [record_of(POLICY if place % 3 else OTHER_POLICY, place) for place in range(9)]
LOG = log(*RECORDS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def joined(
    path: Path, count: int, key: bytes | None = None, policies: Sequence[PolicySnapshot] | None = None
) -> Joined:
    return join([read_segment(segment, key, policies) for segment in segments_of(path, count)], key, policies)


def failure_of(error: AuditFailed | None) -> Any:
    return error and (str(error), vars(error))


def agree(path: Path, content: bytes, count: int, key: bytes | None = None) -> None:
    """The same verdict in one piece and in segments, verified and replayed."""
    path.write_bytes(content)
    in_one_piece = line_by_line(content, key)
    assert verdict(lambda: joined(path, count, key).head) == in_one_piece
    whole = verdict(lambda: replay_blocks(verified_blocks(blocks_of(content), key), PolicyBook(POLICIES)))
    parts = verdict(lambda: joined(path, count, key, POLICIES))
    if isinstance(in_one_piece, WalHead):
        assert (parts.uses, failure_of(parts.failure)) == (whole.uses, failure_of(whole.failure))
        assert parts.head == in_one_piece
    else:
        assert parts == whole == in_one_piece


@pytest.mark.parametrize("count", [1, 2, 3, 9, 50])
def test_a_log_is_split_where_lines_begin(path: Path, count: int) -> None:
    path.write_bytes(LOG)
    segments = segments_of(path, count)
    assert min(count, len(RECORDS) - 1) <= len(segments) <= count
    assert b"".join(LOG[segment.start : segment.end] for segment in segments) == LOG
    assert all(LOG[segment.start - 1 : segment.start] in (b"", b"\n") for segment in segments)
    reports = [read_segment(segment, None, POLICIES) for segment in segments]
    assert all(report.holds and report.replays for report in reports)
    assert sum(report.lines for report in reports) == len(RECORDS)
    whole = joined(path, count, policies=POLICIES)
    assert whole.head == line_by_line(LOG)
    assert whole.uses == {policy_digest(POLICY).hex(): 6, policy_digest(OTHER_POLICY).hex(): 3}
    assert whole.decisions == 9


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\n\r\n" * 50, LOG[:-1], LOG.replace(b"\n", b"\n\n"), b"x"])
def test_logs_of_any_form(path: Path, content: bytes) -> None:
    for count in (1, 2, 7):
        agree(path, content, count)


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("count", [2, 4])
def test_damage_at_every_seam(path: Path, count: int, key: bytes | None) -> None:
    whole = log(*RECORDS, key=key)
    path.write_bytes(whole)
    agree(path, whole, count, key)
    lines = whole.splitlines(keepends=True)
    starts = [sum(map(len, lines[:place])) for place in range(len(lines))]
    seams = [segment.start for segment in segments_of(path, count)][1:]
    for seam in seams:
        place = starts.index(seam)
        assert place > 0
        for at in (*range(seam - 3, seam + 14), seam + 40, seam + 140, seam + 400):
            for other in (b"", b"\n", b"7", bytes([whole[at] ^ 1])):
                agree(path, whole[:at] + other + whole[at + 1 :], count, key)
        agree(path, b"".join(lines[:place] + lines[place + 1 :]), count, key)
        agree(path, b"".join(lines[:place] + lines[place - 1 :]), count, key)
        agree(path, b"".join([*lines[: place - 1], lines[place], lines[place - 1], *lines[place + 1 :]]), count, key)
        agree(path, b"".join(lines[place:]), count, key)
        agree(path, b"".join(lines[:place]) + log(*RECORDS[: len(lines) - place], key=key), count, key)


def test_a_chain_that_goes_on_from_another_one_is_found(path: Path) -> None:
    other = log(*[RECORDS[1]] * 9).splitlines(keepends=True)
    mixed = b"".join(LOG.splitlines(keepends=True)[:5] + other[5:])
    for count in (2, 3, 9):
        agree(path, mixed, count)


@pytest.mark.parametrize("bad", [(0,), (4,), (8,), (4, 8), (1, 2, 6)])
def test_the_first_record_that_does_not_hold_is_the_one(path: Path, bad: tuple[int, ...]) -> None:
    payloads = [b"null" if place in bad else one for place, one in enumerate(RECORDS)]
    for count in (1, 2, 4, 9):
        agree(path, log(*payloads), count)
        damaged = log(*payloads).replace(b'"metadata":8', b'"metadata":0')
        agree(path, damaged, count)


def test_a_policy_that_is_missing(path: Path) -> None:
    path.write_bytes(LOG)
    found = joined(path, 3, policies=[POLICY])
    assert found.failure
    assert (found.failure.code, found.failure.line) == ("LOG_AUDIT_POLICY_UNKNOWN", 0)


def test_a_line_that_is_too_long_is_not_split(path: Path) -> None:
    agree(path, line(1, "genesis", b"1") + b"x" * (3 * MAX_LINE_BYTES) + b"\n7\n", 5)


def test_a_report_that_is_wrong_about_its_place_is_not_believed(path: Path) -> None:
    path.write_bytes(LOG)
    first, second = (read_segment(segment) for segment in segments_of(path, 2))
    assert join([first, second._replace(before=WalHead(4, "f" * 64))]).head == line_by_line(LOG)
    assert join([first, SegmentReport(second.segment, holds=False, replays=False)]).head == line_by_line(LOG)


def test_a_log_that_shrinks_meanwhile_ends_where_it_ends(path: Path) -> None:
    path.write_bytes(LOG)
    segments = segments_of(path, 3)
    path.write_bytes(b"".join(LOG.splitlines(keepends=True)[:4]))
    reports = [read_segment(segment) for segment in segments]
    assert not reports[1].holds
    assert join(reports).head.sequence == 4


def test_only_a_regular_file_has_segments(path: Path) -> None:
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR)  # so that opening it does not wait
    with pytest.raises(OSError, match="only a regular file"):
        segments_of(path, 2)
    os.close(descriptor)
    with pytest.raises(FileNotFoundError):
        segments_of(path.parent / "none", 2)
    with pytest.raises(FileNotFoundError):
        read_segment(Segment(str(path.parent / "none"), 0, 1))


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calybris_ref.wal_blocks.BLOCK_BYTES", 1_500)
    monkeypatch.setattr("calybris_ref.wal_blocks._SMALLEST_BLOCK_BYTES", 0)
