"""Coverage-guided fuzzing of everything that reads files: python -m tests.faults.fuzz TARGET [--seconds N].

Needs the extra `fuzz`. Begins with tests/faults/corpus/TARGET and the seeds below, keeps what it finds in
out/fuzz/TARGET, and ends with the input at the first failure. `--keep` puts the smallest inputs that reach everything
into the corpus, which `make test` replays.
"""

import argparse
import hashlib
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

Step = tuple[str, int, int]
"""A file, and two lines of it, one behind the other."""
CORPUS = Path(__file__).parent / "corpus"
OUT = Path("out/fuzz")
LONGEST_INPUT = 4096
RSS_LIMIT_MB = 1024
TIMEOUT_S = 10

# Words that a fuzzer would not find by itself.
WORDS = (
    *("sequence", "previous_hash", "entry_hash", "data", "genesis", "version", "tenants", "tenant_id", "models"),
    *("active_reservations", "wal_high_watermark", "initial_microcents", "remaining_microcents", "constructor"),
    *("true", "false", "null", "NaN", "1e5", "-0", "18446744073709551616", "try_new_trusted", "type", "run", "given"),
    *(
        "\\u0061",
        "\\ud800",
        "\\n",
        "{}",
        "[]",
        "[[",
        ",",
        ":",
        "\xef\xbb\xbf",
        "\x0c",
        "\r",
        "\n",
        "input",
        "seq",
        "op",
    ),
)


def dictionary() -> str:
    """The words in the form that the fuzzer reads, plain and in quotation marks."""
    lines = []
    for word in WORDS:
        shown = "".join(f"\\x{byte:02x}" for byte in word.encode("latin-1"))
        lines += [f'"{shown}"', f'"\\x22{shown}\\x22"']
    return "\n".join(lines) + "\n"


def seeds() -> dict[str, list[bytes]]:
    from tests.support.logs import POLICY, REQUEST, log, record  # not before the instrumentation

    snapshot = {
        "version": 2**63 + 2,
        "tenants": [dict.fromkeys(("initial_microcents", "remaining_microcents"), 100)],
        "active_reservations": 0,
        "wal_high_watermark": None,
    }
    snapshot["tenants"][0] |= {"tenant_id": "é", "reserved_microcents": 0, "committed_microcents": 0}  # type: ignore[index]  # a list
    questions = [
        {"type": "run", "seq": "1", "op": "echo", "given": {}, "input": {"value": "x"}},
        {"type": "run", "seq": "2", "op": "log.verify", "given": {}, "input": {"log": [{"text": "{}"}]}},
        {"type": "bye"},
    ]
    data = json.dumps(record()).encode()
    return {
        "log": [log(b"1", b"{}"), log(data), b"p1\n" + data, b'k[1]\n"\\ud800"', b"a \n\r\n", b't{"sequence":3,'],
        "snapshot": [json.dumps(snapshot).encode(), json.dumps(snapshot, indent=2).encode()],
        "document": [json.dumps(POLICY.to_dict()).encode(), json.dumps(REQUEST.to_dict()).encode()],
        "protocol": [json.dumps(question).encode() + b"\n" for question in questions],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("target", choices=["document", "log", "protocol", "snapshot"])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument(
        "--keep", action="store_true", help="only put what was found into the corpus, as little as does"
    )
    given = parser.parse_args()
    found, kept = OUT / given.target, CORPUS / given.target
    for folder in (found, kept):
        folder.mkdir(parents=True, exist_ok=True)
    if given.keep:
        keep_smallest(importlib.import_module("tests.faults.fuzz_targets").TARGETS[given.target], found, kept)
        return
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["calybris_ref", "calybris_conformance", "json"]):
        targets = importlib.import_module("tests.faults.fuzz_targets")
    for number, seed in enumerate(seeds()[given.target]):
        (found / f"seed-{number}").write_bytes(seed)
    (OUT / "words").write_text(dictionary())
    options = [f"-dict={OUT}/words", f"-max_len={LONGEST_INPUT}", f"-rss_limit_mb={RSS_LIMIT_MB}"]
    options += [f"-timeout={TIMEOUT_S}", f"-max_total_time={given.seconds}", "-print_final_stats=1"]
    options += [f"-artifact_prefix={OUT}/{given.target}-", str(found), str(kept)]
    atheris.Setup([sys.argv[0], *options], targets.TARGETS[given.target])
    atheris.Fuzz()


def keep_smallest(target: Callable[[bytes], None], found: Path, kept: Path) -> None:
    """Keep, the shortest first, every input that reaches a step from line to line that none before it did."""
    inputs = sorted(
        {path.read_bytes() for folder in (found, kept) for path in folder.iterdir()}, key=lambda one: (len(one), one)
    )
    reached, enough = set[Step](), list[bytes]()
    for data in inputs:
        steps = steps_of(target, data)
        if not steps <= reached:
            enough.append(data)
            reached |= steps
    # Not before every input was read as it should be.
    for path in kept.iterdir():
        path.unlink()
    for data in enough:
        (kept / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    print(f"{len(inputs)} inputs reach {len(reached)} steps, {len(enough)} of them are enough")


def steps_of(target: Callable[[bytes], None], data: bytes) -> set[Step]:
    """The steps from line to line that the project's code takes."""
    steps, last = set[Step](), dict[int, int]()

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        name = frame.f_code.co_filename
        if "/calybris_" not in name:
            return None
        steps.add((name, last.get(id(frame), 0), frame.f_lineno))
        last[id(frame)] = frame.f_lineno if event == "line" else 0
        return trace

    sys.settrace(trace)
    try:
        target(data)
    finally:
        sys.settrace(None)
    return steps


if __name__ == "__main__":
    main()
