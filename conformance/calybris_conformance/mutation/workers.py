"""Processes that answer questions about mutants, several at a time."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

JSON = dict[str, Any]


class Workers:
    """A context manager over processes that take JSON lines and answer each with one; `command` follows `python`."""

    def __init__(self, command: Sequence[str], size: int) -> None:
        self._idle: queue.Queue[subprocess.Popen[bytes] | None] = queue.Queue()
        self._command = [sys.executable, *command]
        # A fixed hash seed: verdicts must be the same on every run.
        self._environment = {**os.environ, "PYTHONHASHSEED": "0"}
        self._size = size
        self._started: list[subprocess.Popen[bytes]] = []
        for _ in range(size):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            process.kill()
            with suppress(BrokenPipeError), process:  # closes the pipes and waits; what was not read is lost
                pass

    def ask(self, questions: Mapping[str, Callable[[], JSON]]) -> Generator[tuple[str, JSON], None, None]:
        """The answers by the name of the question, as they come in; a question is made when it is its turn."""
        with ThreadPoolExecutor(self._size) as threads:
            futures = {threads.submit(self._ask, question): name for name, question in questions.items()}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                self.__exit__()
                raise

    def _ask(self, question: Callable[[], JSON]) -> JSON:
        process = self._idle.get() or self._start()
        try:
            to_process = cast("IO[bytes]", process.stdin)  # a pipe, as _start asks for
            to_process.write(json.dumps(question()).encode() + b"\n")
            to_process.flush()
            line = cast("IO[bytes]", process.stdout).readline()
            if not line:
                raise RuntimeError(f"a worker ended with code {process.wait()}")
            answer: JSON = json.loads(line)
        finally:
            self._idle.put(process)
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - a module of this package
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self._environment
        )
        self._started.append(process)
        return process
