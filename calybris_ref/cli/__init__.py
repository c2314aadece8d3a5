"""The command `calybris-ref`: finds the command that was asked for, runs it, and makes an exit code of what happens.

A command is a module with `configure(parser)` and `run(arguments) -> int`. The modules are imported when they are asked
for and not before, so that `--version` costs little more than starting Python, and so that the library does not need
the packages of its own judge. Nothing that a user can do ends in a traceback: errors are one line on stderr.
"""

from __future__ import annotations

import importlib
import os
import sys
from io import TextIOWrapper
from itertools import takewhile

from calybris_ref import __version__
from calybris_ref.cli.terminal import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_PIPE_CLOSED,
    EXIT_USAGE,
    CommandError,
    one_line,
)

TYPE_CHECKING = False  # as in `typing`, which alone would cost as much as half of starting Python
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from calybris_ref.cli.arguments import Parser

PROGRAM = "calybris-ref"

# name -> the module of the command, what it is for, and the extra that brings the packages it may need
COMMANDS: dict[str, tuple[str, str, str | None]] = {
    "conformance": (
        "calybris_conformance.commands.conformance",
        "judge a port against the vectors, and report on it",
        "spec",
    ),
    "vectors": (
        "calybris_conformance.commands.vectors",
        "list, show, check and generate the vectors",
        "spec",
    ),
    "campaign": (
        "calybris_conformance.commands.campaign",
        "ask a port millions of made cases, make its mistakes small",
        "campaign",
    ),
    "prove": (
        "calybris_conformance.commands.prove",
        "check the contracts of the specification symbolically",
        "prove",
    ),
    "decide": (
        "calybris_ref.cli.decide",
        "take the decision of a policy for one request or many",
        None,
    ),
    "explain": (
        "calybris_ref.cli.explain",
        "show one decision candidate by candidate, also as a page",
        None,
    ),
    "verify": (
        "calybris_ref.cli.verify",
        "replay a decision, or check an audit bundle",
        None,
    ),
    "digest": (
        "calybris_ref.cli.digest",
        "print the canonical digest of a record, or the bytes behind it",
        None,
    ),
    "wal": (
        "calybris_ref.cli.wal",
        "verify, replay, show, repair or anchor a log",
        None,
    ),
    "ledger": (
        "calybris_ref.cli.ledger",
        "show a snapshot of a ledger, or prove that it lost no money",
        None,
    ),
    "doctor": (
        "calybris_ref.cli.doctor",
        "say what is installed, and what that allows",
        None,
    ),
    "completion": (
        "calybris_ref.cli.completion",
        "print the tab completion for a shell",
        "cli",
    ),
}

_DESCRIPTION = "Specification, reference, vectors and judge of the Calybris decision kernel."
_EPILOG = """\
six uses:
  judge a port of the kernel, in any language, by what it answers
      calybris-ref conformance run -- ./my-port
  decide, and check what somebody else decided
      calybris-ref decide --policy p.json --input r.json --explain
      calybris-ref verify --policy p.json --input r.json --decision d.json
  see why, on a page
      calybris-ref explain --policy p.json --input r.json --html d.html
  audit what was logged and paid
      calybris-ref wal replay decisions.wal --policy p.json --anchor a.json
      calybris-ref ledger prove snapshot.json
  read the agreed answers, and see the bytes behind a digest
      calybris-ref vectors list
      calybris-ref digest policy p.json --preimage
  prove the specification
      calybris-ref prove

exit codes: 0 well · 1 what was checked is wrong · 2 usage or bad input ·
            3 port never ready · 130 interrupted
"""
_TRACEBACK_VARIABLE = "CALYBRIS_TRACEBACK"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: that of the process) and return its exit code."""
    given = sys.argv[1:] if argv is None else list(argv)
    # What a terminal cannot show is escaped, never a reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = _guarded(given)
    _settle_output()
    return code


def build_parser(configured: Collection[str]) -> Parser:
    """The parser of the whole command line; only the commands in `configured` are imported and know their options."""
    from calybris_ref.cli.arguments import Parser  # argparse costs more than all else that starts here

    parser = Parser(prog=PROGRAM, description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument(
        "--traceback",
        action="store_true",
        help=f"show where in the code an error arose; also {_TRACEBACK_VARIABLE}=1",
    )
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for name, (module, summary, _) in COMMANDS.items():
        own = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name in configured:
            importlib.import_module(module).configure(own)
    return parser


def _guarded(given: Sequence[str]) -> int:
    """Run the command line; whatever is raised becomes one line and an exit code."""
    try:
        code = _run(given)
        print(end="", flush=True)  # here, while a closed pipe can still be told from a success
    except KeyboardInterrupt:
        _say("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_PIPE_CLOSED
    except CommandError as error:
        _trace(given)
        _say(f"error: {error}")
        return error.exit_code
    except OSError as error:
        _trace(given)
        _say(f"error: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug must not spill a traceback
        traced = _trace(given)
        hint = "" if traced else f" (a bug: please report it with the output of '{PROGRAM} --traceback …')"
        _say(f"internal error: {type(error).__name__}: {error}{hint}")
        return EXIT_INTERNAL
    return code


def _run(given: Sequence[str]) -> int:
    if given == ["--version"]:  # asked by scripts, again and again: the answer needs no parser
        print(PROGRAM, __version__)
        return EXIT_OK
    name = next((word for word in given if not word.startswith("-")), None)
    if name is not None and name not in COMMANDS:
        from calybris_ref.cli.arguments import no_such

        raise CommandError(f"{no_such(name, COMMANDS)} (see '{PROGRAM} --help')")
    try:
        parser = build_parser(() if name is None else (name,))
        arguments, unknown = parser.parse_known_args(given)
        if unknown:
            asked = PROGRAM if name is None else f"{PROGRAM} {name}"
            behind = "" if name != "conformance" or "--" in given else "; the command of a port stands behind --"
            raise CommandError(f"unrecognized arguments: {' '.join(unknown)}{behind} (see '{asked} --help')")
        if name is None:
            parser.print_help(sys.stderr)
            return EXIT_USAGE
        code: int = importlib.import_module(COMMANDS[name][0]).run(arguments)
    except SystemExit as stop:
        # argparse ends --help and --version this way.
        if isinstance(stop.code, str):
            raise CommandError(stop.code) from stop
        return stop.code or EXIT_OK
    except ModuleNotFoundError as error:
        raise _missing_package(error, name) or error from error
    return code


def _missing_package(error: ModuleNotFoundError, name: str | None) -> CommandError | None:
    """What to install, when a command stopped at a package that its extra brings; None when it is a bug instead."""
    package = (error.name or "").partition(".")[0]
    extra = COMMANDS[name][2] if name else None
    if extra is None or not package or package.startswith("calybris_"):
        return None
    # Not by the name of the package: nobody has published it, so an index may answer with something else.
    return CommandError(
        f"{name} needs the package {package}, which the extra {extra!r} brings: in a clone, pip install '.[{extra}]'"
    )


def _trace(given: Sequence[str]) -> bool:
    """Print the traceback of the exception at hand, if that was asked for; whether it was."""
    leading = takewhile(lambda word: word.startswith("-"), given)
    wanted = "--traceback" in leading or os.environ.get(_TRACEBACK_VARIABLE, "") not in ("", "0")
    if wanted:
        import traceback  # only here, because it costs start-up time

        traceback.print_exc()
    return wanted


def _say(message: str) -> None:
    try:
        print(f"{PROGRAM}: {one_line(message)}", file=sys.stderr)
    except OSError:
        return  # nobody is there to be told; the exit code still says it


def _settle_output() -> None:
    """Write what is left of stdout; where that fails, let the interpreter flush it into nothing when it ends."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
