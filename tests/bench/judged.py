"""How many cases a second the judge asks each port that is built here: the full set of vectors, one run each."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from calybris_conformance.report import jsonl
from tests.bench.compiled import PYTHON as COMPILED_PYTHON

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ("-I", "-m", "calybris_conformance.adapters.reference")
WHEEL_PYTHON = ROOT / ".venv-ports" / "calybris-1.3.0" / "bin" / "python"
WHEEL = ROOT / "conformance" / "ports" / "calybris-wheel" / "adapter.py"
TYPESCRIPT = ROOT / "conformance" / "ports" / "typescript" / "dist" / "adapter.js"
BUILT = ROOT / "out" / "ports"
# name -> the command line; a port is there when every path in it is
PORTS: dict[str, tuple[str | Path, ...]] = {
    "reference": (Path(sys.executable), *REFERENCE),
    "reference, compiled wheel": (COMPILED_PYTHON, *REFERENCE),
    "wheel 1.3.0": (WHEEL_PYTHON, WHEEL),
    "crate 1.3.0 (Rust)": (BUILT / "rust-crate" / "v1" / "release" / "rust-crate",),
    "port in Go": (BUILT / "go" / "calybris-port",),
    "port in TypeScript": ("node", TYPESCRIPT),
}


class Throughput(NamedTuple):
    """How many cases a port was asked in how many seconds, the start of judge and port included."""

    port: str
    cases: int
    seconds: float

    @property
    def cases_per_second(self) -> float:
        """Of the whole run."""
        return self.cases / self.seconds


def throughput(note: Callable[[str], None]) -> tuple[list[Throughput], list[str]]:
    """One row for each port that is there, and the names of the others."""
    found, missing = [], []
    for name, command in PORTS.items():
        if all(word.exists() for word in command if isinstance(word, Path)):
            note(name)
            found.append(_judged(name, command))
        else:
            missing.append(name)
    return found, missing


def _judged(name: str, command: tuple[str | Path, ...]) -> Throughput:
    with tempfile.TemporaryDirectory(prefix="calybris-bench-") as out:
        judge = [sys.executable, "-m", "calybris_ref", "conformance", "run", "--out", out, "--", *map(str, command)]
        start = perf_counter()
        subprocess.run(judge, check=False, capture_output=True)
        taken = perf_counter() - start
        cases = len(jsonl.read(Path(out) / "report.jsonl").cases)
    return Throughput(name, cases, round(taken, 2))
