"""A ledger on disk, and what is left to do after a crash (SNAP-1 … SNAP-3, RECOVER-1).

Whether a snapshot may be restored is asked by LEDGER-11; how a file replaces another in one step is the library's
business.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.integers import U64_MAX, WIDTHS, u64
from calybris_spec.json_text import fields_from, integer_value, items, members, value_text, written
from calybris_spec.log import Reading
from calybris_spec.logic import NONE, first, implies, no, within
from calybris_spec.snapshot import LedgerSnapshot, Tenant

REQUIRED, OPTIONAL = LedgerSnapshot._fields[:3], LedgerSnapshot._fields[3:]
"""The keys of a snapshot file; older writers did not have the watermark (SNAP-2)."""
MOST_FILE_BYTES = 16 * 1024 * 1024
INDENT = "  "

REFUSALS = (
    ACCEPTED,
    Refusal("SNAPSHOT_TOO_LARGE", "file"),
    Refusal("SNAPSHOT_MALFORMED", "file"),
)
TOO_LARGE, MALFORMED = 1, 2
UNRESTORABLE, UNLOADABLE = 1, 2
"""Why a checkpoint is not written: the refusal of LEDGER-11, or SNAPSHOT_TOO_LARGE (SNAP-3)."""
LOG_BEHIND = Refusal("RECOVERY_LOG_BEHIND", "wal_high_watermark")


class Loaded(NamedTuple):
    """A snapshot that was read, or the row of REFUSALS that says why there is none."""

    problem: int
    snapshot: LedgerSnapshot | None


class Plan(NamedTuple):
    """What is left to do (RECOVER-1)."""

    total_wal_entries: u64
    entries_to_replay: u64
    wal_high_watermark: u64


NOTHING = Plan(0, 0, 0)


def tenant_lines(tenant: Tenant) -> str:
    """Return a tenant as it stands in a snapshot file (SNAP-1)."""
    return block("{}", [f"{written(key)}: {value_text(value)}" for key, value in tenant._asdict().items()], 2)


def block(brackets: str, lines: list[str], level: int) -> str:
    """Return a list or an object over several lines, two spaces per level; without lines two brackets (SNAP-1)."""
    if len(lines) == 0:
        return brackets
    inside = ",\n".join([INDENT * (level + 1) + line for line in lines])
    return f"{brackets[0]}\n{inside}\n{INDENT * level}{brackets[1]}"


def file_text(snapshot: LedgerSnapshot) -> str:
    """Return the text of a snapshot file: keys in order, no line feed at the end (SNAP-1)."""
    mark = snapshot.wal_high_watermark
    values = {
        "version": str(snapshot.version),
        "tenants": block("[]", [tenant_lines(tenant) for tenant in snapshot.tenants], 1),
        "active_reservations": str(snapshot.active_reservations),
        "wal_high_watermark": "null" if mark is None else str(mark),
    }
    return block("{}", [f"{written(key)}: {value}" for key, value in values.items()], 0)


@require(lambda size: size >= 0)
@ensure(lambda size, result: (result == TOO_LARGE) == (size > 16_777_216))
@ensure(lambda size, is_snapshot, result: (result == MALFORMED) == (size <= 16_777_216) & no(is_snapshot))
def file_problem(size: int, is_snapshot: bool) -> int:
    """Return the row of REFUSALS that applies first: the size is asked before anything is read (SNAP-2)."""
    return first((size > MOST_FILE_BYTES, no(is_snapshot)))


@require(lambda restore_problem, size: (restore_problem >= 0) & (size >= 0))
@ensure(lambda restore_problem, result: (result == UNRESTORABLE) == (restore_problem != NONE))
@ensure(lambda restore_problem, size, result: (result == NONE) == (restore_problem == NONE) & (size <= 16_777_216))
def checkpoint_problem(restore_problem: int, size: int) -> int:
    """Return why a checkpoint is not written (SNAP-3): LEDGER-11, asked first, or a file that `load` would refuse.

    `restore_problem` is the row that LEDGER-11 gives, `size` that of the file in bytes.
    """
    return first((restore_problem != NONE, file_problem(size, is_snapshot=True) != NONE))


def checkpoint(snapshot: LedgerSnapshot, restore_problem: int, sequence: int | None) -> tuple[int, str]:
    """Return what a checkpoint writes, with the sequence of the last log entry when there is one (SNAP-3).

    Beside a problem nothing is written.
    """
    text = file_text(snapshot._replace(wal_high_watermark=sequence))
    problem = checkpoint_problem(restore_problem, len(text.encode()))
    return problem, text if problem == NONE else ""


def load(file: bytes) -> Loaded:
    """Return the snapshot that a file holds, or why it holds none (SNAP-2)."""
    snapshot = snapshot_of(file) if len(file) <= MOST_FILE_BYTES else None
    return Loaded(file_problem(len(file), snapshot is not None), snapshot)


def snapshot_of(file: bytes) -> LedgerSnapshot | None:
    """Return the snapshot that the bytes hold, or None when they are malformed (SNAP-2)."""
    try:
        text = file.decode()
    except UnicodeDecodeError:
        return None
    values = members(text, required=REQUIRED, optional=OPTIONAL)
    if values is None:
        return None
    listed = items(values["tenants"])
    fields = [fields_from(item, Tenant) for item in listed or ()]
    tenants = tuple([Tenant(**one) for one in fields if one is not None])
    version, reservations = [integer_value(values[key], WIDTHS["u64"]) for key in ("version", "active_reservations")]
    watermark_text = values.get("wal_high_watermark", "null")
    watermark = integer_value(watermark_text, WIDTHS["u64"])
    if listed is None or len(tenants) < len(listed) or version is None or reservations is None:
        return None
    if watermark is None and watermark_text != "null":
        return None
    return LedgerSnapshot(version, tenants, reservations, watermark)


@require(lambda last_sequence, watermark: within(0, last_sequence, U64_MAX) & within(0, watermark, U64_MAX))
@ensure(lambda last_sequence, watermark, result: result == (watermark > last_sequence))
def is_behind(last_sequence: int, watermark: int) -> bool:
    """Whether the log has lost entries that the ledger knows of (RECOVER-1)."""
    return last_sequence < watermark


@require(lambda last_sequence, watermark: within(0, watermark, last_sequence) & (last_sequence <= U64_MAX))
@ensure(lambda last_sequence, result: result.total_wal_entries == last_sequence)
@ensure(lambda last_sequence, watermark, result: result.entries_to_replay + watermark == last_sequence)
@ensure(lambda last_sequence, watermark, result: implies(watermark == last_sequence, result.entries_to_replay == NONE))
@ensure(lambda watermark, result: result.wal_high_watermark == watermark)
def plan(last_sequence: int, watermark: int) -> Plan:
    """Return what is left: the entries of a verified log with a sequence above the watermark (RECOVER-1).

    The sequences of a good log are 1, 2, … up to the last, so there are as many entries.
    """
    return Plan(last_sequence, last_sequence - watermark, watermark)


def recovery_plan(snapshot: LedgerSnapshot, reading: Reading) -> tuple[Refusal | None, Plan]:
    """Return what is left to do with a log that was verified, and with its anchor when there is one (RECOVER-1)."""
    last_sequence, watermark = reading.head.sequence, snapshot.wal_high_watermark or 0
    if reading.refusal is not None:
        return reading.refusal, NOTHING
    if is_behind(last_sequence, watermark):
        return LOG_BEHIND, NOTHING
    return None, plan(last_sequence, watermark)
