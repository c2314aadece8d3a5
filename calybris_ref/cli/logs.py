"""What the commands about logs share: a log read with its progress, its key, its anchor, and how a refusal is shown.

A refusal of the log is evidence that does not hold, and ends with exit code 1. A key or an anchor that is none, or a
file that cannot be read, is bad input and ends with 2.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from calybris_ref.cli.records import STDIN, named, opened
from calybris_ref.cli.terminal import EXIT_WRONG, CommandError, Progress, one_line, paint, table
from calybris_ref.errors import shown
from calybris_ref.errors_wal import AnchorMismatch, AuditFailed, ChainBroken, WalError, WalJsonError
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_blocks import VerifiedBlock, file_blocks, verified_blocks
from calybris_ref.wal_chain import PlacedEntry, verified_entries
from calybris_ref.wal_line import EMPTY_LOG, GENESIS, MAX_LINE_BYTES, WalHead, check_key, same_hash
from calybris_ref.wal_reader import file_lines, load_anchor
from calybris_ref.wal_repair import TornTail, torn_tail

_MIB = 1024 * 1024
# Where one of these is raised, the chain itself holds.
_NOT_OF_THE_CHAIN = (AnchorMismatch, AuditFailed)
# A key has no upper bound of its own, but a file that is much longer is not one.
_MAX_KEY_BYTES = _MIB


def add_log(parser: argparse.ArgumentParser) -> None:
    """Declare the log, its key, and `--json`."""
    parser.add_argument("log", metavar="LOG", help="the log")
    parser.add_argument("--key-file", metavar="FILE", help="the key of the log: the bytes of this file, at least 32")
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_anchor(parser: argparse.ArgumentParser) -> None:
    """Declare `--anchor`."""
    parser.add_argument("--anchor", metavar="FILE", help="an anchor that was kept elsewhere: the log must end there")


def load_key(file: str | None) -> bytes | None:
    """The key in a file: all of its bytes, a line feed at its end included."""
    if file is None:
        return None
    if file == STDIN:
        raise CommandError("a key is read from a file, not from standard input")
    with opened(file) as stream:
        key = stream.read(_MAX_KEY_BYTES + 1)
    if len(key) > _MAX_KEY_BYTES:
        raise CommandError(f"{file}: a key has at most {_MAX_KEY_BYTES} bytes")
    try:
        check_key(key)
    except WalError as error:
        raise CommandError(f"{file}: {error.detail}", code=error.code) from error
    return key


def load_anchor_file(file: str | None) -> WalAnchor | None:
    """The anchor in a file, of the one schema that there is."""
    if file is None:
        return None
    with opened(file), named(file):
        anchor = load_anchor(file)
        anchor.check_schema()
    return anchor


class Reading:
    """A log that is being read: as far as it holds, `head` is where it ends.

    `anchored_hash` is the hash that the log has where `anchor` says that it ended.
    """

    def __init__(self, path: str, file: BinaryIO, progress: Progress, key: bytes | None) -> None:
        self.path = path
        self.key = key
        self.head = EMPTY_LOG
        self.anchored_hash: str | None = None
        self._file = file
        self._progress: Progress | None = progress
        self._untold = 0

    def entries(self) -> Iterator[PlacedEntry]:
        """The entries of the log, each after it was verified (LOG-4)."""
        for placed in verified_entries(self.lines(), self.key):
            self.head = placed.entry.head
            yield placed

    def lines(self) -> Iterator[bytes]:
        """The lines of the log."""
        return self._told(file_lines(self._file))

    def blocks(self, anchor: WalAnchor | None = None) -> Iterator[VerifiedBlock]:
        """The blocks of the log, each after it was verified (LOG-4); an anchor is held against them as they pass."""
        if anchor and anchor.sequence == 0:
            self.anchored_hash = GENESIS
        for block in verified_blocks(self._told(file_blocks(self._file)), self.key):
            if anchor and self.head.sequence < anchor.sequence <= block.end.head.sequence:
                place = anchor.sequence - self.head.sequence - 1
                self.anchored_hash = next(islice(block.entries(), place, None)).entry.entry_hash
            self.head = block.end.head
            yield block

    def verify(self, anchor: WalAnchor | None = None) -> WalHead:
        """The head of a log that holds, and ends where its anchor says if there is one (LOG-4, LOG-11); WalError."""
        self.pass_by(anchor)
        if anchor:
            anchor.check(self.head, keyed=self.key is not None)
        return self.head

    def pass_by(self, anchor: WalAnchor | None) -> None:
        """Verify the log, and look what it has where an anchor says that it ended; WalError as of `verify`."""
        for _ in self.blocks(anchor):
            pass

    def holds(self, anchor: WalAnchor) -> bool:
        """Whether the log that was read has the entry that was anchored, and may go on behind it."""
        has_entry = self.anchored_hash is not None and same_hash(self.anchored_hash, anchor.last_hash)
        return has_entry and anchor.keyed == (self.key is not None)

    def _told(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts of the log as they are read, and the progress told."""
        for part in parts:
            self.tell(len(part))
            yield part

    def tell(self, count: int) -> None:
        """Show that so many bytes more were read."""
        steps, self._untold = divmod(self._untold + count, _MIB)
        if steps and self._progress:
            self._progress.advance(steps)

    def end_progress(self) -> None:
        """Show no progress any more, because something else is shown from now on."""
        if self._progress:
            self._progress.__exit__(None, None, None)
            self._progress = None


@contextmanager
def reading(path: str, key: bytes | None, label: str) -> Iterator[Reading]:
    """Open a log that will be read once, from its beginning."""
    if path == STDIN:
        raise CommandError("a log is read from a file, not from standard input")
    with opened(path) as file, Progress(Path(path).stat().st_size // _MIB, f"{label}, MiB") as progress:
        yield Reading(path, file, progress, key)


class Refusal(NamedTuple):
    """Why a log is refused, how many entries in front of that hold, its torn tail if that is all, and a remark."""

    path: str
    error: WalError
    entries: int
    tail: TornTail | None = None
    remark: str = ""

    @property
    def status(self) -> str:
        """`torn` for what a crash may leave and a repair cuts off, `invalid` for everything else."""
        return "torn" if self.tail else "invalid"


def refusal(log: Reading, error: WalError, anchor: WalAnchor | None = None) -> Refusal:
    """What a refused log looks like from its beginning to the fault."""
    tail = _torn(log, error) if isinstance(error, WalJsonError) else None
    entries = tail.head.sequence if tail else log.head.sequence
    return Refusal(log.path, error, entries, tail, _remark(log, error, anchor))


def report_refusal(refused: Refusal, *, as_json: bool, **more: Any) -> int:
    """Print a refusal, with `more` that was counted; the exit code."""
    error, tail = refused.error, refused.tail
    if as_json:
        document: dict[str, Any] = {
            "status": refused.status,
            "log": refused.path,
            "entries": refused.entries,
            **more,
            "code": error.code,
            "at": error.at,
            "detail": _detail(error),
            "line": None if error.line is None else error.line + 1,
            "offset": tail.offset if tail else error.offset,
            "sequence": error.sequence,
            "expected": _plain(error.expected),
            "found": _plain(error.found),
        }
        if tail:
            document["torn_bytes"] = tail.length
        print(json.dumps(document))
        return EXIT_WRONG
    print(f"{paint(refused.status, 'bad', sys.stdout)}: {one_line(refusal_sentence(refused))} [{error.code}]\n")
    rows = [*refusal_rows(refused), *((name, str(value)) for name, value in more.items())]
    print(table(("log", one_line(refused.path)), [(name, one_line(value)) for name, value in rows]))
    if refused.remark:
        print(f"\n{refused.remark}")
    return EXIT_WRONG


def refusal_rows(refused: Refusal) -> list[tuple[str, str]]:
    """Where a refusal arose, and what was compared: as far as it is known."""
    error, tail = refused.error, refused.tail
    rows = [
        ("line", "" if error.line is None else str(error.line + 1)),
        ("byte", "" if error.offset is None else str(tail.offset if tail else error.offset)),
        ("torn bytes", str(tail.length) if tail else ""),
        ("sequence", "" if error.sequence is None else str(error.sequence)),
        ("expected", "" if error.expected is None else str(_plain(error.expected))),
        ("found", "" if error.found is None else str(_plain(error.found))),
        ("entries" if isinstance(error, _NOT_OF_THE_CHAIN) else "entries before", str(refused.entries)),
    ]
    return [(name, value) for name, value in rows if value]


def refusal_sentence(refused: Refusal) -> str:
    """What is wrong, and on which line."""
    error, tail = refused.error, refused.tail
    if tail:
        return (
            f"line {tail.line + 1} is cut short from byte {tail.offset} on, as by a crash; everything before it holds"
        )
    if error.line is None:
        return error.detail
    field = error.at.partition(".")[2]
    return f"line {error.line + 1}{f', {field}' if field.startswith('data.') else ''}: {_detail(error)}"


def _detail(error: WalError) -> str:
    # The two hashes have members and rows of their own.
    is_chain = isinstance(error, ChainBroken)
    return (
        f"the chain is broken: the {error.at.rpartition('.')[2]} is not the expected one" if is_chain else error.detail
    )


def _torn(log: Reading, error: WalJsonError) -> TornTail | None:
    """The torn tail of a log with a line that is none, as the one who may repair it finds it."""
    with opened(log.path) as file:
        file.seek(error.offset or 0)
        if file.readline(MAX_LINE_BYTES + 1).endswith(b"\n"):
            return None
    try:
        return torn_tail(log.path, log.key)
    except WalError:
        return None  # somebody has changed it meanwhile


def _remark(log: Reading, error: WalError, anchor: WalAnchor | None) -> str:
    """What often is behind a refusal, for somebody who has to find out."""
    if isinstance(error, ChainBroken) and log.head == EMPTY_LOG and error.at.endswith(".entry_hash"):
        if log.key is None:
            return "Not even the first hash is right: was the log written with a key (--key-file)?"
        return "Not even the first hash is right: was the log written with another key, or with none?"
    if isinstance(error, AnchorMismatch) and anchor:
        if log.head.sequence < anchor.sequence:
            return "The log ends before its anchor: it lost its tail, or the anchor is that of another log."
        if log.holds(anchor):
            return "The entry that was anchored is there, and the log has grown since: anchor it again."
        return "The log does not have the entry that was anchored: it was written again, or is another one."
    return ""


def _plain(value: Any) -> Any:
    """What was expected or found, as JSON; a text that a stranger wrote is cut short."""
    if isinstance(value, str) and len(value) > 80:
        return shown(value)
    return value
