"""What is JSON, and what its parts are (LOG-3, LOG-7), compared with the parser of the language."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_spec.integers import WIDTHS, i64, u8
from calybris_spec.json_text import (
    OPEN_LIST,
    OPEN_OBJECT,
    SCALAR,
    TEXT,
    Outline,
    Part,
    decoded,
    fields_from,
    flag_value,
    integer_value,
    items,
    members,
    object_text,
    outline,
    text_value,
    value_text,
    written,
)
from calybris_spec.verify import Bundle

# JSON, and texts near it
PIECES = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "1",
    "-",
    "0",
    ".",
    "e",
    "+",
    "true",
    "nul",
    "null",
    " ",
    "\t",
    "\n",
    "\r",
    "\\u",
    "\f",
]
near_json = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def is_json(text: str) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        json.loads(text, parse_constant=refuse, parse_float=str, parse_int=str)
    except ValueError:
        return False
    return True


@given(near_json)
def test_a_text_near_json_is_json_when_the_language_says_so(text: str) -> None:
    assert (outline(text) is not None) == is_json(text)


@given(values, st.sampled_from([None, 0, 1, "\t"]), st.booleans())
def test_every_value_is_json_and_every_cut_of_a_container_is_not(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = outline(text)
    assert found is not None
    if isinstance(value, list):
        assert found.kind == OPEN_LIST
        assert [json.loads(part.value) for part in found.parts] == value
    elif isinstance(value, dict):
        assert found.kind == OPEN_OBJECT
        assert {json.loads(part.key): json.loads(part.value) for part in found.parts} == value
    else:
        assert found == Outline(TEXT if isinstance(value, str) else SCALAR, ())
    if isinstance(value, list | dict | str):
        assert all(outline(text[:end]) is None for end in range(len(text)))


NO_JSON = ["", " ", "{", "[1,]", "{,}", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", "[1}", "{]", "1 2", "01", "1.", ".1"]
NO_JSON += ["NaN", "Infinity", "-Infinity", "nul", "True", "'a'", '"\n"', '"\x1f"', '"\\x"', '"\\u12"', '"\\u12g4"']
NO_JSON += ["[1 2]", '{"a":1 "b":2}', "1]", '"a" "b"', "[,1]", "[1,,2]", "--1", "1\f", "/**/1", '{"a" 1}', "\u0661"]
NO_JSON += ["1e", "+1", "\ufeff1", "\x001"]


@pytest.mark.parametrize("text", NO_JSON)
def test_what_is_no_json(text: str) -> None:
    assert outline(text) is None
    assert not is_json(text)


@pytest.mark.parametrize(
    "text", ["0", "-0", "1.50", "1e400", "-1E-7", "9" * 5_000, '"\\ud800"', '"\x7f\u2028"', " \t\r\n1 \t\r\n"]
)
def test_what_is_json(text: str) -> None:
    assert outline(text) is not None


def test_any_depth_is_read() -> None:
    depth = 50_000
    assert outline("[" * depth + "]" * depth) == Outline(OPEN_LIST, (Part("", "[" * (depth - 1) + "]" * (depth - 1)),))
    assert outline("[" * depth + "]" * (depth - 1)) is None
    assert outline('{"a":' * depth + "{}" + "}" * depth) is not None


@given(values, st.lists(st.sampled_from([" ", "\t", "\r", "\n"]), max_size=3).map("".join))
def test_the_span_of_a_value_has_no_white_space_around_it(value: Any, space: str) -> None:
    text = json.dumps(value)
    assert outline(f"{space}[{space}{text}{space},{space}1{space}]{space}") == Outline(
        OPEN_LIST, (Part("", text), Part("", "1"))
    )
    assert members(f'{{{space}"a"{space}:{space}{text}{space}}}', ("a",)) == {"a": text}


def test_keys_are_compared_by_what_they_mean() -> None:
    assert members('{"\\u0061":1,"b":2}', ("a", "b")) == {"a": "1", "b": "2"}
    assert members('{"b":2}', ("b",), ("a",)) == {"b": "2"}
    for wrong in ('{"a":1,"\\u0061":2}', '{"a":1}', '{"a":1,"b":2,"c":3}', '{"a":1,"\\ud800":2}', "[1,2]", "1", "{"):
        assert members(wrong, ("a", "b")) is None


@given(st.text())
def test_a_text_is_read_back_as_written(text: str) -> None:
    assert decoded(written(text)) == text
    assert json.loads(written(text)) == text
    assert decoded(json.dumps(text)) == text


def test_escapes_are_read() -> None:
    assert decoded('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud83d\\uDE00"') == '"\\/\b\f\n\r\té\U0001f600'
    assert decoded('"\\\\ud800"') == "\\ud800"
    assert decoded('"\\ud83d\\ud83d\\ude00"') is None


def test_values_of_the_wrong_kind_are_none() -> None:
    assert (text_value('"a"'), text_value("1"), text_value('"\\udc00"')) == ("a", None, None)
    assert (flag_value("true"), flag_value("false"), flag_value('"true"')) == (True, False, None)
    assert (items("[1, [2]]"), items("[]"), items("{}"), items("[")) == (("1", "[2]"), (), None, None)
    assert (integer_value("255", WIDTHS["u8"]), integer_value("256", WIDTHS["u8"])) == (255, None)


class Sample:
    """A record with one field of each kind."""

    number: u8
    signed: i64
    flag: bool
    text: str
    name: u8


NAMES = {"name": {"One": 1}}
GOOD = {"number": "7", "signed": "-1", "flag": "true", "text": '"é"', "name": '"One"'}


def test_a_record_is_read_by_the_types_that_it_declares() -> None:
    expected = {"number": 7, "signed": -1, "flag": True, "text": "é", "name": 1}
    assert fields_from(object_text(GOOD), Sample, NAMES) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "256"), ("signed", "-0"), ("flag", "1"), ("text", "1"), ("name", '"one"'), ("name", "1")],
)
def test_a_record_with_a_wrong_field_is_none(field: str, value: str) -> None:
    assert fields_from(object_text(GOOD | {field: value}), Sample, NAMES) is None


def test_a_record_with_wrong_keys_is_none() -> None:
    assert fields_from("{}", Bundle) is None


def test_fields_are_written_as_json() -> None:
    assert [value_text(value) for value in (True, False, -7, "é\n")] == ["true", "false", "-7", '"é\\n"']
