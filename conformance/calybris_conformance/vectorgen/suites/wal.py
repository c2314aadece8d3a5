"""Logs: what a reader accepts, what a writer writes, what a replay finds (LOG-1 to LOG-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.suites import (
    wal_append,
    wal_audited,
    wal_damage,
    wal_entries,
    wal_large,
    wal_lines,
    wal_payloads,
    wal_replay,
    wal_replay_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Draft

_PARTS = (
    wal_damage,
    wal_entries,
    wal_lines,
    wal_payloads,
    wal_large,
    wal_append,
    wal_audited,
    wal_replay,
    wal_replay_order,
)


def files() -> Iterator[Draft]:
    """The files of each part: damage, lines, payloads, bounds, appends, records, replays."""
    for part in _PARTS:
        yield from part.files()
