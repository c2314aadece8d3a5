"""The argument parser of every command: argparse with one-line errors, no abbreviations, and suggestions."""

from __future__ import annotations

import argparse
import sys

from calybris_ref.cli.terminal import CommandError

TYPE_CHECKING = False  # as in `typing`, which is slow to import; every command waits for this module
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

    from _typeshed import SupportsWrite


class Formatter(argparse.HelpFormatter):
    """Help texts with their own lines and examples, and sub-commands as one aligned list."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        import textwrap  # only a help text needs it, and it costs start-up time

        # Prose is wrapped to the terminal; what is indented stays as it was written, to be copied.
        lines = (line if line.startswith(" ") else textwrap.fill(line, width) for line in text.splitlines())
        return "\n".join(indent + line for line in lines)

    def _format_action(self, action: argparse.Action) -> str:
        if isinstance(action, argparse._SubParsersAction):
            # argparse would print the placeholder on a line of its own and indent the list beyond the column of texts.
            return "".join(super(Formatter, self)._format_action(choice) for choice in action._get_subactions())
        return super()._format_action(action)


class Parser(argparse.ArgumentParser):
    """Raises CommandError where argparse would print its usage and exit. Sub-parsers are of the same class."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named.setdefault("formatter_class", Formatter)
        # A script that says --in must not change its meaning when a second option with that start arrives.
        named.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **named)

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise CommandError(f"{message} (see '{self.prog} --help')")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # argparse would swallow a write that fails, and a help text into a full disk would look like a success.
        print(message, end="", file=file or sys.stderr)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse has no public place for this: its own message lists every choice and suggests none.
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, no_such(value, action.choices))


def no_such(value: object, choices: Iterable[object]) -> str:
    """The sentence that refuses a word outside a closed list: with the nearest choice, or with all of them."""
    import difflib  # only a mistake needs it, and it costs start-up time

    names = [str(choice) for choice in choices]
    nearest = difflib.get_close_matches(str(value), names, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(names)}"
    return f"there is no {str(value)!r}; {hint}"


def positive(text: str) -> int:
    """The type of an argument that says how many, or which one, counted from 1."""
    if not text.isascii() or not text.isdigit() or not 0 < len(text) <= 20 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive integer")
    return int(text)
