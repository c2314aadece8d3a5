"""The pages that commands write with `--html`: a decision, a log, a ledger.

What a page says is markup, and is there without a script; the script filters, sorts and folds, and walks over bytes.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from calybris_ref import __version__
from calybris_ref.cli.terminal import CommandError
from calybris_ref.durable import replace_file
from calybris_ref.page import Html, document, tag
from calybris_ref.record import Name

PAGE_ROWS = 1_000
"""How many rows a page has unless `--limit` says otherwise: so many load in an instant."""


def check_page(file: str, *inputs: str) -> None:
    """Refuse to write a page over a file that is read for it: a log must not be lost to its own page."""
    for one in inputs:
        if Path(file).exists() and Path(one).exists() and Path(file).samefile(one):
            raise CommandError(f"{file}: the page would take the place of a file that it is made from")


def write_page(file: str, title: str, body: Iterable[object], *, about: str) -> None:
    """Write a page to a file, in the place of what may be there, in one step."""
    made_by = f"{about}, made by calybris-ref {__version__}. Every number is exact; the page loads nothing."
    text = document(title, body, made_by=made_by, style=_beside("pages.css"), scripts=[_beside("pages.js")])
    try:
        replace_file(file, text.encode())
    except OSError as error:
        raise CommandError(f"{file}: cannot be written: {error.strerror}", code="FILE_UNWRITABLE") from error


def facts(pairs: Iterable[tuple[object, object]]) -> Html:
    """Terms and what is said of them."""
    parts = [part for term, said in pairs for part in (tag("dt", term), tag("dd", said))]
    return tag("dl", *parts, class_="facts")


def mark(words: object, colour: str) -> Html:
    """A word in a colour: good, known, bad or none."""
    return tag("span", words, class_=f"mark {colour}")


def number(amount: int) -> str:
    """An integer as people read it: thousands apart, and a minus as long as a plus."""
    return f"{amount:,}".replace("-", "−")


def field_value(name: str, value: object) -> str:
    """The value of a record's field as people read it: masks in hex, numbers with their thousands apart."""
    if isinstance(value, Name):
        return f"{int(value)}, {value.label}"
    if not isinstance(value, int):
        return str(value)
    return f"{value:#x}" if name.endswith(("mask", "capabilities")) else number(value)


@cache
def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")
