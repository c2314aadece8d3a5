"""Whatever a file holds, every command that reads it answers, or says in one line what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calybris_ref import audit_bundle
from calybris_ref.cli.strict_json import MAX_BYTES
from tests.cli.conftest import Result, Run, Write
from tests.support import ledgers, records

POLICY = records.policy([records.model(1), records.model(2)])
REQUEST = records.request()
DECISION = POLICY.prescribe(REQUEST)
GOOD: dict[str, dict[str, Any]] = {
    "policy": POLICY.to_dict(),
    "input": REQUEST.to_dict(),
    "decision": DECISION.to_dict(),
    "bundle": audit_bundle(POLICY, REQUEST, DECISION).to_dict(),
    "snapshot": ledgers.snapshot([ledgers.tenant("acme", 3, 2, 0, 1)], wal_high_watermark=1).to_dict(),
}
DECIDE = ("decide", "--policy", "policy.json", "--input", "input.json")
VERIFY = ("verify", "--policy", "policy.json", "--input", "input.json", "--decision", "decision.json")
# Every place where a command reads a record: the record, and the command line that reads it from `bad.json`.
READERS: list[tuple[str, tuple[str, ...]]] = [
    ("policy", ("decide", "--policy", "bad.json", "--input", "input.json")),
    ("input", ("decide", "--policy", "policy.json", "--input", "bad.json", "--trace", "--explain")),
    ("input", ("decide", "--policy", "policy.json", "--inputs", "bad.json", "--json")),
    ("policy", ("verify", "--policy", "bad.json", *VERIFY[3:])),
    ("input", (*VERIFY[:3], "--input", "bad.json", *VERIFY[5:])),
    ("decision", (*VERIFY[:5], "--decision", "bad.json")),
    ("bundle", ("verify", "--bundle", "bad.json")),
    ("bundle", (*VERIFY, "--bundle", "bad.json", "--json")),
    ("policy", ("digest", "policy", "bad.json", "--preimage")),
    ("input", ("digest", "input", "bad.json")),
    ("decision", ("digest", "decision", "bad.json", "--preimage", "--json")),
    ("snapshot", ("digest", "ledger", "bad.json", "--preimage")),
    ("snapshot", ("ledger", "show", "bad.json")),
    ("snapshot", ("ledger", "prove", "bad.json", "--json")),
    ("policy", ("wal", "replay", "no.wal", "--policy", "policy.json", "--policy", "bad.json")),
]
NAMES = [" ".join(line) for _, line in READERS]

each_reader = pytest.mark.parametrize(("record", "line"), READERS, ids=NAMES)


@pytest.fixture(autouse=True)
def _good_files(write: Write) -> None:
    for name, document in GOOD.items():
        write(f"{name}.json", document)


def with_value(value: Any) -> Callable[[dict[str, Any]], Any]:
    """A document whose first integer is replaced."""

    def changed(document: dict[str, Any]) -> Any:
        key = next(key for key, old in document.items() if type(old) is int)
        return {**document, key: value}

    return changed


def without_first(document: dict[str, Any]) -> Any:
    return dict(list(document.items())[1:])


WRONG_RECORDS: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("a list", lambda document: [document], "RECORD_TYPE_INVALID"),
    ("null", lambda document: None, "RECORD_TYPE_INVALID"),
    ("a text", lambda document: "x", "RECORD_TYPE_INVALID"),
    ("an integer", lambda document: 7, "RECORD_TYPE_INVALID"),
    ("no key", lambda document: {}, "RECORD_KEY_MISSING"),
    ("a missing key", without_first, "RECORD_KEY_MISSING"),
    ("an unknown key", lambda document: {**document, "zeal": 1}, "RECORD_KEY_UNKNOWN"),
    ("a hostile key", lambda document: {**document, "\x1b[31m\n": 1}, "RECORD_KEY_UNKNOWN"),
    ("true for an integer", with_value(True), "INTEGER_TYPE_INVALID"),
    ("null for an integer", with_value(None), "INTEGER_TYPE_INVALID"),
    ("a list for an integer", with_value([1]), "INTEGER_TYPE_INVALID"),
    ("an object for an integer", with_value({}), "INTEGER_TYPE_INVALID"),
    ("a negative integer", with_value(-1), "INTEGER_OUT_OF_RANGE"),
    ("an integer of 65 bits", with_value(2**64), "INTEGER_OUT_OF_RANGE"),
    ("a text of 65 bits", with_value(str(2**64)), "INTEGER_OUT_OF_RANGE"),
    ("a long text", with_value("9" * 4_301), "INTEGER_NOT_CANONICAL"),
    ("a leading zero", with_value("01"), "INTEGER_NOT_CANONICAL"),
    ("a float", with_value(1.0), "JSON_NUMBER_INVALID"),
    ("not a number", with_value(float("nan")), "JSON_NUMBER_INVALID"),
    ("a long integer", with_value(10**4_000), "JSON_NUMBER_INVALID"),
    ("a lone surrogate", with_value("\ud800"), "JSON_TEXT_INVALID"),
]


def refused(result: Result) -> str:
    assert (result.code, result.out) == (2, "")
    return result.error


@each_reader
@pytest.mark.parametrize(("change", "code"), [row[1:] for row in WRONG_RECORDS], ids=[row[0] for row in WRONG_RECORDS])
def test_a_wrong_record_is_one_line(
    cli: Run, write: Write, record: str, line: tuple[str, ...], change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    write("bad.json", change(GOOD[record]))
    error = refused(cli(*line))
    assert error.startswith("bad.json")
    assert error.endswith(f" [{code}]")


WRONG_BYTES: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("half", lambda data: data[: len(data) // 2], "JSON_SYNTAX_INVALID"),
    ("twice", lambda data: data + data, "JSON_SYNTAX_INVALID"),
    ("a mark", lambda data: b"\xef\xbb\xbf" + data, "JSON_ENCODING_INVALID"),
    ("another encoding", lambda data: data.decode().encode("utf-16"), "JSON_ENCODING_INVALID"),
    ("a bad byte", lambda data: data.replace(b'"', b"\xff", 1), "JSON_ENCODING_INVALID"),
    ("a zero byte", lambda data: data.replace(b'"', b"\0", 1), "JSON_SYNTAX_INVALID"),
    ("a key twice", lambda data: data[:-1] + b", " + data[1:], "JSON_KEY_DUPLICATE"),
    ("a deep nest", lambda data: b"[" * 200_000, "JSON_NESTING_TOO_DEEP"),
    ("a comment", lambda data: b"// policy\n" + data, "JSON_SYNTAX_INVALID"),
    ("another format", lambda data: b"\x00\x01\x02ELF", "JSON_SYNTAX_INVALID"),
    ("too much", lambda data: data + b" " * MAX_BYTES, "JSON_TOO_LARGE"),
]


@each_reader
@pytest.mark.parametrize(("change", "code"), [row[1:] for row in WRONG_BYTES], ids=[row[0] for row in WRONG_BYTES])
def test_wrong_bytes_are_one_line(
    cli: Run, write: Write, record: str, line: tuple[str, ...], change: Callable[[bytes], bytes], code: str
) -> None:
    write("bad.json", change(json.dumps(GOOD[record]).encode()))
    error = refused(cli(*line))
    assert error.startswith("bad.json")
    assert error.endswith(f" [{code}]")


@each_reader
def test_a_file_that_cannot_be_read_is_one_line(cli: Run, tmp_path: Path, record: str, line: tuple[str, ...]) -> None:
    assert refused(cli(*line)) == "bad.json: cannot be read: No such file or directory [FILE_UNREADABLE]"
    (tmp_path / "bad.json").mkdir()
    assert refused(cli(*line)) == "bad.json: cannot be read: Is a directory [FILE_UNREADABLE]"


@each_reader
def test_stdin_is_read_as_strictly(cli: Run, record: str, line: tuple[str, ...]) -> None:
    stdin = [word if word != "bad.json" else "-" for word in line]
    assert refused(cli(*stdin, stdin=b"[")).startswith("standard input")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.integers().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> bytes:
    """The document with a few values, keys or bytes changed."""
    document = json.loads(json.dumps(document))
    for _ in range(draw(st.integers(0, 2))):
        target = document
        while True:
            steps = list(target) if isinstance(target, dict) else list(range(len(target)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            if isinstance(target[step], dict | list) and draw(st.booleans()):
                target = target[step]
                continue
            kind = draw(st.sampled_from(["replace", "remove", "add"]))
            if kind == "remove":
                del target[step]
            elif kind == "add" and isinstance(target, dict):
                target[draw(st.text(max_size=8))] = draw(json_values)
            else:
                target[step] = draw(json_values)
            break
    data = bytearray(json.dumps(document).encode())
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@each_reader
def test_mutated_files_are_answered_or_refused_in_one_line(
    cli: Run, write: Write, record: str, line: tuple[str, ...]
) -> None:
    @given(mutated(GOOD[record]))
    @settings(max_examples=40, deadline=None)
    def holds(data: bytes) -> None:
        write("bad.json", data)
        result = cli(*line)
        assert result.code in (0, 1, 2)
        if result.code == 2:
            assert result.out == ""
            assert result.error.endswith("]")
        else:
            assert result.err == ""

    holds()


@pytest.mark.parametrize(
    "line",
    [
        ("decide",),
        ("decide", "--policy"),
        (*DECIDE, "--inputs", "input.json"),
        (*DECIDE, "--constructor", "new"),
        (*DECIDE, "--jsno"),
        (*DECIDE, "more"),
        ("verify",),
        ("verify", "--decision", "decision.json"),
        (*VERIFY, "--constructor", "validated"),
        ("digest",),
        ("digest", "policies", "policy.json"),
        ("digest", "policy"),
        ("digest", "input", "input.json", "--constructor", "unchecked"),
        ("wal",),
        ("wal", "reapir"),
        ("wal", "verify"),
        ("wal", "verify", "nowhere"),
        ("wal", "verify", "policy.json", "--key-file", "nowhere"),
        ("wal", "verify", "policy.json", "--anchor", "policy.json"),
        ("wal", "replay", "policy.json"),
        ("wal", "show", "policy.json", "--from", "0"),
        ("wal", "show", "policy.json", "--limit", "-1"),
        ("wal", "show", "policy.json", "--to", "x"),
        ("wal", "repair", "nowhere"),
        ("ledger",),
        ("ledger", "show"),
        ("ledger", "prove", "nowhere"),
        ("completion",),
        ("completion", "powershell"),
        ("conformance",),
        ("conformance", "runn"),
        ("conformance", "run"),
        ("conformance", "run", "--window", "x", "--", "true"),
        ("conformance", "run", "--vectors", "nowhere", "--", "true"),
        ("conformance", "run", "--known-failures", "nowhere.toml", "--", "true"),
        ("conformance", "smoke"),
        ("conformance", "show"),
        ("conformance", "show", "no/such/case"),
        ("conformance", "report", "nowhere"),
        ("vectors",),
        ("vectors", "shwo"),
        ("vectors", "show"),
        ("vectors", "show", "no/such/case"),
        ("prove", "--jsno"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_one_line(cli: Run, line: tuple[str, ...]) -> None:
    assert refused(cli(*line))
