"""A process with the vectors loaded: a mutant in, the first case that it answers wrongly out, as JSON lines.

The folder of the vectors is its argument.

The specification answers behind its adapter and without contracts (`python -O`), so that nothing but the vectors
speaks. Every mutant answers in a fork. Cases of the large features are left out: they ask the same rules, longer.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calybris_conformance import corpus
from calybris_conformance.mutation.loading import Finder
from calybris_conformance.operations import Refused
from calybris_conformance.prove.declared import import_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from calybris_conformance.operations import Adapter

JSON = dict[str, Any]

LARGE = frozenset(["accumulate.million", "catalog.series"])
_LARGE_SUITES = ("accumulate/",)
_CPU_SECONDS, _MEMORY_BYTES = 60, 2 * 2**30
ADAPTER = "calybris_conformance.adapters.spec"


def main() -> None:
    """Serve until the end of the input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    cases = [
        case
        for case in corpus.load(Path(sys.argv[1])).cases
        if not LARGE & {*case.requires} and not case.id.startswith(_LARGE_SUITES)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "mutated.py"
        for line in sys.stdin:
            question = json.loads(line)
            path.write_text(question["source"], "utf-8")
            answers.write(json.dumps(_in_a_fork(question, path, cases)) + "\n")
            answers.flush()


def _in_a_fork(question: JSON, path: Path, cases: Sequence[corpus.Case]) -> JSON:
    reading, writing = os.pipe()
    fork = os.fork()
    if fork == 0:
        try:
            _limit()
            with os.fdopen(writing, "w", encoding="utf-8") as answer:
                json.dump({"case": _first_wrong(question, path, cases)}, answer)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        text = answer.read()
    os.waitpid(fork, 0)
    told: JSON = json.loads(text) if text else {"case": cases[0].id}  # who dies answers nothing
    return told


def _limit() -> None:
    """A mutant that answers without end, or fills the memory, is ended by the system: it has answered nothing."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _first_wrong(question: JSON, path: Path, cases: Sequence[corpus.Case]) -> str:
    sys.path.insert(0, question["import_from"])
    sys.meta_path.insert(0, Finder(import_name(question["package"], question["module"]), path))
    try:
        adapter: Adapter = __import__(ADAPTER, fromlist=["ADAPTER"]).ADAPTER
    except Exception:  # noqa: BLE001 - a mutant that cannot be imported answers nothing
        return cases[0].id
    claimed = (case for case in cases if case.op in adapter.operations)
    return next((case.id for case in claimed if _answer(adapter, case) != corpus.due(case.expect)), "")


def _answer(adapter: Adapter, case: corpus.Case) -> JSON:
    try:
        return {"ok": adapter.operations[case.op](case.given, case.input)}
    except Refused as refusal:
        return {"error": {"code": refusal.code, "at": refusal.at}}
    except Exception as fault:  # noqa: BLE001 - whatever a mutant throws is one more wrong answer
        return {"fault": repr(fault)}


if __name__ == "__main__":
    main()
