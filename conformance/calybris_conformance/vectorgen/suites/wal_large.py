"""The bounds of lines, and payloads of a depth that recursion does not reach (LOG-3, LOG-5).

What is large is written as parts that repeat. The longest payload that may be written has no vector: the answer, its
line in hex, would be too long for the protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.logs import (
    GENESIS,
    MAX_LINE_BYTES,
    MAX_PAYLOAD_BYTES,
    chain,
    large_line,
    line,
    parts,
    tail,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.logs import Piece

_TIMEOUT_SECONDS = 60
_AROUND = {-1: "one-below", 0: "exactly", 1: "one-above"}
#: A line of an entry whose payload is a text has so many bytes beside the characters of the text.
_FRAME = len(line(1, GENESIS, b'""'))
_SPACES = b" \t"


def files() -> Iterator[Draft]:
    """One file about lines of 16 MiB, one about nesting, one about payloads that are too long for a line."""
    for name, op, title, clauses, questions in (
        ("verify-length", "wal.verify", "Lines of 16 MiB and a byte more or less", "LOG-4 LOG-5", _lengths()),
        ("verify-depth", "wal.verify", "Nesting far beyond any stack", "LOG-3", _depths()),
        (
            "append-bound",
            "wal.append_parts",
            "Payloads beyond their bound, and others that are only long",
            "LOG-5",
            _payloads(),
        ),
    ):
        groups = (Group(name.removeprefix("verify-"), tuple(questions)),)
        yield Draft("wal", name, op, title, clauses, groups, timeout_seconds=_TIMEOUT_SECONDS)


def _lengths() -> Iterator[Question]:
    flag = "LOG_LINE_LENGTH"
    for past, word in _AROUND.items():
        text = (b'"', (b"a", MAX_LINE_BYTES + past - _FRAME), b'"')
        entry = large_line(1, GENESIS, text)
        about = f"A line of {MAX_LINE_BYTES + past:,} bytes with its line feed."
        yield verify(f"text-{word}", about, entry, flag)
        without = large_line(1, GENESIS, (b'"', (b"a", MAX_LINE_BYTES + 1 + past - _FRAME), b'"'))
        bare: list[Piece] = [*without[:-1], b"}"]
        yield verify(f"last-{word}", f"A last line of {MAX_LINE_BYTES + past:,} bytes, no line feed.", bare, flag)
        fill = MAX_LINE_BYTES + past - len(line(1, GENESIS, b"1"))
        front: list[Piece] = [(b" ", fill), line(1, GENESIS, b"1")]
        yield verify(f"space-{word}", f"{MAX_LINE_BYTES + past:,} bytes, white space first.", front, flag)
        blank: list[Piece] = [(b" ", MAX_LINE_BYTES + past - 1), b"\n", *chain(b"1")]
        yield verify(f"blank-{word}", f"A blank line of {MAX_LINE_BYTES + past:,} bytes.", blank, flag)
        second = [*chain(b"1"), *large_line(2, tail(b"1"), (b'"', (b"a", fill - 300), b'"'))]
        if not past:
            yield verify("second", "A long second line, well within the bound.", second, flag)
        torn: list[Piece] = [*chain(b"1"), b"{", (b"x", MAX_LINE_BYTES + past - 1)]
        yield verify(f"garbage-{word}", f"A second line of {MAX_LINE_BYTES + past:,} bytes that is none.", torn, flag)
        behind: list[Piece] = [b"{}\n", (b"x", MAX_LINE_BYTES + past)]
        yield verify(
            f"behind-fault-{word}", "A line that is none, and a long one behind it.", behind, "LOG_CHECK_ORDER"
        )
    zeros: list[Piece] = [(b"\0", MAX_LINE_BYTES + 1)]
    yield verify("zeros", "16 MiB and one NUL more: too long comes first.", zeros, flag, "LOG_CHECK_ORDER")
    bad: list[Piece] = [(b"\xff", MAX_LINE_BYTES + 1)]
    yield verify("not-utf8", "16 MiB and one byte more that are not UTF-8: too long.", bad, flag, "LOG_CHECK_ORDER")
    wide = large_line(1, GENESIS, (b'"', (b"\xc3\xa9", (MAX_LINE_BYTES - _FRAME) // 2), b'"'))
    yield verify("characters-of-two-bytes", "Bytes are counted, not characters: within the bound.", wide, flag)
    wider = large_line(1, GENESIS, (b'"', (b"\xc3\xa9", (MAX_LINE_BYTES - _FRAME) // 2 + 1), b'"'))
    yield verify("characters-of-two-bytes-above", "Bytes are counted: beyond the bound.", wider, flag)
    blanks: list[Piece] = [(b" " * 2_047 + b"\n", MAX_LINE_BYTES // 2_048 + 1), *chain(b"1")]
    yield verify("many-lines", "More than 16 MiB of blank lines, each of them short.", blanks, "LOG_BLANK_LINES")


def _depths() -> Iterator[Question]:
    flag = "LOG_JSON_NARROW"
    for depth in (1, 100, 101, 127, 128, 129, 512, 1_000, 10_000, 100_000, 1_000_000):
        lists = large_line(1, GENESIS, ((b"[", depth), (b"]", depth)))
        yield verify(f"lists-{depth}", f"{depth:,} lists inside each other.", lists, flag)
        if depth <= 100_000:
            objects = large_line(1, GENESIS, ((b'{"a":', depth), b"1", (b"}", depth)))
            yield verify(f"objects-{depth}", f"{depth:,} objects inside each other.", objects, flag)
    mixed = large_line(1, GENESIS, ((b'[{"a":', 5_000), b"1", (b"}]", 5_000)))
    yield verify("mixed", "5,000 objects and 5,000 lists inside each other.", mixed, flag)
    for word, open_, close in (("few", 10_000, 9_999), ("many", 10_000, 10_001), ("none", 10_000, 0)):
        log = large_line(1, GENESIS, ((b"[", open_), (b"]", close)))
        yield verify(f"closed-{word}", f"{open_:,} lists are opened, {close:,} closed.", log, "LOG_JSON_LENIENT")
    crossed = large_line(1, GENESIS, ((b"[", 10_000), b"{", (b"]", 10_000), b"}"))
    yield verify("crossed", "A brace is closed behind 10,000 lists.", crossed, "LOG_JSON_LENIENT")
    comma = large_line(1, GENESIS, ((b"[", 10_000), b"1,", (b"]", 10_000)))
    yield verify("comma-inside", "A comma too many at depth 10,000.", comma, "LOG_JSON_LENIENT")
    members = large_line(1, GENESIS, (b"[", (b"0,", 200_000), b"0]"))
    yield verify("wide", "A list of 200,001 numbers.", members)


def _payloads() -> Iterator[Question]:
    flag, quote = "PAYLOAD_BOUND", b'"'
    letters = MAX_PAYLOAD_BYTES - len(b'""')
    above = (quote, (b"a", letters + 1), quote)
    yield _append("one-above", "One byte above the bound.", above, flag)
    yield _append("line", "As long as a line may be.", (quote, (b"a", MAX_LINE_BYTES - 2), quote), flag)
    wide = (quote, (b"\xc3\xa9", letters // 2 + 1), quote)
    yield _append("two-bytes", "Characters of two bytes: bytes are counted.", wide, flag)
    yield _append("list", "A list of two texts that are above it together.", (b"[", *above[:2], b'","b"]'), flag)
    spaces = (b"[", (b" ", MAX_LINE_BYTES), b"1]")
    yield _append("space", "16 MiB of white space, which is not printed.", spaces, flag)
    fraction = (b"[", *above, b",1.5]")
    yield _append("fraction-behind", "Above it, and a fraction at the end: the fraction.", fraction, flag)
    torn = chain(b"1")[0][:-2]
    yield _append("torn-log", "Above it, and the log is torn: the log.", above, flag, log=torn)


def _append(name: str, about: str, data: tuple[Piece, ...], *flags: str, log: bytes = b"") -> Question:
    return Question(name, about, {"log": parts(log), "key_hex": None, "data": parts(*data)}, flags)
