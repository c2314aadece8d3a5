"""The published wheel, behind its adapter, against the vectors: conformant but for the failures that it lists."""

import json
import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest

from calybris_conformance import corpus, frames

ROOT = Path(__file__).resolve().parents[2]
PORT = ROOT / "conformance" / "ports" / "calybris-wheel"
# A million decisions take ten seconds; `make demo` asks for them.
TOO_LONG = "accumulate"


def greeting() -> dict[str, object]:
    hello = '{"type":"hello","protocol":[1],"judge":"test","spec":"1.0","vectors":"1.0.0"}\n{"type":"bye"}\n'
    port = subprocess.run(
        [sys.executable, PORT / "adapter.py"], input=hello, capture_output=True, text=True, check=True, timeout=30
    )
    ready: dict[str, object] = json.loads(port.stdout)
    return ready


@pytest.mark.slow  # `make demo` asks the same
def test_the_wheel_is_conformant_but_for_its_known_failures(tmp_path: Path) -> None:
    suites = sorted({case.suite for case in corpus.load().cases} - {TOO_LONG})
    filters = [argument for suite in suites for argument in ("--suite", suite)]
    known = ["--known-failures", str(PORT / "known-failures.toml")]
    port = [sys.executable, str(PORT / "adapter.py")]
    command = [sys.executable, "-m", "calybris_ref", "conformance", "run", *filters, *known, "--out", str(tmp_path)]

    run = subprocess.run([*command, "--", *port], capture_output=True, text=True, check=False, timeout=120)

    assert run.returncode == 0, run.stdout + run.stderr
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text("utf-8").splitlines()]
    outcomes = Counter(line["outcome"] for line in lines if line["type"] == "case")
    assert outcomes["pass"] > 4_000
    assert outcomes.keys() == {"pass", "known_failure"}


def test_the_release_is_the_one_that_is_installed() -> None:
    implementation = greeting()["implementation"]
    assert isinstance(implementation, dict)
    assert implementation["version"] == version("calybris")


def test_every_feature_is_claimed_or_the_readme_says_why_not() -> None:
    claimed = greeting()["features"]
    assert isinstance(claimed, list)
    table = (PORT / "README.md").read_text("utf-8").partition("## What it does not claim")[2].partition("\n## ")[0]
    explained = [
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`([a-z_.]+)`", row.split("|")[1])
    ]
    # no vector asks for frames
    wanted = {feature for case in corpus.load().cases for feature in case.requires} | {frames.FEATURE}
    assert sorted([*claimed, *explained]) == sorted(wanted)
