import json
from typing import Any

import pytest

from tests.cli.conftest import Run, Write
from tests.support import logs, records

RECORD = logs.compact(logs.record())
REJECTED = records.request(risk_bps=10_000)
OTHER = logs.compact(
    logs.record(input=REJECTED.to_dict(), decision=logs.POLICY.prescribe(REJECTED).to_dict())  # the bundle is not asked
)
PAYLOADS = (RECORD, OTHER, b'{"note":1}', RECORD)
LOG = logs.log(*PAYLOADS)
LINES = LOG.splitlines(keepends=True)
HASHES = [logs.last_hash(*PAYLOADS[:count]) for count in range(1, 5)]


@pytest.fixture(autouse=True)
def _files(write: Write, cli: Run) -> None:
    write("a.wal", LOG)
    write("bad.wal", b"".join(LINES[:2]) + LINES[2].replace(b'"note":1', b'"note":2') + LINES[3])


def sequences(out: str) -> list[int]:
    return [json.loads(line)["sequence"] for line in out.splitlines()]


def test_entries_are_rows(cli: Run) -> None:
    assert cli("wal", "show", "a.wal") == (
        0,
        f"""\
sequence  hash                bytes     model  decision
       1  {HASHES[0][:16]}  {len(RECORD):>7}         1  execute_requested
       2  {HASHES[1][:16]}  {len(OTHER):>7}            reject: risk_hard_limit
       3  {HASHES[2][:16]}       10            no decision
       4  {HASHES[3][:16]}  {len(RECORD):>7}         1  execute_requested

4 entries shown; the chain holds up to entry 4
""",
        "",
    )


def test_json_is_one_object_an_entry(cli: Run) -> None:
    code, out, err = cli("wal", "show", "a.wal", "--json")
    assert (code, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["entry_hash"] for row in rows] == HASHES
    assert [row["offset"] for row in rows] == [len(b"".join(LINES[:count])) for count in range(4)]
    assert [(row["line"], row["bytes"]) for row in rows] == [
        (place, len(data)) for place, data in enumerate(PAYLOADS, 1)
    ]
    assert rows[0]["decision"] == logs.DECISION.to_dict()
    assert rows[2]["decision"] is None


@pytest.mark.parametrize(
    ("options", "shown", "footer"),
    [
        (("--from", "3"), [3, 4], "2 entries shown; the chain holds up to entry 4"),
        (("--to", "2"), [1, 2], "2 entries shown; the chain holds up to entry 2; the rest was not read"),
        (("--from", "2", "--to", "3"), [2, 3], "the chain holds up to entry 3; the rest was not read"),
        (("--limit", "1"), [1], "1 entry shown; the chain holds up to entry 1; the rest was not read"),
        (("--from", "2", "--limit", "2"), [2, 3], "up to entry 3; the rest was not read"),
        (("--from", "9"), [], "0 entries shown; the chain holds up to entry 4"),
        (("--from", "3", "--to", "2"), [], "0 entries shown; the chain holds up to entry 2; the rest was not read"),
        (("--unverified",), [1, 2, 3, 4], "4 entries shown; not verified"),
    ],
)
def test_a_part_of_a_log(cli: Run, options: tuple[str, ...], shown: list[int], footer: str) -> None:
    assert sequences(cli("wal", "show", "a.wal", "--json", *options).out) == shown
    out = cli("wal", "show", "a.wal", *options).out
    assert out.endswith(footer + "\n")
    assert out.count("\n") == (len(shown) + 3 if shown else 1)


def test_entries_are_shown_as_far_as_they_hold(cli: Run) -> None:
    code, out, err = cli("wal", "show", "bad.wal")
    assert (code, err) == (1, "")
    assert out.split("\n\n")[0].count("\n") == 2
    assert out.split("\n\n")[1] == (
        "invalid: line 3: the chain is broken: the entry_hash is not the expected one [LOG_CHAIN_BROKEN]"
    )
    code, out, _ = cli("wal", "show", "bad.wal", "--json")
    *rows, last = [json.loads(line) for line in out.splitlines()]
    assert (code, len(rows), last["status"], last["line"]) == (1, 2, "invalid", 3)


def test_nothing_is_shown_of_a_log_that_does_not_hold_from_the_start(cli: Run, write: Write) -> None:
    write("bad.wal", b"x\n")
    out = cli("wal", "show", "bad.wal").out
    assert out.startswith("invalid: line 1: ")


def test_a_damaged_log_can_be_looked_at(cli: Run, write: Write) -> None:
    code, out, _ = cli("wal", "show", "bad.wal", "--unverified", "--json")
    assert (code, sequences(out)) == (0, [1, 2, 3, 4])
    write("bad.wal", LINES[1] + LINES[0] + b"{")
    code, out, _ = cli("wal", "show", "bad.wal", "--unverified", "--json")
    *rows, last = [json.loads(line) for line in out.splitlines()]
    assert (code, [row["sequence"] for row in rows]) == (1, [2, 1])
    assert (last["status"], last["line"], last["entries"]) == ("invalid", 3, 2)


def test_a_log_with_a_key(cli: Run, write: Write) -> None:
    write("k.wal", logs.log(b"1", key=logs.KEY))
    write("key.bin", logs.KEY)
    assert cli("wal", "show", "k.wal").code == 1
    assert cli("wal", "show", "k.wal", "--key-file", "key.bin").code == 0
    assert cli("wal", "show", "k.wal", "--unverified").code == 0


def test_a_hash_from_a_stranger_cannot_paint_the_terminal(cli: Run, write: Write) -> None:
    line: dict[str, Any] = {"sequence": 1, "previous_hash": "x", "entry_hash": "\x1b[2J", "data": 1}
    write("bad.wal", json.dumps(line).encode())
    assert "\\x1b[2J" in cli("wal", "show", "bad.wal", "--unverified").out


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.0", "", "٣", "1" * 21])
def test_a_number_is_a_positive_integer(cli: Run, number: str) -> None:
    result = cli("wal", "show", "a.wal", f"--from={number}")
    assert (result.code, result.out) == (2, "")
    assert result.error == (
        f"argument --from: {number!r} is not a positive integer (see 'calybris-ref wal show --help')"
    )
