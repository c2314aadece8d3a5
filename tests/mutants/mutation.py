"""A mutant: the reference with one plausible porting bug, and the vectors that refute it.

The bug is a change of the source, written down as old text and new text. A process of its own imports the package with
that change and answers the cases of the corpus, so that no mutated module can leak into another test.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# A mutant usually takes three seconds; one that has to answer the million decisions needs half a minute.
TIME_LIMIT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug. `old` must stand in `file` exactly `times` times; `wrong` says what the porter got wrong."""

    id: str
    file: str
    old: str
    new: str
    wrong: str
    flag: str
    times: int = 1

    def source(self) -> str:
        """The text of the file with the bug; ValueError when `old` does not stand there as often as stated."""
        text = (ROOT / self.file).read_text(encoding="utf-8")
        found = text.count(self.old)
        if found != self.times:
            raise ValueError(f"{self.id}: {self.old!r} stands {found} times in {self.file}, not {self.times}")
        return text.replace(self.old, self.new)

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        parts = Path(self.file).with_suffix("").parts
        return ".".join(parts[1:] if parts[0] == "conformance" else parts)


def bugs_in(file: str) -> Callable[[str, str, str, str, str], Mutant]:
    """Mutants of one file, written shorter: (id, flag, wrong, old, new)."""

    def bug(name: str, flag: str, wrong: str, old: str, new: str) -> Mutant:
        return Mutant(name, file, old, new, wrong, flag)

    return bug


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the corpus says of a mutant: how many cases were asked, and the flags of each case that it failed.

    `others`: the ids of those cases that it failed which are not of the corpus.
    """

    asked: int
    killed: dict[str, list[str]]
    others: tuple[str, ...] = ()

    @property
    def flags(self) -> frozenset[str]:
        """Every flag that stands on a case which the mutant failed."""
        return frozenset(flag for flags in self.killed.values() for flag in flags)


def judge(mutant: Mutant, *, quick: bool = False) -> Verdict:
    """Ask a mutant the corpus: the small cases; then, unless `quick`, the large ones until its flag is caught."""
    return _asked(mutant, {"flag": mutant.flag, "quick": quick})


def judge_by_all(mutant: Mutant, others: list[dict[str, Any]]) -> Verdict:
    """Ask a mutant every case but the largest, although the first few killed it, and other cases beside them."""
    return _asked(mutant, {"flag": mutant.flag, "quick": False, "others": others})


def judge_by(mutant: Mutant, ids: Collection[str]) -> Verdict:
    """Ask a mutant these cases, until its flag is caught."""
    return _asked(mutant, {"flag": mutant.flag, "quick": False, "only": sorted(ids)})


def _asked(mutant: Mutant, how: dict[str, Any]) -> Verdict:
    question = {"module": mutant.module, "path": str(ROOT / mutant.file), "source": mutant.source(), **how}
    finished = subprocess.run(
        [sys.executable, "-m", "tests.mutants.worker"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=TIME_LIMIT_SECONDS,
        check=False,
    )
    if finished.returncode != 0:
        raise RuntimeError(f"{mutant.id}: the mutant could not be asked\n{finished.stderr}")
    return Verdict(**json.loads(finished.stdout))
