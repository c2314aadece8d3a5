"""`calybris-ref prove` as people run it: exit codes, refusals, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
