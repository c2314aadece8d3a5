"""The documentation is true: its links lead somewhere, its numbers are computed, its commands parse.

Each check is a function over text, applied to the pages and to a planted mistake that it must find.
"""

import doctest
import hashlib
import io
import json
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance import corpus, known_failures
from calybris_conformance.outcomes import Exit, Outcome
from calybris_ref.cli import COMMANDS, PROGRAM, build_parser
from calybris_ref.cli.terminal import CommandError
from tests.support import markdown

ROOT = Path(__file__).resolve().parents[1]
SPEC_PAGES = sorted((ROOT / "docs" / "spec").glob("*.md"))
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "spec/*.md", "vectors/*.md", "conformance/**/*.md")
    for page in ROOT.glob(pattern)
    if not {"node_modules", "out"} & {*page.parts}
)
PROTOCOL_PAGE = ROOT / "docs" / "protocol.md"
EXAMPLE_ADAPTER = ROOT / "conformance" / "examples" / "adapter.py"
WIDTHS = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8}


def read(path: Path) -> str:
    return path.read_text("utf-8")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    assert markdown.broken_links(page, ROOT) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Two words, `code`\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md#two-words-code) [b](none.md) [c](other.md#three) [d](../up.md) `[e](x)` [f](https://x)\n"
    )
    assert [line.split(": ")[1] for line in markdown.broken_links(page, tmp_path)] == [
        "none.md",
        "other.md#three",
        "../up.md",
    ]


@pytest.fixture(scope="module")
def running_example() -> dict[str, Any]:
    """The names that the running example of the specification defines; other pages may use them."""
    names: dict[str, Any] = {}
    assert run_examples(ROOT / "docs" / "spec" / "README.md", names) > 0
    return names


def run_examples(page: Path, names: dict[str, Any]) -> int:
    """Runs the `pycon` blocks of a page one after another in `names`; the number that was run. All must be right."""
    count = 0
    for block in markdown.blocks(read(page), "pycon"):
        test = doctest.DocTestParser().get_doctest(block.text, names, page.name, str(page), block.line)
        report = io.StringIO()
        runner = doctest.DocTestRunner(verbose=False)
        result = runner.run(test, out=report.write, clear_globs=False)
        assert result.failed == 0, report.getvalue()
        names.update(test.globs)
        count += result.attempted
    return count


@pytest.mark.parametrize("page", [page for page in PAGES if markdown.blocks(read(page), "pycon")], ids=named)
def test_worked_examples_are_right(page: Path, running_example: dict[str, Any]) -> None:
    assert run_examples(page, dict(running_example)) > 0


def test_a_wrong_example_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```pycon\n>>> 1 + 1\n3\n\n```\n")
    with pytest.raises(AssertionError, match="Expected"):
        run_examples(page, {})


@pytest.mark.parametrize("page", [page for page in PAGES if markdown.blocks(read(page), "python")], ids=named)
def test_scripts_print_what_is_shown(page: Path) -> None:
    """A `python` block is a whole script; the `text` block after it is what it prints."""
    shown = markdown.blocks(read(page))
    for script, output in pairwise(shown):
        if script.language == "python":
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(script.text, str(page), "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page
            assert (output.language, output.text) == ("text", printed.getvalue())


def layout_tables(text: str) -> list[list[list[str]]]:
    return [table for table in markdown.tables(text) if table[0][:3] == ["offset", "bytes", "field"]]


def layout_bytes(table: list[list[str]]) -> bytes:
    """The bytes of a layout table, after checking each row: offsets without gaps, widths, values and their encoding."""
    out = b""
    start = int(table[1][0])
    for offset, size, _, kind, value, shown in table[1:]:
        (digits,) = markdown.code(shown)
        row = bytes.fromhex(digits)
        number = value.replace(",", "")
        expected = (
            int(number).to_bytes(WIDTHS[kind], "little", signed=kind == "i64")
            if kind in WIDTHS
            else number.strip("`").encode().replace(b"\\0", b"\0")
        )
        assert (int(offset), int(size), row) == (start + len(out), len(row), expected)
        out += row
    return out


def hashed_examples(text: str) -> list[tuple[bytes, str]]:
    """(bytes, digest) of every block of bytes that is followed by its digest."""
    pairs = re.findall(r"```text\n([0-9a-f\n]+)```\n\n\w+ digest: `([0-9a-f]{64})`", text)
    return [(bytes.fromhex(digits.replace("\n", "")), digest) for digits, digest in pairs]


def test_byte_tables_are_right(running_example: dict[str, Any]) -> None:
    import calybris_ref

    text = read(ROOT / "docs" / "spec" / "digest.md")
    policy_header, first_model, request, decision, ledger = (layout_bytes(table) for table in layout_tables(text))
    shown = hashed_examples(text)
    assert [len(data) for data, _ in shown] == [39 + 47 * 3, 79, 74, 33 + (36 + 4) + (36 + 2)]
    assert [hashlib.sha256(data).hexdigest() for data, _ in shown] == [digest for _, digest in shown]
    assert shown[0][0][: 39 + 47] == policy_header + first_model
    assert [data for data, _ in shown[1:]] == [request, decision, ledger]
    tenants = (
        calybris_ref.TenantLedger("acme", 100, 30, 20, 50),
        calybris_ref.TenantLedger("é", 7, 7, 0, 0),
    )
    snapshot = calybris_ref.BudgetSnapshot(2, tenants, 1, None)
    assert [digest for _, digest in shown] == [
        calybris_ref.policy_digest(running_example["policy"]).hex(),
        calybris_ref.input_digest(running_example["request"]).hex(),
        calybris_ref.decision_digest(running_example["decision"]).hex(),
        calybris_ref.ledger_digest(snapshot).hex(),
    ]
    assert calybris_ref.ledger_digest(replace(snapshot, wal_high_watermark=9)).hex() in text


@pytest.mark.parametrize(
    "row",
    [
        ["3", "2", "`g`", "u16", "1", "`0100`"],  # a gap before it
        ["2", "4", "`g`", "u16", "1", "`0100`"],  # a wrong size
        ["2", "2", "`g`", "u16", "1", "`0001`"],  # big endian
        ["2", "4", "`g`", "u16", "1", "`01000000`"],  # a wrong width
    ],
)
def test_a_wrong_byte_table_is_found(row: list[str]) -> None:
    table = [["offset", "bytes", "field", "type", "value", "hex"], ["0", "2", "`f`", "u16", "1", "`0100`"]]
    assert layout_bytes(table) == b"\1\0"
    with pytest.raises(AssertionError):
        layout_bytes([*table, row])


def parses(words: list[str]) -> bool:
    """Whether the command understands these words; asking for help counts as understood."""
    try:
        with redirect_stdout(io.StringIO()):
            build_parser(words[:1] if words[0] in COMMANDS else ()).parse_args(words)
    except SystemExit as stop:
        return stop.code in (0, None)
    except CommandError:
        return False
    return True


def unknown_commands(text: str) -> list[str]:
    """The command lines of a page that the command does not understand.

    A line without options may only name a command, such as `calybris-ref conformance run`: it is asked for its help.
    """
    lines = [(line, shlex.split(line)[1:]) for line in markdown.commands(text, PROGRAM)]
    named = {line for line, words in lines if not any(word.startswith("-") for word in words)}
    return [line for line, words in lines if not parses([*words, "--help"] if line in named else words)]


@pytest.mark.parametrize("page", [p for p in PAGES if markdown.commands(read(p), PROGRAM)], ids=named)
def test_commands_parse(page: Path) -> None:
    assert unknown_commands(read(page)) == []


def test_an_unknown_command_is_found() -> None:
    page = "`calybris-ref --version` `calybris-ref decode x`\n\n```sh\ncalybris-ref digest --no-such-option x\n```\n"
    assert unknown_commands(page) == [
        "calybris-ref digest --no-such-option x",
        "calybris-ref decode x",
    ]


def test_example_adapter_answers_as_the_protocol_page_shows() -> None:
    (transcript,) = (b for b in markdown.blocks(read(PROTOCOL_PAGE), "text") if '"hello"' in b.text)
    lines = [line.split(" ", 1) for line in transcript.text.splitlines()]
    asked = "".join(line.strip() + "\n" for who, line in lines if who == "judge")
    done = subprocess.run(
        [sys.executable, EXAMPLE_ADAPTER], input=asked, capture_output=True, text=True, timeout=30, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers == [json.loads(line) for who, line in lines if who == "port"]


def test_outcomes_and_exit_codes_are_the_judge_s() -> None:
    shown = {table[0][0]: [row[0] for row in table[1:]] for table in markdown.tables(read(PROTOCOL_PAGE))}
    assert shown["outcome"] == [f"`{outcome}`" for outcome in Outcome]
    assert shown["exit code of `calybris-ref conformance run`"] == [str(int(code)) for code in Exit]


def test_the_list_of_known_failures_that_is_shown_is_one() -> None:
    (block,) = markdown.blocks(read(ROOT / "docs" / "write-a-port.md"), "toml")
    assert len(known_failures.parse(block.text)) == 1


@pytest.fixture(scope="module")
def vectors() -> corpus.Corpus:
    return corpus.load()


def test_cases_that_are_named_exist(vectors: corpus.Corpus) -> None:
    suites = "|".join(sorted({case.suite for case in vectors.cases}))
    named_cases = {
        found for page in PAGES for found in re.findall(rf"\b(?:{suites})/[a-z0-9-]+/[a-z0-9-]+", read(page))
    }
    assert len(named_cases) >= 2
    assert named_cases - {case.id for case in vectors.cases} == set()


def test_the_way_to_a_port_names_everything_that_can_be_claimed(vectors: corpus.Corpus) -> None:
    page = read(ROOT / "docs" / "write-a-port.md").partition("## 5. Claim more")[2].partition("\n## ")[0]
    claimable = {feature for case in vectors.cases for feature in case.requires}
    assert claimable - set(markdown.code(page)) == set()


def test_the_case_that_is_shown_is_one(vectors: corpus.Corpus) -> None:
    (block,) = markdown.blocks(read(ROOT / "docs" / "vectors.md"), "json")
    shown = json.loads(block.text)
    (case,) = (case for case in vectors.cases if case.id == shown["id"])
    keys = ("id", "about", "flags", "input", "expect")
    assert shown == {key: list(case.flags) if key == "flags" else getattr(case, key) for key in keys}
    assert case.op == "hex.decode"


def test_example_adapter_is_short() -> None:
    assert len(read(EXAMPLE_ADAPTER).splitlines()) <= 80
