"""A finding is a file of vectors: the linter has nothing against it, it reads back, and it can be kept."""

import json
from pathlib import Path

import pytest

from calybris_conformance.campaign import cases, files
from calybris_conformance.campaign.asking import Wrong
from calybris_conformance.campaign.tally import Finding, finding_of
from calybris_conformance.corpus import Case
from calybris_conformance.outcomes import Outcome
from calybris_conformance.vectorgen import promoted
from calybris_conformance.vectorgen.tree import document_of
from tests.support.campaigning import made
from tests.support.clauses import headings, pages

ROOT = Path(__file__).resolve().parents[3]


def decision(constructor: str = "validated", **fields: str) -> Case:
    batch, due = made()
    case = cases.decision(batch, due, 3)
    policy = {**case.given["policy"], "constructor": constructor}
    return cases.answered("decide", {"policy": policy}, {"request": {**case.input["request"], **fields}}, "x")


def finding(case: Case) -> Finding:
    return finding_of(4, "routing", "", Wrong(3, case, Outcome.MISMATCH, "decide mismatch reason", "One difference."))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    case = decision()
    path = files.write(tmp_path / "new", finding(case))
    (again,) = files.read(path)
    assert (again.op, again.given, again.input, again.expect) == (case.op, case.given, case.input, case.expect)
    assert again.id.startswith("campaign/decide/")
    assert path.name == f"{again.id.replace('/', '-')}.json"
    assert files.write(tmp_path / "new", finding(case)) == path


def test_the_features_that_a_case_needs_are_named() -> None:
    assert files.requires(decision()) == []
    assert files.requires(decision("try_new")) == ["constructor.try_new"]
    assert files.requires(decision("unchecked", risk_bps="10001")) == ["constructor.unchecked", "input.unchecked"]


def test_clauses_of_findings_are_clauses() -> None:
    known = {clause for page in pages(ROOT) for clause, _ in headings(page.read_text("utf-8"))}
    assert {clause for clauses in files._CLAUSES.values() for clause in clauses} <= known
    assert files.clauses(decision()) != ()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format":"other"}', b"\xff"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(files.FileError, match="is not a calybris-vectors/1 file"):
        files.read(path)


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    path = files.write(tmp_path, finding(decision()))
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "groups": []}))
    with pytest.raises(files.FileError, match="holds no case"):
        files.read(path)


# ---- cases that are kept


def keep(path: Path, id_: str = "ties/by-cost", about: str = "Two candidates tie.", case: Case | None = None) -> None:
    kept = case or decision()
    promoted.add(path, id_, about, kept, files.requires(kept), files.clauses(kept))


def test_a_kept_case_is_generated_like_every_other(tmp_path: Path) -> None:
    path = tmp_path / "promoted.json"
    assert list(promoted.drafts(path)) == []
    first, second = decision(), decision("try_new")
    keep(path, case=first)
    keep(path, "constructors/in-order", "A catalog in its own order.", second)
    drafts = list(promoted.drafts(path))
    assert [draft.path for draft in drafts] == [
        "v1/promoted/decide.json",
        "v1/promoted/decide-constructor-try-new.json",
    ]
    documents = [document_of(draft) for draft in drafts]
    made_cases = [case for document in documents for group in document["groups"] for case in group["cases"]]
    assert [case["id"] for case in made_cases] == ["promoted/ties/by-cost", "promoted/constructors/in-order"]
    assert [case["expect"] for case in made_cases] == [first.expect, second.expect]
    assert documents[1]["requires"] == ["constructor.try_new"]


@pytest.mark.parametrize(
    ("id_", "about", "words"),
    [
        ("ties/by-cost", "Twice.", "has a case 'ties/by-cost' already"),
        ("by-cost", "One part.", "is not of the form group/name"),
        ("Ties/by_cost", "Other letters.", "is not of the form group/name"),
        ("ties/other", "no sentence", "is not a sentence"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, id_: str, about: str, words: str) -> None:
    path = tmp_path / "promoted.json"
    keep(path)
    before = path.read_bytes()
    with pytest.raises(promoted.PromotedError, match=words):
        keep(path, id_, about)
    assert path.read_bytes() == before
