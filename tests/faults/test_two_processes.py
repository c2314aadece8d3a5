"""Processes fight for one log: one writes, the others are told so, and what the winners wrote is one chain (LOG-12)."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from calybris_ref import read_verified_wal

PROCESSES, ROUNDS = 3, 30
PROGRAM = """
import sys, time
from calybris_ref import WalWriter, WriterActive
path, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
while rounds:
    try:
        with WalWriter.open(path) as writer:
            rounds -= 1
            first = writer.append(name).sequence
            time.sleep(0.001)
            assert writer.append(name).sequence == first + 1
            assert writer.validate_chain().sequence == first + 1
            print("wrote", flush=True)
    except WriterActive as error:
        assert error.code == "LOG_WRITER_ACTIVE"
        print("refused", flush=True)
        time.sleep(0.0005)
"""


def test_one_writes_and_the_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log"
    command = [sys.executable, "-c", PROGRAM, str(path)]
    running = [
        subprocess.Popen(
            [*command, str(number), str(ROUNDS)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for number in range(PROCESSES)
    ]
    told = Counter[str]()
    for process in running:
        out, wrong = process.communicate(timeout=60)
        assert (process.returncode, wrong) == (0, "")
        told.update(out.split())
    assert told["wrote"] == PROCESSES * ROUNDS
    assert told["refused"] > 0, "they never met"
    writers = [entry.payload for entry in read_verified_wal(path)]
    assert len(writers) == 2 * PROCESSES * ROUNDS
    assert writers[::2] == writers[1::2], "two wrote at once"
