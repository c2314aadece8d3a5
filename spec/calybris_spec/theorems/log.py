"""The order in which a line is refused, and the bounds (LOG-4, LOG-5)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.chain import DIGEST, LINK, SEQUENCE, Entry
from calybris_spec.integers import U64_MAX
from calybris_spec.log import LINE_REFUSALS, is_long_line, line_problem, line_text
from calybris_spec.logic import NONE, no, within
from calybris_spec.payload import size_problem

LONGEST = line_text(Entry(U64_MAX, "0" * 64, "0" * 64, ""))
"""A line with the longest number and two hashes, around a payload of no bytes."""


@require(lambda problem: within(NONE, problem, DIGEST))
@ensure(lambda result: result)
def a_line_is_refused_for_the_first_thing_that_is_wrong(is_long: bool, is_entry: bool, problem: int) -> bool:
    """Its length, then its form, then what the chain says, at its place (LOG-4)."""
    row = LINE_REFUSALS[line_problem(is_long, is_entry, problem)]
    read = no(is_long) & is_entry
    return all(
        [
            (row.code == "LOG_LINE_TOO_LONG") == is_long,
            (row.code == "LOG_LINE_MALFORMED") == no(is_long) & no(is_entry),
            (row.at == "lines[{}].sequence") == read & (problem == SEQUENCE),
            (row.at == "lines[{}].previous_hash") == read & (problem == LINK),
            (row.at == "lines[{}].entry_hash") == read & (problem == DIGEST),
            (row.code == "") == read & (problem == NONE),
        ]
    )


@require(lambda size: size >= 0)
@ensure(lambda result: result)
def a_payload_that_may_be_written_makes_a_line_that_may_be_read(size: int) -> bool:
    """Whatever its sequence and hashes are; the line feed is counted (LOG-5)."""
    return (size_problem(size) != NONE) | no(is_long_line(len(LONGEST) + size + 1))


@ensure(lambda result: result)
def a_line_is_written_as_the_page_shows_it() -> bool:
    """Keys in order, no white space (LOG-1)."""
    line = line_text(Entry(7, "genesis", "ab", '{"a": 1}'))
    return line == '{"sequence":7,"previous_hash":"genesis","entry_hash":"ab","data":{"a": 1}}'
