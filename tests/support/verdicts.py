"""What a reader says of a log, as values that can be compared: the quick way and the readable one must say the same."""

from collections.abc import Callable
from typing import Any

from calybris_ref import WalError
from calybris_ref.wal_chain import lines_of, verified_entries
from calybris_ref.wal_line import EMPTY_LOG


def verdict(ask: Callable[[], Any]) -> Any:
    """The answer, or everything that an error says."""
    try:
        return ask()
    except WalError as error:
        return type(error), str(error), vars(error)


def line_by_line(log: bytes, key: bytes | None = None) -> Any:
    """The verdict of the readable code on a log: its head, or its first fault."""

    def read() -> Any:
        head = EMPTY_LOG
        for placed in verified_entries(lines_of(log), key):
            head = placed.entry.head
        return head

    return verdict(read)
