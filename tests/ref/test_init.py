"""calybris_ref: the names that a user finds, and the example in its docstring."""

import importlib
import pkgutil
import re
import subprocess
import sys
import textwrap
from typing import Any

import pytest

import calybris_ref

MODULES = [
    importlib.import_module(f"calybris_ref.{module.name}")
    for module in pkgutil.iter_modules(calybris_ref.__path__)
    if module.name not in ("cli", "__main__")
]


def test_every_exported_name_exists_once() -> None:
    assert len(calybris_ref.__all__) == len(set(calybris_ref.__all__))
    for name in calybris_ref.__all__:
        assert hasattr(calybris_ref, name)


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        calybris_ref.Nonsense  # type: ignore[attr-defined]  # noqa: B018 - the access is the test
    assert set(calybris_ref.__all__) <= set(dir(calybris_ref))


def test_an_optional_package_is_not_imported_until_it_is_asked_for() -> None:
    code = "import sys, calybris_ref; from calybris_ref import *; print({*sys.modules} & {'numpy', 'numba', 'msgspec'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_example_in_the_docstring_runs() -> None:
    assert calybris_ref.__doc__
    example = "\n".join(line for line in calybris_ref.__doc__.splitlines() if line.startswith("    "))
    names: dict[str, Any] = {name: getattr(calybris_ref, name) for name in calybris_ref.__all__}
    exec(textwrap.dedent(example), names)  # noqa: S102 - the documented example itself
    assert names["decision"].is_requested_execution


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_module_names_the_clauses_that_it_implements(module: Any) -> None:
    assert module.__doc__
    # Neither observing nor showing is part of the specification.
    beside = module.__name__.startswith(("calybris_ref.instrument", "calybris_ref.page"))
    if module.__name__ not in ("calybris_ref.errors", "calybris_ref.batch") and not beside:
        assert re.search(r"[A-Z]+-[0-9]+", module.__doc__)
