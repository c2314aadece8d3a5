"""The chain with a hash that everybody can compute by hand (LOG-4, LOG-8): the theorems' statements on whole logs."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.chain import REFUSALS, Entry, Head, Run, advance, entry_problem, following, is_exhausted

START = Head(0, "genesis")
payloads = st.lists(st.sampled_from("abc"), min_size=1, max_size=6)


def digest(previous_hash: str, data: str) -> str:
    return f"{previous_hash}/{data}"


def made(data: list[str]) -> list[Entry[str, str]]:
    head, entries = START, []
    for one in data:
        entries.append(following(head, one, digest(head.last_hash, one)))
        head = Head(entries[-1].sequence, entries[-1].entry_hash)
    return entries


def read(entries: list[Entry[str, str]]) -> Run[str]:
    run = Run(START, 0)
    for entry in entries:
        run = advance(run, entry, digest(entry.previous_hash, entry.data))
    return run


@given(payloads)
def test_a_log_that_was_made_is_good(data: list[str]) -> None:
    assert read(made(data)) == Run(Head(len(data), "genesis/" + "/".join(data)), 0)


@given(payloads, st.data())
def test_the_first_entry_that_was_changed_is_the_last_good_head(data: list[str], choose: st.DataObject) -> None:
    entries = made(data)
    place = choose.draw(st.integers(0, len(entries) - 1))
    change: dict[str, Any] = {"sequence": 9, "previous_hash": "x", "entry_hash": "x", "data": "x"}
    field = choose.draw(st.sampled_from(sorted(change)))
    entries[place] = entries[place]._replace(**{field: change[field]})
    run = read(entries)
    assert run.head.sequence == place
    named = {"sequence": "sequence", "previous_hash": "previous_hash", "entry_hash": "entry_hash", "data": "entry_hash"}
    assert REFUSALS[run.problem].at == named[field]


@given(payloads, st.data())
def test_entries_that_are_dropped_or_moved_are_missed_where_they_were(data: list[str], choose: st.DataObject) -> None:
    entries = made(data)
    place = choose.draw(st.integers(0, len(entries) - 1))
    moved = entries.pop(place)
    entries.insert(choose.draw(st.integers(0, len(entries))), moved)
    expected = next((at for at, entry in enumerate(entries) if entry.sequence != at + 1), len(entries))
    assert read(entries).head.sequence == expected


def test_the_last_sequence_has_no_next() -> None:
    assert not is_exhausted(Head(2**64 - 2, ""))
    assert is_exhausted(Head(2**64 - 1, ""))
    assert entry_problem(START, Entry(2, "x", "x", "x"), "y") == 1
