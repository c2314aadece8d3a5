"""`make bench`: every job by us and by the peer in turn, several rounds; the median ratio, its spread, its limit."""

import argparse
import gc
import json
import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from calybris_ref.cli.terminal import Progress, table
from tests.bench import page
from tests.bench.campaigned import rates
from tests.bench.judged import throughput
from tests.bench.lateness import lateness
from tests.bench.limits import limit_of
from tests.bench.measure import Measured, measure
from tests.bench.registry import registered

PEER = "1.3.0"
_CAMPAIGN_SECONDS = 20


def machine() -> str:
    """What the times are of: processor, cores, memory, Python, system. No name of a host."""
    cpu = _line(Path("/proc/cpuinfo"), r"model name\s*: (.*)") or platform.machine()
    kilobytes = _line(Path("/proc/meminfo"), r"MemTotal:\s*(\d+) kB")
    memory = f", {round(int(kilobytes) / 2**20)} GiB" if kilobytes else ""
    cores = f"{os.cpu_count()} cores"
    return f"{cpu}, {cores}{memory}; Python {platform.python_version()} on {platform.system()} {platform.machine()}"


def _line(path: Path, pattern: str) -> str | None:
    found = re.search(pattern, path.read_text("utf-8")) if path.exists() else None
    return found[1].strip() if found else None


def proved() -> dict[str, Any]:
    """How long all proofs take, from nothing."""
    start = perf_counter()
    command = [sys.executable, "-m", "calybris_ref", "prove", "--no-cache", "--json"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {
        "seconds": round(perf_counter() - start, 1),
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in report["conditions"]), 1),
        "conditions": len(report["conditions"]),
    }


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and with --write also write the page."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="", metavar="TEXT", help="only the jobs whose names hold this text")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of calls; 0.01 is a smoke test")
    parser.add_argument("--prove", action="store_true", help="also time all proofs: a quarter of an hour")
    parser.add_argument(
        "--write", action="store_true", help="also ask the judge, run campaigns, and write docs/benchmarks.*"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(argv)
    if arguments.write and arguments.only:
        parser.error("--write is for all jobs")
    gc.disable()  # a collection in one round and not in the other is weather, too
    found = registered(wanted=arguments.only)
    with Progress(len(found.jobs) * (arguments.rounds + 1), "measuring") as progress:
        measured = [
            measure(job, arguments.rounds, lambda note: progress.advance(note=note), arguments.share)
            for job in found.jobs
        ]
    gc.enable()
    if arguments.json:
        json.dump([one._asdict() for one in measured], sys.stdout)
    else:
        _print(measured, found.missing, arguments.rounds)
    if arguments.write:
        judged, not_built = throughput(lambda port: print(f"judging: {port}", file=sys.stderr))
        campaigns = rates(_CAMPAIGN_SECONDS, lambda port: print(f"a campaign: {port}", file=sys.stderr))
        before = page.Results.from_json(page.RESULTS.read_text("utf-8")) if page.RESULTS.exists() else None
        proofs = proved() if arguments.prove else before and before.prove
        page.write(
            page.Results(
                date.today().isoformat(),
                machine(),
                PEER,
                arguments.rounds,
                measured,
                found.missing,
                lateness(),
                judged,
                not_built,
                campaigns,
                proofs or None,
            )
        )
    return 0


def _print(measured: list[Measured], missing: list[str], rounds: int) -> None:
    head = ("job", "ours µs", "peer µs", "ratio", "min", "max", "must", "met")
    rows = []
    for one in measured:
        limit = limit_of(one.job)
        rows.append(
            [one.job, *(f"{number:,}" for number in one[1:]), f"{limit.must:g}" if limit else "", page.verdict(one)]
        )
    print(table(head, rows, right=range(1, len(head))))
    print(f"ratio: ours / peer, median of {rounds} rounds; below 1 we are faster; the peer is the wheel {PEER}")
    for sentence in missing:
        print(f"not measured: {sentence}")
    print(machine())


if __name__ == "__main__":
    sys.exit(main())
