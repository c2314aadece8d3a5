import pytest

from calybris_ref.cli.arguments import Parser, no_such
from calybris_ref.cli.terminal import CommandError


def parser() -> Parser:
    root = Parser(prog="tool")
    commands = root.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    run = commands.add_parser("run", help="run it")
    run.add_argument("--window", type=int)
    commands.add_parser("a-long-name", help="do the other thing")
    return root


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND (see 'tool --help')"),
        (["rnu"], "argument COMMAND: there is no 'rnu'; did you mean 'run'? (see 'tool --help')"),
        (["zzz"], "argument COMMAND: there is no 'zzz'; there are run, a-long-name (see 'tool --help')"),
        (["run", "--window"], "argument --window: expected one argument (see 'tool run --help')"),
        (["run", "--window", "x"], "argument --window: invalid int value: 'x' (see 'tool run --help')"),
        (["run", "--win", "1"], "unrecognized arguments: --win 1 (see 'tool --help')"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        parser().parse_args(arguments)
    assert (caught.value.message, caught.value.exit_code) == (message, 2)


def test_good_arguments_are_parsed() -> None:
    assert parser().parse_args(["run", "--window", "4"]).window == 4


def test_commands_are_one_aligned_list() -> None:
    assert "\ncommands:\n  run          run it\n  a-long-name  do the other thing\n" in parser().format_help()


def test_the_nearest_choice_is_suggested() -> None:
    assert no_such("decid", ["verify", "decide"]) == "there is no 'decid'; did you mean 'decide'?"
    assert no_such(7, [1, 2]) == "there is no '7'; there are 1, 2"
