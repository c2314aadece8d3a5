"""Lines: what stands between entries, how they end, and in which encoding (LOG-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group
from calybris_conformance.vectorgen.logs import GENESIS, chain, hashed, line, tail, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question

_DATA = b'{"n":1}'
_OWN = tail(_DATA)
_FIRST, _SECOND = chain(_DATA, b"2")
_LOG = _FIRST + _SECOND


def files() -> Iterator[Draft]:
    """One file."""
    groups = {"blank": _blanks(), "lines": _lines(), "utf8": _utf8()}
    found = tuple(Group(group, tuple(questions)) for group, questions in groups.items())
    yield Draft("wal", "verify-lines", "wal.verify", "Line ends, blank lines and other encodings", "LOG-1 LOG-3", found)


def _blanks() -> Iterator[Question]:
    flag, index = "LOG_BLANK_LINES", "LOG_LINE_INDEX"
    zeros = line(2, "0" * 64, b"2")
    for word, blank in {
        "nothing": b"",
        "space": b" ",
        "tab": b"\t",
        "return": b"\r",
        "form-feed": b"\f",
        "all-four": b" \t\r\f ",
        "two-returns": b"\r\r",
        "many-spaces": b" " * 300,
    }.items():
        feed = blank + b"\n"
        yield verify(f"{word}-alone", f"A log of one line of {word.replace('-', ' ')}.", feed, flag)
        yield verify(f"{word}-first", f"{word.replace('-', ' ')} first.", feed + _LOG, flag)
        yield verify(f"{word}-between", f"{word.replace('-', ' ')} between entries.", _FIRST + feed + _SECOND, flag)
        yield verify(f"{word}-last", f"{word.replace('-', ' ')} last, without a line feed.", _LOG + blank, flag)
        about = f"{word.replace('-', ' ')} counts as a line: the broken entry is in line 3."
        yield verify(f"{word}-counted", about, feed + _FIRST + feed + zeros, flag, index)
    for word, other in {
        "vertical-tab": b"\v",
        "no-break": b"\xc2\xa0",
        "next-line": b"\xc2\x85",
        "line-separator": b"\xe2\x80\xa8",
        "ideographic": b"\xe3\x80\x80",
        "zero-width": b"\xe2\x80\x8b",
        "nul": b"\0",
        "byte-order-mark": b"\xef\xbb\xbf",
        "file-separator": b"\x1c",
        "unit-separator": b"\x1f",
        "backspace": b"\b",
        "escape": b"\x1b",
        "space-and-vertical-tab": b" \v ",
        "latin-no-break": b"\xa0",
        "comment": b"#",
        "slashes": b"//",
    }.items():
        yield verify(f"not-{word}-alone", f"A line of {other!r} is no blank line.", other + b"\n", flag)
        yield verify(f"not-{word}-last", f"{other!r} behind the last line feed.", _LOG + other, flag)
        yield verify(
            f"not-{word}-between", f"{other!r} between entries.", _FIRST + other + b"\n" + _SECOND, flag, index
        )


def _lines() -> Iterator[Question]:
    index = "LOG_LINE_INDEX"
    yield verify("crlf", "Lines end with CR LF.", _LOG.replace(b"\n", b"\r\n"))
    yield verify("crlf-last", "CR LF, and the last line ends with CR.", _LOG.replace(b"\n", b"\r\n")[:-1])
    yield verify("cr-only", "Lines end with CR: one line of two objects.", _LOG.replace(b"\n", b"\r"), "LOG_ENTRY_FORM")
    yield verify("lfcr", "Lines end with LF CR: a CR before an entry is white space.", _LOG.replace(b"\n", b"\n\r"))
    yield verify("no-last-feed", "The last line feed is missing.", _LOG[:-1], "LOG_LAST_LINE")
    yield verify("one-line", "Two entries in one line.", _LOG.replace(b"\n", b""), "LOG_ENTRY_FORM")
    split = _FIRST.replace(b",", b",\n", 1)
    yield verify("two-lines", "One entry in two lines.", split, "LOG_LAST_LINE")
    for count in (1, 2, 5):
        log = b"\n" * count + _FIRST + b"\n" * count + line(7, _OWN, b"2")
        about = f"{count} empty lines before each entry: the wrong one is in line {2 * count + 1}."
        yield verify(f"index-{count}", about, log, index)
    yield verify("index-torn", "A torn line behind two empty ones.", _FIRST + b"\n\n{", index, "LOG_LAST_LINE")
    for word, torn in {"brace": b"{", "half": _SECOND[:40], "number": b"2", "quote": b'"'}.items():
        yield verify(f"torn-{word}", f"The last line is {torn!r:.30}.", _FIRST + torn, "LOG_LAST_LINE")
    many = chain(*(b"%d" % place for place in range(40)))
    yield verify("forty", "Forty entries.", b"".join(many))
    yield verify(
        "forty-one-wrong",
        "The thirtieth of forty is broken.",
        b"".join(many[:29]) + line(30, GENESIS, b"7") + b"".join(many[30:]),
        index,
    )
    last = tail(_DATA, b"2")
    for word, previous in {"third": last, "third-wrong": _OWN}.items():
        yield verify(word, "A third entry in a line without line feed.", _LOG + line(3, previous, b"3")[:-1])


def _utf8() -> Iterator[Question]:
    flag = "LOG_UTF8"
    yield verify("byte-order-mark", "A byte order mark before the log.", b"\xef\xbb\xbf" + _LOG, "LOG_ENTRY_FORM", flag)
    second = _FIRST + b"\xef\xbb\xbf" + _SECOND
    yield verify("byte-order-mark-second", "A byte order mark before the second entry.", second, "LOG_ENTRY_FORM", flag)
    yield verify("byte-order-mark-alone", "Nothing but a byte order mark.", b"\xef\xbb\xbf", "LOG_ENTRY_FORM", flag)
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield verify(codec, f"The log in {codec.upper()}.", _LOG.decode().encode(codec), flag)
    for word, bad in {
        "latin-1": b"\xe9",
        "continuation": b"\x80",
        "cut-two": b"\xc3",
        "cut-three": b"\xe2\x82",
        "cut-four": b"\xf0\x9f\x98",
        "overlong-slash": b"\xc0\xaf",
        "overlong-nul": b"\xc0\x80",
        "overlong-three": b"\xe0\x80\xaf",
        "overlong-four": b"\xf0\x80\x80\xaf",
        "surrogate-high": b"\xed\xa0\xbd",
        "surrogate-pair": b"\xed\xa0\xbd\xed\xb8\x80",
        "above-unicode": b"\xf4\x90\x80\x80",
        "five-bytes": b"\xf8\x88\x80\x80\x80",
        "fe": b"\xfe",
        "ff": b"\xff",
    }.items():
        in_text, replaced = b'"' + bad + b'"', ('"' + bad.decode(errors="replace") + '"').encode()
        shown = bad.hex(" ")
        yield verify(
            f"{word}-in-data",
            f"The bytes {shown} in a text of the payload, and hashed.",
            line(1, GENESIS, in_text),
            flag,
        )
        claimed = line(1, GENESIS, in_text, own=hashed(GENESIS, replaced))
        yield verify(f"{word}-replaced", f"The bytes {shown}, hashed as if they were replaced.", claimed, flag)
        yield verify(
            f"{word}-in-key", f"The bytes {shown} in a key.", _FIRST.replace(b"sequence", b"sequence" + bad), flag
        )
        yield verify(f"{word}-between", f"The bytes {shown} behind an entry.", _FIRST[:-1] + bad + b"\n", flag)
    for word, good in {
        "nul": "\\u0000",
        "last-of-all": "\U0010ffff",
        "replacement": "\ufffd",
        "non-character": "\uffff",
    }.items():
        yield verify(
            f"good-{word}", f"A payload with the text {good!a} is fine.", line(1, GENESIS, f'"{good}"'.encode())
        )
