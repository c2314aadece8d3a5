"""`calybris-ref doctor`: packages and tools as they are, not as they should be."""

import importlib.metadata
import json
import os
import platform
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import __version__, kernel
from calybris_ref.cli import COMMANDS, doctor
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
VERSIONS = {"icontract": "2.7.3", "shtab": "1.8", "numpy": "1.26.4", "numba": "0.61.2", "distributed": "2026.1"}
REQUIRED = [
    "calybris-ref[bulk]; extra == 'cluster'",
    'numpy>=2.0; extra == "bulk"',
    "numba>=0.61; extra == 'bulk'",
    "distributed>=2025.1; extra == 'cluster'",
    "icontract<3,>=2.7.3; extra == 'spec'",
    "icontract<3,>=2.7.3; extra == 'prove'",
    "crosshair-tool==0.0.113; extra == 'prove'",
    "shtab>=1.7; extra == 'cli'",
    "atheris>=3.0; (python_version < '3.0') and extra == 'fuzz'",
    "mkdocs>=1; extra == 'docs'",
    "unconditional>=1",
]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The packages that are installed; a test may change them."""
    found = {**VERSIONS, "calybris-ref": __version__}

    def version(name: str) -> str:
        if name not in found:
            raise importlib.metadata.PackageNotFoundError(name)
        return found[name]

    def requires(name: str) -> list[str]:
        version(name)
        return REQUIRED

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(importlib.metadata, "requires", requires)
    monkeypatch.setattr(doctor, "_TOOLS", ())
    return found


def asked(cli: Run) -> tuple[int, dict[str, Any]]:
    code, out, err = cli("doctor", "--json")
    assert (err, out.count("\n")) == ("", 1)
    return code, json.loads(out)


def test_extras(cli: Run, there: dict[str, str]) -> None:
    code, document = asked(cli)
    assert code == 1  # numpy is too old
    extras = {one["name"]: one for one in document["extras"]}
    assert {name: one["ready"] for name, one in extras.items()} == {
        "spec": True,
        "prove": False,
        "cli": True,
        "bulk": False,
        "cluster": False,
    }
    assert extras["cluster"]["packages"] == [
        {"name": "distributed", "bounds": ">=2025.1", "version": "2026.1", "fits": True},
        {"name": "numpy", "bounds": ">=2.0", "version": "1.26.4", "fits": False},
        {"name": "numba", "bounds": ">=0.61", "version": "0.61.2", "fits": True},
    ]
    assert document["commands"] == {name: extra in (None, "spec", "cli") for name, (_, _, extra) in COMMANDS.items()}
    there["numpy"] = "2.0"
    code, document = asked(cli)
    assert (code, [one["name"] for one in document["extras"] if not one["ready"]]) == (0, ["prove"])


def test_words(cli: Run, there: dict[str, str]) -> None:
    code, out, _ = cli("doctor")
    assert code == 1
    assert re.search(rf"^version +{re.escape(__version__)}$", out, re.MULTILINE)
    assert re.search(r"^spec +ready +run the specification", out, re.MULTILINE)
    assert re.search(r"^prove +in part +", out, re.MULTILINE)
    assert re.search(r"^bulk +does not fit +", out, re.MULTILINE)
    assert "\n  bulk: numpy 1.26.4 (needs >=2.0), numba 0.61.2\n" in out
    assert "\n  prove: icontract 2.7.3, crosshair-tool missing\n" in out
    assert out.endswith("in a clone:\n  pip install '.[prove,bulk,cluster]'\n")
    del there["shtab"]
    assert re.search(r"^cli +missing +tab completion$", cli("doctor").out, re.MULTILINE)
    there |= {"shtab": "1.7", "numpy": "2.1", "crosshair-tool": "0.0.113"}
    assert cli("doctor").out.endswith("\nEvery extra is there.\n")
    there["calybris-ref"] = "0.0.9"
    assert f"{__version__}, but 0.0.9 is installed" in cli("doctor").out


def test_the_kernel(cli: Run, there: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for file, is_compiled in ((__file__, False), ("kernel.cpython-311-x86_64-linux-gnu.so", True)):
        monkeypatch.setattr(kernel, "__file__", file)
        assert asked(cli)[1]["kernel_compiled"] is is_compiled
        assert ("compiled" in cli("doctor").out.partition("extra")[0]) == is_compiled


def test_a_tree_that_is_not_installed(cli: Run, there: dict[str, str]) -> None:
    del there["calybris-ref"]
    code, out, _ = cli("doctor")
    assert code == 0
    assert "(not installed)" in out
    assert "extras: unknown, because the package is not installed" in out
    assert out.endswith("need nothing but Python.\n")
    assert asked(cli)[1]["installed_version"] is None


def test_every_extra_of_the_package_is_known() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(doctor._EXTRAS) == set(extras) - {"dev", "docs"}
    assert {extra for _, _, extra in COMMANDS.values() if extra} <= set(extras)


@pytest.mark.parametrize(
    ("version", "bounds", "fits"),
    [
        ("2.7.3", ">=2.7.3,<3", True),
        ("2.7.2", ">=2.7.3,<3", False),
        ("3.0", ">=2.7.3,<3", False),
        ("3", "==3.0.0", True),
        ("3.0.1", "==3.0.0", False),
        ("0.10", ">0.9", True),
        ("0.9", ">0.9.0", False),
        ("1.0", "<=1", True),
        ("1.0.1", "<=1", False),
        ("1.1", "!=1.1", False),
        ("2.0rc1", ">=2.0", True),
        ("unknown", ">=2.0", True),
        ("1", "", True),
    ],
)
def test_bounds(version: str, bounds: str, fits: bool) -> None:
    assert doctor.within(version, bounds) is fits


def tool(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="the tools are scripts")
def test_tools(cli: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool(tmp_path, "cargo", "echo cargo 1.2; echo more")
    tool(tmp_path, "java", 'echo "java \\"17\\"" >&2')
    tool(tmp_path, "go", "exit 3")
    tool(tmp_path, "npm", "")
    tool(tmp_path, "javac", "exec /bin/sleep 9")
    (tmp_path / "cc").write_text("no program")
    (tmp_path / "cc").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor, "_SECONDS", 0.3)
    _, document = asked(cli)
    assert {one["name"]: one["version"] for one in document["toolchains"]} == {
        "cargo": "cargo 1.2",
        "go": "does not answer",
        "node": "",
        "npm": "does not answer",
        "java": 'java "17"',
        "javac": "does not answer",
        "cc": "does not answer",
    }
    assert [one["name"] for one in document["toolchains"] if one["path"] is None] == ["node"]
    out = cli("doctor").out
    assert re.search(r"^node +missing +adapters in TypeScript", out, re.MULTILINE)
    assert re.search(r"^cargo +cargo 1.2 +adapters in Rust", out, re.MULTILINE)


def test_as_it_is_here(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("tool", 1)

    monkeypatch.setattr(subprocess, "run", nothing)
    _, document = asked(cli)
    assert document["python"] == platform.python_version()
    assert document["package_path"] == str(ROOT / "calybris_ref")
    spec = next(one for one in document["extras"] if one["name"] == "spec")
    assert spec["packages"][0]["version"] == importlib.metadata.version("icontract")
