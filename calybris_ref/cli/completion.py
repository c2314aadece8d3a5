"""`calybris-ref completion`: tab completion of every command and option, as a script for a shell (extra `cli`)."""

import argparse
from collections.abc import Iterator

import shtab

from calybris_ref.cli import COMMANDS, build_parser
from calybris_ref.cli.terminal import EXIT_OK

_SHELLS = ("bash", "zsh", "tcsh")
# The placeholder of an argument tells what it is completed with.
_COMPLETIONS = {"FILE": shtab.FILE, "LOG": shtab.FILE, "SNAPSHOT": shtab.FILE, "DIR": shtab.DIRECTORY}
_EXAMPLES = """\
examples:
  bash, in ~/.bashrc           eval "$(calybris-ref completion bash)"
  zsh, in a folder of $fpath   calybris-ref completion zsh > _calybris-ref
  tcsh, sourced by ~/.tcshrc   calybris-ref completion tcsh > ~/.calybris-ref
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXAMPLES
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    parser = build_parser(COMMANDS)
    for action in _actions(parser):
        if action.metavar in _COMPLETIONS:
            action.complete = _COMPLETIONS[action.metavar]  # type: ignore[attr-defined]  # how shtab is told
    print(shtab.complete(parser, shell=arguments.shell))
    return EXIT_OK


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of a parser and of its sub-parsers."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for choice in action.choices.values():
                yield from _actions(choice)
