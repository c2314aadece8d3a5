"""What people see: a few lines on a terminal that are drawn over, and nothing in a pipe."""

import io
import re
import time

import pytest

from calybris_conformance.campaign import watch
from calybris_conformance.campaign.asking import Wrong
from calybris_conformance.campaign.cases import decision
from calybris_conformance.campaign.tally import Tally, finding_of
from calybris_conformance.outcomes import Outcome
from tests.support.campaigning import made

UNIVERSE = ("a", "b", "c")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(watch, "_REDRAW_SECONDS", 0.0)
    return stream


def tally(cases: int = 1_234_567) -> Tally:
    found = Tally(cases)
    found.answers.update({"risk_hard_limit": 3_000, "budget_constraint": 20, "a": 1, "b": 1, "c": 1})
    found.reached.update({"a": 1, "other": 1})
    return found


def test_a_terminal_shows_how_far_it_is(terminal: Terminal) -> None:
    with watch.Watch("port\n", UNIVERSE, terminal) as shown:
        shown.tally(tally())
        first, *rest = terminal.getvalue().split("\n")
        assert re.fullmatch(r"port\\n  1,234,567 cases  0/s  0 findings  reached 1 of 3 marks  0:00", first)
        assert rest == ["  risk_hard_limit 3,000  budget_constraint 20  a 1  b 1  c 1"]


def test_it_is_drawn_over_and_gone_at_the_end(terminal: Terminal) -> None:
    with watch.Watch("port", UNIVERSE, terminal) as shown:
        shown.tally(tally(1))
        shown.tally(tally(2))
        shown.note("making finding 1 of 1 small: x")
    assert terminal.getvalue().count("\r\x1b[1A\x1b[J") == 2
    assert terminal.getvalue().endswith("making finding 1 of 1 small: x\r\x1b[J")


def test_the_speed_is_that_of_the_last_seconds(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    now = iter([0.0, 0.0, 1.0, 2.0, 9.0, 10.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    shown = watch.Watch("port", UNIVERSE, terminal)
    for cases in (0, 1_000, 2_000, 9_000, 12_000):
        shown.tally(tally(cases))
    assert "  3,000/s  " in terminal.getvalue().split("\x1b[J")[-1]


def test_no_line_wraps(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that the terminal breaks in two would be drawn over by half."""
    monkeypatch.setattr(watch, "columns", lambda _stream: 40)
    found = tally()
    found.answers.update({f"answer_with_a_long_name_{number}": number for number in range(30)})
    with watch.Watch("port", UNIVERSE, terminal) as shown:
        shown.tally(found)
        lines = terminal.getvalue().split("\n")
    assert len(lines) > 5
    assert max(map(len, lines)) == 39


def test_findings_are_counted(terminal: Terminal) -> None:
    batch, due = made()
    found = tally()
    found.note(finding_of(1, "x", "", Wrong(0, decision(batch, due, 0), Outcome.MISMATCH, "kind", "detail")))
    with watch.Watch("port", UNIVERSE, terminal) as shown:
        shown.tally(found)
        assert "  1 findings  " in terminal.getvalue()


def test_a_pipe_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with watch.Watch("port", UNIVERSE) as shown:
        shown.tally(tally())
        shown.note("x")
    assert capsys.readouterr() == ("", "")
