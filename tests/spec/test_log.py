"""Lines, hashes, verification, appending, anchors (LOG-1 … LOG-6, LOG-8, LOG-11): the tables of the page."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec import log
from calybris_spec.chain import Entry, Head
from calybris_spec.codes import Refusal
from calybris_spec.payload import MOST_LINE_BYTES, MOST_PAYLOAD_BYTES, Payload

KEY = b"k" * 32
FIRST = "178e0a74a0661098a1877cec84b228ea890382012772c6fdff5856469b5342de"
LINE = f'{{"sequence":1,"previous_hash":"genesis","entry_hash":"{FIRST}","data":null}}\n'.encode()


def made(*payloads: str, key: bytes | None = None) -> bytes:
    text = b""
    for payload in payloads:
        text += log.append(text, key, payload).added
    return text


def verdict(text: bytes, key: bytes | None = None, anchor: log.Anchor | None = None) -> Refusal | Head[str]:
    reading = log.verify(text, key, anchor)
    return reading.head if reading.refusal is None else reading.refusal


HASHES = [
    ("null", None, FIRST),
    ('{"a":1}', None, "802f6ff9e25560620fd1cee3d81b398f84a172da51e9bff2848b9311a901623d"),
    ('{"a": 1}', None, "bfd5f35b43681d586db0f4a547a500ca3850215acff2c63a755f21b516920bfb"),
    ("null", KEY, "8aa95efacf88be8dc15a00cea005bc18dad49725e55fb7319a220e685b182a09"),
]


@pytest.mark.parametrize(("data", "key", "expected"), HASHES)
def test_the_table_of_hashes(data: str, key: bytes | None, expected: str) -> None:
    assert log.hash_of(key, "genesis", data) == expected
    line = log.line_text(Entry(1, "genesis", expected, data)).encode()
    assert verdict(line, key) == (1, expected)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_hmac_is_that_of_the_language(key: bytes, message: bytes) -> None:
    assert log.hmac_hex(key, message) == hmac.new(key, message, hashlib.sha256).hexdigest()


@given(st.text(), st.text())
def test_the_hash_is_over_the_bytes_one_after_the_other(previous_hash: str, data: str) -> None:
    expected = hashlib.sha256(previous_hash.encode() + data.encode()).hexdigest()
    assert log.hash_of(None, previous_hash, data) == expected


@given(st.lists(st.none() | st.integers(-9, 9) | st.text(max_size=3), max_size=5), st.sampled_from([None, KEY]))
def test_what_is_appended_is_read(payloads: list[Any], key: bytes | None) -> None:
    text = made(*map(json.dumps, payloads), key=key)
    reading = log.verify(text, key)
    assert (reading.refusal, reading.head.sequence) == (None, len(payloads))
    assert [json.loads(entry.data) for _, entry in reading.entries] == payloads
    assert log.verify(text, key, log.anchor_of(reading.head, key)).refusal is None


def test_the_first_line_is_that_of_the_page() -> None:
    assert made("null") == LINE
    assert verdict(b"") == (0, "genesis")


LAYOUTS = [
    LINE[:-1],
    LINE[:-1] + b"\r\n",
    b"\n \t\r\f\n" + LINE + b"\n",
    LINE.replace(b":", b" : ").replace(b",", b" ,\t"),
    b" " + LINE[:-1] + b"\t\n",
    LINE.replace(b"sequence", b"\\u0073equence").replace(b"genesis", b"genes\\u0069s"),
    f'{{"data":null,"entry_hash":"{FIRST}","sequence":1,"previous_hash":"genesis"}}'.encode(),
]


@pytest.mark.parametrize("text", LAYOUTS)
def test_a_line_may_be_laid_out_in_any_way(text: bytes) -> None:
    assert verdict(text) == (1, FIRST)


MALFORMED = [
    LINE[:13],
    LINE[:-2],
    LINE[:-1] + b"x",
    b"\xef\xbb\xbf" + LINE,
    LINE.replace(b"null", b"n\0ull"),
    LINE.replace(b"null", b'"\xff"'),
    b'[1,"genesis","' + FIRST.encode() + b'",null]',
    b"null",
    b"\x0b",
    b"\xc2\xa0",
    LINE.replace(b"{", b'{"extra":1,'),
    LINE.replace(b"{", b'{"data":1,'),
    LINE.replace(b"{", b'{"d\\u0061ta":1,'),
    LINE.replace(b',"data":null', b""),
    *[
        LINE.replace(b":1,", b":" + number + b",")
        for number in (b"1.0", b"1e0", b"-1", b'"1"', b"-0", b"18446744073709551616")
    ],
    LINE.replace(b'"genesis"', b"7"),
    LINE.replace(b'"genesis"', b'"\\ud800"'),
    LINE.replace(f'"{FIRST}"'.encode(), b"7"),
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_line_is_refused(text: bytes) -> None:
    assert verdict(text) == ("LOG_LINE_MALFORMED", "lines[0]")
    assert verdict(b"\n" + LINE + text) == ("LOG_LINE_MALFORMED", "lines[2]")


TWO = made("1", "2")
HEAD = log.read(TWO, None).head
DAMAGED = [
    (LINE.replace(b":1,", b":2,"), "LOG_SEQUENCE_UNEXPECTED", "sequence"),
    (LINE.replace(b":1,", b":0,"), "LOG_SEQUENCE_UNEXPECTED", "sequence"),
    (LINE.replace(b":1,", b":18446744073709551615,"), "LOG_SEQUENCE_UNEXPECTED", "sequence"),
    (LINE.replace(b"genesis", b"Genesis"), "LOG_CHAIN_BROKEN", "previous_hash"),
    (LINE.replace(FIRST.encode(), FIRST.upper().encode()), "LOG_CHAIN_BROKEN", "entry_hash"),
    (LINE.replace(b"null", b"true"), "LOG_CHAIN_BROKEN", "entry_hash"),
    (
        LINE.replace(b":1,", b":2,").replace(b"genesis", b"x").replace(b"null", b"1"),
        "LOG_SEQUENCE_UNEXPECTED",
        "sequence",
    ),
]


@pytest.mark.parametrize(("text", "code", "at"), DAMAGED)
def test_a_damaged_entry_is_refused_at_its_field(text: bytes, code: str, at: str) -> None:
    assert verdict(text) == (code, f"lines[0].{at}")


def test_the_chain_is_right_up_to_the_line_that_is_named() -> None:
    lines = made("1", "2", "3").splitlines(keepends=True)
    changed = lines[1].replace(b'"data":2', b'"data":4')
    reading = log.read(lines[0] + b"\n" + changed + b"not JSON", None)
    assert reading.head.sequence == 1
    assert [place for place, _ in reading.entries] == [0]
    assert reading.refusal == ("LOG_CHAIN_BROKEN", "lines[2].entry_hash")
    gap, repetition = verdict(lines[0] + lines[2]), verdict(lines[0] + lines[0])
    assert gap == repetition == ("LOG_SEQUENCE_UNEXPECTED", "lines[1].sequence")


def test_white_space_within_data_is_data() -> None:
    text = LINE.replace(b"null", b"[1, 2]")
    digest = log.hash_of(None, "genesis", "[1, 2]").encode()
    assert verdict(text.replace(FIRST.encode(), digest)) == (1, digest.decode())
    assert verdict(text.replace(FIRST.encode(), digest).replace(b"[1, 2]", b"[1,2]")) == (
        "LOG_CHAIN_BROKEN",
        "lines[0].entry_hash",
    )


def test_the_longest_line() -> None:
    blank = b" " * (MOST_LINE_BYTES - 1)
    assert verdict(blank + b"\n" + LINE) == (1, FIRST)
    assert verdict(LINE + blank + b" ") == (1, FIRST)
    assert verdict(LINE + blank + b" \n") == ("LOG_LINE_TOO_LONG", "lines[1]")
    assert verdict(LINE + b"{" + blank + b"\n") == ("LOG_LINE_TOO_LONG", "lines[1]")


def test_the_longest_payload() -> None:
    text = '"' + "x" * (MOST_PAYLOAD_BYTES - 2) + '"'
    added = log.append(LINE, None, text)
    assert added.refusal is None
    assert verdict(LINE + added.added) == (2, added.entry.entry_hash)
    assert log.append(LINE, None, text[:-1] + 'x"').refusal == ("LOG_PAYLOAD_TOO_LARGE", "data")
    assert log.append(LINE, None, text[:-2] + 'é"').refusal == ("LOG_PAYLOAD_TOO_LARGE", "data")  # two bytes


def test_a_key_is_asked_before_anything_else() -> None:
    anchor = log.Anchor("", 0, "", False)
    assert verdict(b"x", b"k" * 31, anchor) == ("LOG_KEY_TOO_SHORT", "key_hex")
    assert verdict(b"x", KEY, anchor) == ("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version")
    assert log.append(b"x", b"", "1.5").refusal == ("LOG_KEY_TOO_SHORT", "key_hex")


@pytest.mark.parametrize(("written", "read"), [(KEY, None), (None, KEY), (KEY, KEY + b"k"), (KEY, b"K" * 32)])
def test_another_key_breaks_the_first_entry(written: bytes | None, read: bytes | None) -> None:
    assert verdict(made("1", "2", key=written), read) == ("LOG_CHAIN_BROKEN", "lines[0].entry_hash")


def test_a_log_without_a_final_line_feed_gets_one() -> None:
    for before, start in ((b"", b"{"), (LINE, b"{"), (LINE[:-1], b"\n{"), (LINE + b" ", b"\n{"), (b"\n", b"{")):
        added = log.append(before, None, "2")
        assert added.added.startswith(start)
        assert verdict(before + added.added) == (added.entry.sequence, added.entry.entry_hash)


def test_nothing_is_appended_to_a_damaged_log_or_of_a_refused_payload() -> None:
    assert log.append(LINE + b"x", None, "1.5") == log.refused(Refusal("LOG_LINE_MALFORMED", "lines[1]"))
    assert log.append(LINE, None, '{"a":[1.5]}') == log.refused(Refusal("LOG_PAYLOAD_FLOAT", "data.a[0]"))
    assert log.append(LINE, None, "1.5").added == b""


def test_behind_the_last_sequence_nothing_is_appended(monkeypatch: pytest.MonkeyPatch) -> None:
    # no log of that length can be written down
    full = log.Reading(Head(2**64 - 1, FIRST), (), None)
    monkeypatch.setattr(log, "read", lambda *_: full)
    assert log.append_written(LINE, None, Payload(0, "", "1")).refusal == ("LOG_SEQUENCE_EXHAUSTED", "sequence")
    monkeypatch.setattr(log, "read", lambda *_: full._replace(head=Head(2**64 - 2, FIRST)))
    assert log.append_written(LINE, None, Payload(0, "", "1")).entry.sequence == 2**64 - 1


ANCHOR = log.Anchor("calybris.wal-anchor.v1", 2, HEAD.last_hash, False)
ANCHORS: list[tuple[dict[str, Any], str]] = [
    ({"sequence": 1}, "sequence"),
    ({"sequence": 3}, "sequence"),
    ({"last_hash": HEAD.last_hash.upper()}, "last_hash"),
    ({"keyed": True}, "keyed"),
    ({"sequence": 1, "last_hash": "", "keyed": True}, "sequence"),
    ({"last_hash": "", "keyed": True}, "last_hash"),
]


@pytest.mark.parametrize(("change", "field"), ANCHORS)
def test_an_anchor_names_one_head(change: dict[str, Any], field: str) -> None:
    assert verdict(TWO, None, ANCHOR) == HEAD
    assert verdict(TWO, None, ANCHOR._replace(**change)) == ("LOG_ANCHOR_MISMATCH", f"anchor.{field}")
    assert log.anchor_of(HEAD, None) == ANCHOR


def test_a_tail_that_was_cut_off_shows_only_at_an_anchor() -> None:
    left = TWO.splitlines(keepends=True)[0]
    assert verdict(left) == (1, log.read(left, None).head.last_hash)
    assert verdict(left, None, ANCHOR) == ("LOG_ANCHOR_MISMATCH", "anchor.sequence")
    assert verdict(left + b"x", None, ANCHOR) == ("LOG_LINE_MALFORMED", "lines[1]")
