"""Known answers about a ledger on disk: what is written, what is read, and what is left to do after a crash.

The file of SNAP-1 is the example.
"""

from __future__ import annotations

from icontract import ensure

from calybris_spec.chain import Head
from calybris_spec.codes import Refusal
from calybris_spec.log import Reading
from calybris_spec.recovery import (
    NOTHING,
    block,
    checkpoint,
    checkpoint_problem,
    file_problem,
    file_text,
    is_behind,
    load,
    plan,
    recovery_plan,
    tenant_lines,
)
from calybris_spec.snapshot import LedgerSnapshot, Tenant

ACME = Tenant("acme", 100, 60, 0, 40)
SNAPSHOT = LedgerSnapshot(2, (ACME,), 0, None)
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
TWO = LedgerSnapshot(3, (Tenant("b", -1, 2, 3, 4), Tenant('"\n', 5, 6, 7, 8)), 9, 10)
TWO_TEXT = r"""{
  "version": 3,
  "tenants": [
    {
      "tenant_id": "b",
      "initial_microcents": -1,
      "remaining_microcents": 2,
      "reserved_microcents": 3,
      "committed_microcents": 4
    },
    {
      "tenant_id": "\"\n",
      "initial_microcents": 5,
      "remaining_microcents": 6,
      "reserved_microcents": 7,
      "committed_microcents": 8
    }
  ],
  "active_reservations": 9,
  "wal_high_watermark": 10
}"""
EMPTY = LedgerSnapshot(3, (), 9, 0)
EMPTY_TEXT = """{
  "version": 3,
  "tenants": [],
  "active_reservations": 9,
  "wal_high_watermark": 0
}"""
SHORT = '{"active_reservations":9,"tenants":[],"version":3}'
MOST_BYTES = 16_777_216
MOST = 18_446_744_073_709_551_615


@ensure(lambda result: result)
def the_snapshot_of_the_page_is_written_like_this() -> bool:
    """SNAP-1: and a ledger of two tenants, and one of none."""
    return all(
        [
            file_text(SNAPSHOT) == PAGE,
            file_text(TWO) == TWO_TEXT,
            file_text(EMPTY) == EMPTY_TEXT,
            f"    {tenant_lines(ACME)}\n" in PAGE,
            block("[]", ["x"], 2) == "[\n      x\n    ]",
            block("{}", [], 0) == "{}",
        ]
    )


@ensure(lambda result: result)
def a_file_is_read_as_it_was_written() -> bool:
    """SNAP-2: keys in any order, white space anywhere, and without a watermark as older writers left it."""
    spaced = " " + PAGE.replace("\n", "\r\n\t") + "\n"
    older = EMPTY._replace(wal_high_watermark=None)
    read = [
        (PAGE, SNAPSHOT),
        (spaced, SNAPSHOT),
        (TWO_TEXT, TWO),
        (EMPTY_TEXT, EMPTY),
        (SHORT, older),
        (SHORT.replace("9", str(MOST)), older._replace(active_reservations=MOST)),
        (PAGE.replace("null", str(MOST)), SNAPSHOT._replace(wal_high_watermark=MOST)),
    ]
    return all([load(text.encode()) == (0, snapshot) for text, snapshot in read])


@ensure(lambda result: result)
def these_files_are_no_object_with_the_three_keys() -> bool:
    """SNAP-2: each has one thing wrong."""
    files = [
        b"",
        b"null",
        b"\xff",
        SHORT.encode() + b"\xff",
        SHORT[:-1].encode(),
        SHORT.replace('"version"', '"versions"').encode(),
        SHORT.replace('"version":3', '"version":3,"version":3').encode(),
        SHORT.replace(',"version":3', "").encode(),
        SHORT.replace(',"tenants":[]', "").encode(),
        SHORT.replace('"active_reservations":9,', "").encode(),
    ]
    return all([load(file) == (2, None) for file in files])


@ensure(lambda result: result)
def these_files_hold_no_snapshot() -> bool:
    """SNAP-2: one value of each is none of its type or its width."""
    marked = '"wal_high_watermark":'
    wrong = [
        (":3", ":null"),
        (":3", ':"3"'),
        (":3", f":{MOST + 1}"),
        (":9", ":-1"),
        (":9", ":null"),
        (":9", f":{MOST + 1}"),
        ("[]", "{}"),
        ("[]", "null"),
        ("[]", "[null]"),
        ("{", "{" + marked + "-1,"),
        ("{", "{" + marked + f"{MOST + 1},"),
        ("{", "{" + marked + '"null",'),
    ]
    return all([load(SHORT.replace(good, bad).encode()) == (2, None) for good, bad in wrong])


@ensure(lambda result: result)
def one_tenant_that_is_none_makes_a_file_malformed() -> bool:
    """SNAP-2: before or behind one that is a tenant."""
    good = (
        '{"tenant_id":"a","initial_microcents":1,"remaining_microcents":2,"reserved_microcents":3,'
        '"committed_microcents":4}'
    )
    lists = [f"[{good}]", f"[{good},7]", f"[7,{good}]", "[" + good.replace('"a"', "7") + "]"]
    told = [load(SHORT.replace("[]", listed).encode()) for listed in lists]
    return told == [(0, (3, (("a", 1, 2, 3, 4),), 9, None)), (2, None), (2, None), (2, None)]


@ensure(lambda result: result)
def a_file_of_16_mib_is_read_and_one_byte_more_is_not() -> bool:
    """SNAP-2: whatever it holds."""
    file = SHORT.encode()
    asked = [file.ljust(MOST_BYTES), file.ljust(MOST_BYTES + 1), b"\xff".ljust(MOST_BYTES + 1)]
    return [load(one) for one in asked] == [(0, EMPTY._replace(wal_high_watermark=None)), (1, None), (1, None)]


@ensure(lambda result: result)
def a_file_and_a_checkpoint_have_these_problems() -> bool:
    """SNAP-2, SNAP-3: the size of a file before its form; what a restore refuses before the size of a checkpoint."""
    sizes = (0, MOST_BYTES, MOST_BYTES + 1)
    return (
        [file_problem(size, form) for form in (True, False) for size in sizes] == [0, 0, 1, 2, 2, 1]
        and [checkpoint_problem(0, size) for size in sizes] == [0, 0, 2]
        and [checkpoint_problem(row, size) for row in (1, 7) for size in sizes] == [1] * 6
    )


@ensure(lambda result: result)
def a_checkpoint_writes_this_or_nothing() -> bool:
    """SNAP-3: with the sequence of the last log entry in the place of any watermark, and never beside a problem."""
    large = SNAPSHOT._replace(tenants=(ACME._replace(tenant_id="x" * MOST_BYTES),))
    told = [
        checkpoint(SNAPSHOT, 0, None),
        checkpoint(SNAPSHOT, 0, 10),
        checkpoint(EMPTY, 0, None),
        checkpoint(EMPTY, 0, 0),
        checkpoint(SNAPSHOT, 7, 10),
        checkpoint(large, 0, None),
        checkpoint(large, 3, None),
    ]
    bare = EMPTY_TEXT.replace(": 0", ": null")
    marked = PAGE.replace("null", "10")
    return told == [(0, PAGE), (0, marked), (0, bare), (0, EMPTY_TEXT), (1, ""), (2, ""), (1, "")]


@ensure(lambda result: result)
def these_plans_are_left_after_a_crash() -> bool:
    """RECOVER-1: what the log says first; then whether it is behind; then the entries above the watermark."""
    wrong = Refusal("LOG_LINE_MALFORMED", "lines[0]")
    behind = ("RECOVERY_LOG_BEHIND", "wal_high_watermark")
    asked = [(None, 3), (0, 3), (1, 3), (3, 3), (4, 3), (None, 0), (0, 0), (1, 0), (MOST - 1, MOST), (MOST, MOST - 1)]
    told = [
        recovery_plan(SNAPSHOT._replace(wal_high_watermark=watermark), Reading(Head(last, "x"), (), None))
        for watermark, last in asked
    ]
    refused = [
        recovery_plan(SNAPSHOT._replace(wal_high_watermark=watermark), Reading(Head(last, "x"), (), wrong))
        for watermark, last in asked
    ]
    return refused == [(wrong, (0, 0, 0))] * len(asked) and told == [
        (None, (3, 3, 0)),
        (None, (3, 3, 0)),
        (None, (3, 2, 1)),
        (None, (3, 0, 3)),
        (behind, NOTHING),
        (None, (0, 0, 0)),
        (None, (0, 0, 0)),
        (behind, NOTHING),
        (None, (MOST, 1, MOST - 1)),
        (behind, NOTHING),
    ]


@ensure(lambda result: result)
def a_plan_is_of_a_log_that_is_not_behind() -> bool:
    """RECOVER-1: on both sides of the last sequence."""
    asked = [(5, 4), (5, 5), (5, 6), (0, 0), (0, 1)]
    return [is_behind(last, watermark) for last, watermark in asked] == [False, False, True, False, True] and [
        plan(7, 2),
        plan(7, 0),
        plan(7, 7),
    ] == [(7, 5, 2), (7, 7, 0), (7, 0, 7)]
