"""`calybris-ref wal show --html`: entries, seams, anchors and the fault, and what is counted instead of shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import audit_bundle
from tests.cli.conftest import Result, Run, Write
from tests.support import logs, records
from tests.support.pages import Reader

RECORD = logs.compact(logs.record())
REJECTED = records.request(risk_bps=10_000)
OTHER = logs.compact(logs.record(input=REJECTED.to_dict(), decision=logs.POLICY.prescribe(REJECTED).to_dict()))
NASTY = b'{"note":"<img src=x onerror=alert(1)>"}'
PAYLOADS = (RECORD, OTHER, NASTY, RECORD)
LOG = logs.log(*PAYLOADS)
LINES = LOG.splitlines(keepends=True)
HASHES = [logs.last_hash(*PAYLOADS[:count]) for count in range(1, 5)]
LONG = logs.log(*[RECORD] * 40)


def anchor(sequence: int, last_hash: str, *, keyed: bool = False) -> dict[str, Any]:
    return {
        "schema_version": "calybris.wal-anchor.v1",
        "sequence": sequence,
        "last_hash": last_hash,
        "keyed": keyed,
    }


@pytest.fixture(autouse=True)
def _files(write: Write, cli: Run) -> None:
    write("a.wal", LOG)
    write("bad.wal", b"".join(LINES[:2]) + LINES[2].replace(b"src=x", b"src=y") + LINES[3])
    write("cut.wal", LINES[0] + LINES[2] + LINES[3])
    write("relinked.wal", LINES[0] + LINES[1].replace(HASHES[0].encode(), b"0" * 64) + LINES[2] + LINES[3])
    write("torn.wal", LOG[:-30])
    write("empty.wal", b"")
    write("long.wal", LONG)
    write("key", logs.KEY)
    write("keyed.wal", logs.log(*PAYLOADS, key=logs.KEY))
    keyed = logs.log(*PAYLOADS, key=logs.KEY).splitlines(keepends=True)
    write("keyed-bad.wal", keyed[0] + keyed[1] + keyed[2].replace(b"src=x", b"src=y"))
    write("0.json", anchor(0, "genesis"))
    write("2.json", anchor(2, HASHES[1]))
    write("3.json", anchor(3, HASHES[2]))
    write("4.json", anchor(4, HASHES[3]))
    write("other.json", anchor(3, "0" * 64))
    write("far.json", anchor(9, HASHES[3]))
    write("key.json", anchor(4, HASHES[3], keyed=True))


def shown(cli: Run, tmp_path: Path, log: str, *options: str) -> tuple[Result, Reader]:
    result = cli("wal", "show", log, "--html", "log.html", *options)
    assert result.err == ""
    return result, Reader((tmp_path / "log.html").read_text("utf-8"))


def test_a_log_that_holds(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "a.wal")
    assert result == (0, "The log holds: 4 of 4 entries are on log.html\n", "")
    assert page.text_of("h1") == "The log holds valid"
    assert "Every entry holds to the one before it: 4 in all." in page.text
    first, second, third, fourth = page.texts("li")
    assert first.startswith("begins the chain: genesis1execute_requested: model 1, utility 679,600")
    assert second.startswith(f"{HASHES[0][:16]}… is the hash of the entry before2reject: risk_hard_limit")
    assert "3no decision" in third
    assert NASTY.decode() in third
    assert page.count("img") == 0
    assert f"previous{HASHES[2]}" in fourth
    assert f"line 4, byte {len(b''.join(LINES[:3])):,}" in fourth


@pytest.mark.parametrize(
    ("names", "code", "words"),
    [
        (("4",), 0, "4.json: entry 4 is the one that was anchored, the last one."),
        (("3",), 0, "3.json: entry 3 is the one that was anchored; 1 more stands behind it."),
        (("2", "0"), 0, "2.json: entry 2 is the one that was anchored; 2 more stand behind it."),
        (("0",), 0, "0.json: entry 0 is the one that was anchored; 4 more stand behind it."),
        (("4", "other"), 1, "other.json: the log has another entry 3: it was written again."),
        (("far",), 1, "far.json: it names entry 9, and the log ends with 4."),
        (("key",), 1, "key.json: it is that of a log with a key, and this one was read otherwise."),
    ],
)
def test_anchors(cli: Run, tmp_path: Path, names: tuple[str, ...], code: int, words: str) -> None:
    options = [word for name in names for word in ("--anchor", f"{name}.json")]
    result, page = shown(cli, tmp_path, "a.wal", *options)
    assert result.code == code
    assert words in result.out
    verdict = "The log holds valid" if code == 0 else "The log does not hold to its anchors invalid"
    assert page.text_of("h1") == verdict
    assert ("Anchors that do not hold: 1 of " in page.text) == bool(code)
    rows = page.texts("li")
    assert len(rows) == 4 + len(names)
    for name in names:
        (place,) = (place for place, row in enumerate(rows) if row.startswith(f"Anchor {name}.json"))
        before = sum(not row.startswith("Anchor") for row in rows[:place])
        assert before == {"0": 0, "2": 2, "3": 3, "other": 3}.get(name, 4)


def test_a_broken_link_says_what_was_expected_and_found(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "bad.wal", "--anchor", "2.json", "--anchor", "4.json")
    assert result.code == 1
    assert "line 3: the chain is broken: the entry_hash is not the expected one [LOG_CHAIN_BROKEN]\n" in result.out
    assert page.text_of("h1") == "The log does not hold invalid"
    assert "2 entries hold; what follows was not read." in page.text
    expected = logs.last_hash(RECORD, OTHER, NASTY.replace(b"src=x", b"src=y"))
    *_, broken, last = page.texts("li")
    for words in (f"expected{expected}", f"found{HASHES[2]}", "sequence3", "entries before2"):
        assert words in broken
    assert page.texts("li")[2] == "Anchor 2.json: entry 2 is the one that was anchored, and 0 more hold."
    assert last.startswith("Anchor 4.json: it names entry 4, and the log does not hold so far")


def test_the_right_hash_of_a_keyed_log_is_told_to_nobody(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "keyed-bad.wal", "--key-file", "key")
    text = (tmp_path / "log.html").read_text("utf-8") + result.out
    changed = (RECORD, OTHER, NASTY.replace(b"src=x", b"src=y"))
    assert logs.last_hash(*changed, key=logs.KEY) not in text
    assert "expectedwhat the key gives; it is not shown" in page.texts("li")[2]
    assert f"found{logs.last_hash(*PAYLOADS[:3], key=logs.KEY)}" in page.texts("li")[2]


def test_a_key(cli: Run, tmp_path: Path) -> None:
    _, page = shown(cli, tmp_path, "keyed.wal", "--key-file", "key")
    assert "keyused" in page.text
    result, page = shown(cli, tmp_path, "keyed.wal")
    assert result.code == 1
    assert "was the log written with a key" in page.text
    (one,) = page.texts("li")
    assert "the chain is broken" in one


def test_a_torn_tail(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "torn.wal")
    assert result.code == 1
    assert page.text_of("h1") == "The log is torn at its end torn"
    assert "3 entries hold; what follows was not read." in page.text
    assert "torn bytes" in page.text


def test_an_empty_log(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "empty.wal")
    assert result.code == 0
    assert "0 in all" in page.text
    assert page.texts("li") == []


def test_one_entry_holds(cli: Run, tmp_path: Path, write: Write) -> None:
    write("one.wal", LINES[0] + LINES[2])
    assert "1 entry holds; what follows was not read." in shown(cli, tmp_path, "one.wal")[1].text


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ((), 40),
        (("--limit", "5"), [5, "25 entries are not shown here.", 10]),
        (("--from", "29", "--limit", "1"), ["28 entries are not shown here.", 1, "1 entry is not shown here.", 10]),
        (("--from", "10", "--to", "12"), ["9 entries are not shown here.", 3, "18 entries are not shown here.", 10]),
    ],
)
def test_a_window_is_told(cli: Run, tmp_path: Path, options: tuple[str, ...], rows: Any) -> None:
    _, page = shown(cli, tmp_path, "long.wal", *options)
    found: list[Any] = []
    for row in page.texts("li"):
        if "not shown" in row:
            found.append(row)
        elif found and isinstance(found[-1], int):
            found[-1] += 1
        else:
            found.append(1)
    assert found == (rows if isinstance(rows, list) else [rows])
    entries = sum(one for one in found if isinstance(one, int))
    assert (f"{entries} of 40 entries are shown" in page.text) == (entries < 40)


def test_json(cli: Run, tmp_path: Path) -> None:
    result, _ = shown(cli, tmp_path, "long.wal", "--json", "--limit", "3")
    assert json.loads(result.out) == {"html": "log.html", "entries": 40, "shown": 13, "holds": True}
    result, _ = shown(cli, tmp_path, "bad.wal", "--json")
    assert (result.code, json.loads(result.out)["holds"]) == (1, False)


# ---- not verified


def test_open_seams_show_without_a_hash(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "cut.wal", "--unverified")
    assert result.code == 1
    assert page.text_of("h1") == "The log has open seams invalid"
    assert "Of 3 entries that were read, 1 does not go on from the one before." in page.text
    assert page.texts("li")[1].startswith("Open seam: sequence 2 is expected, and 3 found.")
    assert "is what the entry before says" in page.texts("li")[2]
    _, page = shown(cli, tmp_path, "relinked.wal", "--unverified")
    assert page.texts("li")[1].startswith(
        f"Open seam: previous hash {HASHES[0][:16]}… is expected, and {'0' * 16}… found."
    )


def test_open_seams_outside_the_window_are_shown(cli: Run, tmp_path: Path, write: Write) -> None:
    lines = LONG.splitlines(keepends=True)
    write("gaps.wal", b"".join(line for place, line in enumerate(lines) if place not in (9, 14)))
    _, page = shown(cli, tmp_path, "gaps.wal", "--unverified", "--limit", "1")
    assert "2 do not go on" in page.text
    assert sum(row.startswith("Open seam") for row in page.texts("li")) == 2


def test_a_log_that_is_not_verified(cli: Run, tmp_path: Path) -> None:
    result, page = shown(cli, tmp_path, "bad.wal", "--unverified")
    assert result == (0, "A log, not verified: 4 of 4 entries are on log.html\n", "")
    assert page.text_of("h1") == "A log, not verified not verified"
    assert "each goes on from the one before" in page.text
    result, page = shown(cli, tmp_path, "torn.wal", "--unverified")
    assert (result.code, page.text_of("h1")) == (1, "The log is torn at its end torn")


def test_another_policy_is_marked(cli: Run, tmp_path: Path, write: Write) -> None:
    policy = records.policy(policy_epoch=99)
    decision = policy.prescribe(logs.REQUEST)
    bundle = audit_bundle(policy, logs.REQUEST, decision)
    other = logs.compact(logs.record(audit=bundle.to_dict(), decision=decision.to_dict()))
    write("two.wal", logs.log(RECORD, RECORD, other))
    _, page = shown(cli, tmp_path, "two.wal")
    assert ["another policy" in row for row in page.texts("li")] == [False, False, True]
    assert "another policy: epoch 99" in page.text


def test_a_long_payload_is_cut(cli: Run, tmp_path: Path, write: Write) -> None:
    write("wide.wal", logs.log(b'"' + b"x" * 5_000 + b'"'))
    _, page = shown(cli, tmp_path, "wide.wal")
    assert "x… 4,402 more characters" in page.text


def test_an_anchor_needs_a_page(cli: Run) -> None:
    result = cli("wal", "show", "a.wal", "--anchor", "4.json")
    assert (result.code, result.out) == (2, "")
    assert result.error == "--anchor goes with --html; 'calybris-ref wal verify' holds a log to its anchor"
