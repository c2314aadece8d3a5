"""A process with the prover loaded: a mutant and conditions in, verdicts out, as JSON lines.

Every mutant is judged in a fork of this process. So CrossHair and Z3 are loaded once, and nothing of a mutant is left
behind. The fork takes the mutated module from a text and every other one from the package. It stops at the first
verdict that kills. What ends the fork (a limit, a crash) ends one condition only: the next fork goes on behind it.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calybris_conformance.mutation.loading import Finder
from calybris_conformance.mutation.verdict import KILLS, Budget
from calybris_conformance.prove import checker, verdicts
from calybris_conformance.prove.declared import import_name
from calybris_conformance.prove.verdicts import Limits
from calybris_conformance.prove.worker import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = dict[str, Any]


def main() -> None:
    """Serve until the end of the input; stray prints of analysed code go to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for plugin in checker.PLUGINS:
        importlib.import_module(plugin)
    with tempfile.TemporaryDirectory() as scratch:
        for line in sys.stdin:
            question = json.loads(line)
            path = Path(scratch) / "mutated.py"
            path.write_text(question["source"], "utf-8")
            answers.write(json.dumps(judge(question, path)) + "\n")
            answers.flush()


def judge(question: JSON, path: Path) -> JSON:
    """The verdicts on one mutant; those behind the first that kills are missing."""
    rows: dict[int, JSON] = {}
    spent = 0.0
    everything = range(len(question["conditions"]))
    budget = Budget(**question["budget"])
    if not question["conditions"]:  # nobody asks, and still it has to be a module
        return next(_fork(question, path, _limits(budget.brief, is_last=False), []), {"rows": []})
    passes = ((budget.first, range(question["favourites"])), (budget.brief, everything), (budget.full, everything))
    for seconds, places in passes:
        limits = _limits(seconds, is_last=seconds == budget.full)
        todo = [place for place in places if not rows.get(place, {}).get("finished")]
        while todo and spent <= budget.total:
            for row in _fork(question, path, limits, todo):
                if "invalid" in row:
                    return row
                rows[todo.pop(0)] = row
                spent += row["cpu_seconds"]
                if row["kills"]:
                    return {"rows": [row]}
                if spent > budget.total:
                    break
            else:
                if todo:  # the fork ended before it was through
                    place = todo.pop(0)
                    rows[place] = _row(question["conditions"][place], verdicts.HANG, finished=False)
                    spent += limits.hard_cpu_seconds
    conditions = enumerate(question["conditions"])
    not_asked = {place: _row(one, verdicts.SEARCHED, finished=False) for place, one in conditions if place not in rows}
    return {"rows": [*(rows | not_asked).values()]}


def _fork(question: JSON, path: Path, limits: Limits, places: list[int]) -> Iterator[JSON]:
    """The rows of one fork, for as long as it lives."""
    reading, writing = os.pipe()
    fork = os.fork()
    if fork == 0:
        try:
            with os.fdopen(writing, "w", encoding="utf-8") as rows:
                for row in _rows(question, path, limits, [*places]):
                    rows.write(json.dumps(row) + "\n")
                    rows.flush()
        finally:
            os._exit(0)
    os.close(writing)
    try:
        yield from _lines(reading, limits.hard_wall_seconds)
    finally:
        os.close(reading)
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)


def _lines(stream: int, seconds: float) -> Iterator[JSON]:
    """JSON lines until the stream ends or is silent for so long."""
    read = b""
    deadline = time.monotonic() + seconds
    while select.select([stream], [], [], max(0.0, deadline - time.monotonic()))[0]:
        more = os.read(stream, 2**16)
        if not more:
            return
        *lines, read = (read + more).split(b"\n")
        for line in lines:
            deadline = time.monotonic() + seconds
            yield json.loads(line)


def _rows(question: JSON, path: Path, limits: Limits, places: list[int]) -> Iterator[JSON]:
    """Inside the fork: the package with the mutant, then condition by condition."""
    package = question["package"]
    limit(limits)
    sys.path.insert(0, question["import_from"])
    sys.meta_path.insert(0, Finder(import_name(package, question["module"]), path))
    asked = [question["conditions"][place] for place in places]
    try:
        importlib.import_module(import_name(package, question["module"]))
        found = {
            (condition.module, condition.function, condition.number): condition
            for module in dict.fromkeys(condition["module"] for condition in asked)
            for condition in checker.inventory(package, module, limits)
        }
    except BaseException as error:  # noqa: BLE001 - whatever the import of a mutant raises makes it invalid
        yield {"invalid": f"{type(error).__name__}: {error}"}
        return
    for one in asked:
        limit(limits)
        condition = found[one["module"], one["function"], one["number"]]
        try:
            result = checker.check(package, condition, limits, one["paths"])
        except BaseException as error:  # noqa: BLE001 - CrossHair's control flow and Z3's exceptions are verdicts too
            yield _row(one, verdicts.CRASH, finished=True, detail=f"{type(error).__name__}: {error}")
            continue
        is_through = 0 < one["paths"] <= result.paths
        finished = result.verdict == verdicts.CONFIRMED or is_through
        row = _row(one, result.verdict, finished=finished, detail=result.detail, is_kill=result.verdict in KILLS)
        yield {**row, "cpu_seconds": result.cpu_seconds, "paths": result.paths}


def _row(condition: JSON, verdict: str, *, finished: bool, detail: str = "", is_kill: bool = False) -> JSON:
    name = f"{condition['module']}.{condition['function']}#{condition['number']}"
    row = {"condition": name, "verdict": verdict, "kills": is_kill, "finished": finished, "detail": detail}
    return {**row, "cpu_seconds": 0.0, "paths": 0}


def _limits(seconds: float, is_last: bool) -> Limits:
    """A short search gives up on a hard path; in the long one the machine's business must not decide."""
    return Limits(cpu_seconds=seconds, path_seconds=seconds * (4 if is_last else 1))


if __name__ == "__main__":
    main()
