"""What an adapter is: a name, the features it claims, and one function per operation of docs/operations.md.

An operation takes the `given` and the `input` of a case as JSON values and returns the `ok` of the answer; it raises
`Refused` when the specification asks for a refusal. Any other exception is a fault of the implementation, and no case
expects one. Nothing here reads or writes: `adapters/serve.py` puts an adapter behind the protocol.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class Refused(Exception):  # noqa: N818 - an answer that the specification asks for, not an error of the adapter
    """The refusal that the specification asks for: `code` of the closed registry, `at` the path that it is about.

    `detail` is for people; the judge never reads it.
    """

    def __init__(self, code: str, at: str, detail: str = "") -> None:
        super().__init__(code, at, detail)
        self.code = code
        self.at = at
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code} at {self.at}" + (f": {self.detail}" if self.detail else "")


Operation = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
"""(given, input) -> ok; raises Refused."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """An implementation that can be judged.

    `features` holds the names of the operations that it claims and the extra features beside them; `operations` must
    hold a function for each operation that it claims.
    """

    name: str
    version: str
    language: str
    source: str
    features: frozenset[str]
    operations: Mapping[str, Operation]
