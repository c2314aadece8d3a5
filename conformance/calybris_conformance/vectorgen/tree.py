"""The whole tree of vectors as bytes: files of cases, JSON Schemas, manifest and lock of ids."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from calybris_conformance import corpus
from calybris_conformance.vectorgen import lock, schemas
from calybris_conformance.vectorgen.answers import GenerationError, answer
from calybris_conformance.vectorgen.draft import render, wire
from calybris_conformance.vectorgen.flags import FLAGS
from calybris_conformance.vectorgen.shapes import OPERATIONS, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from calybris_conformance.vectorgen.draft import Draft, Group

VERSION = "1.2.0"
"""Of the vectors: major = the format or an existing case changed, minor = cases were added, patch = prose."""

SUITES = (
    "echo",
    "integer",
    "policy",
    "input",
    "decide",
    "trace",
    "utility",
    "explain",
    "digest",
    "hex",
    "verify",
    "config",
    "build",
    "budget",
    "ledger",
    "finance",
    "snapshot",
    "wal",
    "proof",
    "recovery",
    "accumulate",
    "promoted",
)
"""One module each, in the order in which a port is best written."""


def drafts(watch: Callable[[str], object] = lambda _suite: None) -> Iterator[Draft]:
    """Every file to be, suite by suite; `watch` hears of each suite when its turn comes."""
    for suite in SUITES:
        watch(suite)
        yield from import_module(f"calybris_conformance.vectorgen.suites.{suite}").files()


def generate(
    root: Path, *, new_major: bool = False, watch: Callable[[str], object] = lambda _suite: None
) -> dict[str, bytes]:
    """Path → bytes of everything that is generated. `root` is the present tree, for its lock.

    Raises GenerationError when the implementations differ or two cases share an id, LockError when a frozen case
    changes.
    """
    lock_text = (root / lock.LOCK).read_text() if (root / lock.LOCK).exists() else ""
    files: dict[str, bytes] = {}
    hashes: dict[str, str] = {}
    for draft in drafts(watch):
        if draft.path in files:
            raise GenerationError(f"{draft.path}: two drafts have this path.")
        document = document_of(draft)
        for group in document["groups"]:
            for case in group["cases"]:
                if case["id"] in hashes:
                    raise GenerationError(f"{case['id']}: two cases have this id.")
                hashes[case["id"]] = lock.case_hash(draft.op, group["given"], case["input"], case["expect"])
        files[draft.path] = render(document)
    return {
        **files,
        **schemas.generate(),
        lock.LOCK: lock.extended(lock_text, hashes, new_major=new_major).encode(),
        corpus.MANIFEST: manifest(VERSION, files),
    }


def manifest(version: str, files: Mapping[str, bytes]) -> bytes:
    """The manifest of these files of cases."""
    hashes = {path: corpus.sha256_hex(data) for path, data in sorted(files.items())}
    return render(
        {
            "format": corpus.MANIFEST_FORMAT,
            "version": version,
            "tree_sha256": corpus.tree_hash(hashes),
            "files": hashes,
        }
    )


def write(root: Path, tree: Mapping[str, bytes]) -> None:
    """Puts a generated tree in place and removes files of cases that are no longer generated."""
    for path in corpus.case_paths(root):
        if path not in tree:
            (root / path).unlink()
    for path, data in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def document_of(draft: Draft) -> dict[str, Any]:
    """The file with its answers, keys in the order of the format."""
    groups = [_group(draft, group) for group in draft.groups]
    cases = [case for group in groups for case in group["cases"]]
    used = {flag for case in cases for flag in case["flags"]}
    if unknown := used - FLAGS.keys():
        raise GenerationError(f"{draft.path}: the flags {sorted(unknown)} are not in the registry.")
    timeout = {} if draft.timeout_seconds is None else {"timeout_seconds": str(draft.timeout_seconds)}
    return {
        "format": corpus.FORMAT,
        "suite": draft.suite,
        "op": draft.op,
        "title": draft.title,
        "clauses": draft.clauses.split(),
        "requires": draft.requires.split(),
        "level": draft.level,
        **timeout,
        "source": {"generator": f"calybris_conformance.vectorgen.suites.{draft.suite}", "revision": VERSION},
        "notes": {
            flag: {"hunts": note.hunts, "why": note.why, "clauses": list(note.clauses)}
            for flag, note in FLAGS.items()
            if flag in used
        },
        "count": len(cases),
        "groups": groups,
    }


def _group(draft: Draft, group: Group) -> dict[str, Any]:
    shape = OPERATIONS[draft.op]
    given = ordered(shape.given, wire(group.given))
    cases = []
    for question in group.questions:
        case = f"{draft.suite}/{group.name}/{question.name}"
        input_ = ordered(shape.input, wire(question.input))
        expect = answer(case, draft.op, given, input_)
        if "ok" in expect:
            right = ordered(shape.ok, expect["ok"])
            expect = right if list(right) == ["steps"] else {**expect, "ok": right}
        cases.append(
            {"id": case, "about": question.about, "flags": list(question.flags), "input": input_, "expect": expect}
        )
    return {"group": group.name, "given": given, "cases": cases}
