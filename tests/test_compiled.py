"""The check of the compiled wheel can fail: here, where nothing is compiled, it does. What it builds is slow."""

import subprocess
import sys
from pathlib import Path

import pytest

from calybris_ref import kernel
from tests import compiled

ROOT = Path(__file__).resolve().parents[1]


def test_the_kernel_of_a_clone_is_not_compiled() -> None:
    assert not compiled.is_compiled(kernel)
    with pytest.raises(SystemExit, match=r"calybris_ref\.kernel is not compiled"):
        compiled.main()


def test_an_extension_of_another_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda module: True)
    monkeypatch.setattr(sys, "prefix", "/nowhere")
    with pytest.raises(SystemExit, match=r"calybris_ref\.kernel is not of this environment"):
        compiled.main()


@pytest.mark.slow
def test_the_compiled_wheel_is_judged() -> None:
    made = subprocess.run(["make", "wheel-compiled"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "calybris_ref.kernel_fast is compiled" in made.stdout
    assert "compiled: CONFORMANT" in made.stdout
