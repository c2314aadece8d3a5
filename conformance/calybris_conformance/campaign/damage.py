"""Logs with damage: a right chain of random payloads or records, of which then something is broken, moved or lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign import profiles, units
from calybris_conformance.campaign.catalogs import as_wire
from calybris_conformance.vectorgen import logs
from calybris_ref.model import KernelInput
from calybris_ref.verify import audit_bundle
from calybris_ref.wal_record import record_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from calybris_conformance.campaign.draws import Draws

VERIFY: Final = "wal.verify"
REPLAY: Final = "wal.replay"

MARKS: Final = (
    f"log/{VERIFY}/ok",
    f"log/{REPLAY}/ok",
    *(f"log/{VERIFY}/{code}" for code in ("LOG_LINE_MALFORMED", "LOG_SEQUENCE_UNEXPECTED", "LOG_CHAIN_BROKEN")),
    f"log/{VERIFY}/LOG_ANCHOR_MISMATCH",
    *(f"log/{REPLAY}/{code}" for code in ("LOG_RECORD_MALFORMED", "LOG_CHAIN_BROKEN", "LOG_AUDIT_POLICY_UNKNOWN")),
    *(f"log/{REPLAY}/LOG_AUDIT_{what}" for what in ("INPUT_MISMATCH", "DECISION_MISMATCH", "NOT_REPLAYED")),
)
"""The verdicts that damaged logs try to reach."""

_TEXTS: Final = ("", "a", "\u00e9\u2028", '"\\/\b\f\n\r\t\u0000\u001f', "\U0001f600", "x" * 40)
_ROWS: Final = 6


def verification(draws: Draws) -> tuple[dict[str, Any], dict[str, Any]]:
    """(given, input) of `wal.verify`."""
    key = logs.KEY if draws.chance(300) else None
    payloads = [_json(draws, 3).encode() for _ in range(draws.number(0, 5))]
    lines = logs.chain(*payloads, key=key)
    anchor = None
    if draws.chance(300):
        last = logs.tail(*payloads, key=key)
        anchor = logs.anchor(len(payloads), last, keyed=key is not None)
        anchor["sequence"] = str(anchor["sequence"] + draws.one((0, 0, 1)))
    return {}, {**_log(draws, lines, key), "anchor": anchor}


def replay(draws: Draws) -> tuple[dict[str, Any], dict[str, Any]]:
    """(given, input) of `wal.replay`: records of decisions under one policy, some of them about something else."""
    key = logs.KEY if draws.chance(300) else None
    record, columns = profiles.make(draws, "routing", "", _ROWS, frozenset())
    snapshot = units.snapshot(record)
    requests = [KernelInput(*(int(column[row]) for column in columns.values())) for row in range(_ROWS)]
    payloads = []
    for _ in range(draws.number(0, 4)):
        request, decided_for = draws.one(requests), draws.one(requests)
        decision = snapshot.prescribe(request if draws.chance(800) else decided_for)
        audit = audit_bundle(snapshot, request, decision)
        if draws.chance(500):  # a bundle that lies about the replay
            audit = replace(audit, replay_valid=True)
        payload = record_bytes(audit, request, decision, None)
        payloads.append(_altered(draws, payload) if draws.chance(200) else payload)
    return {"policies": [as_wire(record)]}, _log(draws, logs.chain(*payloads, key=key), key)


def marks(op: str, expect: Mapping[str, Any]) -> Iterable[str]:
    """How the log is judged."""
    yield f"log/{op}/{expect['error']['code'] if 'error' in expect else 'ok'}"


def _json(draws: Draws, depth: int) -> str:
    kind = draws.number(0, 7 if depth else 4)
    if kind == 5:
        return "[" + ",".join(_json(draws, depth - 1) for _ in range(draws.number(0, 3))) + "]"
    if kind >= 6:
        members = {json.dumps(draws.one(_TEXTS), ensure_ascii=False): 0 for _ in range(draws.number(0, 3))}
        return "{" + ",".join(f"{name}:{_json(draws, depth - 1)}" for name in members) + "}"
    number = draws.magnitude(2**64 - 1)
    text = json.dumps(draws.one(_TEXTS), ensure_ascii=draws.chance(300))
    return (text, str(number), f"-{number >> 1}", f"{number}e-3", draws.one(("null", "true", "false")))[kind]


def _altered(draws: Draws, payload: bytes) -> bytes:
    """One digit of a record is another one."""
    places = [place for place, byte in enumerate(payload) if 0x30 <= byte <= 0x38]
    place = draws.one(places)
    return payload[:place] + bytes([payload[place] + 1]) + payload[place + 1 :]


def _log(draws: Draws, lines: list[bytes], key: bytes | None) -> dict[str, Any]:
    if draws.chance(600):
        lines = draws.one(_LINES)(draws, list(lines))
    log = b"".join(lines)
    if log and draws.chance(400):
        log = draws.one(_BYTES)(draws, log)
    asked = draws.one((key, key, key, None, logs.KEY)) if draws.chance(100) else key
    return {"log": [{"hex": log.hex(), "times": "1"}] if log else [], "key_hex": None if asked is None else asked.hex()}


def _place(draws: Draws, items: list[bytes] | bytes) -> int:
    return draws.number(0, max(len(items) - 1, 0))


def _swapped(draws: Draws, lines: list[bytes]) -> list[bytes]:
    if len(lines) > 1:
        place = draws.number(0, len(lines) - 2)
        lines[place : place + 2] = lines[place + 1], lines[place]
    return lines


def _repeated(draws: Draws, lines: list[bytes]) -> list[bytes]:
    place = _place(draws, lines)
    return lines[: place + 1] + lines[place:]


def _lost(draws: Draws, lines: list[bytes]) -> list[bytes]:
    place = _place(draws, lines)
    return lines[:place] + lines[place + 1 :]


def _blank(draws: Draws, lines: list[bytes]) -> list[bytes]:
    lines.insert(draws.number(0, len(lines)), draws.one((b"\n", b" \t\r\n", b"\x0c\n", b"\xef\xbb\xbf\n", b"\x00\n")))
    return lines


def _windows(_draws: Draws, lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"\n", b"\r\n") for line in lines]


def _spaced(draws: Draws, lines: list[bytes]) -> list[bytes]:
    return [line.replace(b',"data":', draws.one((b' , "data" : ', b',"data" :', b',\t"data":'))) for line in lines]


def _flipped(draws: Draws, log: bytes) -> bytes:
    place = _place(draws, log)
    return log[:place] + bytes([log[place] ^ 1 << draws.number(0, 7)]) + log[place + 1 :]


def _cut(draws: Draws, log: bytes) -> bytes:
    return log[: draws.one((_place(draws, log), len(log) - 1, len(log) - 2))]


def _dropped(draws: Draws, log: bytes) -> bytes:
    place = _place(draws, log)
    return log[:place] + log[place + 1 :]


def _inserted(draws: Draws, log: bytes) -> bytes:
    place = _place(draws, log)
    added: bytes = draws.one((b" ", b"0", b'"', b"\n", b"\x00", b"\xff", b",", b"}"))
    return log[:place] + added + log[place:]


def _upper(draws: Draws, log: bytes) -> bytes:
    place = _place(draws, log)
    return log[:place] + log[place : place + 40].upper() + log[place + 40 :]


_LINES: Final[tuple[Callable[[Draws, list[bytes]], list[bytes]], ...]] = (
    _swapped,
    _repeated,
    _lost,
    _blank,
    _windows,
    _spaced,
)
_BYTES: Final[tuple[Callable[[Draws, bytes], bytes], ...]] = (_flipped, _cut, _dropped, _inserted, _upper)
