"""Reading JSON from a stranger: what is refused, with which sentence, and that nothing else ever comes out."""

import json
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calybris_conformance.strict_json import DEPTH_LIMIT, LINE_LIMIT, JsonError, NotJsonError, read_object

NOT_JSON = [
    (b"", "column 1"),
    (b"hello", "begins with 'hello'"),
    (b'{"a":1', "not JSON"),
    (b'{"a":1} x', "not JSON"),
    (b"\xff\xfe", "not UTF-8 (byte 0)"),
    (b'{"a":"\xed\xa0\x80"}', "not UTF-8 (byte 6)"),
    (b"\xef\xbb\xbf{}", "not JSON"),
    (b'{"a":NaN}', "holds NaN"),
    (b'{"a":-Infinity}', "holds -Infinity"),
    (b'{"a":"\x01"}', "not JSON"),
    (b"{'a':1}", "not JSON"),
    (b'{"a":01}', "not JSON"),
]
REFUSED = [
    (b"[]", "a list of 0, not a JSON object"),
    (b'"text"', "'text', not a JSON object"),
    (b"null", "null, not a JSON object"),
    (b'{"a":1,"b":2,"a":3}', "the key 'a' twice"),
    (b'{"x":{"a":1,"a":1}}', "the key 'a' twice"),
    (rb'{"a":"\ud800"}', "lone surrogate"),
    (rb'{"\udfff":1}', "lone surrogate"),
    (b'{"a":1e999}', "no double can hold"),
    (b'{"a":' + b"9" * 5000 + b"}", "5,000 digits"),
    (b'{"a":' * 100 + b"1" + b"}" * 100, "nests deeper"),
    (b'{"a":' + b"[" * 1_000_000 + b"}", "nests deeper"),
    (b'{"a":"' + b"x" * LINE_LIMIT + b'"}', "longer than 16,777,216 bytes"),
]


@pytest.mark.parametrize(("line", "words"), NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_not_json_is_told_apart(line: bytes, words: str) -> None:
    with pytest.raises(NotJsonError) as caught:
        read_object(line)
    assert words in str(caught.value)


@pytest.mark.parametrize(("line", "words"), REFUSED, ids=range(len(REFUSED)))
def test_json_that_no_message_may_hold_is_refused(line: bytes, words: str) -> None:
    with pytest.raises(JsonError) as caught:
        read_object(line)
    assert words in str(caught.value)
    assert not isinstance(caught.value, NotJsonError)


def test_ordinary_objects_are_read() -> None:
    assert read_object('{"a":[1,-2.5,null,true,"é😀"],"b":{}}\r\n'.encode()) == {
        "a": [1, -2.5, None, True, "é😀"],
        "b": {},
    }
    assert read_object(rb'{"a":"\ud83d\ude00"}') == {"a": "😀"}  # a pair of surrogates is a character


def test_the_limits_themselves_are_accepted() -> None:
    deepest = DEPTH_LIMIT - 1  # the object is the first
    assert read_object(b'{"a":' + b"[" * deepest + b"]" * deepest + b"}")
    with pytest.raises(JsonError):
        read_object(b'{"a":' + b"[" * (deepest + 1) + b"]" * (deepest + 1) + b"}")
    assert read_object(b'{"a":"' + b"x" * (LINE_LIMIT - 8) + b'"}\n')


def check(line: bytes) -> None:
    """Either an object comes out that can be written again, or a sentence on one line."""
    try:
        value = read_object(line)
    except JsonError as error:
        sentence = str(error)
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 300
    else:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
@example(b"\x00")
def test_any_bytes(line: bytes) -> None:
    check(line)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=500, deadline=None)
@given(VALUES, st.booleans())
def test_any_json_value(value: object, ascii_only: bool) -> None:
    check(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


def test_ten_thousand_random_lines() -> None:
    source = random.Random(1)  # noqa: S311 - repeatable noise
    tokens = [b"{", b"}", b"[", b"]", b'"', b":", b",", b"1", b"-", b"e9", b".", b"NaN", b"null", b'"a"', b"\\ud800"]
    tokens += [b"\\", b"\xc3\xa9", b"\xff", b"true", b" ", b"\t", b"\x00", b'"a":1', b'{"a":1', b"99999999999"]
    for _ in range(10_000):
        check(b"".join(source.choices(tokens, k=source.randrange(12))))
        check(source.randbytes(source.randrange(40)))
