"""The list of survivors: what it accepts, what it refuses, and how it is brought up to date."""

from pathlib import Path

import pytest

from calybris_conformance.mutation import survivors
from calybris_conformance.mutation.results import Known
from calybris_conformance.mutation.survivors import Entry

KILLED = Known("a.f:integer:1", "1 -> 2", "killed", "k", by="a.f#1")
EQUAL = Known("a.f:integer:2", "1 -> 0", "survived", "k", vectors_key="v")
SEEN = Known("a.f:integer:3", "2 -> 3", "survived", "k", vector="suite/case", vectors_key="v")
NOT_ASKED = Known("a.f:integer:4", "3 -> 4", "survived", "k")
INVALID = Known("a.f:integer:5", "4 -> 5", "invalid", "k")


def problems(entries: dict[str, Entry], *known: Known, is_whole: bool = False) -> list[str]:
    return survivors.problems(entries, {one.id: one for one in known}, is_whole=is_whole)


def entry(one: Known, reason: str) -> dict[str, Entry]:
    return {one.id: Entry(one.change, reason)}


@pytest.mark.parametrize(
    ("entries", "known"),
    [
        ({}, KILLED),
        ({}, INVALID),
        (entry(EQUAL, "equivalent: nobody looks"), EQUAL),
        (entry(SEEN, "killed by vectors: suite/case"), SEEN),
        (entry(NOT_ASKED, "killed by vectors: suite/case"), NOT_ASKED),
        (entry(NOT_ASKED, "equivalent: nobody looks"), NOT_ASKED),
    ],
)
def test_what_is_in_order(entries: dict[str, Entry], known: Known) -> None:
    assert problems(entries, known) == []


@pytest.mark.parametrize(
    ("entries", "known", "told"),
    [
        ({}, EQUAL, "survives and is not listed"),
        ({EQUAL.id: Entry("other -> change", "equivalent: x")}, EQUAL, "survives and is not listed"),
        (entry(KILLED, "equivalent: x"), KILLED, "is listed, and is killed by a.f#1"),
        (entry(INVALID, "equivalent: x"), INVALID, "is listed, and is invalid"),
        (entry(EQUAL, ""), EQUAL, "needs a reason"),
        (entry(EQUAL, "equivalent: "), EQUAL, "needs a reason"),
        (entry(EQUAL, "because"), EQUAL, "needs a reason"),
        (entry(SEEN, "equivalent: nobody looks"), SEEN, "but suite/case sees it"),
        (entry(SEEN, "killed by vectors: suite/other"), SEEN, "but suite/case kills it"),
        (entry(EQUAL, "killed by vectors: suite/case"), EQUAL, "but no vector kills it"),
    ],
)
def test_what_is_not(entries: dict[str, Entry], known: Known, told: str) -> None:
    (problem,) = problems(entries, known)
    assert problem.startswith(known.id)
    assert told in problem


def test_an_entry_without_a_mutant_counts_when_all_are_known() -> None:
    assert problems(entry(EQUAL, "equivalent: x"), KILLED) == []
    (problem,) = problems(entry(EQUAL, "equivalent: x"), KILLED, is_whole=True)
    assert "there is no such mutant" in problem


def test_too_few_kills_fail_a_whole_run() -> None:
    listed = entry(EQUAL, "equivalent: x")
    assert problems(listed, KILLED, EQUAL, INVALID) == []
    assert problems(listed, KILLED, EQUAL, INVALID, is_whole=True) == ["contracts kill 1 of 2 mutants, less than 95%"]


def test_an_update_keeps_reasons_and_enters_cases() -> None:
    listed = {
        **entry(KILLED, "equivalent: x"),
        **entry(EQUAL, "equivalent: nobody looks"),
        **entry(SEEN, "equivalent: wrong"),
        "gone": Entry("1 -> 2", "equivalent: x"),
    }
    assert survivors.updated(listed, [KILLED, EQUAL, SEEN, NOT_ASKED]) == {
        **entry(EQUAL, "equivalent: nobody looks"),
        **entry(SEEN, "killed by vectors: suite/case"),
        **entry(NOT_ASKED, ""),
    }
    changed = {EQUAL.id: Entry("another", "equivalent: x")}
    assert survivors.updated(changed, [EQUAL])[EQUAL.id].reason == ""


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "survivors.toml"
    assert survivors.load(path) == {}
    entries = {"b:x:1": Entry('"a" -> \\"b"', "equivalent: …"), "a:x:1": Entry("| -> &", "killed by vectors: s/c")}
    survivors.save(path, entries)
    assert survivors.load(path) == entries
    assert path.read_text().index("a:x:1") < path.read_text().index("b:x:1")


@pytest.mark.parametrize("text", ["[a", "[a]\nchange = '1'", "[a]\nchange = '1'\nreason = 'r'\nmore = 1", "a = 1"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "survivors.toml"
    path.write_text(text)
    with pytest.raises(survivors.SurvivorsError, match="is no list of survivors"):
        survivors.load(path)
