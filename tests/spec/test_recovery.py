"""Snapshot files and plans (SNAP-1 … SNAP-3, RECOVER-1)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec import log
from calybris_spec.chain import Head
from calybris_spec.recovery import (
    MALFORMED,
    MOST_FILE_BYTES,
    TOO_LARGE,
    UNLOADABLE,
    UNRESTORABLE,
    Plan,
    checkpoint,
    file_text,
    load,
    recovery_plan,
)
from calybris_spec.snapshot import LedgerSnapshot, Tenant

u64 = st.sampled_from([0, 1, 2**63, 2**64 - 1]) | st.integers(0, 2**64 - 1)
i64 = st.sampled_from([-(2**63), -1, 0, 2**63 - 1]) | st.integers(-(2**63), 2**63 - 1)
tenants = st.builds(Tenant, st.text(), i64, i64, i64, i64)
snapshots = st.builds(LedgerSnapshot, u64, st.lists(tenants, max_size=3).map(tuple), u64, st.none() | u64)

EXAMPLE = LedgerSnapshot(2, (Tenant("acme", 100, 60, 0, 40),), 0, None)
PAGE = """{
  "version": 2,
  "tenants": [
    {
      "tenant_id": "acme",
      "initial_microcents": 100,
      "remaining_microcents": 60,
      "reserved_microcents": 0,
      "committed_microcents": 40
    }
  ],
  "active_reservations": 0,
  "wal_high_watermark": null
}"""


def test_a_file_looks_as_on_the_page() -> None:
    assert file_text(EXAMPLE) == PAGE
    assert '"tenants": [],\n' in file_text(EXAMPLE._replace(tenants=()))


@given(snapshots)
def test_what_was_saved_is_loaded(snapshot: LedgerSnapshot) -> None:
    text = file_text(snapshot)
    assert load(text.encode()) == (0, snapshot)
    plain = json.loads(text)
    assert text == json.dumps(plain, indent=2, ensure_ascii=False)
    assert load(json.dumps(plain).encode()) == (0, snapshot)
    assert load(json.dumps(plain, indent="\t", sort_keys=True).encode() + b" \r\n") == (0, snapshot)


def test_older_writers_had_no_watermark() -> None:
    assert load(PAGE.replace(',\n  "wal_high_watermark": null', "").encode()) == (0, EXAMPLE)
    assert load(PAGE.replace("null", "7").encode()) == (0, EXAMPLE._replace(wal_high_watermark=7))


REFUSED = [
    "",
    PAGE[:-1],
    PAGE + "x",
    "\ufeff" + PAGE,
    "[2,[],0,null]",
    "null",
    PAGE.replace('"version"', '"versions"'),
    PAGE.replace("{", '{"extra": 1,', 1),
    PAGE.replace("{", '{"version": 2,', 1),
    PAGE.replace('  "version": 2,\n', ""),
    PAGE.replace('      "reserved_microcents": 0,\n', ""),
    PAGE.replace('"reserved_microcents": 0', '"reserved_microcents": 0, "reserved_microcents": 0'),
    PAGE.replace('"reserved_microcents": 0', '"reserved_microcents": 0, "cap": 0'),
    *[PAGE.replace(": 2", f": {number}") for number in ("2.0", "2e0", "-0", "-1", '"2"', "null", str(2**64), "02")],
    *[PAGE.replace(": 100", f": {number}") for number in ("1.5", str(2**63), str(-(2**63) - 1), "true")],
    *[PAGE.replace(": null", f": {number}") for number in ("-1", "1.0", '"1"', "[]", "NULL")],
    PAGE.replace('"acme"', "7"),
    PAGE.replace('"acme"', '"\\ud800"'),
    '{"version":2,"tenants":{},"active_reservations":0}',
    '{"version":2,"tenants":null,"active_reservations":0}',
    '{"version":2,"tenants":[null],"active_reservations":0}',
    '{"version":2,"tenants":[],"active_reservations":null}',
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_malformed_file_is_refused(text: str) -> None:
    assert load(text.encode()) == (MALFORMED, None)


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    assert load(PAGE.replace("acme", "é").encode("latin-1")) == (MALFORMED, None)


def test_the_largest_file() -> None:
    assert load(PAGE.encode().ljust(MOST_FILE_BYTES)) == (0, EXAMPLE)
    assert load(PAGE.encode().ljust(MOST_FILE_BYTES + 1)) == (TOO_LARGE, None)
    assert load(b"\xff" * (MOST_FILE_BYTES + 1)) == (TOO_LARGE, None)


def test_loading_checks_the_form_only() -> None:
    twice = LedgerSnapshot(1, (Tenant("b", 1, -2, 3, 4), Tenant("b", 0, 0, 0, 0), Tenant("a", 0, 0, 0, 0)), 9, 5)
    assert load(file_text(twice).encode()) == (0, twice)


def test_a_checkpoint_writes_what_may_be_restored() -> None:
    assert checkpoint(EXAMPLE, 0, None) == (0, PAGE)
    assert checkpoint(EXAMPLE, 0, 7) == (0, PAGE.replace("null", "7"))
    assert checkpoint(EXAMPLE, 3, 7) == (UNRESTORABLE, "")


def test_a_checkpoint_writes_what_may_be_loaded() -> None:
    room = MOST_FILE_BYTES - len(PAGE) + len("acme")
    largest = EXAMPLE._replace(tenants=(EXAMPLE.tenants[0]._replace(tenant_id="x" * room),))
    too_large = EXAMPLE._replace(tenants=(EXAMPLE.tenants[0]._replace(tenant_id="x" * (room - 1) + "é"),))
    problem, text = checkpoint(largest, 0, None)
    assert (problem, load(text.encode())) == (0, (0, largest))
    assert checkpoint(too_large, 0, None) == (UNLOADABLE, "")
    assert checkpoint(too_large, 1, None) == (UNRESTORABLE, "")


def reading(entries: int) -> log.Reading:
    return log.Reading(Head(entries, "x"), (), None)


@pytest.mark.parametrize(
    ("watermark", "entries", "expected"),
    [
        (None, 3, Plan(3, 3, 0)),
        (0, 3, Plan(3, 3, 0)),
        (2, 3, Plan(3, 1, 2)),
        (3, 3, Plan(3, 0, 3)),
        (None, 0, Plan(0, 0, 0)),
    ],
)
def test_a_plan(watermark: int | None, entries: int, expected: Plan) -> None:
    assert recovery_plan(EXAMPLE._replace(wal_high_watermark=watermark), reading(entries)) == (None, expected)


def test_a_log_that_lost_its_tail_is_refused_behind_everything_else() -> None:
    ahead = EXAMPLE._replace(wal_high_watermark=4)
    refusal, _ = recovery_plan(ahead, reading(3))
    assert refusal == ("RECOVERY_LOG_BEHIND", "wal_high_watermark")
    refusal, _ = recovery_plan(ahead, log.verify(b"x"))
    assert refusal == ("LOG_LINE_MALFORMED", "lines[0]")
    anchor = log.Anchor(log.ANCHOR_SCHEMA, 4, "x", False)
    refusal, _ = recovery_plan(ahead, log.verify(b"", None, anchor))
    assert refusal == ("LOG_ANCHOR_MISMATCH", "anchor.sequence")
