"""The recorded mutation run of the specification is of this source, and its list and page are up to date.

Nothing is proved here: `make spec-mutants` does, and asks only about what a change could have changed.
"""

from pathlib import Path

import pytest

from calybris_conformance.mutation.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_results_are_of_this_source(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    code = main(["check"])
    told = capsys.readouterr().out.splitlines()
    assert code == 0, "\n".join(["run `make spec-mutants`", *told[:20], *told[-1:]])
