"""What the commands share that start a port: their options, what they say when it fails, and how they are stopped."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from calybris_conformance.outcomes import Exit
from calybris_conformance.session import NotReady, Settings
from calybris_ref.cli.terminal import CommandError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_STDERR_LINES_SHOWN: Final = 20


def add_port(parser: argparse.ArgumentParser) -> argparse.Action:
    """The command of the port and how long it may take; the argument that holds the command."""
    port = parser.add_argument("port", nargs="+", metavar="PORT", help="the command that starts the port, after --")
    add_vectors(parser)
    parser.add_argument(
        "--timeout", type=seconds, default=5.0, metavar="SECONDS", help="for a case without its own limit (default 5)"
    )
    parser.add_argument(
        "--start-timeout", type=seconds, default=30.0, metavar="SECONDS", help="until the port is ready (default 30)"
    )
    return port


def add_vectors(parser: argparse.ArgumentParser) -> None:
    """Where the vectors are."""
    parser.add_argument("--vectors", type=Path, metavar="DIR", help="other vectors than the shipped ones")


def settings(arguments: argparse.Namespace) -> Settings:
    """How the port is treated, from what `add_port` declared."""
    window = getattr(arguments, "window", 1)
    return Settings(window=window, timeout_seconds=arguments.timeout, start_seconds=arguments.start_timeout)


def never_ready(error: NotReady) -> CommandError:
    """What to raise for a port that was never ready; shows what it printed."""
    print_stderr(error.stderr)
    return CommandError(str(error), Exit.NEVER_READY)


def print_stderr(stderr: str) -> None:
    """The last lines of what a port printed."""
    for line in stderr.rstrip().splitlines()[-_STDERR_LINES_SHOWN:]:
        print(f"  port: {one_line(line)}", file=sys.stderr)


def warn(sentence: str) -> None:
    """One line on stderr that ends nothing."""
    print(f"calybris-ref: {one_line(sentence)}", file=sys.stderr)


@contextlib.contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """SIGINT, SIGTERM and SIGHUP set the event, and nothing is torn in the middle; the run ends at its next wait."""
    stop = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def count(value: str) -> int:
    """A whole number from 1 on."""
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1 on")
    return int(value)


def seconds(value: str) -> float:
    """A duration above 0."""
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds above 0")
    return number
