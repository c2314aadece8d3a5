"""The adapter of a port: it puts an implementation behind the protocol CAP/1, so that a judge can ask it.

It answers `hello` and `echo`, and says `unsupported` to the rest. The standard library is enough: a request is JSON in
which every integer is a text. To add an operation, write a function in part 2 and name it in OPERATIONS.
"""

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

JSON = dict[str, Any]


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """The refusal that the specification asks for: raise Refused("INPUT_BPS_OUT_OF_RANGE", "risk_bps")."""


# 1. Values. Each is read into the type that the port uses, and printed again.


def _printed(kind: str, value: str) -> str:
    match kind:
        case "u8" | "u16" | "u32" | "u64" | "i64":
            return str(int(value))
        case "text":
            return value
        case "bytes_hex":
            return bytes.fromhex(value).hex()
    raise ValueError(f"there is no type {kind!r}")


# 2. The implementation: one function per operation, from (given, input) to the answer.


def _echo(_given: JSON, question: JSON) -> JSON:
    return {"value": _printed(question["type"], question["value"])}


OPERATIONS: dict[str, Callable[[JSON, JSON], JSON]] = {"echo": _echo}

# 3. The protocol: a line in, a line out.

READY: JSON = {"type": "ready", "protocol": 1, "spec": "1.0", "features": [*OPERATIONS], "max_in_flight": 64}
READY["implementation"] = {"name": "my-port", "version": "0.1.0", "language": "python", "source": "adapter.py"}


def _answer(message: JSON) -> JSON:
    if message["op"] not in OPERATIONS:
        return {"unsupported": {"feature": message["op"]}}
    try:
        return {"ok": OPERATIONS[message["op"]](message["given"], message["input"])}
    except Refused as refused:
        return {"error": {"code": refused.args[0], "at": refused.args[1]}}
    except Exception as error:  # noqa: BLE001 - whatever the port throws is reported, and the next question is answered
        return {"fault": {"detail": repr(error), "trace": traceback.format_exc()}}


def main() -> None:
    """Answers until `bye` or the end of the input."""
    for line in sys.stdin.buffer:  # bytes end at a line feed only; lines of text would end elsewhere, too
        message = json.loads(line)
        if message["type"] == "bye":
            return
        greets = message["type"] == "hello"
        reply = READY if greets else {"type": "result", "seq": message["seq"], **_answer(message)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
