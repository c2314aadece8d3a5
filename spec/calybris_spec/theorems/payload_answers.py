"""Known answers: what a writer prints, and what it refuses where (LOG-5, LOG-7)."""

from __future__ import annotations

from icontract import ensure

from calybris_spec import payload
from calybris_spec.payload import payload_of
from calybris_spec.theorems.tables import rows


@ensure(lambda result: result)
def payloads_are_refused_with_these_codes() -> bool:
    """LOG-5, LOG-7; and the constants behind them."""
    numbers = (payload.TOO_DEEP, payload.TEXT_INVALID, payload.KEY_DUPLICATE, payload.FLOAT, payload.OUT_OF_RANGE)
    bounds = (payload.MOST_LEVELS, payload.MOST_LINE_BYTES, payload.MOST_PAYLOAD_BYTES)
    return all(
        [
            rows(payload.REFUSALS)
            == (
                "; LOG_PAYLOAD_TOO_DEEP {}; LOG_PAYLOAD_TEXT_INVALID {}; LOG_PAYLOAD_KEY_DUPLICATE {}; "
                "LOG_PAYLOAD_FLOAT {}; LOG_PAYLOAD_INTEGER_OUT_OF_RANGE {}; LOG_PAYLOAD_TOO_LARGE data"
            ),
            (*numbers, payload.TOO_LARGE) == (1, 2, 3, 4, 5, 6),
            bounds == (100, 16_777_216, 16_776_704),
            payload.WRITABLE == (8, -9_223_372_036_854_775_808, 18_446_744_073_709_551_615),
        ]
    )


@ensure(lambda result: result)
def payloads_are_written_like_this() -> bool:
    """LOG-7: no white space, each token in its one form, keys in the order in which they were given."""
    written = {
        '{ "b" : [ ] , "a" : { }\n}': '{"b":[],"a":{}}',
        '[ true , false,null , "x", 10 ]': '[true,false,null,"x",10]',
        "-0": "0",
        "[-1,0]": "[-1,0]",
        "18446744073709551615": "18446744073709551615",
        "-9223372036854775808": "-9223372036854775808",
        '"\\/\\u007f\\u00e9\\u001F\\""': '"/\x7fé\\u001f\\""',
        '""': '""',
        '{"a":{"a":1},"A":[{"a":2},{"a":3}],"":""}': '{"a":{"a":1},"A":[{"a":2},{"a":3}],"":""}',
    }
    return all([payload_of(text) == (0, "", expected) for text, expected in written.items()])


@ensure(lambda result: result)
def payloads_are_refused_at_these_places() -> bool:
    """LOG-7: the first in document order; a key that is no text cannot stand in a path."""
    refused = {
        "1.5": (4, "data"),
        "1e2": (4, "data"),
        "[1,2E0]": (4, "data[1]"),
        "18446744073709551616": (5, "data"),
        "-9223372036854775809": (5, "data"),
        '[9,{"b":5,"scores":[1,2,3.5]}]': (4, "data[1].scores[2]"),
        "[[0,1,2.5]]": (4, "data[0][2]"),
        "[[],{},[1.5]]": (4, "data[2][0]"),
        '{"a":[{"x":0},{"b":[0,[1.5]]}]}': (4, "data.a[1].b[1][0]"),
        '"\\ud800"': (2, "data"),
        '["",{"a":"\\udc00"}]': (2, "data[1].a"),
        '{"\\ud800":1.5}': (2, "data"),
        '[{"\\ud800":2}]': (2, "data[0]"),
        '[[{"a":1,"\\ud800":2}]]': (2, "data[0][0]"),
        '{"a":1,"b":2,"\\u0061":1.5}': (3, "data.a"),
        '{"":{"x":1,"x":2}}': (3, "data..x"),
        '{"a":1.5,"a":2}': (4, "data.a"),
    }
    return all([payload_of(text) == (*expected, "") for text, expected in refused.items()])


@ensure(lambda result: result)
def a_payload_has_at_most_100_levels() -> bool:
    """LOG-7: a list is one level, a scalar none."""
    deep = "[" * 100 + "9" + "]" * 100
    return (payload_of(deep) == (0, "", deep)) & (payload_of(f"[{deep}]") == (1, "data" + "[0]" * 100, ""))


@ensure(lambda result: result)
def a_payload_within_another_stands_at_its_path_and_level() -> bool:
    """LOG-7, LOG-9: metadata stand in one object, and have a level less."""
    return all(
        [
            payload_of("[0,0.5]", "data.metadata", around=1) == (4, "data.metadata[1]", ""),
            payload_of('[{"a":9}]', "x", around=98) == (0, "", '[{"a":9}]'),
            payload_of('[{"a":9,"b":[9]}]', "x", around=98) == (1, "x[0].b", ""),
            payload_of('{"c":{"b":{}}}', "x", around=98) == (1, "x.c.b", ""),
            payload_of("{}", "x", around=100) == (1, "x", ""),
            payload_of('"a"', "x", around=100) == (0, "", '"a"'),
        ]
    )


def is_asked_in_vain(text: str) -> bool:
    """Whether a payload is no question at all, because it is not JSON."""
    try:
        payload_of(text)
    except ValueError:
        return True
    return False


@ensure(lambda result: result)
def a_payload_is_one_json_value() -> bool:
    """LOG-7: a writer is given values; what is none is not refused, it is no question."""
    return [is_asked_in_vain(text) for text in ("", "{", "[1,", "nul", "1 2", "1")] == [True] * 5 + [False]
