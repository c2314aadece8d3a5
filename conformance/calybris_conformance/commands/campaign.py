"""`calybris-ref campaign`: ask a port millions of made questions, and make small what it gets wrong."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign import cases, files, known, shrink, steering
from calybris_conformance.campaign.asking import sentence
from calybris_conformance.campaign.catalogs import ABILITIES
from calybris_conformance.campaign.conduct import Limits, conduct
from calybris_conformance.campaign.in_process import AdapterError
from calybris_conformance.campaign.journal import Journal, JournalError
from calybris_conformance.campaign.target import Target
from calybris_conformance.campaign.watch import Watch
from calybris_conformance.campaign.work import Scale
from calybris_conformance.campaign.workers import Here
from calybris_conformance.commands import campaign_report, promote
from calybris_conformance.commands.port import add_port, count, never_ready, seconds, settings, stop_on_signals
from calybris_conformance.commands.shared import open_corpus
from calybris_conformance.outcomes import Exit
from calybris_conformance.outcomes import Outcome as CaseOutcome
from calybris_conformance.session import NotReady
from calybris_conformance.transport import Interrupted
from calybris_ref.cli.terminal import CommandError, one_line, paint

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from calybris_conformance.campaign.asking import Asker
    from calybris_conformance.campaign.conduct import Workers
    from calybris_conformance.campaign.tally import Finding

_SHRINKING_SECONDS: Final = 45.0  # for all findings together; the rest is shown as it was met
_SECONDS: Final = 60.0
# How large units and ranges are: (rows, units), so that a range takes a part of a second.
_SIZES: Final[Mapping[str, tuple[int, int]]] = {"in process": (4_096, 16), "frames": (4_096, 4), "single": (256, 2)}


def configure(parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their options."""
    commands = parser.add_subparsers(title="commands", dest="campaign_command", metavar="COMMAND", required=True)
    run_parser = commands.add_parser(
        "run",
        help="ask a port made cases",
        description="Ask a port made cases until a limit, and shrink what is wrong.",
    )
    _add_in_process(run_parser, add_port(run_parser))
    run_parser.add_argument("--window", type=count, default=32, metavar="N", help="questions open at once (default 32)")
    run_parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="what all cases are made from (default 0)"
    )
    run_parser.add_argument("--cases", type=count, metavar="N", help="stop after this many cases")
    run_parser.add_argument(
        "--seconds", type=seconds, metavar="N", help="stop after this time (default 60, or --cases)"
    )
    run_parser.add_argument(
        "--profile",
        action="append",
        choices=steering.PROFILES,
        metavar="NAME",
        help=f"only these (may be repeated): {', '.join(steering.PROFILES)}",
    )
    run_parser.add_argument("--first", action="store_true", help="stop at the first finding")
    run_parser.add_argument(
        "--units", type=count, metavar="N", help="in a range; more for many workers (default: a part of a second)"
    )
    run_parser.add_argument(
        "--known-findings", type=Path, metavar="FILE", help="TOML: kinds of findings that are explained, and why"
    )
    run_parser.add_argument("--jobs", type=count, default=1, metavar="N", help="worker processes (default 1: none)")
    run_parser.add_argument("--scheduler", metavar="URL", help="a Dask scheduler, such as tcp://host:8786")
    run_parser.add_argument("--state", type=Path, metavar="FILE", help="keep what was done; go on where it ended")
    run_parser.add_argument("--out", type=Path, default=Path("findings"), metavar="DIR", help="where findings go")
    run_parser.add_argument("--json", action="store_true", help="print the result as JSON")

    replay_parser = commands.add_parser("replay", help="ask a finding again", description="Ask a finding again.")
    shrink_parser = commands.add_parser("shrink", help="make a case smaller", description="Make a case smaller.")
    for one in (replay_parser, shrink_parser):
        one.add_argument("file", type=Path, help="a file of vectors, such as a campaign writes")
        _add_in_process(one, add_port(one))
        one.add_argument("--json", action="store_true", help="print the result as JSON")
    shrink_parser.add_argument("--out", type=Path, default=Path("findings"), metavar="DIR", help="where the case goes")

    promote.configure(
        commands.add_parser(
            "promote",
            help="keep a finding among the vectors",
            description="Add a finding to the hand-kept cases from which the vectors are generated.",
        )
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs one sub-command; its exit code."""
    commands = {"run": _run, "replay": _replay, "shrink": _shrink, "promote": promote.run}
    return int(commands[arguments.campaign_command](arguments))


def _add_in_process(parser: argparse.ArgumentParser, port: argparse.Action) -> None:
    class InProcess(argparse.Action):
        """Names an adapter; no port is needed then."""

        def __call__(
            self, _parser: object, namespace: argparse.Namespace, values: object, _option: object = None
        ) -> None:
            setattr(namespace, self.dest, values)
            port.required = False

    parser.add_argument(
        "--in-process",
        action=InProcess,
        metavar="ADAPTER",
        help="instead of a port: `wheel`, or module:name of an adapter",
    )


# ---- run


def _run(arguments: argparse.Namespace) -> Exit:
    target = _target(arguments)
    reasons = _known(arguments.known_findings)
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(stop_on_signals())
        asker = _opened(stack, target, stop)
        scale, facts = _scale(arguments, asker)
        try:
            journal = stack.enter_context(Journal(arguments.state, facts))
        except JournalError as error:
            raise CommandError(str(error)) from None
        by_default = _SECONDS if arguments.cases is None else None
        limits = Limits(arguments.cases, arguments.seconds or by_default, arguments.first, frozenset(reasons))
        arms = steering.arms(asker.features, arguments.profile or steering.PROFILES)
        if not arms:
            raise CommandError(f"{asker.name} claims nothing that {', '.join(arguments.profile)} asks")
        watch = stack.enter_context(Watch(asker.name, steering.universe(arms)))
        workers = _workers(stack, arguments, target, scale, asker, stop)
        try:
            outcome = conduct(arms, workers, journal, limits, watch.tally)
            findings = outcome.tally.findings
            small = _small([finding for kind, finding in findings.items() if kind not in reasons], asker, watch)
        except Interrupted:
            raise CommandError("interrupted", Exit.INTERRUPTED) from None
        except NotReady as error:
            raise never_ready(error) from None
    # A known mistake may be met with more of its answer wrong; made small it is of its known kind.
    found = [finding for finding in small if finding.kind not in reasons]
    met = {kind: reasons[kind] for kind in [*findings, *(finding.kind for finding in small)] if kind in reasons}
    written = [(finding, files.write(arguments.out, finding)) for finding in found]
    said = [(finding, _repeat(arguments, path)) for finding, path in written]
    say = campaign_report.as_json if arguments.json else campaign_report.as_text
    print(say(facts, arms, outcome, said, met))
    return Exit.NOT_CONFORMANT if found or outcome.tally.stopped else Exit.CONFORMANT


def _known(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        return known.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error.strerror if isinstance(error, OSError) else 'It is not UTF-8.'}") from None
    except known.KnownFindingsError as error:
        raise CommandError(f"{path}: {error}") from None


def _target(arguments: argparse.Namespace) -> Target:
    if arguments.port and arguments.in_process is not None:
        raise CommandError("ask either the port after -- or the adapter of --in-process, not both")
    vectors = open_corpus(arguments.vectors).version
    return Target(tuple(arguments.port or ()), arguments.in_process, settings(arguments), vectors)


def _opened(stack: contextlib.ExitStack, target: Target, stop: threading.Event) -> Asker:
    try:
        asker = target.open(stop)
    except AdapterError as error:
        raise CommandError(str(error)) from None
    except NotReady as error:
        raise never_ready(error) from None
    except Interrupted:
        raise CommandError("interrupted before the port was ready", Exit.INTERRUPTED) from None
    stack.callback(asker.close)
    if cases.DECIDE not in asker.features:
        raise CommandError(f"{asker.name} does not claim {cases.DECIDE!r}; a campaign is about decisions.")
    return asker


def _scale(arguments: argparse.Namespace, asker: Asker) -> tuple[Scale, dict[str, Any]]:
    """How large everything is, and the facts that make a campaign the same one when it goes on."""
    how = "in process" if arguments.in_process else "frames" if cases.ROWS in asker.features else "single"
    rows, units = _SIZES[how]
    units = arguments.units or units
    abilities = asker.features & ABILITIES
    facts = {
        "port": asker.name,
        "how": how,
        "seed": str(arguments.seed),
        "rows": rows,
        "units": units,
        "features": sorted(asker.features),
        "profiles": sorted(arguments.profile or steering.PROFILES),
    }
    return Scale(arguments.seed, rows, units, abilities), facts


def _workers(
    stack: contextlib.ExitStack,
    arguments: argparse.Namespace,
    target: Target,
    scale: Scale,
    asker: Asker,
    stop: threading.Event,
) -> Workers:
    if arguments.jobs == 1 and arguments.scheduler is None:
        return Here(scale, asker, stop)
    try:
        from calybris_conformance.campaign.cluster import Cluster  # its package is an extra of its own
    except ModuleNotFoundError as error:
        raise CommandError(
            f"more than one worker needs the package {error.name}, which the extra 'cluster' brings"
        ) from None
    return stack.enter_context(Cluster(scale, target, arguments.scheduler, arguments.jobs, stop))


def _small(findings: list[Finding], asker: Asker, watch: Watch) -> list[Finding]:
    """Findings, made small while there is time.

    Those that become the same case are one, and so are those of a kind of which there is a small one.
    """
    found: dict[str, Finding] = {}
    ends_at = time.monotonic() + _SHRINKING_SECONDS
    for place, finding in enumerate(sorted(findings, key=lambda one: one.place), 1):
        if any(finding.kind == small.kind for small in found.values()):
            continue
        left = ends_at - time.monotonic()
        if left > 0:
            watch.note(f"making finding {place} of {len(findings)} small: {finding.kind}")
            small = shrink.shrunk(finding, asker, min(left, shrink.SECONDS))
        else:
            small = finding
        found.setdefault(json.dumps([small.case.op, small.case.given, small.case.input]), small)
    return list(found.values())


def _repeat(arguments: argparse.Namespace, path: Path) -> str:
    """The one line that asks this case again."""
    asked = ["--in-process", arguments.in_process] if arguments.in_process else ["--", *arguments.port]
    return shlex.join(["calybris-ref", "campaign", "replay", str(path), *asked])


# ---- replay, shrink


def _replay(arguments: argparse.Namespace) -> Exit:
    asked = _read(arguments.file)
    wrong: list[dict[str, Any]] = []
    with contextlib.ExitStack() as stack:
        asker = _opened(stack, _target(arguments), stack.enter_context(stop_on_signals()))
        try:
            for result in asker.results(asked):
                if result.outcome is not CaseOutcome.PASS:
                    words = sentence(result.verdict)
                    wrong.append({"id": result.case.id, "outcome": str(result.outcome), "detail": words})
        except Interrupted:
            raise CommandError("interrupted", Exit.INTERRUPTED) from None
    if arguments.json:
        print(json.dumps({"cases": len(asked), "wrong": wrong}, ensure_ascii=False, indent=2))
    else:
        for one in wrong:
            print(f"{one['id']}: {paint(one['outcome'], 'bad', sys.stdout)}. {one_line(one['detail'])}")
        verdict = f"{len(wrong)} of {len(asked)} cases are still wrong" if wrong else "answered rightly"
        print(paint(verdict, "bad" if wrong else "good", sys.stdout))
    return Exit.NOT_CONFORMANT if wrong else Exit.CONFORMANT


def _shrink(arguments: argparse.Namespace) -> Exit:
    case = _read(arguments.file)[0]
    with contextlib.ExitStack() as stack:
        asker = _opened(stack, _target(arguments), stack.enter_context(stop_on_signals()))
        try:
            small = shrink.from_case(case, asker)
        except Interrupted:
            raise CommandError("interrupted", Exit.INTERRUPTED) from None
    if small is None:
        print(paint("answered rightly", "good", sys.stdout))
        return Exit.CONFORMANT
    path = files.write(arguments.out, small)
    if arguments.json:
        print(json.dumps({**small.to_json(), "file": str(path)}, ensure_ascii=False, indent=2))
    else:
        print(f"{paint(one_line(small.kind), 'bad', sys.stdout)}: {one_line(small.detail)}")
        print(f"  again    {one_line(_repeat(arguments, path))}")
    return Exit.NOT_CONFORMANT


def _read(path: Path) -> list[Any]:
    try:
        return files.read(path)
    except files.FileError as error:
        raise CommandError(str(error)) from None


def _seed(value: str) -> int:
    if not value.isdecimal() or int(value) >= 2**64:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number below 2^64")
    return int(value)
