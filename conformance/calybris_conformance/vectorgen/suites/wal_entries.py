"""Entries: their keys, their space, their escapes, their sequence (LOG-3)."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group
from calybris_conformance.vectorgen.logs import GENESIS, chain, hashed, line, members, verify, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question

_DATA = b'{"n":1}'
_OWN = hashed(GENESIS, _DATA)
_MEMBERS = members(1, GENESIS, _OWN, _DATA)
_NAMES = tuple(_MEMBERS)
_FIRST, _SECOND = chain(_DATA, b"2")
_LOG = _FIRST + _SECOND


def files() -> Iterator[Draft]:
    """Files about the members of an entry, and about numbers and texts in them."""
    for name, title, groups in (
        ("keys", "The members of an entry and the space between them", {"keys": _keys(), "space": _space()}),
        ("values", "Sequences and hashes in other forms", {"sequence": _sequences(), "hash-text": _texts()}),
    ):
        found = tuple(Group(group, tuple(questions)) for group, questions in groups.items())
        yield Draft("wal", f"verify-{name}", "wal.verify", title, "LOG-1 LOG-3", found)


def _slug(name: str) -> str:
    return name.strip('"').replace("_", "-")


def _keys() -> Iterator[Question]:
    flag, form = "LOG_ENTRY_KEYS", "LOG_ENTRY_FORM"
    for place, order in enumerate(permutations(_NAMES)):
        about = f"The keys in the order {', '.join(map(_slug, order))}."
        yield verify(f"order-{place}", about, written((key, _MEMBERS[key]) for key in order), flag)
    for count in (1, 2, 3):
        for gone in combinations(_NAMES, count):
            word = "-and-".join(map(_slug, gone))
            log = written((key, value) for key, value in _MEMBERS.items() if key not in gone)
            yield verify(f"without-{word}", f"Without {word.replace('-', ' ')}.", log, flag)
    yield verify("without-any", "An object without keys.", b"{}\n", flag)
    for key, value in _MEMBERS.items():
        for place in (0, 4):
            twice = [*_MEMBERS.items()]
            twice.insert(place, (key, value))
            yield verify(f"twice-{_slug(key)}-{place}", f"{key} stands twice.", written(twice), flag)
        other = [(key, b"null"), *_MEMBERS.items()]
        yield verify(f"twice-{_slug(key)}-null-first", f"{key} stands twice, first as null.", written(other), flag)
        yield verify(
            f"null-{_slug(key)}", f"{key} is null.", written({**_MEMBERS, key: b"null"}.items()), "LOG_ENTRY_FORM"
        )
    escaped = [('"d\\u0061ta"', _DATA), *_MEMBERS.items()]
    yield verify("twice-escaped", "data stands twice, once with an escape.", written(escaped), flag, "LOG_ESCAPED")
    for word in ("Sequence", "hash", "", "data ", "prev_hash", "timestamp", "__proto__", "dat\\u0061x"):
        for place in (0, 4):
            more = [*_MEMBERS.items()]
            more.insert(place, (f'"{word}"', b"1"))
            slug = word.lower().replace(" ", "-space").replace("_", "-").replace("\\", "-").strip("-") or "empty"
            yield verify(f"unknown-{slug}-{place}", f"One more key, {word!r}.", written(more), flag)
    for key in _NAMES:
        renamed = {(name.upper() if name == key else name): value for name, value in _MEMBERS.items()}
        yield verify(f"uppercase-{_slug(key)}", f"{key} in uppercase.", written(renamed.items()), flag)
    listed = b"[" + b",".join(_MEMBERS.values()) + b"]\n"
    yield verify("as-list", "The four values as a list.", listed, form)
    for word, value in {
        "null": b"null",
        "true": b"true",
        "number": b"1",
        "text": b'"entry"',
        "list": b"[]",
        "list-of-entry": b"[" + _FIRST[:-1] + b"]",
        "text-of-entry": b'"{}"',
        "pairs": b'[["sequence",1]]',
        "word": b"entry",
        "nothing-in-quotes": b'""',
    }.items():
        yield verify(f"line-{word}", f"A line that is {value.decode()!r}.", value + b"\n", form)
    for word, behind in {
        "comma": b",",
        "brace": b"}",
        "object": b"{}",
        "number": b"1",
        "comment": b" // 1",
        "hash": b" # 1",
        "semicolon": b";",
        "entry": _SECOND[:-1],
        "letter": b"x",
    }.items():
        yield verify(
            f"behind-{word}", f"{behind.decode()!r:.40} behind the object.", _FIRST[:-1] + behind + b"\n", form
        )
        if word != "entry":
            yield verify(f"before-{word}", f"{behind.decode()!r} before the object.", behind + _FIRST, form)
    for word, broken in {
        "no-comma": _FIRST.replace(b",", b" ", 1),
        "two-commas": _FIRST.replace(b",", b",,", 1),
        "last-comma": _FIRST.replace(b"}}", b"},}"),
        "first-comma": _FIRST.replace(b"{", b"{,", 1),
        "no-colon": _FIRST.replace(b":", b" ", 1),
        "two-colons": _FIRST.replace(b":", b"::", 1),
        "equals": _FIRST.replace(b":", b"=", 1),
        "bare-key": _FIRST.replace(b'"sequence"', b"sequence"),
        "single-quotes": _FIRST.replace(b'"sequence"', b"'sequence'"),
        "no-end": _FIRST.replace(b"}}", b"}"),
        "bracket-end": _FIRST.replace(b"}}", b"}]"),
        "comment": _FIRST.replace(b"{", b"{/* */", 1),
        "no-value": _FIRST.replace(b":1,", b":,", 1),
        "no-key": _FIRST.replace(b'"sequence"', b"", 1),
        "number-key": _FIRST.replace(b'"sequence"', b"1", 1),
        "null-key": _FIRST.replace(b'"sequence"', b"null", 1),
    }.items():
        yield verify(f"broken-{word}", f"No JSON: {word.replace('-', ' ')}.", broken, form)


#: Where white space may stand in the line of an entry, with what stands before it.
_PLACES = {
    "line": (b"", b"{"),
    "object": (b"{", b'"sequence"'),
    "key": (b'"sequence"', b":"),
    "colon": (b":", b"1,"),
    "value": (b"1", b","),
    "comma": (b",", b'"previous_hash"'),
    "data-colon": (b'"data":', b'{"n"'),
    "data": (b"1}", b"}"),
    "end": (b"}}", b"\n"),
}


def _space() -> Iterator[Question]:
    kinds = {"space": b" ", "tab": b"\t", "return": b"\r", "mixed": b" \t\r  "}
    for place, (before, behind) in _PLACES.items():
        for kind, space in kinds.items():
            log = _FIRST.replace(before + behind, before + space + behind, 1)
            yield verify(
                f"{kind}-at-{place}", f"{space!r} at the {place.replace('-', ' ')}.", log, "LOG_DATA_REPRINTED"
            )
        for kind, other in {
            "form-feed": b"\f",
            "vertical-tab": b"\v",
            "no-break": b"\xc2\xa0",
            "line-separator": b"\xe2\x80\xa8",
            "nul": b"\0",
            "next-line": b"\xc2\x85",
            "byte-order-mark": b"\xef\xbb\xbf",
        }.items():
            log = _FIRST.replace(before + behind, before + other + behind, 1)
            yield verify(f"{kind}-at-{place}", f"{other!r} at the {place.replace('-', ' ')}.", log, "LOG_ENTRY_FORM")
    everywhere = b' { "sequence" : 1 , "previous_hash" : "genesis" , "entry_hash" : "%b" , "data" : %b } \n'
    yield verify(
        "everywhere", "A space wherever one may stand.", everywhere % (_OWN.encode(), _DATA), "LOG_DATA_REPRINTED"
    )
    inside = b'{ "n" :\t1 }'
    yield verify(
        "inside-data", "White space inside the payload is part of it.", line(1, GENESIS, inside), "LOG_DATA_REPRINTED"
    )
    foreign = line(1, GENESIS, inside, own=_OWN)
    yield verify("inside-data-not-hashed", "It is not left out of the hash.", foreign, "LOG_DATA_REPRINTED")
    around = line(1, GENESIS, b" 1 ", own=hashed(GENESIS, b" 1 "))
    yield verify("around-data-hashed", "White space around the payload is no part of it.", around, "LOG_DATA_REPRINTED")


def _sequences() -> Iterator[Question]:
    flag = "LOG_SEQUENCE_FORM"
    for word, text in {
        "fraction": "1.0",
        "fraction-zeros": "1.000",
        "exponent": "1e0",
        "exponent-capital": "1E0",
        "exponent-plus": "1e+0",
        "exponent-minus": "10e-1",
        "half": "0.5",
        "negative": "-1",
        "negative-zero": "-0",
        "negative-zero-fraction": "-0.0",
        "text": '"1"',
        "text-empty": '""',
        "true": "true",
        "false": "false",
        "list": "[1]",
        "object": '{"1":1}',
        "leading-zero": "01",
        "plus": "+1",
        "hex": "0x1",
        "underscore": "1_0",
        "suffix": "1n",
        "dot": "1.",
        "dot-first": ".1",
        "exponent-empty": "1e",
        "nan": "NaN",
        "infinity": "Infinity",
        "full-width": "１",
        "beyond-u64": str(2**64),
        "beyond-u64-wraps": str(2**64 + 1),
        "beyond-u128-wraps": str(2**128 + 1),
        "thirty-digits": "1" * 30,
        "five-thousand-digits": "1" * 5_000,
        "minus-alone": "-",
        "empty": "",
    }.items():
        yield verify(
            f"first-{word}", f"The first sequence is {text!a:.40}.", line(text, GENESIS, _DATA, own=_OWN), flag
        )
    for value in (0, 2, 2**31, 2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1):
        about = f"{value} is a sequence, and not the first one."
        yield verify(f"first-{value}", about, line(value, GENESIS, _DATA), flag, "LOG_BEGINNING")
    for word, text in {"exponent": "2e0", "fraction": "2.0", "text": '"2"', "leading-zero": "02"}.items():
        log = _FIRST + line(text, _OWN, b"2")
        yield verify(f"second-{word}", f"The second sequence is {text}.", log, flag, "LOG_LINE_INDEX")


def _texts() -> Iterator[Question]:
    escaped, form = "LOG_ESCAPED", "LOG_ENTRY_FORM"
    for key in _NAMES:
        plain = key.strip('"')
        some = f'"{plain[0]}\\u{ord(plain[1]):04x}{plain[2:]}"'
        every = '"' + "".join(f"\\u{ord(character):04X}" for character in plain) + '"'
        for word, spelled in (("one", some), ("all", every)):
            renamed = [(spelled if name == key else name, value) for name, value in _MEMBERS.items()]
            yield verify(f"key-{_slug(key)}-{word}", f"{key} written as {spelled}.", written(renamed), escaped)
    for key, text in (('"previous_hash"', GENESIS), ('"entry_hash"', _OWN)):
        first = f"\\u{ord(text[0]):04x}"
        for word, spelled in {
            "escaped": first + text[1:],
            "escaped-uppercase": first.upper().replace("U", "u") + text[1:],
            "all-escaped": "".join(f"\\u{ord(character):04x}" for character in text),
        }.items():
            log = written({**_MEMBERS, key: f'"{spelled}"'.encode()}.items())
            yield verify(f"{_slug(key)}-{word}", f"{key} with escapes, and the right value.", log, escaped)
        for word, value in {
            "number": b"7",
            "true": b"true",
            "list": f'["{text}"]'.encode(),
            "object": b"{}",
            "bare": text.encode(),
            "single-quotes": f"'{text}'".encode(),
        }.items():
            log = written({**_MEMBERS, key: value}.items())
            yield verify(f"{_slug(key)}-{word}", f"{key} is {value.decode()!r:.30}.", log, form)
        for word, tail_ in {
            "half-high": "\\ud800",
            "half-low": "\\udfff",
            "half-reversed": "\\udc00\\ud800",
            "half-before-letter": "\\ud83dx",
        }.items():
            log = written({**_MEMBERS, key: f'"{tail_}"'.encode()}.items())
            yield verify(f"{_slug(key)}-{word}", f"{key} holds half of a surrogate pair.", log, form, escaped)
        for word, tail_ in {
            "pair": "\\ud83d\\ude00",
            "tab": "\\t",
            "nul": "\\u0000",
            "slash": "\\/",
            "quote": '\\"',
            "four-bytes": "😀",
            "line-separator": "\u2028",
        }.items():
            log = written({**_MEMBERS, key: f'"{tail_}"'.encode()}.items())
            yield verify(f"{_slug(key)}-{word}", f"{key} is a text, and no hash of this chain.", log, escaped)
        for word, bad in {
            "raw-tab": "\t",
            "raw-nul": "\0",
            "raw-control": "\x1f",
            "escape-x": "\\x41",
            "escape-capital": "\\U0041",
            "escape-short": "\\u41",
            "escape-lone": "\\",
        }.items():
            log = written({**_MEMBERS, key: f'"{bad}"'.encode()}.items())
            yield verify(f"{_slug(key)}-{word}", f"{key} holds {bad!a}, which no text does.", log, form)
