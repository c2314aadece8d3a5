"""Shapes say what is wrong and put keys in order; the schemas that are printed from them accept the corpus."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from calybris_conformance import corpus
from calybris_conformance.vectorgen import schemas
from calybris_conformance.vectorgen.shapes import Either, Maybe, Some, ordered, problems

VECTORS = corpus.default_root()


def test_shapes_name_what_is_wrong() -> None:
    shape = {"a": "u8", "b": Maybe("flag"), "c": [Either(("name", {"d": "hex"}))], "e": Some({"f": "u8", "g": "u8"})}
    good = {"a": "1", "b": None, "c": ["x_y", {"d": "00"}], "e": {"g": "2"}}
    assert list(problems(shape, good, "")) == []
    bad = {"a": "01", "b": "true", "c": ["X", {"d": "0"}], "e": {"g": "2", "f": "1"}}
    found = list(problems(shape, bad, "top"))
    assert [one.split(":")[0] for one in found] == ["top.a", "top.b", "top.c[0]", "top.c[1].d", "top.e"]
    assert list(problems(["u8"], "1", "x")) == ["x: '1' is not a list"]
    assert list(problems({"a": "u8"}, [], "x")) == ["x: [] is not an object"]


def test_keys_are_put_in_order_and_none_is_lost() -> None:
    shape = {"a": "u8", "b": {"c": "u8", "d": "u8"}, "l": [{"x": "u8", "y": "u8"}], "m": Maybe({"p": "u8", "q": "u8"})}
    value = {"m": {"q": "1", "p": "1"}, "z": "1", "l": [{"y": "1", "x": "1"}], "b": {"d": "1", "c": "1"}, "a": "1"}
    found = ordered(shape, value)
    assert json.dumps(found) == json.dumps(
        {"a": "1", "b": {"c": "1", "d": "1"}, "l": [{"x": "1", "y": "1"}], "m": {"p": "1", "q": "1"}, "z": "1"}
    )
    assert ordered(Maybe({"a": "u8"}), None) is None


@pytest.mark.parametrize(
    "path", sorted(VECTORS.glob("v1/*/*.json")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_files_follow_their_schema(path: Path) -> None:
    validator = jsonschema.Draft202012Validator(schemas.vectors_schema())
    assert [error.message[:200] for error in validator.iter_errors(json.loads(path.read_bytes()))] == []


def test_the_registry_and_the_manifest_follow_their_schemas() -> None:
    for name, schema in (("schema/codes.json", "codes"), ("MANIFEST.json", "manifest")):
        document = json.loads((VECTORS / "schema" / f"{schema}.schema.json").read_bytes())
        jsonschema.validate(json.loads((VECTORS / name).read_bytes()), document)


@pytest.mark.parametrize(
    "edit",
    [
        {"format": "calybris-vectors/2"},
        {"op": "think"},
        {"count": "4"},
        {"clauses": []},
        {"extra": 1},
        {"groups": [{"group": "A b", "given": {}, "cases": []}]},
    ],
)
def test_the_schema_refuses(edit: dict[str, Any]) -> None:
    document = json.loads((VECTORS / "v1/config/validate.json").read_bytes())
    validator = jsonschema.Draft202012Validator(schemas.vectors_schema())
    assert validator.is_valid(document)
    assert not validator.is_valid(document | edit)
