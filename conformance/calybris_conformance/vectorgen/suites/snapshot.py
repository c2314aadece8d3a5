"""Snapshot files: the bytes that are written, and what a reader takes and refuses (SNAP-1, SNAP-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX, I64_MIN, U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.ledgers import BEHIND_BY_UTF16, ledger, tenant
from calybris_conformance.vectorgen.suites import snapshot_bytes, snapshot_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from calybris_conformance.vectorgen.builders import Record

#: Characters in a text, and what is special about them in JSON.
_TEXTS: dict[str, str] = {
    "quote": '"',
    "backslash": "\\",
    "slash": "/",
    "backspace": "\b",
    "tab": "\t",
    "line-feed": "\n",
    "form-feed": "\f",
    "carriage-return": "\r",
    "nul": "\0",
    "one": "\x01",
    "vertical-tab": "\x0b",
    "escape": "\x1b",
    "last-control": "\x1f",
    "delete": "\x7f",
    "c1-control": "\x80",
    "no-break-space": "\u00a0",
    "two-bytes": "\u00e9",
    "three-bytes": "\u20ac",
    "four-bytes": "\U0001f600",
    "line-separator": "\u2028",
    "paragraph-separator": "\u2029",
    "byte-order-mark": "\ufeff",
    "replacement": "\ufffd",
    "last-of-the-first-plane": "\uffff",
    "last-of-all": "\U0010ffff",
    "before-surrogates": "\ud7ff",
    "behind-surrogates": "\ue000",
    "combining": "e\u0301",
    "right-to-left": "\u202e\u05d0",
    "html": "<a href='x'>&amp;</a>",
    "backslash-u": "\\u0041",
    "two-backslashes": "\\\\",
    "empty": "",
    "spaces": " a  b ",
}


def files() -> Iterator[Draft]:
    """One file about writing, five about reading: form, types, numbers, bytes, size."""
    saved = (Group("save", tuple(_saved())), Group("save-text", tuple(_texts())))
    yield Draft("snapshot", "save", "snapshot.save", "The bytes of a snapshot file", "SNAP-1", saved)
    yield _loads("load-form", "Members, their order and the space between them", snapshot_form.FORM)
    yield _loads("load-types", "Values of other types", snapshot_form.TYPES)
    yield _loads("load-numbers", "Numbers, their forms and widths", snapshot_form.NUMBERS)
    yield _loads("load-bytes", "Bytes and texts", snapshot_bytes.BYTES)
    yield _loads("load-size", "The limit of 16 MiB", snapshot_bytes.SIZES, timeout_seconds=60)


def _loads(
    name: str, title: str, groups: Mapping[str, Callable[[], Iterator[Question]]], timeout_seconds: int | None = None
) -> Draft:
    made = tuple(Group(group, tuple(make())) for group, make in groups.items())
    return Draft("snapshot", name, "snapshot.load", title, "SNAP-2", made, timeout_seconds=timeout_seconds)


def _ask(name: str, about: str, snapshot: Record, *flags: str) -> Question:
    return Question(name, about, {"snapshot": snapshot}, flags)


def _saved() -> Iterator[Question]:
    form = "SNAPSHOT_FORM"
    yield _ask("one", "The example of the clause.", ledger(tenant("acme", 60, 40)), form)
    yield _ask("no-tenants", "A list without elements is [].", ledger(), form, "SNAPSHOT_EMPTY_LIST")
    yield _ask("two", "Two tenants.", ledger(tenant("a", 1, 2, 3), tenant("b", 4, 5, 6), active=2), form)
    yield _ask(
        "unsorted", "Tenants stand as the snapshot has them.", ledger(tenant("b"), tenant("a")), form, "SNAPSHOT_SORTED"
    )
    utf16 = ledger(*(tenant(one) for one in BEHIND_BY_UTF16[::-1]))
    yield _ask("unsorted-utf-16", "As the snapshot has them, in whatever order.", utf16, "SNAPSHOT_SORTED")
    yield _ask("same-id", "A tenant that stands twice is written twice.", ledger(tenant(), tenant("acme", 1, 2)))
    yield _ask("active", "Open holds are no reason not to write.", ledger(tenant("acme", 1, 2, 3), active=1))
    yield _ask("off-balance", "Nothing is checked.", ledger(tenant("acme", -1, 2, -3, initial=77)))
    for watermark in (0, 1, 2**53 + 1, U64):
        yield _ask(f"watermark-{watermark}", f"The watermark {watermark:,}.", ledger(watermark=watermark), form)
    for version in (0, 2**53 + 1, 2**63, U64):
        yield _ask(f"version-{version}", f"The version {version:,}.", ledger(version=version), "DOUBLE_PRECISION")
    yield _ask("active-largest", "2^64 - 1 open holds.", ledger(active=U64), "DOUBLE_PRECISION")
    extremes = tenant("acme", I64_MIN, I64_MAX, -1, initial=0)
    yield _ask("extremes", "The smallest and the largest amounts.", ledger(extremes), "DOUBLE_PRECISION")
    million = tenant("acme", 10**6, 10**18, -(10**15))
    yield _ask(
        "round", "Round numbers are plain decimals: no exponent, no separators.", ledger(million), "SNAPSHOT_FORM"
    )


def _texts() -> Iterator[Question]:
    for word, text in _TEXTS.items():
        yield _ask(f"text-{word}", f"An id with {text!a}.", ledger(tenant(text)), "SNAPSHOT_ESCAPES")
    controls = "".join(map(chr, range(0x20)))
    yield _ask("text-every-control", "Every control character.", ledger(tenant(controls)), "SNAPSHOT_ESCAPES")
    ascii_ = "".join(map(chr, range(0x20, 0x80)))
    yield _ask("text-every-ascii", "Every other ASCII character.", ledger(tenant(ascii_)), "SNAPSHOT_ESCAPES")
    yield _ask("text-long", "An id of 300 bytes.", ledger(tenant("\u00e9" * 150)))
