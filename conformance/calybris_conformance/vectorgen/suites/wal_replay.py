"""Records that are read strictly: keys, types, widths and names (LOG-10, the first check)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from calybris_conformance import wire
from calybris_conformance.vectorgen import logs
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.logs import GENESIS, line
from calybris_conformance.vectorgen.records import GIVEN, REQUESTS, changed, compact, log, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

_LENIENT, _NAMES, _METADATA = "RECORD_LENIENT", "RECORD_NAMES", "RECORD_METADATA"
#: The parts of a record, each with its shape.
_PARTS: dict[str, wire.Shape] = {"audit": wire.BUNDLE, "input": wire.REQUEST, "decision": wire.DECISION}
_POLICIES = {"policies": [GIVEN["policy"]]}


def replay(name: str, about: str, data: bytes, *flags: str, key: bytes | None = None) -> Question:
    """A question of `wal.replay`; `data` is the log."""
    key_hex = None if key is None else key.hex()
    return Question(name, about, {"log": logs.parts(data), "key_hex": key_hex}, flags)


def _one(name: str, about: str, whole: Record | bytes, *flags: str) -> Question:
    return replay(name, about, log(whole), *flags)


def files() -> Iterator[Draft]:
    """Files about missing keys, types, widths, names, forms, and metadata."""
    whole = record(REQUESTS["execute"])
    for name, title, groups in (
        ("keys", "Records with another set of keys", {"keys": _keys(whole)}),
        ("types", "Records with values of another type", {"types": _types(whole)}),
        ("widths", "Records with numbers beyond their width", {"widths": _widths(whole)}),
        (
            "names",
            "Records with unknown names, in other forms, with any metadata",
            {"names": _names(whole), "forms": _forms(whole), "metadata": _metadata(whole)},
        ),
    ):
        found = tuple(Group(f"replay-{group}", tuple(questions), _POLICIES) for group, questions in groups.items())
        yield Draft("wal", f"replay-{name}", "wal.replay", title, "LOG-9 LOG-10", found)


def _slug(*words: str) -> str:
    return "-".join(words).replace("_", "-")


def _keys(whole: Record) -> Iterator[Question]:
    for part in whole:
        gone = {key: value for key, value in whole.items() if key != part}
        yield _one(f"without-{part}", f"The record has no {part}.", gone, _LENIENT)
        yield _one(
            f"null-{part}", f"{part} is null.", {**whole, part: None}, *(() if part == "metadata" else (_LENIENT,))
        )
        twice = compact(whole)[:-1] + f',"{part}":'.encode() + compact(whole[part]) + b"}"
        yield _one(f"twice-{part}", f"{part} stands twice.", twice, _LENIENT)
        if part != "metadata":
            listed = {**whole, part: list(whole[part].values())}
            yield _one(f"list-{part}", f"{part} is a list of its values.", listed, _LENIENT)
            empty = {**whole, part: {}}
            yield _one(f"empty-{part}", f"{part} is an object without keys.", empty, _LENIENT)
            text = {**whole, part: json.dumps(whole[part])}
            yield _one(f"text-{part}", f"{part} is its JSON as a text.", text, _LENIENT)
    for part, shape in _PARTS.items():
        for field in shape:
            fields = {key: value for key, value in whole[part].items() if key != field}
            yield _one(_slug("without", part, field), f"{part} has no {field}.", {**whole, part: fields}, _LENIENT)
        more = changed(whole, **{part: {"more": 1}})
        yield _one(f"unknown-in-{part}", f"{part} has one more key.", more, _LENIENT)
        named = changed(whole, **{part: {"metadata": None}})
        yield _one(f"metadata-in-{part}", f"{part} has the key metadata.", named, _LENIENT)
        first = next(iter(shape))
        copy = compact(whole).replace(f'"{first}":'.encode(), f'"{first}":null,"{first}":'.encode(), 1)
        yield _one(f"twice-in-{part}", f"{first} stands twice in {part}, first as null.", copy, _LENIENT)
        value = compact(whole[part][first])
        same = compact(whole).replace(f'"{part}":{{'.encode(), f'"{part}":{{"{first}":'.encode() + value + b",", 1)
        yield _one(f"twice-same-in-{part}", f"{first} stands twice in {part}, with its value.", same, _LENIENT)
    yield _one("unknown", "The record has one more key.", {**whole, "version": 1}, _LENIENT)
    uppercase = {key.upper() if key == "audit" else key: value for key, value in whole.items()}
    yield _one("uppercase", "AUDIT for audit.", uppercase, _LENIENT)
    request_key = {"request" if key == "input" else key: value for key, value in whole.items()}
    yield _one("request-for-input", "request for input.", request_key, _LENIENT)


def _types(whole: Record) -> Iterator[Question]:
    for part, shape in _PARTS.items():
        for field, kind in shape.items():
            value = whole[part][field]
            for word, other in _others(kind, value):
                about = f"{field} of {part}: {word.replace('-', ' ')}."
                yield _one(_slug(part, field, word), about, changed(whole, **{part: {field: other}}), _LENIENT)
    for word, data in {
        "null": b"null",
        "number": b"1",
        "text": b'"audit"',
        "list": b"[]",
        "object": b"{}",
        "true": b"true",
        "list-of-parts": compact(list(whole.values())),
        "list-of-record": compact([whole]),
        "text-of-record": compact(json.dumps(whole)),
    }.items():
        yield _one(f"data-{word}", f"The payload is no record: {word.replace('-', ' ')}.", data, _LENIENT)


def _others(kind: str, value: Any) -> list[tuple[str, Any]]:
    if wire.is_integer(kind):
        return [("text", str(value)), ("null", None)]
    if kind == "flag":
        return [("number", 1), ("text", "true"), ("null", None)]
    return [("number", 1), ("null", None)]


#: Written in place of a number: other forms of it.
_FORMS = {"fraction": b"%d.0", "exponent": b"%de0", "text": b'"%d"', "list": b"[%d]"}


def _widths(whole: Record) -> Iterator[Question]:
    for part, shape in _PARTS.items():
        for field, kind in shape.items():
            if not wire.is_integer(kind):
                continue
            smallest, largest = wire.INTEGER_TYPES[kind]
            for word, value in (("above", largest + 1), ("below", smallest - 1)):
                about = f"{field} of {part} is {value}, {word} its width."
                yield _one(_slug(part, field, word), about, changed(whole, **{part: {field: value}}), _LENIENT)
    for part, field in (("audit", "proof_version"), ("input", "risk_bps"), ("decision", "estimated_cost_microunits")):
        value = whole[part][field]
        before = f'"{field}":{value}'.encode()
        for word, form in _FORMS.items():
            data = compact(whole).replace(before, f'"{field}":'.encode() + form % value)
            yield _one(_slug(part, field, word), f"{field} of {part} with {word}.", data, _LENIENT)
    zero = compact(changed(whole, input={"risk_bps": 0})).replace(b'"risk_bps":0', b'"risk_bps":-0')
    yield _one("negative-zero", "A -0 in the request.", zero, _LENIENT)
    beyond = changed(whole, input={"business_value_microunits": 10**40})
    yield _one("forty-digits", "A number of 41 digits in the request.", beyond, _LENIENT)


def _names(whole: Record) -> Iterator[Question]:
    action, reason = whole["decision"]["action"], whole["decision"]["reason"]
    for field, forms in {
        "action": ("execute_requested", "EXECUTE_REQUESTED", "executeRequested", f" {action}", "Accept", "", 1, "1"),
        "reason": (
            *("requested_model_maximizes_utility", reason.upper(), reason[0].lower() + reason[1:]),
            *(f"{reason} ", "Unknown", "", 1, "1"),
        ),
    }.items():
        for place, value in enumerate(forms):
            about = f"The {field} is written {value!r}."
            yield _one(f"{field}-{place}", about, changed(whole, decision={field: value}), _NAMES, _LENIENT)
    listed = {"action": {action: None}, "reason": [reason]}
    for field, value in listed.items():
        yield _one(
            f"{field}-nested", f"The {field} is written {value!r}.", changed(whole, decision={field: value}), _NAMES
        )
    for name, asked in REQUESTS.items():
        yield _one(f"kind-{name}", f"The record of a decision of the kind {name}.", record(asked), _NAMES)


def _forms(whole: Record) -> Iterator[Question]:
    spaced = json.dumps(whole).encode()
    yield _one("spaced", "A record with spaces, and hashed with them.", spaced, "LOG_DATA_REPRINTED")
    turned = {key: dict(reversed(value.items())) if value else value for key, value in reversed(whole.items())}
    yield _one("turned", "The keys of the record and of its parts from back to front.", turned)
    escaped = compact(whole).replace(b'"audit"', b'"\\u0061udit"').replace(b"calybris.audit", b"calybris\\u002eaudit")
    yield _one("escaped", "Keys and texts with escapes: their values count.", escaped, "LOG_ESCAPED")
    twice = compact(whole)[:-1] + b',"\\u0061udit":null}'
    yield _one("twice-escaped", "audit stands twice, once with an escape.", twice, _LENIENT)
    action = compact(whole).replace(b'"ExecuteRequested"', b'"Execute\\u0052equested"')
    yield _one("name-escaped", "An action with an escape.", action)
    half = compact(changed(whole, audit={"created_by": "?"})).replace(b'"?"', b'"\\ud800"')
    yield _one("half", "Half of a surrogate pair in the bundle.", half, _LENIENT)
    half_name = compact(whole).replace(b'"ExecuteRequested"', b'"\\ud800"')
    yield _one("half-name", "Half of a surrogate pair for an action.", half_name, _LENIENT)
    half_key = compact(whole)[:-1] + b',"\\ud800":null}'
    yield _one("half-key", "Half of a surrogate pair for a key.", half_key, _LENIENT)
    foreign = line(1, GENESIS, compact(whole)).replace(b'{"sequence":1,', b'{ "sequence" : 1 ,')
    yield replay("line-spaced", "The line of the entry has spaces.", foreign)


def _metadata(whole: Record) -> Iterator[Question]:
    for word, text in {
        "number": "1",
        "text": '"acme"',
        "list": "[1,2]",
        "object": '{"a":1}',
        "float": "1.5",
        "exponent": "1e400",
        "beyond": str(2**64),
        "half": '"\\ud83d"',
        "key-twice": '{"a":1,"a":2}',
        "deep": "[" * 200 + "]" * 200,
        "record": '{"audit":null,"audit":null}',
        "escaped": '"\\u0061"',
        "spaced": "[ 1 ,2 ]",
    }.items():
        data = compact({**whole, "metadata": 0})[:-2] + text.encode() + b"}"
        yield _one(word, f"The metadata {text:.40} is not looked at.", data, _METADATA)
