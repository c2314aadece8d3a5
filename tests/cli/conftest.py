"""Running the command in this process, on files in a folder of its own."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import pytest

from calybris_ref import KernelDecision, KernelInput, PolicySnapshot, audit_bundle
from calybris_ref.cli import main
from tests.support import records


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of an error, without the name of the program; fails when there is anything but that line."""
        assert self.err.startswith("calybris-ref: error: "), self.err
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("calybris-ref: error: ").rstrip("\n")


Run = Callable[..., Result]
Write = Callable[[str, Any], str]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `calybris-ref` with the arguments and the bytes of stdin given, in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CALYBRIS_TRACEBACK", raising=False)

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main(arguments)
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file into the test's own folder: bytes as they are, anything else as JSON; the name comes back."""

    def put(name: str, content: Any) -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / name).write_bytes(data)
        return name

    return put


class Files(NamedTuple):
    policy: PolicySnapshot
    request: KernelInput
    decision: KernelDecision


@pytest.fixture
def files(write: Write) -> Files:
    """One of each record: the policy, its request, the decision that it takes, and their bundle."""
    policy, request = records.policy([records.model(1), records.model(2, quality_bps=7_000)]), records.request()
    decision = policy.prescribe(request)
    write("policy.json", policy.to_dict())
    write("request.json", request.to_dict())
    write("decision.json", decision.to_dict())
    write("bundle.json", audit_bundle(policy, request, decision).to_dict())
    return Files(policy, request, decision)


class Terminal(NamedTuple):
    """A stream that is a terminal, and what was written to it."""

    stream: TextIO
    reader: int

    def written(self) -> str:
        # What is written arrives piece by piece; the last piece is known by its end.
        self.stream.write("END")
        self.stream.flush()
        data = b""
        while not data.endswith(b"END"):
            data += os.read(self.reader, 65_536)
        return data.removesuffix(b"END").decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A real terminal of 80 columns."""
    pty = pytest.importorskip("pty", reason="terminals are tested where there are any")
    termios = pytest.importorskip("termios")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (24, 80))
    with os.fdopen(writer, "w") as stream:
        yield Terminal(stream, reader)
    os.close(reader)
