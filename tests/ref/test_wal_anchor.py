"""calybris_ref.wal_anchor: where a log ended (LOG-11)."""

import dataclasses
from typing import Any

import pytest

from calybris_ref import AnchorMismatch, WalAnchor, WalHead, WidthError
from tests.support.logs import refusal

HEAD = WalHead(3, "ab" * 32)
ANCHOR = WalAnchor.of(HEAD, keyed=True)
TEXT = (
    b'{\n  "schema_version": "calybris.wal-anchor.v1",\n  "sequence": 3,\n  "last_hash": "%b",\n  "keyed": true\n}'
    % HEAD.last_hash.encode()
)


def test_an_anchor_holds_the_head() -> None:
    assert WalAnchor("calybris.wal-anchor.v1", 3, "ab" * 32, True) == ANCHOR
    ANCHOR.check(HEAD, keyed=True)


# In the order in which they are asked: each entry is wrong, and every later one too.
WRONG: list[tuple[str, Any, str]] = [
    ("schema_version", "calybris.wal-anchor.v2", "LOG_ANCHOR_SCHEMA_UNKNOWN"),
    ("sequence", 2, "LOG_ANCHOR_MISMATCH"),
    ("last_hash", "AB" * 32, "LOG_ANCHOR_MISMATCH"),
    ("keyed", False, "LOG_ANCHOR_MISMATCH"),
]


@pytest.mark.parametrize("place", range(len(WRONG)), ids=lambda place: WRONG[place][0])
def test_the_first_difference_is_named(place: int) -> None:
    anchor = dataclasses.replace(ANCHOR, **{field: value for field, value, _ in WRONG[place:]})
    with pytest.raises(AnchorMismatch) as caught:
        anchor.check(HEAD, keyed=True)
    field, value, code = WRONG[place]
    assert refusal(caught) == (code, f"anchor.{field}")
    assert value in (caught.value.expected, caught.value.found)


def test_an_anchor_has_one_form_in_a_file() -> None:
    assert ANCHOR.to_json() == TEXT
    assert WalAnchor.from_json(TEXT) == ANCHOR
    assert WalAnchor.from_json(b'{"keyed":true,"last_hash":"","sequence":0,"schema_version":""}').sequence == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"}", b""),
        (b"}", b',"more":1}'),
        (b"}", b',"keyed":true}'),
        (b"}", b"} 1"),
        (b"3", b"3.0"),
        (b"3", b"-1"),
        (b"3", b"18446744073709551616"),
        (b"3", b'"3"'),
        (b"true", b"1"),
        (b"true", b"null"),
        (b'"keyed": true', b'"keyed": [true]'),
        (b"ab", b"\xff"),
        (b'  "sequence": 3,\n', b""),
        (b"{", b"\xef\xbb\xbf{"),
        (TEXT, b"[]"),
        (TEXT, b""),
        (b"3", b"[" * 5_000 + b"]" * 5_000),
        (b"3", b"9" * 5_000),
        (b"3", b"-0"),
        (b'"ab', b'"\\ud800ab'),
    ],
)
def test_any_other_file_is_no_anchor(old: bytes, new: bytes) -> None:
    with pytest.raises(AnchorMismatch) as caught:
        WalAnchor.from_json(TEXT.replace(old, new))
    assert refusal(caught) == ("LOG_ANCHOR_MALFORMED", "file")


def test_a_sequence_outside_its_width_is_refused() -> None:
    with pytest.raises(WidthError):
        WalAnchor("", 2**64, "", False)
