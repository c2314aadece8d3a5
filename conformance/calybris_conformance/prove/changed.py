"""Which modules differ from a git revision: the quick profile of whoever is changing the rules.

A module is checked when its source or its section of theorems.toml differs, and so is the module that holds the
theorems about a changed one: `theorems.cost` for `cost`, and in the refinement the module named as that of the library.
"""

from __future__ import annotations

import subprocess
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING

from calybris_conformance.prove import declared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from calybris_conformance.prove.expectations import Expectations

_MIRRORED = {"calybris_refinement": "calybris_ref"}


class ChangedError(Exception):
    """What changed cannot be found out."""


def modules(expectations: Expectations, revision: str) -> tuple[str, ...]:
    """The modules of a package to check because of what differs from the revision, in the order of their names."""
    files = _differing(expectations.folder, revision)
    changed = _modules_of(files)
    if "theorems.toml" in files:
        changed |= _expected_otherwise(expectations, revision)
    mirrored = declared.packages(expectations.folder).get(_MIRRORED.get(expectations.package, ""))
    about = {f"theorems.{name}" for name in changed} | (
        _modules_of(_differing(mirrored, revision)) if mirrored else set()
    )
    known = declared.modules(expectations.folder).keys() | expectations.modules.keys()
    return tuple(sorted((changed | about) & known))


def _differing(folder: Path, revision: str) -> set[str]:
    """The files below a folder that differ from the revision or that git does not know, relative to the folder."""
    changed = _git(
        folder, "diff", "--name-only", "--no-renames", "--relative", "-z", "--end-of-options", revision, "--", "."
    )
    unknown = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return set(filter(None, (changed + unknown).split("\0")))


def _modules_of(files: set[str]) -> set[str]:
    return {name.removesuffix(".py").replace("/", ".") for name in files if name.endswith(".py")}


def _expected_otherwise(expectations: Expectations, revision: str) -> set[str]:
    """The modules whose section of theorems.toml is another one at the revision; all where it has no such file."""
    now = tomllib.loads((expectations.folder / "theorems.toml").read_text("utf-8"))
    then: Mapping[str, object] = {}
    with suppress(ChangedError, tomllib.TOMLDecodeError):
        then = tomllib.loads(_git(expectations.folder, "show", f"{revision}:./theorems.toml"))
    return {module for module, section in now.items() if then.get(module) != section}


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607 - git on the user's own checkout
    except FileNotFoundError as error:
        raise ChangedError("--changed needs git, which is not installed") from error
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it failed"])[0]
        raise ChangedError(f"--changed needs a git checkout and a revision in it: git {arguments[0]}: {reason}")
    return done.stdout
