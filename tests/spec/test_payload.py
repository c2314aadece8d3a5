"""What a writer prints, and what it refuses, where (LOG-5, LOG-7)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.payload import MOST_LEVELS, REFUSALS, payload_of

writable = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(writable, st.sampled_from([None, 2]), st.booleans())
def test_a_payload_is_written_in_one_form(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    payload = payload_of(text)
    assert payload == (0, "", json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    assert payload_of(payload.text) == payload


REFUSED = [
    ("1.5", "FLOAT", "data"),
    ("1e2", "FLOAT", "data"),
    ("[1,2E0]", "FLOAT", "data[1]"),
    ("-0.0", "FLOAT", "data"),
    ("9" * 30 + ".5", "FLOAT", "data"),
    (str(2**64), "INTEGER_OUT_OF_RANGE", "data"),
    (str(-(2**63) - 1), "INTEGER_OUT_OF_RANGE", "data"),
    ("9" * 5_000, "INTEGER_OUT_OF_RANGE", "data"),
    ('{"scores":[1,2,3.5]}', "FLOAT", "data.scores[2]"),
    ('"\\ud800"', "TEXT_INVALID", "data"),
    ('["",{"a":"\\udc00"}]', "TEXT_INVALID", "data[1].a"),
    ('{"a":{"b":1,"\\ud800":2}}', "TEXT_INVALID", "data.a"),
    ('[{"\\ud800":2}]', "TEXT_INVALID", "data[0]"),
    ('{"a":1,"b":2,"\\u0061":1.5}', "KEY_DUPLICATE", "data.a"),
    ('{"":{"x":1,"x":2}}', "KEY_DUPLICATE", "data..x"),
    ('{"a":1.5,"a":2}', "FLOAT", "data.a"),
    ('[[],{},[1.5],"\\ud800"]', "FLOAT", "data[2][0]"),
    ('{"a":[{},{"b":[0,[1.5]]}]}', "FLOAT", "data.a[1].b[1][0]"),
    ("[" * 101 + "]" * 101, "TOO_DEEP", "data" + "[0]" * 100),
    ('{"a":' * 100 + "[1.5]" + "}" * 100, "TOO_DEEP", "data" + ".a" * 100),
]


@pytest.mark.parametrize(("text", "code", "path"), REFUSED)
def test_the_first_in_document_order_is_named(text: str, code: str, path: str) -> None:
    payload = payload_of(text)
    assert (REFUSALS[payload.problem].code, payload.path, payload.text) == ("LOG_PAYLOAD_" + code, path, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-0", "0"),
        (str(2**64 - 1), str(2**64 - 1)),
        (str(-(2**63)), str(-(2**63))),
        ('{ "b" : [ ] , "a" : { } }', '{"b":[],"a":{}}'),
        ('"\\/\\u007f\\u2028\\u001F"', '"/\x7f\u2028\\u001f"'),
        ('{"a":1,"A":1,"a ":1}', '{"a":1,"A":1,"a ":1}'),
        ('[{"a":1},{"a":1}]', '[{"a":1},{"a":1}]'),
        ("[" * MOST_LEVELS + "1" + "]" * MOST_LEVELS, "[" * MOST_LEVELS + "1" + "]" * MOST_LEVELS),
    ],
)
def test_what_is_written(text: str, expected: str) -> None:
    assert payload_of(text) == (0, "", expected)


def test_a_payload_within_another_counts_the_levels_around_it() -> None:
    assert payload_of("[" * 99 + "]" * 99, "data.metadata", around=1).problem == 0
    assert payload_of("[" * 100 + "]" * 100, "data.metadata", around=1).path == "data.metadata" + "[0]" * 99


@pytest.mark.parametrize("text", ["", "{", "1 2"])
def test_a_payload_is_one_json_value(text: str) -> None:
    with pytest.raises(ValueError, match="one JSON value"):
        payload_of(text)
