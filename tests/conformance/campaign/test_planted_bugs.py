"""Every planted bug is found and made small, in far less than two minutes."""

import json
import sys
import time
from pathlib import Path

import pytest

from calybris_ref.cli import main
from tests.support.bugs import BUGS

SECONDS = 120
# The most candidates that the smallest case of a bug may need.
MODELS = {name: 2 if name.startswith(("tie", "quality-before")) else 1 for name in BUGS}


@pytest.mark.slow
@pytest.mark.parametrize("way", ["single", "frames"])
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_and_made_small(
    bug: str, way: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    port = [sys.executable, "-m", "tests.support.bugs", bug, *(["--rows"] if way == "frames" else [])]
    started = time.monotonic()
    options = ["--seconds", str(SECONDS), "--first", "--json", "--out", str(tmp_path)]
    code = main(["campaign", "run", *options, "--", *port])
    assert time.monotonic() - started < SECONDS
    assert code == 1
    summary = json.loads(capsys.readouterr().out)
    assert summary["how"] == way
    sizes = [len(finding["given"]["policy"]["models"]) for finding in summary["findings"]]
    assert max(sizes) <= MODELS[bug]
    assert main(["campaign", "replay", str(next(tmp_path.iterdir())), "--", *port]) == 1
