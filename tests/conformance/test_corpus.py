"""Loading a corpus: what is read, and every way in which a tree and its manifest can disagree."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus
from calybris_conformance.corpus import CorpusError, load
from tests.support.judging import case, write_corpus

NOTE = {"hunts": "The mistake.", "why": "The reason.", "clauses": ["RANK-1"]}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_corpus(
        tmp_path / "vectors",
        {
            "requires": ["constructor.try_new"],
            "timeout_seconds": "120",
            "notes": {"TIE_COST": NOTE},
            "cases": [case("decide/a/one", flags=["TIE_COST"]), case("decide/a/two")],
        },
        {"suite": "echo", "op": "echo", "cases": [case("echo/a/one")]},
    )


def edit_json(path: Path, edit: Callable[[Any], object]) -> None:
    document = json.loads(path.read_bytes())
    edit(document)
    path.write_text(json.dumps(document))


def pin_again(root: Path) -> None:
    """Makes the manifest agree with the files, as whoever edits a tree on purpose would."""
    hashes = {path: corpus.sha256_hex((root / path).read_bytes()) for path in corpus.case_paths(root)}
    pinned = {"files": hashes, "tree_sha256": corpus.tree_hash(hashes)}
    edit_json(root / "MANIFEST.json", lambda manifest: manifest.update(pinned))


def test_cases_carry_what_their_file_says(root: Path) -> None:
    found = load(root)
    assert (found.version, found.root) == ("9.9.9", root)
    assert [one.id for one in found.cases] == ["decide/a/one", "decide/a/two", "echo/a/one"]
    first, _, echo = found.cases
    assert first.requires == {"decide", "constructor.try_new"}
    assert (first.suite, first.op, first.level, first.path) == ("decide", "decide", "must", "v1/decide/0.json")
    assert (first.clauses, first.flags, first.timeout_seconds) == (("DECIDE-1",), ("TIE_COST",), 120.0)
    assert (first.given, first.expect) == ({}, {"ok": {"value": "1"}})
    assert echo.requires == {"echo"}
    assert echo.timeout_seconds is None
    assert [(file.path, file.count) for file in found.files] == [("v1/decide/0.json", 2), ("v1/echo/1.json", 1)]
    assert found.notes["TIE_COST"].clauses == ("RANK-1",)


def test_the_shipped_corpus_loads() -> None:
    found = load()
    assert found.root == corpus.default_root()
    assert len(found.cases) >= 1_200
    assert sum(file.count for file in found.files) == len(found.cases)
    assert {flag for one in found.cases for flag in one.flags} == found.notes.keys()


def test_the_tree_hash_is_that_of_a_listing(root: Path) -> None:
    lines = sorted(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root)}" for path in root.rglob("v1/*/*")
    )
    lines.sort(key=lambda line: line.split()[1])
    assert load(root).tree_sha256 == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def test_an_edited_file_is_refused(root: Path) -> None:
    path = root / "v1/echo/1.json"
    path.write_bytes(path.read_bytes().replace(b"About", b"about"))
    with pytest.raises(CorpusError, match=r"echo/1\.json: its SHA-256 is"):
        load(root)


def test_an_added_file_is_refused(root: Path) -> None:
    (root / "v1/echo/2.json").write_text("{}")
    with pytest.raises(CorpusError, match=r"echo/2\.json: is not in MANIFEST"):
        load(root)


def test_a_removed_file_is_refused(root: Path) -> None:
    (root / "v1/echo/1.json").unlink()
    with pytest.raises(CorpusError, match=r"echo/1\.json: is missing"):
        load(root)


def test_an_edited_hash_is_refused(root: Path) -> None:
    edit_json(root / "MANIFEST.json", lambda manifest: manifest["files"].update({"v1/echo/1.json": "0" * 64}))
    with pytest.raises(CorpusError, match="its tree hash is"):
        load(root)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("no json", "is not a manifest"),
        ("[]", "is not a manifest"),
        ('{"format": "calybris-vectors-manifest/1"}', "is not a manifest"),
        ('{"format": "x/9", "version": "1", "tree_sha256": "", "files": {}}', "its format is 'x/9'"),
    ],
)
def test_a_bad_manifest_is_refused(root: Path, manifest: str, message: str) -> None:
    (root / "MANIFEST.json").write_text(manifest)
    with pytest.raises(CorpusError, match=message):
        load(root)


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=re.escape("MANIFEST.json: cannot be read (No such file")):
        load(tmp_path)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda document: document.update(format="calybris-vectors/2"), "ValueError: format 'calybris-vectors/2'"),
        (lambda document: document.pop("op"), "KeyError: 'op'"),
        (lambda document: document["groups"][0]["cases"][0].pop("expect"), "KeyError: 'expect'"),
        (lambda document: document.update(groups=7), "TypeError"),
        (lambda document: document.update(timeout_seconds="soon"), "ValueError"),
        (
            lambda document: document.update(notes={"TIE_COST": {**NOTE, "why": "Another."}}),
            "the note TIE_COST differs",
        ),
    ],
)
def test_a_damaged_file_is_refused_even_when_pinned(root: Path, edit: Callable[[Any], object], message: str) -> None:
    edit_json(root / "v1/echo/1.json", edit)
    pin_again(root)
    with pytest.raises(CorpusError, match=rf"echo/1\.json.*{re.escape(message)}"):
        load(root)


def test_a_file_that_is_no_json_is_refused_even_when_pinned(root: Path) -> None:
    (root / "v1/echo/1.json").write_bytes(b"\xff{}")
    pin_again(root)
    with pytest.raises(CorpusError, match="is not a calybris-vectors/1 file"):
        load(root)


def test_what_is_due_is_what_an_adapter_returns() -> None:
    assert corpus.due({"ok": {"digest_hex": "ab"}, "preimage_hex": "00"}) == {"ok": {"digest_hex": "ab"}}
    assert corpus.due({"error": {"code": "A", "at": "b"}}) == {"error": {"code": "A", "at": "b"}}
    assert corpus.due({"steps": [{"ok": {}}]}) == {"ok": {"steps": [{"ok": {}}]}}


def write_quick(root: Path, **changes: object) -> None:
    document = {"format": corpus.QUICK_FORMAT, "tree_sha256": load(root).tree_sha256, "cases": ["decide/a/two"]}
    (root / corpus.QUICK).write_text(json.dumps(document | changes))


def test_the_quick_subset_is_read(root: Path) -> None:
    write_quick(root)
    assert corpus.quick(load(root)) == {"decide/a/two"}


@pytest.mark.parametrize(
    "changes", [{"format": "other/1"}, {"tree_sha256": "0" * 64}, {"cases": ["decide/a/two", "decide/a/three"]}]
)
def test_a_quick_subset_of_other_vectors_is_refused(root: Path, changes: dict[str, object]) -> None:
    write_quick(root, **changes)
    with pytest.raises(CorpusError, match="is not of these vectors"):
        corpus.quick(load(root))


@pytest.mark.parametrize("changes", [{"cases": 7}, {"cases": [[]]}])
def test_a_quick_subset_that_lists_no_cases_is_refused(root: Path, changes: dict[str, object]) -> None:
    write_quick(root, **changes)
    with pytest.raises(CorpusError, match="is not a list of cases"):
        corpus.quick(load(root))


def test_a_missing_quick_subset_is_refused(root: Path) -> None:
    with pytest.raises(CorpusError, match=r"quick.json: cannot be read"):
        corpus.quick(load(root))
