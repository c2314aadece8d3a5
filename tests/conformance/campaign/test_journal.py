"""The state file: what was done is there again, a torn line is dropped, another campaign's file is refused."""

import json
from pathlib import Path
from threading import Event

import pytest

from calybris_conformance.campaign import work
from calybris_conformance.campaign.journal import Journal, JournalError
from calybris_conformance.campaign.tally import Finding, Tally
from tests.support.campaigning import bug, opened, part, scale

FACTS = {"port": "x", "seed": "0", "features": ["decide"]}


@pytest.fixture(scope="module")
def tallies() -> list[Tally]:
    with opened(*bug("two-floors")) as asker:
        return [work.do(scale(), part(number), asker, Event()) for number in range(3)]


def test_tallies_add_up_in_any_order(tallies: list[Tally]) -> None:
    forward, backward = Tally(), Tally()
    for one in tallies:
        forward.add(one)
    for one in reversed(tallies):
        backward.add(one)
    assert forward.to_json() == backward.to_json()
    assert forward.cases == 3 * 2 * 64
    assert forward.wrong > 0
    assert forward.findings


def test_of_a_kind_the_earliest_finding_is_kept(tallies: list[Tally]) -> None:
    finding = next(iter(tallies[0].findings.values()))
    later = Finding.from_json({**finding.to_json(), "index": 99})
    tally = Tally()
    for one in (later, finding, later):
        tally.note(one)
    assert tally.findings == {finding.kind: finding}


def test_a_tally_survives_json(tallies: list[Tally]) -> None:
    for tally in tallies:
        assert Tally.from_json(json.loads(json.dumps(tally.to_json()))).to_json() == tally.to_json()


def test_what_was_done_is_there_again(tmp_path: Path, tallies: list[Tally]) -> None:
    path = tmp_path / "state.jsonl"
    with Journal(path, FACTS) as journal:
        assert journal.done == {}
        journal.write(1, tallies[1])
    with Journal(path, FACTS) as journal:
        assert {number: tally.to_json() for number, tally in journal.done.items()} == {1: tallies[1].to_json()}
        journal.write(0, tallies[0])
    with Journal(path, FACTS) as journal:
        assert journal.done.keys() == {0, 1}


def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path, tallies: list[Tally]) -> None:
    path = tmp_path / "state.jsonl"
    with Journal(path, FACTS) as journal:
        journal.write(0, tallies[0])
        journal.write(1, tallies[1])
    whole = path.read_bytes()
    second = whole.index(b'{"range":1')
    for size in (len(whole) - 1, second + 5, second):
        path.write_bytes(whole[:size])
        with Journal(path, FACTS) as journal:
            assert journal.done.keys() == {0}
            journal.write(1, tallies[1])
        assert path.read_bytes() == whole


def test_a_torn_first_line_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    path.write_bytes(b'{"format":"calyb')
    with Journal(path, FACTS):
        pass
    assert json.loads(path.read_bytes()) == {"format": "calybris-campaign/1", **FACTS}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello\n", ":1: is not a line"),
        (b"[]\n", "port, seed"),
        (b'{"format":"calybris-campaign/1","port":"x","seed":"1","features":["decide"]}\n', r"seed differ"),
        (b'{"format":"calybris-campaign/1","port":"x","seed":"0","features":["decide"]}\n{"range":0}\n', ":2: is not"),
    ],
)
def test_another_file_is_refused_and_left_alone(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "state.jsonl"
    path.write_bytes(content)
    with pytest.raises(JournalError, match=words):
        Journal(path, FACTS)
    assert path.read_bytes() == content


def test_without_a_file_nothing_is_kept() -> None:
    with Journal(None, FACTS) as journal:
        journal.write(0, Tally())
        assert journal.done == {}
