"""Skeletons of adapters: each is built and judged as its README says, and reads every line that the protocol allows."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus, scaffold
from calybris_conformance.scaffold import LANGUAGES, TEMPLATES, ScaffoldError, write
from tests.support import markdown

LONGEST_ADAPTER = 80
QUICK = ("c", "python")  # the others fetch what they need, or compile for longer
EVERY_LANGUAGE = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in LANGUAGES]

# Lines that no judge writes and every judge may: (the line, its answer). White space, escapes in keys and values, keys
# in any order, keys that nobody knows, texts that look like something else, a text that holds a 0 or ends no line.
DEEP = "[" * 60 + "]" * 60
LONG = "é\u2028" * 200_000
LINES: list[tuple[str, dict[str, Any]]] = [
    (
        ' { "seq" : "1" ,\t"type" :\r"run", "op" : "echo", "given" : { } , "input" : {"value" : "7" , "type":"u8" } } ',
        {"seq": "1", "ok": {"value": "7"}},
    ),
    (
        (
            r'{"t\u0079pe":"run","\u0073eq":"\u0022\\\/\n\u00e9\ud83d\ude00\u0000","op":"ech\u006f","given":{},'
            r'"input":{"type":"te\u0078t","value":"\u20ac\u0000\ud835\udd18\/\b\f\n\r\t\"\\\u007f"}}'
        ),
        {"seq": '"\\/\né😀\0', "ok": {"value": '€\0\U0001d518/\b\f\n\r\t"\\\x7f'}},
    ),
    (
        (
            '{"type":"run","seq":"3","op":"echo","given":{"input":{"type":"u8","value":"1"},"type":"bye",'
            f'"a":[{{"seq":"x}}"}},"]\\"",-1.5e+3,true,false,null,[],{{}}]}},"input":{{"note":{{"value":"no"}},'
            f'"type":"text","more":{DEEP},"value":"yes"}},"new":[{{"op":"x"}}]}}'
        ),
        {"seq": "3", "ok": {"value": "yes"}},
    ),
    ('{"type":"run","seq":"","op":"","given":{},"input":{}}', {"seq": "", "unsupported": {"feature": ""}}),
    (
        r'{"type":"run","seq":"5","op":"no \"such\" \u0001 é","given":{},"input":{}}',
        {"seq": "5", "unsupported": {"feature": 'no "such" \x01 é'}},
    ),
    (
        f'{{"type":"run","seq":"6","op":"echo","given":{{}},"input":{{"type":"text","value":"{LONG}"}}}}',
        {"seq": "6", "ok": {"value": LONG}},
    ),
    (
        '{"type":"run","seq":"7","op":"echo","given":{},"input":{"type":"u64","value":"18446744073709551615"}}\r',
        {"seq": "7", "ok": {"value": "18446744073709551615"}},
    ),
]
HELLO = '{"type":"hello","protocol":[1,2],"judge":"test","spec":"1.0","vectors":"1.0.0","new":{}}'


def wrong_answers(folder: Path, run: str) -> list[str]:
    """Which of LINES an adapter answers otherwise, in short."""
    asked = "".join(f"{line}\n" for line in (HELLO, *(line for line, _ in LINES), '{"type":"bye"}'))
    done = subprocess.run(shlex.split(run), cwd=folder, input=asked.encode(), capture_output=True, timeout=60)
    ready, *answers = (json.loads(line) for line in done.stdout.splitlines())
    assert (ready["features"], done.returncode) == (["echo"], 0), done.stderr
    right = [{"type": "result", **answer} for _, answer in LINES]
    assert len(answers) == len(right)
    return [
        f"{given!s:.80} is not {wanted!s:.80}" for given, wanted in zip(answers, right, strict=True) if given != wanted
    ]


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_a_skeleton_is_built_and_judged_as_its_readme_says(tmp_path: Path, language: str) -> None:
    if missing := [tool for tool in LANGUAGES[language].tools if shutil.which(tool) is None]:
        pytest.skip(f"{missing[0]} is not on the path, and builds the adapters in {language}")
    write(language, tmp_path)
    (steps,) = markdown.blocks((tmp_path / "README.md").read_text("utf-8"), "sh")
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    done = subprocess.run(
        ["sh", "-e", "-c", steps.text],
        cwd=tmp_path,
        env={**os.environ, "PATH": here},
        capture_output=True,
        text=True,
        timeout=900,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The adapter works, and the port answers every smoke case rightly." in done.stdout
    echoes = sum(case.op == "echo" for case in corpus.load().cases)
    assert f"my-port: CONFORMANT: {echoes} passed, 0 known failures, " in done.stdout
    assert wrong_answers(tmp_path, LANGUAGES[language].run) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("sys.stdin.buffer:", "sys.stdin.buffer.read().decode().replace('\\u2028', '').split('\\n')[:-1]:"),
        ("json.loads(line)", "json.loads(line.replace(b'\\\\u007f', b''))"),
        ("return value\n", "return value.strip()\n"),
        ("return str(int(value))", "return str(int(float(value)))"),
    ],
)
def test_an_adapter_that_misreads_a_line_is_found(tmp_path: Path, right: str, wrong: str) -> None:
    write("python", tmp_path)
    adapter = tmp_path / "adapter.py"
    source = adapter.read_text("utf-8")
    assert source.count(right) == 1
    adapter.write_text(source.replace(right, wrong), "utf-8")
    assert len(wrong_answers(tmp_path, LANGUAGES["python"].run)) == 1


def test_every_template_is_in_the_table() -> None:
    assert {path.name for path in TEMPLATES.iterdir() if path.name != "__pycache__"} == {*LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_adapter_is_short(language: str) -> None:
    source = TEMPLATES / language / LANGUAGES[language].adapter
    lines = source.read_text("utf-8").splitlines()
    assert len(lines) <= LONGEST_ADAPTER
    assert max(map(len, lines)) <= 120
    assert f'"{language}"' in source.read_text("utf-8").replace("\\", "")  # what `ready` says


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_written_is_the_template_and_a_readme(tmp_path: Path, language: str) -> None:
    folder = tmp_path / "a" / "new one"
    files = write(language, folder)
    assert sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()) == files
    assert {Path("README.md"), Path(LANGUAGES[language].adapter)} <= {*files}
    assert Path("gitignore") not in files
    readme = (folder / "README.md").read_text("utf-8")
    assert all(f"\n{step}\n" in readme for step in LANGUAGES[language].steps())


def test_what_an_interpreter_leaves_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    (templates / "python" / "__pycache__").mkdir(exist_ok=True)
    (templates / "python" / "__pycache__" / "adapter.cpython-311.pyc").write_bytes(b"")
    monkeypatch.setattr(scaffold, "TEMPLATES", templates)
    assert write("python", tmp_path / "new") == [Path("README.md"), Path("adapter.py")]


def test_an_empty_folder_is_written_into(tmp_path: Path) -> None:
    assert write("go", tmp_path) == [Path(name) for name in (".gitignore", "README.md", "go.mod", "main.go")]


def test_what_stands_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ScaffoldError, match="is not empty; a skeleton is written into an empty or a new folder only"):
        write("go", tmp_path)
    with pytest.raises(ScaffoldError, match="is not a folder"):
        write("go", tmp_path / "file")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "mine")]
