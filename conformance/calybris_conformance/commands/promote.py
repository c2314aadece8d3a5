"""`calybris-ref campaign promote`: a finding becomes a hand-kept case, from which the vectors are generated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from calybris_conformance.campaign import files
from calybris_conformance.outcomes import Exit
from calybris_conformance.vectorgen import promoted
from calybris_ref.cli.terminal import CommandError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("file", type=Path, help="a finding, as `campaign run` wrote it")
    parser.add_argument(
        "--id", required=True, metavar="GROUP/NAME", help="what the case is called: promoted/GROUP/NAME"
    )
    parser.add_argument("--about", required=True, metavar="SENTENCE", help="what is special here, in one sentence")
    parser.add_argument(
        "--into", type=Path, default=promoted.PATH, metavar="FILE", help="another list than the project's"
    )


def run(arguments: argparse.Namespace) -> Exit:
    """Adds the case to the list; the vectors change when they are generated next."""
    try:
        case = files.read(arguments.file)[0]
        promoted.add(arguments.into, arguments.id, arguments.about, case, files.requires(case), case.clauses)
    except (files.FileError, promoted.PromotedError) as error:
        raise CommandError(str(error)) from None
    print(f"added {promoted.SUITE}/{arguments.id} to {arguments.into}; `calybris-ref vectors generate` writes it")
    return Exit.CONFORMANT
