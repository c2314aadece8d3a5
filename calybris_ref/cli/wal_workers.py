"""`--jobs` and `--scheduler` of `wal verify` and `wal replay`: the same verdict, found by several workers."""

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from calybris_ref.cli.logs import Refusal, load_key, reading, refusal
from calybris_ref.cli.terminal import CommandError
from calybris_ref.errors_wal import AnchorMismatch, WalError
from calybris_ref.policy import PolicySnapshot
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_line import WalHead
from calybris_ref.wal_segments import Joined, Segment, SegmentReport, segments_of

TYPE_CHECKING = False  # as in `typing`
if TYPE_CHECKING:
    from calybris_ref.wal_workers import Tell

# Little enough that a lost worker loses seconds, and that the last ones do not wait long for each other.
_SEGMENT_BYTES = 32 * 1024 * 1024
# Those of a longer log are larger: who gives them out, and joins them, is one process.
MOST_SEGMENTS = 10_000
_MOST_JOBS = 1_024


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--jobs", metavar="N", type=_jobs, help="read the log in segments, by so many processes of this machine"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="the same by the workers of a Dask scheduler (tcp://host:port), or of one that is started "
        "for this (local); they open the log, and the file of its key, under the same paths",
    )


def read_in_segments(
    arguments: argparse.Namespace, anchor: WalAnchor | None, policies: Sequence[PolicySnapshot] | None = None
) -> tuple[WalHead | Refusal, Counter[str]]:
    """The head of a log, or why it is refused; and how many decisions of each policy replay."""
    path, key = arguments.log, load_key(arguments.key_file)
    with reading(path, key, "verifying" if policies is None else "replaying") as log:
        jobs = arguments.jobs or os.cpu_count() or 1
        absolute = Path(path).absolute()
        segments = segments_of(absolute, max(jobs, min(absolute.stat().st_size // _SEGMENT_BYTES, MOST_SEGMENTS)))

        def tell(segment: Segment) -> None:
            log.tell(segment.end - segment.start)

        if arguments.scheduler:
            reports = _scheduled(arguments, segments, jobs, tell, policies)
        else:
            from calybris_ref.wal_workers import read_by_processes  # the start of every other command would wait for it

            reports = read_by_processes(segments, jobs, tell, key, policies)
        joined = Joined(key, policies)
        try:
            for report in reports:
                joined.take(report)
            if anchor:
                anchor.check(joined.head, keyed=key is not None)
        except AnchorMismatch as error:
            # Where the anchor is from shows only in the entries: they pass once more.
            log.pass_by(anchor)
            return refusal(log, error, anchor), Counter()
        except WalError as error:
            log.head = joined.head
            return refusal(log, error, anchor), Counter()
    if joined.failure:
        return Refusal(path, joined.failure, joined.head.sequence), joined.uses
    return joined.head, joined.uses


def _scheduled(
    arguments: argparse.Namespace,
    segments: Sequence[Segment],
    jobs: int,
    tell: "Tell",
    policies: Sequence[PolicySnapshot] | None,
) -> list[SegmentReport]:
    key_file = arguments.key_file and str(Path(arguments.key_file).absolute())
    from calybris_ref.wal_workers import read_by_scheduler

    try:
        return read_by_scheduler(segments, arguments.scheduler, jobs, tell, key_file, policies)
    except ModuleNotFoundError as error:
        if error.name not in ("distributed", "dask"):
            raise CommandError(f"a worker of {arguments.scheduler} has not the package {error.name}") from error
        raise CommandError(
            f"--scheduler needs the package {error.name}, which the extra 'cluster' brings: "
            "in a clone, pip install '.[cluster]'"
        ) from error


def are_wanted(arguments: argparse.Namespace) -> bool:
    """Whether the log is to be read by several workers."""
    if arguments.jobs and arguments.scheduler not in (None, "local"):
        raise CommandError("--jobs counts workers of this machine: a scheduler has its own")
    return bool(arguments.jobs or arguments.scheduler)


def logs_in(path: str) -> list[str]:
    """The log, or all logs `*.wal` of a folder in the order of their names."""
    if not Path(path).is_dir():
        return [path]
    logs = sorted(str(file) for file in Path(path).glob("*.wal"))
    if not logs:
        raise CommandError(f"{path}: there is no log *.wal in this folder")
    return logs


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {_MOST_JOBS} is needed, not {text!r}")
    return int(text)
