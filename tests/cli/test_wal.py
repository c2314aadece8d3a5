"""`calybris_ref/cli/logs.py` and `wal verify` on real files: logs that hold, and logs that do not in every way."""

import json
import os
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from calybris_ref import WalAnchor, WalHead, save_anchor, torn_tail
from calybris_ref.cli import logs as shared
from calybris_ref.cli import wal
from tests.cli.conftest import Run, Terminal, Write
from tests.support import logs

RECORD = logs.compact(logs.record())
LOG = logs.log(RECORD, RECORD, RECORD)
LINES = LOG.splitlines(keepends=True)
HEAD = WalHead(3, logs.last_hash(RECORD, RECORD, RECORD))
KEYED = logs.log(RECORD, RECORD, key=logs.KEY)


def anchor(name: str, *payloads: bytes, key: bytes | None = None) -> str:
    """Write the anchor of a log with these payloads into the test's own folder."""
    save_anchor(WalAnchor.of(WalHead(len(payloads), logs.last_hash(*payloads, key=key)), keyed=bool(key)), name)
    return name


@pytest.fixture(autouse=True)
def _files(write: Write, cli: Run) -> None:
    write("a.wal", LOG)
    write("keyed.wal", KEYED)
    write("key.bin", logs.KEY)
    write("p.json", logs.POLICY.to_dict())


def document(result: Any) -> Any:
    """What `--json` printed: one line."""
    assert result.err == ""
    (line,) = result.out.splitlines()
    return json.loads(line)


def test_a_log_that_holds_is_valid_and_says_what_was_not_asked(cli: Run) -> None:
    assert cli("wal", "verify", "a.wal") == (
        0,
        f"""\
valid: the chain holds from the first entry to the last

log        a.wal
entries    3
last hash  {HEAD.last_hash}
key        none: who can write the file can write another chain
anchor     none: a tail that was cut off would not show
""",
        "",
    )


def test_a_log_with_a_key_and_an_anchor(cli: Run) -> None:
    name = anchor("anchor.json", RECORD, RECORD, key=logs.KEY)
    line = ("wal", "verify", "keyed.wal", "--key-file", "key.bin", "--anchor", name)
    code, out, _ = cli(*line)
    assert (code, out.splitlines()[-2:]) == (0, ["key        used", "anchor     agrees"])
    assert document(cli(*line, "--json")) == {
        "status": "valid",
        "log": "keyed.wal",
        "entries": 2,
        "last_hash": logs.last_hash(RECORD, RECORD, key=logs.KEY),
        "keyed": True,
        "anchored": True,
    }


def test_an_empty_log_holds(cli: Run, write: Write) -> None:
    write("empty.wal", b"")
    found = document(cli("wal", "verify", "empty.wal", "--anchor", anchor("anchor.json"), "--json"))
    assert (found["entries"], found["last_hash"]) == (0, "genesis")


CHANGED = LOG.replace(b'"metadata":null', b'"metadata":true', 1)
DAMAGED: list[tuple[str, bytes, str, dict[str, Any]]] = [
    (
        "a changed payload",
        CHANGED,
        "line 1: the chain is broken: the entry_hash is not the expected one [LOG_CHAIN_BROKEN]",
        {"line": 1, "offset": 0, "sequence": 1, "entries": 0, "found": json.loads(LINES[0])["entry_hash"]},
    ),
    (
        "an entry of another log",
        LINES[0] + logs.line(2, "genesis", RECORD),
        "line 2: the chain is broken: the previous_hash is not the expected one [LOG_CHAIN_BROKEN]",
        {"line": 2, "offset": len(LINES[0]), "entries": 1, "expected": logs.last_hash(RECORD), "found": "genesis"},
    ),
    (
        "a lost entry",
        LINES[0] + b"\n" + LINES[2],
        "line 3: the sequence is 3, and the next one is 2 [LOG_SEQUENCE_UNEXPECTED]",
        {"line": 3, "offset": len(LINES[0]) + 1, "sequence": 3, "entries": 1, "expected": 2, "found": 3},
    ),
    (
        "a line that is none",
        LINES[0] + b"{}\n" + LINES[1],
        "line 2: the line is no entry of a log: the key sequence is missing [LOG_LINE_MALFORMED]",
        {"line": 2, "offset": len(LINES[0]), "sequence": None, "entries": 1, "expected": None},
    ),
    (
        "a long text for a hash",
        logs.line(1, "x" * 900, RECORD),
        "line 1: the chain is broken: the previous_hash is not the expected one [LOG_CHAIN_BROKEN]",
        {"expected": "genesis", "found": repr("x" * 900)[:57] + "..."},
    ),
]


@pytest.mark.parametrize(("log", "sentence", "fields"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
@pytest.mark.parametrize("command", [("wal", "verify"), ("wal", "replay", "--policy", "p.json"), ("wal", "anchor")])
def test_the_first_failure_is_named_with_its_line_and_its_byte(
    cli: Run, write: Write, command: tuple[str, ...], log: bytes, sentence: str, fields: dict[str, Any]
) -> None:
    write("bad.wal", log)
    code, out, err = cli(*command, "bad.wal")
    assert (code, out.splitlines()[0], err) == (1, f"invalid: {sentence}", "")
    found = document(cli(*command, "bad.wal", "--json"))
    assert (found["status"], found["log"], found["code"]) == ("invalid", "bad.wal", sentence.split("[")[1].rstrip("]"))
    assert {name: found[name] for name in fields} == fields


def test_a_refusal_is_a_page(cli: Run, write: Write) -> None:
    write("bad.wal", LINES[0] + LINES[2])
    assert cli("wal", "verify", "bad.wal") == (
        1,
        f"""\
invalid: line 2: the sequence is 3, and the next one is 2 [LOG_SEQUENCE_UNEXPECTED]

log             bad.wal
line            2
byte            {len(LINES[0])}
sequence        3
expected        2
found           3
entries before  1
""",
        "",
    )


def test_a_torn_tail_is_told_from_other_damage(cli: Run, write: Write) -> None:
    torn = LOG[:-20]
    write("torn.wal", torn)
    code, out, _ = cli("wal", "verify", "torn.wal")
    at = len(LINES[0] + LINES[1])
    assert (code, out.splitlines()[0]) == (
        1,
        f"torn: line 3 is cut short from byte {at} on, as by a crash; everything before it holds [LOG_LINE_MALFORMED]",
    )
    found = document(cli("wal", "verify", "torn.wal", "--json"))
    assert (found["status"], found["line"], found["offset"], found["torn_bytes"], found["entries"]) == (
        "torn",
        3,
        at,
        len(torn) - at,
        2,
    )


def test_a_whole_entry_in_front_of_the_tear_is_counted(cli: Run, write: Write) -> None:
    write("torn.wal", LINES[0] + LINES[1].rstrip() + LINES[2][:9])
    found = document(cli("wal", "verify", "torn.wal", "--json"))
    assert (found["status"], found["entries"], found["torn_bytes"]) == ("torn", 2, 9)
    assert found["offset"] == len(LINES[0] + LINES[1]) - 1


def test_a_log_that_changes_while_it_is_looked_at_is_not_called_torn(
    cli: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("torn.wal", LOG[:-20])

    def late(path: str, key: bytes | None) -> Any:
        Path(path).write_bytes(CHANGED)
        return torn_tail(path, key)

    monkeypatch.setattr(shared, "torn_tail", late)
    assert document(cli("wal", "verify", "torn.wal", "--json"))["status"] == "invalid"


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        (("keyed.wal",), "was the log written with a key (--key-file)?"),
        (("a.wal", "--key-file", "key.bin"), "was the log written with another key, or with none?"),
    ],
)
def test_a_forgotten_key_is_guessed(cli: Run, line: tuple[str, ...], remark: str) -> None:
    code, out, _ = cli("wal", "verify", *line)
    assert (code, out.splitlines()[-1]) == (1, f"Not even the first hash is right: {remark}")


def test_the_right_hash_of_a_changed_entry_is_never_shown_for_a_log_with_a_key(cli: Run, write: Write) -> None:
    write("bad.wal", KEYED.replace(b'"metadata":null', b'"metadata":true'))
    own_hash = logs.hashed("genesis", RECORD.replace(b'"metadata":null', b'"metadata":true'), logs.KEY)
    line = ("wal", "verify", "bad.wal", "--key-file", "key.bin")
    assert document(cli(*line, "--json"))["expected"] is None
    for result in (cli(*line), cli(*line, "--json"), cli("--traceback", *line)):
        assert result.code == 1
        assert own_hash not in result.out + result.err
        assert logs.KEY.hex() not in result.out + result.err


@pytest.mark.parametrize(
    ("payloads", "key", "sentence", "remark"),
    [
        (
            (RECORD,) * 4,
            None,
            "the anchor says 4, and the log 3",
            "The log ends before its anchor: it lost its tail, or the anchor is that of another log.",
        ),
        (
            (RECORD,) * 2,
            None,
            "the anchor says 2, and the log 3",
            "The entry that was anchored is there, and the log has grown since: anchor it again.",
        ),
        (
            (b"1", b"2"),
            None,
            "the anchor says 2, and the log 3",
            "The log does not have the entry that was anchored: it was written again, or is another one.",
        ),
        ((), None, "the anchor says 0, and the log 3", "The entry that was anchored is there, and the log has grown"),
        (
            (b"1", b"2", b"3"),
            None,
            f"the anchor says {logs.last_hash(b'1', b'2', b'3')}, and the log {HEAD.last_hash}",
            "The log does not have the entry that was anchored: it was written again, or is another one.",
        ),
    ],
)
@pytest.mark.parametrize("action", ["verify", "replay"])
def test_a_log_that_does_not_end_at_its_anchor(
    cli: Run, action: str, payloads: tuple[bytes, ...], key: bytes | None, sentence: str, remark: str
) -> None:
    policy = ("--policy", "p.json") if action == "replay" else ()
    line = ("wal", action, "a.wal", *policy, "--anchor", anchor("anchor.json", *payloads, key=key))
    code, out, _ = cli(*line)
    assert (code, out.splitlines()[0]) == (1, f"invalid: {sentence} [LOG_ANCHOR_MISMATCH]")
    assert out.splitlines()[-1].startswith(remark)
    found = document(cli(*line, "--json"))
    assert (found["line"], found["entries"], found["code"]) == (None, 3, "LOG_ANCHOR_MISMATCH")


def test_an_anchor_of_a_log_with_a_key(cli: Run) -> None:
    save_anchor(WalAnchor.of(HEAD, keyed=True), "anchor.json")
    code, out, _ = cli("wal", "verify", "a.wal", "--anchor", "anchor.json")
    assert (code, out.splitlines()[0]) == (
        1,
        "invalid: the anchor says True, and the log False [LOG_ANCHOR_MISMATCH]",
    )


@pytest.mark.parametrize(
    ("option", "content", "error"),
    [
        ("--key-file", b"x" * 31, "x: a key of 31 bytes is shorter than 32 [LOG_KEY_TOO_SHORT]"),
        ("--key-file", b"x" * (1024 * 1024 + 1), "x: a key has at most 1048576 bytes"),
        ("--anchor", b"{}", "x: file: it is no anchor: schema_version: the key is missing"),
        (
            "--anchor",
            b'{"schema_version":"v2","sequence":0,"last_hash":"genesis","keyed":false}',
            "x: anchor.schema_version: an anchor of this version has the schema calybris.wal-anchor.v1",
        ),
    ],
)
def test_a_key_or_an_anchor_that_is_none_is_bad_input(
    cli: Run, write: Write, option: str, content: bytes, error: str
) -> None:
    write("x", content)
    result = cli("wal", "verify", "a.wal", option, "x")
    assert (result.code, result.out) == (2, "")
    assert result.error.startswith(error)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (("-",), "a log is read from a file, not from standard input"),
        (("a.wal", "--key-file", "-"), "a key is read from a file, not from standard input"),
        (("no.wal",), "no.wal: cannot be read: No such file or directory [FILE_UNREADABLE]"),
        (("a.wal", "--anchor", "no"), "no: cannot be read: No such file or directory [FILE_UNREADABLE]"),
    ],
)
def test_what_cannot_be_read_is_bad_input(cli: Run, line: tuple[str, ...], error: str) -> None:
    result = cli("wal", "verify", *line)
    assert (result.code, result.out, result.error) == (2, "", error)


def test_a_key_is_every_byte_of_its_file(cli: Run, write: Write) -> None:
    write("key.bin", logs.KEY + b"\n")
    assert cli("wal", "verify", "keyed.wal", "--key-file", "key.bin").code == 1


def test_progress_counts_what_was_read_and_is_gone_at_the_end(
    cli: Run, write: Write, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = b'"' + b"x" * (1024 * 1024) + b'"'
    write("big.wal", logs.log(payload, payload))
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setattr("calybris_ref.cli.terminal._REDRAW_SECONDS", 0)
    with shared.reading("big.wal", None, "replaying") as log:
        log.verify()
        log.end_progress()
        log.end_progress()
    frames = terminal.written().split("\r")
    assert [frame.split("]  ")[1].split()[0] for frame in frames if "]" in frame] == ["0/2", "1/2", "2/2"]
    assert frames[-1] == "\x1b[K"


def test_a_log_may_be_a_pipe(cli: Run, tmp_path: Path) -> None:
    os.mkfifo("pipe")
    feeder = Thread(target=Path("pipe").write_bytes, args=(LOG,))
    feeder.start()
    assert document(cli("wal", "verify", "pipe", "--json"))["entries"] == 3
    feeder.join()


def test_every_action_is_one_that_the_parser_knows() -> None:
    assert wal._ACTIONS.keys() == wal._SUMMARIES.keys()
