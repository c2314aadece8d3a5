"""Ports that misbehave at one kind of request only: python -m tests.support.rude MANNER [MARKER] [--rows]

A request is the one when its `risk_bps` is 7. MARKER is a file with which a port remembers that it has misbehaved.
"""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.serve import serve
from tests.support.bugs import decide_rows

MANNER = sys.argv[1]
RISK = "7"


def misbehave() -> None:
    match MANNER:
        case "crash":
            os._exit(3)
        case "crash-once":
            if not Path(sys.argv[2]).exists():
                Path(sys.argv[2]).touch()
                os._exit(3)
        case "hang":
            time.sleep(60)
        case "garbage":
            os.write(1, b"what?\n")
        case "throws":
            raise ZeroDivisionError("by zero")


def main() -> None:
    right = ADAPTER.operations["decide"]

    def decide(given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
        if question["request"]["risk_bps"] == RISK:
            misbehave()
        return right(given, question)

    def rows(given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
        answer = framed(given, question)
        match MANNER:
            case "frames-wrong":
                answer["rows"][-1] = answer["rows"][-1] + "0"
            case "frames-short":
                answer["rows"].pop()
            case "frames-more":
                answer["more"] = []
        return answer

    framed = decide_rows(decide)
    operations = {**ADAPTER.operations, "decide": decide, "decide.rows": rows}
    features = ADAPTER.features - {"decide.rows"} | ({"decide.rows"} if "--rows" in sys.argv else set())
    serve(replace(ADAPTER, name=MANNER, features=features, operations=operations), sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
