"""Reads the little of Markdown that the tests of the documentation need: headings, links, blocks, tables, commands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE_IN_LINE = re.compile(r"`([^`\n]+)`")


class Block(NamedTuple):
    """A fenced block: its language, its text, and the line on which its text begins."""

    language: str
    text: str
    line: int


def blocks(text: str, language: str | None = None) -> list[Block]:
    """The fenced blocks of a page, of one language or of all."""
    found = (Block(match[1], match[2], text.count("\n", 0, match.start()) + 2) for match in _FENCE.finditer(text))
    return [block for block in found if language in (None, block.language)]


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """The headings of a page, without their marks."""
    return _HEADING.findall(prose(text))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(text)}


def link_targets(text: str) -> list[str]:
    """The targets of the links in a text, code left out."""
    return _LINK.findall(_CODE_IN_LINE.sub("", prose(text)))


def broken_links(page: Path, root: Path) -> list[str]:
    """The relative links of a page that lead nowhere: a file that is not there, or an anchor that it has not."""
    found = []
    for target in link_targets(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or not file.is_relative_to(root):
            found.append(f"{page.name}: {target}: no such file")
        elif anchor and (file.suffix != ".md" or anchor not in anchors(file.read_text("utf-8"))):
            found.append(f"{page.name}: {target}: no such anchor")
    return found


def table_rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row of a text, heads and rules left out."""
    for line in prose(text).splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a text as rows of cells; the first row is the head."""
    groups = re.findall(r"(?:^\|.*\n)+", prose(text) + "\n", re.MULTILINE)
    return [list(table_rows(group)) for group in groups]


def code(cell: str) -> list[str]:
    """What stands in a cell as code."""
    return _CODE_IN_LINE.findall(cell)


def commands(text: str, program: str) -> list[str]:
    """Every command line of `program` that a page shows: in shell blocks and as inline code with arguments."""
    shell = (line for block in blocks(text, "sh") for line in block.text.replace("\\\n", " ").splitlines())
    lines = [re.split(r" [#>|]", line)[0].strip() for line in shell]  # neither comments nor where the output goes
    inline = _CODE_IN_LINE.findall(prose(text))
    return [line for line in (*lines, *inline) if line.startswith(program + " ")]
