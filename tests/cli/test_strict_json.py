import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_ref.cli.strict_json import MAX_BYTES, MAX_DEPTH, JsonError, parse
from tests.support.records import I64_MIN, U64_MAX

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_a_document_without_surprises_is_read(value: object) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    refusal = None
    try:
        value = parse(data)
    except JsonError as error:
        refusal = error
    if refusal is None:
        assert json.loads(data) == value
    else:
        assert refusal.code.startswith("JSON_")
        assert str(refusal)


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "JSON_SYNTAX_INVALID", "column 1: expecting value"),
        (b"{", "JSON_SYNTAX_INVALID", "column 2: expecting property name enclosed in double quotes"),
        (b'{\n"a": tru}', "JSON_SYNTAX_INVALID", "line 2 column 6: expecting value"),
        (b"01", "JSON_SYNTAX_INVALID", "column 2: extra data"),
        (b"[1] [2]", "JSON_SYNTAX_INVALID", "column 5: extra data"),
        (b'"\x01"', "JSON_SYNTAX_INVALID", "column 2: invalid control character at"),
        (b'{"a": "\xff"}', "JSON_ENCODING_INVALID", "byte 7 is not UTF-8 (invalid start byte)"),
        (b"\xef\xbb\xbf{}", "JSON_ENCODING_INVALID", "it begins with a byte order mark"),
        ("{}".encode("utf-16"), "JSON_ENCODING_INVALID", "byte 0 is not UTF-8 (invalid start byte)"),
        (b'{"a": 1, "b": 2, "a": 1}', "JSON_KEY_DUPLICATE", "a: the key stands twice"),
        (b'{"m": [{}, {"a": 1, "\\u0061": 2}]}', "JSON_KEY_DUPLICATE", "m[1].a: the key stands twice"),
        (b'{"a": [0, 1.5]}', "JSON_NUMBER_INVALID", "a[1]: 1.5 is not an integer"),
        (b'{"a": 1e3}', "JSON_NUMBER_INVALID", "a: 1e3 is not an integer"),
        (b"1.0", "JSON_NUMBER_INVALID", "1.0 is not an integer"),
        (b"[-0]", "JSON_NUMBER_INVALID", "[0]: -0 is not a canonical integer"),
        (b"[NaN]", "JSON_NUMBER_INVALID", "[0]: NaN is not JSON"),
        (b'{"a": -Infinity}', "JSON_NUMBER_INVALID", "a: -Infinity is not JSON"),
        (
            b"[" + b"9" * 5_000 + b"]",
            "JSON_NUMBER_INVALID",
            "[0]: a number of 5000 digits is longer than any integer here",
        ),
        (
            b"[1." + b"9" * 5_000 + b"]",
            "JSON_NUMBER_INVALID",
            "[0]: 1.9999999999999999999999999999999999... is not an integer",
        ),
        (b'{"a b": {"c": "\\ud800"}}', "JSON_TEXT_INVALID", "['a b'].c: the text holds a lone surrogate"),
        (b'{"\\ud800": 1}', "JSON_TEXT_INVALID", "['\\ud800']: the text holds a lone surrogate"),
        (b"[" * 100_000, "JSON_NESTING_TOO_DEEP", f"values nest deeper than {MAX_DEPTH} levels"),
        (b" " * (MAX_BYTES + 1), "JSON_TOO_LARGE", "the document is larger than 16777216 bytes (16 MiB)"),
    ],
)
def test_a_surprise_is_refused(data: bytes, code: str, message: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse(data)
    assert (caught.value.code, str(caught.value)) == (code, message)


def test_the_bounds_are_inside() -> None:
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    parse(b" " * (MAX_BYTES - 1) + b"0")
    assert parse(str(U64_MAX).encode()) == U64_MAX
    assert parse(str(I64_MIN).encode()) == I64_MIN


def test_one_level_too_many_is_named() -> None:
    with pytest.raises(JsonError) as caught:
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert caught.value.at == "[0]" * MAX_DEPTH
