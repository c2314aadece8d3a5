"""An adapter in one file: it puts an implementation behind the protocol of docs/protocol.md.

The implementation here is `calybris_ref`. For another one, replace part 2 and keep the rest; docs/write-a-port.md walks
through it. Run: calybris-ref conformance run -- python conformance/examples/adapter.py
"""

import json
import sys
import traceback
from typing import Any

import calybris_ref
from calybris_ref import CalybrisError, KernelInput, KernelModel, PolicySnapshot

JSON = dict[str, Any]

# 1. Values: integers travel as strings.


def _integers(record: JSON) -> dict[str, int]:
    return {key: int(text) for key, text in record.items()}


def _echo(_given: JSON, question: JSON) -> JSON:
    kind, value = question["type"], question["value"]
    if kind == "text":
        return {"value": value}
    return {"value": bytes.fromhex(value).hex() if kind == "bytes_hex" else str(int(value))}


# 2. The implementation: one function per operation, from (given, input) to the answer.


def _policy(given: JSON) -> PolicySnapshot:
    scalars = {key: text for key, text in given["policy"].items() if key not in ("constructor", "models")}
    models = [KernelModel(**_integers(model)) for model in given["policy"]["models"]]
    return PolicySnapshot.try_new(**_integers(scalars), models=models)


def _validate(_given: JSON, question: JSON) -> JSON:
    KernelInput(**_integers(question["request"])).validate()
    return {}


def _decide(given: JSON, question: JSON) -> JSON:
    decision = _policy(given).prescribe(KernelInput(**_integers(question["request"])))
    numbers = {name: str(int(getattr(decision, name))) for name in decision.__slots__}
    return {**numbers, "action": decision.action.label, "reason": decision.reason.label}


def _digest(_given: JSON, question: JSON) -> JSON:
    return {"digest_hex": calybris_ref.policy_digest(_policy(question)).hex()}


OPERATIONS = {"echo": _echo, "input.validate": _validate, "decide": _decide, "digest.policy": _digest}
READY: JSON = {"type": "ready", "protocol": 1, "spec": "1.0", "features": [*OPERATIONS], "max_in_flight": 64}
READY["implementation"] = {"name": "example", "version": "1", "language": "python", "source": "examples/adapter.py"}

# 3. The protocol: a line in, a line out.


def _answer(message: JSON) -> JSON:
    try:
        return {"ok": OPERATIONS[message["op"]](message["given"], message["input"])}
    except CalybrisError as error:  # the refusal that the specification asks for
        return {"error": {"code": error.code, "at": error.at, "detail": str(error)}}
    except Exception as error:  # noqa: BLE001 - anything else is the implementation's fault, and is reported as such
        return {"fault": {"detail": repr(error), "trace": traceback.format_exc()}}


for line in sys.stdin.buffer:
    message = json.loads(line)
    if message["type"] == "bye":
        break
    known = message.get("op") in OPERATIONS
    reply = _answer(message) if known else {"unsupported": {"feature": message.get("op")}}
    reply = READY if message["type"] == "hello" else {"type": "result", "seq": message["seq"], **reply}
    print(json.dumps(reply), flush=True)
