"""The port side of CAP/1 for an implementation in Python: reads questions, calls the adapter, writes answers.

    if __name__ == "__main__":
        serve(ADAPTER, sys.stdin.buffer, sys.stdout.buffer)

An operation that returns a key `preimage_hex` has it sent beside `ok`, where the protocol wants it. Whatever the
implementation prints goes to stderr, so that a stray print cannot break the conversation.
"""

from __future__ import annotations

import contextlib
import sys
import traceback
from typing import TYPE_CHECKING, BinaryIO

from calybris_conformance.operations import Adapter, Refused
from calybris_conformance.protocol import (
    PROTOCOL,
    Answer,
    Bye,
    Fault,
    Hello,
    Implementation,
    Ok,
    ProtocolError,
    Ready,
    Refusal,
    Result,
    Run,
    Unsupported,
    encode,
    parse_request,
)
from calybris_conformance.strict_json import LINE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_IN_FLIGHT = 64
_TRACE_CHARACTERS = 4000


def serve(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answers until `bye` or the end of the input. A judge that breaks the protocol ends the process (SystemExit)."""
    with contextlib.redirect_stdout(sys.stderr):
        try:
            for line in _lines(stdin):
                request = parse_request(line)
                if isinstance(request, Bye):
                    return
                reply = _greet(adapter, request) if isinstance(request, Hello) else _answer(adapter, request)
                stdout.write(reply)
                stdout.flush()
        except ProtocolError as error:
            raise SystemExit(f"{adapter.name}: the judge broke the protocol: {error}") from None


def _lines(stdin: BinaryIO) -> Iterator[bytes]:
    while line := stdin.readline(LINE_LIMIT + 2):
        yield line


def _greet(adapter: Adapter, hello: Hello) -> bytes:
    if PROTOCOL not in hello.protocol:
        raise ProtocolError(f"it speaks the protocols {list(hello.protocol)}, this port speaks {PROTOCOL}.")
    who = Implementation(adapter.name, adapter.version, adapter.language, adapter.source)
    return encode(Ready(who, tuple(sorted(adapter.features)), MAX_IN_FLIGHT))


def _answer(adapter: Adapter, run: Run) -> bytes:
    try:
        return encode(Result(run.seq, _ask(adapter, run)))
    except Exception as error:  # noqa: BLE001 - whatever the implementation throws is reported, and the next case is answered
        trace = "".join(traceback.format_exception(error))[-_TRACE_CHARACTERS:]
        fault = Fault(_sendable(f"{type(error).__name__}: {error}"), _sendable(trace))
        return encode(Result(run.seq, fault))


def _ask(adapter: Adapter, run: Run) -> Answer:
    if run.op not in adapter.features or run.op not in adapter.operations:
        return Unsupported(run.op)
    try:
        output = dict(adapter.operations[run.op](run.given, run.input))
    except Refused as refused:
        return Refusal(refused.code, refused.at, _sendable(refused.detail) or None)
    preimage_hex = output.pop("preimage_hex", None)
    return Ok(output, preimage_hex)


def _sendable(text: str) -> str:
    """What was thrown may quote text that UTF-8 cannot hold, or a great deal of it."""
    return text[-_TRACE_CHARACTERS:].encode("utf-8", "backslashreplace").decode()
