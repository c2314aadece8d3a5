"""`calybris_ref/cli/__init__.py` and `__main__.py`: how a command is found, and what becomes of whatever happens."""

import argparse
import contextlib
import io
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import pytest

import calybris_ref
from calybris_ref.cli import COMMANDS, PROGRAM, build_parser, main
from calybris_ref.cli.terminal import CommandError
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
HINT = "(a bug: please report it with the output of 'calybris-ref --traceback …')"
SOURCES = os.pathsep.join(str(ROOT / folder) for folder in ("", "spec", "conformance"))


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # options are passed on as they are
        [sys.executable, "-m", "calybris_ref", *arguments], capture_output=True, text=True, timeout=30, **options
    )


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], None]:
    """Add a command `work` that does what the test says."""

    def add(work: Callable[[], int]) -> None:
        module = ModuleType("tests_work")
        module.configure = lambda parser: None  # type: ignore[attr-defined]  # a module made for the test
        module.run = lambda arguments: work()  # type: ignore[attr-defined]  # a module made for the test
        monkeypatch.setitem(sys.modules, "tests_work", module)
        monkeypatch.setitem(COMMANDS, "work", ("tests_work", "do what the test says", None))

    return add


def raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error.with_traceback(None)

    return work


def test_the_script_is_this_function() -> None:
    (script,) = entry_points(group="console_scripts", name=PROGRAM)
    assert script.load() is main


def test_the_version_is_that_of_the_package(cli: Run) -> None:
    assert cli("--version") == (0, f"calybris-ref {calybris_ref.__version__}\n", "")


def test_help_shows_every_command_the_uses_and_the_exit_codes(cli: Run) -> None:
    code, out, err = cli("--help")
    assert (code, err) == (0, "")
    assert all(f"\n  {name:<11}  {summary}\n" in out for name, (_, summary, _) in COMMANDS.items())
    assert "\nsix uses:\n" in out
    assert "\nexit codes: 0 well" in out


def test_the_examples_in_the_help_name_commands_and_options_that_exist(cli: Run) -> None:
    examples = [line.split()[1:] for line in cli("--help").out.splitlines() if line.startswith(f"      {PROGRAM} ")]
    assert len(examples) == 9
    for example in examples:
        build_parser(example[:1]).parse_args(example)


def test_without_a_command_the_help_goes_to_stderr(cli: Run) -> None:
    code, out, err = cli()
    assert (code, out) == (2, "")
    assert err.startswith("usage: calybris-ref ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(cli: Run, name: str) -> None:
    code, out, err = cli(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: calybris-ref {name} ")


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and the parsers of its sub-commands, down to the last."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action.choices.values():
                yield from parsers(choice)


def test_every_help_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    texts = {parser.prog: parser.format_help() for parser in parsers(build_parser(COMMANDS))}
    assert len(texts) > len(COMMANDS)
    assert {prog: line for prog, text in texts.items() for line in text.splitlines() if len(line) > 80} == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("decid",), "there is no 'decid'; did you mean 'decide'? (see 'calybris-ref --help')"),
        (
            ("xyz",),
            "there is no 'xyz'; there are conformance, vectors, campaign, prove, decide, explain, verify, ",
        ),
        (("--verison",), "unrecognized arguments: --verison (see 'calybris-ref --help')"),
        (
            ("conformance", "run", "--no", "port"),
            "unrecognized arguments: --no; the command of a port stands behind -- (see 'calybris-ref conformance ",
        ),
        (("prove", "--jsno"), "unrecognized arguments: --jsno (see 'calybris-ref prove --help')"),
        (
            ("two\nlines",),
            "there is no 'two\\nlines'; there are conformance, vectors, campaign, prove, decide, explain, verify,",
        ),
    ],
)
def test_a_wrong_command_line_is_one_line(cli: Run, arguments: tuple[str, ...], message: str) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.error.startswith(message)


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_exit_code_is_the_commands(cli: Run, command: Callable[[Callable[[], int]], None], code: int) -> None:
    command(lambda: code)
    assert cli("work").code == code


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (CommandError("port: it never answered", 3), 3, "error: port: it never answered"),
        (CommandError("f.json: a: no", code="A_B"), 2, "error: f.json: a: no [A_B]"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (FileNotFoundError(2, "No such file or directory", "out/x"), 2, "error: out/x: No such file or directory"),
        (OSError("a message of its own"), 2, "error: a message of its own"),
        (BrokenPipeError(), 141, None),
        (SystemExit(0), 0, None),
        (SystemExit(None), 0, None),
        (SystemExit(3), 3, None),
        (SystemExit("no such thing"), 2, "error: no such thing"),
        (
            ZeroDivisionError("a\nb"),
            70,
            f"internal error: ZeroDivisionError: a\\nb {HINT}",
        ),
    ],
)
def test_whatever_is_raised_is_one_line_and_an_exit_code(
    cli: Run, command: Callable[[Callable[[], int]], None], error: BaseException, code: int, line: str | None
) -> None:
    command(raising(error))
    assert cli("work") == (code, "", f"calybris-ref: {line}\n" if line else "")


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), CommandError("x"), OSError(5, "x")])
def test_a_traceback_is_shown_on_request(
    cli: Run,
    command: Callable[[Callable[[], int]], None],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    command(raising(error))
    by_option = cli("--traceback", "work")
    monkeypatch.setenv("CALYBRIS_TRACEBACK", "1")
    by_variable = cli("work")
    assert by_option == by_variable
    assert by_option.err.startswith("Traceback (most recent call last):\n")
    assert "report it" not in by_option.err
    monkeypatch.setenv("CALYBRIS_TRACEBACK", "0")
    assert "Traceback" not in cli("work").err


def test_a_missing_package_is_named_with_its_extra(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    monkeypatch.delitem(sys.modules, "calybris_ref.cli.completion", raising=False)
    result = cli("completion", "bash")
    assert result.code == 2
    assert result.error == (
        "completion needs the package shtab, which the extra 'cli' brings: in a clone, pip install '.[cli]'"
    )


@pytest.mark.parametrize("name", ["calybris_ref.nowhere", "calybris_spec", "numpy", ""])
def test_any_other_missing_module_is_a_bug(cli: Run, command: Callable[[Callable[[], int]], None], name: str) -> None:
    command(raising(ModuleNotFoundError(f"No module named {name!r}", name=name)))
    assert cli("work").code == 70


@pytest.mark.parametrize(("name", "extra"), [("prove", "prove"), ("completion", "cli")])
def test_a_bare_python_is_told_what_to_install(name: str, extra: str) -> None:
    arguments = [name, "bash"] if name == "completion" else [name]
    done = subprocess.run(
        [sys.executable, "-S", "-m", "calybris_ref", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": SOURCES},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"calybris-ref: error: {name} needs the package ")
    assert done.stderr.endswith(f"which the extra {extra!r} brings: in a clone, pip install '.[{extra}]'\n")


def test_the_module_ends_with_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["calybris-ref", "decidee"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("calybris_ref", run_name="__main__")
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_module_is_the_command() -> None:
    done = process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"calybris-ref {calybris_ref.__version__}\n", "")
    done = process("decidee")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """A pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_reader_that_went_away_is_no_error(closed_pipe: int, option: str, unbuffered: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "calybris_ref", option],
        stdout=closed_pipe,
        stderr=subprocess.PIPE,
        timeout=30,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_one_line(unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "calybris_ref", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=30,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert (done.returncode, done.stderr) == (2, b"calybris-ref: error: No space left on device\n")


def test_output_that_cannot_be_written_is_let_go(
    closed_pipe: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with os.fdopen(os.dup(closed_pipe), "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["--version"]) == 141
    assert capsys.readouterr().err == ""


def test_errors_that_nobody_reads_keep_their_exit_code(closed_pipe: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with os.fdopen(os.dup(closed_pipe), "w", buffering=1) as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        assert main(["nothing"]) == 2
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def test_what_the_terminal_cannot_show_is_escaped() -> None:
    done = process("--help", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "exit codes: 0 well \\xb7 1" in done.stdout


def test_output_may_be_any_text_stream() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["--version"]) == 0
    assert out.getvalue() == f"calybris-ref {calybris_ref.__version__}\n"


def test_no_command_is_imported_before_it_is_asked_for() -> None:
    code = "import sys; from calybris_ref.cli import main; main(['--version']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30).stdout.split()
    assert {name for name in loaded if name.startswith("calybris")} == {
        "calybris-ref",
        "calybris_ref",
        "calybris_ref.cli",
        "calybris_ref.cli.terminal",
    }
    # Each of these would take a large part of the start-up time of Python itself.
    assert not {"argparse", "re", "typing", "dataclasses", "difflib", "traceback", "json", "hashlib", "pathlib"} & set(
        loaded
    )
