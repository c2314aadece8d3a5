"""The reference and the published wheel read the same logs alike, write the same bytes, and replay the same records.

A damaged log is compared by whether it is refused and by the kind of the refusal; the one difference has its own test.

More of it: pytest tests/differential/test_log_wheel.py --decisions 5000000 --seed 7
"""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import calybris
import pytest
from calybris import _core as peer

import calybris_ref
from calybris_ref import (
    KernelInput,
    KernelModel,
    PolicySnapshot,
    WalError,
    WalWriter,
    wal_blocks,
    wal_record,
    wal_replay_blocks,
)
from tests.differential import cases
from tests.support.logs import KEY, line, log

DECISIONS_PER_LOG = 12
KINDS = {
    "LOG_LINE_MALFORMED": "JSON",
    "LOG_SEQUENCE_UNEXPECTED": "continuity",
    "LOG_CHAIN_BROKEN": "broken",
    "LOG_LINE_TOO_LONG": "exceeds",
}


@pytest.fixture(params=["line by line", "at once"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small logs are read line by line, unless somebody asks for the way of the long ones."""
    if request.param == "at once":
        monkeypatch.setattr(wal_blocks, "_SMALLEST_BLOCK_BYTES", 0)
        monkeypatch.setattr(wal_replay_blocks, "_SMALLEST_BATCH_BYTES", 0)


def pair(policy: cases.Policy) -> tuple[PolicySnapshot, Any]:
    models = policy["models"]
    ours = PolicySnapshot.try_new_trusted(**policy | {"models": [KernelModel(**model) for model in models]})
    theirs = calybris.PolicySnapshot(**policy | {"models": [calybris.KernelModel(**model) for model in models]})
    return ours, theirs


def policies(rng: random.Random, count: int) -> list[tuple[cases.Policy, PolicySnapshot, Any]]:
    found: list[tuple[cases.Policy, PolicySnapshot, Any]] = []
    while len(found) < count:
        policy = cases.policy(rng)
        try:
            found.append((policy, *pair(policy)))
        except (calybris_ref.CalybrisError, ValueError):
            continue  # both refuse it: test_wheel.py
    return found


def metadata(rng: random.Random) -> Any:
    leaves: list[Any] = [
        None,
        True,
        0,
        -(2**63),
        2**64 - 1,
        "",
        'é😀"\\\x00\x1f\x7f\u2028/',
        [],
        {},
        {"b": [1], "a": {"z": None}},
    ]
    return rng.choice(leaves)


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "keyed"])
def test_the_same_decisions_give_the_same_bytes(tmp_path: Path, key: bytes | None, decisions: int, seed: int) -> None:
    rng = random.Random(f"{seed}/written/{key is None}")  # noqa: S311 - reproducible, not secret
    for number, (policy, ours, theirs) in enumerate(policies(rng, max(decisions // 1_000, 5))):
        our_path, their_path = tmp_path / f"ours-{number}", tmp_path / f"theirs-{number}"
        their_log = peer.AuditedWal(str(their_path), hmac_key=key)
        with WalWriter(our_path, key) as our_log:
            for _ in range(DECISIONS_PER_LOG):
                asked, note = cases.request(rng, policy), metadata(rng)
                our_request, their_request = KernelInput(**asked), calybris.KernelInput(**asked)
                our_log.append_verified_audited(ours, our_request, ours.prescribe(our_request), note)
                decided = theirs.prescribe(their_request)
                their_log.append_verified(theirs, their_request, decided, json.dumps(note))
            assert (our_log.sequence, our_log.last_hash) == (their_log.sequence, their_log.last_hash)
            assert our_log.anchor().to_dict() == their_log.anchor().as_dict()
        their_log.close()
        assert our_path.read_bytes() == their_path.read_bytes()
        head = calybris_ref.verify_wal(their_path, key)
        assert calybris.verify_audited_wal(str(our_path), hmac_key=key) == tuple(head)
        replayed = [verdict.to_dict() for verdict in calybris_ref.replay_audited_wal(their_path, ours, key)]
        assert calybris.replay_verify_audited_wal(str(our_path), theirs, hmac_key=key) == replayed


def test_each_goes_on_with_the_log_of_the_other(tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311 - reproducible, not secret
    ((policy, ours, theirs),) = policies(rng, 1)
    asked = cases.request(rng, policy)
    request, path = KernelInput(**asked), tmp_path / "log"
    for _ in range(3):
        with WalWriter.open(path) as writer:
            writer.append_verified_audited(ours, request, ours.prescribe(request))
        their_log, same = peer.AuditedWal(str(path)), calybris.KernelInput(**asked)
        their_log.append_verified(theirs, same, theirs.prescribe(same), "null")
        their_log.close()
    assert len(list(calybris_ref.replay_audited_wal(path, ours))) == 6


def test_an_anchor_of_one_is_read_by_the_other(tmp_path: Path) -> None:
    log_path, ours, theirs = tmp_path / "log", tmp_path / "ours", tmp_path / "theirs"
    with WalWriter.open_keyed(log_path, KEY) as writer:
        writer.append(1)
        anchor = writer.anchor()
    calybris_ref.save_anchor(anchor, ours)
    calybris.WalAnchor.load(str(ours)).save(str(theirs))
    assert calybris_ref.load_anchor(theirs) == anchor


def verdict_of_ours(path: Path) -> str:
    try:
        return f"good {calybris_ref.verify_wal(path).sequence}"
    except WalError as error:
        return KINDS[error.code]


def verdict_of_theirs(path: Path) -> str:
    try:
        return f"good {calybris.verify_audited_wal(str(path))[0]}"
    except calybris.WalError as error:
        return next((kind for kind in KINDS.values() if kind in str(error)), str(error))


SNIPPETS = [
    *(
        b"{}",
        b"[]",
        b'"',
        b"\\",
        b",",
        b":",
        b" ",
        b"\t",
        b"\r",
        b"\n",
        b"\x00",
        b"\x0b",
        b"\x0c",
        b"\x1f",
        b"\xef\xbb\xbf",
    ),
    *(
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"\\u0061",
        b"1",
        b"-",
        b".",
        b"e5",
        b"null",
        b"NaN",
        b"0",
        b"}",
        b"{",
    ),
    *(b'"data":1,', b'"x":1,', b'"sequence":2,', b"18446744073709551616"),
]
PAYLOADS = [
    *(
        b"null",
        b'{"a": 1.50, "a":[ ]}',
        '"é\\ud800 \\u00e9"'.encode(),
        b"-0",
        b"1e400",
        b"[[[[]]]]",
        b'{"x":{"y":"}"}}',
        b"0.1",
    ),
    *(b'"\x7f"', b"[" * 100 + b"]" * 100, b"123456789012345678901234567890"),
]


def damaged(rng: random.Random) -> bytes:
    good = log(*rng.choices(PAYLOADS, k=rng.randint(1, 4)))
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        at, lines = rng.randrange(len(good) + 1), good.splitlines(keepends=True)
        match rng.randrange(8):
            case 0:
                good = good[:at] + rng.choice(SNIPPETS) + good[at:]
            case 1:
                good = good[:at] + good[at + rng.randint(1, 3) :]
            case 2:
                good = good[:at] + bytes([rng.randrange(256)]) + good[at + 1 :]
            case 3:
                good = good[:at]
            case 4:
                rng.shuffle(lines)
                good = b"".join(lines)
            case 5:
                good = b"".join(lines[1:] if rng.random() < 0.5 else [*lines, *lines[-1:]])
            case 6:
                token = rng.choice([b'"sequence"', b'"data"', b":", b",", b"{", b"}\n"])
                good = good.replace(token, rng.choice([token + b" ", b"\t" + token]), 1)
            case _:
                payload = rng.choice(SNIPPETS) + rng.choice([b"", *PAYLOADS]) + rng.choice([b"", *SNIPPETS])
                good = line(1, "genesis", payload)
    return good


def test_only_theirs_reads_an_entry_that_is_a_list(tmp_path: Path) -> None:
    path, entry = tmp_path / "log", json.loads(log(b"null"))
    path.write_text(json.dumps(list(entry.values())))
    assert (verdict_of_ours(path), verdict_of_theirs(path)) == ("JSON", "good 1")


def test_damaged_logs_are_read_alike(tmp_path: Path, decisions: int, seed: int) -> None:
    rng = random.Random(f"{seed}/damaged")  # noqa: S311 - reproducible, not secret
    path, met = tmp_path / "log", Counter[str]()
    for _ in range(max(decisions // 10, 500)):
        path.write_bytes(damaged(rng))
        ours, theirs = verdict_of_ours(path), verdict_of_theirs(path)
        met[ours.split()[0]] += 1
        assert ours == theirs, path.read_bytes()
    assert met.keys() >= {"good", "JSON", "continuity", "broken"}


VALUES: list[Any] = [None, True, False, 0, 1, -1, 2**64 - 1, 2**64, 1.0, "1", "", "Reject", "sha256", [], {}]


def edited(rng: random.Random, data: bytes) -> bytes:
    """A record with one thing in it changed: a value, a key, the order, or the text of a number."""
    parts = json.loads(data)
    part = parts[rng.choice(["audit", "input", "decision"])]
    key = rng.choice(list(part))
    match rng.randrange(7):
        case 0:
            del part[key]
        case 1:
            part[rng.choice(["more", "metadata", ""])] = 1
        case 2:
            part[key] = rng.choice(
                [None, True, False, 0, 1, -1, 2**64 - 1, 2**64, 1.0, "1", "", "Reject", "sha256", [], {}]
            )
        case 3:
            part[key] = part[key] + 1 if type(part[key]) is int else part[key]
        case 4:
            parts[rng.choice(list(parts))] = rng.choice([None, 1, [], {}, list(part.values())])
        case 5:
            parts = dict(rng.sample(list(parts.items()), k=rng.choice([3, 4])))
        case _:
            part |= dict(rng.sample(list(part.items()), k=len(part)))
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.2:
        old = rng.choice([f'"{key}":', '"metadata":', ":1,", "9000", "calybris"])
        text = text.replace(old, rng.choice([old + " ", "1e3", "-0", f"{old}{old}", old + "0", "\\u0031"]), 1)
    return text.encode()


def test_records_that_were_edited_are_replayed_alike(tmp_path: Path, decisions: int, seed: int) -> None:
    rng = random.Random(f"{seed}/edited")  # noqa: S311 - reproducible, not secret
    path, met = tmp_path / "log", Counter[bool]()
    for policy, ours, theirs in policies(rng, max(decisions // 500, 20)):
        request = KernelInput(**cases.request(rng, policy))
        good = wal_record.verified_record_bytes(ours, request, ours.prescribe(request), None)
        for _ in range(20):
            data = edited(rng, good)
            path.write_bytes(line(1, "genesis", data))
            try:
                is_good = len(list(calybris_ref.replay_audited_wal(path, ours))) == 1
            except WalError:
                is_good = False
            try:
                is_good_there = len(peer.replay_verify_audited_wal(str(path), theirs)) == 1
            except calybris.WalError:
                is_good_there = False
            met[is_good] += 1
            if is_good != is_good_there:
                assert is_list_for_record(data), data
    assert met[True] > 20
    assert met[False] > 200


def is_list_for_record(data: bytes) -> bool:
    """The wheel reads a record that is written as the list of its values; the reference reads objects only."""
    parts = json.loads(data)
    return isinstance(parts, list) or any(isinstance(parts[name], list) for name in ("audit", "input", "decision"))
