"""Pages that stand alone: no text becomes markup, nothing is loaded, and only the page's own code may run."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from calybris_ref import page
from calybris_ref.page import Html, document, embedded, escape, join, link, table, tag, visible

NASTY = "</script><script>alert(1)</script><!-- & \"'\u2028\u2029"


class Reader(HTMLParser):
    """The elements of a page, and the text in each `script` and `style`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] and self.cdata_elem:
            self.raw.append((self.cdata_elem, data))
        else:
            self.texts.append(data)


def test_text_is_never_markup() -> None:
    assert Reader(escape(NASTY)).elements == []
    assert tag("p", NASTY, title=NASTY).count("<") == 2
    assert Reader(tag("p", "", title=NASTY)).elements[0][1]["title"] == visible(NASTY)
    assert join(("<", Html("<b>"))) == "&lt;<b>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a\\u202eb"),
        ("\x00", "\\x00"),
        ("\ud800", "\\ud800"),
        ("\x1b[31m", "\\x1b[31m"),
        ("é\n\t漢", "é\n\t漢"),
    ],
)
def test_what_does_not_print_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert escape(text) == shown


def test_elements_and_attributes() -> None:
    assert tag("br") == "<br>"
    made = tag("a", "x", class_="y", aria_label="z", hidden=True, title=None, disabled=False)
    assert made == '<a class="y" aria-label="z" hidden>x</a>'


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", " javascript:x"])
def test_a_link_leads_to_the_web_or_to_a_file_only(address: str) -> None:
    assert link("x", address) == "x"


@pytest.mark.parametrize("address", ["https://example.org/1", "http://example.org", "out/go/report.html", "a/b:c"])
def test_a_link(address: str) -> None:
    assert link("x", address) == f'<a href="{address}" rel="noreferrer">x</a>'


def test_a_table_names_its_rows() -> None:
    made = table(("a", "b"), [("x", "<1")], caption="C", numbers=(1,))
    assert '<th scope="row">x</th><td class="number">&lt;1</td>' in made
    assert '<th scope="col" class="number">b</th>' in made
    assert "<caption>C</caption>" in made


def test_embedded_data_cannot_end_its_element_and_reads_the_same() -> None:
    value = {NASTY: [NASTY, "\ud800", 2**64]}
    made = embedded("d", value)
    (raw,) = Reader(made).raw
    assert not set("<>&\u2028\u2029") & set(raw[1])
    assert json.loads(raw[1]) == value
    made.encode()  # a page is UTF-8


def whole() -> str:
    return document(NASTY, [tag("p", "x")], made_by=NASTY, data={"d": NASTY}, style="p{}", scripts=["1;"])


def test_a_page_runs_its_own_code_and_loads_nothing() -> None:
    read = Reader(whole())
    (policy,) = [str(found["content"]) for name, found in read.elements if found.get("http-equiv")]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    codes = [(kind, text) for kind, text in read.raw if text != embedded("d", NASTY).partition(">")[2][:-9]]
    assert [kind for kind, _ in codes] == ["style", "style", "script", "script"]
    for _kind, text in codes:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert not [found for _, found in read.elements if "src" in found or "style" in found]
    assert not re.search(r"url\(|@import|https?:", "".join(text for _, text in codes))


def test_a_page_has_what_a_reader_needs() -> None:
    text = whole()
    names = [name for name, _ in Reader(text).elements]
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert {"title", "header", "main", "footer"} <= set(names)
    assert visible(NASTY) in "".join(Reader(text).texts)


@pytest.mark.parametrize("options", [{"style": "a</STYLE>"}, {"scripts": ["</Script>"]}, {"scripts": ["<!--"]}])
def test_code_that_would_end_its_element_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="would end the element"):
        document("t", [], made_by="x", **options)  # type: ignore[arg-type] # one option of each type


def test_colours_come_in_pairs_that_can_be_read() -> None:
    """WCAG 2.1 AA: text at 4.5:1 on every ground that it stands on, in both schemes."""
    pairs = dict(re.findall(r"--([\w-]+): (light-dark\(#\w+, #\w+\));", page._beside("page.css")))
    colours = {name: re.findall("#(\\w{6})", pair) for name, pair in pairs.items()}

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(one: str, other: str, scheme: int) -> float:
        low, high = sorted((luminance(colours[one][scheme]), luminance(colours[other][scheme])))
        return (high + 0.05) / (low + 0.05)

    grounds = ("ground", "paper", "none-paper")
    texts = [(text, ground) for text in ("ink", "soft", "link", "good", "known", "bad", "none") for ground in grounds]
    texts += [(text, f"{text}-paper") for text in ("good", "known", "bad", "none")]
    texts += [("ink", f"{ground}-paper") for ground in ("good", "known", "bad")]
    poor = [
        (text, ground, scheme) for text, ground in texts for scheme in (0, 1) if contrast(text, ground, scheme) < 4.5
    ]
    assert poor == []
    edges = [(edge, ground, scheme) for edge in ("control", "bad-fill") for ground in grounds[:2] for scheme in (0, 1)]
    assert [one for one in edges if contrast(*one) < 3] == []
