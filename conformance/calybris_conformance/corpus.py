"""Loads the vector corpus: which cases there are, and whether the tree is the one its manifest describes.

A corpus is a folder with `MANIFEST.json` (the version, the SHA-256 of every file under `v1/`, one hash over all of
them) and those files (format `calybris-vectors/1`, described in docs/vectors.md). A tree that differs from its manifest
is refused: a judge that runs on edited vectors judges nothing. The finer rules of the format are the linter's
(`corpus_lint`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "calybris-vectors/1"
MANIFEST_FORMAT = "calybris-vectors-manifest/1"
MANIFEST = "MANIFEST.json"
CASES = "v1"
QUICK = "quick.json"
QUICK_FORMAT = "calybris-vectors-quick/1"


class CorpusError(Exception):
    """The tree of vectors is missing, damaged, or not the one that its manifest describes."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a flag means: the mistake that a flagged case hunts, why it is made, and the clauses that it breaks."""

    hunts: str
    why: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VectorFile:
    """One file of cases. `path` is relative to the corpus, with `/`; `sha256` is of its bytes, in lowercase hex."""

    path: str
    sha256: str
    suite: str
    op: str
    title: str
    clauses: tuple[str, ...]
    requires: tuple[str, ...]
    level: str
    count: int


@dataclass(frozen=True, slots=True)
class Case:
    """One question and its one right answer.

    `requires` holds every feature that a port needs to be asked: the operation itself and the file's extra features.
    `expect` is `{"ok": …}`, with `preimage_hex` beside it for digests, or `{"error": {"code", "at"}}`.
    `timeout_seconds` is None for the judge's default.
    """

    id: str
    about: str
    flags: tuple[str, ...]
    clauses: tuple[str, ...]
    suite: str
    op: str
    level: str
    requires: frozenset[str]
    given: Mapping[str, Any]
    input: Mapping[str, Any]
    expect: Mapping[str, Any]
    timeout_seconds: float | None
    path: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every case of one version of the vectors, in the order of the files' paths and of the cases in them."""

    version: str
    root: Path
    tree_sha256: str
    files: tuple[VectorFile, ...]
    cases: tuple[Case, ...]
    notes: Mapping[str, Note]


def due(expect: Mapping[str, Any]) -> dict[str, Any]:
    """What an adapter that is asked directly must answer: no preimage, and the steps of a script under `ok`."""
    if "steps" in expect:
        return {"ok": dict(expect)}
    return {key: value for key, value in expect.items() if key != "preimage_hex"}


def default_root() -> Path:
    """The shipped vectors: package data of an installed wheel, or the checkout's `vectors/`."""
    package = Path(__file__).resolve().parent
    shipped = package / "_vectors"
    return shipped if shipped.is_dir() else package.parents[1] / "vectors"


def sha256_hex(data: bytes) -> str:
    """SHA-256 in lowercase hex."""
    return hashlib.sha256(data).hexdigest()


def tree_hash(hashes: Mapping[str, str]) -> str:
    """One hash over all files, from path → SHA-256.

    The same as `sha256sum $(find v1 -name '*.json' | LC_ALL=C sort) | sha256sum`, for whoever does not trust this code.
    """
    lines = (f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    return sha256_hex("".join(lines).encode())


def case_paths(root: Path) -> list[str]:
    """Every file under `v1/`, relative to the corpus, sorted by path."""
    return sorted(path.relative_to(root).as_posix() for path in (root / CASES).rglob("*") if path.is_file())


def load(root: Path | None = None) -> Corpus:
    """Reads a corpus (None = the shipped one). Raises CorpusError when the tree and its manifest do not agree."""
    root = default_root() if root is None else root
    version, tree_sha256, hashes = _manifest(root)
    present = case_paths(root)
    for path in sorted(hashes.keys() ^ set(present)):
        raise CorpusError(
            f"{root / path}: {'is not in' if path in present else 'is missing but stands in'} {MANIFEST}."
        )
    files: list[VectorFile] = []
    cases: list[Case] = []
    notes: dict[str, Note] = {}
    for path in present:
        data = (root / path).read_bytes()
        if sha256_hex(data) != hashes[path]:
            raise CorpusError(f"{root / path}: its SHA-256 is {sha256_hex(data)}, but {MANIFEST} says {hashes[path]}.")
        try:
            read_file(path, json.loads(data), hashes[path], files, cases, notes)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CorpusError(f"{root / path}: is not a {FORMAT} file ({type(error).__name__}: {error}).") from error
    return Corpus(version, root, tree_sha256, tuple(files), tuple(cases), notes)


def quick(vectors: Corpus) -> frozenset[str]:
    """The ids of the quick subset. Raises CorpusError when it is missing, damaged, or one of other vectors."""
    path = vectors.root / QUICK
    try:
        document = json.loads(path.read_bytes())
        form, tree_sha256, ids = document["format"], document["tree_sha256"], frozenset(document["cases"])
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: is not a list of cases ({type(error).__name__}: {error}).") from error
    if form != QUICK_FORMAT or tree_sha256 != vectors.tree_sha256 or not ids <= {case.id for case in vectors.cases}:
        raise CorpusError(f"{path}: is not of these vectors; `python -m tests.mutants.strength` writes it again.")
    return ids


def _manifest(root: Path) -> tuple[str, str, dict[str, str]]:
    """Version, tree hash and path → SHA-256, once they agree with each other."""
    path = root / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        found, version = str(manifest["format"]), str(manifest["version"])
        tree_sha256, hashes = str(manifest["tree_sha256"]), {str(k): str(v) for k, v in manifest["files"].items()}
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path}: is not a manifest of vectors ({type(error).__name__}: {error}).") from error
    if found != MANIFEST_FORMAT:
        raise CorpusError(f"{path}: its format is {found!r}; this judge reads {MANIFEST_FORMAT!r}.")
    if tree_hash(hashes) != tree_sha256:
        raise CorpusError(f"{path}: its tree hash is {tree_sha256}, but its files hash to {tree_hash(hashes)}.")
    return version, tree_sha256, hashes


def read_file(
    path: str, document: Any, sha256: str, files: list[VectorFile], cases: list[Case], notes: dict[str, Note]
) -> None:
    """Appends one parsed file, its cases and its notes."""
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']!r}")
    op, clauses, extra = document["op"], tuple(document["clauses"]), tuple(document["requires"])
    suite, level = document["suite"], document["level"]
    files.append(VectorFile(path, sha256, suite, op, document["title"], clauses, extra, level, document["count"]))
    for flag, fields in document["notes"].items():
        note = Note(fields["hunts"], fields["why"], tuple(fields["clauses"]))
        if notes.setdefault(flag, note) != note:
            raise ValueError(f"the note {flag} differs from the one in an earlier file")
    requires = frozenset((op, *extra))
    timeout = document.get("timeout_seconds")
    timeout_seconds = None if timeout is None else float(timeout)
    cases.extend(
        Case(
            id=case["id"],
            about=case["about"],
            flags=tuple(case["flags"]),
            clauses=clauses,
            suite=suite,
            op=op,
            level=level,
            requires=requires,
            given=group["given"],
            input=case["input"],
            expect=case["expect"],
            timeout_seconds=timeout_seconds,
            path=path,
        )
        for group in document["groups"]
        for case in group["cases"]
    )
