"""The proof gate on a package with planted faults: each is reported, as what it is.

The faults are checked in one run, in worker processes; CrossHair never enters this process.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from calybris_conformance.prove import expectations, gate, report
from calybris_conformance.prove.gate import Selection
from calybris_conformance.prove.verdicts import Limits, Result

LIMITS = Limits(cpu_seconds=1.0, path_seconds=1.0)

SOURCES = {
    "sound": """
        @require(lambda x: x >= 0)
        @ensure(lambda x, result: result > x)
        @ensure(lambda x, result: result - 1 == x)
        def successor(x: int) -> int:
            return x + 1

        @require(lambda x: 0 <= x < 10)
        @ensure(lambda result: result)
        def canary_that_is_true(x: int) -> bool:
            return x < 10

        @ensure(lambda result: result >= 0)
        def length(text: str) -> int:
            return len(text.strip())
    """,
    "wrong": """
        @require(lambda tokens, rate: (0 <= tokens) & (tokens < 2**32) & (0 <= rate) & (rate < 2**64))
        @ensure(lambda tokens, rate, result: result * 1_000_000 >= tokens * rate)
        def cost_rounded_down(tokens: int, rate: int) -> int:
            return tokens * rate // 1_000_000

        @ensure(lambda result: result >= 0)
        def raises_for_seven(x: int) -> int:
            if x == 7:
                raise ValueError("seven")
            return abs(x)
    """,
    "vacuous": """
        @require(lambda x: (x > 0) & (x < 0))
        @ensure(lambda result: result == 1)
        def unmet(x: int) -> int:
            return 2

        @require(lambda nobody: nobody > 0)
        @ensure(lambda result: result == 1)
        def misnamed(x: int) -> int:
            return 2

        @ensure(lambda result: result == 1)
        def never_returns(x: int) -> int:
            '''Only raises.

            :raises ValueError: always
            '''
            raise ValueError("always")
    """,
    "overlooked": """
        def outer() -> None:
            @ensure(lambda result: result == 1)
            def nested(x: int) -> int:
                return 2

        @ensure(lambda result: result == 1, enabled=False)
        def switched_off(x: int) -> int:
            return 2

        @ensure(lambda result: result == 1)
        def unlisted(x: int) -> int:
            return 1
    """,
    "hangs": """
        @ensure(lambda result: result == 1)
        def loops(x: int) -> int:
            while True:
                pass
    """,
    "crashes": """
        import os

        @ensure(lambda result: result == 1)
        def exits(x: int) -> int:
            os._exit(7)
    """,
    "unreadable": """
        import no_such_module
        @ensure(lambda result: result)
        def anything() -> bool:
            return True
    """,
    "plugins": """
        @require(lambda x: x >= 0)
        @ensure(lambda result: result >= 0)
        def leaf(x: int) -> int:
            # crosshair: specs_complete=True
            return x * x * x % 7

        @require(lambda x: x >= 0)
        @ensure(lambda result: result)
        def equal_arguments_give_equal_results(x: int) -> bool:
            return leaf(x + 1) == leaf(1 + x)

        @require(lambda x, y: (x >= 0) & (y >= 0))
        @ensure(lambda result: result)
        def other_arguments_may_give_other_results(x: int, y: int) -> bool:
            return leaf(x) == leaf(y)

        @require(lambda x, y: (0 <= x) & (x < 2**64) & (0 <= y) & (y < 2**64))
        @ensure(lambda result: result)
        def a_conjunction_is_not_larger(x: int, y: int) -> bool:
            return x & y <= x

        @require(lambda x: (0 <= x) & (x < 2**64))
        @ensure(lambda result: result)
        def a_bit_may_be_missing(x: int) -> bool:
            return x & 4 == 4
    """,
}
HEADER = "from __future__ import annotations\nfrom icontract import ensure, require\n"
EXPECTED = {
    "sound.successor": ("confirmed", 2),
    "sound.canary_that_is_true": ("refuted", 1),
    "sound.length": ("searched", 1),
    "sound.went_away": ("confirmed", 1),
    "wrong.cost_rounded_down": ("confirmed", 1),
    "wrong.raises_for_seven": ("confirmed", 1),
    "vacuous.unmet": ("confirmed", 1),
    "vacuous.misnamed": ("confirmed", 1),
    "vacuous.never_returns": ("confirmed", 1),
    "overlooked.nested": ("confirmed", 1),
    "overlooked.switched_off": ("confirmed", 1),
    "hangs.loops": ("confirmed", 1),
    "crashes.exits": ("confirmed", 1),
    "unreadable.anything": ("confirmed", 1),
    "plugins.leaf": ("confirmed", 1),
    "plugins.equal_arguments_give_equal_results": ("confirmed", 1),
    "plugins.other_arguments_may_give_other_results": ("refuted", 1),
    "plugins.a_conjunction_is_not_larger": ("confirmed", 1),
    "plugins.a_bit_may_be_missing": ("refuted", 1),
}


def plant(folder: Path, name: str, sources: Mapping[str, str], expected: Mapping[str, tuple[str, int]]) -> Path:
    """A package with these modules and expectations; the path of its theorems.toml."""
    package = folder / name
    package.mkdir()
    (package / "__init__.py").touch()
    for module, source in sources.items():
        (package / f"{module}.py").write_text(HEADER + dedent(source))
    lines = []
    for function, (verdict, conditions) in expected.items():
        searched = 'reason = "r"\nsubstitute = "s"\npaths = 5\n' if verdict == "searched" else ""
        lines.append(
            f'[{function}]\nverdict = "{verdict}"\nconditions = {conditions}\nclauses = ["MONEY-1"]\n{searched}'
        )
    (package / "theorems.toml").write_text("\n".join(lines))
    return package / "theorems.toml"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> gate.Report:
    theorems = plant(tmp_path_factory.mktemp("planted"), "planted", SOURCES, EXPECTED)
    return gate.prove(expectations.load(theorems), Selection(), LIMITS, 2, None)


def kinds(outcome: gate.Report, name: str) -> list[str]:
    return sorted(failure.kind for failure in outcome.failures if failure.name == name)


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("sound.successor", []),
        ("sound.length", []),
        ("sound.canary_that_is_true", ["confirmed"]),
        ("sound.went_away", ["vanished"]),
        ("wrong.cost_rounded_down", ["refuted"]),
        ("wrong.raises_for_seven", ["raises"]),
        ("vacuous.unmet", ["unmet", "vacuous"]),
        ("vacuous.never_returns", ["vacuous"]),
        ("overlooked.nested", ["overlooked", "vanished"]),
        ("overlooked.switched_off", ["overlooked", "vanished"]),
        ("overlooked.unlisted", ["unexpected"]),
        ("hangs.loops", ["hang", "vacuous"]),
        ("crashes.exits", ["crash", "vacuous"]),
        ("unreadable", ["unreadable"]),
        ("plugins.leaf", []),
        ("plugins.equal_arguments_give_equal_results", []),
        ("plugins.other_arguments_may_give_other_results", []),
        ("plugins.a_conjunction_is_not_larger", []),
        ("plugins.a_bit_may_be_missing", []),
    ],
)
def test_what_is_reported(outcome: gate.Report, name: str, reported: list[str]) -> None:
    assert kinds(outcome, name) == reported


def test_a_contract_that_names_a_parameter_wrongly_does_not_pass(outcome: gate.Report) -> None:
    assert kinds(outcome, "vacuous.misnamed") != []


def test_a_refutation_shows_the_counterexample(outcome: gate.Report) -> None:
    (failure,) = [failure for failure in outcome.failures if failure.name == "wrong.cost_rounded_down"]
    assert "when calling cost_rounded_down(" in failure.detail


def test_a_crash_says_how_the_worker_ended(outcome: gate.Report) -> None:
    (result,) = [result for result in outcome.results if result.condition.function == "exits"]
    assert "code 7" in result.detail


def test_every_condition_has_a_verdict_in_source_order(outcome: gate.Report) -> None:
    successor = [result.condition for result in outcome.results if result.condition.function == "successor"]
    assert [condition.number for condition in successor] == [1, 2]
    assert successor[0].line < successor[1].line
    assert successor[1].text.endswith("result - 1 == x")


def test_this_process_stays_armed(outcome: gate.Report) -> None:
    assert outcome.results
    assert "crosshair" not in sys.modules


def test_the_report_counts_what_was_found(outcome: gate.Report, tmp_path: Path) -> None:
    expected = expectations.Expectations(tmp_path, {})
    assert f"{len(outcome.results)} conditions: " in report.summary([(expected, outcome)])
    assert {row[0] for row in report.rows(outcome, expected)} >= {"confirmed", "refuted", "hang", "crash", "unmet"}


GOOD = {"rule": "@ensure(lambda x, result: result == x)\ndef same(x: int) -> int:\n    return x\n"}
GOOD_EXPECTED = {"rule.same": ("confirmed", 1)}


def run_once(theorems: Path, cache: Path) -> tuple[gate.Report, list[Result]]:
    asked: list[Result] = []
    outcome = gate.prove(expectations.load(theorems), Selection(), LIMITS, 1, cache, on_result=asked.append)
    return outcome, asked


def test_what_was_proved_is_not_proved_again_until_something_changes(tmp_path: Path) -> None:
    sources = {**GOOD, "user": "from kept.rule import same\n" + GOOD["rule"].replace("same", "use")}
    theorems = plant(tmp_path, "kept", sources, {**GOOD_EXPECTED, "user.use": ("confirmed", 1)})
    first, asked = run_once(theorems, tmp_path / "cache")
    assert (first.failures, first.from_cache, len(asked)) == ([], 0, 4)  # two conditions, two witnesses

    second, asked = run_once(theorems, tmp_path / "cache")
    assert (second.results, second.from_cache, asked) == (first.results, 4, [])

    (theorems.parent / "user.py").write_text(HEADER + sources["user"] + "\n")
    third, asked = run_once(theorems, tmp_path / "cache")
    assert (third.from_cache, {result.condition.module for result in asked}) == (2, {"user"})

    wrong = HEADER + GOOD["rule"].replace("return x", "return x + 1")
    (theorems.parent / "rule.py").write_text(wrong)  # what `user` imports: both are asked again
    fourth, asked = run_once(theorems, tmp_path / "cache")
    assert (kinds(fourth, "rule.same"), fourth.from_cache, len(asked)) == (["refuted"], 0, 4)


def test_a_selection_checks_only_what_was_asked_for(tmp_path: Path) -> None:
    sources = {"rule": GOOD["rule"] + GOOD["rule"].replace("same", "also")}
    theorems = plant(tmp_path, "chosen", sources, {**GOOD_EXPECTED, "rule.also": ("confirmed", 1)})
    outcome = gate.prove(expectations.load(theorems), Selection(("rule",), "also$"), LIMITS, 1, None)
    assert [result.condition.function for result in outcome.results] == ["also"]
    assert gate.unknown_modules(expectations.load(theorems), ["rule", "nowhere"]) == ["nowhere"]
