"""Judge mutants: the contracts first, then the vectors about what the contracts let pass."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from calybris_conformance import corpus
from calybris_conformance.mutation.mutants import owner
from calybris_conformance.mutation.results import INVALID, KILLED, SURVIVED, Judges, Known
from calybris_conformance.mutation.verdict import FAVOURITES, Budget
from calybris_conformance.mutation.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from calybris_conformance.mutation.mutants import Mutant, Package
    from calybris_conformance.prove.expectations import Expectations

WORKER, ASKER = "calybris_conformance.mutation.worker", "calybris_conformance.mutation.asker"


class Run:
    """One run over some mutants of a package; `known` is filled as answers come in."""

    def __init__(
        self,
        package: Package,
        expected: Expectations,
        known: dict[str, Known],
        jobs: int,
        vectors: Path,
        budget: Budget,
    ) -> None:
        self._package = package
        self._judges = Judges(package, expected)
        self._jobs = jobs
        self._budget = asdict(budget)
        self._vectors = vectors
        self._vectors_hash = hashlib.sha256((vectors / corpus.MANIFEST).read_bytes()).hexdigest()
        self._kills: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.known = known
        for one in known.values():
            self._kills[owner(one.id)][one.by] += 1

    def is_known(self, mutant: Mutant) -> bool:
        """Whether what the contracts say of a mutant is known, and still true."""
        one = self.known.get(mutant.id)
        return one is not None and one.change == mutant.change and one.key == self._judges.key(mutant, one.by)

    def is_open(self, mutant: Mutant) -> bool:
        """Whether a mutant survives only as far as the proofs came."""
        return self.known[mutant.id].open > 0

    def is_answered(self, mutant: Mutant) -> bool:
        """Whether what the vectors say of a mutant need not be asked, or is known and still true."""
        one = self.known[mutant.id]
        return one.outcome != SURVIVED or one.vectors_key == self._judges.vectors_key(mutant, self._vectors_hash)

    def ask_contracts(self, mutants: Sequence[Mutant], on_result: Callable[[Known], None]) -> None:
        """Ask the contracts about these mutants."""
        by_id = {mutant.id: mutant for mutant in mutants}
        questions = {mutant.id: partial(self._question, mutant) for mutant in mutants}
        with Workers(("-m", WORKER), self._jobs) as workers:
            for name, answer in workers.ask(questions):
                mutant = by_id[name]
                before = self.known.get(name)
                self.known[name] = one = self._judged(mutant, answer)
                if before and before.change == one.change and one.outcome == SURVIVED:
                    self.known[name] = replace(one, vector=before.vector, vectors_key=before.vectors_key)
                on_result(self.known[name])

    def ask_vectors(self, mutants: Sequence[Mutant], on_result: Callable[[Known], None]) -> None:
        """Ask the vectors about these mutants."""
        by_id = {mutant.id: mutant for mutant in mutants}
        questions = {mutant.id: partial(self._changed, mutant) for mutant in mutants}
        with Workers(("-O", "-m", ASKER, str(self._vectors)), self._jobs) as workers:
            for name, answer in workers.ask(questions):
                key = self._judges.vectors_key(by_id[name], self._vectors_hash)
                self.known[name] = replace(self.known[name], vector=answer["case"], vectors_key=key)
                on_result(self.known[name])

    def _judged(self, mutant: Mutant, answer: dict[str, Any]) -> Known:
        if "invalid" in answer:
            return Known(mutant.id, mutant.change, INVALID, self._judges.key(mutant, ""))
        rows = answer["rows"]
        killers = [row["condition"] for row in rows if row["kills"]]
        by = killers[0] if killers else ""
        self._kills[owner(mutant.id)][by] += 1
        unfinished = 0 if by else sum(not row["finished"] for row in rows)
        outcome = KILLED if by else SURVIVED
        return Known(mutant.id, mutant.change, outcome, self._judges.key(mutant, by), by, unfinished)

    def _question(self, mutant: Mutant) -> dict[str, Any]:
        """The conditions: first the one that killed the mutant the last time, then those that killed others like it.

        `favourites` is how many of the first there are.
        """
        kills = Counter(self._kills[owner(mutant.id)])
        if mutant.id in self.known:
            kills[self.known[mutant.id].by] = sys.maxsize
        conditions = sorted(self._judges.of(mutant), key=lambda one: -kills[one.name])
        favourites = min(sum(kills[one.name] > 0 for one in conditions), FAVOURITES)
        asked = [one._asdict() for one in conditions]
        return {**self._changed(mutant), "conditions": asked, "favourites": favourites, "budget": self._budget}

    def _changed(self, mutant: Mutant) -> dict[str, Any]:
        return {
            "package": self._package.name,
            "import_from": str(self._package.folder.resolve().parent),
            "module": mutant.module,
            "source": mutant.applied(self._package.sources[mutant.module]),
        }
