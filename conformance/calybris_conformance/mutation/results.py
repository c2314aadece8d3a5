"""What is known of each mutant, one JSON line each, and how long it stays true.

A kill stays true while the condition that killed, everything it rests on and the change itself stay the same. A
survivor stays one while that holds for every condition that can notice it. So a new theorem asks survivors again, and
leaves kills alone. The answer of the vectors about a survivor stays true while the rules and the vectors do.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from calybris_conformance.prove import expectations
from calybris_conformance.prove.cache import tool_versions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from calybris_conformance.mutation.graph import Node
    from calybris_conformance.mutation.mutants import Mutant, Package
    from calybris_conformance.prove.expectations import Expectations

FORMAT = 1
KILLED, SURVIVED, INVALID = "killed", "survived", "invalid"
_KEY_CHARACTERS = 12
# A mutant may need more paths than the right rule before it is found wrong, but not without end.
_PATHS = 400


class Asked(NamedTuple):
    """A condition that can notice a mutant, and how many paths are tried at most."""

    module: str
    function: str
    number: int
    paths: int

    @property
    def name(self) -> str:
        """As results name it."""
        return f"{self.module}.{self.function}#{self.number}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mutant, and the keys under which the answers of the contracts and of the vectors are kept.

    `by`: the condition that killed it. `open`: how many proofs about a survivor did not finish. `vector`: the first
    case that a survivor answers wrongly, empty when there is none.
    """

    id: str
    change: str
    outcome: str
    key: str
    by: str = ""
    open: int = 0
    vector: str = ""
    vectors_key: str = ""


class Judges:
    """Which conditions can notice a mutant, and the keys under which their answers are kept."""

    def __init__(self, package: Package, expected: Expectations) -> None:
        self._graph = package.graph
        self._rules = self._graph.text(self._graph.rules)
        self._tools = repr((FORMAT, sorted(tool_versions().items())))
        self._conditions = [
            (module, function, number, expectation.paths or _PATHS)
            for module, functions in expected.modules.items()
            for function, expectation in functions.items()
            if expectation.verdict != expectations.REFUTED
            for number in range(1, expectation.conditions + 1)
        ]
        self._texts: dict[tuple[str, str], str] = {}
        self._asked: dict[tuple[Node, ...], tuple[Asked, ...]] = {}

    def of(self, mutant: Mutant) -> tuple[Asked, ...]:
        """The conditions that rest on what the mutant changes: known answers first, then the nearest.

        A theorem without arguments is a known answer: one path, and no work for the solver.
        """
        nodes = tuple(mutant.nodes)
        if nodes not in self._asked:
            near = []
            for condition in map(Asked._make, self._conditions):
                distances = self._graph.rests_on(condition.module, condition.function.partition(".")[0])
                steps = [distances[node] for node in nodes if node in distances]
                if steps:
                    asks = self._graph.has_arguments(condition.module, condition.function)
                    near.append(((asks, min(steps)), condition))
            self._asked[nodes] = tuple(condition for _, condition in sorted(near, key=lambda pair: pair[0]))
        return self._asked[nodes]

    def key(self, mutant: Mutant, by: str) -> str:
        """The key of a kill by this condition, or with an empty name that of a survivor; nothing when it is gone."""
        asked = [condition for condition in self.of(mutant) if by in ("", condition.name)]
        if by and not asked:
            return ""
        digest = hashlib.sha256(repr((self._tools, mutant.id, mutant.change)).encode())
        for condition in asked:
            digest.update(f"{condition} {self._rests_on(condition)}".encode())
        return digest.hexdigest()[:_KEY_CHARACTERS]

    def vectors_key(self, mutant: Mutant, vectors: str) -> str:
        """The key of the vectors' answer: all rules, and the hash of the vectors."""
        digest = hashlib.sha256(repr((FORMAT, self._rules, vectors, mutant.id, mutant.change)).encode())
        return digest.hexdigest()[:_KEY_CHARACTERS]

    def _rests_on(self, condition: Asked) -> str:
        function = (condition.module, condition.function.partition(".")[0])
        if function not in self._texts:
            self._texts[function] = self._graph.text(self._graph.rests_on(*function))
        return self._texts[function]


def load(path: Path) -> dict[str, Known]:
    """The results in a file, by the id of the mutant; none when there is no file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    known = [Known(**json.loads(line)) for line in lines]
    return {one.id: one for one in known}


def save(path: Path, known: Iterable[Known]) -> None:
    """Write results in the order of their ids, so that a difference shows what changed."""
    lines = [json.dumps(_brief(one), ensure_ascii=False) for one in sorted(known, key=lambda one: one.id)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _brief(one: Known) -> dict[str, Any]:
    return {key: value for key, value in asdict(one).items() if value}
