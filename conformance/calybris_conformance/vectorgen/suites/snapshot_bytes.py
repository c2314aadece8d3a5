"""Snapshot files to load, as bytes: UTF-8, escapes and surrogates in texts, and the limit of 16 MiB (SNAP-2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Question
from calybris_conformance.vectorgen.suites.snapshot_form import GOOD, load, load_bytes, with_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 16 * 1024 * 1024
_ESCAPES = "SNAPSHOT_ESCAPES_READ"
_UTF8 = "SNAPSHOT_UTF8"
_SURROGATES = "SNAPSHOT_SURROGATES"


def _texts() -> Iterator[Question]:
    for word, text in {
        "quote": '\\"',
        "backslash": "\\\\",
        "slash": "\\/",
        "backspace": "\\b",
        "tab": "\\t",
        "line-feed": "\\n",
        "form-feed": "\\f",
        "carriage-return": "\\r",
        "control": "\\u0001",
        "nul": "\\u0000",
        "ascii": "\\u0061cme",
        "lowercase-hex": "\\u00e9",
        "uppercase-hex": "\\u00E9",
        "mixed-hex": "\\uAbCd",
        "pair": "\\ud83d\\ude00",
        "pair-uppercase": "\\uD83D\\uDE00",
        "first-pair": "\\ud800\\udc00",
        "last-pair": "\\udbff\\udfff",
        "byte-order-mark": "\\ufeff",
        "non-character": "\\uffff",
        "before-surrogates": "\\ud7ff",
        "behind-surrogates": "\\ue000",
        "raw-two-bytes": "\u00e9",
        "raw-four-bytes": "\U0001f600",
        "raw-line-separator": "\u2028",
        "raw-delete": "\x7f",
        "raw-slash": "/",
        "empty": "",
        "escaped-backslash-u": "\\\\u0041",
    }.items():
        yield load(word, f"An id written as {text!a}.", with_text("tenant_id", f'"{text}"'), _ESCAPES)
    for word, text in {
        "escape-x": "\\x41",
        "escape-a": "\\a",
        "escape-v": "\\v",
        "escape-zero": "\\0",
        "escape-quote-single": "\\'",
        "escape-capital-u": "\\U0041",
        "escape-short": "\\u041",
        "escape-not-hex": "\\u00g1",
        "escape-sign": "\\u+041",
        "escape-space": "\\u 041",
        "escape-braces": "\\u{41}",
        "escape-at-the-end": "\\",
        "raw-line-feed": "a\nb",
        "raw-tab": "a\tb",
        "raw-nul": "a\0b",
        "raw-last-control": "a\x1fb",
    }.items():
        yield load(word, f"A text with {text!a} is no JSON.", with_text("tenant_id", f'"{text}"'), "SNAPSHOT_NOT_JSON")
    yield load("unclosed", "A text without its end.", with_text("tenant_id", '"acme'), "SNAPSHOT_NOT_JSON")


def _surrogates() -> Iterator[Question]:
    for word, text in {
        "high": "\\ud83d",
        "low": "\\ude00",
        "first-high": "\\ud800",
        "last-high": "\\udbff",
        "first-low": "\\udc00",
        "last-low": "\\udfff",
        "high-behind-text": "acme\\ud83d",
        "high-before-text": "\\ud83dacme",
        "high-before-escape": "\\ud83d\\u0041",
        "low-before-high": "\\ude00\\ud83d",
        "two-high": "\\ud83d\\ud83d",
        "two-low": "\\ude00\\ude00",
        "pair-and-high": "\\ud83d\\ude00\\ud83d",
        "high-and-pair": "\\ud83d\\ud83d\\ude00",
        "uppercase": "\\uD83D",
    }.items():
        about = f"Half of a surrogate pair: {text}."
        yield load(f"half-{word}", about, with_text("tenant_id", f'"{text}"'), _SURROGATES)
    in_key = json.dumps(GOOD)[:-1] + ', "\\ud83d": 1}'
    yield load("half-in-key", "Half of a pair in a key, which is unknown anyway.", in_key)


def _utf8() -> Iterator[Question]:
    good = json.dumps(GOOD).encode()
    yield load_bytes("byte-order-mark", "A byte order mark.", b"\xef\xbb\xbf" + good, "SNAPSHOT_BOM")
    yield load_bytes(
        "byte-order-mark-behind-space",
        "A byte order mark behind a space.",
        b" \xef\xbb\xbf" + good,
        "SNAPSHOT_NOT_JSON",
    )
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield load_bytes(codec, f"The file in {codec.upper()}.", good.decode().encode(codec), "SNAPSHOT_OTHER_ENCODING")
    yield load_bytes(
        "utf-16-with-mark",
        "UTF-16 with its mark.",
        b"\xff\xfe" + good.decode().encode("utf-16-le"),
        "SNAPSHOT_OTHER_ENCODING",
    )
    for word, data in {
        "latin-1": b"caf\xe9",
        "lone-continuation": b"\x80",
        "cut-two": b"\xc3",
        "cut-three": b"\xe2\x82",
        "cut-four": b"\xf0\x9f\x98",
        "overlong-slash": b"\xc0\xaf",
        "overlong-nul": b"\xc0\x80",
        "overlong-three": b"\xe0\x80\xaf",
        "above-unicode": b"\xf4\x90\x80\x80",
        "five-bytes": b"\xf8\x88\x80\x80\x80",
        "ff": b"\xff",
        "surrogate-high": b"\xed\xa0\xbd",
        "surrogate-pair": b"\xed\xa0\xbd\xed\xb8\x80",
    }.items():
        text = with_text("tenant_id", '"?"').encode().replace(b"?", data)
        yield load_bytes(word, f"An id with the bytes {data.hex(' ')}.", text, _UTF8)
    for place, word in ((0, "at-the-start"), (len(good), "at-the-end")):
        yield load_bytes(f"invalid-{word}", "A byte ff outside of texts.", good[:place] + b"\xff" + good[place:], _UTF8)
        yield load_bytes(
            f"nul-{word}", "A NUL outside of texts.", good[:place] + b"\0" + good[place:], "SNAPSHOT_NOT_JSON"
        )
    non_ascii = with_text("tenant_id", '"\u00e9\u20ac\U0001f600"')
    yield load("two-three-four-bytes", "Characters of two, three and four bytes.", non_ascii)


def _sizes() -> Iterator[Question]:
    good = json.dumps(GOOD).encode()
    for past in (-1, 0, 1):
        fill = _LIMIT + past - len(good)
        word = {-1: "one-below", 0: "exactly", 1: "one-above"}[past]
        about = f"{_LIMIT + past:,} bytes: {'too large' if past > 0 else 'white space behind the object'}."
        yield _parts(word, about, [(good, 1), (b" ", fill)], "SNAPSHOT_SIZE")
    yield _parts(
        "line-feeds-before",
        "16 MiB, white space before the object.",
        [(b"\n", _LIMIT - len(good)), (good, 1)],
        "SNAPSHOT_SIZE",
    )
    yield _parts(
        "too-large-and-not-json",
        "Too large, and no JSON: the size is asked first.",
        [(b"x", _LIMIT + 1)],
        "SNAPSHOT_SIZE",
    )
    yield _parts("largest-and-not-json", "16 MiB, and no JSON.", [(b"x", _LIMIT)], "SNAPSHOT_SIZE")
    yield _parts("largest-and-not-utf-8", "16 MiB that are not UTF-8.", [(b"\xff", _LIMIT)], "SNAPSHOT_SIZE")
    yield _parts(
        "too-large-and-not-utf-8",
        "One byte more, not UTF-8: the size is asked first.",
        [(b"\xff", _LIMIT + 1)],
        "SNAPSHOT_SIZE",
    )
    head, tail = with_text("tenant_id", '"?"').encode().split(b"?")
    two_bytes = "\u00e9".encode()
    fill = (_LIMIT - len(head) - len(tail)) // 2
    about = "Half as many characters as bytes, and too many bytes: bytes count."
    yield _parts("bytes-not-characters", about, [(head, 1), (two_bytes, fill + 1), (tail, 1)], "SNAPSHOT_SIZE")
    yield _parts("in-parts", "A file in parts is one file.", [(good[:9], 1), (b"", 5), (good[9:], 1)])
    yield Question("no-parts", "No bytes at all.", {"file": []}, ("SNAPSHOT_NOT_JSON",))


def _parts(name: str, about: str, parts: list[tuple[bytes, int]], *flags: str) -> Question:
    return Question(name, about, {"file": [{"hex": data.hex(), "times": times} for data, times in parts]}, flags)


BYTES = {"load-text": _texts, "load-surrogates": _surrogates, "load-utf-8": _utf8}
#: These may take a slow reader longer than other cases do.
SIZES = {"load-size": _sizes}
