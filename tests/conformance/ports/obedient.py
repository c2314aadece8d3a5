"""A port that does what each question tells it to do, so that a test can have any port that it wants.

`input.do` is a list of [action, argument…], done in order. Nothing of the project is imported: a port is a stranger.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def act(seq: str, action: str, *arguments: Any) -> None:
    match action, arguments:
        case "reply", (fields,):
            write(json.dumps({"type": "result", "seq": seq, **fields}) + "\n")
        case "raw", (text,):
            write(text + "\n")
        case "hex", (text,):
            write(bytes.fromhex(text))
        case "torn", (text,):
            write(text)
        case "flood", (count,):
            chunk = b"x" * 65536
            for _ in range(count // len(chunk)):
                write(chunk)
        case "lines", (count,):
            for _ in range(count):
                write('{"type":"result","seq":"none","ok":{}}\n')
        case "stderr", (text, count):
            sys.stderr.write(text * count)
            sys.stderr.flush()
        case "sleep", (seconds,):
            time.sleep(seconds)
        case "exit", (status,):
            os._exit(status)
        case "signal", (name,):
            os.kill(os.getpid(), signal.Signals[name])
            time.sleep(10)
        case "close", ():
            os.close(1)
        case "child", (path,):
            child = subprocess.Popen([sys.executable, "-ISc", "import time; time.sleep(60)"])
            Path(path).write_text(f"{os.getpid()} {child.pid}")
        case "once", (path, *rest):
            if not Path(path).exists():
                Path(path).touch()
                act(seq, *rest)
        case "note", (path, text):
            with Path(path).open("a") as file:
                file.write(text)
        case "count", (path, *actions):
            with Path(path).open("a") as file:
                file.write(".")
                place = file.tell()
            act(seq, *actions[min(place, len(actions)) - 1])


def write(data: str | bytes) -> None:
    os.write(1, data.encode() if isinstance(data, str) else data)


def main(options: dict[str, Any]) -> None:
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message["type"] == "hello":
            for action in options.get("hello", []):
                act("hello", *action)
            ready = {
                "type": "ready",
                "protocol": 1,
                "implementation": {"name": "obedient", "version": "1", "language": "python", "source": "tests"},
                "spec": "1.0",
                "features": ["echo", "decide"],
                "max_in_flight": 64,
            }
            write(json.dumps(ready | options.get("ready", {})) + "\n")
        elif message["type"] == "run":
            for action in message["input"].get("do", []):
                act(message["seq"], *action)
            if message["op"] == "no.such.operation":
                act(message["seq"], "reply", {"unsupported": {"feature": message["op"]}})
        else:
            break
    for action in options.get("bye", []):
        act("bye", *action)


main(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
