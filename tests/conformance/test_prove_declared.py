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
    assert declared.imported("p", package, "a") == ("__init__", "a", "b", "c")
    assert declared.imported("p", package, "d") == ("__init__", "a", "b", "c", "d")
    assert declared.imported("p", package, "sub.e") == ("c", "sub.__init__", "sub.e")


def test_import_names() -> None:
    assert declared.import_name("p", "sub.e") == "p.sub.e"
    assert declared.import_name("p", "sub.__init__") == "p.sub"
