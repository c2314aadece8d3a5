"""`docs/commands.md` names every command, every status and every exit code."""

from pathlib import Path

from calybris_ref.cli import COMMANDS, terminal, verify
from tests.support import markdown

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
TABLES = {table[0][0]: [(markdown.code(row[0]) or row)[0] for row in table[1:]] for table in markdown.tables(PAGE)}


def test_every_command_is_on_the_page() -> None:
    assert {line.split()[1] for line in TABLES["command"]} == set(COMMANDS)


def test_every_exit_code_of_ordinary_work_is_on_the_page() -> None:
    ordinary = (
        terminal.EXIT_OK,
        terminal.EXIT_WRONG,
        terminal.EXIT_USAGE,
        terminal.EXIT_NEVER_READY,
        terminal.EXIT_INTERRUPTED,
    )
    assert TABLES["code"] == [str(code) for code in ordinary]


def test_every_status_is_on_the_page() -> None:
    assert set(TABLES["status"]) == {"valid", "torn", "invalid", "repaired"}
    (bundles,) = (cells for head, cells in TABLES.items() if head.startswith("status of"))
    assert set(bundles) == set(verify._VERDICTS)
