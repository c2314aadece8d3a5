"""`calybris-ref vectors`: what the vectors hold, what one asks, whether they are sound, and how they are made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.commands.shared import case_as_json, case_as_text, open_corpus
from calybris_conformance.corpus import Corpus, case_paths, default_root
from calybris_conformance.corpus_lint import RULES, lint
from calybris_conformance.corpus_lint.tree import CODES
from calybris_conformance.selection import Filters, SelectionError, select
from calybris_ref.cli.terminal import EXIT_OK, EXIT_WRONG, CommandError, Progress, paint, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


HASH_SEEDS: Final = ("1", "2")
"""Generation must not depend on the order of a set or a hash: it is repeated under these values of PYTHONHASHSEED."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their options."""
    commands = parser.add_subparsers(title="commands", dest="vectors_command", metavar="COMMAND", required=True)

    list_parser = commands.add_parser("list", help="list the cases", description="List the cases of the vectors.")
    for option, what in (
        ("suite", "cases of this suite"),
        ("case", "cases with this id; * stands for anything"),
        ("flag", "cases that hunt this mistake"),
        ("clause", "cases about this clause"),
    ):
        help_text = f"only {what} (may be repeated)"
        list_parser.add_argument(f"--{option}", action="append", default=[], metavar=option.upper(), help=help_text)
    list_parser.add_argument("--statistics", action="store_true", help="how many cases of which kind, instead")

    show_parser = commands.add_parser(
        "show", help="print a case, a flag or a refusal", description="Print a case, a flag or a refusal code."
    )
    show_parser.add_argument("name", help="the id of a case, the name of a flag, or a refusal code")

    commands.add_parser("check", help="check the tree against its format", description="Lint the vectors.")

    generate_parser = commands.add_parser(
        "generate",
        help="generate every vector again",
        description="Generate every vector again: the specification answers, and the reference must agree.",
    )
    generate_parser.add_argument(
        "--check", action="store_true", help="write nothing; generate under two hash seeds and compare bytes"
    )
    generate_parser.add_argument(
        "--new-major", action="store_true", help="let cases change their meaning, or go: a new major version"
    )
    for sub in commands.choices.values():
        sub.add_argument("--vectors", type=Path, metavar="DIR", help="other vectors than the shipped ones")
        sub.add_argument("--json", action="store_true", help="print the result as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Runs one sub-command; its exit code: 0 sound, 1 problems, 2 wrong usage or a damaged tree."""
    commands = {"list": _list, "show": _show, "check": _check, "generate": _generate}
    return commands[arguments.vectors_command](arguments)


# ---- list, show


def _list(arguments: argparse.Namespace) -> int:
    corpus = open_corpus(arguments.vectors)
    filters = Filters(
        suites=tuple(arguments.suite),
        cases=tuple(arguments.case),
        flags=tuple(arguments.flag),
        clauses=tuple(arguments.clause),
    )
    try:
        cases = select(corpus, filters)
    except SelectionError as error:
        raise CommandError(str(error)) from None
    if arguments.statistics:
        chosen = Corpus(corpus.version, corpus.root, corpus.tree_sha256, corpus.files, cases, corpus.notes)
        _print_statistics(chosen, as_json=arguments.json)
    elif arguments.json:
        keys = ("id", "about", "op", "level", "path")
        rows = [{key: getattr(case, key) for key in keys} | {"requires": sorted(case.requires)} for case in cases]
        _print_json({"version": corpus.version, "count": len(rows), "cases": rows})
    else:
        print(table(("case", "what is special"), [(case.id, case.about) for case in cases]))
        print(f"{len(cases):,} cases of version {corpus.version}")
    return EXIT_OK


def _print_statistics(corpus: Corpus, *, as_json: bool) -> None:
    from calybris_conformance.vectorgen.statistics import statistics  # it loads the reference, which `list` need not

    found = statistics(corpus)
    if as_json:
        _print_json({"version": corpus.version, "count": len(corpus.cases), "statistics": found})
        return
    print(f"{len(corpus.cases):,} cases of version {corpus.version}")
    for heading, buckets in found.items():
        total = sum(buckets.values()) or 1
        rows = [(name, f"{count:,}", f"{100 * count / total:.1f} %") for name, count in buckets.items()]
        print("\n" + table((heading, "cases", "share"), rows, right=(1, 2)))


def _show(arguments: argparse.Namespace) -> int:
    corpus, name = open_corpus(arguments.vectors), arguments.name
    codes = json.loads((corpus.root / CODES).read_text(encoding="utf-8"))["codes"]
    if (case := next((case for case in corpus.cases if case.id == name), None)) is not None:
        if not arguments.json:
            print(case_as_text(corpus, case))
            return EXIT_OK
        found: dict[str, Any] = case_as_json(corpus, case)
    elif name in corpus.notes:
        note = corpus.notes[name]
        ids = [case.id for case in corpus.cases if name in case.flags]
        found = {"flag": name, "hunts": note.hunts, "why": note.why, "clauses": list(note.clauses), "cases": ids}
    elif name in codes:
        ids = [case.id for case in corpus.cases if case.expect.get("error", {}).get("code") == name]
        found = {"code": name, **codes[name], "cases": ids}
    else:
        raise CommandError(f"{name!r} is neither the id of a case nor a flag nor a refusal code.")
    if arguments.json:
        _print_json(found)
        return EXIT_OK
    for key, value in found.items():
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
        print(f"{paint(key, 'bold', sys.stdout)}: {text}")
    return EXIT_OK


# ---- check, generate


def _check(arguments: argparse.Namespace) -> int:
    try:
        problems = lint(arguments.vectors)
    except OSError as error:
        raise CommandError(f"{error.filename}: cannot be read ({error.strerror}).") from None
    if arguments.json:
        found = [{"rule": one.rule, "where": one.where, "message": one.message} for one in problems]
        _print_json({"sound": not problems, "problems": found})
    else:
        for problem in problems:
            print(problem)
        verdict = f"{len(problems):,} problems" if problems else f"sound: {len(RULES)} rules, no problem"
        print(paint(verdict, "bad" if problems else "good", sys.stdout))
    return EXIT_WRONG if problems else EXIT_OK


def _generate(arguments: argparse.Namespace) -> int:
    root: Path = arguments.vectors or default_root()
    if root.name == "_vectors":
        raise CommandError(f"{root} is part of an installed package; run this in a checkout, or give --vectors DIR.")
    differences = _differences(root) if arguments.check else _written(root, new_major=arguments.new_major)
    if arguments.json:
        _print_json({"checked": arguments.check, "differences": differences})
    else:
        for path, difference in differences.items():
            print(f"{path}: {difference}")
        if arguments.check and not differences:
            print(paint(f"every byte is as generated, under {len(HASH_SEEDS)} hash seeds", "good", sys.stdout))
        if not arguments.check:
            _print_statistics(open_corpus(root), as_json=False)
    return EXIT_WRONG if arguments.check and differences else EXIT_OK


def _written(root: Path, *, new_major: bool) -> dict[str, str]:
    from calybris_conformance.vectorgen.answers import GenerationError
    from calybris_conformance.vectorgen.lock import LockError
    from calybris_conformance.vectorgen.tree import SUITES, generate, write

    with Progress(len(SUITES), "generating") as progress:
        try:
            tree = generate(root, new_major=new_major, watch=lambda suite: progress.advance(note=suite))
        except (GenerationError, LockError) as error:
            raise CommandError(str(error), EXIT_WRONG) from None
    changed = _compared(root, tree)
    write(root, tree)
    return changed


def _differences(root: Path) -> dict[str, str]:
    """Path → how it differs from what is generated under some hash seed."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="calybris-vectors-") as folder:
        runs = {seed: _generation(root, Path(folder) / seed, seed) for seed in HASH_SEEDS}
        said = {seed: process.communicate()[1] for seed, process in runs.items()}
        for seed, errors in said.items():
            if runs[seed].returncode != 0:
                reason = (errors.strip().splitlines() or ["no message"])[-1]
                raise CommandError(f"generation failed under PYTHONHASHSEED={seed}: {reason}", EXIT_WRONG)
            into = Path(folder) / seed
            tree = {path.relative_to(into).as_posix(): path.read_bytes() for path in into.rglob("*") if path.is_file()}
            found |= {path: f"{what} (PYTHONHASHSEED={seed})" for path, what in _compared(root, tree).items()}
    return dict(sorted(found.items()))


def _generation(root: Path, into: Path, seed: str) -> subprocess.Popen[str]:
    # -O: the specification's contracts are proved; checking them again on every call takes ten times as long.
    command = [sys.executable, "-O", "-m", "calybris_conformance.vectorgen", str(root), str(into)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.Popen(  # noqa: S603 - this package, in an interpreter with another hash seed
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def _compared(root: Path, tree: Mapping[str, bytes]) -> dict[str, str]:
    found = {path: "is no longer generated" for path in case_paths(root) if path not in tree}
    for path, data in tree.items():
        if not (root / path).is_file():
            found[path] = "is new"
        elif (root / path).read_bytes() != data:
            found[path] = "differs"
    return found


# ---- shared


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
