"""The digest of a ledger (DIGEST-8): every field alone, ids of every length, the watermark, the order of tenants."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from calybris_conformance import wire
from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.draft import Group, Question
from calybris_conformance.vectorgen.ledgers import BEHIND_BY_UTF16, LOOK_ALIKE, ledger, tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

_AMOUNTS = tuple(key for key in wire.TENANT if key != "tenant_id")
#: A ledger whose numbers fill their widths with different bytes.
_DISTINCT = ledger(
    {
        "tenant_id": "acme",
        "initial_microcents": 0x2122_2324_2526_2728,
        "remaining_microcents": 0x3132_3334_3536_3738,
        "reserved_microcents": 0x4142_4344_4546_4748,
        "committed_microcents": 0x5152_5354_5556_5758,
    },
    version=0x0102_0304_0506_0708,
    active=0x1112_1314_1516_1718,
    watermark=0x6162_6364_6566_6768,
)


def fields() -> tuple[Group, ...]:
    """Numbers: the groups of the file `digest/ledger`."""
    return Group("ledger-fields", tuple(_fields())), Group("ledger-extremes", tuple(_extremes()))


def ids() -> tuple[Group, ...]:
    """Ids: the groups of the file `digest/ledger-ids`."""
    return Group("ledger-ids", tuple(_ids())), Group("ledger-order", tuple(_order()))


def _ask(name: str, about: str, snapshot: Record, *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"snapshot": snapshot}, flags)


def _one(**changes: int | str) -> Record:
    return ledger({**tenant("acme", 50, 30, 20), **changes}, version=2, active=1)


def _fields() -> Iterator[Question]:
    layout = "DIGEST_LAYOUT"
    yield _ask("distinct", "Every byte differs.", _DISTINCT, "DIGEST_TAG", "DIGEST_ENDIAN", layout)
    example = ledger(tenant("acme", 30, 50, 20), tenant("\u00e9", 7, 0), active=1)
    yield _ask("example", "The example of the clause.", example, "DIGEST_TAG", "DIGEST_ENDIAN")
    yield _ask(
        "example-watermark",
        "The example with the watermark 9.",
        {**example, "wal_high_watermark": 9},
        "LEDGER_WATERMARK",
    )
    yield _ask("no-tenants", "33 bytes.", ledger(version=0), "DIGEST_TAG")
    yield _ask("no-tenants-watermark", "No tenants, and a watermark.", ledger(watermark=1), "LEDGER_WATERMARK")
    yield _ask("baseline", "One tenant.", _one(), layout)
    for field in _AMOUNTS:
        yield _ask(
            f"plus-one-{field}",
            f"{field} is one higher.",
            _one(**{field: tenant("acme", 50, 30, 20)[field] + 1}),
            layout,
        )
        yield _ask(f"zero-{field}", f"{field} is 0.", _one(**{field: 0}), layout)
    yield _ask("plus-one-version", "The version is one higher.", {**_one(), "version": 3}, layout)
    yield _ask("plus-one-active", "One more hold is open.", {**_one(), "active_reservations": 2}, layout)
    for watermark in (None, 0, 1, 2**53 + 1, U64):
        about = "No watermark: nothing follows." if watermark is None else f"The watermark {watermark:,}."
        word = "none" if watermark is None else watermark
        yield _ask(f"watermark-{word}", about, {**_one(), "wal_high_watermark": watermark}, "LEDGER_WATERMARK")
    for size in (2, 3, 22, 100):
        many = ledger(*(tenant(f"t{place:03}", place, 2 * place) for place in range(size)))
        yield _ask(f"tenants-{size}", f"{size} tenants: their number is hashed.", many, "LEDGER_COUNT")
    yield _ask(
        "same-id", "Equal ids keep their order.", ledger(tenant("a", 1, 2), tenant("a", 3, 4)), "LEDGER_EQUAL_IDS"
    )
    yield _ask(
        "same-id-exchanged",
        "Equal ids keep their order: another digest.",
        ledger(tenant("a", 3, 4), tenant("a", 1, 2)),
        "LEDGER_EQUAL_IDS",
    )
    apart = ledger(tenant("a", 3, 4), tenant("0", 5, 6), tenant("a", 1, 2))
    yield _ask("same-id-apart", "Equal ids with another between.", apart, "LEDGER_EQUAL_IDS", "TENANT_ORDER")


def _extremes() -> Iterator[Question]:
    for field in ("version", "active_reservations"):
        for word, value in {"2-53-plus-1": 2**53 + 1, "2-63": 2**63, "largest": U64, "zero": 0}.items():
            flags = ("DOUBLE_PRECISION",) if word in ("2-53-plus-1", "largest") else ()
            yield _ask(f"{word}-{field}", f"{field} is {value:,}.", {**_one(), field: value}, *flags)
    for field in _AMOUNTS:
        for word, value in {
            "largest": I64_MAX,
            "2-53-plus-1": 2**53 + 1,
            "minus-one": -1,
            "minus-256": -256,
            "minus-2-32": -(2**32),
            "minus-2-53-minus-1": -(2**53) - 1,
            "smallest": I64_MIN,
        }.items():
            flags = ("DIGEST_SIGN",) if value < 0 else ("DOUBLE_PRECISION",)
            yield _ask(f"{word}-{field}", f"{field} is {value:,}.", _one(**{field: value}), *flags)


def _ids() -> Iterator[Question]:
    length = "LEDGER_ID_LENGTH"
    yield _ask("empty", "The empty id: a length of 0 and no bytes.", _one(tenant_id=""), length)
    texts = {
        "one": "a",
        "nul": "\0",
        "two-bytes": "\u00e9",
        "three-bytes": "\u20ac",
        "four-bytes": "\U0001f600",
        "mixed": "a\u00e9\u20ac\U0001f600",
        "combining": "e\u0301",
        "quotes": '"\\/\n',
    }
    for word, text in texts.items():
        flags = () if text.isascii() else (length,)
        about = f"The id {text!a} has {len(text.encode())} bytes and {len(text)} characters."
        yield _ask(f"text-{word}", about, _one(tenant_id=text), *flags)
    for size in (127, 128, 255, 256, 257, 1000):
        yield _ask(f"bytes-{size}", f"An id of {size} bytes.", _one(tenant_id="x" * size), length)
    for size in (65_535, 65_536):
        yield _ask(
            f"bytes-{size}", f"An id of {size:,} bytes: the length has four.", _one(tenant_id="x" * size), length
        )
    yield _ask("characters-128", "An id of 128 characters and 256 bytes.", _one(tenant_id="\u00e9" * 128), length)
    shifted = (ledger(tenant("ab", 1, 2), tenant("c", 3, 4)), ledger(tenant("a", 1, 2), tenant("bc", 3, 4)))
    for place, snapshot in enumerate(shifted, 1):
        yield _ask(f"shifted-{place}", "Ids that are the same one after another.", snapshot, length)
    for word, (first, second) in LOOK_ALIKE.items():
        for which, one in {"first": first, "second": second}.items():
            yield _ask(f"look-alike-{word}-{which}", f"The id {one!a}.", _one(tenant_id=one), "TENANT_ID_FOLDED")


def _order() -> Iterator[Question]:
    order = "TENANT_ORDER"
    for ids in permutations(("a", "ab", "b")):
        snapshot = ledger(*(tenant(one, len(one), ord(one[-1])) for one in ids))
        flags = () if ids == ("a", "ab", "b") else (order,)
        yield _ask(f"order-{'-'.join(ids)}", f"{', '.join(ids)}: one digest for every order.", snapshot, *flags)
    for word, ids in {
        "utf-16": BEHIND_BY_UTF16,
        "utf-16-backwards": BEHIND_BY_UTF16[::-1],
        "case": ("a", "B", "b", "A"),
        "empty": ("a", ""),
        "numbers": ("9", "10"),
        "accents": ("z", "\u00e9", "e"),
        "lengths": ("b", "aa"),
        "nul": ("a\0", "a"),
        "signed-bytes": ("\u00ff", "\x7f"),
        "planes": ("\U00010000", "\ue000", "\ud7ff", "\uffff"),
    }.items():
        snapshot = ledger(*(tenant(one, 5 + place, place) for place, one in enumerate(ids)))
        yield _ask(f"sorted-{word}", f"{', '.join(f'{one!a}' for one in ids)}: sorted by bytes.", snapshot, order)
