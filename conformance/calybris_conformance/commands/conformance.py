"""`calybris-ref conformance`: judge a port, try whether it speaks, look at a case, begin an adapter, read a report."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from calybris_conformance import known_failures
from calybris_conformance.commands import bisect, matrix, scaffold
from calybris_conformance.commands.port import (
    add_port,
    add_vectors,
    count,
    never_ready,
    print_stderr,
    settings,
    stop_on_signals,
    warn,
)
from calybris_conformance.commands.shared import case_as_json, case_as_text, open_corpus, quick_subset
from calybris_conformance.judgement import Judgement, Watcher, conduct, unknown_features
from calybris_conformance.known_failures import Entry, KnownFailuresError
from calybris_conformance.outcomes import CONFORMANT, CaseResult, Exit, Outcome
from calybris_conformance.report import derived, jsonl, text
from calybris_conformance.selection import ECHO, FULL, PROFILES, Filters, SelectionError, nearest
from calybris_conformance.session import NotReady
from calybris_conformance.smoke import conclusion, smoke
from calybris_conformance.transport import Interrupted
from calybris_ref.cli.terminal import CommandError, Progress, one_line, paint, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from calybris_conformance.corpus import Corpus
    from calybris_conformance.protocol import Ready
    from calybris_conformance.report.jsonl import Report

FAILURES_SHOWN: Final = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their options."""
    commands = parser.add_subparsers(title="commands", dest="conformance_command", metavar="COMMAND", required=True)

    run_parser = commands.add_parser("run", help="judge a port", description="Judge a port against the vectors.")
    add_port(run_parser)
    run_parser.add_argument("--name", help="what the report calls the port (default: what it calls itself)")
    profiles = (*sorted(PROFILES), FULL)
    run_parser.add_argument(
        "--profile", choices=profiles, help="ask for a whole profile; a port that lacks a part fails"
    )
    for option, what in (
        ("suite", "cases of this suite"),
        ("case", "cases with this id; * stands for anything"),
        ("flag", "cases that hunt this mistake"),
        ("clause", "cases about this clause"),
    ):
        help_text = f"only {what} (may be repeated)"
        run_parser.add_argument(f"--{option}", action="append", default=[], metavar=option.upper(), help=help_text)
    run_parser.add_argument("--quick", action="store_true", help="only the quick subset: few cases that find most bugs")
    run_parser.add_argument("--window", type=count, default=32, metavar="N", help="questions open at once (default 32)")
    run_parser.add_argument("--twice", action="store_true", help="ask again, shuffled, in a new process, and compare")
    run_parser.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    run_parser.add_argument(
        "--known-failures", type=Path, metavar="FILE", help="the port's list of known failures (TOML)"
    )
    run_parser.add_argument(
        "--update-known-failures", action="store_true", help="rewrite that list from this run; reasons are kept"
    )
    run_parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.jsonl, report.html, report.md, junit.xml, badge.json"
    )
    run_parser.add_argument("--json", action="store_true", help="print the result as JSON")

    smoke_parser = commands.add_parser(
        "smoke", help="tell a broken adapter from a wrong port", description="Try whether a port speaks the protocol."
    )
    add_port(smoke_parser)
    smoke_parser.add_argument("--json", action="store_true", help="print the checks as JSON")

    show_parser = commands.add_parser("show", help="print a case", description="Print a case and what it hunts.")
    show_parser.add_argument("id", help="the id of the case")
    add_vectors(show_parser)
    show_parser.add_argument("--json", action="store_true", help="print the case as JSON")

    bisect.configure(
        commands.add_parser(
            "bisect",
            help="find the first wrong decision behind an accumulated digest",
            description="Find the first decision in which a port leaves an accumulated digest, and show it as a case.",
        )
    )

    scaffold.configure(
        commands.add_parser(
            "scaffold",
            help="write the skeleton of an adapter",
            description="Write the skeleton of an adapter: it builds, answers hello and echo, and claims nothing else.",
        )
    )

    matrix.configure(
        commands.add_parser(
            "matrix",
            help="set several reports side by side",
            description="Set several reports side by side: ports, and suites against ports.",
        )
    )

    report_parser = commands.add_parser(
        "report", help="derive every form of a report again", description="Derive every form of a report again."
    )
    report_parser.add_argument("path", type=Path, help="a report.jsonl, or the folder that holds it")
    add_vectors(report_parser)
    report_parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Runs one sub-command; its exit code."""
    commands = {
        "run": _run,
        "smoke": _smoke,
        "show": _show,
        "bisect": bisect.run,
        "scaffold": scaffold.run,
        "matrix": matrix.run,
        "report": _report,
    }
    return int(commands[arguments.conformance_command](arguments))


# ---- run


def _run(arguments: argparse.Namespace) -> Exit:
    if arguments.update_known_failures and arguments.known_failures is None:
        raise CommandError("--update-known-failures needs --known-failures FILE")
    corpus = open_corpus(arguments.vectors)
    entries = _known(arguments.known_failures, may_be_new=arguments.update_known_failures)
    judgement = Judgement(
        corpus=corpus,
        command=tuple(arguments.port),
        name=arguments.name,
        filters=Filters(
            arguments.profile,
            tuple(arguments.suite),
            tuple(arguments.case),
            tuple(arguments.flag),
            tuple(arguments.clause),
            quick_subset(corpus) if arguments.quick else None,
        ),
        settings=settings(arguments),
        known=entries,
        twice=arguments.twice,
        fail_fast=arguments.fail_fast,
    )
    report, results = _judge(arguments, judgement)
    if arguments.out is not None:
        derived.write(report, arguments.out, corpus)
    _print(report, arguments.json, arguments.out)
    if arguments.update_known_failures:
        _update(arguments.known_failures, entries, report, results)
    return jsonl.exit_code(report)


def _judge(arguments: argparse.Namespace, judgement: Judgement) -> tuple[Report, Mapping[str, CaseResult]]:
    out: Path | None = arguments.out
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in (jsonl.REPORT, *derived.DERIVED):  # an old report must not be taken for this run's
            (out / name).unlink(missing_ok=True)
    options = () if arguments.vectors is None else ("--vectors", str(arguments.vectors))
    repeat = jsonl.repeat_command(judgement.command, options)
    path = None if out is None else out / jsonl.REPORT
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(stop_on_signals())
        recorder = stack.enter_context(jsonl.Recorder(path, judgement.corpus.notes, repeat))
        try:
            return conduct(judgement, recorder, stop, _watcher(stack, judgement.corpus))
        except SelectionError as error:
            raise CommandError(str(error)) from None
        except NotReady as error:
            raise never_ready(error) from None
        except Interrupted:
            raise CommandError("interrupted before the port was ready", Exit.INTERRUPTED) from None


def _watcher(stack: contextlib.ExitStack, corpus: Corpus) -> Watcher:
    """Shows how it goes: a bar on a terminal, and at once what makes the rest of a run pointless to read."""
    bars: list[Progress] = []
    warned: list[str] = []

    def begins(ready: Ready, answers: int) -> None:
        for feature in unknown_features(corpus, ready):
            warn(f"the port claims {feature!r}, which no vector asks for")
        bars.append(stack.enter_context(Progress(answers, ready.implementation.name)))

    def result(one: CaseResult) -> None:
        bars[0].advance(note=one.case.suite)
        if one.case.op == ECHO and one.outcome not in CONFORMANT and not warned:
            warned.append(one.case.id)
            warn(text.ECHO_FAILED)

    return Watcher(begins, result)


def _print(report: Report, as_json: bool, out: Path | None) -> None:
    if as_json:
        print(json.dumps(_summary(report), ensure_ascii=False, indent=2))
        return
    if report.echo_failed:
        print(paint(text.ECHO_FAILED, "bad", sys.stdout) + "\n")
    for line in report.failures[:FAILURES_SHOWN]:
        print("\n".join(text.failure(line)) + "\n")
    if (more := len(report.failures) - FAILURES_SHOWN) > 0:
        where = f"{out / 'report.md'} has them all" if out is not None else "--out DIR writes them all"
        print(f"… and {more:,} more failures; {where}\n")
    for problem in report.problems:
        print(paint(f"problem: {one_line(problem)}", "bad", sys.stdout))
    print(table(text.SUITE_HEADER, text.rows(report), right=range(1, len(text.SUITE_HEADER))))
    print(paint(one_line(text.verdict(report)), "good" if report.conformant else "bad", sys.stdout))


def _summary(report: Report) -> dict[str, object]:
    """A whole run for programs; every failure in full is in report.jsonl."""
    return {
        "name": report.header["name"],
        "conformant": report.conformant,
        "incomplete": report.incomplete,
        "exit": int(jsonl.exit_code(report)),
        "problems": list(report.problems),
        "suites": {
            name: {
                "cases": count.cases,
                "passed": count.passed,
                "known": count.known,
                "failed": count.failed,
                "not_claimed": count.not_claimed,
            }
            for name, count in text.suites(report).items()
        },
        "failures": [{key: line[key] for key in ("id", "outcome", "field", "detail")} for line in report.failures],
    }


def _known(path: Path | None, may_be_new: bool) -> tuple[Entry, ...]:
    if path is None or (may_be_new and not path.exists()):
        return ()
    try:
        return known_failures.parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise CommandError(f"{path}: is not UTF-8.") from None
    except KnownFailuresError as error:
        raise CommandError(f"{path}: {error}") from None


def _update(path: Path, entries: tuple[Entry, ...], report: Report, results: Mapping[str, CaseResult]) -> None:
    if report.incomplete is not None:
        raise CommandError(f"{path} stays as it is, because {report.incomplete}", jsonl.exit_code(report))
    if any(result.outcome is Outcome.NOT_RUN for result in results.values()):
        raise CommandError(f"{path} stays as it is, because not every case was run", jsonl.exit_code(report))
    fresh = known_failures.updated(entries, results)
    path.write_text(known_failures.render(fresh), encoding="utf-8", newline="\n")
    without = sum(not entry.reason.strip() for entry in fresh)
    warn(f"{path} now has {len(fresh)} entries, {without} of them without a reason")


# ---- smoke, show, report


def _smoke(arguments: argparse.Namespace) -> Exit:
    corpus = open_corpus(arguments.vectors)
    checks = []
    with stop_on_signals() as stop:
        try:
            for check in smoke(corpus, arguments.port, settings(arguments), stop):
                checks.append(check)
                if not arguments.json:
                    mark = paint("ok  ", "good", sys.stdout) if check.passed else paint("FAIL", "bad", sys.stdout)
                    print(f"{mark}  {check.name}" + ("" if check.passed else f": {one_line(check.detail)}"), flush=True)
                    print_stderr(check.stderr)
        except Interrupted:
            raise CommandError("interrupted", Exit.INTERRUPTED) from None
    sentence, code = conclusion(checks)
    if arguments.json:
        found = [
            {"name": one.name, "of": "adapter" if one.adapter else "port", "passed": one.passed, "detail": one.detail}
            for one in checks
        ]
        print(json.dumps({"conclusion": sentence, "checks": found}, ensure_ascii=False, indent=2))
    else:
        print(paint(sentence, "good" if code is Exit.CONFORMANT else "bad", sys.stdout))
    return code


def _show(arguments: argparse.Namespace) -> Exit:
    corpus = open_corpus(arguments.vectors)
    case = next((case for case in corpus.cases if case.id == arguments.id), None)
    if case is None:
        hint = nearest(arguments.id, (case.id for case in corpus.cases))
        raise CommandError(f"There is no case {arguments.id!r}; {hint}")
    if arguments.json:
        print(json.dumps(case_as_json(corpus, case), ensure_ascii=False, indent=2))
    else:
        print(case_as_text(corpus, case))
    return Exit.CONFORMANT


def _report(arguments: argparse.Namespace) -> Exit:
    path: Path = arguments.path / jsonl.REPORT if arguments.path.is_dir() else arguments.path
    try:
        report = jsonl.read(path)
    except jsonl.ReportError as error:
        raise CommandError(str(error)) from None
    derived.write(report, path.parent, open_corpus(arguments.vectors))
    _print(report, arguments.json, path.parent)
    return jsonl.exit_code(report)
