"""The tree: written, loaded, generated again; what stops it."""

from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus
from calybris_conformance.vectorgen import tree
from calybris_conformance.vectorgen.answers import GenerationError
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.flags import FLAGS


def question(name: str, value: str, *flags: str) -> Question:
    return Question(name, "About it.", {"type": "u8", "value": value}, flags)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes `tree.generate` generate these questions, as one file of the suite echo."""

    def use(*questions: Question, copies: int = 1) -> None:
        draft = Draft("echo", "small", "echo", "Small", "TYPES-1", (Group("g", questions),))
        monkeypatch.setattr(tree, "drafts", lambda _watch: iter([draft] * copies))

    return use


def test_a_tree_is_written_loaded_and_generated_again(small: Any, tmp_path: Path) -> None:
    small(question("a", "1"), question("b", "255", "WIDTH_WRAPS"))
    made = tree.generate(tmp_path)
    tree.write(tmp_path, made)
    found = corpus.load(tmp_path)
    assert [one.id for one in found.cases] == ["echo/g/a", "echo/g/b"]
    assert found.cases[1].expect == {"ok": {"value": "255"}}
    assert found.notes == {"WIDTH_WRAPS": FLAGS["WIDTH_WRAPS"]}
    assert tree.generate(tmp_path) == made


def test_files_that_are_no_longer_generated_are_removed(small: Any, tmp_path: Path) -> None:
    small(question("a", "1"))
    stale = tmp_path / "v1/echo/stale.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    tree.write(tmp_path, tree.generate(tmp_path))
    assert corpus.case_paths(tmp_path) == ["v1/echo/small.json"]


def test_two_cases_with_one_id_stop_the_generation(small: Any, tmp_path: Path) -> None:
    small(question("a", "1"), question("a", "2"))
    with pytest.raises(GenerationError, match="echo/g/a: two cases have this id"):
        tree.generate(tmp_path)


def test_two_files_with_one_path_stop_the_generation(small: Any, tmp_path: Path) -> None:
    small(question("a", "1"), copies=2)
    with pytest.raises(GenerationError, match="two drafts have this path"):
        tree.generate(tmp_path)


def test_an_unknown_flag_stops_the_generation(small: Any, tmp_path: Path) -> None:
    small(question("a", "1", "NO_SUCH_FLAG"))
    with pytest.raises(GenerationError, match="NO_SUCH_FLAG"):
        tree.generate(tmp_path)
