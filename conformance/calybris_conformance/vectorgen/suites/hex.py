"""Hex decoding: 64 lowercase characters, and which fault is reported (DIGEST-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

_GOOD = "0123456789abcdef" * 4


def files() -> Iterator[Draft]:
    """Texts that decode, and every fault alone, at each end, and with another one."""
    groups = {"decodes": _decodes, "character": _characters, "length": _lengths, "order": _order, "bytes": _utf8}
    yield Draft(
        "hex",
        "decode",
        "hex.decode",
        "64 lowercase hex characters are 32 bytes; everything else is refused",
        "DIGEST-7",
        tuple(Group(name, tuple(make())) for name, make in groups.items()),
    )


def _decodes() -> Iterator[Question]:
    yield _question("every-digit", "Every digit, in both halves of a byte.", _GOOD)
    yield _question("zeros", "64 zeros.", "0" * 64)
    yield _question("ones", "64 times f.", "f" * 64)
    yield _question("first-byte-only", "Only the first byte is not zero.", "80" + "0" * 62)
    yield _question("last-byte-only", "Only the last byte is not zero.", "0" * 62 + "01")
    yield _question("high-and-low-half", "The first digit of a pair is the high half.", "0f" * 31 + "f0")


def _characters() -> Iterator[Question]:
    bad = {
        "uppercase": "A",
        "uppercase-f": "F",
        "g": "g",
        "before-zero": "/",
        "after-nine": ":",
        "before-a": "`",
        "at-sign": "@",
        "space": " ",
        "newline": "\n",
        "nul": "\0",
        "minus": "-",
        "delete": "\x7f",
    }
    for name, character in bad.items():
        for place in (0, 31, 63):
            text = _GOOD[:place] + character + _GOOD[place + 1 :]
            yield _question(f"{name}-at-{place}", f"{character!a} at byte {place}.", text, "HEX_LENIENT")
    for place in (1, 2, 62):
        text = _GOOD[:place] + "G" + _GOOD[place + 1 :]
        yield _question(f"letter-at-{place}", f"A bad character at byte {place}.", text, "HEX_LENIENT")
    yield _question("all-uppercase", "The whole digest in uppercase.", _GOOD.upper(), "HEX_LENIENT")
    yield _question("prefixed", "A 0x in front of 62 digits.", "0x" + _GOOD[2:], "HEX_LENIENT")
    yield _question("two-bad", "Two bad characters: the first from the left.", "0z" + _GOOD[2:63] + "z", "HEX_ORDER")
    yield _question("two-bad-in-one-byte", "Both characters of a pair are bad.", _GOOD[:10] + "zz" + _GOOD[12:])
    yield _question("spaced-pairs", "White space between pairs.", " ".join(["00"] * 21) + " 0", "HEX_LENIENT")


def _lengths() -> Iterator[Question]:
    yield _question("empty", "No text at all has an even length.", "")
    for length in (1, 63, 65, 127):
        yield _question(f"odd-{length}", f"{length} digits: odd.", (_GOOD * 2)[:length])
    for length in (2, 32, 62, 66, 128):
        yield _question(f"even-{length}", f"{length} digits: even, and not 64.", (_GOOD * 2)[:length])
    yield _question("with-newline", "64 digits and a newline: odd.", _GOOD + "\n", "HEX_LENIENT")
    yield _question("with-spaces", "64 digits between two spaces.", f" {_GOOD} ", "HEX_LENIENT")
    yield _question("prefixed-64", "A 0x in front of 64 digits.", "0x" + _GOOD, "HEX_LENIENT")


def _order() -> Iterator[Question]:
    yield _question("odd-and-bad", "Odd and a bad character: odd.", "z" + _GOOD[:62], "HEX_ORDER")
    yield _question("odd-and-bad-at-end", "Odd, and the last character is bad: odd.", _GOOD + "z", "HEX_ORDER")
    yield _question("short-and-bad", "Too short and a bad character: the character.", _GOOD[:60] + "0z", "HEX_ORDER")
    yield _question("long-and-bad", "Too long and a bad character: the character.", _GOOD + "z0", "HEX_ORDER")
    yield _question("bad-beyond-64", "The bad character is the 66th.", _GOOD + "0z", "HEX_ORDER")
    yield _question("one-bad-character", "One character, and bad: odd.", "z", "HEX_ORDER")
    yield _question("uppercase-and-short", "Two digits, one of them uppercase.", "aB", "HEX_ORDER", "HEX_LENIENT")


def _utf8() -> Iterator[Question]:
    flag = "HEX_CHARACTER_INDEX"
    yield _question("two-bytes-alone", "One character of two bytes: even.", "é", flag)
    yield _question("two-bytes-64", "A character of two bytes and 62 digits: 64 bytes.", "é" + _GOOD[:62], flag)
    yield _question("two-bytes-at-end", "62 digits and a character of two bytes.", _GOOD[:62] + "é", flag)
    yield _question("two-bytes-odd", "63 digits and a character of two bytes: 65 bytes.", _GOOD[:63] + "é", flag)
    yield _question(
        "after-two-bytes", "The first of two bad characters has two bytes.", "0é" + _GOOD[3:63] + "z0", flag
    )
    yield _question("three-bytes", "61 digits and a character of three bytes.", _GOOD[:61] + "€")
    yield _question("three-bytes-63", "63 digits and a character of three bytes: 66 bytes.", _GOOD[:63] + "€")
    yield _question("four-bytes", "60 digits and a character of four bytes.", _GOOD[:60] + "😀", flag)
    yield _question("full-width-digits", "64 full-width zeros: 192 bytes.", "０" * 64, "HEX_LENIENT")
    yield _question("full-width-one", "A full-width a among 61 digits.", _GOOD[:30] + "ａ" + _GOOD[33:], "HEX_LENIENT")
    yield _question("arabic-digits", "32 Arabic digits: 64 bytes.", "٠" * 32, "HEX_LENIENT")
    yield _question("cyrillic-a", "A Cyrillic а, two bytes, looks like a.", "а" + _GOOD[2:], "HEX_LENIENT", flag)


def _question(name: str, about: str, text: str, *flags: str) -> Question:
    return Question(name, about, {"text": text}, flags)
