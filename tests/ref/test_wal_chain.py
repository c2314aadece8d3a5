"""calybris_ref.wal_chain: whole logs, and what follows a head (LOG-3, LOG-4, LOG-5, LOG-8, LOG-11)."""

import pickle
from collections.abc import Callable

import pytest

from calybris_ref import (
    AnchorMismatch,
    ChainBroken,
    DuplicateSequence,
    KeyTooShort,
    LineTooLong,
    PayloadError,
    SequenceExhausted,
    WalAnchor,
    WalError,
    WalHead,
    WalJsonError,
    next_entry,
    verify_log,
)
from calybris_ref.wal_chain import lines_of, missing_line_feed, read_entries, verified_entries
from calybris_ref.wal_line import EMPTY_LOG, MAX_LINE_BYTES, MAX_PAYLOAD_BYTES
from tests.support.logs import KEY, hashed, last_hash, line, log, refusal

PAYLOADS = (b"null", b'{"a": 1}', b'["\xc3\xa9"]')
LOG = log(*PAYLOADS)
LINES = LOG.splitlines(keepends=True)
HEAD = WalHead(3, last_hash(*PAYLOADS))


def test_the_answer_is_the_head() -> None:
    assert verify_log(LOG) == HEAD
    assert verify_log(LOG[:-1]) == HEAD
    assert verify_log(LOG.replace(b"\n", b"\r\n\n \t\x0c\r\n")) == HEAD
    assert verify_log(log(*PAYLOADS, key=KEY), KEY) == WalHead(3, last_hash(*PAYLOADS, key=KEY))
    assert verify_log(b"") == verify_log(b"\n \n") == EMPTY_LOG == (0, "genesis")


@pytest.mark.parametrize(
    ("damage", "code", "at"),
    [
        (lambda lines: [lines[0], b"\n", lines[1][:-9], lines[2]], "LOG_LINE_MALFORMED", "lines[2]"),
        (lambda lines: [lines[0], lines[2]], "LOG_SEQUENCE_UNEXPECTED", "lines[1].sequence"),
        (lambda lines: [lines[0], lines[0]], "LOG_SEQUENCE_UNEXPECTED", "lines[1].sequence"),
        (lambda lines: [lines[1]], "LOG_SEQUENCE_UNEXPECTED", "lines[0].sequence"),
        (lambda lines: [b"\n", line(1, "Genesis", b"1")], "LOG_CHAIN_BROKEN", "lines[1].previous_hash"),
        (lambda lines: [lines[0], line(2, "0" * 64, b"1")], "LOG_CHAIN_BROKEN", "lines[1].previous_hash"),
        (lambda lines: [lines[0].replace(b"null", b"true")], "LOG_CHAIN_BROKEN", "lines[0].entry_hash"),
        (lambda lines: [lines[0].replace(b"178e", b"178E")], "LOG_CHAIN_BROKEN", "lines[0].entry_hash"),
        (lambda lines: [lines[0], lines[1].replace(b'": 1', b'":1')], "LOG_CHAIN_BROKEN", "lines[1].entry_hash"),
    ],
)
def test_the_first_fault_is_named(damage: Callable[[list[bytes]], list[bytes]], code: str, at: str) -> None:
    with pytest.raises(WalError) as caught:
        verify_log(b"".join(damage(LINES)))
    assert refusal(caught) == (code, at)


def test_a_refusal_says_where_and_what_was_compared() -> None:
    with pytest.raises(DuplicateSequence) as twice:
        verify_log(LINES[0] + b"\n" + LINES[0])
    error: WalError = twice.value
    assert (error.line, error.offset, error.sequence) == (2, len(LINES[0]) + 1, 1)
    assert (error.expected, error.found) == (2, 1)
    with pytest.raises(ChainBroken) as broken:
        verify_log(LINES[0].replace(b"null", b"true"))
    error = broken.value
    assert (error.line, error.offset, error.sequence) == (0, 0, 1)
    assert (error.expected, error.found) == (last_hash(b"true"), last_hash(b"null"))
    with pytest.raises(WalJsonError) as malformed:
        verify_log(LINES[0] + b"x")
    error = malformed.value
    assert (error.line, error.offset, error.sequence) == (1, len(LINES[0]), None)


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "keyed"])
def test_the_right_hash_of_a_changed_entry_is_told_only_where_everybody_can_compute_it(key: bytes | None) -> None:
    changed = b'[{"b": 2}]'
    own_hash = hashed(last_hash(PAYLOADS[0], key=key), changed, key)
    with pytest.raises(ChainBroken) as caught:
        verify_log(log(*PAYLOADS, key=key).replace(PAYLOADS[1], changed), key)
    error = caught.value
    assert refusal(caught) == ("LOG_CHAIN_BROKEN", "lines[1].entry_hash")
    assert error.found == last_hash(*PAYLOADS[:2], key=key)
    assert error.expected == (own_hash if key is None else None)
    told = f"{error} {error!r} {vars(error)} {pickle.dumps(error)!r}"
    assert (own_hash in told) is (key is None)


def test_a_previous_hash_that_stands_in_the_log_is_told_for_every_log() -> None:
    first = log(b"1", key=KEY)
    with pytest.raises(ChainBroken) as caught:
        verify_log(first + line(2, "genesis", b"2", KEY), KEY)
    assert (caught.value.at, caught.value.expected) == ("lines[1].previous_hash", last_hash(b"1", key=KEY))


@pytest.mark.parametrize(("key", "other"), [(KEY, None), (None, KEY), (KEY, KEY[::-1])])
def test_another_key_breaks_the_chain_at_once(key: bytes | None, other: bytes | None) -> None:
    with pytest.raises(ChainBroken) as caught:
        verify_log(log(*PAYLOADS, key=key), other)
    assert refusal(caught) == ("LOG_CHAIN_BROKEN", "lines[0].entry_hash")


def test_a_short_key_is_refused_before_anything_is_read() -> None:
    with pytest.raises(KeyTooShort):
        verify_log(b"x", b"short")


def test_without_verifying_every_entry_is_read() -> None:
    entries = [placed.entry for placed in read_entries([LINES[2], LINES[0]])]
    assert [entry.sequence for entry in entries] == [3, 1]


def padded(length: int) -> bytes:
    """A good line of so many bytes, line feed included."""
    return line(1, "genesis", b'"' + b"x" * (length - len(line(1, "genesis", b'""'))) + b'"')


@pytest.mark.parametrize("last", [padded(MAX_LINE_BYTES), padded(MAX_LINE_BYTES + 1)[:-1]], ids=["ended", "open"])
def test_the_longest_line_is_read(last: bytes) -> None:
    assert len(last) == MAX_LINE_BYTES
    assert verify_log(last).sequence == 1


@pytest.mark.parametrize(
    "too_long", [padded(MAX_LINE_BYTES + 1), b" " * (MAX_LINE_BYTES + 1), b"x" * 3 * MAX_LINE_BYTES]
)
def test_a_longer_line_is_refused_whatever_it_holds(too_long: bytes) -> None:
    with pytest.raises(LineTooLong) as caught:
        verify_log(LINES[0] + too_long)
    assert refusal(caught) == ("LOG_LINE_TOO_LONG", "lines[1]")
    assert caught.value.offset == len(LINES[0])


def test_lines_end_at_line_feeds_only() -> None:
    assert list(lines_of(b"a\r\x0b\x85\n\nb")) == [b"a\r\x0b\x85\n", b"\n", b"b"]
    assert list(lines_of(b"")) == []
    assert [len(part) for part in lines_of(b"x" * (2 * MAX_LINE_BYTES))] == [MAX_LINE_BYTES + 1, MAX_LINE_BYTES - 1]


def test_the_chain_is_given_entry_by_entry() -> None:
    entries = verified_entries(iter([LINES[0], LINES[2]]))
    assert next(entries).entry.sequence == 1
    with pytest.raises(DuplicateSequence):
        next(entries)


def test_an_anchor_is_compared_with_the_head() -> None:
    anchor = WalAnchor.of(HEAD, keyed=False)
    assert verify_log(LOG, anchor=anchor) == HEAD
    with pytest.raises(AnchorMismatch) as caught:
        verify_log(LINES[0], anchor=anchor)
    assert refusal(caught) == ("LOG_ANCHOR_MISMATCH", "anchor.sequence")
    with pytest.raises(AnchorMismatch) as caught:
        verify_log(b"not read", anchor=WalAnchor("x", 0, "genesis", False))
    assert refusal(caught) == ("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version")


def test_an_entry_follows_a_head() -> None:
    entry = next_entry(WalHead(2, last_hash(*PAYLOADS[:2])), PAYLOADS[2])
    assert entry.line() == LINES[2]
    assert entry.head == HEAD
    assert next_entry(EMPTY_LOG, b"1", KEY).line() == log(b"1", key=KEY)


def test_the_bounds_of_an_append() -> None:
    with pytest.raises(SequenceExhausted) as exhausted:
        next_entry(WalHead(2**64 - 1, "x"), b"1")
    assert refusal(exhausted) == ("LOG_SEQUENCE_EXHAUSTED", "sequence")
    with pytest.raises(PayloadError) as too_large:
        next_entry(EMPTY_LOG, b"1" * (MAX_PAYLOAD_BYTES + 1))
    assert refusal(too_large) == ("LOG_PAYLOAD_TOO_LARGE", "data")
    longest = next_entry(WalHead(2**64 - 2, "f" * 64), b"1" * MAX_PAYLOAD_BYTES)
    assert len(longest.line()) <= MAX_LINE_BYTES


def test_a_log_that_does_not_end_its_line_gets_a_line_feed() -> None:
    assert [missing_line_feed(last) for last in (b"", b"\n", b"}", b" ")] == [b"", b"", b"\n", b"\n"]
