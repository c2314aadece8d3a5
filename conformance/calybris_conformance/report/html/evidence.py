"""What stands behind a failure, as data for a page: bytes with their fields, the line of a log, the step of a script.

Each view is a function of a vector and of the line of the report about it, and None where it says nothing. Everything
is cut to what a person reads; the whole is one `conformance show` away.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance import wire
from calybris_conformance.compare import text
from calybris_ref.errors import DigestDecodeError
from calybris_ref.layout import TAG_BYTES, dissect
from calybris_ref.wal_chain import lines_of
from calybris_ref.wal_json import NotJsonError
from calybris_ref.wal_line import EMPTY_LOG, entry_hash, is_blank, read_line, same_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from calybris_conformance.corpus import Case
    from calybris_conformance.report.jsonl import Line

View = dict[str, Any]

FIELDS_SHOWN: Final = 80
BYTES_OF_A_FIELD: Final = 64
LINES_AROUND: Final = 3
DATA_SHOWN: Final = 400
STEPS_SHOWN: Final = 8
LONGEST_LOG: Final = 1 << 20
_STEP: Final = re.compile(r"steps\[(\d+)\]")
_LINE: Final = re.compile(r"lines\[(\d+)\]")


def views(case: Case, line: Line) -> list[View]:
    """Every view that says something about a case that is no pass."""
    found = (byte_view(case, line), log_view(case, line), script_view(case, line))
    return [view for view in found if view is not None]


# ---- digests: bytes and fields


def byte_view(case: Case, line: Line) -> View | None:
    """The hashed bytes, field by field: the right ones, and those that the port sent, if it did (DIGEST-1 to 5, 8)."""
    right_hex = case.expect.get("preimage_hex")
    if right_hex is None or not line["differences"]:
        return None
    right = bytes.fromhex(right_hex)
    sent_hex = line.get("preimage_hex")
    sent = None if sent_hex is None else bytes.fromhex(sent_hex[: len(sent_hex) // 2 * 2])
    read = {} if sent is None else {name: value for name, _, _, value in _fields(sent)}
    rows = []
    for name, offset, length, value in _fields(right) or [("bytes", 0, len(right), "")]:
        due = right[offset : offset + length]
        got = None if sent is None else sent[offset : offset + length]
        differs = got is not None and got != due
        rows.append([name, offset, _hex(due), None if got is None else _hex(got), value, read.get(name), differs])
    first = next((place for place, row in enumerate(rows) if row[-1]), 0)
    start = max(0, min(first - FIELDS_SHOWN // 4, len(rows) - FIELDS_SHOWN))
    shown = rows[start : start + FIELDS_SHOWN]
    return {
        "kind": "bytes",
        "length": len(right),
        "sent": None if sent is None else len(sent),
        "before": start,
        "after": len(rows) - start - len(shown),
        "rows": shown,
    }


def _fields(preimage: bytes) -> list[tuple[str, int, int, str]]:
    """(field, offset, bytes, what it says) of a preimage; none of one that is no record's."""
    try:
        found = dissect(preimage)
    except DigestDecodeError:
        return []
    tag = preimage[:TAG_BYTES].decode("ascii", "backslashreplace")
    return [("tag", 0, TAG_BYTES, tag), *((one.name, one.offset, one.length, str(one.value)) for one in found)]


def _hex(data: bytes) -> str:
    return data.hex() if len(data) <= BYTES_OF_A_FIELD else f"{data[:BYTES_OF_A_FIELD].hex()}… ({len(data)} bytes)"


# ---- logs: lines and links


def log_view(case: Case, line: Line) -> View | None:
    """The lines around the place that is in question, what is wrong with each, and who refuses which (LOG-1 to 4)."""
    due, got = case.expect.get("error"), _refusal(line)
    if not isinstance(case.input.get("log"), list):
        return None
    places = [int(found[1]) for one in (due, got) if one and (found := _LINE.match(str(one["at"])))]
    parts = case.input["log"]
    size = sum(len(part["hex"]) // 2 * int(part["times"]) for part in parts)
    if not size or size > LONGEST_LOG:
        return None
    key = bytes.fromhex(case.input["key_hex"]) if case.input.get("key_hex") else None
    focus = min(places, default=0)
    rows = list(islice(_lines(wire.read_bytes(parts), key), max(places, default=0) + 1 + LINES_AROUND))
    start = max(0, focus - LINES_AROUND)
    return {
        "kind": "log",
        "rows": rows[start : start + 4 * LINES_AROUND],
        "before": start,
        "due": None if due is None else [due["code"], due["at"]],
        "got": None if got is None else [got["code"], got["at"]],
        "places": places,
        "keyed": key is not None,
    }


def _lines(log: bytes, key: bytes | None) -> Iterator[list[Any]]:
    """[number, sequence, previous_hash, entry_hash, what it holds, what is wrong with it] of every line.

    The right hash of a changed entry is never told: with a key it would be a forger's.
    """
    head = EMPTY_LOG
    for number, line in enumerate(lines_of(log)):
        shown = line.rstrip(b"\n").decode("utf-8", "backslashreplace")
        cut = shown if len(shown) <= DATA_SHOWN else f"{shown[:DATA_SHOWN]}… ({len(line):,} bytes)"
        if is_blank(line):
            yield [number, None, None, None, cut, []]
            continue
        try:
            entry = read_line(line)
        except NotJsonError as error:
            yield [number, None, None, None, cut, [f"no entry: {error}"]]
            continue
        wrong = []
        if entry.sequence != head.sequence + 1:
            wrong.append(f"sequence {entry.sequence} follows {head.sequence}")
        if not same_hash(entry.previous_hash, head.last_hash):
            wrong.append("previous_hash is not the hash of the entry before")
        if not same_hash(entry.entry_hash, entry_hash(entry.previous_hash, entry.data, key)):
            wrong.append("entry_hash is not the hash of what stands in the line")
        data = entry.data.decode("utf-8", "backslashreplace")
        cut = data if len(data) <= DATA_SHOWN else f"{data[:DATA_SHOWN]}… ({len(entry.data):,} bytes)"
        yield [number, str(entry.sequence), entry.previous_hash, entry.entry_hash, cut, wrong]
        head = entry.head


def _refusal(line: Line) -> Mapping[str, Any] | None:
    answer = line["answer"]
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else None


# ---- scripts: the first step that differs, and the ledger


def script_view(case: Case, line: Line) -> View | None:
    """The first step that differs: what led to it, its answer, and the ledger before, as it is due, and as it came."""
    due = case.expect.get("steps")
    found = _STEP.match(line["field"] or "")
    if due is None or found is None or (place := int(found[1])) >= len(due):
        return None
    got = {one["path"]: (one["actual"], one["note"]) for one in line["differences"]}
    step = f"steps[{place}]"
    answer = [
        [path.removeprefix(f"{step}."), value, got[path][0] if path in got else value, path in got]
        for path, value in _leaves({key: value for key, value in due[place].items() if key != "state"}, step)
    ]
    extra = [
        [path.removeprefix(f"{step}."), None, one["actual"], True]
        for one in line["differences"]
        if one["expected"] is None and (path := one["path"])
    ]
    before = dict(_leaves(due[place - 1].get("state", {}), f"{step}.state")) if place else {}
    ledger = [
        [
            path.removeprefix(f"{step}.state."),
            before.get(path),
            value,
            got[path][0] if path in got else value,
            path in got,
        ]
        for path, value in _leaves(due[place].get("state", {}), f"{step}.state")
    ]
    steps = case.input["steps"]
    start = max(0, place + 1 - STEPS_SHOWN)
    return {
        "kind": "script",
        "place": place,
        "count": len(due),
        "steps": [[number, text(steps[number])] for number in range(start, min(place + 1, len(steps)))],
        "answer": [*answer, *extra],
        "ledger": ledger,
    }


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """(path, JSON text) of everything in a value that holds nothing itself."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}")
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from _leaves(item, f"{path}[{number}]")
    else:
        yield path, text(value)


def question(case: Case, limit: int) -> list[list[str]]:
    """[name, JSON text] of what was asked and what is right, each cut to a limit of characters."""
    parts = (("given", case.given), ("input", case.input), ("expect", case.expect))
    return [[name, _cut(json.dumps(value, ensure_ascii=False, indent=1), limit)] for name, value in parts if value]


def _cut(whole: str, limit: int) -> str:
    return whole if len(whole) <= limit else f"{whole[:limit]}… ({len(whole):,} characters)"
