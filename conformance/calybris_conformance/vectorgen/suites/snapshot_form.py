"""Snapshot files to load, as texts: the frame of members, and one value of another type at a time (SNAP-2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.draft import Question
from calybris_conformance.vectorgen.ledgers import ledger, tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

LENIENT = "SNAPSHOT_LENIENT"
_STRICT = "SNAPSHOT_STRICT"
_NUMBERS = "SNAPSHOT_NUMBERS"
_HEAD = ("version", "active_reservations", "wal_high_watermark")
_AMOUNTS = ("initial_microcents", "remaining_microcents", "reserved_microcents", "committed_microcents")

GOOD: Record = ledger(tenant("acme", 60, 40), tenant("zeta", 7, 8, 9), version=5, active=1, watermark=12)


def load(name: str, about: str, text: str, *flags: str) -> Question:
    """A question of `snapshot.load` about a text."""
    return load_bytes(name, about, text.encode(), *flags)


def load_bytes(name: str, about: str, data: bytes, *flags: str) -> Question:
    """A question of `snapshot.load` about these bytes."""
    return Question(name, about, {"file": [{"hex": data.hex(), "times": 1}]}, flags)


def with_text(place: str, text: str) -> str:
    """The good file, compact, with a text in the place of one value: of a member, or of one of the first tenant."""
    first = {key: json.dumps(value) for key, value in GOOD["tenants"][0].items()}
    members = {key: json.dumps(value) for key, value in GOOD.items()}
    (first if place in first else members)[place] = text
    if place in first:
        members["tenants"] = f"[{_object(first)}]"
    return _object(members)


def _object(members: dict[str, str]) -> str:
    return "{" + ",".join(f'"{key}":{text}' for key, text in members.items()) + "}"


def _without(record: Record, key: str) -> Record:
    return {name: value for name, value in record.items() if name != key}


def _accepted() -> Iterator[Question]:
    yield load("pretty", "As it is written.", json.dumps(GOOD, indent=2))
    yield load("compact", "No white space at all.", json.dumps(GOOD, separators=(",", ":")), _STRICT)
    yield load(
        "tabs-and-cr",
        "Tabs, and lines that end in CR LF.",
        json.dumps(GOOD, indent="\t").replace("\n", "\r\n"),
        _STRICT,
    )
    yield load("around", "White space before and behind the object.", f" \t\r\n{json.dumps(GOOD)}\n\r\t ", _STRICT)
    yield load("final-line-feed", "A line feed at the end.", json.dumps(GOOD, indent=2) + "\n", _STRICT)
    spread = json.dumps(GOOD, separators=(" , ", " : ")).replace("[", "[ ").replace("]", " ]").replace("{", "{ ")
    yield load("spread", "White space between all tokens.", spread, _STRICT)
    backwards = dict(reversed(GOOD.items()))
    yield load("backwards", "Members in the reversed order.", json.dumps(backwards), _STRICT)
    sorted_ = json.dumps(GOOD, sort_keys=True)
    yield load("sorted", "Members in alphabetical order, at both levels.", sorted_, _STRICT)
    yield load(
        "no-watermark", "Older writers had no watermark.", json.dumps(_without(GOOD, "wal_high_watermark")), _STRICT
    )
    yield load("null-watermark", "A watermark that is nothing.", json.dumps(ledger(tenant())))
    yield load("no-tenants", "A list without elements.", json.dumps(ledger()))
    yield load(
        "spaced-empty-list", "An empty list with space inside.", json.dumps(ledger()).replace("[]", "[ \n ]"), _STRICT
    )
    yield load("unsorted", "Tenants keep their order.", json.dumps(ledger(tenant("b"), tenant("a"))), "SNAPSHOT_SORTED")
    checks = "SNAPSHOT_CHECKS_LEDGER"
    yield load(
        "same-id",
        "A tenant that stands twice: the ledger is not checked.",
        json.dumps(ledger(tenant(), tenant())),
        checks,
    )
    yield load("off-balance", "A tenant off balance.", json.dumps(ledger(tenant("a", 1, 2, initial=9))), checks)
    yield load("negative", "Negative amounts.", json.dumps(ledger(tenant("a", -1, -2, -3))), checks)
    yield load("active", "Open holds.", json.dumps(ledger(tenant(), active=3)), checks)
    for word, key in {"member": "version", "tenant": "tenant_id"}.items():
        escaped = json.dumps(GOOD).replace(f'"{key}"', f'"\\u00{ord(key[0]):02x}{key[1:]}"')
        yield load(f"escape-in-{word}-key", f"The key {key} is written with an escape.", escaped, _STRICT)


def _keys() -> Iterator[Question]:
    good = json.dumps(GOOD)
    for key in ("version", "tenants", "active_reservations"):
        yield load(f"missing-{key.replace('_', '-')}", f"{key} is missing.", json.dumps(_without(GOOD, key)), LENIENT)
    for key in GOOD["tenants"][0]:
        lacking = {**GOOD, "tenants": [_without(GOOD["tenants"][0], key)]}
        yield load(f"missing-{key.replace('_', '-')}", f"A tenant lacks {key}.", json.dumps(lacking), LENIENT)
    for key in GOOD:
        twice = good[:-1] + f', "{key}": {json.dumps(GOOD[key])}}}'
        yield load(
            f"twice-{key.replace('_', '-')}",
            f"{key} stands twice, with one value.",
            twice,
            LENIENT,
            "SNAPSHOT_DUPLICATE_KEY",
        )
    for key, value in GOOD["tenants"][0].items():
        member = f'"{key}": {json.dumps(value)}'
        twice = good.replace(member, f"{member}, {member}", 1)
        yield load(
            f"twice-{key.replace('_', '-')}",
            f"{key} of a tenant stands twice.",
            twice,
            LENIENT,
            "SNAPSHOT_DUPLICATE_KEY",
        )
    apart = good.replace('"version": 5', '"version": 4', 1)[:-1] + ', "version": 5}'
    yield load("twice-other-value", "A key stands twice, with two values.", apart, "SNAPSHOT_DUPLICATE_KEY")
    escaped = good[:-1] + ', "\\u0076ersion": 5}'
    yield load("twice-by-escape", "A key stands twice, once with an escape.", escaped, "SNAPSHOT_DUPLICATE_KEY")
    for word, key in {
        "extra": "extra",
        "empty": "",
        "case": "Version",
        "space": "version ",
        "comment": "//",
        "camel": "walHighWatermark",
    }.items():
        yield load(f"unknown-{word}", f"An unknown key {key!r}.", json.dumps({**GOOD, key: None}), LENIENT)
        inside = {**GOOD, "tenants": [{**tenant(), key: 0}]}
        yield load(f"unknown-{word}-in-tenant", f"An unknown key {key!r} of a tenant.", json.dumps(inside), LENIENT)
    yield load(
        "watermark-in-tenant",
        "A tenant with a watermark.",
        json.dumps(ledger({**tenant(), "wal_high_watermark": None})),
        LENIENT,
    )
    renamed = good.replace('"version"', '"Version"')
    yield load("renamed", "A key in another case, in the place of the right one.", renamed, LENIENT)


def _frames() -> Iterator[Question]:
    good = json.dumps(GOOD)
    array = json.dumps([GOOD["version"], GOOD["tenants"], 1, 12])
    yield load("array", "The members as a list.", array, "SNAPSHOT_ARRAY_FORM")
    rows = {**GOOD, "tenants": [list(tenant().values())]}
    yield load("array-of-tenant", "A tenant as a list.", json.dumps(rows), "SNAPSHOT_ARRAY_FORM")
    mapping = {**GOOD, "tenants": {"0": tenant()}}
    yield load("tenants-as-object", "The tenants as an object.", json.dumps(mapping), LENIENT)
    yield load("wrapped", "The object in a list.", f"[{good}]", LENIENT)
    for word, text in {
        "null": "null",
        "number": "5",
        "text": '"a"',
        "true": "true",
        "empty-object": "{}",
        "empty-list": "[]",
    }.items():
        yield load(f"only-{word}", f"The file is {text}.", text, LENIENT)
        yield load(f"tenant-{word}", f"A tenant is {text}.", with_text("tenants", f"[{text}]"), LENIENT)
    for word, text in {"null": "null", "text": '"[]"', "number": "0", "false": "false"}.items():
        yield load(f"tenants-{word}", f"tenants is {text}.", with_text("tenants", text), LENIENT)
    trailing, json_ = "SNAPSHOT_TRAILING", "SNAPSHOT_NOT_JSON"
    for word, text in {
        "object": good,
        "comma": ",",
        "brace": "}",
        "word": "x",
        "number": "1",
        "nul": "\0",
        "null": "null",
    }.items():
        yield load(f"trailing-{word}", f"{text[:5]!r} behind the object.", good + text, trailing)
        yield load(f"trailing-{word}-on-a-line", "The same on a line of its own.", f"{good}\n{text}\n", trailing)
    for word, text in {
        "comma-before-the-brace": good[:-1] + ",}",
        "comma-before-the-bracket": with_text("tenants", f"[{json.dumps(tenant())},]"),
        "leading-comma": "{," + good[1:],
        "single-quotes": good.replace('"', "'"),
        "no-quotes": good.replace('"version"', "version"),
        "line-comment": good + "// the end",
        "block-comment": "/* a ledger */" + good,
        "hash-comment": "# a ledger\n" + good,
        "equals": good.replace('"version":', '"version"='),
        "no-colon": good.replace('"version":', '"version"'),
        "no-comma": good.replace(', "tenants"', ' "tenants"'),
        "semicolon": good.replace(', "tenants"', '; "tenants"'),
        "two-commas": good.replace(', "tenants"', ',, "tenants"'),
        "number-as-key": good.replace('"version"', "5"),
        "vertical-tab": "\v" + good,
        "form-feed": "\f" + good,
        "no-break-space": "\u00a0" + good,
        "undefined": with_text("wal_high_watermark", "undefined"),
        "capital-null": with_text("wal_high_watermark", "Null"),
        "none": with_text("wal_high_watermark", "None"),
    }.items():
        yield load(word, f"No JSON: {word.replace('-', ' ')}.", text, json_)
    for length in (0, 1, 2, len(good) // 3, len(good) // 2, len(good) - 2, len(good) - 1):
        yield load(f"truncated-{length}", f"The first {length} characters.", good[:length], json_)
    yield load("white-space-only", "Nothing but white space.", " \n\t\r ", json_)
    for word, text in {"list": "[" * 400 + "]" * 400, "object": '{"a":' * 400 + "1" + "}" * 400}.items():
        yield load(
            f"deep-{word}", "A value of 400 levels, where none is expected.", with_text("version", text), LENIENT
        )
        yield load(f"deep-{word}-only", "400 levels and nothing else.", text, LENIENT)


def _types() -> Iterator[Question]:
    others = {
        "text": '"5"',
        "true": "true",
        "false": "false",
        "empty-list": "[]",
        "list": "[5]",
        "object": "{}",
        "empty-text": '""',
        "nan": "NaN",
        "infinity": "Infinity",
    }
    for field in (*_HEAD, *_AMOUNTS):
        name = field.replace("_", "-")
        for word, text in others.items():
            yield load(f"{name}-{word}", f"{field} is {text}.", with_text(field, text), "SNAPSHOT_TYPES")
        if field != "wal_high_watermark":
            yield load(f"{name}-null", f"{field} is null.", with_text(field, "null"), "SNAPSHOT_TYPES")
    for word, text in {"null": "null", "number": "7", "true": "true", "list": '["acme"]', "object": "{}"}.items():
        yield load(f"tenant-id-{word}", f"tenant_id is {text}.", with_text("tenant_id", text), "SNAPSHOT_TYPES")


def _numbers() -> Iterator[Question]:
    bad: dict[str, Any] = {
        "fraction-zero": "5.0",
        "fraction": "5.5",
        "exponent": "5e0",
        "exponent-capital": "5E0",
        "exponent-plus": "1e+1",
        "exponent-large": "1e400",
        "minus-zero": "-0",
        "minus-zero-fraction": "-0.0",
        "leading-zero": "05",
        "two-zeros": "00",
        "plus": "+5",
        "hex": "0x5",
        "separator": "1_000",
        "comma": "1,000",
        "no-integer-part": ".5",
        "no-fraction-part": "5.",
        "minus-alone": "-",
        "minus-leading-zero": "-05",
        "arabic": "\u0665",
        "huge": "9" * 40,
        "huge-negative": "-" + "9" * 40,
        "very-long": "1" + "0" * 5000,
    }
    for field in ("version", "wal_high_watermark", "remaining_microcents"):
        for word, text in bad.items():
            shown = text if len(text) < 45 else f"{text[:5]}… ({len(text):,} digits)"
            about = f"{field} is {shown}."
            yield load(f"{field.replace('_', '-')}-{word}", about, with_text(field, text), _NUMBERS)
    yield load("minus-space", "A minus apart from its number.", with_text("remaining_microcents", "- 5"), _NUMBERS)


def _widths() -> Iterator[Question]:
    for field in _HEAD:
        for value in (-1, 0, 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, U64 - 1, U64, U64 + 1, 2**65, I64_MIN):
            yield _width(field, value, 0 <= value <= U64)
    for field in _AMOUNTS:
        for value in (
            I64_MIN - 1,
            I64_MIN,
            I64_MIN + 1,
            -1,
            0,
            2**53 + 1,
            I64_MAX - 1,
            I64_MAX,
            I64_MAX + 1,
            U64,
            U64 + 1,
        ):
            yield _width(field, value, I64_MIN <= value <= I64_MAX)


def _width(field: str, value: int, fits: bool) -> Question:
    word = f"minus-{-value}" if value < 0 else str(value)
    flags = (
        (("DOUBLE_PRECISION",) if abs(value) > 2**53 and value not in (2**63, I64_MIN) else ())
        if fits
        else ("WIDTH_WRAPS",)
    )
    return load(f"{field.replace('_', '-')}-{word}", f"{field} is {value:,}.", with_text(field, str(value)), *flags)


FORM = {"load": _accepted, "load-keys": _keys, "load-frame": _frames}
TYPES = {"load-types": _types}
NUMBERS = {"load-numbers": _numbers, "load-widths": _widths}
