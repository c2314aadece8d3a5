"""`wal anchor` and `wal repair`: the two actions that write."""

import json
from pathlib import Path

import pytest

from calybris_ref import WalAnchor, WalWriter, verify_wal
from tests.cli.conftest import Run, Write
from tests.cli.test_wal import CHANGED, HEAD, KEYED, LINES, LOG, RECORD, anchor, document
from tests.support import logs


@pytest.fixture(autouse=True)
def _files(write: Write, cli: Run) -> None:
    write("a.wal", LOG)
    write("keyed.wal", KEYED)
    write("key.bin", logs.KEY)


def test_an_anchor_is_printed_or_written(cli: Run) -> None:
    right = WalAnchor.of(HEAD, keyed=False)
    assert cli("wal", "anchor", "a.wal") == (0, right.to_json().decode() + "\n", "")
    assert document(cli("wal", "anchor", "a.wal", "--json")) == right.to_dict()
    code, out, _ = cli("wal", "anchor", "a.wal", "--out", "anchor.json")
    assert (code, out.split(";")[0]) == (0, "anchored: anchor.json says that the log ends with entry 3")
    assert Path("anchor.json").read_bytes() == right.to_json()
    assert verify_wal("a.wal", anchor=right) == HEAD
    keyed = document(cli("wal", "anchor", "keyed.wal", "--key-file", "key.bin", "--out", "k.json", "--json"))
    assert keyed["keyed"] is True
    assert json.loads(Path("k.json").read_bytes()) == keyed


def test_an_anchor_gives_way_only_to_one_of_the_same_log(cli: Run) -> None:
    line = ("wal", "anchor", "a.wal", "--out", "anchor.json")
    anchor("anchor.json", RECORD)
    assert cli(*line).code == 0
    assert cli(*line).code == 0
    for payloads in ((RECORD,) * 4, (b"1",), (b"1", b"2", b"3")):
        anchor("anchor.json", *payloads)
        kept = Path("anchor.json").read_bytes()
        code, out, _ = cli(*line)
        assert (code, "[LOG_ANCHOR_MISMATCH]" in out) == (1, True)
        assert Path("anchor.json").read_bytes() == kept
    Path("anchor.json").write_text("my notes")
    assert cli(*line).code == 2
    assert Path("anchor.json").read_text() == "my notes"


def test_a_repair_is_shown_and_done_when_asked_for(cli: Run, write: Write) -> None:
    torn = LOG[:-20]
    at = len(LINES[0] + LINES[1])
    write("torn.wal", torn)
    code, out, _ = cli("wal", "repair", "torn.wal")
    assert (code, out.splitlines()[-1]) == (
        1,
        f"Nothing was changed. With --yes it is cut off, and kept in torn.wal.torn-{at}.",
    )
    assert document(cli("wal", "repair", "torn.wal", "--json"))["status"] == "torn"
    assert Path("torn.wal").read_bytes() == torn
    assert cli("wal", "repair", "torn.wal", "--yes") == (
        0,
        f"repaired: the log ends with entry 2 again; the {len(torn) - at} bytes behind it are in torn.wal.torn-{at}\n",
        "",
    )
    assert Path("torn.wal").read_bytes() == LINES[0] + LINES[1]
    assert Path(f"torn.wal.torn-{at}").read_bytes() == torn[at:]
    done = (0, "valid: the chain holds to its end; there is nothing to cut off\n", "")
    assert cli("wal", "repair", "torn.wal", "--yes") == done
    found = document(cli("wal", "repair", "torn.wal", "--json"))
    assert found == {"status": "valid", "log": "torn.wal", "sequence": 2, "last_hash": logs.last_hash(RECORD, RECORD)}


def test_a_repair_in_json_says_where_the_bytes_are(cli: Run, write: Write) -> None:
    write("torn.wal", KEYED + b"{")
    assert document(cli("wal", "repair", "torn.wal", "--key-file", "key.bin", "--yes", "--json")) == {
        "status": "repaired",
        "log": "torn.wal",
        "sequence": 2,
        "last_hash": logs.last_hash(RECORD, RECORD, key=logs.KEY),
        "offset": len(KEYED),
        "torn_bytes": 1,
        "side_file": f"torn.wal.torn-{len(KEYED)}",
    }


def test_damage_that_is_no_torn_tail_is_left_alone(cli: Run, write: Write) -> None:
    write("bad.wal", CHANGED)
    code, out, _ = cli("wal", "repair", "bad.wal", "--yes")
    assert (code, out.splitlines()[0].split(":")[0]) == (1, "invalid")
    assert out.endswith("\nNothing was changed: only what a crash left behind the last whole line can be cut off.\n")
    assert Path("bad.wal").read_bytes() == CHANGED


def test_a_repair_that_is_in_the_way_of_something_is_one_line(cli: Run, write: Write) -> None:
    write("torn.wal", LOG[:-20])
    side = write(f"torn.wal.torn-{len(LINES[0] + LINES[1])}", b"other")
    result = cli("wal", "repair", "torn.wal", "--yes")
    assert (result.code, result.out) == (2, "")
    sentence = f"torn.wal: {side} keeps other bytes than those to be cut off; move it away"
    assert result.error == f"{sentence} [LOG_TORN_FILE_EXISTS]"


def test_a_log_that_a_writer_has_open_is_not_repaired(cli: Run) -> None:
    with WalWriter.open("busy.wal") as writer:
        writer.append(1)
        with Path("busy.wal").open("ab") as file:
            file.write(b'{"seq')
        result = cli("wal", "repair", "busy.wal", "--yes")
    assert result.code == 2
    assert result.error.endswith("and a log has one writer at a time [LOG_WRITER_ACTIVE]")
