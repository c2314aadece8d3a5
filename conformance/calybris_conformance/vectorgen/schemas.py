"""The JSON Schemas of the vector files, printed from the table of shapes, so that they cannot lag behind it."""

from __future__ import annotations

from typing import Any

from calybris_conformance.corpus import FORMAT, MANIFEST_FORMAT
from calybris_conformance.vectorgen.draft import render
from calybris_conformance.vectorgen.shapes import DEFINITIONS, OPERATIONS, json_schema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CODE = "^[A-Z]+(_[A-Z]+)+$"
CLAUSE = r"^[A-Z]+-[1-9][0-9]*$"
FLAG = r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
CASE_ID = r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*){2}$"
FEATURE = r"^[a-z]+([._][a-z]+)*$"

FILE_KEYS = [
    *("format", "suite", "op", "title", "clauses", "requires", "level"),
    *("timeout_seconds", "source", "notes", "count", "groups"),
]
"""The keys of every part of a file, in the order in which they stand."""
OPTIONAL_FILE_KEYS = ("timeout_seconds",)
SOURCE_KEYS = ["generator", "revision"]
NOTE_KEYS = ["hunts", "why", "clauses"]
GROUP_KEYS = ["group", "given", "cases"]
CASE_KEYS = ["id", "about", "flags", "input", "expect"]
EXPECT_KEYS = (["ok"], ["ok", "preimage_hex"], ["steps"], ["error"])
ERROR_KEYS = ["code", "at"]

_TEXT = {"type": "string", "minLength": 1}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def _list(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, "uniqueItems": True, **more}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in optional],
        "additionalProperties": False,
    }


def generate() -> dict[str, bytes]:
    """Path → bytes of every schema that is generated."""
    return {
        "schema/vectors.schema.json": render(vectors_schema()),
        "schema/manifest.schema.json": render(_manifest_schema()),
        "schema/codes.schema.json": render(_codes_schema()),
    }


def vectors_schema() -> dict[str, Any]:
    """Of a file of cases: the frame, and per operation what stands in it."""
    note = _object({"hunts": _TEXT, "why": _TEXT, "clauses": _list(_text(CLAUSE), minItems=1)})
    file = _object(
        {
            "format": {"const": FORMAT},
            "suite": _text(SLUG),
            "op": {"enum": list(OPERATIONS)},
            "title": _TEXT,
            "clauses": _list(_text(CLAUSE), minItems=1),
            "requires": _list(_text(FEATURE)),
            "level": {"enum": ["must", "should"]},
            "timeout_seconds": _text("^[1-9][0-9]*$"),
            "source": _object({"generator": _TEXT, "revision": _TEXT}),
            "notes": {
                "type": "object",
                "propertyNames": {"pattern": FLAG},
                "additionalProperties": note,
            },
            "count": {"type": "integer", "minimum": 1},
            "groups": {"type": "array", "minItems": 1},
        },
        optional=OPTIONAL_FILE_KEYS,
    )
    per_operation = [
        {
            "if": {"properties": {"op": {"const": op}}},
            "then": {"properties": {"groups": {"items": {"$ref": f"#/$defs/{op}"}}}},
        }
        for op in OPERATIONS
    ]
    return {
        "$schema": _DIALECT,
        "title": "A file of Calybris vectors",
        **file,
        "allOf": per_operation,
        "$defs": {
            **{name: json_schema(shape, inline=True) for name, shape in DEFINITIONS.items()},
            **{op: _group_schema(op) for op in OPERATIONS},
        },
    }


def _group_schema(op: str) -> dict[str, Any]:
    shape = OPERATIONS[op]
    if list(shape.ok) == ["steps"]:
        right = json_schema(shape.ok)
    else:
        right = _object({"ok": json_schema(shape.ok), "preimage_hex": json_schema("hex")}, optional=("preimage_hex",))
    refused = _object({"error": _object({"code": _text(_CODE), "at": _TEXT})})
    case = _object(
        {
            "id": _text(CASE_ID),
            "about": _TEXT,
            "flags": _list(_text(FLAG)),
            "input": json_schema(shape.input),
            "expect": {"oneOf": [right, refused]},
        }
    )
    return _object(
        {
            "group": _text(SLUG),
            "given": json_schema(shape.given),
            "cases": {"type": "array", "minItems": 1, "items": case},
        }
    )


def _manifest_schema() -> dict[str, Any]:
    files = {
        "type": "object",
        "propertyNames": {"pattern": r"^v1/[a-z]+/[a-z0-9_-]+\.json$"},
        "additionalProperties": _SHA256,
    }
    return {
        "$schema": _DIALECT,
        "title": "The manifest of the Calybris vectors",
        **_object(
            {
                "format": {"const": MANIFEST_FORMAT},
                "version": _text(r"^[1-9][0-9]*\.[0-9]+\.[0-9]+$"),
                "tree_sha256": _SHA256,
                "files": files,
            }
        ),
    }


def _codes_schema() -> dict[str, Any]:
    code = _object({"at": _TEXT, "clauses": _list(_text(CLAUSE), minItems=1), "means": _TEXT})
    codes = {"type": "object", "propertyNames": {"pattern": _CODE}, "additionalProperties": code}
    return {
        "$schema": _DIALECT,
        "title": "The closed registry of refusal codes",
        **_object({"format": {"const": "calybris-codes/1"}, "codes": codes}),
    }
