"""Pages that stand alone: one file of HTML, no network, readable without a script.

Every text that is put into a page is escaped here, because names, paths and outputs come from strangers. What does not
print is shown as its escape, so that no character can hide or turn around what stands beside it. Style and scripts
stand in the page, and its policy allows exactly these, by their hashes: markup that slipped through would not run.

A page of its own brings its style, its scripts and its data to `document`; the look and the helpers of every page are
`page.css` and `page.js` beside this file.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_KEPT = "\n\t"
# What may not have a closing tag in HTML.
_VOID = frozenset({"br", "hr", "input", "link", "meta", "wbr"})


class Html(str):
    """Text that is markup already; whoever makes one by hand answers for it."""

    __slots__ = ()


def visible(text: str) -> str:
    """The text with everything that does not print escaped, but for line feeds and tabs."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _KEPT else c.encode("unicode_escape").decode() for c in text)


def escape(text: object) -> Html:
    """A value as text of a page, in an element or in a quoted attribute; markup stays as it is."""
    return text if isinstance(text, Html) else Html(html.escape(visible(str(text))))


def join(parts: Iterable[object]) -> Html:
    """Parts one behind the other, each escaped."""
    return Html("".join(map(escape, parts)))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. `class_` gives class, `aria_label` aria-label; True is an attribute without value, None is none."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def link(text: object, address: str) -> Html:
    """A link to an address of the web or of a file beside the page; any other scheme (`javascript:`) stays text."""
    head = address.partition("/")[0]
    if ":" in head and head.lower() not in ("http:", "https:"):
        return escape(text)
    return tag("a", text, href=address, rel="noreferrer")


def table(
    header: Sequence[object], rows: Iterable[Sequence[object]], *, caption: str, numbers: Iterable[int] = ()
) -> Html:
    """A table of which the first cell of a row names the row; the columns in `numbers` are aligned to the right."""
    right = frozenset(numbers)

    def cell(place: int, content: object) -> Html:
        styled = "number" if place in right else None
        return tag("td", content, class_=styled) if place else tag("th", content, scope="row", class_=styled)

    head = (
        tag("th", one, scope="col", class_="number" if place in right else None) for place, one in enumerate(header)
    )
    body = (tag("tr", *(cell(place, one) for place, one in enumerate(row))) for row in rows)
    whole = tag("table", tag("caption", caption), tag("thead", tag("tr", *head)), tag("tbody", *body))
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def embedded(name: str, value: object) -> Html:
    """A value as JSON in an element that no browser runs; `page.data(name)` reads it.

    `<`, `>`, `&` and the two line ends that JSON knows and scripts do not are escaped, so that no text can end the
    element or begin a comment in it.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # half of a surrogate pair has no UTF-8; JSON can say it in ASCII
    text = "".join(c if not "\ud800" <= c <= "\udfff" else f"\\u{ord(c):04x}" for c in text)
    return Html(f'<script type="application/json" id="{escape(name)}">{text}</script>')


def document(
    title: str,
    body: Iterable[object],
    *,
    made_by: str,
    data: Mapping[str, object] | None = None,
    style: str = "",
    scripts: Sequence[str] = (),
) -> str:
    """A whole page. `title` is its name, `made_by` its footer; `style` and `scripts` come behind the common ones.

    ValueError for a style or a script that would end its own element.
    """
    styles = (_beside("page.css"), *([style] if style else []))
    codes = (_beside("page.js"), *scripts)
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(styles, codes)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        *(Html(f"<style>{_harmless(one, '</style')}</style>") for one in styles),
    ]
    header = tag(
        "header",
        tag("a", "To the content", href="#content", class_="skip"),
        tag("span", "calybris-ref", class_="brand"),
        tag("button", "Dark", type="button", id="theme", hidden=True),
        class_="top",
    )
    footer = tag("footer", tag("p", made_by), class_="bottom")
    parts = [
        header,
        tag("main", *body, id="content", tabindex="-1"),
        footer,
        *(embedded(name, value) for name, value in (data or {}).items()),
        *(Html(f"<script>{_harmless(code, '</script', '<!--')}</script>") for code in codes),
    ]
    root = tag("html", tag("head", *head), "\n", tag("body", *(join((part, "\n")) for part in parts)), lang="en")
    return f"<!doctype html>\n{root}\n"


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Nothing is loaded and nothing is sent; only this style and these scripts count."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(map(_hash_source, styles))}",
            f"script-src {' '.join(map(_hash_source, scripts))}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash_source(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def _harmless(code: str, *ends: str) -> str:
    for end in ends:
        if end in code.lower():
            raise ValueError(f"{end} would end the element that it stands in")
    return code


@cache
def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")
