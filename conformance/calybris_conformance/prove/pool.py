"""Worker processes: as many as asked for, each with one question at a time, replaced when it hangs or dies."""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any, Self, cast

from calybris_conformance.prove.verdicts import CRASH, HANG, Condition, Limits, Result

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

_STDERR_CHARACTERS = 500


class Ended(Exception):  # noqa: N818 - an outcome that the pool turns into a verdict, not an error of ours
    """A worker ended, or was ended, instead of answering."""

    def __init__(self, verdict: str, detail: str) -> None:
        super().__init__(verdict, detail)
        self.verdict = verdict
        self.detail = detail


class Pool:
    """A context manager over worker processes that can import the package in `folder`."""

    def __init__(self, folder: Path, size: int, limits: Limits) -> None:
        self._package = folder.name
        self._limits = limits
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._workers = [_Worker(folder.parent) for _ in range(size)]
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def inventory(self, module: str) -> tuple[list[Condition], str]:
        """The conditions that CrossHair finds in a module, and what went wrong, if anything."""
        try:
            answer = self._ask({"ask": "inventory", "module": module})
        except Ended as ended:
            return [], f"{ended.verdict}: {ended.detail}"
        return [Condition(**condition) for condition in answer.get("conditions", [])], answer.get("error", "")

    def check(self, questions: Sequence[tuple[Condition, int]]) -> Generator[Result, None, None]:
        """The verdicts on (condition, paths to try or 0) in the order in which they come in."""
        with ThreadPoolExecutor(len(self._workers)) as threads:
            futures = [threads.submit(self._check, condition, paths) for condition, paths in questions]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                for worker in self._workers:
                    worker.end()
                raise

    def _check(self, condition: Condition, paths: int) -> Result:
        question = {"ask": "check", "condition": asdict(condition), "paths": paths}
        try:
            return Result.from_json(self._ask(question))
        except Ended as ended:
            return Result(condition, ended.verdict, detail=ended.detail)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        worker = self._idle.get()
        try:
            return worker.ask(
                {**question, "package": self._package, "limits": asdict(self._limits)}, self._limits.hard_wall_seconds
            )
        finally:
            self._idle.put(worker)


class _Worker:
    """One process, started when it is first asked."""

    def __init__(self, import_from: Path) -> None:
        path = os.pathsep.join(filter(None, [str(import_from), os.environ.get("PYTHONPATH", "")]))
        # A fixed hash seed: verdicts and path counts must be the same on every run.
        self._environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker, closed in end()

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer; Ended when the process dies or takes longer than this, or the run is over."""
        if self._stderr.closed:
            raise Ended(CRASH, "the run was stopped")
        process = self._process if self._process and self._process.poll() is None else self._start()
        to_process = cast("IO[bytes]", process.stdin)  # a pipe, as _start asks for
        try:
            to_process.write(json.dumps(question).encode() + b"\n")
            to_process.flush()
            answer: dict[str, Any] = json.loads(self._line(process, time.monotonic() + seconds))
        except (Ended, OSError, ValueError) as error:
            raise self._explain(process, error) from None
        return answer

    def end(self) -> None:
        """Kill the process, if it lives, and close what belongs to it."""
        if self._process:
            _stop(self._process)
        self._stderr.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._stderr.seek(0)
        self._stderr.truncate()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "calybris_conformance.prove.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=self._environment,
        )
        return self._process

    @staticmethod
    def _line(process: subprocess.Popen[bytes], deadline: float) -> bytes:
        from_process = cast("IO[bytes]", process.stdout)  # a pipe, as _start asks for
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([from_process], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise Ended(HANG, "no answer within the wall-clock limit")
            read = os.read(from_process.fileno(), 2**16)
            if not read:
                raise Ended(CRASH, "the process ended")
            line += read
        return line

    def _explain(self, process: subprocess.Popen[bytes], error: Exception) -> Ended:
        """What ended the process: our own wall-clock limit, the system's CPU limit, or a crash."""
        code = _stop(process)
        if isinstance(error, Ended) and error.verdict == HANG:
            return error
        if code == -signal.SIGXCPU:
            return Ended(HANG, "the CPU limit was spent")
        self._stderr.seek(0)
        last = self._stderr.read().decode("utf-8", "replace").strip()[-_STDERR_CHARACTERS:]
        return Ended(CRASH, f"the worker ended with code {code}: {last or error}")


def _stop(process: subprocess.Popen[bytes]) -> int:
    """Kill a process, unless it has ended, and close its pipes; its exit code."""
    process.kill()
    with suppress(BrokenPipeError), process:  # closes the pipes and waits; what was not read by then is lost
        pass
    return process.wait()
