"""Known answers: the tokens and the parts of JSON texts, and what a record read from one holds (LOG-3, LOG-7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from icontract import ensure

from calybris_spec import json_text
from calybris_spec.integers import WIDTHS, i64, u8
from calybris_spec.json_text import (
    decoded,
    fields_from,
    flag_value,
    integer_value,
    items,
    members,
    object_text,
    outline,
    scan,
    text_value,
    value_text,
    written,
)
from calybris_spec.logic import no


class Sample(NamedTuple):
    """A record with a field of each kind."""

    number: u8
    signed: i64
    flag: bool
    text: str
    name: u8


NAMES = {"name": {"One": 1, "Two": 2}}
SAMPLE = '{"text":"\\u00e9","flag":true,"number":7,"name":"Two","signed":-5}'


@ensure(lambda result: result)
def tokens_and_places_have_these_numbers() -> bool:
    """LOG-3: eight kinds of tokens and nine places, no number twice; what is refused is 0."""
    tokens = (json_text.SCALAR, json_text.TEXT, json_text.OPEN_LIST, json_text.OPEN_OBJECT)
    others = (json_text.CLOSE_LIST, json_text.CLOSE_OBJECT, json_text.COLON, json_text.COMMA)
    values = (json_text.VALUE, json_text.FIRST_ITEM, json_text.FIRST_KEY, json_text.KEY, json_text.BEHIND_KEY)
    behind = (json_text.BEHIND_ITEM, json_text.BEHIND_MEMBER, json_text.NOTHING, json_text.ENDED)
    return (*tokens, *others, *values, *behind, json_text.REFUSED) == (*range(1, 9), *range(11, 20), 0)


@ensure(lambda result: result)
def a_text_has_these_tokens() -> bool:
    """LOG-3: kind, start, end, level and whether it is a key; white space stands around them."""
    return [*scan(' {"a" : [1,"b"]\t} \n')] == [
        (4, 1, 2, 0, False),
        (2, 2, 5, 1, True),
        (7, 6, 7, 1, False),
        (3, 8, 9, 1, False),
        (1, 9, 10, 2, False),
        (8, 10, 11, 2, False),
        (2, 11, 14, 2, False),
        (5, 14, 15, 1, False),
        (6, 16, 17, 0, False),
    ]


@ensure(lambda result: result)
def a_text_is_refused_where_it_stops_being_json() -> bool:
    """LOG-3: the last token is at this place and level."""
    refused = {
        "": (0, 0),
        " ": (1, 0),
        "\f1": (0, 0),
        "1 2": (2, 0),
        "]": (0, 0),
        '{"a"': (4, 1),
        "[1,]": (3, 1),
        "[[1}": (3, 2),
        '{"a":1 "b"': (7, 1),
        '{"a":[1,"b":2': (11, 2),
        "nul": (0, 0),
    }
    last = {text: [*scan(text)][-1] for text in refused}
    return all([last[text] == (0, place, place, level, False) for text, (place, level) in refused.items()])


@ensure(lambda result: result)
def a_value_has_these_parts() -> bool:
    """LOG-3: keys and values as they stand, without the white space around them."""
    mixed = '[10 ,[20],{"k":3} , "z",[{"l":[4]},5]]'
    return all(
        [
            outline(' {"a": [1, 2] ,"b":{"c":"x"},"\\u0061":true}')
            == (
                4,
                (('"a"', "[1, 2]"), ('"b"', '{"c":"x"}'), ('"\\u0061"', "true")),
            ),
            outline(mixed) == (3, (("", "10"), ("", "[20]"), ("", '{"k":3}'), ("", '"z"'), ("", '[{"l":[4]},5]'))),
            outline('"t" ') == (2, ()),
            outline(" null") == (1, ()),
            outline("[]") == (3, ()),
            outline("{ }") == (4, ()),
            outline('{"a":1,}') is None,
            outline("[1] 2") is None,
        ]
    )


@ensure(lambda result: result)
def an_object_has_these_members() -> bool:
    """LOG-3: the keys that must and may be there, each once, by what they mean."""
    text = '{"\\u0061":1,"b" : [2]}'
    both = {"a": "1", "b": "[2]"}
    good = [
        members(text, ("a", "b")) == both,
        members(text, ("b",), ("a",)) == both,
        members(text, (), ("b", "a", "c")) == both,
        members("{}", ()) == {},
    ]
    wrong = ['{"a":1,"a":2}', '{"a":1,"\\u0061":2,"b":3}', '{"a":1,"b":2,"\\ud800":3}', '{"a":1,"b":2,"c":3}']
    wrong += ['{"a":1}', '{"b":1}', "{}", '["a","b"]', "[]", '"a"', "{", '{"a":1,"b":2}}']
    return all(good) & all([members(one, ("a", "b")) is None for one in wrong])


@ensure(lambda result: result)
def escapes_mean_these_characters() -> bool:
    """LOG-3: the eight letters, four digits in either case, and a pair."""
    return all(
        [
            decoded('"\\"\\\\\\/\\b\\f\\n\\r\\t"') == '"\\/\b\f\n\r\t',
            decoded('"a\\u00E9\\u00e9z"') == "aééz",
            decoded('"\\ud83d\\uDE01\\u0001"') == "\U0001f601\x01",
            decoded('"\\\\ud800"') == "\\ud800",
            decoded('"\\ud83d\\ud83d\\ude01"') is None,
            decoded('"\\ude01\\ud83d"') is None,
        ]
    )


@ensure(lambda result: result)
def texts_are_written_like_this() -> bool:
    """LOG-7: a slash, a character behind ASCII and U+007F stand for themselves."""
    return all(
        [
            written('a"\\/\x07\x1f\x7fé\n') == '"a\\"\\\\/\\u0007\\u001f\x7fé\\n"',
            object_text({"k\n": "1", "l": "[]"}) == '{"k\\n":1,"l":[]}',
            object_text({}) == "{}",
            [value_text(value) for value in (True, False, 1, 0, -7, "é\n", "")]
            == ["true", "false", "1", "0", "-7", '"é\\n"', '""'],
        ]
    )


def is_an_error(function: Callable[[Any], str | None], value: object) -> bool:
    """Whether the function breaks at this value."""
    try:
        function(value)
    except TypeError:
        return True
    return False


@ensure(lambda result: result)
def reading_and_writing_break_at_no_text_and_no_number() -> bool:
    """LOG-3, LOG-7: asked by itself, because the prover takes no error for an answer; a number is no text to write."""
    broken = [is_an_error(decoded, '"\\u0061"'), is_an_error(value_text, 7), is_an_error(written, "\n")]
    return no(any(broken)) & is_an_error(written, 7)


@ensure(lambda result: result)
def values_of_the_wrong_kind_are_none() -> bool:
    """LOG-3, LOG-10: a text, a flag, a plain integer within its width, a list."""
    texts = [text_value(value) for value in ('"a"', '""', "1", "[]", '"\\udc00"', "null")]
    flags = [flag_value(value) for value in ("true", "false", '"true"', "1", "null")]
    numbers = [integer_value(value, WIDTHS["u8"]) for value in ("0", "255", "256", "-1", "01", "1.0", '"1"')]
    lists = [items(value) for value in ("[1, [2]]", "[]", "{}", "[", '"a"')]
    return all(
        [
            texts == ["a", "", None, None, None, None],
            flags == [True, False, None, None, None],
            [type(flag) for flag in flags[:2]] == [bool, bool],
            numbers == [0, 255, None, None, None, None, None],
            lists == [("1", "[2]"), (), None, None, None],
        ]
    )


@ensure(lambda result: result)
def a_record_is_read_by_the_types_of_its_fields() -> bool:
    """LOG-10: in any order; a name where one is asked for, and else no field of another kind or width."""
    wrong = [
        ('"number":7', '"number":256'),
        ('"number":7', '"number":"One"'),
        ('"signed":-5', '"signed":-0'),
        ('"flag":true', '"flag":1'),
        ('"text":"\\u00e9"', '"text":1'),
        ('"text":"\\u00e9"', '"text":"\\ud800"'),
        ('"name":"Two"', '"name":"two"'),
        ('"name":"Two"', '"name":2'),
        ('"name":"Two"', '"nome":"Two"'),
        ('"name":"Two"', '"name":"Two","name":"Two"'),
    ]
    plain = SAMPLE.replace('"Two"', "255")
    return all(
        [
            fields_from(SAMPLE, Sample, NAMES) == {"number": 7, "signed": -5, "flag": True, "text": "é", "name": 2},
            fields_from(plain, Sample) == {"number": 7, "signed": -5, "flag": True, "text": "é", "name": 255},
            fields_from(SAMPLE, Sample) is None,
            fields_from("[]", Sample, NAMES) is None,
            *[fields_from(SAMPLE.replace(good, bad), Sample, NAMES) is None for good, bad in wrong],
        ]
    )
