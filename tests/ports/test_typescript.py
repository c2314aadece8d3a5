"""The port in TypeScript, built from its lock and judged: it answers every case, and its page says so.

The port is built in a folder of its own, from its sources, its lock and its settings; what stands built in the working
tree is not used. Without Node.js there is nothing to build; every other reason not to build is a failure.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from calybris_conformance import corpus
from tests.support.frames import wrong_answers

ROOT = Path(__file__).resolve().parents[2]
PORT = ROOT / "conformance" / "ports" / "typescript"
README = (PORT / "README.md").read_text("utf-8")
BUILT_FROM = ("package.json", "package-lock.json", "tsconfig.json", "tsconfig.browser.json")
NODE, NPM = shutil.which("node"), shutil.which("npm")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a port that was just built, as the page says it is."""
    if NODE is None or NPM is None:
        pytest.skip("Node.js is not installed: there is no `node` or no `npm` on the path")
    folder = tmp_path_factory.mktemp("typescript")
    for name in BUILT_FROM:
        shutil.copy(PORT / name, folder)
    for name in ("src", "tests"):
        shutil.copytree(PORT / name, folder / name)
    for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        run = subprocess.run([NPM, *command], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
        assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.mark.slow  # npm, a compiler and a million decisions
def test_the_port_answers_every_case(built: Path, tmp_path: Path) -> None:
    assert NODE is not None
    command = [sys.executable, "-m", "calybris_ref", "conformance", "run", "--out", str(tmp_path)]

    run = subprocess.run(
        [*command, "--", NODE, str(built / "dist" / "adapter.js")],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text("utf-8").splitlines()]
    outcomes = Counter(line["outcome"] for line in lines if line["type"] == "case")
    assert outcomes == {"pass": len(corpus.load().cases)}


@pytest.mark.slow  # builds the port
def test_frames_are_answered_as_single_questions_are(built: Path) -> None:
    assert NODE is not None
    count, wrong = wrong_answers([NODE, str(built / "dist" / "adapter.js")])
    assert wrong == []
    assert count > 500


@pytest.mark.slow  # builds the port
def test_the_library_runs_without_node(built: Path) -> None:
    assert NODE is not None
    options = ["--no-warnings", "--experimental-vm-modules"]

    run = subprocess.run(
        [NODE, *options, str(built / "tests" / "browser.mjs")], capture_output=True, text=True, check=False, timeout=60
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert re.fullmatch(r"\d+ modules run without Node.js\n", run.stdout)


@pytest.mark.slow  # builds the port
def test_a_library_that_asks_for_node_is_found(built: Path) -> None:
    assert NODE is not None
    library = built / "dist" / "refusal.js"
    honest = library.read_text("utf-8")
    try:
        for line, complaint in (
            ('import "node:fs";', "imports node:fs"),
            ("Buffer.alloc(1);", "Buffer is not defined"),
        ):
            library.write_text(f"{line}\n{honest}", "utf-8")
            run = subprocess.run(
                [NODE, "--experimental-vm-modules", str(built / "tests" / "browser.mjs")],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert run.returncode != 0
            assert complaint in run.stderr
    finally:
        library.write_text(honest, "utf-8")


def test_the_page_counts_the_cases_that_there_are() -> None:
    cases = corpus.load().cases
    (passed,) = re.findall(r"typescript: CONFORMANT: ([\d,]+) passed, 0 known failures", README)
    assert int(passed.replace(",", "")) == len(cases)
    assert not (PORT / "known-failures.toml").exists()


def test_the_page_names_the_versions_of_the_lock() -> None:
    lock = json.loads((PORT / "package-lock.json").read_text("utf-8"))["packages"]
    named = dict(re.findall(r"^\| `([@/a-z-]+)` \| ([\d.]+) \|", README, re.MULTILINE))
    wanted = lock[""]["devDependencies"]
    assert named == wanted
    assert "dependencies" not in lock[""]
    assert all("integrity" in package and "resolved" not in package for name, package in lock.items() if name)
