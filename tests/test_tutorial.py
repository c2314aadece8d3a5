"""The tutorial prints what it shows, from its first command to its last."""

import os
import sys
from pathlib import Path

import pytest

from tests import tutorial
from tests.support import markdown


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of this environment comes first."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def test_the_tutorial_prints_what_it_shows(tmp_path: Path) -> None:
    assert tutorial.drifted(tutorial.PAGE.read_text("utf-8"), tmp_path) == []


def test_every_block_of_the_tutorial_is_used(tmp_path: Path) -> None:
    """Each is a file, a command, what one prints, or the installation, which stands there once."""
    shown = markdown.blocks(tutorial.PAGE.read_text("utf-8"))
    assert [block.text for block in shown if "pip" in block.text] == [tutorial.INSTALL]
    assert {block.language for block in shown} == {"sh", "text", "json", "py"}
    assert len([block for block in shown if block.language == "sh"]) >= 12


PLANTED = "A file `a/b.json`:\n\n```json\n1\n```\n\n```sh\ncat a/b.json; exit 3\n```\n\n```text\n1\nexit code 3\n```\n"


def test_a_file_and_a_command_that_are_right(tmp_path: Path) -> None:
    assert tutorial.drifted(PLANTED, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new"), [("code 3", "code 0"), ("```text\n1", "```text\n2"), ("\n\n```text\n1\nexit code 3\n```", "")]
)
def test_a_tutorial_that_shows_something_else_is_found(old: str, new: str, tmp_path: Path) -> None:
    page = PLANTED.replace(old, new)
    assert page != PLANTED
    assert len(tutorial.drifted(page, tmp_path)) == 1
    assert tutorial.written(page, tmp_path) == PLANTED
