"""Reads the ids of clauses: where pages define them, and where texts name them."""

import re
from pathlib import Path

from tests.support import markdown

AREAS = (
    "TYPES|POLICY|INPUT|MONEY|GATE|RANK|DECIDE|TRACE|UTIL|EXPL|DIGEST|VERIFY|CONFIG|BUILD"
    "|LEDGER|FIN|LOG|PROOF|SNAP|RECOVER"
)
_HEADING = re.compile(rf"((?:{AREAS})-[1-9][0-9]*) (\S.*)")
_CLAUSE = re.compile(rf"\b({AREAS})-([1-9][0-9]*)\b(?:\s*(?:…|to|–)\s*(?:and\s+)?\1-([1-9][0-9]*)\b)?")


def pages(root: Path) -> list[Path]:
    """The pages that define clauses, in the order in which the index lists them."""
    index = root / "docs" / "spec" / "README.md"
    linked = [target for target in markdown.link_targets(index.read_text("utf-8")) if re.fullmatch(r"\w+\.md", target)]
    return [index.parent / name for name in dict.fromkeys(linked)]


def headings(text: str) -> list[tuple[str, str]]:
    """The clauses that a page defines, each with its title."""
    return [(match[1], match[2]) for heading in markdown.headings(text) if (match := _HEADING.fullmatch(heading))]


def mentioned(text: str) -> set[str]:
    """The clauses that a text names; a range names all that lie in it."""
    return {
        f"{match[1]}-{number}"
        for match in _CLAUSE.finditer(text)
        for number in range(int(match[2]), int(match[3] or match[2]) + 1)
    }
