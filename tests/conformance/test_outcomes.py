"""The closed lists."""

from pathlib import Path

from calybris_conformance.outcomes import CONFORMANT, LISTABLE, MEANING, Exit, Outcome


def test_every_outcome_has_a_meaning() -> None:
    assert list(MEANING) == list(Outcome)


def test_only_two_outcomes_do_not_fail_a_run() -> None:
    assert {Outcome.PASS, Outcome.KNOWN_FAILURE} == CONFORMANT
    assert not LISTABLE & CONFORMANT


def test_the_outcomes_are_those_of_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.partition("| outcome |")[2].splitlines() if line.startswith("| `")]
    documented = {name.strip("` ") for row in rows for name in row.split(",")}
    assert documented == set(Outcome)


def test_exit_codes() -> None:
    assert {code.name: code.value for code in Exit} == {
        "CONFORMANT": 0,
        "NOT_CONFORMANT": 1,
        "USAGE": 2,
        "NEVER_READY": 3,
        "INTERRUPTED": 130,
    }
