"""Under fire, in full: python -m tests.faults [--write]. A few minutes; `make test` has the quick parts.

Every crash of the recorded work at every byte, processes killed, and logs of a million entries. The figures are
printed; `--write` puts them into docs/durability.md.
"""

import argparse
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults import killing, long_log
from tests.faults.scenarios import SCENARIOS, Judge, killed_and_resumed, quick_folder, recorded

PAGE = Path(__file__).parents[2] / "docs" / "durability.md"
KILLS = 500
RESUMED_STEP = 7
BEGIN, END = "<!-- figures: make faults -->", "<!-- end of the figures -->"
GROWTH_MIB = 8


def crashes() -> Counter[str]:
    figures = Counter[str]()
    with quick_folder() as folder, quick_folder() as scratch:
        for scenario in SCENARIOS:
            judge = Judge(scratch)
            judge.judge(recorded(folder, scenario), 1)
            for disk in killed_and_resumed(folder, scenario):
                judge.judge(disk, RESUMED_STEP)
            figures += judge.figures
            figures["entries lost"] += judge.figures["entries lost"]
            print(f"  {scenario.__name__}: {dict(judge.figures)}", flush=True)
    return figures


def kills() -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        return killing.run(Path(folder), KILLS, seed=int(time.time()))


def long_logs() -> list[long_log.Measured]:
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for entries in long_log.LENGTHS:
            path = Path(folder) / "log"
            long_log.write(path, entries)
            for task in ("verify", "replay"):
                measured.append(long_log.measure(path, task, entries))
                print(f"  {measured[-1]}", flush=True)
    for task in ("verify", "replay"):
        peaks = [one.peak_mib for one in measured if one.task == task]
        assert max(peaks) - min(peaks) < GROWTH_MIB, f"memory grows with the log: {task}"
    return measured


def table(crashed: Counter[str], killed: Counter[str], measured: list[long_log.Measured]) -> str:
    lines = ["| what was tried | how often | entries acknowledged | entries lost |", "| --- | ---: | ---: | ---: |"]
    for what, count, figures in (
        ("crashes of the machine, replayed", crashed["crash states"], crashed),
        ("processes ended by SIGKILL", killed["kills"], killed),
    ):
        lines.append(f"| {what} | {count:,} | {figures['entries acknowledged']:,} | {figures['entries lost']:,} |")
    lines += ["", "| log | entries | seconds | peak memory, MiB |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {one.task} | {one.entries:,} | {one.seconds:.1f} | {one.peak_mib:.0f} |" for one in measured]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="crash, kill and measure, in full")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/durability.md")
    given = parser.parse_args()
    print("crashes of the machine")
    crashed = crashes()
    print("processes killed")
    killed = kills()
    print("long logs")
    shown = table(crashed, killed, long_logs())
    print(f"\n{shown}")
    if given.write:
        page = PAGE.read_text("utf-8")
        parts = f"{BEGIN}\n\n{shown}\n\n{END}".replace("\\", r"\\")
        PAGE.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", parts, page, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
