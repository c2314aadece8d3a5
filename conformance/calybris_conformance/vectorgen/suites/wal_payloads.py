"""What may stand in a payload: the grammar of RFC 8259 and nothing else, and its bytes count (LOG-2, LOG-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group
from calybris_conformance.vectorgen.logs import GENESIS, hashed, line, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question

_NARROW, _LENIENT, _REPRINTED = "LOG_JSON_NARROW", "LOG_JSON_LENIENT", "LOG_DATA_REPRINTED"

#: Payloads that are JSON; what a parser that builds values makes of them does not matter.
_GOOD: dict[str, str] = {
    "null": "null",
    "true": "true",
    "false": "false",
    "zero": "0",
    "negative-zero": "-0",
    "negative-zero-fraction": "-0.0",
    "one-point-zero": "1.0",
    "trailing-zeros": "1.500",
    "exponent": "1e5",
    "exponent-capital": "1E5",
    "exponent-plus": "1e+5",
    "exponent-minus": "1e-5",
    "exponent-zeros": "1e005",
    "exponent-zero": "0e0",
    "exponent-huge": "1e400",
    "exponent-tiny": "1e-400",
    "exponent-twenty-digits": "1e99999999999999999999",
    "beyond-double": "9007199254740993",
    "largest-i64": "9223372036854775807",
    "beyond-i64": "9223372036854775808",
    "largest-u64": "18446744073709551615",
    "beyond-u64": "18446744073709551616",
    "smallest-i64": "-9223372036854775808",
    "below-i64": "-9223372036854775809",
    "forty-digits": "1" * 40,
    "five-thousand-digits": "1" * 5_000,
    "long-fraction": "0." + "3" * 400,
    "seventeen-digits": "0.30000000000000004",
    "empty-text": '""',
    "text": '"text"',
    "slash": '"a/b"',
    "escaped-slash": '"a\\/b"',
    "escaped-quote": '"\\""',
    "escaped-backslash": '"\\\\"',
    "escaped-controls": '"\\b\\f\\n\\r\\t"',
    "escaped-nul": '"\\u0000"',
    "escaped-ascii": '"\\u0061"',
    "escaped-lowercase": '"\\u00e9"',
    "escaped-uppercase": '"\\u00E9"',
    "escaped-pair": '"\\ud83d\\ude00"',
    "half-high": '"\\ud83d"',
    "half-low": '"\\ude00"',
    "half-reversed": '"\\ude00\\ud83d"',
    "half-in-key": '{"\\ud83d":1}',
    "non-ascii": '"\u00e9\u20ac\U0001f600"',
    "combining": '"e\u0301"',
    "delete": '"\x7f"',
    "line-separator": '"\u2028\u2029"',
    "byte-order-mark": '"\ufeff"',
    "empty-list": "[]",
    "empty-object": "{}",
    "spaced-empty-list": "[ \t ]",
    "spaced-empty-object": "{ }",
    "list": '[1,"a",null,true,[],{}]',
    "spaced-list": "[ 1 , 2\t, 3 ]",
    "object": '{"b":1,"a":2}',
    "spaced-object": '{ "b" : 1 , "a" : 2 }',
    "empty-key": '{"":1}',
    "key-twice": '{"a":1,"a":2}',
    "key-twice-escaped": '{"a":1,"\\u0061":2}',
    "key-thrice": '{"a":1,"a":1,"a":1}',
    "proto-key": '{"__proto__":1,"constructor":2}',
    "number-keys": '{"10":1,"9":2,"1":3}',
    "entry-keys": '{"sequence":9,"previous_hash":"x","entry_hash":"y","data":{"data":1}}',
    "brace-in-text": '"}"',
    "data-in-text": '"\\"data\\":1}"',
    "text-with-newline-escape": '"a\\nb"',
    "nested": '{"a":[{"b":[{"c":[[]]}]}]}',
    "many-keys": "{" + ",".join(f'"k{place}":{place}' for place in range(60)) + "}",
}
#: Payloads that are no JSON, though parsers are found that accept them.
_BAD: dict[str, str] = {
    "nan": "NaN",
    "nan-lowercase": "nan",
    "infinity": "Infinity",
    "negative-infinity": "-Infinity",
    "inf": "inf",
    "nan-in-list": "[NaN]",
    "infinity-in-object": '{"a":Infinity}',
    "leading-zero": "01",
    "leading-zeros": "00",
    "negative-leading-zero": "-01",
    "leading-zero-fraction": "01.5",
    "plus": "+1",
    "dot-first": ".5",
    "dot-last": "5.",
    "dot-exponent": "1.e5",
    "exponent-empty": "1e",
    "exponent-sign-only": "1e+",
    "exponent-fraction": "1e1.5",
    "two-dots": "1.2.3",
    "minus-alone": "-",
    "minus-space": "- 1",
    "two-minuses": "--1",
    "hex": "0x10",
    "octal": "0o7",
    "binary": "0b1",
    "underscore": "1_000",
    "suffix": "1n",
    "full-width-digit": "１",
    "arabic-digit": "١",
    "minus-sign": "−1",
    "true-capital": "True",
    "none": "None",
    "null-capital": "NULL",
    "undefined": "undefined",
    "cut-null": "nul",
    "long-null": "nulll",
    "bare": "abc",
    "single-quotes": "'a'",
    "backticks": "`a`",
    "unclosed-text": '"a',
    "unopened-text": 'a"',
    "adjacent-texts": '"a""b"',
    "raw-tab": '"a\tb"',
    "raw-nul": '"a\0b"',
    "raw-control": '"a\x1fb"',
    "raw-return": '"a\rb"',
    "raw-escape": '"\x1b"',
    "escape-x": '"\\x41"',
    "escape-a": '"\\a"',
    "escape-v": '"\\v"',
    "escape-zero": '"\\0"',
    "escape-quote": '"\\\'"',
    "escape-capital-u": '"\\U0041"',
    "escape-short": '"\\u041"',
    "escape-empty": '"\\u"',
    "escape-not-hex": '"\\u00g1"',
    "escape-sign": '"\\u+041"',
    "escape-space": '"\\u 041"',
    "escape-underscore": '"\\u0_41"',
    "escape-full-width": '"\\u００４１"',
    "escape-braces": '"\\u{41}"',
    "escape-at-end": '"\\"',
    "list-comma-last": "[1,]",
    "list-comma-first": "[,1]",
    "list-two-commas": "[1,,2]",
    "list-comma-only": "[,]",
    "list-no-comma": "[1 2]",
    "list-unclosed": "[1",
    "list-closed-twice": "[1]]",
    "list-closed-by-brace": "[1}",
    "list-colon": "[1:2]",
    "object-comma-last": '{"a":1,}',
    "object-comma-first": '{,"a":1}',
    "object-two-commas": '{"a":1,,"b":2}',
    "object-no-comma": '{"a":1 "b":2}',
    "object-no-colon": '{"a" 1}',
    "object-no-value": '{"a":}',
    "object-key-only": '{"a"}',
    "object-equals": '{"a"=1}',
    "object-bare-key": "{a:1}",
    "object-single-quotes": "{'a':1}",
    "object-number-key": "{1:1}",
    "object-null-key": "{null:1}",
    "object-list-key": "{[]:1}",
    "object-closed-by-bracket": '{"a":1]',
    "object-closed-twice": "{}}",
    "object-colon-twice": '{"a"::1}',
    "comment-block": "1/* */",
    "comment-line": "1//",
    "comment-hash": "1#",
    "comment-in-list": "[1/**/]",
    "two-values": "1 2",
    "two-objects": "{}{}",
    "parentheses": "(1)",
    "tuple": "(1,2)",
    "form-feed-inside": "[1\f]",
    "vertical-tab-inside": "[1\v]",
    "no-break-inside": "[1\u00a0]",
    "nul-inside": "[1\0]",
    "byte-order-mark-inside": "[\ufeff1]",
    "byte-order-mark-first": "\ufeff1",
    "empty": "",
    "space-only": "  ",
    "hex-float": "0x1p3",
    "regex": "/a/",
}


def files() -> Iterator[Draft]:
    """Payloads that are read; that are not; whose bytes a printer would change; whose front alone is JSON."""
    for name, title, questions in (
        ("payloads", "Payloads that are JSON, whatever a parser makes of them", _good()),
        ("not-json", "Payloads that are no JSON", _bad()),
        ("reprinted", "Payloads with the hash of another form of themselves", _reprinted()),
        ("cut", "Payloads that are no JSON with the hash of their beginning", _cut()),
    ):
        yield Draft("wal", f"verify-{name}", "wal.verify", title, "LOG-2 LOG-3", (Group(name, tuple(questions)),))


def _good() -> Iterator[Question]:
    narrow = {name for name in _GOOD if name.startswith(("half", "key-", "exponent-h", "exponent-tw", "five", "forty"))}
    for name, text in _GOOD.items():
        flag = _NARROW if name in narrow else _REPRINTED
        yield verify(name, f"The payload {text!a:.60}.", line(1, GENESIS, text.encode()), flag)
        inside = f'{{"x":[{text}]}}'.encode()
        yield verify(f"{name}-inside", "The same inside a list in an object.", line(1, GENESIS, inside), flag)


def _bad() -> Iterator[Question]:
    for name, text in _BAD.items():
        yield verify(name, f"The payload {text!a:.60}.", line(1, GENESIS, text.encode()), _LENIENT)
        inside = f'{{"x":[{text}]}}'.encode()
        if name not in ("empty", "space-only"):  # an empty list is fine
            yield verify(f"{name}-inside", "The same inside a list in an object.", line(1, GENESIS, inside), _LENIENT)


def _reprinted() -> Iterator[Question]:
    for name, stands, hashed_as in (
        ("space", '{"a": 1}', '{"a":1}'),
        ("space-added", '{"a":1}', '{"a": 1}'),
        ("space-in-list", "[1, 2]", "[1,2]"),
        ("key-order", '{"b":1,"a":2}', '{"a":2,"b":1}'),
        ("key-twice", '{"a":1,"a":2}', '{"a":2}'),
        ("fraction", "1.0", "1"),
        ("fraction-added", "1", "1.0"),
        ("trailing-zero", "1.50", "1.5"),
        ("exponent", "1e5", "100000"),
        ("exponent-float", "1e5", "100000.0"),
        ("exponent-case", "1E5", "1e5"),
        ("exponent-plus", "1e+5", "1e5"),
        ("negative-zero", "-0", "0"),
        ("beyond-double", "9007199254740993", "9007199254740992"),
        ("largest-u64", "18446744073709551615", "18446744073709551616"),
        ("large-as-float", "18446744073709551616", "1.8446744073709552e+19"),
        ("infinite", "1e400", "null"),
        ("slash", '"a\\/b"', '"a/b"'),
        ("slash-added", '"a/b"', '"a\\/b"'),
        ("ascii", '"\\u0061"', '"a"'),
        ("non-ascii", '"\u00e9"', '"\\u00e9"'),
        ("non-ascii-decoded", '"\\u00e9"', '"\u00e9"'),
        ("hex-case", '"\\u00E9"', '"\\u00e9"'),
        ("control", '"\\u000a"', '"\\n"'),
        ("control-added", '"\\n"', '"\\u000a"'),
        ("pair", '"\\ud83d\\ude00"', '"\U0001f600"'),
        ("half", '"\\ud83d"', '"\ufffd"'),
        ("composed", '"e\u0301"', '"\u00e9"'),
        ("decomposed", '"\u00e9"', '"e\u0301"'),
        ("empty-list", "[ ]", "[]"),
        ("html", '"<&>"', '"\\u003c\\u0026\\u003e"'),
        ("line-separator", '"\u2028"', '"\\u2028"'),
    ):
        own = hashed(GENESIS, hashed_as.encode())
        about = f"{stands!a} stands there, and {hashed_as!a} was hashed."
        yield verify(name, about, line(1, GENESIS, stands.encode(), own=own), _REPRINTED)
        right = line(1, GENESIS, stands.encode())
        yield verify(f"{name}-right", f"{stands!a} stands there and was hashed.", right, _REPRINTED)


def _cut() -> Iterator[Question]:
    """No JSON, but the hash is right for the part in front, where a reader stops that does not look what comes next."""
    for name, stands, front in (
        ("comma-behind-brace", '{,"a":1}', "{"),
        ("comma-behind-bracket", "[,1]", "["),
        ("comma-before-brace", '{"a":1,}', '{"a":1'),
        ("comma-before-bracket", "[1,]", "[1"),
        ("no-value", '{"a":}', '{"a":'),
        ("no-comma", "[1 2]", "[1"),
        ("bracket-too-many", "[1]]", "[1]"),
        ("brace-too-many", "{}}", "{}"),
        ("two-numbers", "1 2", "1"),
        ("two-texts", '"a""b"', '"a"'),
        ("two-objects", "{}{}", "{}"),
        ("leading-zero", "01", "0"),
        ("dot-last", "5.", "5"),
        ("exponent-empty", "1e", "1"),
        ("hex", "0x10", "0"),
        ("word-too-long", "nulll", "null"),
    ):
        own = hashed(GENESIS, front.encode())
        about = f"{stands!a} stands there, and {front!a} was hashed."
        yield verify(name, about, line(1, GENESIS, stands.encode(), own=own), _LENIENT)
