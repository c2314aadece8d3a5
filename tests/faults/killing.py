"""A writing process that is ended at random moments, by SIGKILL, and what it leaves (LOG-8, LOG-12, SNAP-3).

The process says through a pipe what a sync or a checkpoint has answered for. It goes on with the log that the one
before it left, and repairs it where it has to.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from calybris_ref import (
    BudgetEngine,
    WalWriter,
    checkpoint_with_wal,
    load_snapshot,
    read_verified_wal,
    repair,
    torn_tail,
)

# Large ones make it likely that a process ends within a write.
SIZES = (1, 10, 100, 1_000, 20_000)
LONGEST_LIFE_S = 0.02
LIVES_PER_LOG, ENTRIES_PER_LIFE = 10, 40


def payload(sequence: int) -> str:
    """Every entry is known by its sequence."""
    return f"{sequence} " * SIZES[sequence % len(SIZES)]


def write_until_killed(folder: Path, pipe: int) -> None:
    log = folder / "log"
    if log.exists() and torn_tail(log):
        repair(log)
    engine = BudgetEngine()
    with WalWriter.open(log) as writer:
        os.write(pipe, b"open 0\n")
        first = writer.sequence
        while writer.sequence < first + ENTRIES_PER_LIFE:
            for _ in range(1 + writer.sequence % 3):
                writer.append(payload(writer.sequence + 1))
            writer.sync()
            os.write(pipe, b"synced %d\n" % writer.sequence)
            if writer.sequence % 4 == 0:
                checkpoint_with_wal(engine, folder / "ledger.json", writer.sequence)
                os.write(pipe, b"saved %d\n" % writer.sequence)
        signal.pause()


def killed(folder: Path, life_s: float) -> dict[str, int]:
    """What the process was promised until it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_until_killed(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.readline()
        time.sleep(life_s)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        told += pipe.read()
    assert os.WIFSIGNALED(status), "the process ended by itself"
    return {line.split()[0]: int(line.split()[1]) for line in told.decode().splitlines()}


def run(folder: Path, kills: int, seed: int) -> Counter[str]:
    """Kill so many processes; the figures.

    In a process of its own, which has one thread: nothing else may be forked at any moment.
    """
    command = [sys.executable, "-m", __name__, str(folder), str(kills), str(seed)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return Counter(json.loads(ran.stdout))


def kill_all(folder: Path, kills: int, seed: int) -> Counter[str]:
    """Kill so many processes; the figures. A promise that was broken is an AssertionError."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    figures = Counter[str]({"entries lost": 0})
    promised: dict[str, int] = {}
    for number in range(kills):
        if number % LIVES_PER_LOG == 0:
            promised = {}
            for path in folder.iterdir():
                path.unlink()
        before = promised.get("synced", 0)
        promised |= killed(folder, rng.uniform(0, LONGEST_LIFE_S))
        figures["kills"] += 1
        figures["entries acknowledged"] += promised.get("synced", 0) - before
        _look(folder, promised, figures)
    return figures


def _look(folder: Path, promised: dict[str, int], figures: Counter[str]) -> None:
    log, found = folder / "log", 0
    tail = torn_tail(log)
    figures["torn tails"] += tail is not None
    if tail:
        found = tail.head.sequence
    else:
        for entry in read_verified_wal(log):
            found += 1
            assert entry.payload == payload(found)
    figures["entries lost"] += max(promised.get("synced", 0) - found, 0)
    assert found >= promised.get("synced", 0), "an entry that a sync has answered for is lost"
    if "saved" in promised:
        watermark = load_snapshot(folder / "ledger.json").wal_high_watermark or 0
        assert promised["saved"] <= watermark <= found, "the checkpoint is neither the old one nor the new one"
        figures["checkpoints read"] += 1


if __name__ == "__main__":
    print(json.dumps(kill_all(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
