"""What a sabotaged port is, and the way in which the judge must see it fail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from calybris_conformance.operations import Adapter
from calybris_conformance.outcomes import Exit, Outcome

Serve = Callable[[Adapter, BinaryIO, BinaryIO], None]
"""Serves an adapter, or what becomes of it, on a stdin and a stdout."""


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A wrong port: what is wrong with it, how it is served, and what the judge must say.

    `asked` are the judge's options: the cases to ask, short timeouts. `outcomes` are exactly the outcomes of the cases
    that do not pass; empty for a port that must be found conformant, or that never becomes ready. At least one failed
    case must carry each of `flags`: the vectors hunted just this mistake.
    """

    about: str
    serve: Serve
    asked: tuple[str, ...]
    outcomes: frozenset[Outcome] = frozenset()
    flags: frozenset[str] = frozenset()
    exit: Exit = Exit.NOT_CONFORMANT
