"""How long a log of many entries takes to verify and to replay, and how much memory: each in a process of its own."""

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from calybris_ref import replay_audited_wal, verify_wal
from calybris_ref.wal_chain import next_entry
from calybris_ref.wal_line import EMPTY_LOG
from calybris_ref.wal_record import verified_record_bytes
from tests.support.logs import DECISION, POLICY, REQUEST

LENGTHS = (10_000, 100_000, 1_000_000)


class Measured(NamedTuple):
    """One reading of one log."""

    task: str
    entries: int
    seconds: float
    peak_mib: float


def write(path: Path, entries: int) -> int:
    """A log of so many audited decisions; its size in bytes."""
    data, head = verified_record_bytes(POLICY, REQUEST, DECISION, None), EMPTY_LOG
    with path.open("wb") as file:
        for _ in range(entries):
            entry = next_entry(head, data)
            file.write(entry.line())
            head = entry.head
        return file.tell()


def measure(path: Path, task: str, entries: int) -> Measured:
    ran = subprocess.run([sys.executable, "-m", __name__, task, path], capture_output=True, text=True, check=True)
    found, seconds, peak_mib = ran.stdout.split()
    assert int(found) == entries
    return Measured(task, entries, float(seconds), float(peak_mib))


def main() -> None:
    task, path = sys.argv[1:]
    begin = time.perf_counter()
    count = verify_wal(path).sequence if task == "verify" else sum(1 for _ in replay_audited_wal(path, POLICY))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(count, f"{time.perf_counter() - begin:.3f}", f"{peak_mib:.1f}")


if __name__ == "__main__":
    main()
