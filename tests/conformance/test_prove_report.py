"""What a proof run says of several rounds, of what is only searched, and on terminals of several widths."""

from pathlib import Path

import pytest

from calybris_conformance.prove import gate, report
from calybris_conformance.prove.expectations import Expectation, Expectations
from calybris_conformance.prove.gate import Report
from calybris_conformance.prove.verdicts import Condition, Result
from calybris_ref.cli.terminal import table

LONG = "each_term_is_computed_from_its_own_fields_and_from_nothing_else"


def result(function: str, verdict: str = "confirmed", paths: int = 3, number: int = 1) -> Result:
    return Result(
        Condition("rule", function, number, 7, "result >= 0 and many more words than fit"), verdict, 1.5, paths
    )


def expected(**verdicts: str) -> Expectations:
    functions = {
        name: Expectation(verdict, 1, ("MONEY-1", "MONEY-2", "GATE-11"), f"why {name}", f"tests of {name}", 5)
        for name, verdict in verdicts.items()
    }
    return Expectations(Path("package"), {"rule": functions})


def test_rounds_that_are_the_same() -> None:
    rounds = [Report([result("price")], [result("price", "refuted", 1, 0)]) for _ in range(3)]
    assert gate.unstable(rounds) == []
    assert gate.unstable(rounds[:1]) == []


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (result("price", "searched"), "confirmed on 3 paths; searched on 3 paths"),
        (result("price", paths=4), "confirmed on 3 paths; confirmed on 4 paths"),
    ],
)
def test_a_verdict_or_a_number_of_paths_that_differs(other: Result, told: str) -> None:
    (failure,) = gate.unstable([Report([result("price")]), Report([other])])
    assert (failure.kind, failure.name) == ("unstable", "rule.price")
    assert failure.detail.endswith(told)


def test_a_witness_that_differs() -> None:
    rounds = [Report(witnesses=[result("price", "refuted", paths, 0)]) for paths in (1, 2)]
    assert [failure.kind for failure in gate.unstable(rounds)] == ["unstable"]


def test_an_answer_that_one_round_lacks() -> None:
    assert [failure.kind for failure in gate.unstable([Report([result("price")]), Report()])] == ["unstable"]


def test_the_share_of_what_is_searched_leaves_canaries_out() -> None:
    names = [f"proved_{number}" for number in range(49)]
    run = Report([*map(result, names), result("text", "searched"), result("wrong", "refuted")])
    told = expected(**dict.fromkeys(names, "confirmed"), text="searched", wrong="refuted")
    assert gate.searched_share([(told, run)]) == (1, 50)
    assert gate.too_many_searched([(told, run)]) == []
    del run.results[0]
    (failure,) = gate.too_many_searched([(told, run)])
    assert (failure.kind, failure.detail) == (
        "too_many_searched",
        "1 of 49 conditions are only searched, more than 2%",
    )


def test_what_is_searched_is_listed_once_with_reason_and_substitute() -> None:
    run = Report([result("text", "searched"), result("text", "searched", number=2), result("price")])
    assert report.searched(run, expected(text="searched", price="confirmed"), "package.") == [
        "package.rule.text\n    why text\n    instead: tests of text"
    ]


def test_long_lines_are_wrapped_under_their_indent() -> None:
    text = "one two three four\n    five six seven"
    assert report.wrapped(text, 0) == text
    assert report.wrapped(text, 13) == "one two three\nfour\n    five six\n    seven"


def test_the_summary_tells_the_share_and_the_rounds() -> None:
    proofs = [(expected(price="confirmed", text="searched"), Report([result("price"), result("text", "searched")]))]
    assert "; 1 of 2 only searched (50.0%); " in report.summary(proofs)
    assert "rounds" not in report.summary(proofs)
    assert report.summary(proofs, 3).endswith("; 3 rounds, all the same")
    proofs[0][1].failures += gate.unstable([proofs[0][1], Report()])
    assert report.summary(proofs, 2).endswith("; 2 rounds, 2 not the same")


def shown(columns: int) -> list[str]:
    run = Report([result(LONG), result("price")])
    rows = report.rows(run, expected(price="confirmed", **{LONG: "confirmed"}), "calybris_spec.theorems.")
    return table(*report.fitted(rows, columns)).splitlines()


@pytest.mark.parametrize("columns", [60, 80, 100, 120, 160, 240])
def test_no_line_is_longer_than_the_terminal(columns: int) -> None:
    lines = shown(columns)
    assert max(map(len, lines)) <= columns
    assert all(line.split()[-2:] == ["1.50", "3"] for line in lines[1:])


def test_a_narrow_table_keeps_the_end_of_the_theorem() -> None:
    header, long, short = shown(80)
    assert header.split() == ["verdict", "theorem", "CPU", "s", "paths"]
    assert long.split()[1].startswith("…")
    assert long.split()[1].endswith("_own_fields_and_from_nothing_else")
    assert short.split()[1] == "calybris_spec.theorems.rule.price"


def test_a_wider_table_has_clauses_and_the_widest_all() -> None:
    assert shown(120)[0].split()[:3] == ["verdict", "theorem", "clauses"]
    assert shown(105)[1].split()[2:4] == ["MONEY-1", "MONEY…"]
    assert shown(240)[0].split()[:4] == ["verdict", "theorem", "condition", "clauses"]
    assert "result >= 0 and many more words than fit" in shown(240)[1]
