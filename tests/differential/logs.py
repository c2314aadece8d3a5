"""Logs of every sort, good and damaged, for the specification and the wheel; all a function of the random source."""

import json
import random
from collections.abc import Callable
from typing import Any

from calybris import _core as wheel

from calybris_spec import audited, log
from calybris_spec.chain import Entry
from calybris_spec.decision import decide
from calybris_spec.types import Request, Snapshot
from calybris_spec.verify import audit_bundle
from tests.differential import cases
from tests.support.specification import EXAMPLE

KINDS = {
    "WAL JSON error": "JSON",
    "WAL sequence continuity": "sequence",
    "WAL chain broken": "chain",
    "WAL audit": "audit",
}
"""The kinds of a refusal, by how the wheel's message begins."""
Verdict = tuple[str, Any]
"""`ok` and the answer, or the kind of a refusal."""
WHEEL_POLICY = wheel.PolicySnapshot(
    **EXAMPLE.policy._asdict(), models=[wheel.KernelModel(**model._asdict()) for model in EXAMPLE.models]
)


def of_wheel(ask: Callable[[], Any]) -> Verdict:
    try:
        return "ok", ask()
    except wheel.CalybrisError as error:
        return next((kind for start, kind in KINDS.items() if str(error).startswith(start)), str(error)), None


def made(*payloads: str, key: bytes | None = None) -> bytes:
    text = b""
    for payload in payloads:
        text += log.append(text, key, payload).added
    return text


def hashed(*payloads: str) -> bytes:
    """A good chain around any payloads, written as they are."""
    lines, previous = b"", log.GENESIS
    for sequence, data in enumerate(payloads, 1):
        entry = Entry(sequence, previous, log.hash_of(None, previous, data), data)
        lines += log.line_text(entry).encode() + b"\n"
        previous = entry.entry_hash
    return lines


def record(request: Request, snapshot: Snapshot = EXAMPLE, metadata: str = "null") -> audited.Record:
    decision = decide(snapshot, request)
    return audited.Record(audit_bundle(snapshot, request, decision), request, decision, metadata)


# ---- random logs, edited as JSON


SCALARS = ["null", "true", "false", "0", "-0", "1.50", "1e400", "-1E-7", "9" * 40, "18446744073709551616"]
PIECES = ["a", "é", "\U0001f600", "\\u00e9", "\\ud83d\\ude00", "\\/", "\\n", "\x7f", "\\u0000", "\u2028", "\\\\"]
SPACES = ["", "", "", "", " ", "\t", "\r", "  "]


def payload(rng: random.Random, depth: int = 0) -> str:
    """A JSON text: any number, any escape, white space anywhere, keys that stand twice."""
    kind = rng.randrange(6 if depth < 4 else 4)
    if kind == 0:
        return rng.choice(SCALARS)
    if kind <= 3:
        pieces = rng.choices(PIECES, k=rng.randrange(5)) + ["\\ud800"] * (rng.random() < 0.1)
        return '"' + "".join(pieces) + '"'
    parts = [rng.choice(SPACES) + payload(rng, depth + 1) + rng.choice(SPACES) for _ in range(rng.randrange(4))]
    if kind == 4:
        return "[" + ",".join(parts) + "]"
    keys = ['"a"', '"b"', '"\\u0061"', '""']
    return "{" + ",".join(f"{rng.choice(SPACES)}{rng.choice(keys)}{rng.choice(SPACES)}:{part}" for part in parts) + "}"


def line(rng: random.Random, entry: log.TextEntry) -> str:
    """A line of another writer: keys in any order, white space, escapes."""
    values = {
        "sequence": str(entry.sequence),
        "previous_hash": escaped(rng, entry.previous_hash),
        "entry_hash": escaped(rng, entry.entry_hash),
        "data": entry.data,
    }
    pairs = [(escaped(rng, key), value) for key, value in values.items()]
    if rng.random() < 0.5:
        rng.shuffle(pairs)
    space = rng.choice(["", "", " ", "\t", " \r"])
    return space + "{" + ",".join(f"{space}{key}{space}:{space}{value}{space}" for key, value in pairs) + "}" + space


def escaped(rng: random.Random, text: str) -> str:
    if rng.random() < 0.8:
        return f'"{text}"'
    place = rng.randrange(len(text))
    return f'"{text[:place]}\\u{ord(text[place]):04x}{text[place + 1 :]}"'


def chain_of(rng: random.Random, key: bytes | None) -> list[str]:
    lines, previous = [], log.GENESIS
    for sequence in range(1, rng.randint(2, 6)):
        data = payload(rng)
        entry = Entry(sequence, previous, log.hash_of(key, previous, data), data)
        lines.append(line(rng, entry))
        previous = entry.entry_hash
    return lines


SEQUENCES = ["0", "1", "2", "3", "1.0", "1e0", "-1", '"1"', "-0", "18446744073709551615", "18446744073709551616", "01"]
SEQUENCES += ["null", "true", "[1]", "1 1", "+1", "0x1", "9" * 400, "2.", ".2", "1E400"]
HASHES = [
    "7",
    "null",
    '"genesis"',
    '""',
    '"\\ud800"',
    '"\\udc00x"',
    '["genesis"]',
    "{}",
    '"gen\\esis"',
    '"é"',
    '"A"',
    "true",
]
BYTES = [
    b"\xef\xbb\xbf",
    b"\0",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\x0b",
    b"\x0c",
    b"\xe2\x80\xa8",
    b" ",
    b"}",
    b",",
    b'"',
]


def edited(rng: random.Random, lines: list[str]) -> bytes:
    """A log that was made from good lines, mostly damaged."""
    lines = list(lines)
    place = rng.randrange(len(lines)) if lines else 0
    edit = rng.randrange(12) if lines else 11
    if edit == 0:
        lines[place] = rename(rng, lines[place])
    elif edit == 1:
        lines[place] = lines[place].replace(f":{place + 1}", f":{rng.choice(SEQUENCES)}", 1)
    elif edit == 2:
        outline = json.loads(lines[place])
        found = json.dumps(outline[rng.choice(["previous_hash", "entry_hash"])])
        lines[place] = lines[place].replace(found, rng.choice([*HASHES, found.upper()]), 1)
    elif edit == 3:
        lines[place : place + 1] = []
    elif edit == 4:
        lines.insert(rng.randint(0, len(lines)), lines[place])
    elif edit == 5:
        rng.shuffle(lines)
    elif edit == 6:
        lines.insert(
            rng.randint(0, len(lines)),
            rng.choice(["", " ", "\t\r", "\f", "\v", "\u00a0", "null", "{}", "[]", "\ufeff"]),
        )
    elif edit == 7:
        lines[place] += rng.choice(["x", ",", "{}", "}", "null", " ", "\r", "\0"])
    elif edit == 8:
        lines[place] = lines[place].replace(
            "null", rng.choice(["nul", "NaN", "Infinity", "nullx", "None", "01", "'a'"]), 1
        )
    text = rng.choice(["\n", "\n", "\n", "\r\n"]).join(lines).encode("utf-8") + rng.choice([b"\n", b"\n", b""])
    if edit in (9, 10) and text:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(BYTES) + text[at + rng.randrange(2) :]
    return text


def rename(rng: random.Random, text: str) -> str:
    """A key that is unknown, stands twice, or is missing."""
    key = rng.choice(['"sequence"', '"previous_hash"', '"entry_hash"', '"data"'])
    other = rng.choice(['"sequence"', '"data"', '"extra"', '"Data"', '"data "', '"d\\u0061ta"', '"\\ud800"'])
    return rng.choice([text.replace(key, other, 1), text.replace("{", "{" + other + ":1,", 1), "{" + text.strip()[1:]])


# ---- audited records

VALUES = [
    "0",
    "1",
    "-1",
    "1.0",
    "1e0",
    "-0",
    "65536",
    "18446744073709551616",
    "-9223372036854775809",
    '"1"',
    "null",
    "true",
]
VALUES += [
    '"Reject"',
    '"reject"',
    '"RequestedModelMaximizesUtility"',
    '"BudgetConstraint"',
    '"\\u0052eject"',
    "[]",
    "{}",
]
VALUES += [
    '"calybris"',
    '"sha256"',
    '"calybris.audit.v1"',
    '"' + "a" * 64 + '"',
    '"' + "A" * 64 + '"',
    '"\\ud800"',
    "false",
]


def edited_record(rng: random.Random) -> str:
    """A record, mostly with one thing changed somewhere in it."""
    request = cases.request(rng, {**EXAMPLE.policy._asdict(), "models": [model._asdict() for model in EXAMPLE.models]})
    text = audited.record_text(record(Request(**request), metadata='{"a":[1]}')).text
    tree: dict[str, Any] = json.loads(text)
    part = rng.choice(["audit", "input", "decision"])
    holder = tree if rng.random() < 0.15 else tree[part]
    key = rng.choice(list(holder))
    match rng.randrange(7):
        case 0:
            del holder[key]
        case 1:
            holder["extra"] = 1
        case 2 | 3 | 4:
            old, marked = holder[key], "\x00here\x00"
            holder[key] = marked
            new = rng.choice(VALUES)
            if isinstance(old, int) and not isinstance(old, bool) and rng.random() < 0.3:
                new = str(old ^ 1)
            return json.dumps(tree, ensure_ascii=False).replace(json.dumps(marked), new)
        case 5:
            return json.dumps(tree).replace(f'"{key}":', f'"{key}":{json.dumps(holder[key])},"{key}":', 1)
    items = list(tree.items())
    rng.shuffle(items)
    return json.dumps(dict(items), indent=rng.choice([None, None, 1])).replace("\n", " ")
