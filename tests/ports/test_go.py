"""The port in Go, built here: it conforms without a known failure, and its page says so in the right numbers."""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from calybris_conformance import corpus, frames
from tests.support.frames import wrong_answers

ROOT = Path(__file__).resolve().parents[2]
PORT = ROOT / "conformance" / "ports" / "go"
PAGE = (PORT / "README.md").read_text("utf-8")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("go") is None, reason="the port in Go is built with `go`, which is not installed"),
]


def go(*arguments: str | Path) -> str:
    """What a command of Go prints; it must succeed."""
    run = subprocess.run(["go", *arguments], cwd=PORT, capture_output=True, text=True, check=False, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, built into a temporary folder."""
    built = tmp_path_factory.mktemp("port") / "calybris-port"
    go("build", "-o", built, "./cmd/calybris-port")
    return built


def figure(pattern: str) -> tuple[int, ...]:
    """The numbers that a pattern finds in the page; it must stand there exactly once."""
    (found,) = re.findall(pattern, PAGE)
    return tuple(int(text.replace(",", "")) for text in ([found] if isinstance(found, str) else found))


def test_every_case_passes(command: Path, tmp_path: Path) -> None:
    judge = [sys.executable, "-m", "calybris_ref", "conformance", "run", "--profile", "full", "--out", str(tmp_path)]
    run = subprocess.run([*judge, "--", str(command)], capture_output=True, text=True, check=False, timeout=300)

    assert run.returncode == 0, run.stdout + run.stderr
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text("utf-8").splitlines()]
    outcomes = Counter(line["outcome"] for line in lines if line["type"] == "case")
    assert outcomes == {"pass": len(corpus.load().cases)}
    assert figure(r"([\d,]+) of ([\d,]+) cases pass; no known failures") == (outcomes["pass"],) * 2
    assert not (PORT / "known-failures.toml").exists()


def test_frames_are_answered_as_single_questions_are(command: Path) -> None:
    count, wrong = wrong_answers([str(command)])
    assert wrong == []
    assert count > 500


def test_everything_that_can_be_claimed_is_claimed(command: Path) -> None:
    hello = '{"type":"hello","protocol":[1],"judge":"test","spec":"1.0","vectors":"1.0.0"}\n{"type":"bye"}\n'
    port = subprocess.run([command], input=hello, capture_output=True, text=True, check=True, timeout=30)
    ready = json.loads(port.stdout)
    cases = corpus.load().cases

    # no vector asks for frames
    assert sorted(ready["features"]) == sorted({frames.FEATURE}.union(*(case.requires for case in cases)))
    operations = {frames.FEATURE, *(case.op for case in cases)}
    assert figure(r"(\d+) operations and (\d+) extra features") == (
        len(operations),
        len(ready["features"]) - len(operations),
    )
    assert f"port {ready['implementation']['version']}, specification {ready['spec']}" in PAGE


def test_the_code_is_formatted_and_vetted() -> None:
    formatter = shutil.which("gofmt")
    if formatter is not None:  # some distributions ship `go` alone
        run = subprocess.run([formatter, "-l", PORT], capture_output=True, text=True, check=True, timeout=60)
        assert run.stdout == ""
    go("vet", "./...")


def test_it_needs_the_standard_library_only() -> None:
    modules = go("list", "-m", "all").split()
    assert modules == ["calybris-port"]
    needs = re.search(r"Go (\d+\.\d+);", PAGE)
    assert needs is not None
    assert f"\ngo {needs[1]}\n" in (PORT / "go.mod").read_text("utf-8")


def test_its_own_tests_pass() -> None:
    """The unit tests, and the vectors once more without the judge."""
    go("test", "-count=1", "./...")


def test_no_race_is_found_in_the_engine() -> None:
    if go("env", "CGO_ENABLED").strip() != "1" or shutil.which("cc") is None:
        pytest.skip("the race detector of Go needs a C compiler, and there is none")
    go("test", "-race", "-count=1", "-run", "Goroutines", "./calybris")
