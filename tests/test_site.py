"""The site: links are turned rightly, clauses show what holds them, and the checker finds what it looks for."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import calybris_ref
from docs.site import hooks
from tests import site
from tests.support import clauses

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("uri", "text", "expected"),
    [
        ("library.md", "[a](spec/README.md#x)", "[a](spec/README.md#x)"),
        ("library.md", "[a](examples/quickstart.py)", "[a](examples/quickstart.py.md)"),
        ("library.md", "[a](../SECURITY.md)", "[a](repo/SECURITY.md)"),
        ("spec/README.md", "[a](../../spec)", "[a](../repo/spec/README.md)"),
        ("traceability.md", "[a](../vectors/v1/hex)", "[a](repo/vectors/v1/hex/README.md)"),
        ("repo/README.md", "[a](docs/library.md)", "[a](../library.md)"),
        ("repo/README.md", "[a](docs/spec/README.md)", "[a](../spec/README.md)"),
        ("repo/vectors/v1/hex/README.md", "[a](decode.json)", "[a](decode.json)"),
        ("library.md", "[a](https://example.org/x.md)", "[a](https://example.org/x.md)"),
        ("library.md", "`[a](../SECURITY.md)`", "`[a](../SECURITY.md)`"),
        ("library.md", "```text\n[a](../SECURITY.md)\n```", "```text\n[a](../SECURITY.md)\n```"),
        ("library.md", "[`a`\nb](../SECURITY.md)", "[`a`\nb](repo/SECURITY.md)"),
        ("library.md", "[a](../no-such-file)", "[a](../no-such-file)"),
    ],
)
def test_links(uri: str, text: str, expected: str) -> None:
    assert hooks.rewritten(text, uri) == expected


def test_a_link_to_a_function_leads_to_its_line() -> None:
    file = ROOT / "spec" / "calybris_spec" / "gates.py"
    function = next(node for node in ast.parse(file.read_bytes()).body if isinstance(node, ast.FunctionDef))
    link = f"[`gates.{function.name}`](../spec/calybris_spec/gates.py)"
    assert hooks.rewritten(link, "traceability.md").endswith(f"gates.py.md#__codelineno-0-{function.lineno})")


def test_every_clause_shows_what_holds_it() -> None:
    held = hooks.evidence()
    assert set(held) == {
        clause for page in clauses.pages(ROOT) for clause, _ in clauses.headings(page.read_text("utf-8"))
    }
    assert all("Specification: " in text or "see the index" in text for text in held.values())


def test_every_public_name_has_its_directive() -> None:
    names = [line.rpartition(".")[2] for line in hooks.api_directives().splitlines() if line.startswith(":::")]
    assert sorted(names) == sorted(calybris_ref.__all__)
    assert hooks.API_MARK in (ROOT / "docs" / "api.md").read_text("utf-8")


def test_the_navigation_names_every_page() -> None:
    pages = ["a.md", "new.md", "decisions/README.md", "decisions/0001-x.md"]
    assert hooks.complete(["a.md"], pages) == [
        "a.md",
        {"Decisions": ["decisions/README.md", "decisions/0001-x.md"]},
        {"More": ["new.md"]},
    ]
    assert hooks.complete([{"A": ["a.md"]}], ["a.md"]) == [{"A": ["a.md"]}]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small site without a mistake."""
    (tmp_path / "a.html").write_text('<p id="x"><a href="b/">b</a> <a href="#x">x</a> <a href="https://e.org">e</a>')
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "index.html").write_text(
        '<link rel="canonical" href="https://e.org"><a href="../a.html#x">a</a><img src="data:x"><img src="i.png">'
    )
    (tmp_path / "b" / "i.png").touch()
    (tmp_path / "s.css").write_text("p { background: url(i.png) }")
    return tmp_path


def test_a_right_site_has_no_problem(built: Path) -> None:
    assert site.problems(built) == []
    assert site.main([str(built)]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<a href="none.html">', "c.html: none.html: no such file"),
        ('<a href="../up.html">', "c.html: ../up.html: no such file"),
        ('<a href="a.html#y">', "c.html: a.html#y: no such anchor"),
        ('<a href="#y">', "c.html: #y: no such anchor"),
        ('<img src="none.png">', "c.html: none.png: no such file"),
        ('<script src="https://e.org/x.js"></script>', "c.html: loads https://e.org/x.js"),
        ('<link rel="stylesheet" href="//e.org/x.css">', "c.html: loads //e.org/x.css"),
        ('<link rel="preconnect" href="https://e.org">', "c.html: loads https://e.org"),
        ('<img src="https://e.org/x.png">', "c.html: loads https://e.org/x.png"),
    ],
)
def test_what_is_wrong_with_a_site_is_found(built: Path, text: str, said: str) -> None:
    (built / "c.html").write_text(text)
    assert site.problems(built) == [said]
    assert site.main([str(built)]) == 1


@pytest.mark.parametrize("text", ["@import 'https://e.org/x.css'", "a { background: url(//e.org/x.png) }"])
def test_a_style_that_loads_from_elsewhere_is_found(built: Path, text: str) -> None:
    (built / "s.css").write_text(text)
    assert site.problems(built) == ["s.css: loads from another host"]


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", "docs/site/mkdocs.yml"]
    subprocess.run([*command, "--site-dir", str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    assert site.problems(tmp_path) == []
    anchors = site.Reader()
    anchors.feed((tmp_path / "api.html").read_text("utf-8"))
    shown = {name.rpartition(".")[2] for name in anchors.ids}
    assert set(calybris_ref.__all__) - shown == set()
