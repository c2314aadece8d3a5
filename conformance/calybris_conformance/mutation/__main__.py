"""`python -m calybris_conformance.mutation`: mutate the specification, and see who notices.

Exit codes: 0 all is as listed, 1 something is not, 2 the run was not possible.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import sys
import time
from collections import Counter
from pathlib import Path

from calybris_conformance import corpus
from calybris_conformance.mutation import page, results, survivors
from calybris_conformance.mutation.mutants import Mutant, Package
from calybris_conformance.mutation.run import Run
from calybris_conformance.mutation.verdict import PATIENT, Budget
from calybris_conformance.prove import expectations
from calybris_ref.cli.terminal import EXIT_OK, EXIT_USAGE, EXIT_WRONG, CommandError, Progress, table

_SAVE_EVERY_SECONDS = 10.0
HEADER = ("module", "mutants", "killed", "survived", "invalid")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    args = _parser().parse_args(arguments)
    try:
        return int(args.command(args))
    except (CommandError, expectations.ExpectationError, survivors.SurvivorsError, corpus.CorpusError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m calybris_conformance.mutation", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands, "run", _run, "ask about every mutant that is not known yet")
    run.add_argument("--jobs", type=int, default=2, metavar="N", help="mutants at a time (default: %(default)s)")
    run.add_argument("--sample", type=_share, default=(0, 1), metavar="K/N", help="part K of N, by the hash of the id")
    run.add_argument("--vectors", action="store_true", help="then ask the vectors about what survives")
    run.add_argument("--again", action="store_true", help="ask again, save nothing: the answers must be the known ones")
    run.add_argument(
        "--update", action="store_true", help="enter into the list what the vectors kill; drop what is gone"
    )
    run.add_argument("--patient", action="store_true", help="ask survivors with open proofs again, ten times as long")
    check = _command(commands, "check", _check, "whether results, list of survivors and page are of this source")
    shown = _command(commands, "list", _list, "print the mutants, with what is known of them")
    for command in (run, check, shown):
        command.add_argument("--module", action="append", default=[], metavar="M", help="only this module; repeatable")
    paper = _command(commands, "page", _page, "write the page of figures")
    for command in (check, paper):
        command.add_argument("--page", type=Path, default=Path("docs/mutation.md"), metavar="FILE")
    return parser


def _command(commands: object, name: str, function: object, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)  # type: ignore[attr-defined]
    parser.set_defaults(command=function)
    parser.add_argument("--package", type=Path, metavar="FOLDER", help="default: calybris_spec")
    parser.add_argument("--results", type=Path, default=Path("spec/mutation/results.jsonl"), metavar="FILE")
    parser.add_argument("--survivors", type=Path, default=Path("spec/mutation/survivors.toml"), metavar="FILE")
    parser.add_argument("--corpus", type=Path, default=corpus.default_root(), metavar="FOLDER", help="the vectors")
    return parser


def _run(args: argparse.Namespace) -> int:
    run, mutants = _load(args)
    part, parts = args.sample
    chosen = [mutant for mutant in mutants if _hash(mutant.id) % parts == part]
    if not chosen:
        raise CommandError("no mutant is selected")
    return _again(run, chosen) if args.again else _ask(run, chosen, args)


def _ask(run: Run, chosen: list[Mutant], args: argparse.Namespace) -> int:
    saved = time.monotonic()
    try:
        to_ask = [mutant for mutant in chosen if not run.is_known(mutant) or (args.patient and run.is_open(mutant))]
        to_ask.sort(key=lambda mutant: mutant.id in run.known)  # what was never asked first: old survivors take long
        with Progress(len(to_ask), "mutants") as progress:

            def answered(one: results.Known) -> None:
                nonlocal saved
                progress.advance(note=one.id)
                if time.monotonic() - saved >= _SAVE_EVERY_SECONDS:
                    results.save(args.results, run.known.values())
                    saved = time.monotonic()

            run.ask_contracts(to_ask, answered)
        if args.vectors:
            to_ask = [mutant for mutant in chosen if not run.is_answered(mutant)]
            with Progress(len(to_ask), "vectors") as progress:
                run.ask_vectors(to_ask, lambda one: progress.advance(note=one.id))
    finally:
        results.save(args.results, run.known.values())
    known = {mutant.id: run.known[mutant.id] for mutant in chosen}
    listed = survivors.load(args.survivors)
    is_whole = known.keys() == run.known.keys()
    if args.update:
        others = {name: entry for name, entry in listed.items() if not is_whole and name not in known}
        listed = others | survivors.updated(listed, known.values())
        survivors.save(args.survivors, listed)
    print(table(HEADER, _rows(chosen, known), range(1, len(HEADER))))
    return _told(survivors.problems(listed, known, is_whole=is_whole))


def _again(run: Run, chosen: list[Mutant]) -> int:
    """Ask again what is known: every outcome must be the recorded one."""
    recorded = dict(run.known)
    if new := [mutant.id for mutant in chosen if not run.is_known(mutant)]:
        raise CommandError(f"{len(new)} mutants have no recorded result, such as {new[0]}; run without --again first")
    with Progress(len(chosen), "mutants") as progress:
        run.ask_contracts(chosen, lambda one: progress.advance(note=one.id))
    print(table(HEADER, _rows(chosen, run.known), range(1, len(HEADER))))
    pairs = [(recorded[mutant.id], run.known[mutant.id]) for mutant in chosen]
    differing = [(before, after) for before, after in pairs if before.outcome != after.outcome]
    return _told(
        [f"{after.id} ({after.change}) is {after.outcome}, recorded: {before.outcome}" for before, after in differing]
    )


def _check(args: argparse.Namespace) -> int:
    run, mutants = _load(args)
    found = [f"{mutant.id} ({mutant.change}) was not judged" for mutant in mutants if not run.is_known(mutant)]
    found = found or [f"{mutant.id} was not shown to the vectors" for mutant in mutants if not run.is_answered(mutant)]
    known = {mutant.id: run.known[mutant.id] for mutant in mutants if mutant.id in run.known}
    found += survivors.problems(survivors.load(args.survivors), known, is_whole=not args.module)
    if not found and not args.module and _read(args.page) != page.text(survivors.load(args.survivors), mutants, known):
        found.append(f"{args.page} is not what `page` writes")
    return _told(found)


def _list(args: argparse.Namespace) -> int:
    run, mutants = _load(args)
    for mutant in mutants:
        outcome = run.known[mutant.id].outcome if run.is_known(mutant) else "unknown"
        print(f"{outcome}  {mutant.id}  line {mutant.line}: {mutant.change}")
    return EXIT_OK


def _page(args: argparse.Namespace) -> int:
    run, mutants = _load(args)
    if missing := [mutant.id for mutant in mutants if mutant.id not in run.known]:
        raise CommandError(f"{missing[0]} has no result; run all mutants first")
    known = {mutant.id: run.known[mutant.id] for mutant in mutants}
    args.page.write_text(page.text(survivors.load(args.survivors), mutants, known), "utf-8")
    return EXIT_OK


def _load(args: argparse.Namespace) -> tuple[Run, list[Mutant]]:
    """The run over a package with what is known of it, without what is no mutant any more; the selected mutants."""
    package = Package(args.package or _specification())
    modules = getattr(args, "module", [])
    if unknown := [module for module in modules if module not in package.modules]:
        raise CommandError(f"{package.name} has no module {unknown[0]} with rules")
    mutants = [mutant for module in package.modules for mutant in package.mutants(module)]
    known = results.load(args.results)
    known = {mutant.id: known[mutant.id] for mutant in mutants if mutant.id in known}
    if not (args.corpus / corpus.MANIFEST).is_file():
        raise CommandError(f"{args.corpus} holds no vectors")
    expected = expectations.load(package.folder / "theorems.toml")
    budget = PATIENT if getattr(args, "patient", False) else Budget()
    run = Run(package, expected, known, getattr(args, "jobs", 1), args.corpus, budget)
    return run, [mutant for mutant in mutants if not modules or mutant.module in modules]


def _specification() -> Path:
    spec = importlib.util.find_spec("calybris_spec")
    if spec is None or not spec.origin:
        raise CommandError("the package calybris_spec is not installed")
    return Path(spec.origin).parent


def _rows(mutants: list[Mutant], known: dict[str, results.Known]) -> list[tuple[str, ...]]:
    modules = dict.fromkeys(mutant.module for mutant in mutants)
    outcomes = {
        module: Counter(known[mutant.id].outcome for mutant in mutants if mutant.module == module) for module in modules
    }
    outcomes["total"] = sum(outcomes.values(), Counter())
    kinds = (results.KILLED, results.SURVIVED, results.INVALID)
    return [(name, str(found.total()), *(str(found[kind]) for kind in kinds)) for name, found in outcomes.items()]


def _told(problems: list[str]) -> int:
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "all as listed")
    return EXIT_WRONG if problems else EXIT_OK


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def _share(text: str) -> tuple[int, int]:
    part, parts = (int(number) for number in text.split("/"))
    if not 0 <= part < parts:
        raise ValueError(text)
    return part, parts


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
