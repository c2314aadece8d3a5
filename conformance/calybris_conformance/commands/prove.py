"""`calybris-ref prove`: check every contract and theorem symbolically, of the specification and of the refinement.

Exit codes: 0 every verdict is the expected one, 1 something is wrong, 2 the run was not possible.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from calybris_conformance.prove import changed as changes
from calybris_conformance.prove import expectations, gate, report
from calybris_conformance.prove.verdicts import Limits, Result
from calybris_ref.cli.terminal import EXIT_OK, EXIT_WRONG, CommandError, Progress, is_terminal, paint, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterator

_PACKAGES = ("calybris_spec", "calybris_refinement")
_TOOLS = ("crosshair", "z3", "icontract")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--jobs", type=_positive, default=_cores(), metavar="N", help="processes (default: one per core, %(default)s)"
    )
    parser.add_argument(
        "--module",
        action="append",
        default=[],
        metavar="NAME",
        help="only this module, such as theorems.ranking; repeatable",
    )
    parser.add_argument(
        "--changed",
        nargs="?",
        const="HEAD",
        metavar="REV",
        help="only modules that differ from a git revision (default: %(const)s), and the theorems about them",
    )
    parser.add_argument("--only", default="", metavar="REGEX", help="only functions whose module.name matches")
    parser.add_argument(
        "--theorems",
        type=Path,
        metavar="FILE",
        help=f"the expectations (default: those of {' and of '.join(_PACKAGES)})",
    )
    parser.add_argument(
        "--cpu-seconds",
        type=_positive,
        default=int(Limits().cpu_seconds),
        metavar="N",
        help="CPU budget of one condition",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(".prove-cache"),
        metavar="DIR",
        help="where verdicts are kept (default: %(default)s)",
    )
    parser.add_argument("--no-cache", action="store_true", help="check everything again and keep nothing")
    parser.add_argument(
        "--repeat",
        type=_positive,
        default=1,
        metavar="N",
        help="check everything N times without the cache; every round must give the same verdicts and paths",
    )


def run(args: argparse.Namespace) -> int:
    """Run the gate and print its report."""
    _refuse_disarmed_contracts()
    selection = gate.Selection(tuple(args.module), args.only)
    expected = _selected([_load(args.theorems)] if args.theorems else [*map(_load, _default_files())], selection)
    plan = _narrowed(expected, selection, args.changed)
    limits = Limits(cpu_seconds=float(args.cpu_seconds), path_seconds=20.0 * args.cpu_seconds)
    if not plan:
        nothing = f"no module differs from {args.changed}: nothing to check"
        print(json.dumps(report.to_json([], limits), indent=2) if args.json else nothing)
        return EXIT_OK
    cache = None if args.no_cache or args.repeat > 1 else args.cache
    rounds = [
        [(package, _prove(package, part, limits, args.jobs, cache)) for package, part in plan]
        for _ in range(args.repeat)
    ]
    proofs = rounds[-1]
    if not any(outcome.results for _, outcome in proofs):
        raise CommandError("nothing was checked: no contract matches the selection")
    for place, (_, outcome) in enumerate(proofs):
        outcome.failures += gate.unstable([proven[place][1] for proven in rounds])
    if not (args.module or args.only or args.changed):
        proofs[-1][1].failures += gate.too_many_searched(proofs)
    if args.json:
        print(json.dumps(report.to_json(proofs, limits, args.repeat), indent=2))
    else:
        _show(proofs, args.repeat)
    return EXIT_WRONG if any(outcome.failures for _, outcome in proofs) else EXIT_OK


def _narrowed(
    expected: list[expectations.Expectations], selection: gate.Selection, revision: str | None
) -> list[tuple[expectations.Expectations, gate.Selection]]:
    """What to check of which package: what was selected, and of that, with a revision, only what differs from it."""
    if revision is None:
        return [(package, selection) for package in expected]
    try:
        changed = [(package, changes.modules(package, revision)) for package in expected]
    except changes.ChangedError as error:
        raise CommandError(str(error)) from error
    narrowed = [(package, tuple(name for name in names if selection.module(name))) for package, names in changed]
    return [(package, gate.Selection(names, selection.only)) for package, names in narrowed if names]


def _prove(
    expected: expectations.Expectations, selection: gate.Selection, limits: Limits, jobs: int, cache: Path | None
) -> gate.Report:
    with ExitStack() as stack:
        bars: list[Progress] = []

        def plan(total: int) -> None:
            bars.append(stack.enter_context(Progress(total, f"proving {expected.package}")))

        def answered(result: Result) -> None:
            bars[0].advance(note=result.condition.name)

        return gate.prove(expected, selection, limits, jobs, cache, plan, answered)


def _show(proofs: list[tuple[expectations.Expectations, gate.Report]], rounds: int) -> None:
    prefixes = [f"{expected.package}." if len(proofs) > 1 else "" for expected, _ in proofs]
    parts = [(prefix, *proof) for prefix, proof in zip(prefixes, proofs, strict=True)]
    rows = [row for prefix, expected, outcome in parts for row in report.rows(outcome, expected, prefix)]
    header: tuple[str, ...] = report.HEADER
    right: Collection[int] = report.RIGHT
    columns = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else 0
    if columns:
        header, rows, right = report.fitted(rows, columns)
    print(table(header, rows, right))
    print()
    if searched := [told for prefix, expected, outcome in parts for told in report.searched(outcome, expected, prefix)]:
        print(report.wrapped("\n".join(["only searched, not proved:", *searched]), columns))
    for prefix, _, outcome in parts:
        for failure in outcome.failures:
            print(f"{paint(failure.kind.upper(), 'bad', sys.stdout)}  {prefix}{failure.name}")
            print(report.wrapped(f"    {failure.detail}", columns))
    print(report.wrapped(report.summary(proofs, rounds), columns))
    number = sum(len(outcome.failures) for _, outcome in proofs)
    verdict, style = (f"{number} failures", "bad") if number else ("all as expected", "good")
    print(paint(verdict, style, sys.stdout))


def _refuse_disarmed_contracts() -> None:
    if sys.flags.optimize or os.environ.get("PYTHONOPTIMIZE"):
        raise CommandError("Python runs with -O, which removes every contract: there would be nothing to prove")
    if missing := [tool for tool in _TOOLS if importlib.util.find_spec(tool) is None]:
        raise ModuleNotFoundError(f"{missing[0]} is not installed", name=missing[0])


def _default_files() -> Iterator[Path]:
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.origin:
            raise CommandError(f"the package {package} is not installed")
        yield Path(spec.origin).parent / "theorems.toml"


def _load(path: Path) -> expectations.Expectations:
    try:
        return expectations.load(path)
    except expectations.ExpectationError as error:
        raise CommandError(str(error)) from error


def _selected(found: list[expectations.Expectations], selection: gate.Selection) -> list[expectations.Expectations]:
    """The packages that have a selected module; every module asked for must be in one of them."""
    try:
        re.compile(selection.only)
    except re.error as error:
        raise CommandError(f"--only is not a regular expression: {error}") from error
    for module in selection.modules:
        if all(gate.unknown_modules(expected, [module]) for expected in found):
            names = " and in ".join(expected.package for expected in found)
            raise CommandError(f"there is no module {module} in {names}")
    asked = len(set(selection.modules))
    return [
        expected
        for expected in found
        if not asked or len(set(gate.unknown_modules(expected, selection.modules))) < asked
    ]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _cores() -> int:
    usable: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1
