"""Looks through a built site: every link leads somewhere, and nothing is loaded from another host.

`python -m tests.site out/site` prints what is wrong; `make docs` runs it behind the build.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, as (element, attribute). A link that a reader may follow is none.
LOADED = {
    *((element, "src") for element in ("script", "img", "iframe", "audio", "video", "source", "embed", "input")),
    ("link", "href"),
    ("object", "data"),
}
# `canonical` and its like name pages and load nothing.
NOT_LOADED = {"canonical", "alternate", "prev", "next", "edit"}
_IN_STYLE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?(https?:)?//")


class Reader(HTMLParser):
    """The ids of a page, its links, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps ids, links and loads of one element."""
        known = {name: value or "" for name, value in attrs}
        self.ids.update(known[name] for name in ("id", "name") if name in known)
        quiet = tag == "link" and NOT_LOADED & {*known.get("rel", "").split()}
        for name, value in known.items():
            if name == "href" and tag == "a":
                self.links.append(value)
            elif (tag, name) in LOADED and not quiet:
                self.loads.append(value)


def problems(site: Path) -> list[str]:
    """What is wrong with a site, one line for each link or load."""
    pages: dict[Path, Reader] = {}
    for path in sorted(site.rglob("*.html")):
        pages[path] = reader = Reader()
        reader.feed(path.read_text("utf-8"))
    found = []
    for path, reader in pages.items():
        name = path.relative_to(site).as_posix()
        found += [f"{name}: loads {load}" for load in reader.loads if urlsplit(load).netloc]
        for target in [*reader.links, *(load for load in reader.loads if not load.startswith("data:"))]:
            if said := _broken(target, path, site, pages):
                found.append(f"{name}: {target}: {said}")
    for sheet in sorted(site.rglob("*.css")):
        if _IN_STYLE.search(sheet.read_text("utf-8")):
            found.append(f"{sheet.relative_to(site).as_posix()}: loads from another host")
    return found


def _broken(target: str, page: Path, site: Path, pages: dict[Path, Reader]) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    # 404.html is served for any address, so its links begin at the root of the site
    start = site if parts.path.startswith("/") else page.parent
    file = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else page
    if file.is_dir():
        file /= "index.html"
    if not file.is_file() or not file.is_relative_to(site.resolve()):
        return "no such file"
    anchor = unquote(parts.fragment)
    if anchor and file in pages and anchor not in pages[file].ids:
        return "no such anchor"
    return ""


def main(arguments: list[str]) -> int:
    """Print what is wrong with the site that is named; 1 when something is."""
    site = Path(arguments[0]).resolve()
    found = problems(site)
    print("\n".join([*found, f"{len(list(site.rglob('*.html')))} pages, {len(found)} problems"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
