"""The lint rules about files as such: manifest, rendering, size, frame. The rules about cases rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance import corpus
from calybris_conformance.vectorgen import schemas
from calybris_conformance.vectorgen.draft import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.corpus_lint.tree import Finding, Rule, Tree

SIZE_LIMIT_BYTES = 300_000


def _manifest(tree: Tree) -> Iterator[Finding]:
    """The tree is the one of its manifest."""
    try:
        corpus.load(tree.root)
    except corpus.CorpusError as error:
        yield corpus.MANIFEST, str(error)


def _rendering(tree: Tree) -> Iterator[Finding]:
    """UTF-8, LF, two spaces, no duplicate key, one way to write everything: the bytes are those of the generator."""
    for path, data in tree.data.items():
        document = tree.documents.get(path)
        if document is None:
            yield path, "is not a JSON object in UTF-8"
        elif render(document) != data:
            yield path, "is not rendered as the generator does it (indentation, escapes, line ends, a duplicate key)"


def _size(tree: Tree) -> Iterator[Finding]:
    """No file is too large for a reviewer's diff."""
    for path, data in tree.data.items():
        if len(data) > SIZE_LIMIT_BYTES:
            yield path, f"has {len(data):,} bytes; the limit is {SIZE_LIMIT_BYTES:,}"


def _frame(tree: Tree) -> Iterator[Finding]:
    """Keys and their order in files, notes, groups, cases and expectations."""
    for path, document in tree.documents.items():
        expected = [key for key in schemas.FILE_KEYS if key in document or key not in schemas.OPTIONAL_FILE_KEYS]
        yield from _keys(path, document, expected)
        yield from _keys(f"{path}: source", document.get("source"), schemas.SOURCE_KEYS)
        notes, groups = document.get("notes"), document.get("groups")
        for flag, note in notes.items() if isinstance(notes, dict) else ():
            yield from _keys(f"{path}: note {flag}", note, schemas.NOTE_KEYS)
        if not isinstance(notes, dict) or not isinstance(groups, list):
            yield path, "needs an object of notes and a list of groups"
            continue
        for group in groups:
            yield from _keys(f"{path}: group", group, schemas.GROUP_KEYS)
            cases = group.get("cases") if isinstance(group, dict) else None
            for case in cases if isinstance(cases, list) else ():
                yield from _keys(f"{path}: case", case, schemas.CASE_KEYS)
                expect = case.get("expect") if isinstance(case, dict) else None
                if not isinstance(expect, dict) or list(expect) not in schemas.EXPECT_KEYS:
                    sentence = f"expects none of ok (with preimage_hex), steps and error: {expect!r:.80}"
                    yield f"{path}: case", sentence
                elif "error" in expect:
                    yield from _keys(f"{path}: error", expect["error"], schemas.ERROR_KEYS)


def _keys(where: str, value: object, expected: list[str]) -> Iterator[Finding]:
    found = list(value) if isinstance(value, dict) else None
    if found != expected:
        yield where, f"its keys are {found}, not {expected}"


def _schemas(tree: Tree) -> Iterator[Finding]:
    """The JSON Schemas are those of the table of shapes."""
    for path, data in schemas.generate().items():
        if not (tree.root / path).is_file() or (tree.root / path).read_bytes() != data:
            yield path, "is missing or differs from the table of shapes"


FILE_RULES: dict[str, Rule] = {
    "manifest": _manifest,
    "rendering": _rendering,
    "size": _size,
    "frame": _frame,
    "schemas": _schemas,
}
