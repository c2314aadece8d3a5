"""A process that answers questions about conditions: a JSON line in, a JSON line out, until its input ends.

Whatever goes wrong inside a check is an answer (`crash`); whatever ends the process is one too, and the pool gives it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from calybris_conformance.prove import checker
from calybris_conformance.prove.verdicts import CRASH, Condition, Limits, Result


def main() -> None:
    """Serve until the end of the input; stray prints of analysed code go to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**question["limits"])
    limit(limits)
    if question["ask"] == "inventory":
        try:
            found = checker.inventory(question["package"], question["module"], limits)
        except Exception as error:  # noqa: BLE001 - a module that cannot be imported is a finding, not the worker's end
            return {"error": f"{type(error).__name__}: {error}"}
        return {"conditions": [Result(condition, "").to_json()["condition"] for condition in found]}
    condition = Condition(**question["condition"])
    try:
        return checker.check(question["package"], condition, limits, question["paths"]).to_json()
    except BaseException as error:  # noqa: BLE001 - CrossHair's control flow and Z3's exceptions must all be verdicts
        return Result(condition, CRASH, detail=f"{type(error).__name__}: {error}").to_json()


def limit(limits: Limits) -> None:
    """Give this process the memory and the CPU time of one more condition; the system ends it when they are spent."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(usage.ru_utime + usage.ru_stime + limits.hard_cpu_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
