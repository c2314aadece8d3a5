"""Payloads as a writer prints or refuses them, and logs that an entry is added to (LOG-1, LOG-7, LOG-8)."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen import logs
from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.logs import GENESIS, KEY, chain, line, tail

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES, _FLOAT, _RANGE = "PAYLOAD_ESCAPES", "PAYLOAD_FLOAT", "PAYLOAD_INTEGER_RANGE"
_HALF, _TWICE, _DEPTH, _PATH = "PAYLOAD_SURROGATES", "PAYLOAD_DUPLICATE", "PAYLOAD_DEPTH", "PAYLOAD_PATH"
#: One fault of each kind, written as a value.
_FAULTS = {
    "float": "1.5",
    "range": str(U64 + 1),
    "half": '"\\ud83d"',
    "twice": '{"a":1,"a":2}',
}


def files() -> Iterator[Draft]:
    """Three files: texts; numbers, keys and depth; logs that go on."""
    texts = {"texts": _texts(), "halves": _halves()}
    yield _file("texts", "Texts in a payload", "LOG-1 LOG-2 LOG-7", texts)
    values = {"numbers": _numbers(), "keys": _keys(), "depth": _depths(), "paths": _paths(), "space": _space()}
    yield _file("values", "Numbers, keys, nesting, and which fault is named", "LOG-1 LOG-2 LOG-7", values)
    going_on = {"continue": _continued(), "broken": _broken(), "key": _keyed()}
    yield _file("log", "An entry is added to a log, or the log is refused", "LOG-1 LOG-4 LOG-6 LOG-8", going_on)


def _file(name: str, title: str, clauses: str, groups: dict[str, Iterator[Question]]) -> Draft:
    found = tuple(Group(f"append-{group}", tuple(questions)) for group, questions in groups.items())
    return Draft("wal", f"append-{name}", "wal.append", title, clauses, found)


def _append(name: str, about: str, data: str, *flags: str, log: bytes = b"", key: bytes | None = None) -> Question:
    key_hex = None if key is None else key.hex()
    return Question(name, about, {"log": logs.parts(log), "key_hex": key_hex, "data": data}, flags)


def _texts() -> Iterator[Question]:
    for code in (*range(0x20), 0x22, 0x2F, 0x5C, 0x7F, 0x80, 0x85, 0x9F, 0xA0):
        about = f"The character U+{code:04X}, written as an escape."
        yield _append(f"escaped-{code:04x}", about, f'"\\u{code:04x}"', _ESCAPES)
    for code in (0x20, 0x26, 0x27, 0x2F, 0x3C, 0x3E, 0x7F, 0x80, 0x85, 0xA0, 0xE9, 0x20AC, 0x2028, 0x2029, 0xFEFF):
        yield _append(f"raw-{code:04x}", f"The character U+{code:04X} as it is.", f'"{chr(code)}"', _ESCAPES)
    for code in (0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF):
        yield _append(f"raw-{code:04x}", f"The character U+{code:04X} as it is.", f'"{chr(code)}"', _ESCAPES)
        escaped = json.dumps(chr(code))
        yield _append(f"escaped-{code:04x}", f"The character U+{code:04X}, written as {escaped}.", escaped, _ESCAPES)
    for word, text in {
        "backspace": "\\b",
        "tab": "\\t",
        "line-feed": "\\n",
        "form-feed": "\\f",
        "carriage-return": "\\r",
        "quote": '\\"',
        "backslash": "\\\\",
        "slash": "\\/",
        "uppercase-hex": "\\u001F",
        "uppercase-escape": "\\u00E9",
        "all": '\\u0000\\b\\t\\n\\f\\r\\"\\\\\\/\\u001f\\u007f',
        "backslash-u": "\\\\u0041",
        "combining": "e\u0301",
        "empty": "",
        "mixed": "a\\u00e9\u00e9\\ud83d\\ude00\U0001f600",
    }.items():
        yield _append(f"text-{word}", f"The text {text!a}.", f'"{text}"', _ESCAPES)
        yield _append(f"key-{word}", f"The key {text!a}.", f'{{"{text}":1}}', _ESCAPES)


def _halves() -> Iterator[Question]:
    for word, text in {
        "high": "\\ud83d",
        "low": "\\ude00",
        "first-high": "\\ud800",
        "last-high": "\\udbff",
        "first-low": "\\udc00",
        "last-low": "\\udfff",
        "reversed": "\\ude00\\ud83d",
        "two-high": "\\ud83d\\ud83d",
        "behind-text": "a\\ud83d",
        "before-text": "\\ud83da",
        "before-escape": "\\ud83d\\u0041",
        "pair-and-high": "\\ud83d\\ude00\\ud83d",
        "uppercase": "\\uD83D",
    }.items():
        yield _append(word, f"The text {text}: half of a surrogate pair.", f'"{text}"', _HALF)
        yield _append(f"{word}-inside", f"The text {text} in a list.", f'{{"a":[1,"{text}"]}}', _HALF)
    for word, text in {
        "alone": '{"\\ud83d":1}',
        "before-value": '{"a":{"\\ud83d":1.5}}',
        "twice": '[{"b":1,"\\ude00":1,"\\ude00":2}]',
        "behind-value": '{"a":1.5,"\\ude00":1}',
    }.items():
        about = f"A key with half of a surrogate pair: the path of its object, in {text}."
        yield _append(f"key-{word}", about, text, _HALF, _PATH)


def _numbers() -> Iterator[Question]:
    for value in (
        *(0, 1, -1, 9, 10, -10),
        *(2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1),
        *(I64_MAX - 1, I64_MAX, I64_MAX + 1, U64 - 1, U64, U64 + 1, I64_MIN + 1, I64_MIN, I64_MIN - 1),
        *(2**65, 2**128, -(2**64), 10**19, 10**20, 10**30),
        # digits that a printer of two halves must fill up with zeros
        *(10**19 + 5, 10**19 + 10**18, 10**18 + 7, 4_000_000_002, -(10**18) - 7),
    ):
        slug = str(value).replace("-", "minus-")
        yield _append(slug, f"The number {value}.", str(value), _RANGE)
        yield _append(f"{slug}-inside", f"The number {value} in a list.", f'{{"a":[0,{value}]}}', _RANGE)
    yield _append("five-thousand-digits", "A number of 5,000 digits.", "9" * 5_000, _RANGE)
    for word, text in {
        "negative-zero": "-0",
        "fraction": "1.5",
        "fraction-zero": "1.0",
        "zero-fraction": "0.0",
        "negative-zero-fraction": "-0.0",
        "exponent": "1e5",
        "exponent-capital": "1E5",
        "exponent-plus": "1e+5",
        "exponent-minus": "1e-5",
        "exponent-zero": "1e0",
        "exponent-huge": "1e400",
        "fraction-exponent": "1.5e1",
        "large-fraction": f"{U64}.0",
        "long-fraction": "0." + "3" * 400,
        "beyond-and-fraction": f"{U64 + 1}.5",
    }.items():
        yield _append(word, f"The number {text[:40]}.", text, _FLOAT)
        yield _append(f"{word}-inside", f"The number {text[:40]} in an object.", f'{{"scores":[1,2,{text}]}}', _FLOAT)


def _keys() -> Iterator[Question]:
    order = "PAYLOAD_KEY_ORDER"
    for word, text in {
        "reversed": '{"c":1,"b":2,"a":3}',
        "numbers": '{"10":1,"9":2,"1":3}',
        "mixed-case": '{"b":1,"B":2,"a":3,"A":4}',
        "inside": '{"z":{"y":1,"x":2},"a":[{"d":1,"c":2}]}',
        "non-ascii": '{"\u00e9":1,"z":2,"e":3}',
        "by-length": '{"aaa":1,"aa":2,"a":3}',
        "entry": '{"sequence":1,"entry_hash":2,"data":3,"previous_hash":4}',
    }.items():
        yield _append(f"order-{word}", f"Keys keep their order: {text}.", text, order)
    yield _append("empty", "The empty key.", '{"":1}')
    yield _append("proto", "A key that some languages treat apart.", '{"__proto__":1,"constructor":2}')
    for word, text in {
        "neighbours": '{"a":1,"a":1}',
        "apart": '{"a":1,"b":2,"a":3}',
        "last-of-many": '{"a":1,"b":2,"c":3,"d":4,"b":5}',
        "escaped": '{"a":1,"\\u0061":2}',
        "escaped-both": '{"\\u0061":1,"\\u0061":2}',
        "empty": '{"":1,"":2}',
        "inside": '{"x":[{"a":1},{"a":1,"a":2}]}',
        "pair": '{"\U0001f600":1,"\\ud83d\\ude00":2}',
        "slash": '{"/":1,"\\/":2}',
    }.items():
        yield _append(f"twice-{word}", f"A key stands twice: {text!a}.", text, _TWICE)
    for word, text in {
        "composed": '{"\u00e9":1,"e\u0301":2}',
        "case": '{"a":1,"A":2}',
        "space": '{"a":1,"a ":2}',
        "objects": '{"x":{"a":1},"y":{"a":1}}',
        "parent": '{"a":{"a":{"a":1}}}',
    }.items():
        yield _append(f"other-{word}", f"Keys that are not the same, or not in one object: {text!a}.", text, _TWICE)


def _depths() -> Iterator[Question]:
    for depth in (1, 2, 99, 100, 101, 102, 300, 5_000):
        shown = f"{depth:,}"
        yield _append(f"lists-{depth}", f"{shown} empty lists in each other.", "[" * depth + "]" * depth, _DEPTH)
        yield _append(f"number-{depth}", f"A number in {shown} lists.", "[" * depth + "1" + "]" * depth, _DEPTH)
        if depth <= 300:
            objects = '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)
            yield _append(f"objects-{depth}", f"{shown} objects in each other.", objects, _DEPTH)
            both = '[{"a":' * (depth // 2) + "[]" * (depth % 2) + "0" * (1 - depth % 2) + "}]" * (depth // 2)
            yield _append(f"mixed-{depth}", f"{shown} lists and objects in turn.", both, _DEPTH)
    behind = '{"a":1,"b":[0,' + "[" * 100 + "]" * 100 + "]}"
    yield _append("path", "The path of the level that is too deep.", behind, _DEPTH, _PATH)
    wide = "[" + ",".join(["[]"] * 200) + "]"
    yield _append("wide", "200 lists beside each other are two levels.", wide, _DEPTH)
    before = "[" * 100 + "1.5," + "[]" + "]" * 100
    yield _append("fault-before", "A fraction stands before the level that is too deep.", before, _DEPTH, _PATH)
    behind = "[" * 100 + "[]" + ",1.5" + "]" * 100
    yield _append("fault-behind", "A fraction stands behind it.", behind, _DEPTH, _PATH)


def _paths() -> Iterator[Question]:
    for (one, first), (other, second) in combinations(_FAULTS.items(), 2):
        for pair, values in ((f"{one}-and-{other}", (first, second)), (f"{other}-and-{one}", (second, first))):
            listed = f"[0,{values[0]},{values[1]}]"
            yield _append(f"{pair}-list", f"Two faults in a list: {listed}.", listed, _PATH)
            held = f'{{"z":{values[0]},"a":{values[1]}}}'
            yield _append(f"{pair}-object", f"Two faults in an object: {held}.", held, _PATH)
    for word, text in {
        "deep": '{"a":{"b":[[{"c":1.5}]]}}',
        "index-ten": "[" + "0," * 10 + "1.5]",
        "root": "1.5",
        "list-root": "[1.5]",
        "empty-key": '{"":{"":1.5}}',
        "dot-in-key": '{"a.b":{"c[0]":1.5}}',
        "non-ascii-key": '{"\u00e9":[1.5]}',
        "escaped-key": '{"\\u0061\\n":[1.5]}',
        "quote-in-key": '{"\\"":1.5}',
        "space-in-key": '{" a ":1.5}',
        "twice-before-value": '{"a":1,"a":1.5}',
        "value-before-twice": '{"a":1.5,"a":1}',
        "twice-inside-first": '{"a":{"b":1,"b":2},"a":1}',
        "second-object": '[{"a":1},{"a":1},{"a":1.5}]',
        "behind-large": '{"a":[' + "0," * 500 + '0],"b":1.5}',
    }.items():
        yield _append(f"path-{word}", f"The path of the fault in {text!a:.60}.", text, _PATH)


def _space() -> Iterator[Question]:
    for word, text in {
        "object": ' { "a" : 1 ,\t"b" : [ 1 ,\r\n 2 ] } ',
        "empty-list": "[ ]",
        "empty-object": "{ \n }",
        "scalar": "\n1\t",
        "in-text": '" a  b "',
        "lines": '{\n  "a": [\n    1\n  ]\n}\n',
    }.items():
        yield _append(word, "White space is left out, but not in texts.", text)
    for text in ("null", "true", "false", '""', "[]", "{}", "0"):
        slug = {'""': "empty-text", "[]": "list", "{}": "no-member"}.get(text, text)
        yield _append(f"only-{slug}", f"The payload {text}.", text)


def _continued() -> Iterator[Question]:
    feed = "APPEND_LINE_FEED"
    two = b"".join(chain(b'{"n":1}', b"null"))
    spaced = line(1, GENESIS, b'{ "n" : 1.50 }')
    crlf = two.replace(b"\n", b"\r\n")
    for word, about, log, flags in (
        ("empty", "The first entry of a log.", b"", ()),
        ("one", "The second entry.", chain(b"1")[0], ()),
        ("two", "The third entry.", two, ()),
        ("no-line-feed", "The last line has no line feed: it gets one.", two[:-1], (feed,)),
        ("crlf", "Lines end with CR LF: the new one with LF.", crlf, (feed,)),
        ("crlf-cut", "The last line ends with CR: a line feed is added.", crlf[:-1], (feed,)),
        ("blank-first", "Blank lines before the first entry.", b"\n \n" + two, ()),
        ("blank-last", "A blank line at the end.", two + b"\n", (feed,)),
        ("space-last", "White space without line feed at the end.", two + b"  ", (feed,)),
        ("only-blank", "A log of blank lines.", b"\n\n", (feed,)),
        ("only-space", "A log of one space.", b" ", (feed,)),
        ("only-return", "A log of one carriage return.", b"\r", (feed,)),
        ("foreign-form", "A payload in another form: its hash goes on.", spaced, ("LOG_DATA_REPRINTED",)),
        ("foreign-order", "Keys of the entry in another order.", _turned(chain(b"1")[0]), ("LOG_ENTRY_KEYS",)),
        ("twelve", "The thirteenth entry.", b"".join(chain(*[b"1"] * 12)), ()),
    ):
        yield _append(word, about, '{"next":true}', *flags, log=log)
    yield _append("no-line-feed-twice", "Another payload, no line feed.", "[1,2]", feed, log=chain(b"1")[0][:-1])


def _turned(entry: bytes) -> bytes:
    """The members of an entry from back to front."""
    values = json.loads(entry)
    return json.dumps(dict(reversed(values.items())), separators=(",", ":")).encode() + b"\n"


def _broken() -> Iterator[Question]:
    flag = "APPEND_UNVERIFIED"
    first, second = chain(b"1", b"2")
    last = tail(b"1")
    for word, about, log in (
        ("torn", "The last line is torn.", first + second[:-20]),
        ("torn-first", "The only line is torn.", first[:30]),
        ("text-behind", "Text behind the last line.", first + b"x"),
        ("gap", "The first entry is gone.", second),
        ("payload-changed", "The first payload was changed.", first.replace(b'"data":1', b'"data":7') + second),
        ("last-payload-changed", "The last payload was changed.", first + second.replace(b'"data":2', b'"data":7')),
        ("twice", "An entry stands twice.", first + first),
        ("foreign-previous", "A foreign previous hash.", first + line(2, "0" * 64, b"2")),
        ("sequence-again", "A sequence stands twice.", first + line(1, last, b"2")),
        ("byte-order-mark", "A byte order mark.", b"\xef\xbb\xbf" + first),
        ("not-utf8", "A byte that is not UTF-8.", first + b"\xff\n"),
    ):
        yield _append(word, about, "1", flag, log=log)
        yield _append(
            f"{word}-and-payload", f"{about[:-1]}, and the payload is refused too: the log.", "1.5", flag, log=log
        )


def _keyed() -> Iterator[Question]:
    flag = "LOG_KEY"
    keyed = b"".join(chain(b"1", b"2", key=KEY))
    plain = b"".join(chain(b"1", b"2"))
    yield _append("first", "The first entry of a log with a key.", '{"n":1}', flag, key=KEY)
    yield _append("third", "The third entry of a log with a key.", '{"n":1}', flag, log=keyed, key=KEY)
    yield _append("none-on-keyed", "No key for a log that has one.", "1", flag, log=keyed)
    yield _append("key-on-plain", "A key for a log that has none.", "1", flag, log=plain, key=KEY)
    yield _append("another", "Another key.", "1", flag, log=keyed, key=KEY[::-1])
    for length in (0, 1, 31):
        yield _append(f"short-{length}", f"A key of {length} bytes.", "1", flag, key=KEY[:length])
        yield _append(
            f"short-{length}-first",
            f"A key of {length} bytes comes before log and payload.",
            "1.5",
            flag,
            log=b"{",
            key=KEY[:length],
        )
    for length in (32, 33, 64, 65, 129):
        key = bytes(place % 251 for place in range(length))
        yield _append(f"long-{length}", f"A key of {length} bytes.", "1", flag, key=key)
