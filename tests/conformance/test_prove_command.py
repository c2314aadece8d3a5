"""`calybris-ref prove` as people run it: exit codes, refusals, JSON."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.prove import gate
from calybris_ref.cli import main

RULE = """
from icontract import ensure

@ensure(lambda x, result: result == x + {})
def successor(x: int) -> int:
    return x + 1
"""
EXPECTED = '[rule]\nsuccessor = {{ verdict = "{}", conditions = 1, clauses = ["MONEY-1"] }}\n'


def package(folder: Path, addend: int = 1, verdict: str = "confirmed") -> str:
    (folder / "small").mkdir()
    (folder / "small" / "__init__.py").touch()
    (folder / "small" / "rule.py").write_text(RULE.format(addend))
    path = folder / "small" / "theorems.toml"
    path.write_text(EXPECTED.format(verdict))
    return str(path)


def prove(*options: str) -> int:
    return main(["prove", "--jobs", "1", "--cpu-seconds", "5", *options])


def test_all_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = tmp_path / "cache"
    assert prove("--theorems", package(tmp_path), "--cache", str(cache)) == 0
    shown = capsys.readouterr().out
    assert "confirmed  rule.successor" in shown
    assert shown.splitlines()[-1] == "all as expected"
    assert [path.name for path in cache.rglob("*.json")] == ["rule.json"]


def test_one_wrong_verdict_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("--theorems", package(tmp_path, addend=2), "--no-cache", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["proved"]) == ("calybris-proofs/1", False)
    assert [failure["kind"] for failure in told["failures"]] == ["refuted"]
    assert told["packages"] == ["small"]
    (condition,) = told["conditions"]
    assert condition["package"] == told["failures"][0]["package"] == "small"
    assert (condition["verdict"], condition["expected"], condition["clauses"]) == ("refuted", "confirmed", ["MONEY-1"])
    assert set(told["tools"]) == {"python", "crosshair-tool", "z3-solver", "icontract"}


def test_a_canary_that_survives_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("--theorems", package(tmp_path, verdict="refuted"), "--no-cache") == 1
    assert "CONFIRMED  rule.successor" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--module", "nowhere"], "there is no module nowhere in small"),
        (["--only", "("], "--only is not a regular expression"),
        (["--only", "nothing_like_this"], "nothing was checked"),
        (["--theorems", "missing.toml"], "cannot be read as TOML"),
    ],
)
def test_what_cannot_run_is_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert prove("--theorems", package(tmp_path), "--no-cache", *options) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("optimized", ["1", "2"])
def test_optimized_python_is_refused(optimized: str) -> None:
    environment = {**os.environ, "PYTHONOPTIMIZE": optimized}
    done = subprocess.run(
        [sys.executable, "-m", "calybris_ref", "prove"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "removes every contract" in done.stderr


def test_the_specification_and_the_refinement_are_the_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prove("--cache", str(tmp_path), "--module", "theorems.logic", "--only", "first_is") == 0
    assert "theorems.logic.first_is_the_first_true_of_nine" in capsys.readouterr().out


def test_two_packages_make_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "the_dominant_gate_beats|the_hard_limits_stop"
    assert prove("--no-cache", "--module", "theorems.decision", "--module", "kernel", "--only", name) == 0
    shown = capsys.readouterr().out
    assert "calybris_spec.theorems.decision.the_dominant_gate_beats" in shown
    assert "calybris_refinement.kernel.the_hard_limits_stop" in shown
    assert "2 conditions: 2 confirmed; 2 of 2 functions have a witness" in shown


def test_a_module_must_be_in_one_of_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("--no-cache", "--module", "kernel", "--module", "nowhere") == 2
    assert "there is no module nowhere in calybris_spec and in calybris_refinement" in capsys.readouterr().err


def test_a_round_is_as_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = tmp_path / "cache"
    assert prove("--theorems", package(tmp_path), "--cache", str(cache), "--repeat", "2") == 0
    assert "; 0 from the cache; 2 rounds, all the same" in capsys.readouterr().out
    assert not cache.exists()


def test_a_round_that_is_not_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = package(tmp_path)
    once = gate.prove
    paths = count(1)

    def unsteady(*arguments: Any) -> gate.Report:
        outcome = once(*arguments)
        outcome.results = [replace(result, paths=next(paths)) for result in outcome.results]
        return outcome

    monkeypatch.setattr(gate, "prove", unsteady)
    assert prove("--theorems", expected, "--no-cache", "--repeat", "2") == 1
    assert "UNSTABLE  rule.successor" in capsys.readouterr().out


def test_too_much_that_is_only_searched_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theorems = Path(package(tmp_path))
    (theorems.parent / "rule.py").write_text(
        "from icontract import ensure\n\n@ensure(lambda result: result >= 0)\n"
        "def length(text: str) -> int:\n    return len(text.strip())\n"
    )
    theorems.write_text(
        '[rule.length]\nverdict = "searched"\nconditions = 1\nclauses = ["MONEY-1"]\n'
        'reason = "texts have no end"\nsubstitute = "tests of texts"\npaths = 5\n'
    )
    assert prove("--theorems", str(theorems), "--no-cache") == 1
    shown = capsys.readouterr().out
    assert "only searched, not proved:\nrule.length\n    texts have no end\n    instead: tests of texts\n" in shown
    assert "TOO_MANY_SEARCHED  all conditions\n    1 of 1 conditions" in shown
    assert prove("--theorems", str(theorems), "--no-cache", "--module", "rule") == 0


def commit(folder: Path) -> None:
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


def test_only_what_changed_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theorems = package(tmp_path)
    commit(tmp_path)
    assert prove("--theorems", theorems, "--no-cache", "--changed") == 0
    assert capsys.readouterr().out == "no module differs from HEAD: nothing to check\n"
    assert prove("--theorems", theorems, "--no-cache", "--changed", "--json") == 0
    assert json.loads(capsys.readouterr().out)["conditions"] == []
    rule = tmp_path / "small" / "rule.py"
    rule.write_text(rule.read_text() + "# changed\n")
    assert prove("--theorems", theorems, "--no-cache", "--changed", "HEAD") == 0
    assert "confirmed  rule.successor" in capsys.readouterr().out
    assert prove("--theorems", theorems, "--no-cache", "--changed", "--module", "__init__") == 0
    assert "nothing to check" in capsys.readouterr().out


def test_changes_outside_a_checkout_are_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("--theorems", package(tmp_path), "--no-cache", "--changed") == 2
    assert "--changed needs a git checkout" in capsys.readouterr().err


def test_a_table_on_a_terminal_fits_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calybris_conformance.commands.prove.is_terminal", lambda _stream: True)
    monkeypatch.setenv("COLUMNS", "50")
    assert prove("--theorems", package(tmp_path), "--no-cache") == 0
    header = capsys.readouterr().out.splitlines()[0]
    assert header.split() == ["verdict", "theorem", "clauses", "CPU", "s", "paths"]
