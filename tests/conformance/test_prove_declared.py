"""Contracts and imports, read from the syntax tree."""

from collections import Counter
from pathlib import Path

import pytest

from calybris_conformance.prove import declared


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("@ensure(lambda r: r)\n@ensure(lambda r: r)\ndef f(): ...", {"f": 2}),
        ("@require(lambda x: x)\n@require(lambda x: x)\ndef f(x): ...", {"f": 1}),
        ("@require(lambda x: x)\n@ensure(lambda r: r)\ndef f(x): ...", {"f": 1}),
        ("@icontract.ensure(lambda r: r)\ndef f(): ...", {"f": 1}),
        ("@cache\n@ensure(lambda r: r)\ndef f(): ...", {"f": 1}),
        ("class C:\n    @ensure(lambda r: r)\n    async def f(self): ...", {"f": 1}),
        ("def g():\n    @ensure(lambda r: r)\n    def f(): ...", {"f": 1}),
        ("@other\ndef f(): ...", {}),
    ],
)
def test_contracts(source: str, found: dict[str, int]) -> None:
    assert declared.contracts(source) == Counter(found)


def test_modules_and_what_they_import(tmp_path: Path) -> None:
    package = tmp_path / "p"
    (package / "sub").mkdir(parents=True)
    sources = {
        "__init__.py": "",
        "a.py": "from p.b import x\nimport json",
        "b.py": "from p import c",
        "c.py": "",
        "d.py": "import p.a",
        "sub/__init__.py": "from p.c import y",
        "sub/e.py": "from p.sub import z",
    }
    for name, source in sources.items():
        (package / name).write_text(source)
    assert list(declared.modules(package)) == ["__init__", "a", "b", "c", "d", "sub.__init__", "sub.e"]
    known = {"p": package}
    assert [*declared.imported(known, "p.a")] == ["p", "p.a", "p.b", "p.c"]
    assert [*declared.imported(known, "p.d")] == ["p", "p.a", "p.b", "p.c", "p.d"]
    assert [*declared.imported(known, "p.sub.e")] == ["p.c", "p.sub", "p.sub.e"]


def test_imports_are_followed_into_the_other_packages(tmp_path: Path) -> None:
    for name, source in {"p/a.py": "from q.b import x", "q/b.py": "import p.c", "p/c.py": "", "q/d.py": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    known = {"p": tmp_path / "p", "q": tmp_path / "q"}
    assert declared.imported(known, "p.a") == {
        "p.a": tmp_path / "p/a.py",
        "p.c": tmp_path / "p/c.py",
        "q.b": tmp_path / "q/b.py",
    }
    assert [*declared.imported({"p": known["p"]}, "p.a")] == ["p.a"]


def test_a_proof_may_rest_on_every_package_of_this_distribution(tmp_path: Path) -> None:
    found = declared.packages(tmp_path / "p")
    assert found["p"] == tmp_path / "p"
    assert {*found} == {"p", *declared.DISTRIBUTION}


def test_import_names() -> None:
    assert declared.import_name("p", "sub.e") == "p.sub.e"
    assert declared.import_name("p", "sub.__init__") == "p.sub"
