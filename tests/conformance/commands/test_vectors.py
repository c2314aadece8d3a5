"""`calybris-ref vectors` as a user meets it: what it prints, what it writes, and its exit codes."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus
from calybris_conformance.commands import vectors
from calybris_conformance.vectorgen import tree
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_ref.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str) -> tuple[int, str, str]:
        code = main(["vectors", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A generated tree of two cases, and a generator that makes only those."""
    questions = tuple(Question(name, "It comes back.", {"type": "u8", "value": name}) for name in ("1", "2"))
    draft = Draft("echo", "small", "echo", "Small", "TYPES-1", (Group("g", questions),))
    monkeypatch.setattr(tree, "drafts", lambda watch: (watch(draft.suite), iter([draft]))[1])
    tree.write(tmp_path, tree.generate(tmp_path))
    return tmp_path


def test_list(run: Run) -> None:
    code, out, _ = run("list", "--suite", "hex", "--flag", "HEX_ORDER")
    assert code == 0
    assert "hex/order/odd-and-bad " in out
    assert "decide/" not in out
    assert out.splitlines()[-1].endswith(f"cases of version {tree.VERSION}")


def test_list_json(run: Run) -> None:
    code, out, _ = run("list", "--case", "decide/gate-pairs/*", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["count"] == len(found["cases"]) == 36
    assert found["cases"][0]["requires"] == ["decide"]


def test_list_of_nothing(run: Run) -> None:
    code, _, err = run("list", "--flag", "NO_SUCH")
    listed = "`calybris-ref vectors list` shows what there is."
    assert (code, err) == (2, f"calybris-ref: error: There is no flag 'NO_SUCH' in these vectors; {listed}\n")


def test_statistics(run: Run) -> None:
    code, out, _ = run("list", "--suite", "trace", "--statistics")
    assert code == 0
    assert "gate that rejects" in out
    code, out, _ = run("list", "--suite", "trace", "--statistics", "--json")
    assert json.loads(out)["statistics"]["suite"].keys() == {"trace"}


def test_show_a_case(run: Run) -> None:
    code, out, _ = run("show", "hex/order/odd-and-bad", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["expect"] == {"error": {"code": "DIGEST_HEX_LENGTH_ODD", "at": "text"}}
    assert "HEX_ORDER" in found["flags"]
    assert "hex/order/odd-and-bad: Odd and a bad character: odd." in run("show", "hex/order/odd-and-bad")[1]


def test_show_a_flag_and_a_code(run: Run) -> None:
    flag = json.loads(run("show", "HEX_ORDER", "--json")[1])
    assert (flag["flag"], "hex/order/odd-and-bad" in flag["cases"]) == ("HEX_ORDER", True)
    code = json.loads(run("show", "DIGEST_HEX_LENGTH_ODD", "--json")[1])
    assert (code["at"], "hex/order/odd-and-bad" in code["cases"]) == ("text", True)


def test_show_nothing(run: Run) -> None:
    code, _, err = run("show", "hex/order/no-such")
    assert code == 2
    assert (
        err == "calybris-ref: error: 'hex/order/no-such' is neither the id of a case nor a flag nor a refusal code.\n"
    )


def test_check_of_a_sound_tree(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "lint", lambda _root: [])  # test_corpus_lint.py lints the shipped tree
    code, out, _ = run("check")
    assert (code, out.startswith("sound: ")) == (0, True)
    assert json.loads(run("check", "--json")[1]) == {"sound": True, "problems": []}


def test_check_of_a_damaged_tree(run: Run, small: Path) -> None:
    (small / "v1/echo/small.json").write_text("{}")
    code, out, _ = run("check", "--vectors", str(small))
    assert code == 1
    assert "[manifest]" in out
    found = json.loads(run("check", "--vectors", str(small), "--json")[1])
    assert not found["sound"]
    assert found["problems"][0].keys() == {"rule", "where", "message"}


def test_a_damaged_tree_is_not_listed(run: Run, small: Path) -> None:
    (small / "MANIFEST.json").unlink()
    code, _, err = run("list", "--vectors", str(small))
    assert code == 2
    assert "MANIFEST.json: cannot be read" in err


def test_generate_writes_the_tree_and_says_what_is_in_it(run: Run, small: Path) -> None:
    shutil.rmtree(small / "v1")
    code, out, _ = run("generate", "--vectors", str(small))
    assert code == 0
    assert "v1/echo/small.json: is new" in out
    assert "2 cases of version" in out
    assert len(corpus.load(small).cases) == 2


def test_generate_refuses_to_change_a_locked_case(run: Run, small: Path) -> None:
    (small / "ids.lock").write_text(f"echo/g/1 {'0' * 64}\n")
    before = (small / "MANIFEST.json").read_bytes()
    code, _, err = run("generate", "--vectors", str(small))
    assert code == 1
    assert "echo/g/1: its question or answer changed, which needs a new major version (--new-major)." in err
    assert (small / "MANIFEST.json").read_bytes() == before
    assert run("generate", "--vectors", str(small), "--new-major", "--json")[0] == 0
    assert (small / "ids.lock").read_text().startswith(f"echo/g/1 {'0' * 64}\necho/g/1 ")


def test_generate_does_not_write_into_an_installed_package(run: Run, tmp_path: Path) -> None:
    code, _, err = run("generate", "--vectors", str(tmp_path / "_vectors"))
    assert code == 2
    assert "is part of an installed package" in err


# ---- generate --check: the whole generation in two processes is the Makefile's; here is what it is made of


def generator(tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another generator in the place of the real one; `present` and `into` are its folders, `seed` its hash seed."""
    script = tmp_path / "generator.py"
    start = "import os, shutil, sys\npresent, into = sys.argv[-2:]\nseed = os.environ['PYTHONHASHSEED']\n"
    script.write_text(start + body)
    launcher = tmp_path / "python"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(launcher))


COPY = "shutil.copytree(present, into)\n"


def test_check_finds_no_difference(
    run: Run, small: Path, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator(tmp_path_factory.mktemp("bin"), COPY, monkeypatch)
    code, out, _ = run("generate", "--check", "--vectors", str(small))
    assert (code, out) == (0, "every byte is as generated, under 2 hash seeds\n")


def test_check_finds_a_difference_under_one_seed(
    run: Run, small: Path, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = ("open(into + '/v1/echo/small.json', 'a').write('x')", "open(into + '/v1/new.json', 'w')")
    body = COPY + "if seed == '2':\n" + "".join(f"    {edit}\n" for edit in edits)
    generator(tmp_path_factory.mktemp("bin"), body, monkeypatch)
    code, out, _ = run("generate", "--check", "--vectors", str(small), "--json")
    assert code == 1
    assert json.loads(out)["differences"] == {
        "v1/echo/small.json": "differs (PYTHONHASHSEED=2)",
        "v1/new.json": "is new (PYTHONHASHSEED=2)",
    }


def test_check_finds_a_file_too_many(
    run: Run, small: Path, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small / "v1/echo/extra.json").write_text("{}")
    generator(tmp_path_factory.mktemp("bin"), COPY + "os.remove(into + '/v1/echo/extra.json')\n", monkeypatch)
    code, out, _ = run("generate", "--check", "--vectors", str(small))
    assert code == 1
    assert "v1/echo/extra.json: is no longer generated" in out


def test_a_generation_that_fails_is_reported(
    run: Run, small: Path, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator(tmp_path_factory.mktemp("bin"), "sys.exit('the specification answers 1, the reference 2')\n", monkeypatch)
    code, _, err = run("generate", "--check", "--vectors", str(small))
    assert code == 1
    assert err == (
        "calybris-ref: error: generation failed under PYTHONHASHSEED=1: the specification answers 1, the reference 2\n"
    )
