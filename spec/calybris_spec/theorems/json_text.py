"""What may follow what in a JSON text, and how characters are written and read (LOG-3, LOG-7)."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.integers import WIDTHS
from calybris_spec.json_text import (
    AROUND,
    BEHIND_ITEM,
    BEHIND_KEY,
    BEHIND_MEMBER,
    CLOSE_LIST,
    CLOSE_OBJECT,
    COLON,
    COMMA,
    ENDED,
    FIRST_ITEM,
    FIRST_KEY,
    KEY,
    NOTHING,
    OPEN_LIST,
    OPEN_OBJECT,
    REFUSED,
    SCALAR,
    TEXT,
    VALUE,
    decoded,
    escape,
    expected_next,
    integer_value,
    paired,
    written,
)
from calybris_spec.logic import implies, within


def is_place(expected: int) -> bool:
    """Whether the number says what is expected, and not that the text is refused already."""
    return within(VALUE, expected, NOTHING)


def is_token(token: int) -> bool:
    """Whether the number is that of a token."""
    return within(SCALAR, token, COMMA)


@require(lambda expected, token: is_place(expected) & is_token(token))
@ensure(lambda result: result)
def a_value_begins_only_where_one_may(expected: int, token: int) -> bool:
    """At the start, behind a colon, behind a comma of a list, and first in a list; a text may also be a key (LOG-3)."""
    then = expected_next(expected, token)
    may_begin = (expected == VALUE) | (expected == FIRST_ITEM)
    may_name = (expected == KEY) | (expected == FIRST_KEY)
    return all(
        [
            implies(token == SCALAR, (then == ENDED) == may_begin),
            implies(token == TEXT, ((then == ENDED) == may_begin) & ((then == BEHIND_KEY) == may_name)),
            implies(token == OPEN_LIST, (then == FIRST_ITEM) == may_begin),
            implies(token == OPEN_OBJECT, (then == FIRST_KEY) == may_begin),
            implies(token <= OPEN_OBJECT, (then != REFUSED) == (may_begin | ((token == TEXT) & may_name))),
        ]
    )


@require(lambda expected, token: is_place(expected) & is_token(token))
@ensure(lambda result: result)
def what_is_opened_is_closed_by_its_own_bracket(expected: int, token: int) -> bool:
    """Behind the opening bracket or behind a value, never behind a comma or a colon (LOG-3)."""
    then = expected_next(expected, token)
    of_list = (expected == FIRST_ITEM) | (expected == BEHIND_ITEM)
    of_object = (expected == FIRST_KEY) | (expected == BEHIND_MEMBER)
    return all(
        [
            implies(token == CLOSE_LIST, (then == ENDED * of_list)),
            implies(token == CLOSE_OBJECT, (then == ENDED * of_object)),
        ]
    )


@require(lambda expected, token: is_place(expected) & is_token(token))
@ensure(lambda result: result)
def a_comma_stands_between_two_parts(expected: int, token: int) -> bool:
    """Behind a part; then another one must come, in an object with its key. A colon stands behind a key (LOG-3)."""
    then = expected_next(expected, token)
    return all(
        [
            implies(token == COMMA, then == VALUE * (expected == BEHIND_ITEM) + KEY * (expected == BEHIND_MEMBER)),
            implies(token == COLON, then == VALUE * (expected == BEHIND_KEY)),
            implies(expected == BEHIND_KEY, (then != REFUSED) == (token == COLON)),
        ]
    )


@require(lambda token: is_token(token))
@ensure(lambda result: result)
def nothing_stands_behind_the_value(token: int) -> bool:
    """Neither text nor a second value (LOG-3); and a text that is refused stays refused."""
    return (expected_next(NOTHING, token) == REFUSED) & (expected_next(REFUSED, token) == REFUSED)


@ensure(lambda result: result)
def behind_a_value_its_surroundings_go_on() -> bool:
    """An item is followed by a comma or `]`, a member by a comma or `}`, the whole by nothing (LOG-3)."""
    return AROUND == {0: NOTHING, OPEN_LIST: BEHIND_ITEM, OPEN_OBJECT: BEHIND_MEMBER}


@require(lambda code: within(0x10000, code, 0x10FFFF))
@ensure(lambda result: result)
def every_character_outside_the_basic_plane_is_one_pair(code: int) -> bool:
    """RFC 8259, section 7: ten bits in either half (LOG-3)."""
    high, low = 0xD800 + (code - 0x10000) // 1024, 0xDC00 + (code - 0x10000) % 1024
    return paired(high, low) == code


@require(lambda one, other: within(0xD800, one, 0xDBFF) & within(0xD800, other, 0xDBFF))
@require(lambda low, last: within(0xDC00, low, 0xDFFF) & within(0xDC00, last, 0xDFFF))
@ensure(lambda result: result)
def different_pairs_are_different_characters(one: int, low: int, other: int, last: int) -> bool:
    """So two keys that differ as written with pairs differ as texts (LOG-3)."""
    return (paired(one, low) == paired(other, last)) == ((one == other) & (low == last))


@ensure(lambda result: result)
def every_ascii_character_is_read_back_as_written() -> bool:
    """All 128, and only quotation mark, backslash and control characters are escaped (LOG-7)."""
    texts = [written(chr(code)) for code in range(128)]
    escaped = [code for code, text in enumerate(texts) if len(text) > 3]
    return all([decoded(text) == chr(code) for code, text in enumerate(texts)]) & (
        escaped == [*range(0x20), 0x22, 0x5C]
    )


@ensure(lambda result: result)
def seven_characters_have_a_letter_and_the_others_four_digits() -> bool:
    """The table of LOG-7: lowercase digits, and no letter for the slash."""
    letters = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 0x22: '\\"', 0x5C: "\\\\"}
    digits = {code: f"\\u{code:04x}" for code in range(0x20) if code not in letters}
    return all([escape(code) == text for code, text in [*letters.items(), *digits.items()]])


@ensure(lambda result: result)
def half_a_pair_is_no_text() -> bool:
    """At the ends of both halves: alone, or behind one another in the wrong order; a whole pair is (LOG-3)."""
    firsts, seconds = ["\\ud800", "\\uDBFF"], ["\\udc00", "\\uDFFF"]
    pairs = [(first, second) for first in firsts for second in seconds]
    broken = [*firsts, *seconds, *[first + first + second for first, second in pairs]]
    broken += [text for first, second in pairs for text in [second + first, first + "x" + second]]
    around = ["\\ud7ff", "\\ue000", *[first + second for first, second in pairs]]
    return all([decoded(f'"{text}"') is None for text in broken]) & all(
        [decoded(f'"{text}"') is not None for text in around]
    )


@ensure(lambda result: result)
def only_one_form_of_a_number_is_plain() -> bool:
    """No fraction, no exponent, no minus before 0, no text (LOG-3, LOG-10, SNAP-2)."""
    width = WIDTHS["u64"]
    refused = ["1.0", "1e0", "1E0", "-1", "-0", '"1"', "18446744073709551616", "null", "true", "[]", "9" * 5000]
    accepted = {"0": 0, "1": 1, "18446744073709551615": 2**64 - 1}
    return all([integer_value(value, width) is None for value in refused]) & all(
        [integer_value(value, width) == number for value, number in accepted.items()]
    )
