"""The published crate, two releases of it behind one adapter, against the vectors: conformant but for what it lists."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus, frames
from tests.support.frames import wrong_answers

ROOT = Path(__file__).resolve().parents[2]
PORT = ROOT / "conformance" / "ports" / "rust-crate"
README = (PORT / "README.md").read_text("utf-8")
# The folder of a manifest, its release, and its list of known failures.
RELEASES = {"v0_4": ("0.4.0", "known-failures-0.4.0.toml"), "v1": ("1.3.0", "known-failures-1.x.toml")}


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A release, built with what its lock says."""
    if shutil.which("cargo") is None:
        pytest.skip("cargo is not installed")
    folder: str = request.param
    target = ROOT / "out" / "ports" / "rust-crate" / folder
    command = ["cargo", "build", "--quiet", "--release", "--locked", "-j", "1", "--target-dir", str(target)]
    subprocess.run([*command, "--manifest-path", str(PORT / folder / "Cargo.toml")], check=True, timeout=1_800)
    return folder


def adapter(folder: str) -> str:
    return str(ROOT / "out" / "ports" / "rust-crate" / folder / "release" / "rust-crate")


def judged(out: Path, options: list[str], port: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of a run, and the lines of its report."""
    command = [sys.executable, "-m", "calybris_ref", "conformance", "run", *options, "--out", str(out), "--", *port]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return run.returncode, [json.loads(line) for line in (out / "report.jsonl").read_text("utf-8").splitlines()]


def rows(section: str) -> list[list[str]]:
    """The cells of the table of a section of the README, without its head."""
    lines = README.partition(f"## {section}\n")[2].partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


@pytest.mark.slow
def test_the_release_is_conformant_but_for_its_known_failures(release: str, tmp_path: Path) -> None:
    version, known = RELEASES[release]

    code, lines = judged(tmp_path, ["--known-failures", str(PORT / known)], [adapter(release)])

    outcomes = Counter(line["outcome"] for line in lines if line["type"] == "case")
    assert outcomes.keys() == {"pass", "known_failure"}
    assert code == 0
    skipped = sum(line["type"] == "skip" for line in lines)
    figures = [version, *(f"{count:,}" for count in (outcomes["pass"], outcomes["known_failure"], skipped))]
    assert figures in rows("Results")


@pytest.mark.slow
def test_frames_are_answered_as_single_questions_are(release: str) -> None:
    count, wrong = wrong_answers([adapter(release)])
    assert wrong == []
    assert count > 500


@pytest.mark.slow
def test_every_feature_is_claimed_or_the_readme_says_why_not(release: str) -> None:
    version, _ = RELEASES[release]
    hello = '{"type":"hello","protocol":[1],"judge":"test","spec":"1.0","vectors":"1.0.0"}\n{"type":"bye"}\n'
    port = subprocess.run([adapter(release)], input=hello, capture_output=True, text=True, check=True, timeout=30)
    ready = json.loads(port.stdout)

    explained = [
        name
        for names, releases, _ in rows("What it does not claim")
        for name in re.findall(r"`([a-z_.]+)`", names)
        if releases in (version, "both")
    ]

    # no vector asks for frames
    wanted = {feature for case in corpus.load().cases for feature in case.requires} | {frames.FEATURE}
    assert sorted([*ready["features"], *explained]) == sorted(wanted)
    assert ready["implementation"]["version"] == version


@pytest.mark.slow
def test_the_asynchronous_log_differs_where_the_readme_says(release: str, tmp_path: Path) -> None:
    def answers(name: str, port: list[str]) -> dict[str, list[Any]]:
        _, lines = judged(tmp_path / name, ["--suite", "wal"], port)
        keys = "outcome", "field", "detail"
        return {line["id"]: [line.get(key) for key in keys] for line in lines if line["type"] == "case"}

    plain, asynchronous = answers("plain", [adapter(release)]), answers("async", [adapter(release), "--async"])

    assert plain.keys() == asynchronous.keys()
    differing = {f"`{case}`" for case, answer in plain.items() if asynchronous[case] != answer}
    assert differing == ({case for case, _, _ in rows("The asynchronous log")} if release == "v1" else set())


@pytest.mark.parametrize("folder", RELEASES)
def test_the_adapter_calls_itself_what_the_crate_is_that_it_takes(folder: str) -> None:
    version, _ = RELEASES[folder]
    manifest = tomllib.loads((PORT / folder / "Cargo.toml").read_text("utf-8"))
    lock = tomllib.loads((PORT / folder / "Cargo.lock").read_text("utf-8"))
    assert manifest["package"]["version"] == version
    assert manifest["dependencies"]["calybris-core"]["version"] == f"={version}"
    assert [package["version"] for package in lock["package"] if package["name"] == "calybris-core"] == [version]
