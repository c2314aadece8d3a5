"""A corpus as it stands on disk, and what a lint rule is: nothing here knows who made the tree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calybris_conformance import corpus
from calybris_conformance.vectorgen import lock

if TYPE_CHECKING:
    from pathlib import Path

CODES = "schema/codes.json"
CHANGELOG = "CHANGELOG.md"

Finding = tuple[str, str]
"""Where (a path of the corpus or the id of a case) and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Located:
    """A case as it stands in its file, with what surrounds it."""

    path: str
    document: Mapping[str, Any]
    group: Mapping[str, Any]
    case: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id of the case."""
        return str(self.case["id"])


@dataclass(frozen=True, slots=True)
class Tree:
    """A corpus as found on disk: the bytes of each file of cases, and the document in those that are JSON objects."""

    root: Path
    data: Mapping[str, bytes]
    documents: Mapping[str, Mapping[str, Any]]
    codes: Mapping[str, Mapping[str, Any]]
    lock: str

    def cases(self) -> Iterator[Located]:
        """Every case, in the order of the files."""
        for path, document in self.documents.items():
            for group in document["groups"]:
                for case in group["cases"]:
                    yield Located(path, document, group, case)


Rule = Callable[[Tree], Iterator[Finding]]
"""A rule yields what it finds wrong; its docstring is what it demands."""


def read(root: Path) -> Tree:
    """The tree under a folder. A file that is not a JSON object has bytes and no document."""
    data = {path: (root / path).read_bytes() for path in corpus.case_paths(root)}
    documents = {path: document for path, text in data.items() if (document := _object(text)) is not None}
    codes = _object((root / CODES).read_bytes()) if (root / CODES).is_file() else None
    locked = (root / lock.LOCK).read_text() if (root / lock.LOCK).is_file() else ""
    return Tree(root, data, documents, (codes or {}).get("codes", {}), locked)


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(data)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
