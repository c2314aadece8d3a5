"""What `make package` looks for is found when it is missing. The whole of it builds and installs, and is a gate."""

import os
import sys
from pathlib import Path

import pytest

from tests import package

FILES = [
    "calybris_ref/py.typed",
    "spec/calybris_spec/gates.py",
    "spec/README.md",
    "vectors/v1/hex/decode.json",
    ".ci/run",
]
WHEEL = ["calybris_ref/py.typed", "calybris_spec/gates.py", "calybris_conformance/_vectors/v1/hex/decode.json"]


@pytest.mark.parametrize("lost", [None, *WHEEL])
def test_what_a_wheel_lacks_is_found(lost: str | None) -> None:
    held = [name for name in WHEEL if name != lost]
    assert package.missing_in_wheel(held, FILES) == ([lost] if lost else [])


@pytest.mark.parametrize("lost", [None, *FILES[:4]])
def test_what_a_source_distribution_lacks_is_found(lost: str | None) -> None:
    held = [f"calybris_ref-0/{name}" for name in FILES[:4] if name != lost]
    assert package.missing_in_sdist(held, FILES) == ([lost] if lost else [])


def test_the_front_page_has_a_script_and_commands() -> None:
    script, shown = package.readme_script()
    assert "prescribe" in script
    assert shown.count("\n") == 6
    commands = package.readme_commands()
    assert len(commands) == len(set(commands)) >= 3
    assert not any(package.PORT in line.split() for line in commands)


def test_a_command_that_fails_ends_it(tmp_path: Path) -> None:
    with pytest.raises(package.Wrong, match=r"exit code 3\nno\n"):
        package.call([sys.executable, "-c", "print('no'); raise SystemExit(3)"], tmp_path, dict(os.environ))


def test_a_build_that_lacks_a_file_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import tarfile

    source = tmp_path / "calybris_ref-0.tar.gz"
    with tarfile.open(source, "w:gz"):
        pass
    monkeypatch.setattr(package, "build", lambda folder: (source, source))
    said: list[str] = []
    assert package.main([str(tmp_path)], said.append) == 1
    assert "lacks" in said[0]
    assert "README.md" in said[0]
