"""`calybris-ref conformance scaffold` as a user meets it: what it says, what it refuses, with which exit code."""

from pathlib import Path

import pytest

from calybris_conformance.scaffold import LANGUAGES
from calybris_ref.cli import main

SEE = "(see 'calybris-ref conformance scaffold --help')"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("here")
def test_the_next_steps_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "scaffold", "--language", "c", "my port"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "my port: .gitignore, Makefile, README.md, adapter.c, json.h",
        "next:",
        "  cd 'my port'",
        "  make",
        "  calybris-ref conformance smoke -- ./adapter",
        "  calybris-ref conformance run -- ./adapter",
        "then add operations to adapter.c, one at a time: docs/write-a-port.md says in which order",
    ]


@pytest.mark.usefixtures("here")
def test_nothing_is_built_where_nothing_needs_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "scaffold", "--language", "python", "new"]) == 0
    assert capsys.readouterr().out.splitlines()[2:4] == [
        "  cd new",
        "  calybris-ref conformance smoke -- python3 adapter.py",
    ]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--language", "go", "."], ". is not empty; a skeleton is written into an empty or a new folder only."),
        (
            ["--language", "cobol", "new"],
            f"argument --language: there is no 'cobol'; there are c, go, java, python, rust, typescript {SEE}",
        ),
        (["--language", "go", "Makefile"], "Makefile is not a folder."),
        (["--language", "go", "Makefile/x"], "Makefile/x: Not a directory"),
        (["new"], f"the following arguments are required: --language {SEE}"),
    ],
)
def test_a_refusal_is_one_sentence(capsys: pytest.CaptureFixture[str], words: list[str], sentence: str) -> None:
    assert main(["conformance", "scaffold", "--language", "c", "."]) == 0
    capsys.readouterr()
    assert main(["conformance", "scaffold", *words]) == 2
    assert capsys.readouterr() == ("", f"calybris-ref: error: {sentence}\n")


def test_every_language_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "scaffold", "--help"]) == 0
    assert f"one of {', '.join(LANGUAGES)}" in " ".join(capsys.readouterr().out.split())
