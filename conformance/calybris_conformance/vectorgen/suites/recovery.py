"""Recovery: what is left to do with a log after a crash (RECOVER-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen import logs
from calybris_conformance.vectorgen.builders import U64
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.ledgers import ledger, tenant
from calybris_conformance.vectorgen.logs import KEY, anchor, chain, tail

if TYPE_CHECKING:
    from collections.abc import Iterator

_WATERMARK, _UNVERIFIED = "RECOVERY_WATERMARK", "RECOVERY_UNVERIFIED"
_DATA = (b"1", b"2", b"3")


def files() -> Iterator[Draft]:
    """One file."""
    groups = {"watermark": _watermarks, "log": _logs, "anchor": _anchors, "snapshot": _snapshots}
    title = "The entries above the watermark of a verified log"
    found = tuple(Group(name, tuple(make())) for name, make in groups.items())
    yield Draft("recovery", "plan", "recovery.plan", title, "RECOVER-1 LOG-4 LOG-11", found)


def _ask(
    name: str,
    about: str,
    watermark: int | None,
    log: bytes,
    *flags: str,
    key: bytes | None = None,
    kept: dict[str, Any] | None = None,
) -> Question:
    snapshot = ledger(tenant("acme", 100, 40), watermark=watermark)
    key_hex = None if key is None else key.hex()
    return Question(
        name, about, {"snapshot": snapshot, "log": logs.parts(log), "key_hex": key_hex, "anchor": kept}, flags
    )


def _watermarks() -> Iterator[Question]:
    for entries in range(4):
        log = b"".join(chain(*_DATA[:entries]))
        for watermark in (None, *range(entries + 2), 2**53 + 1, U64):
            word = "no watermark" if watermark is None else f"the watermark {watermark:,}"
            name = f"{entries}-entries-{'none' if watermark is None else watermark}"
            yield _ask(name, f"{entries} entries, {word}.", watermark, log, _WATERMARK)


def _logs() -> Iterator[Question]:
    lines = chain(*_DATA)
    for name, about, log, flags in (
        ("torn", "A torn last line.", lines[0] + lines[1][:-4], (_UNVERIFIED,)),
        ("gap", "The second entry is missing.", lines[0] + lines[2], (_UNVERIFIED,)),
        (
            "changed",
            "The payload of the second entry was changed.",
            lines[0] + lines[1].replace(b":2}", b":9}"),
            (_UNVERIFIED,),
        ),
        ("no-line-feed", "The last line has no line feed, and counts.", lines[0] + lines[1][:-1], ("LOG_LAST_LINE",)),
        (
            "blank-lines",
            "Blank lines are no entries.",
            b"\n" + lines[0] + b" \n" + lines[1] + b"\r\n",
            ("LOG_BLANK_LINES",),
        ),
        ("not-a-log", "No log.", b"[]\n", (_UNVERIFIED,)),
    ):
        yield _ask(name, about, 1, log, *flags)
    broken = lines[0] + lines[2]
    yield _ask("broken-and-behind", "A broken log and a watermark beyond it: the log.", 9, broken, _UNVERIFIED)
    keyed = b"".join(chain(*_DATA, key=KEY))
    yield _ask("keyed", "A log with a key.", 2, keyed, "LOG_KEY", key=KEY)
    yield _ask("keyed-without", "A log with a key, read without one.", 2, keyed, "LOG_KEY")
    yield _ask("short-key", "A key of 31 bytes.", 2, keyed, "LOG_KEY", key=KEY[:31])


def _anchors() -> Iterator[Question]:
    log, two = b"".join(chain(*_DATA)), b"".join(chain(*_DATA[:2]))
    right = anchor(3, tail(*_DATA))
    yield _ask("right", "The anchor of the log.", 1, log, kept=right)
    yield _ask("cut", "The log lost its tail, which its anchor shows.", 1, two, _UNVERIFIED, kept=right)
    yield _ask("cut-and-behind", "The anchor comes before the watermark.", 3, two, _UNVERIFIED, kept=right)
    yield _ask("grown", "The log has grown since.", 1, log, _UNVERIFIED, kept=anchor(2, tail(*_DATA[:2])))
    yield _ask(
        "schema", "The anchor has another schema.", 1, log, _UNVERIFIED, kept=anchor(3, tail(*_DATA), schema="v2")
    )
    yield _ask("behind", "The right anchor, and a watermark beyond it.", 4, log, _WATERMARK, kept=right)


def _snapshots() -> Iterator[Question]:
    log = b"".join(chain(*_DATA))
    whole = {"log": logs.parts(log), "key_hex": None, "anchor": None}
    for name, about, snapshot in (
        ("no-tenants", "A snapshot without tenants.", ledger(watermark=1)),
        ("open-holds", "The ledger is not asked whether it may be restored.", ledger(tenant(), active=1, watermark=1)),
        ("unbalanced", "Nor whether it balances.", ledger(tenant("acme", 1, 1, 1), watermark=2)),
    ):
        yield Question(name, about, {"snapshot": snapshot, **whole})
