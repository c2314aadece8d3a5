"""How a wrong rule is planted into a copy of the specification, and the proof gate asked to refuse it."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

import calybris_spec
from calybris_conformance.prove import expectations, gate
from calybris_conformance.prove.gate import Selection
from calybris_conformance.prove.verdicts import RAISES, REFUTED, UNMET, Limits, Result

SOURCE = Path(calybris_spec.__path__[0])
# A mutant needs one counterexample, not every proof: a tenth of the usual budget is enough.
LIMITS = Limits(cpu_seconds=15.0, path_seconds=8.0)


class Mutant(NamedTuple):
    """A rule made wrong: in which file, what stands there, what stands there instead, and where the proofs are."""

    file: str
    right: str
    wrong: str
    proofs: tuple[str, ...]


class RefusedError(Exception):
    """The gate has refused; nothing more need be checked."""


def refuse(mutant: Mutant, folder: Path) -> None:
    """Fail unless the gate refuses the mutant, planted into a copy of the specification in the folder."""
    package = folder / SOURCE.name
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__"))
    path = package / mutant.file
    assert path.read_text("utf-8").count(mutant.right) >= 1
    path.write_text(path.read_text("utf-8").replace(mutant.right, mutant.wrong), "utf-8")
    expected = expectations.load(package / "theorems.toml")

    def stop_when_refused(result: Result) -> None:
        # A proof that did not finish is no refusal: the wrong rule has to be found wrong.
        if not result.condition.is_witness and result.verdict in (REFUTED, RAISES, UNMET):
            raise RefusedError

    with pytest.raises(RefusedError):
        gate.prove(expected, Selection(mutant.proofs), LIMITS, 1, None, on_result=stop_when_refused)
