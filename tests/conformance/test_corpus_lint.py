"""The linter: the shipped corpus is sound, and every rule finds the mistake that it is there for."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus
from calybris_conformance.corpus_lint import RULES, lint
from calybris_conformance.corpus_lint.tree import Tree, read
from calybris_conformance.vectorgen import tree as vectors
from calybris_conformance.vectorgen.draft import render

DECIDE = "v1/decide/gates.json"
TIES = "v1/decide/ties.json"
DIGEST = "v1/digest/input.json"
HEX = "v1/hex/decode.json"
MONEY = "v1/budget/reserve.json"
VERIFIED = "v1/wal/append-verified.json"
REPLAY = "v1/wal/replay-order.json"
CHAIN = "v1/wal/verify-chain.json"
NEWLINE = {"hex": "0a", "times": "1"}
POLICY = "v1/policy/try-new-bounds.json"
UNCHECKED = "v1/decide/unchecked.json"
GIVEN_ORDER = "v1/decide/order-given.json"

Edit = Callable[[Any], object]


def test_the_shipped_corpus_is_sound() -> None:
    assert lint() == []


@cache
def shipped() -> Tree:
    return read(corpus.default_root())


def alone(path: str, edit: Edit | None = None) -> Tree:
    """The corpus as if it held this one file, edited."""
    document = json.loads(shipped().data[path])
    if edit is not None:
        edit(document)
    return dataclasses.replace(shipped(), documents={path: document})


def first(document: Any) -> Any:
    """The first group of a file."""
    return document["groups"][0]


def case(document: Any) -> Any:
    """The first case of a file."""
    return first(document)["cases"][0]


def asked(document: Any) -> Any:
    """The request of the first case."""
    return case(document)["input"]["request"]


def model(document: Any) -> Any:
    return first(document)["given"]["policy"]["models"][0]


def second_model(document: Any, **changes: str) -> None:
    models = first(document)["given"]["policy"]["models"]
    models.append({**models[0], "model_id": "2", **changes})


def swap(record: Any, key: str) -> None:
    """Moves a key to the end."""
    record[key] = record.pop(key)


CASE_MISTAKES: list[tuple[str, str, str, Edit]] = [
    ("ids", DECIDE, "is not in the folder of its suite 'trace'", lambda d: d.update(suite="trace")),
    ("ids", DECIDE, "is not an id", lambda d: case(d).update(id="decide/alone-disabled/Upper")),
    ("ids", DECIDE, "is not an id", lambda d: case(d).update(id="decide/two-parts")),
    ("ids", DECIDE, "does not begin with 'decide/alone-disabled/'", lambda d: case(d).update(id="decide/other/case")),
    ("ids", TIES, "is the id of two cases", lambda d: first(d)["cases"].append(case(d))),
    ("numbers", DECIDE, "input.request.risk_bps is a JSON number", lambda d: asked(d).update(risk_bps=7)),
    ("numbers", DECIDE, "given.policy.models[0].enabled is a JSON number", lambda d: model(d).update(enabled=1)),
    ("numbers", DECIDE, "expect.ok.action is a JSON number", lambda d: case(d)["expect"]["ok"].update(action=1.5)),
    ("shapes", DECIDE, "'decide!' is not an operation", lambda d: d.update(op="decide!")),
    ("shapes", DECIDE, "given.policy.models[0]: its keys are", lambda d: model(d).pop("enabled")),
    ("shapes", DECIDE, "its keys are", lambda d: asked(d).update(extra="1")),
    ("shapes", DECIDE, "its keys are", lambda d: swap(asked(d), "risk_bps")),
    ("shapes", DECIDE, "'007' is not a u16", lambda d: asked(d).update(risk_bps="007")),
    ("shapes", DECIDE, "'-0' is not a i64", lambda d: case(d)["expect"]["ok"].update(expected_utility_microunits="-0")),
    ("shapes", DECIDE, "'Reject' is not a name", lambda d: case(d)["expect"]["ok"].update(action="Reject")),
    ("shapes", DIGEST, "is not a hex", lambda d: case(d)["expect"]["ok"].update(digest_hex="AB")),
    ("lock", DECIDE, "ids.lock holds", lambda d: asked(d).update(risk_bps="2")),
    ("lock", DECIDE, "ids.lock holds nothing for it", lambda d: case(d).update(id="decide/alone-disabled/new")),
    ("lock", DECIDE, "is locked, but neither there nor withdrawn", lambda d: first(d).update(cases=[])),
    ("counts", DECIDE, "cases and has", lambda d: d.update(count=d["count"] + 1)),
    ("codes", HEX, "DIGEST_HEX_ODD is not in schema/codes.json", lambda d: refusal(d).update(code="DIGEST_HEX_ODD")),
    ("codes", HEX, "is not about 'text[x]'", lambda d: refusal(d).update(at="text[x]")),
    ("codes", POLICY, "is not about 'models[1].enabled'", lambda d: refusal(d).update(at="models[1].enabled")),
    ("clauses", DECIDE, "names no clause", lambda d: d.update(clauses=[])),
    ("clauses", DECIDE, "or one twice", lambda d: d["clauses"].append(d["clauses"][0])),
    ("clauses", DECIDE, "'GATE3' is not a clause", lambda d: d["clauses"].append("GATE3")),
    ("flags", TIES, "TIE_COST is used and not explained", lambda d: d["notes"].pop("TIE_COST")),
    ("flags", DECIDE, "TIE_COST is explained and not used", lambda d: d["notes"].update(TIE_COST={})),
    ("flags", TIES, "the note of TIE_COST is not the registry's", lambda d: d["notes"]["TIE_COST"].update(why="?")),
    ("flags", DECIDE, "NO_SUCH is not in the registry", lambda d: d["notes"].update(NO_SUCH={})),
    ("flags", TIES, "has a flag twice", lambda d: case(d).update(flags=["TIE_COST", "TIE_COST"])),
    ("requires", DECIDE, "its cases need ['constructor.try_new']", lambda d: constructor(d, "try_new")),
    ("requires", DECIDE, "but its cases need []", lambda d: d.update(requires=["catalog.series"])),
    ("requires", DECIDE, "its cases need ['input.unchecked']", lambda d: asked(d).update(risk_bps="10001")),
    ("requires", MONEY, "need ['budget.query']", lambda d: case(d)["input"]["steps"].append({"op": "query"})),
    ("requires", MONEY, "need ['budget.snapshot']", lambda d: case(d)["input"]["steps"].append({"op": "certify"})),
    ("requires", VERIFIED, "need ['append.unverified']", lambda d: case(d)["input"].update(verified=False)),
    ("requires", REPLAY, "need ['replay.policies']", lambda d: first(d)["given"].update(policies=[])),
    ("requires", HEX, "its cases need ['widths.named']", lambda d: refusal(d).update(code="INTEGER_OUT_OF_RANGE")),
    ("policies", DECIDE, "'new' is not a constructor", lambda d: constructor(d, "new")),
    ("policies", DECIDE, "a scalar exceeds its bound", lambda d: scalars(d, hard_risk_limit_bps="10001")),
    ("policies", DECIDE, "its size is not 1 to 65,535", lambda d: scalars(d, models=[])),
    ("policies", DECIDE, "its ids do not ascend", lambda d: model(d).update(model_id="0")),
    ("policies", DECIDE, "its ids do not ascend", lambda d: second_model(d, model_id="1")),
    ("policies", DECIDE, "enabled is not 0 or 1", lambda d: second_model(d, model_id="9", enabled="2")),
    ("policies", TIES, "no model is enabled", lambda d: [one.update(enabled="0") for one in scalars(d)["models"]]),
    ("policies", DECIDE, "a model exceeds a bound", lambda d: model(d).update(provider_id="64")),
    ("policies", GIVEN_ORDER, "policy is refused: POLICY_PROVIDER_ID", lambda d: model(d).update(provider_id="64")),
    ("preimages", DIGEST, "lacks its preimage", lambda d: case(d)["expect"].pop("preimage_hex")),
    ("preimages", DIGEST, "its digest is not the hash", lambda d: case(d)["expect"].update(preimage_hex="00")),
    ("parts", CHAIN, "log has two parts that are one", lambda d: case(d)["input"]["log"].append(NEWLINE)),
    ("abouts", DECIDE, "its about is not a sentence", lambda d: case(d).update(about="No stop")),
]  # fmt: skip


def refusal(document: Any) -> Any:
    """The first refusal of a file."""
    expects = (one["expect"] for group in document["groups"] for one in group["cases"])
    return next(expect["error"] for expect in expects if "error" in expect)


def scalars(document: Any, **changes: Any) -> Any:
    policy = first(document)["given"]["policy"]
    policy.update(changes)
    return policy


def constructor(document: Any, name: str) -> None:
    scalars(document, constructor=name)


@pytest.mark.parametrize(("rule", "path", "message", "edit"), CASE_MISTAKES)
def test_a_mistake_in_a_case_is_found(rule: str, path: str, message: str, edit: Edit) -> None:
    def messages(tree: Tree) -> str:
        return "\n".join(f"{where}: {found}" for where, found in RULES[rule](tree))

    planted = messages(alone(path, edit))
    assert message in planted
    # what only a whole corpus satisfies is said of one file anyway: the mistake must be news
    assert planted != messages(alone(path))


def test_what_nothing_uses_is_found() -> None:
    tree = dataclasses.replace(alone(DECIDE), codes={**shipped().codes, "NO_SUCH_CODE": {}})
    assert ("schema/codes.json", "NO_SUCH_CODE is reached by no case") in list(RULES["codes"](tree))
    assert ("v1", "the flag HEX_ORDER is on no case") in list(RULES["flags"](tree))


def test_a_broken_lock_is_found() -> None:
    tree = dataclasses.replace(shipped(), lock=f"{shipped().lock}decide/a/b\n")
    assert list(RULES["lock"](tree)) == [("ids.lock", "has a line that is not an id and a hash")]
    gone = dataclasses.replace(shipped(), lock=f"{shipped().lock}decide/a/b {'0' * 64}\ndecide/a/c withdrawn\n")
    assert list(RULES["lock"](gone)) == [("decide/a/b", "is locked, but neither there nor withdrawn")]


def test_two_files_with_one_title_are_found() -> None:
    documents = {path: {**alone(DECIDE).documents[DECIDE]} for path in ("v1/decide/a.json", "v1/decide/b.json")}
    tree = dataclasses.replace(shipped(), documents=documents)
    assert ("v1/decide", "2 files have the title 'Each gate alone'") in list(RULES["abouts"](tree))


# ---- rules about files: they look at the disk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the corpus that holds one file of cases."""
    source, root = corpus.default_root(), tmp_path / "vectors"
    shutil.copytree(source / "schema", root / "schema")
    for name in (HEX, "CHANGELOG.md", "ids.lock"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, root / name)
    pin(root)
    return root


def pin(root: Path) -> None:
    files = {path: (root / path).read_bytes() for path in corpus.case_paths(root)}
    (root / corpus.MANIFEST).write_bytes(vectors.manifest(vectors.VERSION, files))


def rewrite(edit: Edit) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        document = json.loads((root / HEX).read_bytes())
        edit(document)
        (root / HEX).write_bytes(render(document))

    return change


def bytes_edit(before: bytes, after: bytes) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        data = (root / HEX).read_bytes()
        assert before in data
        (root / HEX).write_bytes(data.replace(before, after, 1))

    return change


FILE_MISTAKES: list[tuple[str, str, Callable[[Path], object]]] = [
    ("rendering", "is not a JSON object", lambda root: (root / HEX).write_bytes(b"[1, 2]")),
    ("rendering", "is not a JSON object", lambda root: (root / HEX).write_bytes(b"\xff\xfe")),
    ("rendering", "is not rendered", bytes_edit(b'  "suite"', b'\t"suite"')),
    ("rendering", "is not rendered", bytes_edit(b"\n", b"\r\n")),
    ("rendering", "is not rendered", bytes_edit(b'"suite": "hex"', b'"suite": "hey",\n  "suite": "hex"')),
    ("rendering", "is not rendered", bytes_edit("é".encode(), b"\\u00e9")),
    ("rendering", "is not rendered", lambda root: (root / HEX).write_bytes((root / HEX).read_bytes() + b"\n")),
    ("size", "the limit is 300,000", rewrite(lambda d: case(d).update(about="x" * 300_000))),
    ("frame", "its keys are ['suite', 'op'", rewrite(lambda d: swap(d, "format"))),
    ("frame", "its keys are", rewrite(lambda d: d.update(comment="no"))),
    ("frame", "hex/decode.json: source: its keys are", rewrite(lambda d: d["source"].pop("revision"))),
    ("frame", "note HEX_ORDER: its keys are", rewrite(lambda d: d["notes"]["HEX_ORDER"].pop("why"))),
    ("frame", "group: its keys are", rewrite(lambda d: first(d).update(also="x"))),
    ("frame", "case: its keys are", rewrite(lambda d: swap(case(d), "id"))),
    ("frame", "case: its keys are None", rewrite(lambda d: first(d)["cases"].append("x"))),
    ("frame", "expects none of", rewrite(lambda d: case(d).update(expect={"ok": {}, "error": {}}))),
    ("frame", "expects none of", rewrite(lambda d: case(d).update(expect={}))),
    ("frame", "error: its keys are ['code', 'at', 'message']", rewrite(lambda d: refusal(d).update(message="x"))),
    ("frame", "needs an object of notes and a list of groups", rewrite(lambda d: d.update(notes=[]))),
    ("schemas", "differs from the table", lambda root: (root / "schema/vectors.schema.json").write_text("{}")),
    ("schemas", "is missing", lambda root: (root / "schema/manifest.schema.json").unlink()),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "message", "change"), FILE_MISTAKES)
def test_a_mistake_in_a_file_is_found(root: Path, rule: str, message: str, change: Callable[[Path], object]) -> None:
    assert list(RULES[rule](read(root))) == []
    change(root)
    pin(root)
    assert message in "\n".join(f"{where}: {found}" for where, found in RULES[rule](read(root)))


def test_a_tree_that_is_not_its_manifests_is_found(root: Path) -> None:
    bytes_edit(b"hex", b"hax")(root)
    (problem,) = lint(root)
    assert (problem.rule, problem.where) == ("manifest", "MANIFEST.json")
    assert str(problem).endswith("[manifest]")


def test_a_change_log_that_lags_behind_is_found(root: Path) -> None:
    (root / "CHANGELOG.md").write_text("# Changes\n\n## 0.9.0\n")
    assert "begins with version ['0.9.0']" in "\n".join(str(one) for one in lint(root) if one.rule == "changelog")
    (root / "CHANGELOG.md").unlink()
    assert any(one.rule == "changelog" for one in lint(root))


def test_every_rule_has_a_test() -> None:
    tested = {rule for rule, *_ in CASE_MISTAKES} | {rule for rule, *_ in FILE_MISTAKES} | {"manifest", "changelog"}
    assert tested == RULES.keys()
    assert all(rule.__doc__ for rule in RULES.values())
