"""`calybris-ref conformance scaffold`: write the skeleton of an adapter, and say what to do with it."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from calybris_conformance.outcomes import Exit
from calybris_conformance.scaffold import LANGUAGES, ScaffoldError, write
from calybris_ref.cli.terminal import CommandError


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    names = ", ".join(LANGUAGES)
    parser.add_argument(
        "--language", type=_language, choices=LANGUAGES, required=True, metavar="LANGUAGE", help=f"one of {names}"
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write it: an empty or a new folder")


def run(arguments: argparse.Namespace) -> Exit:
    """Writes the files, and prints what to type next."""
    folder: Path = arguments.folder
    try:
        files = write(arguments.language, folder)
    except ScaffoldError as error:
        raise CommandError(str(error)) from None
    language = LANGUAGES[arguments.language]
    print(f"{folder}: {', '.join(map(str, files))}")
    print("next:", f"cd {shlex.quote(str(folder))}", *language.steps(), sep="\n  ")
    print(f"then add operations to {language.adapter}, one at a time: docs/write-a-port.md says in which order")
    return Exit.CONFORMANT


def _language(name: str) -> str:
    """A language of the table. Refused here and not as a choice, because whoever misses one wants the whole list."""
    if name not in LANGUAGES:
        raise argparse.ArgumentTypeError(f"there is no {name!r}; there are {', '.join(LANGUAGES)}")
    return name
