"""The bounds of lines, and payloads of a depth that recursion does not reach (LOG-3, LOG-5).

What is large is written as parts that repeat. A payload beyond its bound can be given to no writer here, because
`wal.append` takes it as text: LOG_PAYLOAD_TOO_LARGE has no vector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group
from calybris_conformance.vectorgen.logs import GENESIS, MAX_LINE_BYTES, chain, large_line, line, tail, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question
    from calybris_conformance.vectorgen.logs import Piece

_TIMEOUT_SECONDS = 60
_AROUND = {-1: "one-below", 0: "exactly", 1: "one-above"}
#: A line of an entry whose payload is a text has so many bytes beside the characters of the text.
_FRAME = len(line(1, GENESIS, b'""'))
_SPACES = b" \t"


def files() -> Iterator[Draft]:
    """One file about lines of 16 MiB, one about nesting."""
    for name, title, clauses, questions in (
        ("length", "Lines of 16 MiB and a byte more or less", "LOG-4 LOG-5", _lengths()),
        ("depth", "Nesting far beyond any stack", "LOG-3", _depths()),
    ):
        groups = (Group(name, tuple(questions)),)
        yield Draft("wal", f"verify-{name}", "wal.verify", title, clauses, groups, timeout_seconds=_TIMEOUT_SECONDS)


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
