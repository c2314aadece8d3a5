"""Takes into the site what its pages link to outside docs/, and shows under each clause what holds it.

Pages are written for the repository, where every link is a path. Here a link that leaves docs/ leads to a copy below
repo/: Markdown as a page, a folder as its README or its list of files, source as a page with lines, data as it is.
"""

import ast
import json
import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DATA = (".json", ".svg", ".png", ".jpg", ".lock")
LANGUAGES = {".py": "python", ".toml": "toml", ".go": "go", ".ts": "typescript", ".rs": "rust", ".yml": "yaml"}
LANGUAGES |= {".sh": "bash"}
API_MARK = "<!-- every public name, from its docstring -->"
# A link in prose; fenced blocks and code in a line are matched first, to be passed over.
_LINK = re.compile(
    r"^(?P<fence> *```+)[^`].*?^(?P=fence)$"
    r"|\[(?P<text>(?:`[^`]*`|!?\[[^\]]*\]\([^)]*\)|[^\[\]`])*)\]\((?P<target>[^)\s]+)\)"
    r"|`[^`\n]+`",
    re.MULTILINE | re.DOTALL,
)
_ROW = re.compile(r"^\| \[(?P<clause>[A-Z]+-\d+)\]\([^)]*\)[^|]*\|(?P<cells>.*)\|$", re.MULTILINE)
_CLAUSE = re.compile(r"^(?P<marks>#{2,6}) (?P<clause>[A-Z]+-\d+)\b.*$", re.MULTILINE)


def links(text: str) -> Iterator[str]:
    """The targets of the links of a page that are paths."""
    for match in _LINK.finditer(text):
        if match["target"] and not re.match(r"[a-z]+:|#", match["target"]):
            yield match["target"].partition("#")[0]


def address(path: Path) -> str:
    """Where a file of the repository stands in the site, as a path of its source."""
    inside = path.is_relative_to(DOCS)
    base = path.relative_to(DOCS).as_posix() if inside else f"repo/{path.relative_to(ROOT).as_posix()}"
    if path.is_dir():
        base = posixpath.normpath(f"{base}/README.md")
    return base if base.endswith((".md", *DATA)) else f"{base}.md"


def origin(uri: str) -> Path:
    """The file or folder of the repository that a page of the site shows."""
    path = ROOT / uri.removeprefix("repo/") if uri.startswith("repo/") else DOCS / uri
    if path.exists():
        return path
    return path.parent if path.name == "README.md" else path.with_suffix("")


def rewritten(text: str, uri: str) -> str:
    """A page with its links turned from paths of the repository to paths of the site."""
    here = origin(uri)
    folder = here if here.is_dir() else here.parent

    def turn(match: re.Match[str]) -> str:
        target = match["target"]
        if not target or re.match(r"[a-z]+:|#", target):
            return match[0]
        path, hash_, anchor = target.partition("#")
        file = Path(os.path.normpath(folder / path))
        if not file.exists():
            return match[0]  # the build says so
        new = posixpath.relpath(address(file), posixpath.dirname(uri) or ".")
        if file.suffix == ".py" and not hash_:
            hash_, anchor = place(file, match["text"])
        return f"[{rewritten(match['text'], uri)}]({new}{hash_}{anchor})"

    return _LINK.sub(turn, text)


def place(file: Path, text: str) -> tuple[str, str]:
    """The line of the function or class of a file that the text of a link names, as an anchor."""
    name = text.strip("`").rpartition(".")[2]
    line = definitions(file).get(name)
    return ("#", f"__codelineno-0-{line}") if line and text.startswith("`") else ("", "")


@cache
def definitions(file: Path) -> dict[str, int]:
    """The functions and classes of a file, with their lines."""
    tree = ast.parse(file.read_bytes())
    return {node.name: node.lineno for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def source_page(path: Path) -> str:
    """A page that shows a file, or what stands in a folder."""
    name = path.relative_to(ROOT).as_posix()
    head = f"---\nsearch:\n  exclude: true\nhide: [navigation, toc]\n---\n\n# {name}\n\n"
    if path.is_dir():
        return head + folder_list(path)
    fence = "`" * 8
    language = LANGUAGES.get(path.suffix, "text")
    return f'{head}{fence} {{.{language} linenums="1"}}\n{path.read_text("utf-8").rstrip()}\n{fence}\n'


def folder_list(path: Path) -> str:
    """What stands in a folder: of vectors, what they are about."""
    files = sorted(file for file in path.iterdir() if not file.name.startswith((".", "__")) and shown(file))
    lines = []
    for file in files:
        note = ""
        if path.is_relative_to(ROOT / "vectors" / "v1") and file.suffix == ".json":
            document = json.loads(file.read_bytes())
            note = f": {document['count']:,} cases, {', '.join(document['clauses'])}"
        lines.append(f"- [{file.name}]({file.name}){note}")
    return "\n".join(lines) + "\n"


def shown(file: Path) -> bool:
    """Whether a list of a folder names a file: what is made when things run is left out."""
    return file.name not in {"node_modules", "out", "dist", "target", "package-lock.json"} and (
        file.is_dir() or file.suffix in (*LANGUAGES, *DATA, ".md")
    )


def evidence() -> dict[str, str]:
    """Clause → what holds it, from the generated table; as a list whose links start at docs/spec/."""
    text = (DOCS / "traceability.md").read_text("utf-8")
    found = {}
    for row in _ROW.finditer(text):
        functions, proved, vectors, tests = (cell.strip().replace("](", "](../") for cell in row["cells"].split(" | "))
        parts = {"Specification": functions, "Proved": proved, "Vectors": vectors, "Tests": tests}
        lines = [f"    - {name}: {cell.replace('<br>', ', ')}" for name, cell in parts.items() if cell]
        cases = vectors.partition(":")[0]
        summary = f"{proved.partition('<br>')[0]} · {cases} cases"
        found[row["clause"]] = f'??? abstract "{summary}"\n\n' + "\n".join(lines) + "\n"
    return found


def api_directives() -> str:
    """One directive for every public name, below a heading for the module that defines it."""
    tree = ast.parse((ROOT / "calybris_ref" / "__init__.py").read_bytes())
    homes = {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    modules: dict[str, list[str]] = {}
    for name in public_names(tree):
        modules.setdefault(homes.get(name, "calybris_ref"), []).append(name)
    lines = []
    for module in sorted(modules):
        lines.append(f"## {module}\n")
        lines += [f"::: {module}.{name}\n" for name in modules[module]]
    return "\n".join(lines)


def public_names(tree: ast.Module) -> list[str]:
    """What `__all__` of a module lists."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    raise ValueError("no __all__")


def complete(nav: list[object], pages: Iterable[str]) -> list[object]:
    """The navigation with the pages of docs/ that it does not name, so that a new page is found."""
    named = {*nav_uris(nav)}
    rest = sorted({*pages} - named)
    decisions = sorted((uri for uri in rest if uri.startswith("decisions/")), key=lambda uri: "README" not in uri)
    more = [uri for uri in rest if uri not in decisions]
    return [*nav, *({title: group} for title, group in (("Decisions", decisions), ("More", more)) if group)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds a page or a copy for everything that a page links to and that is not there yet."""
    config.nav = complete(config.nav or [], (file.src_uri for file in files if file.src_uri.endswith(".md")))
    for file in [file for file in files if file.src_uri.endswith(".py")]:
        files.remove(file)  # shown as a page
    wanted = [origin(file.src_uri) for file in files if file.src_uri.endswith(".md")]
    wanted += [ROOT / uri.removeprefix("repo/") for uri in nav_uris(config.nav) if uri.startswith("repo/")]
    known: set[Path] = set()
    while wanted:
        path = wanted.pop()
        if path in known or not path.exists():
            continue
        known.add(path)
        uri = address(path)
        text = None if uri.endswith(DATA) else page_text(path)
        if files.get_file_from_path(uri) is None:
            files.append(
                File.generated(config, uri, abs_src_path=str(path))
                if text is None
                else File.generated(config, uri, content=text)
            )
        if text is not None:
            folder = path if path.is_dir() else path.parent
            wanted += [Path(os.path.normpath(folder / target)) for target in links(text)]
    return files


def page_text(path: Path) -> str:
    """What a page of the site is made of."""
    if path.is_dir() and (path / "README.md").is_file():
        path /= "README.md"
    return path.read_text("utf-8") if path.suffix == ".md" else source_page(path)


def nav_uris(nav: object) -> Iterator[str]:
    """The pages that the navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict | list):
        for item in nav.values() if isinstance(nav, dict) else nav:
            yield from nav_uris(item)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turns links, adds the evidence of clauses, and lists the public names."""
    del config, files
    uri = page.file.src_uri
    if uri == "traceability.md":
        page.meta["hide"] = ["toc"]  # room for a wide table
    if uri.startswith("spec/"):
        held = evidence()
        markdown = _CLAUSE.sub(lambda match: f"{match[0]}\n\n{held.get(match['clause'], '')}", markdown)
    if uri == "api.md":
        markdown = markdown.replace(API_MARK, api_directives())
    return rewritten(markdown, uri)
