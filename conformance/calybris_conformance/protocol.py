"""The messages of CAP/1, the conformance adapter protocol: what they hold, how they are read and written. No I/O.

A message is one JSON object on one line (docs/protocol.md; JSON Schemas in vectors/schema/protocol/). Whoever reads
requests ignores fields that it does not know; whoever reads responses refuses them, because a judge that overlooks what
a port says cannot be trusted. Whatever the bytes, the only exception that reading raises is ProtocolError.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from calybris_conformance.strict_json import LINE_LIMIT, JsonError, NotJsonError, read_object, show

PROTOCOL: Final = 1
SPEC: Final = "1.0"


class ProtocolError(Exception):
    """A line that is not a message of the protocol; str() is one clear sentence.

    `is_json` is False when the line was not even JSON. `seq` is the sequence of the result that the line meant to be,
    where that much could be read.
    """

    def __init__(self, sentence: str, *, is_json: bool = True) -> None:
        super().__init__(sentence)
        self.is_json = is_json
        self.seq: str | None = None


@dataclass(frozen=True, slots=True)
class Hello:
    """The judge opens: the versions of the protocol that it speaks, and what it judges with."""

    judge: str
    spec: str
    vectors: str
    protocol: tuple[int, ...] = (PROTOCOL,)


@dataclass(frozen=True, slots=True)
class Run:
    """One question. `seq` is opaque to the port, which sends it back."""

    seq: str
    op: str
    given: Mapping[str, Any]
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bye:
    """No more questions: the port exits within two seconds."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """Who answers."""

    name: str
    version: str
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The port's answer to hello: who it is, the features it claims, how many questions it takes at once (≥ 1)."""

    implementation: Implementation
    features: tuple[str, ...]
    max_in_flight: int
    spec: str = SPEC
    protocol: int = PROTOCOL


@dataclass(frozen=True, slots=True)
class Ok:
    """The output. `preimage_hex` is for people who look for a wrong byte; it is never judged."""

    ok: Mapping[str, Any]
    preimage_hex: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rejection that the specification asks for. `detail` is for people; it is never judged."""

    code: str
    at: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """The implementation threw. A fault never satisfies an expectation."""

    detail: str
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The port does not have this feature."""

    feature: str


Answer = Ok | Refusal | Fault | Unsupported


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to the question with the same `seq`."""

    seq: str
    answer: Answer


Request = Hello | Run | Bye
Response = Ready | Result


def encode(message: Request | Response) -> bytes:
    """The message as one line, newline included.

    Raises ValueError or TypeError for values that JSON cannot hold (NaN, lone surrogates, objects), and ProtocolError
    for a line beyond LINE_LIMIT.
    """
    line = json.dumps(_plain(message), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if len(line) > LINE_LIMIT:
        raise ProtocolError(f"The message has {len(line):,} bytes; a line has at most {LINE_LIMIT:,}.")
    return line + b"\n"


def parse_response(line: bytes) -> Response:
    """A line of the port; unknown fields are refused. Raises ProtocolError and nothing else."""
    message = _read(line)
    kind = message.get("type")
    if kind == "ready":
        return _ready(message)
    if kind == "result":
        seq = message.get("seq")
        try:
            return _result(message)
        except ProtocolError as error:
            error.seq = seq if isinstance(seq, str) else None
            raise
    raise ProtocolError(f"The message has the type {show(kind)}; a port sends 'ready' or 'result'.")


def parse_request(line: bytes) -> Request:
    """A line of the judge; unknown fields are ignored. Raises ProtocolError and nothing else."""
    message = _read(line)
    kind = message.get("type")
    if kind == "hello":
        _check(message, "hello", _HELLO, closed=False)
        return Hello(message["judge"], message["spec"], message["vectors"], tuple(message["protocol"]))
    if kind == "run":
        _check(message, "run", _RUN, closed=False)
        return Run(message["seq"], message["op"], message["given"], message["input"])
    if kind == "bye":
        return Bye()
    raise ProtocolError(f"The message has the type {show(kind)}; a judge sends 'hello', 'run' or 'bye'.")


def _read(line: bytes) -> dict[str, Any]:
    try:
        return read_object(line)
    except JsonError as error:
        raise ProtocolError(str(error), is_json=not isinstance(error, NotJsonError)) from None


# ---- shapes: the fields of every message, each with its kind

_Test = Callable[[Any], bool]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


_TEXT: Final = ("a text", lambda value: isinstance(value, str))
_OBJECT: Final = ("an object", lambda value: isinstance(value, dict))
_COUNT: Final = ("an integer from 1 up", _is_count)
_TEXTS: Final = ("a list of texts", lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value))
_COUNTS: Final = ("a list of integers from 1 up", lambda value: isinstance(value, list) and all(map(_is_count, value)))
_HEX: Final = ("lowercase hex", lambda value: isinstance(value, str) and set(value) <= set("0123456789abcdef"))


@dataclass(frozen=True, slots=True)
class _Shape:
    required: Mapping[str, tuple[str, _Test]]
    optional: Mapping[str, tuple[str, _Test]] = field(default_factory=dict)


_HELLO = _Shape({"type": _TEXT, "protocol": _COUNTS, "judge": _TEXT, "spec": _TEXT, "vectors": _TEXT})
_RUN = _Shape({"type": _TEXT, "seq": _TEXT, "op": _TEXT, "given": _OBJECT, "input": _OBJECT})
_READY = _Shape(
    {
        "type": _TEXT,
        "protocol": _COUNT,
        "implementation": _OBJECT,
        "spec": _TEXT,
        "features": _TEXTS,
        "max_in_flight": _COUNT,
    }
)
_IMPLEMENTATION = _Shape({"name": _TEXT, "version": _TEXT, "language": _TEXT, "source": _TEXT})
_RESULT = _Shape({"type": _TEXT, "seq": _TEXT})
_ANSWERS: Mapping[str, _Shape] = {
    "ok": _Shape({"ok": _OBJECT}, {"preimage_hex": _HEX}),
    "error": _Shape({"error": _OBJECT}),
    "fault": _Shape({"fault": _OBJECT}),
    "unsupported": _Shape({"unsupported": _OBJECT}),
}
_ERROR = _Shape({"code": _TEXT, "at": _TEXT}, {"detail": _TEXT})
_FAULT = _Shape({"detail": _TEXT}, {"trace": _TEXT})
_UNSUPPORTED = _Shape({"feature": _TEXT})


def _check(value: Mapping[str, Any], where: str, shape: _Shape, *, closed: bool = True) -> None:
    for key, (kind, test) in shape.required.items():
        if key not in value:
            raise ProtocolError(f"{where} lacks the field {key!r}.")
        if not test(value[key]):
            raise ProtocolError(f"{where}.{key} is {show(value[key])}; it must be {kind}.")
    for key, (kind, test) in shape.optional.items():
        if key in value and not test(value[key]):
            raise ProtocolError(f"{where}.{key} is {show(value[key])}; it must be {kind}.")
    if closed:
        for key in value.keys() - shape.required.keys() - shape.optional.keys():
            raise ProtocolError(f"{where} has the unknown field {show(key)}.")


def _ready(message: Mapping[str, Any]) -> Ready:
    _check(message, "ready", _READY)
    implementation = message["implementation"]
    _check(implementation, "ready.implementation", _IMPLEMENTATION)
    if message["protocol"] != PROTOCOL:
        raise ProtocolError(f"ready.protocol is {message['protocol']}; this judge speaks {PROTOCOL}.")
    if len(set(message["features"])) != len(message["features"]):
        raise ProtocolError("ready.features names a feature twice.")
    return Ready(
        Implementation(**implementation), tuple(message["features"]), message["max_in_flight"], message["spec"]
    )


def _result(message: Mapping[str, Any]) -> Result:
    kinds = [kind for kind in _ANSWERS if kind in message]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise ProtocolError(f"result holds exactly one of ok, error, fault and unsupported; this one has {found}.")
    kind = kinds[0]
    extra = _ANSWERS[kind]
    _check(message, "result", _Shape({**_RESULT.required, **extra.required}, extra.optional))
    value = message[kind]
    answer: Answer
    if kind == "ok":
        answer = Ok(value, message.get("preimage_hex"))
    elif kind == "error":
        _check(value, "result.error", _ERROR)
        answer = Refusal(**value)
    elif kind == "fault":
        _check(value, "result.fault", _FAULT)
        answer = Fault(**value)
    else:
        _check(value, "result.unsupported", _UNSUPPORTED)
        answer = Unsupported(**value)
    return Result(message["seq"], answer)


def _plain(message: Request | Response) -> dict[str, Any]:
    match message:
        case Hello():
            return {
                "type": "hello",
                "protocol": list(message.protocol),
                "judge": message.judge,
                "spec": message.spec,
                "vectors": message.vectors,
            }
        case Run():
            return {
                "type": "run",
                "seq": message.seq,
                "op": message.op,
                "given": message.given,
                "input": message.input,
            }
        case Bye():
            return {"type": "bye"}
        case Ready():
            who = message.implementation
            return {
                "type": "ready",
                "protocol": message.protocol,
                "implementation": {
                    "name": who.name,
                    "version": who.version,
                    "language": who.language,
                    "source": who.source,
                },
                "spec": message.spec,
                "features": list(message.features),
                "max_in_flight": message.max_in_flight,
            }
        case Result():
            return {"type": "result", "seq": message.seq, **plain_answer(message.answer)}


def plain_answer(answer: Answer) -> dict[str, Any]:
    """The part of a result that answers; fields that were not given are left out."""
    match answer:
        case Ok():
            return _given({"ok": answer.ok, "preimage_hex": answer.preimage_hex})
        case Refusal():
            return {"error": _given({"code": answer.code, "at": answer.at, "detail": answer.detail})}
        case Fault():
            return {"fault": _given({"detail": answer.detail, "trace": answer.trace})}
        case Unsupported():
            return {"unsupported": {"feature": answer.feature}}


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
