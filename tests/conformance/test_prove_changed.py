"""Which modules differ from a git revision: by source, by expectation, unknown to git, and who holds their theorems."""

import subprocess
from pathlib import Path

import pytest

from calybris_conformance.prove import changed, declared, expectations

ENTRY = '{} = {{ verdict = "confirmed", conditions = {}, clauses = ["MONEY-1"] }}\n'


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package under git: `cost`, the theorems about it, and `gates`."""
    folder = tmp_path / "rules"
    (folder / "theorems").mkdir(parents=True)
    for name in ("__init__", "cost", "gates", "theorems/__init__", "theorems/cost"):
        (folder / f"{name}.py").write_text(f"# {name}\n")
    (folder / "theorems.toml").write_text("[cost]\n" + ENTRY.format("price", 1) + "[gates]\n" + ENTRY.format("gate", 1))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return folder


def modules(package: Path, revision: str = "HEAD") -> tuple[str, ...]:
    return changed.modules(expectations.load(package / "theorems.toml"), revision)


def test_nothing_differs(package: Path) -> None:
    assert modules(package) == ()


def test_a_module_and_the_theorems_about_it(package: Path) -> None:
    (package / "cost.py").write_text("# another\n")
    assert modules(package) == ("cost", "theorems.cost")


def test_a_module_without_theorems_of_its_own(package: Path) -> None:
    (package / "gates.py").write_text("# another\n")
    assert modules(package) == ("gates",)


def test_theorems_alone(package: Path) -> None:
    (package / "theorems" / "cost.py").write_text("# another\n")
    assert modules(package) == ("theorems.cost",)


def test_a_file_that_git_does_not_know(package: Path) -> None:
    (package / "fresh.py").touch()
    assert modules(package) == ("fresh",)


def test_a_module_of_another_expectation(package: Path) -> None:
    path = package / "theorems.toml"
    path.write_text(path.read_text().replace(ENTRY.format("gate", 1), ENTRY.format("gate", 2)))
    assert modules(package) == ("gates",)


def test_every_module_where_the_expectations_are_new(package: Path) -> None:
    path = package / "theorems.toml"
    git(package, "rm", "-q", "--cached", "theorems.toml")
    git(package, "commit", "-q", "-m", "without expectations")
    assert path.exists()
    assert modules(package) == ("cost", "gates", "theorems.cost")


def test_a_module_that_is_gone_is_asked_about_while_it_is_expected(package: Path) -> None:
    (package / "gates.py").unlink()
    (package / "theorems" / "cost.py").unlink()
    assert modules(package) == ("gates",)


def test_an_older_revision(package: Path) -> None:
    (package / "cost.py").write_text("# another\n")
    git(package, "commit", "-q", "-a", "-m", "second")
    assert modules(package) == ()
    assert modules(package, "HEAD~1") == ("cost", "theorems.cost")


def test_the_refinement_stands_for_the_modules_of_the_library(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = package.parent / "calybris_ref"
    library.mkdir()
    (library / "gates.py").touch()
    monkeypatch.setitem(changed._MIRRORED, package.name, library.name)
    monkeypatch.setattr(declared, "packages", lambda _folder: {library.name: library})
    assert modules(package) == ("gates",)


@pytest.mark.parametrize("revision", ["no-such-revision", "-x"])
def test_a_revision_that_is_none(package: Path, revision: str) -> None:
    with pytest.raises(changed.ChangedError, match=r"needs a git checkout and a revision in it: git diff: "):
        modules(package, revision)


def test_no_checkout(tmp_path: Path) -> None:
    (tmp_path / "theorems.toml").touch()
    with pytest.raises(changed.ChangedError, match="needs a git checkout"):
        modules(tmp_path)


def test_no_git(package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(changed.ChangedError, match="git, which is not installed"):
        modules(package)
