"""Logs: what the specification accepts and refuses, the published wheel does too.

Logs are made, then damaged: every bit of a small one flipped, cut behind every byte, edited as JSON, lines swapped.
Both must say the same, and where both refuse, for the same kind of reason. The differences that are known are listed
with the reason; a difference that is listed and no longer seen fails too.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from calybris import _core as wheel

from calybris_spec import audited, log
from calybris_spec.codes import Refusal
from tests.differential.logs import (
    WHEEL_POLICY,
    Verdict,
    chain_of,
    edited,
    edited_record,
    hashed,
    made,
    of_wheel,
    record,
)
from tests.support.specification import EXAMPLE, EXAMPLE_REQUEST

KEY = b"k" * 32
RANDOM_LOGS, RANDOM_RECORDS = 1_000, 500
GOOD = audited.record_text(record(EXAMPLE_REQUEST)).text
TREE: dict[str, Any] = json.loads(GOOD)
CODES = {
    "LOG_LINE_MALFORMED": "JSON",
    "LOG_SEQUENCE_UNEXPECTED": "sequence",
    "LOG_CHAIN_BROKEN": "chain",
    "LOG_RECORD_MALFORMED": "JSON",
}


def of_specification(refusal: Refusal | None, answer: Any) -> Verdict:
    if refusal is None:
        return "ok", answer
    return "audit" if refusal.code.startswith("LOG_AUDIT") else CODES.get(refusal.code, refusal.code), None


def verified(path: Path, text: bytes, key: bytes | None) -> tuple[Verdict, Verdict]:
    """What the wheel and the specification say about a log."""
    path.write_bytes(text)
    reading = log.verify(text, key)
    theirs = of_wheel(lambda: wheel.verify_audited_wal(str(path), hmac_key=key))
    return theirs, of_specification(reading.refusal, (reading.head.sequence, reading.head.last_hash))


def agree(path: Path, texts: Iterator[bytes], key: bytes | None = None) -> Counter[str]:
    met: Counter[str] = Counter()
    for text in texts:
        theirs, ours = verified(path, text, key)
        assert ours == theirs, text
        met[ours[0]] += 1
    return met


@pytest.mark.parametrize("key", [None, KEY])
def test_every_flipped_bit_is_seen_alike(tmp_path: Path, key: bytes | None) -> None:
    text = made('{"a":"é"}', "[1]", key=key)
    flips = (
        text[:place] + bytes([text[place] ^ 1 << bit]) + text[place + 1 :]
        for place in range(len(text))
        for bit in range(8)
    )
    met = agree(tmp_path / "log", flips, key)
    assert met.keys() == {"JSON", "sequence", "chain"}  # no bit may be flipped


def test_every_cut_is_seen_alike(tmp_path: Path) -> None:
    text = made('{"a": [1, 2]}', '"\\u00e9"', "null")
    met = agree(tmp_path / "log", (text[:end] for end in range(len(text) + 1)))
    assert met["ok"] == 7  # behind each of three entries, with and without the line feed; and the empty log


@pytest.mark.parametrize("shard", range(4))
def test_random_logs_are_judged_alike(tmp_path: Path, shard: int, seed: int) -> None:
    rng = random.Random(f"{seed}/log/{shard}")  # noqa: S311 - reproducible, not secret
    key = KEY if shard % 2 else None
    met = agree(tmp_path / "log", (edited(rng, chain_of(rng, key)) for _ in range(RANDOM_LOGS)), key)
    assert met.keys() == {"ok", "JSON", "sequence", "chain"}
    assert min(met.values()) > RANDOM_LOGS // 20


def replayed(path: Path, text: bytes) -> tuple[Verdict, Verdict]:
    path.write_bytes(text)
    ours = audited.replay(text, None, (EXAMPLE,))
    theirs = of_wheel(lambda: wheel.replay_verify_audited_wal(str(path), WHEEL_POLICY))
    return theirs, of_specification(ours.refusal, [verdict._asdict() for verdict in ours.verdicts])


def test_the_wheel_reads_every_record_before_it_audits_the_first(tmp_path: Path) -> None:
    # LOG-10 goes entry after entry: the first one is named, for what is wrong with it
    text = hashed(GOOD.replace('"risk_bps":900', '"risk_bps":901'), "null")
    assert [verdict[0] for verdict in replayed(tmp_path / "log", text)] == ["JSON", "audit"]


def test_random_records_are_replayed_alike(tmp_path: Path, seed: int) -> None:
    rng = random.Random(f"{seed}/records")  # noqa: S311 - reproducible, not secret
    met: Counter[str] = Counter()
    for _ in range(RANDOM_RECORDS):
        theirs, ours = replayed(tmp_path / "log", hashed(GOOD, edited_record(rng)))
        assert ours == theirs
        met[ours[0]] += 1
    assert met.keys() == {"ok", "JSON", "audit"}


# Records that only one of the two takes: the record, what the wheel says, what the specification says.
RECORD_DIFFERENCES = {
    # serde reads a struct from an array too, and a unit variant from an object; LOG-10 wants the form that is written
    "record as an array": (json.dumps(list(TREE.values())), "ok", "JSON"),
    "request as an array": (json.dumps(TREE | {"input": list(TREE["input"].values())}), "ok", "JSON"),
    "name as an object": (GOOD.replace('"ExecuteRequested"', '{"ExecuteRequested":null}'), "ok", "JSON"),
    # the wheel builds a tree from the metadata; LOG-10 does not look at them
    "metadata with a number that no double holds": (GOOD.replace('"metadata":null', '"metadata":1e999'), "JSON", "ok"),
    "metadata with half a pair": (GOOD.replace('"metadata":null', '"metadata":"\\ud800"'), "JSON", "ok"),
    "metadata 200 levels deep": (GOOD.replace("null", "[" * 200 + "]" * 200), "JSON", "ok"),
}


@pytest.mark.parametrize("name", RECORD_DIFFERENCES)
def test_a_listed_difference_of_records_is_still_there(tmp_path: Path, name: str) -> None:
    text, theirs, ours = RECORD_DIFFERENCES[name]
    assert tuple(verdict[0] for verdict in replayed(tmp_path / "log", hashed(text))) == (theirs, ours)


def test_an_entry_as_an_array_is_the_only_listed_difference_of_lines(tmp_path: Path) -> None:
    entry = json.dumps(list(json.loads(made("null")).values())).encode()
    assert [verdict[0] for verdict in verified(tmp_path / "log", entry, None)] == ["ok", "JSON"]


@pytest.mark.parametrize("size", [16 * 2**20 - 1, 16 * 2**20, 16 * 2**20 + 1])
@pytest.mark.parametrize("fill", ["blank", "data"])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_longest_line_is_the_same(tmp_path: Path, size: int, fill: str, end: bytes) -> None:
    room = size - len(end)
    text = b" " * room if fill == "blank" else hashed('"' + "x" * (room - len(hashed('""')) + 1) + '"')[:-1]
    assert len(text + end) == size
    theirs, ours = verified(tmp_path / "log", text + end, None)
    if size > 16 * 2**20:
        assert "exceeds 16777216 bytes" in theirs[0]
        assert ours[0] == "LOG_LINE_TOO_LONG"
    else:
        assert theirs == ours


ANCHOR = log.anchor_of(log.read(made("1", "2"), None).head, None)
ANCHORS: list[dict[str, Any]] = [
    {},
    {"schema_version": "calybris.wal-anchor.v2"},
    {"sequence": 1},
    {"sequence": 3},
    {"last_hash": "0" * 64},
    {"last_hash": ANCHOR.last_hash.upper()},
    {"keyed": True},
    {"sequence": 0, "last_hash": "genesis"},
]


@pytest.mark.parametrize("change", ANCHORS, ids=str)
def test_an_anchor_is_compared_alike(tmp_path: Path, change: dict[str, Any]) -> None:
    kept = ANCHOR._replace(**change)
    (tmp_path / "anchor").write_text(json.dumps(kept._asdict()), "utf-8")
    (tmp_path / "log").write_bytes(made("1", "2"))
    anchor = wheel.WalAnchor.load(str(tmp_path / "anchor")) if change != ANCHORS[1] else None
    ours = log.verify(made("1", "2"), None, kept).refusal
    if anchor is None:
        assert ours == log.EARLY_REFUSALS[2]
        return
    theirs = of_wheel(lambda: wheel.verify_audited_wal(str(tmp_path / "log"), anchor=anchor))
    assert (theirs[0] == "ok") == (ours is None) == (change == {})


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 64, 65, 200])
def test_a_key_of_any_length_is_taken_alike(tmp_path: Path, size: int) -> None:
    key = bytes(range(size))
    (tmp_path / "log").write_bytes(b"")
    theirs = of_wheel(lambda: wheel.verify_audited_wal(str(tmp_path / "log"), hmac_key=key))
    refusal = log.verify(b"", key).refusal
    assert (theirs == ("ok", (0, "genesis"))) == (refusal is None) == (size >= 32)
    if refusal is None:
        assert log.verify(written_by_wheel(tmp_path / "new", key), key).head.sequence == 2


def written_by_wheel(path: Path, key: bytes | None) -> bytes:
    writer = wheel.AuditedWal(str(path), hmac_key=key)
    request = wheel.KernelInput(**EXAMPLE_REQUEST._asdict())
    for metadata in ("null", '{"a":[1,-1,"\\u0007é\\/"]}'):
        writer.append_verified(WHEEL_POLICY, request, WHEEL_POLICY.prescribe(request), metadata)
    writer.flush_and_sync()
    writer.close()
    return path.read_bytes()


@pytest.mark.parametrize("key", [None, KEY])
def test_audited_entries_are_written_byte_for_byte(tmp_path: Path, key: bytes | None) -> None:
    text = b""
    for metadata in ("null", '{"a": [1, -1, "\\u0007\\u00e9/"]}'):
        added = audited.append_audited(text, key, record(EXAMPLE_REQUEST, metadata=metadata), EXAMPLE)
        assert added.refusal is None
        text += added.added
    assert text == written_by_wheel(tmp_path / "log", key)
    assert replayed(tmp_path / "log", text)[0][0] == "ok" if key is None else True
