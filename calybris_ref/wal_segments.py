"""A log verified or replayed in segments, by as many workers as there are (LOG-4, LOG-10).

A log is split where lines begin. Every line carries the hash of the line before, so a segment is verified alone: its
first line says which head it follows. Joining the segments compares that head with the one that the log has there.
Where the two differ, or a segment does not hold, it is read again from the head that the log has, by the same code as
a log that is read in one piece; so the verdict, and each refusal with its place, are the same.

Who reads a segment is believed: a worker must be trusted as the machine that asks it.
"""

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

from calybris_ref.durable import PathLike
from calybris_ref.errors_wal import AuditFailed, WalError
from calybris_ref.policy import PolicySnapshot
from calybris_ref.wal_blocks import VerifiedBlock, file_blocks, verified_blocks
from calybris_ref.wal_chain import BEGINNING, Place, lines_of, read_entries
from calybris_ref.wal_line import EMPTY_LOG, MAX_LINE_BYTES, WalHead
from calybris_ref.wal_replay import PolicyBook
from calybris_ref.wal_replay_blocks import replay_blocks


class Segment(NamedTuple):
    """A part of a log, from the byte where a line begins to the byte where another one does, or to the end."""

    path: str
    start: int
    end: int


class SegmentReport(NamedTuple):
    """What a worker found in a segment.

    `before` is the head that its first line follows, `after` the one behind its last line, `lines` how many there are;
    `uses` counts the decisions of each policy. `holds` says that the chain is whole, `replays` that every decision is
    the one that its policy takes; a segment that does not hold has no more to say.
    """

    segment: Segment
    holds: bool
    replays: bool
    before: WalHead = EMPTY_LOG
    after: WalHead = EMPTY_LOG
    lines: int = 0
    uses: Counter[str] = Counter()  # noqa: RUF012 - nobody changes it


def segments_of(path: PathLike, count: int) -> list[Segment]:
    """A log in at most so many segments of about one size; OSError, also for what is no regular file."""
    with Path(path).open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.ESPIPE, "only a regular file can be read in segments", os.fspath(path))
        size = status.st_size
        wanted = (size * place // count for place in range(1, count))
        ends = [0, *sorted({end for start in wanted if 0 < (end := _line_start(file, start)) < size}), size]
    return [Segment(os.fspath(path), start, end) for start, end in pairwise(ends)]


def read_segment(
    segment: Segment, key: bytes | None = None, policies: Sequence[PolicySnapshot] | None = None
) -> SegmentReport:
    """Verify a segment alone, and replay it if there are policies; never refuses it. OSError."""
    with Path(segment.path).open("rb") as file:
        blocks = _blocks(file, segment)
        first = next(blocks, b"")
        try:
            before = EMPTY_LOG if segment.start == 0 else _head_before(first)
            walk = _Walk(verified_blocks(chain([first], blocks), key, Place(0, segment.start, before)))
            uses, failure = walk.replayed(policies)
        except WalError:
            return SegmentReport(segment, holds=False, replays=False)
    # A log that was cut short meanwhile has less to read than was split.
    holds = walk.end.offset == segment.end
    return SegmentReport(segment, holds, failure is None, before, walk.end.head, walk.end.line, uses)


class Joined:
    """A log, as far as its segments were joined: `head` is where it ends so far.

    `uses` counts the decisions of each policy, up to `failure`, the first that does not hold.
    """

    def __init__(self, key: bytes | None = None, policies: Sequence[PolicySnapshot] | None = None) -> None:
        self.uses: Counter[str] = Counter()
        self.failure: AuditFailed | None = None
        self._key = key
        self._policies = policies
        self._walk = _Walk(iter(()))

    @property
    def head(self) -> WalHead:
        """Where the log ends, as far as it holds."""
        return self._walk.end.head

    @property
    def decisions(self) -> int:
        """How many decisions hold, from the first on."""
        return self.uses.total()

    def take(self, report: SegmentReport) -> None:
        """Join the next segment; WalError for the first entry of it that does not hold."""
        end = self._walk.end
        fits = report.holds and report.before == end.head
        if fits and (report.replays or self.failure):
            self._walk.end = Place(end.line + report.lines, report.segment.end, report.after)
            uses, failure = report.uses, None
        else:
            with Path(report.segment.path).open("rb") as file:
                self._walk = _Walk(verified_blocks(_blocks(file, report.segment), self._key, end), end)
                uses, failure = self._walk.replayed(None if self.failure else self._policies)
        if not self.failure:
            self.uses += uses
            self.failure = failure


def join(
    reports: Iterable[SegmentReport], key: bytes | None = None, policies: Sequence[PolicySnapshot] | None = None
) -> Joined:
    """Join the segments of a log, in their order; WalError as of `verify_wal`. A record that fails is in the answer."""
    joined = Joined(key, policies)
    for report in reports:
        joined.take(report)
    return joined


class _Walk:
    """Walks over verified blocks: `end` is behind the last of them."""

    def __init__(self, blocks: Iterator[VerifiedBlock], start: Place = BEGINNING) -> None:
        self.end = start
        self._blocks = blocks

    def __iter__(self) -> Iterator[VerifiedBlock]:
        for block in self._blocks:
            self.end = block.end
            yield block

    def replayed(self, policies: Sequence[PolicySnapshot] | None) -> tuple[Counter[str], AuditFailed | None]:
        """Walk to the end; the decisions of each policy, and the first record that does not hold."""
        if policies is None:
            for _ in self:
                pass
            return Counter(), None
        replay = replay_blocks(self, PolicyBook(policies))
        return replay.uses, replay.failure


def _line_start(file: BinaryIO, at: int) -> int:
    """Where the first line begins behind a byte; 0, where none does, if that byte is inside a line that is too long."""
    file.seek(at)
    return file.tell() if file.readline(MAX_LINE_BYTES + 1).endswith(b"\n") else 0


def _blocks(file: BinaryIO, segment: Segment) -> Iterator[bytes]:
    file.seek(segment.start)
    left = segment.end - segment.start
    for block in file_blocks(file):
        # A segment ends where a line does, so this cuts no line.
        yield block[:left]
        left -= len(block)
        if left <= 0:
            return


def _head_before(block: bytes) -> WalHead:
    """The head that the first entry says it follows; a block without any follows nothing that can be told."""
    for placed in read_entries(lines_of(block)):
        return WalHead(placed.entry.sequence - 1, placed.entry.previous_hash)
    return EMPTY_LOG
