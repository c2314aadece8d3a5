"""calybris_ref.payload: what a writer prints, and what it refuses at which path (LOG-5, LOG-7)."""

import enum
import json
from collections import UserDict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_ref import JsonText, PayloadError, payload_bytes
from calybris_ref.wal_line import MAX_PAYLOAD_BYTES
from tests.support.logs import refusal

# Python values, a JSON text of the same, and what both are printed as.
PRINTED: list[tuple[Any, str, str]] = [
    (None, "null", "null"),
    (True, " true ", "true"),
    (False, "false", "false"),
    (0, "-0", "0"),
    (-(2**63), "-9223372036854775808", "-9223372036854775808"),
    (2**64 - 1, "18446744073709551615", "18446744073709551615"),
    ("", '""', '""'),
    ('a"\\/\b\t\n\f\r', '"a\\"\\\\\\/\\b\\t\\n\\f\\r"', '"a\\"\\\\/\\b\\t\\n\\f\\r"'),
    ("\x00\x1f\x7f\x80", '"\\u0000\\u001F\x7f\x80"', '"\\u0000\\u001f\x7f\x80"'),
    ("é😀\u2028", '"\\u00e9\\ud83d\\ude00\u2028"', '"é😀\u2028"'),
    ([], "[ ]", "[]"),
    ({}, "{ }", "{}"),
    ({"b": [1, {"a": None}], "a": [[]], "": 2}, ' {"b":[1,{"a":null}],"\\u0061":[[ ]], "" : 2}\n',
     '{"b":[1,{"a":null}],"a":[[]],"":2}'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text", "printed"), PRINTED, ids=[text for _, _, text in PRINTED])
def test_a_payload_has_one_form(value: Any, text: str, printed: str) -> None:
    assert payload_bytes(value) == payload_bytes(JsonText(text)) == printed.encode()
    assert json.loads(printed) == value


def test_kin_of_the_plain_types_are_printed_as_those() -> None:
    class Level(enum.IntEnum):
        HIGH = 3

    class Word(str):
        __slots__ = ()

    given = UserDict({Word("a"): (Level.HIGH, Word("é")), "b": JsonText('{"z":1,"a":2}')})
    assert payload_bytes(given) == '{"a":[3,"é"],"b":{"z":1,"a":2}}'.encode()


@pytest.mark.parametrize(
    ("payload", "code", "at"),
    [
        (1.5, "LOG_PAYLOAD_FLOAT", "data"),
        ({"scores": [1, 2, 2.0]}, "LOG_PAYLOAD_FLOAT", "data.scores[2]"),
        ([float("nan")], "LOG_PAYLOAD_FLOAT", "data[0]"),
        ([Decimal(1)], "LOG_PAYLOAD_FLOAT", "data[0]"),
        ([Fraction(1)], "LOG_PAYLOAD_FLOAT", "data[0]"),
        (2**64, "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "data"),
        ({"a": {"b": -(2**63) - 1}}, "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "data.a.b"),
        ([10**5_000], "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "data[0]"),
        (["a", "\ud800"], "LOG_PAYLOAD_TEXT_INVALID", "data[1]"),
        ({"a": [{"\udfffx": 1.5}]}, "LOG_PAYLOAD_TEXT_INVALID", "data.a[0]"),
        ({1: 2}, "LOG_PAYLOAD_TYPE_INVALID", "data"),
        ({"a": {None: 2}}, "LOG_PAYLOAD_TYPE_INVALID", "data.a"),
        ([b"bytes"], "LOG_PAYLOAD_TYPE_INVALID", "data[0]"),
        ([{1, 2}], "LOG_PAYLOAD_TYPE_INVALID", "data[0]"),
        (JsonText("1.0"), "LOG_PAYLOAD_FLOAT", "data"),
        (JsonText('{"a":[1e5]}'), "LOG_PAYLOAD_FLOAT", "data.a[0]"),
        (JsonText("[-0.0]"), "LOG_PAYLOAD_FLOAT", "data[0]"),
        (JsonText("18446744073709551616"), "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "data"),
        (JsonText("[-9223372036854775809]"), "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "data[0]"),
        (JsonText("9" * 10_000), "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", "data"),
        (JsonText('["\\ud800"]'), "LOG_PAYLOAD_TEXT_INVALID", "data[0]"),
        (JsonText('{"a":{"\\udc00":1}}'), "LOG_PAYLOAD_TEXT_INVALID", "data.a"),
        (JsonText('{"a":{"b":1,"\\u0062":2}}'), "LOG_PAYLOAD_KEY_DUPLICATE", "data.a.b"),
        (JsonText('{"a":1,"a":1.5}'), "LOG_PAYLOAD_KEY_DUPLICATE", "data.a"),
        (JsonText('{"a":1.5,"a":1}'), "LOG_PAYLOAD_FLOAT", "data.a"),
        (JsonText('{"a.b":[1.5]}'), "LOG_PAYLOAD_FLOAT", "data.a.b[0]"),
        (JsonText("[1.5"), "LOG_PAYLOAD_NOT_JSON", "data"),
        ({"a": JsonText("1 2")}, "LOG_PAYLOAD_NOT_JSON", "data.a"),
        (["x", JsonText('["\ud800"]')], "LOG_PAYLOAD_TEXT_INVALID", "data[1][0]"),
        (["x" * MAX_PAYLOAD_BYTES, 1.5], "LOG_PAYLOAD_FLOAT", "data[1]"),
        ("x" * (MAX_PAYLOAD_BYTES - 1), "LOG_PAYLOAD_TOO_LARGE", "data"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() and len(value) < 80 else "",
)
def test_the_first_value_that_no_payload_holds_is_named(payload: Any, code: str, at: str) -> None:
    with pytest.raises(PayloadError) as caught:
        payload_bytes(payload)
    assert refusal(caught) == (code, at)


def test_the_longest_payload_is_printed() -> None:
    assert len(payload_bytes("x" * (MAX_PAYLOAD_BYTES - 2))) == MAX_PAYLOAD_BYTES


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"k": value}
    return value


@pytest.mark.parametrize("as_text", [False, True])
def test_a_hundred_levels_are_printed_and_no_more(as_text: bool) -> None:
    def given(levels: int) -> Any:
        return JsonText(json.dumps(nested(levels))) if as_text else nested(levels)

    assert payload_bytes(given(100)).count(b"[") == 50
    with pytest.raises(PayloadError) as caught:
        payload_bytes(given(101))
    assert refusal(caught) == ("LOG_PAYLOAD_TOO_DEEP", "data" + ".k[0]" * 50)


def test_a_text_of_any_depth_is_refused_where_it_is_too_deep_or_before() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    for text, expected in [
        (deep, ("LOG_PAYLOAD_TOO_DEEP", "data" + "[0]" * 100)),
        (f"[1.5,{deep}]", ("LOG_PAYLOAD_FLOAT", "data[0]")),
        (f"[{deep},1.5]", ("LOG_PAYLOAD_TOO_DEEP", "data" + "[0]" * 100)),
    ]:
        with pytest.raises(PayloadError) as caught:
            payload_bytes(JsonText(text))
        assert refusal(caught) == expected


def test_a_value_that_holds_itself_is_too_deep() -> None:
    itself: list[Any] = []
    itself.append(itself)
    with pytest.raises(PayloadError, match="deeper than 100"):
        payload_bytes(itself)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON_VALUES)
def test_what_is_printed_reads_back_and_is_what_json_prints(value: Any) -> None:
    printed = payload_bytes(value)
    assert printed == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert payload_bytes(JsonText(json.dumps(value, indent=1))) == printed
