import io
import sys
import time

import pytest

from calybris_ref.cli import terminal as shown
from calybris_ref.cli.terminal import CommandError, Progress, one_line, paint, table
from tests.cli.conftest import Terminal


def test_an_error_carries_its_exit_code_and_its_code() -> None:
    error = CommandError("policy.json: it is empty", 3, code="POLICY_EMPTY")
    assert (error.message, error.exit_code, error.code) == ("policy.json: it is empty", 3, "POLICY_EMPTY")
    assert str(error) == "policy.json: it is empty [POLICY_EMPTY]"
    assert (str(CommandError("no")), CommandError("no").exit_code) == ("no", 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain, ≥ and é", "plain, ≥ and é"),
        ("two\nlines", "two\\nlines"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202eright to left", "\\u202eright to left"),
        ("\udcff", "\\udcff"),
    ],
)
def test_a_line_holds_only_what_prints(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_table_is_aligned() -> None:
    assert table(("name", "n"), [("a", "1"), ("longer", "1000")], right=(1,)) == (
        "name       n\na          1\nlonger  1000"
    )


def test_a_table_has_no_spaces_at_the_end_of_a_line() -> None:
    assert table(("a", "b"), [("xxx", "")]) == "a    b\nxxx"


def test_a_table_may_be_only_a_header() -> None:
    assert table(("a", "b"), []) == "a  b"


def test_a_short_row_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        table(("a", "b"), [("x",)])


def test_paint_is_measured_without_its_codes(terminal: Terminal) -> None:
    painted = paint("ok", "good", terminal.stream)
    assert painted == "\x1b[32mok\x1b[0m"
    assert table(("a", "b"), [(painted, "1")]) == f"a   b\n{painted}  1"


def test_paint_is_for_terminals_only(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paint("ok", "good", io.StringIO()) == "ok"
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint("ok", "good", terminal.stream) == "ok"
    monkeypatch.setenv("NO_COLOR", "")
    assert paint("ok", "good", terminal.stream) != "ok"
    monkeypatch.setenv("TERM", "dumb")
    assert paint("ok", "good", terminal.stream) == "ok"


def test_an_unknown_style_is_a_mistake_everywhere() -> None:
    with pytest.raises(KeyError):
        paint("ok", "pink", io.StringIO())


def test_progress_is_drawn_and_cleared(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with Progress(4, "judging") as progress:
        progress.advance(4, "decide/ties\n")
    frames = terminal.written().split("\r")[1:]
    assert frames == [
        "judging  [........................]  0/4  0:00\x1b[K",
        "judging  [########################]  4/4  0:00  decide/ties\\n\x1b[K",
        "\x1b[K",
    ]


def test_progress_does_not_draw_every_step(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with Progress(1_000, "judging") as progress:
        for _ in range(500):
            progress.advance()
    assert terminal.written().count("judging") < 10


def test_the_clock_moves_on_while_a_step_takes_long(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setattr(shown, "_TICK_SECONDS", 0.01)
    with Progress(2, "judging") as progress:
        progress.advance(note="a slow one")
        time.sleep(0.1)
    assert terminal.written().count("1/2  0:00  a slow one") > 2


def test_progress_never_wraps(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with Progress(1, "judging") as progress:
        progress.advance(note="x" * 200)
    assert max(len(frame.removesuffix("\x1b[K")) for frame in terminal.written().split("\r")) == 79


def test_progress_over_nothing_and_beyond_its_total(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with Progress(0, "none"):
        pass
    with Progress(1, "more") as progress:
        progress.advance(3)
    assert "[########################]  3/1" in terminal.written()


def test_progress_is_silent_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(2, "judging") as progress:
        progress.advance()
    assert capsys.readouterr() == ("", "")


def test_a_stream_without_a_size_has_80_columns(terminal: Terminal) -> None:
    assert shown.columns(io.StringIO()) == 80
    assert shown.columns(terminal.stream) == 80
