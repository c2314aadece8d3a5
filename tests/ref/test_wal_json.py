"""calybris_ref.wal_json: the grammar of RFC 8259 at any depth, without building values (LOG-3)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_ref import wal_json
from calybris_ref.wal_json import NotJsonError, check_value, flat_object, members, string, value_end

GOOD = [
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1.5e+10",
        "1E5",
        "0.0",
        '""',
        '"é\\u00e9\\n\\/"',
        '"\\ud800"',
        '"\x7f\u2028"',
    ),
    *("[]", "[ ]", "{}", "{ }", "[1,[2,[3]],{}]", '{"a":1,"a":2}', '{"a" : [ 1 , 2 ] , "b\\"" : { } }', "9" * 5_000),
    *('[["a","b\\n"],{"c\\n":["d\\n"]}]', "[[],{}]", "1e999", '{"\\u0061":{"b":[{}]}}'),
]
BAD = [
    *("", " ", "nul", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1"),
    *("[", "]", "[1,]", "[,1]", "[1 2]", "[1", "{", "}", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", '{"a":1 "b":2}'),
    *('{"a":1', '"', '"\t"', '"\x00"', '"\\x"', '"\\u12g4"', '"\\u123"', "'a'", "\ufeff1", "1\x0c", "1\xa0", "[1\x0c]"),
    *('{"a\\x":1}', '{"a" 1}', "[1}", '{"a":1]', "１", "// c", "[NaN]", '{"\\u12":1}', '["\\x"]'),
]


@pytest.fixture(params=["module", "loop"])
def _reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "loop":
        monkeypatch.setattr(wal_json, "_BUILT_AT_MOST_CHARACTERS", -1)


@pytest.mark.usefixtures("_reader")
@pytest.mark.parametrize("text", GOOD)
def test_json_is_read_to_its_end(text: str) -> None:
    assert value_end(f"@{text}", 1) == len(text) + 1
    check_value(f" \t\r\n{text} \n")


@pytest.mark.usefixtures("_reader")
@pytest.mark.parametrize("text", BAD)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(NotJsonError, match="it is no JSON"):
        check_value(text)


@pytest.mark.usefixtures("_reader")
def test_a_value_begins_exactly_where_it_is_said_to() -> None:
    with pytest.raises(NotJsonError, match="character 0"):
        value_end(" 1")
    assert value_end("12,") == 2


@pytest.mark.usefixtures("_reader")
@pytest.mark.parametrize("text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000])
def test_any_depth_is_read(text: str) -> None:
    assert value_end(text) == len(text)
    with pytest.raises(NotJsonError):
        value_end(text[:-1])


def test_a_depth_that_the_module_refuses_is_read_by_the_loop() -> None:
    text = "[" * 5_000 + "]" * 5_000
    with pytest.raises(RecursionError):
        json.loads(text)
    assert value_end(text) == len(text)


@given(st.text(alphabet='[]{}:,"\\ \n\tntrue01-.eEu9a', max_size=12), st.booleans())
def test_the_loop_and_the_module_agree(text: str, strings: bool) -> None:
    text = f'["{text}"]' if strings else text

    def end(read: object) -> object:
        try:
            return read(text)  # type: ignore[operator]  # one of the two below
        except NotJsonError:
            return None

    assert end(value_end) == end(lambda text: wal_json._end_at_any_depth(text, 0))


def test_the_members_of_an_object() -> None:
    text = ' { "a" : 1 , "\\u0062" : [ 2 ] , "a":"x\\n"} '
    assert [(key, text[start:end]) for key, start, end in members(text)] == [
        ("a", "1"),
        ("b", "[ 2 ]"),
        ("a", '"x\\n"'),
    ]
    assert list(members(" { } ")) == []


@pytest.mark.parametrize(
    "text", ["[1]", "1", '"{"', "[]", "", "{", '{"a"', '{"a":', '{"a":1', '{"a":1}}', '{"a":1,}', "{a:1}"]
)
def test_what_is_no_object_has_no_members(text: str) -> None:
    with pytest.raises(NotJsonError):
        list(members(text))


def test_a_string_is_decoded() -> None:
    assert string('x"a"y', 1) == ("a", 4)
    assert string('"\\ud83d\\ude00\\t"') == ("😀\t", 16)
    for text in ("a", "", '"\\q"', '"a'):
        with pytest.raises(NotJsonError):
            string(text)


def test_a_flat_object_holds_plain_values_only() -> None:
    assert flat_object(' {"a": -1, "b": "\\ud83d\\ude00", "c": true, "d": null, "e": 0} ') == {
        "a": -1,
        "b": "😀",
        "c": True,
        "d": None,
        "e": 0,
    }


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "1", "", '{"a":1,"a":1}', '{"a":-0}', '{"a":1.0}', '{"a":1e2}', '{"a":NaN}', '{"a":"\\ud800"}'),
        *('{"a":' + "9" * 30 + "}", '{"a":' + "9" * 5_000 + "}", '{"a":' + "[" * 5_000 + "]" * 5_000 + "}", "{} {}"),
    ],
)
def test_any_other_text_is_no_flat_object(text: str) -> None:
    with pytest.raises(NotJsonError):
        flat_object(text)
