"""Ports whose answers are right and whose manners are not: they crash, hang, flood, mumble and lie.

Most of them misbehave on their third answer in the life of a process (`_PLACE`): some questions are answered before,
and after a restart the judge must still get through the rest.
"""

from __future__ import annotations

import hashlib
import io
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from calybris_conformance.adapters.sabotage.port import Sabotage, Serve
from calybris_conformance.adapters.serve import serve
from calybris_conformance.outcomes import Exit, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.operations import Adapter

Write = Callable[[int, bytes, BinaryIO], None]
"""Writes the line that was due, or something else: (its place, the ready message being 0; the line; where to)."""

_PLACE = 3
_TWO = ("--case", "echo/integers/u8-zero", "--case", "echo/integers/u8-one")
_FEW = ("--case", "echo/integers/u8-*")
# So many that the third answer comes round again when the questions that were open are asked alone.
_EIGHT = (*_FEW, "--case", "echo/integers/u16-*")
_BATCH = 1024 * 1024


class _Spoiled(io.RawIOBase):
    """A stdout that hands each line to someone who may do anything with it."""

    def __init__(self, write: Write, out: BinaryIO) -> None:
        self._write = write
        self._out = out
        self._place = 0

    def write(self, line: Any) -> int:
        self._write(self._place, bytes(line), self._out)
        self._place += 1
        return len(line)


def writing(write: Write) -> Serve:
    """Serves the reference, whose every line is written by `write`."""

    def run(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
        serve(adapter, stdin, cast("BinaryIO", _Spoiled(write, stdout)))

    return run


def _at(here: int, misbehave: Callable[[bytes, BinaryIO], object]) -> Serve:
    """Misbehaves in one place and writes every other line as it is due."""

    def write(place: int, line: bytes, out: BinaryIO) -> None:
        if place == here:
            misbehave(line, out)
        else:
            out.write(line)
        out.flush()

    return writing(write)


def _every(change: Callable[[bytes], bytes]) -> Serve:
    """Changes every answer; ready stays."""

    def write(place: int, line: bytes, out: BinaryIO) -> None:
        out.write(change(line) if place else line)
        out.flush()

    return writing(write)


def _exit(_line: bytes, out: BinaryIO) -> None:
    out.flush()
    os._exit(7)


def _sleep(_line: bytes, _out: BinaryIO) -> None:
    time.sleep(3600)


def _hundred_megabytes(_line: bytes, out: BinaryIO) -> None:
    for _ in range(100):
        out.write(b"x" * _BATCH)


def _later(line: bytes, out: BinaryIO) -> None:
    """As from a pool of workers: the answers after this one overtake it."""

    def write() -> None:
        out.write(line)
        out.flush()

    threading.Timer(0.5, write).start()


def _never_flushed(place: int, line: bytes, out: BinaryIO) -> None:
    if place == 0:  # what stays in a buffer is not seen, so it need not be written at all
        out.write(line)
        out.flush()


def _chatter(place: int, line: bytes, out: BinaryIO) -> None:
    sys.stderr.write(f"answer {place}: {'bla ' * (_BATCH // 4)}\n")
    out.write(line)
    out.flush()


def _exits_after_ready(place: int, line: bytes, out: BinaryIO) -> None:
    if place == 0:
        out.write(line)
    _exit(line, out)


def _serve_impatient(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Dies of a second question that comes before the first one is answered."""
    unbuffered = cast("BinaryIO", os.fdopen(stdin.fileno(), "rb", buffering=0, closefd=False))

    def write(place: int, line: bytes, out: BinaryIO) -> None:
        if place == 1 and select.select([unbuffered], [], [], 1.0)[0]:
            os._exit(7)
        out.write(line)
        out.flush()

    serve(adapter, unbuffered, cast("BinaryIO", _Spoiled(write, stdout)))


def _serve_liar(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Claims what it does not have."""
    operations = {name: operation for name, operation in adapter.operations.items() if name != "hex.decode"}
    serve(replace(adapter, operations=operations), stdin, stdout)


def _serve_clockwork(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Hashes the time of day with a request."""

    def digest(_given: Mapping[str, Any], _question: Mapping[str, Any]) -> dict[str, Any]:
        return {"digest_hex": hashlib.sha256(str(time.time_ns()).encode()).hexdigest()}

    serve(replace(adapter, operations={**adapter.operations, "digest.input": digest}), stdin, stdout)


def _serve_fugitive(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Throws on every refusal, where it should say that it refuses."""

    def throwing(name: str) -> Any:
        def asked(given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
            try:
                return adapter.operations[name](given, question)
            except Exception as error:
                raise RuntimeError("something went wrong") from error

        return asked

    serve(replace(adapter, operations={name: throwing(name) for name in adapter.operations}), stdin, stdout)


def _fails(about: str, how: Serve, *outcomes: Outcome, asked: tuple[str, ...] = _EIGHT) -> Sabotage:
    return Sabotage(about, how, asked, frozenset(outcomes))


def _not_ready(about: str, how: Serve) -> Sabotage:
    return Sabotage(about, how, (*_TWO, "--start-timeout", "1.5"), exit=Exit.NEVER_READY)


WRONG_MANNERS: dict[str, Sabotage] = {
    # answers that cannot be matched to a question
    "wrong_seq": _fails(
        "Answers name another question.",
        _every(lambda line: line.replace(b'"seq":"', b'"seq":"9')),
        Outcome.MALFORMED,
        asked=_FEW,
    ),
    "two_answers": _fails(
        "Every question is answered twice.", _every(lambda line: line * 2), Outcome.MALFORMED, asked=_FEW
    ),
    "out_of_order": _fails("An answer comes after the next ones.", _at(_PLACE, _later), Outcome.FLAKY),
    # answers that are not of the protocol
    "extra_field": _fails(
        "Answers have a field of their own.",
        _every(lambda line: line.replace(b"{", b'{"took_ms":3,', 1)),
        Outcome.MALFORMED,
    ),
    "number_for_text": _fails(
        "Integers are JSON numbers.",
        _every(lambda line: line.replace(b'"value":"', b'"value":').replace(b'"}}', b"}}")),
        Outcome.MISMATCH,
    ),
    "invalid_utf8": _fails(
        "A line is not UTF-8.", _at(_PLACE, lambda line, out: out.write(b"\xff" + line)), Outcome.CRASH
    ),
    "line_of_100_mb": _fails("A line of 100 MB.", _at(_PLACE, _hundred_megabytes), Outcome.MALFORMED),
    # processes that end or stop
    "crash_on_nth": _fails("The process ends at its third question.", _at(_PLACE, _exit), Outcome.CRASH),
    "crash_once": _fails("The process ends when two questions are open.", _serve_impatient, Outcome.FLAKY, asked=_FEW),
    "hang": _fails(
        "The third question is never answered.", _at(_PLACE, _sleep), Outcome.TIMEOUT, asked=(*_EIGHT, "--timeout", "1")
    ),
    "no_flush": _fails(
        "Answers stay in a buffer.",
        writing(_never_flushed),
        Outcome.TIMEOUT,
        asked=(*_TWO, "--timeout", "1"),
    ),
    "exits_after_ready": _fails(
        "The process ends after ready.", writing(_exits_after_ready), Outcome.CRASH, asked=_FEW
    ),
    # answers that are not what was claimed
    "lies_about_features": _fails(
        "It claims an operation that it does not have.", _serve_liar, Outcome.UNSUPPORTED, asked=("--suite", "hex")
    ),
    "throws_refusals": _fails(
        "Refusals are thrown.", _serve_fugitive, Outcome.FAULT, asked=("--case", "hex/*", "--suite", "hex")
    ),
    "nondeterministic": _fails(
        "A digest depends on the time.",
        _serve_clockwork,
        Outcome.NONDETERMINISTIC,
        asked=("--twice", "--case", "digest/input*"),
    ),
    # ports that never become ready
    "never_ready": _not_ready("Hello is not answered.", _at(0, _sleep)),
    "garbage_before_ready": _not_ready(
        "A banner stands before ready.", _at(0, lambda line, out: out.write(b"Listening on stdin\n" + line))
    ),
    "exits_before_ready": _not_ready("The process ends at hello.", _at(0, _exit)),
    # harmless
    "chatty_stderr": Sabotage(
        "A megabyte of chatter on stderr for each answer.", writing(_chatter), _FEW, exit=Exit.CONFORMANT
    ),
}
