"""Records from the files that a user names: the strict JSON of `strict_json`, then the record's own checks.

Two spellings are read, so that a log and a vector file can both be pasted: integers as JSON numbers or as canonical
decimal strings, actions and reasons as `Reject` or `reject`. A policy may name its constructor, as vectors do. Whatever
is refused becomes one CommandError with the file, the path in it, and the code.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from calybris_ref.cli import strict_json
from calybris_ref.cli.terminal import CommandError
from calybris_ref.errors import CalybrisError, RecordError, shown
from calybris_ref.ledger import BudgetSnapshot
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Column, Name, Record, columns, parsed

STDIN = "-"
_CANONICAL_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,99}")

R = TypeVar("R", bound=Record)

CONSTRUCTORS: dict[str, Callable[..., PolicySnapshot]] = {
    "try_new": PolicySnapshot.try_new,
    "try_new_trusted": PolicySnapshot.try_new_trusted,
    "unchecked": PolicySnapshot.new_unchecked,
}
"""How a policy may be built, by the names of the vectors (POLICY-5 … POLICY-7)."""
# A vector's policy is `validated` when every validating constructor gives the same snapshot.
_NAMED_CONSTRUCTORS = {**CONSTRUCTORS, "validated": PolicySnapshot.try_new}


def add_constructor(parser: argparse.ArgumentParser) -> None:
    """Declare `--constructor`, the second argument of `load_policy`."""
    parser.add_argument(
        "--constructor",
        choices=CONSTRUCTORS,
        metavar="NAME",
        help=f"how to build the policy: {', '.join(CONSTRUCTORS)} (default: what its file says, else try_new)",
    )


def check_one_stdin(*files: str | None) -> None:
    """Refuse a command line that wants to read two files from standard input."""
    if files.count(STDIN) > 1:
        raise CommandError(f"only one file can be {STDIN!r}, standard input")


def load_record(record: type[R], file: str) -> R:
    """A record of the given type from a file, or from stdin for `-`."""
    with named(file):
        document = strict_json.parse(_read(file))
        with _told_apart(record, document):
            return read_record(record, document)


def load_policy(file: str, constructor: str | None) -> PolicySnapshot:
    """A policy from a file, built by the constructor named; None: the one that the file names, else `try_new`."""
    with named(file):
        document = strict_json.parse(_read(file))
        chosen: object = "try_new"
        if isinstance(document, dict) and "constructor" in document:
            chosen = document.pop("constructor")
        if not isinstance(chosen, str) or chosen not in _NAMED_CONSTRUCTORS:
            detail = f"there is no constructor {shown(chosen)}; there are {', '.join(_NAMED_CONSTRUCTORS)}"
            raise RecordError(detail, code="RECORD_NAME_UNKNOWN", key="constructor")
        with _told_apart(PolicySnapshot, document):
            values = parsed(PolicySnapshot, _plain(PolicySnapshot, document))
        return _NAMED_CONSTRUCTORS[constructor or chosen](**values)


def load_snapshot(file: str) -> BudgetSnapshot:
    """The snapshot of a ledger from a file; one of an older writer has no watermark (SNAP-2)."""
    with named(file):
        document = strict_json.parse(_read(file))
        if isinstance(document, dict):
            document.setdefault("wal_high_watermark", None)
        with _told_apart(BudgetSnapshot, document):
            return read_record(BudgetSnapshot, document)


def load_lines(record: type[R], file: str) -> Iterator[R]:
    """The records of a JSON Lines file, one by one; lines of white space are skipped."""
    with opened(file) as stream:
        number = 0
        # One byte more than is allowed tells a line that is too long, without reading the rest of it.
        while line := stream.readline(strict_json.MAX_BYTES + 1):
            number += 1
            if line.strip():
                with named(f"{_shown_name(file)}, line {number}"):
                    value = read_record(record, strict_json.parse(line.rstrip(b"\r\n")))
                yield value


def read_record(record: type[R], document: Any) -> R:
    """A record from a parsed document in either spelling."""
    return record.from_dict(_plain(record, document))


def readable(record: Record) -> list[tuple[str, str]]:
    """The fields of a record with their values as people read them: names in snake_case, numbers plain."""
    values = ((column.name, getattr(record, column.name)) for column in columns(type(record)))
    return [(name, value.label if isinstance(value, Name) else str(value)) for name, value in values]


def _kinds() -> dict[type[Record], str]:
    """What a file may hold, as people call it."""
    # only a mistake needs them, and they cost start-up time
    from calybris_ref.verify import AuditBundle
    from calybris_ref.wal_anchor import WalAnchor

    return {
        PolicySnapshot: "a policy",
        KernelInput: "a request",
        KernelDecision: "a decision",
        BudgetSnapshot: "the snapshot of a ledger",
        AuditBundle: "an audit bundle",
        WalAnchor: "an anchor",
    }


@contextmanager
def _told_apart(record: type[Record], document: Any) -> Iterator[None]:
    """Say so, when what is refused for its keys is a whole record of another kind: files are easily mixed up."""
    try:
        yield
    except RecordError as error:
        keys = document.keys() if isinstance(document, dict) else ()
        kinds = _kinds()
        for other, words in kinds.items():
            if other is not record and all(column.name in keys for column in columns(other)):
                detail = f"this is {words}, and {kinds[record]} is needed"
                raise RecordError(detail, code=error.code, key=error.key) from None
        raise


def _plain(record: type[Record], document: Any) -> Any:
    """The document in the one spelling that records read. Whatever is no record is left for them to refuse."""
    if not isinstance(document, dict):
        return document
    table = {column.name: column for column in columns(record)}
    return {key: _plain_value(table[key], value) if key in table else value for key, value in document.items()}


def _plain_value(column: Column, value: Any) -> Any:
    if isinstance(value, str) and issubclass(column.kind, Name):
        return next((member.name_json for member in column.kind if member.label == value), value)
    if isinstance(value, str) and column.kind is int:
        if not _CANONICAL_INTEGER.fullmatch(value):
            detail = f"{shown(value)} is not a canonical decimal"
            raise RecordError(detail, code="INTEGER_NOT_CANONICAL", key=column.name)
        return int(value)
    if isinstance(value, list) and column.item is not None:
        return [_plain_item(column.item, item, f"{column.name}[{place}]") for place, item in enumerate(value)]
    return value


def _plain_item(record: type[Record], item: Any, at: str) -> Any:
    try:
        return _plain(record, item)
    except CalybrisError as error:
        raise error.within(at) from None


def _read(file: str) -> bytes:
    with opened(file) as stream:
        return stream.read(strict_json.MAX_BYTES + 1)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file for reading, or stdin for `-`; one that cannot be read is refused in one line."""
    if file == STDIN:
        if sys.stdin is None:
            raise CommandError("standard input: it is closed")
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except OSError as error:
        raise CommandError(f"{file}: cannot be read: {error.strerror}", code="FILE_UNREADABLE") from error


@contextmanager
def named(source: str) -> Iterator[None]:
    """Whatever is refused inside is refused with the name of where it came from; exit code 2."""
    try:
        yield
    except CalybrisError as error:
        raise CommandError(f"{_shown_name(source)}: {error}", code=error.code) from error


def _shown_name(file: str) -> str:
    return "standard input" if file == STDIN else file
