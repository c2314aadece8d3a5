"""A page as its reader sees it: elements, texts, tables; a page that is not well formed fails."""

import re
from html.parser import HTMLParser

_VOID = ("br", "hr", "input", "link", "meta", "wbr")
_RAW = ("script", "style")


class Reader(HTMLParser):
    """The elements of a page with their attributes, its text, and the text in elements of one name."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.pieces: list[tuple[tuple[str, ...], str]] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(f"{tag}#{len(self.elements)}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().partition("#")[0] == tag

    def handle_data(self, data: str) -> None:
        if not any(one.partition("#")[0] in _RAW for one in self.open):
            self.pieces.append((tuple(self.open), data))

    @property
    def text(self) -> str:
        """All text, white space as one space."""
        return " ".join("".join(piece for _, piece in self.pieces).split())

    def count(self, tag: str) -> int:
        """How many elements of this name there are."""
        return sum(name == tag for name, _ in self.elements)

    def texts(self, tag: str, within: str = "") -> list[str]:
        """The text of each element of this name, in the order of the page; `within`: a class of an element around."""
        found: dict[str, str] = {}
        for around, piece in self.pieces:
            for one in around:
                if one.partition("#")[0] == tag and (not within or self._has_class(around, within)):
                    found[one] = found.get(one, "") + piece
        return [" ".join(text.split()) for text in found.values()]

    def text_of(self, tag: str) -> str:
        """The text of the one element of this name."""
        (text,) = self.texts(tag)
        return text

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons."""
        return self.texts("button")

    def rows(self, table: str) -> list[list[str]]:
        """The cells of each row of the table with this class."""
        found: dict[str, dict[str, str]] = {}
        for around, piece in self.pieces:
            if self._has_class(around, table) and any(one.startswith(("td#", "th#")) for one in around):
                row, cell = (next((one for one in around if re.match(f"{name}#", one)), "") for name in ("tr", "t[dh]"))
                cells = found.setdefault(row, {})
                cells[cell] = cells.get(cell, "") + piece
        return [list(cells.values()) for cells in found.values()]

    def _has_class(self, around: tuple[str, ...], name: str) -> bool:
        for one in around:
            own = self.elements[int(one.partition("#")[2]) - 1][1].get("class") or ""
            if name in own.split():
                return True
        return False
