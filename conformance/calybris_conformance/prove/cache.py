"""Verdicts kept between runs, under a key of everything that they depend on.

The key of a module is a hash of its source and that of every module of this distribution that it imports, of the
prover's own source, of the tools' versions, and of the limits. A verdict that a busy machine may have
caused is not kept.
"""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from calybris_conformance.prove import declared, verdicts
from calybris_conformance.prove.verdicts import Condition, Limits, Result

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TOOLS = ("crosshair-tool", "z3-solver", "icontract")
_NOT_KEPT = (verdicts.HANG, verdicts.CRASH)


def tool_versions() -> dict[str, str]:
    """The versions that verdicts depend on; `missing` for a tool that is not installed."""
    found = {"python": platform.python_version()}
    for tool in TOOLS:
        try:
            found[tool] = version(tool)
        except PackageNotFoundError:
            found[tool] = "missing"
    return found


class Cache:
    """One JSON file per module in a folder; None as folder: nothing is kept."""

    def __init__(self, folder: Path | None, package: Path, prover: Path, limits: Limits) -> None:
        self._folder = folder
        self._package = package
        common = hashlib.sha256(repr((sorted(tool_versions().items()), limits)).encode())
        for path in declared.modules(prover).values():
            common.update(path.read_bytes())
        self._common = common.digest()

    def load(self, module: str) -> tuple[list[Condition] | None, dict[tuple[Condition, int], Result]]:
        """A module's conditions (None when unknown) and the verdicts known of them, by condition and paths to try."""
        path = self._path(module)
        try:
            kept: dict[str, Any] = json.loads(path.read_text("utf-8")) if path else {}
        except (OSError, ValueError):
            kept = {}
        if path is None or kept.get("key") != self._key(module):
            return None, {}
        conditions = [Condition(**condition) for condition in kept["conditions"]]
        results = [(Result.from_json(result), paths) for result, paths in kept["results"]]
        return conditions, {(result.condition, paths): result for result, paths in results}

    def save(self, module: str, conditions: list[Condition], results: Iterable[tuple[Result, int]]) -> None:
        """Keep a module's conditions and verdicts."""
        path = self._path(module)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "key": self._key(module),
            "conditions": [Result(condition, "").to_json()["condition"] for condition in conditions],
            "results": [[result.to_json(), paths] for result, paths in results if result.verdict not in _NOT_KEPT],
        }
        path.write_text(json.dumps(kept), "utf-8")

    def _path(self, module: str) -> Path | None:
        return self._folder / self._package.name / f"{module}.json" if self._folder else None

    def _key(self, module: str) -> str:
        digest = hashlib.sha256(self._common)
        own = declared.import_name(self._package.name, module)
        for name, path in declared.imported(declared.packages(self._package), own).items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()
