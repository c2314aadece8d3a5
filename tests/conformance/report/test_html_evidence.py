"""What stands behind a failure: bytes and fields, lines and links, steps and the ledger, from real wrong answers."""

import json
from typing import Any

import pytest

from calybris_conformance.compare import judge, judged_part
from calybris_conformance.corpus import Case, Corpus, load
from calybris_conformance.outcomes import CaseResult
from calybris_conformance.protocol import Answer, Ok, Refusal
from calybris_conformance.report.html import evidence
from calybris_conformance.report.html.evidence import byte_view, log_view, question, script_view, views
from calybris_conformance.report.jsonl import Recorder
from calybris_ref.wal_line import EMPTY_LOG, WalEntry, entry_hash
from tests.support.reports import READY, a_case


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load()


def case_of(corpus: Corpus, case_id: str) -> Case:
    return next(case for case in corpus.cases if case.id == case_id)


def line_of(case: Case, answer: Answer) -> dict[str, Any]:
    """The line of a report on this answer, as the recorder writes it and a reader reads it."""
    verdict = judge(case, answer)
    sent = answer.preimage_hex if isinstance(answer, Ok) else None
    with Recorder(None, {}, "{case}") as recorder:
        recorder.header("p", READY, load_header, [], {})
        recorder.case(CaseResult(case, verdict.outcome, verdict, judged_part(answer), preimage_hex=sent))
        (line,) = recorder.report().cases
    read: dict[str, Any] = json.loads(json.dumps(line))
    return read


load_header = Corpus("1", a_case("a/b").path, "", (), (), {})  # type: ignore[arg-type] # nobody looks at its root


# ---- bytes


DIGEST = "digest/input-fields/baseline"


def test_a_digest_without_a_preimage_shows_the_right_bytes(corpus: Corpus) -> None:
    case = case_of(corpus, DIGEST)
    view = byte_view(case, line_of(case, Ok({"digest_hex": "00" * 32})))
    assert view is not None
    assert (view["length"], view["sent"]) == (79, None)
    assert view["rows"][0] == ["tag", 0, "63616c79696e703100", None, "calyinp1\x00", None, False]
    assert view["rows"][1] == ["request_sequence", 9, "e903000000000000", None, "1001", None, False]


def test_a_wrong_field_is_told_from_a_right_one(corpus: Corpus) -> None:
    case = case_of(corpus, DIGEST)
    right = case.expect["preimage_hex"]
    sent = right[:18] + "00000000000003e9" + right[34:]
    view = byte_view(case, line_of(case, Ok({"digest_hex": "00" * 32}, sent)))
    assert view is not None
    differs = {row[0]: row for row in view["rows"] if row[-1]}
    assert list(differs) == ["request_sequence"]
    assert differs["request_sequence"][2:6] == ["e903000000000000", "00000000000003e9", "1001", str(0xE903 << 48)]


def test_bytes_that_are_no_record(corpus: Corpus) -> None:
    case = case_of(corpus, DIGEST)
    view = byte_view(case, line_of(case, Ok({"digest_hex": "00" * 32}, "abc")))  # half a byte is left out
    assert view is not None
    assert view["sent"] == 1
    assert view["rows"][0][2:4] == ["63616c79696e703100", "ab"]
    assert view["rows"][-1][3] == ""
    assert all(row[-1] and row[5] is None for row in view["rows"])


def test_of_many_fields_those_around_the_first_difference(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "FIELDS_SHOWN", 4)
    case = case_of(corpus, DIGEST)
    right = case.expect["preimage_hex"]
    for byte, shown, before, after in ((78, "required_region_mask", 10, 0), (45, "risk_bps", 6, 4), (0, "tag", 0, 10)):
        sent = right[: 2 * byte] + "ee" + right[2 * byte + 2 :]
        view = byte_view(case, line_of(case, Ok({"digest_hex": "00" * 32}, sent)))
        assert view is not None
        assert len(view["rows"]) == 4
        assert [row[0] for row in view["rows"] if row[-1]] == [shown]
        assert (view["before"], view["after"]) == (before, after)


def test_no_bytes_where_there_is_no_preimage_and_no_difference(corpus: Corpus) -> None:
    case = case_of(corpus, DIGEST)
    assert byte_view(case, line_of(case, Refusal("DIGEST_TAG_UNKNOWN", "x"))) is None
    assert views(a_case("decide/a/1"), line_of(case, Ok({"digest_hex": "00" * 32}))) == []


# ---- logs


KEY = bytes(32)


def entry(sequence: int, previous: str, data: bytes, key: bytes | None = None) -> WalEntry:
    return WalEntry(sequence, previous, entry_hash(previous, data, key), data)


def a_log_case(*lines: bytes, key: bytes | None = None, expect: dict[str, Any] | None = None) -> Case:
    due = expect or {"error": {"code": "LOG_HASH_MISMATCH", "at": "lines[1].entry_hash"}}
    parts = [{"hex": line.hex(), "times": "1"} for line in lines]
    given = {"log": parts, "key_hex": key.hex() if key else None, "anchor": None}
    blank = a_case("wal/a/1", "wal.verify")
    return Case(**{**{name: getattr(blank, name) for name in Case.__slots__}, "input": given, "expect": due})


def rows_of(case: Case, answer: Answer) -> list[list[Any]]:
    view = log_view(case, line_of(case, answer))
    assert view is not None
    rows: list[list[Any]] = view["rows"]
    return rows


@pytest.mark.parametrize("key", [None, KEY])
def test_each_kind_of_broken_link_is_named(key: bytes | None) -> None:
    first = entry(1, EMPTY_LOG.last_hash, b'{"a":1}', key)
    changed = entry(2, first.entry_hash, b"2", key)._replace(data=b"3")
    moved = entry(4, "genesis", b"4", key)
    case = a_log_case(first.line(), changed.line(), b"\n", moved.line(), b"{torn", key=key)
    rows = rows_of(case, Ok({"sequence": "2", "last_hash": ""}))
    assert [row[0] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0][1:] == ["1", "genesis", first.entry_hash, '{"a":1}', []]
    assert rows[1][5] == ["entry_hash is not the hash of what stands in the line"]
    assert rows[2][1:] == [None, None, None, "", []]
    assert rows[3][5] == ["sequence 4 follows 2", "previous_hash is not the hash of the entry before"]
    assert rows[4][5][0].startswith("no entry: ")
    assert entry_hash(first.entry_hash, b"3", key) not in json.dumps(rows)  # nobody is told how to forge it


def test_who_refuses_which_line() -> None:
    first = entry(1, EMPTY_LOG.last_hash, b"1")
    lines = [first.line(), *[b"\n"] * 20, entry(2, first.entry_hash, b"2").line()]
    due = {"error": {"code": "LOG_HASH_MISMATCH", "at": "lines[10].entry_hash"}}
    case = a_log_case(*lines, expect=due)
    view = log_view(case, line_of(case, Refusal("LOG_LINE_MALFORMED", "lines[8]")))
    assert view is not None
    assert view["due"] == ["LOG_HASH_MISMATCH", "lines[10].entry_hash"]
    assert view["got"] == ["LOG_LINE_MALFORMED", "lines[8]"]
    assert view["places"] == [10, 8]
    assert [row[0] for row in view["rows"]] == list(range(5, 14))
    assert view["before"] == 5


def test_long_payloads_are_cut_and_huge_logs_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    long = entry(1, EMPTY_LOG.last_hash, b'"' + b"x" * 1000 + b'"')
    case = a_log_case(long.line(), b"{" + b"y" * 1000)
    rows = rows_of(case, Ok({}))
    assert rows[0][4].endswith("… (1,002 bytes)")
    assert rows[1][4].endswith("… (1,001 bytes)")
    monkeypatch.setattr(evidence, "LONGEST_LOG", 1000)
    assert log_view(case, line_of(case, Ok({}))) is None
    assert log_view(a_log_case(), line_of(case, Ok({}))) is None


# ---- scripts


SCRIPT = "budget/kept/overrun-then-released"


def wrong_script(corpus: Corpus, change: Any) -> tuple[Case, dict[str, Any]]:
    case = case_of(corpus, SCRIPT)
    steps = json.loads(json.dumps(case.expect["steps"]))
    change(steps)
    return case, line_of(case, Ok({"steps": steps}))


def test_the_first_step_that_differs_and_the_ledger(corpus: Corpus) -> None:
    def change(steps: list[Any]) -> None:
        steps[2]["state"]["active_reservations"] = "0"
        steps[2]["ok"]["extra"] = "1"

    view = script_view(*wrong_script(corpus, change))
    assert view is not None
    assert (view["place"], view["count"]) == (2, 5)
    assert [number for number, _ in view["steps"]] == [0, 1, 2]
    assert json.loads(view["steps"][2][1])["op"] == "commit"
    assert view["answer"] == [
        ["ok.status", '"overrun"', '"overrun"', False],
        ["ok.remaining_microcents", '"20"', '"20"', False],
        ["ok.extra", None, '"1"', True],
    ]
    assert view["ledger"][-1] == ["active_reservations", '"1"', '"1"', '"0"', True]
    assert view["ledger"][2] == ["tenants[0].remaining_microcents", '"20"', '"20"', '"20"', False]


def test_the_first_step_has_nothing_before_it(corpus: Corpus) -> None:
    def change(steps: list[Any]) -> None:
        del steps[0]["state"]["active_reservations"]

    view = script_view(*wrong_script(corpus, change))
    assert view is not None
    assert view["place"] == 0
    assert view["ledger"][-1] == ["active_reservations", None, '"0"', None, True]


def test_no_step_where_there_are_none(corpus: Corpus) -> None:
    case, line = wrong_script(corpus, lambda steps: steps.append({"ok": {}}))
    assert script_view(case, line) is None  # a step too many has no expectation
    case = case_of(corpus, SCRIPT)
    assert script_view(case, line_of(case, Ok({}))) is None
    assert [view["kind"] for view in views(*wrong_script(corpus, lambda steps: steps[1].pop("ok")))] == ["script"]


# ---- the question


def test_the_question_is_cut(corpus: Corpus) -> None:
    case = case_of(corpus, DIGEST)
    parts = dict(question(case, 10_000))
    assert json.loads(parts["input"]) == case.input
    assert json.loads(parts["expect"]) == case.expect
    assert "given" not in parts  # there is nothing in it
    assert dict(question(case, 10))["input"].startswith('{\n "reques… (')
