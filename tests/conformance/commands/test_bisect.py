"""`conformance bisect` with real ports: which decision, in which words, with which exit code."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from calybris_ref.cli import main

Bisect = Callable[..., tuple[int, str, str]]
CASE = "accumulate/market-22/count-10000"


@pytest.fixture
def bisect(capsys: pytest.CaptureFixture[str]) -> Bisect:
    def command(*port: str, case: str = CASE, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        code = main(["conformance", "bisect", *options, case, "--", *port])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def sabotage(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "calybris_conformance.adapters.sabotage", name)


def script(folder: Path, body: str) -> tuple[str, ...]:
    """A port that is the reference but for what `body` does to its operations."""
    path = folder / "port.py"
    path.write_text(
        "import sys\n"
        "from dataclasses import replace\n"
        "from calybris_conformance.adapters.reference import ADAPTER\n"
        "from calybris_conformance.adapters.serve import serve\n"
        "operations = dict(ADAPTER.operations)\n"
        "features = ADAPTER.features\n"
        f"{body}\n"
        "serve(replace(ADAPTER, operations=operations, features=features), sys.stdin.buffer, sys.stdout.buffer)\n"
    )
    return (sys.executable, str(path))


def test_the_first_wrong_decision_is_shown_as_a_case(bisect: Bisect) -> None:
    code, out, _ = bisect(*sabotage("two_floors"), options=("--json",))
    found = json.loads(out)
    assert (code, found["right"]) == (1, False)
    assert found["finding"] == "Decision 1 is the first that the port takes wrongly."
    assert [line.split(":")[0] for line in found["differences"]] == ["counterfactual_utility_microunits"]
    assert (found["case"]["id"], found["case"]["op"]) == (f"{CASE}#1", "decide")
    assert found["case"]["expect"]["ok"]["counterfactual_utility_microunits"] in found["differences"][0]


def test_a_late_decision_is_found_among_many(bisect: Bisect, tmp_path: Path) -> None:
    wrong = (
        "from calybris_conformance.adapters import reference_accumulate as made\n"
        "right = made.request\n"
        "made.request = lambda seed, number: replace(right(seed, number), request_sequence=number) "
        "if number >= 777 else right(seed, number)\n"
    )
    code, out, _ = bisect(*script(tmp_path, wrong))
    assert code == 1
    assert out.startswith(
        "The digest goes wrong at decision 777, which the port takes rightly when it is asked alone: look at how the "
        "request is derived"
    )
    assert f"{CASE}#777: Decision 777 of {CASE}." in out


def test_a_right_port_is_told_so(bisect: Bisect) -> None:
    code, out, _ = bisect(sys.executable, "-m", "calybris_conformance.adapters.reference")
    assert (code, out) == (0, f"The port has all 10,000 decisions of {CASE} right.\n")


@pytest.mark.parametrize("answer", ["{'digest_hex': '00'}", "{'digest_hex': 0, 'more': 1}", "1 / 0"])
def test_a_digest_that_is_wrong_from_the_start(bisect: Bisect, tmp_path: Path, answer: str) -> None:
    port = script(tmp_path, f"operations['accumulate'] = lambda given, question: {answer}")
    code, out, _ = bisect(*port)
    assert code == 1
    assert out.startswith("The port has even the digest of no decision at all wrong: ")


def test_a_port_that_does_not_claim_accumulate_is_told_so_and_not_asked(bisect: Bisect, tmp_path: Path) -> None:
    port = script(tmp_path, "features -= {'accumulate'}")
    error = "calybris-ref: error: The port does not claim accumulate, which this needs.\n"
    assert bisect(*port) == (2, "", error)


LIST = "`calybris-ref vectors list` shows what there is."


@pytest.mark.parametrize(
    ("port", "case", "code", "error"),
    [
        (("true",), "decide/no/such", 2, f"There is no case 'decide/no/such' of accumulated decisions; {LIST}"),
        (("true",), CASE, 3, "The port never became ready: it exited with status 0."),
        (sabotage("exits_after_ready"), CASE, 1, "The port broke: No answer: it exited with status 7."),
    ],
)
def test_what_stops_it_is_one_line(bisect: Bisect, port: tuple[str, ...], case: str, code: int, error: str) -> None:
    assert bisect(*port, case=case) == (code, "", f"calybris-ref: error: {error}\n")
