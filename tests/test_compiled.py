"""The check of the compiled wheel fails where nothing is compiled, as here; `.ci/run` builds one and judges it."""

import sys

import pytest

from calybris_ref import kernel
from tests import compiled


def test_the_kernel_of_a_clone_is_not_compiled() -> None:
    assert not compiled.is_compiled(kernel)
    with pytest.raises(SystemExit, match=r"calybris_ref\.kernel is not compiled"):
        compiled.main()


def test_an_extension_of_another_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda module: True)
    monkeypatch.setattr(sys, "prefix", "/nowhere")
    with pytest.raises(SystemExit, match=r"calybris_ref\.kernel is not of this environment"):
        compiled.main()
