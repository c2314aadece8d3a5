"""`calybris-ref conformance` as a user meets it: what it prints, writes and returns, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.report.jsonl import INTERRUPTED, read
from calybris_ref.cli import main
from tests.support.judging import OK, case, obedient, write_corpus

WRONG = ["reply", {"ok": {"value": "2"}}]
NOTES = {"TIES": {"hunts": "The other of two equal candidates wins.", "why": "Ties.", "clauses": ["RANK-2"]}}
FILES = ["badge.json", "junit.xml", "report.html", "report.jsonl", "report.md"]


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    return write_corpus(
        tmp_path / "vectors",
        {
            "suite": "decide",
            "notes": NOTES,
            "cases": [case("decide/a/1"), case("decide/a/2", WRONG, flags=["TIES"]), case("decide/a/3")],
        },
        {"suite": "echo", "op": "echo", "cases": [case("echo/a/1")]},
        {"suite": "trace", "op": "trace", "cases": [case("trace/a/1")]},
    )


class Answer:
    """What one command line gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def command(vectors: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str, port: tuple[str, ...] | None = None, timeout: str = "2") -> Answer:
        options = ["--vectors", str(vectors), *(["--timeout", timeout] if words[0] != "show" else [])]
        line = ["conformance", words[0], *options, *words[1:]]
        if words[0] in ("run", "smoke"):
            line += ["--", *(obedient() if port is None else port)]
        code = main(line)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


# ---- run


def test_a_run_with_failures(command: Any, tmp_path: Path) -> None:
    answer = command("run", "--out", str(tmp_path / "out"))
    assert answer.code == 1
    assert answer.err == ""
    assert 'differs  value: expected "1", got "2"' in answer.out
    assert "hunts    TIES: The other of two equal candidates wins." in answer.out
    table = [line.split() for line in answer.out.splitlines()[-6:-1]]
    assert table == [
        ["suite", "cases", "passed", "known", "failed", "not", "claimed"],
        ["decide", "3", "2", "0", "1", "0"],
        ["echo", "1", "1", "0", "0", "0"],
        ["trace", "1", "0", "0", "0", "1"],
        ["total", "5", "3", "0", "1", "1"],
    ]
    verdict = answer.out.splitlines()[-1]
    assert verdict == "obedient: NOT CONFORMANT: 3 passed, 0 known failures, 1 failed, 1 not claimed"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES


def test_a_quick_run_asks_the_quick_subset(command: Any, vectors: Path) -> None:
    answer = command("run", "--quick")
    assert (answer.code, answer.out) == (2, "")
    assert "quick.json: cannot be read" in answer.err
    tree_sha256 = json.loads((vectors / "MANIFEST.json").read_bytes())["tree_sha256"]
    document = {"format": "calybris-vectors-quick/1", "tree_sha256": tree_sha256, "cases": ["decide/a/1", "echo/a/1"]}
    (vectors / "quick.json").write_text(json.dumps(document))
    answer = command("run", "--quick")
    assert answer.code == 0
    assert answer.out.splitlines()[-1].startswith("obedient: CONFORMANT: 2 passed")


def test_a_run_without_failures(command: Any) -> None:
    answer = command("run", "--case", "decide/a/1", "--name", "mine", "--twice")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[-1] == "mine: CONFORMANT: 1 passed, 0 known failures"


def test_the_line_that_repeats_a_failure_repeats_it(command: Any, tmp_path: Path) -> None:
    command("run", "--out", str(tmp_path))
    (line,) = read(tmp_path / "report.jsonl").failures
    bin_folder = str(Path(sys.executable).parent)
    again = subprocess.run(
        ["sh", "-c", line["repeat"]],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": bin_folder + os.pathsep + os.environ["PATH"]},
        check=False,
    )
    assert again.returncode == 1
    assert "decide/a/2: mismatch" in again.stdout
    assert "1 failed" in again.stdout


def test_json_is_one_document(command: Any) -> None:
    answer = command("run", "--json")
    summary = json.loads(answer.out)
    assert summary["conformant"] is False
    assert summary["exit"] == answer.code == 1
    assert summary["suites"]["decide"] == {"cases": 3, "passed": 2, "known": 0, "failed": 1, "not_claimed": 0}
    assert [failure["id"] for failure in summary["failures"]] == ["decide/a/2"]


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["--suite", "echo"], 1),
        (["--flag", "TIES"], 1),
        (["--clause", "DECIDE-1"], 4),
        (["--case", "decide/*", "--case", "echo/a/1"], 4),
        (["--fail-fast"], 3),
    ],
)
def test_options_reach_the_run(command: Any, options: list[str], ran: int) -> None:
    summary = json.loads(command("run", "--json", *options).out)
    assert sum(suite["passed"] + suite["failed"] for suite in summary["suites"].values()) == ran


def test_an_echo_that_fails_is_said_first(command: Any, vectors: Path) -> None:
    write_corpus(
        vectors,
        {"suite": "decide", "cases": [case("decide/a/1")]},
        {"suite": "echo", "op": "echo", "cases": [case("echo/a/1", ["reply", {"ok": {"value": 1}}])]},
    )
    (vectors / "v1" / "trace" / "2.json").unlink()
    answer = command("run")
    assert answer.err.startswith("calybris-ref: echo fails:")
    assert answer.out.startswith("echo fails: the port does not repeat what it is sent.")


def test_a_claim_that_nothing_asks_for_is_told(command: Any) -> None:
    port = obedient(ready={"features": ["echo", "decide", "decide.rows", "constructor.trynew"]})
    answer = command("run", "--suite", "echo", port=port)
    assert answer.err == "calybris-ref: the port claims 'constructor.trynew', which no vector asks for\n"
    assert answer.code == 0


def test_many_failures_are_not_all_printed(command: Any, vectors: Path, tmp_path: Path) -> None:
    write_corpus(vectors, {"suite": "decide", "cases": [case(f"decide/a/{number}", WRONG) for number in range(25)]})
    for path in ("echo/1.json", "trace/2.json"):
        (vectors / "v1" / path).unlink()
    answer = command("run", "--out", str(tmp_path / "out"))
    assert answer.out.count("  repeat   ") == 10
    assert "… and 15 more failures" in answer.out
    assert (tmp_path / "out" / "report.md").read_text(encoding="utf-8").count("  repeat   ") == 25


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--suite", "nope"], 2, "There is no suite 'nope' in these vectors; there are "),
        (["--window", "0"], 2, "argument --window: '0' is not a whole number from 1 on"),
        (["--timeout", "nan"], 2, "argument --timeout: 'nan' is not a number of seconds above 0"),
        (["--timeout", "soon"], 2, "argument --timeout: 'soon' is not a number of seconds above 0"),
        (["--window", "x"], 2, "argument --window: 'x' is not a whole number from 1 on"),
        (["--profile", "nope"], 2, "there is no 'nope'"),
        (["--vectors", "/no/such/folder"], 2, "/no/such/folder/MANIFEST.json: cannot be read"),
        (["--known-failures", "/no/such/list"], 2, "/no/such/list: No such file or directory"),
        (["--update-known-failures"], 2, "--update-known-failures needs --known-failures FILE"),
    ],
)
def test_mistakes_are_one_line(command: Any, words: list[str], code: int, sentence: str) -> None:
    answer = command("run", *words)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith("calybris-ref: error: ")
    assert sentence in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("what", ["run", "smoke"])
def test_a_port_is_needed(command: Any, what: str) -> None:
    answer = command(what, port=())
    assert answer.code == 2
    assert "PORT" in answer.err


def test_damaged_vectors_are_refused(command: Any, vectors: Path) -> None:
    path = vectors / "v1" / "echo" / "1.json"
    path.write_bytes(path.read_bytes() + b" ")
    answer = command("run")
    assert answer.code == 2
    assert "its SHA-256 is" in answer.err


@pytest.mark.parametrize(
    ("port", "sentence"),
    [
        (("/no/such/port",), "The port's command '/no/such/port' cannot be started: No such file or directory."),
        ((__file__,), "cannot be started: Permission denied."),
        (("true",), "The port never became ready: it exited with status 0."),
        (("echo", "hi"), "The port's first line is not ready. The line is not JSON"),
    ],
)
def test_a_port_that_is_never_ready(command: Any, tmp_path: Path, port: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "report.jsonl").write_text("an old report")
    (tmp_path / "badge.json").write_text("an old badge")
    answer = command("run", "--out", str(tmp_path), port=port)
    assert answer.code == 3
    assert sentence in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "report.jsonl").exists()
    assert not (tmp_path / "badge.json").exists()


def test_what_a_dead_port_printed_is_shown(command: Any) -> None:
    answer = command("run", port=obedient(hello=[["stderr", "no licence \x1b[31m\n", 1], ["exit", 4]]))
    assert answer.err.splitlines()[0] == "  port: no licence \\x1b[31m"
    assert answer.code == 3


# ---- known failures


def test_known_failures_round(command: Any, tmp_path: Path) -> None:
    """Made from a run, refused without reasons, accepted with them, refused again once it is no longer true."""
    path = tmp_path / "known-failures.toml"
    first = command("run", "--known-failures", str(path), "--update-known-failures")
    assert first.code == 1
    assert "now has 1 entries, 1 of them without a reason" in first.err
    second = command("run", "--known-failures", str(path))
    assert second.code == 1
    assert "problem: Known failure 'decide/a/2' gives no reason." in second.out
    path.write_text(path.read_text().replace('reason = ""', 'reason = "It says 2."'))
    third = command("run", "--known-failures", str(path), "--json")
    assert third.code == 0
    assert json.loads(third.out)["suites"]["decide"]["known"] == 1
    command("run", "--known-failures", str(path), "--update-known-failures")
    assert 'reason = "It says 2."' in path.read_text()
    path.write_text(path.read_text().replace("decide/a/2", "decide/a/3"))
    fourth = command("run", "--known-failures", str(path))
    assert fourth.code == 1
    assert "decide/a/3: unexpected_pass" in fourth.out


def test_a_run_that_was_cut_short_updates_nothing(command: Any, tmp_path: Path) -> None:
    path = tmp_path / "known-failures.toml"
    answer = command("run", "--known-failures", str(path), "--update-known-failures", "--fail-fast")
    assert answer.code == 1
    assert "stays as it is, because the run stopped at the first failure" in answer.err
    assert not path.exists()


def test_a_list_that_cannot_be_read(command: Any, tmp_path: Path) -> None:
    path = tmp_path / "known-failures.toml"
    path.write_text("[[failure")
    answer = command("run", "--known-failures", str(path))
    assert answer.code == 2
    assert "It is not TOML" in answer.err


# ---- smoke, show, report


def test_smoke(command: Any) -> None:
    good = command("smoke")
    assert good.code == 0
    assert good.out.splitlines()[-1] == "The adapter works, and the port answers every smoke case rightly."
    dead = command("smoke", port=("/no/such/port",))
    assert dead.code == 3
    assert "FAIL  ready: The port's command" in dead.out
    broken = json.loads(command("smoke", "--json", port=obedient(bye=[["sleep", 9]])).out)
    assert broken["checks"][-1]["of"] == "adapter"
    assert broken["conclusion"].startswith("The adapter is broken (bye)")


def test_show(command: Any) -> None:
    answer = command("show", "decide/a/2")
    assert answer.code == 0
    assert "decide/a/2: About decide/a/2." in answer.out
    assert "TIES: The other of two equal candidates wins." in answer.out
    assert json.loads(answer.out[answer.out.index("{") :])["expect"] == OK
    shown = json.loads(command("show", "--json", "decide/a/2").out)
    assert shown["flags"]["TIES"]["why"] == "Ties."
    missing = command("show", "decide/a/9")
    assert (missing.code, missing.err.partition("; ")[0]) == (2, "calybris-ref: error: There is no case 'decide/a/9'")
    assert "did you mean 'decide/a/" in missing.err


def test_report_derives_the_same_again(
    command: Any, vectors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = command("run", "--out", str(tmp_path))
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    for name in FILES:
        if name != "report.jsonl":
            (tmp_path / name).unlink()
    assert main(["conformance", "report", "--vectors", str(vectors), str(tmp_path)]) == run.code
    assert capsys.readouterr().out == run.out
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == before
    (tmp_path / "report.jsonl").write_text("x\n")
    assert main(["conformance", "report", str(tmp_path / "report.jsonl")]) == 2
    assert "line 1 is not JSON" in capsys.readouterr().err


# ---- interrupted


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("when", ["greeting", "asking", "leaving"])
def test_a_signal_leaves_no_orphan_and_a_marked_report(tmp_path: Path, number: signal.Signals, when: str) -> None:
    note = tmp_path / "pids"
    wait: list[list[Any]] = [["child", str(note)], ["sleep", 60]]
    cases = [case("decide/a/1"), case("decide/a/2", *(wait if when == "asking" else []), ["reply", OK])]
    write_corpus(tmp_path / "vectors", {"cases": cases})
    options = {"greeting": {"hello": wait}, "leaving": {"bye": wait}, "asking": {}}[when]
    out = tmp_path / "out"
    line = ["conformance", "run", "--vectors", str(tmp_path / "vectors"), "--timeout", "50", "--out", str(out), "--"]
    judge = subprocess.Popen(
        [sys.executable, "-m", "calybris_ref", *line, *obedient(**options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    pids = [int(word) for word in note.read_text().split()]
    assert all(map(is_alive, pids))
    judge.send_signal(number)
    stdout, stderr = judge.communicate(timeout=10)
    assert judge.returncode == 130, stderr
    assert "Traceback" not in stderr
    deadline = time.monotonic() + 3
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(is_alive, pids))
    if when == "greeting":
        assert not (out / "report.jsonl").exists()
        assert stderr == "calybris-ref: error: interrupted before the port was ready\n"
    else:
        report = read(out / "report.jsonl")
        assert report.incomplete == INTERRUPTED
        assert [line["id"] for line in report.cases] == ["decide/a/1", "decide/a/2"][: 1 if when == "asking" else 2]
        assert sorted(path.name for path in out.iterdir()) == FILES
        assert "INCOMPLETE (the run was interrupted)" in stdout
