"""`calybris-ref campaign` as a user meets it: what it prints, writes and returns."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.vectorgen import promoted
from calybris_ref.cli import main
from tests.support.campaigning import bug

ADAPTER = "tests.support.campaigning:right"


class Answer:
    """What one command line gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def campaign(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Answer:
        code = main(["campaign", *words])
        return Answer(code, *capsys.readouterr())

    return run


def test_a_right_library_has_no_finding(campaign: Any, tmp_path: Path) -> None:
    answer = campaign("run", "--cases", "1000", "--in-process", "wheel")
    assert (answer.code, answer.err) == (0, "")
    first, *_, reached, verdict = answer.out.splitlines()
    assert first.startswith("65,536 cases in ")
    assert first.endswith(", in process; 0 wrong")
    assert reached.startswith("reached ")
    assert verdict == "no finding"
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_port_is_found_and_can_be_asked_again(campaign: Any, tmp_path: Path) -> None:
    port = bug("two-floors")
    answer = campaign("run", "--first", "--cases", "10000", "--", *port)
    assert answer.code == 1
    kind, detail, met, again, *_ = answer.out.splitlines()
    assert kind.startswith("decide mismatch ")
    assert "expected" in detail
    assert met.startswith("  met in unit ")
    assert answer.out.endswith("finding\n") or answer.out.endswith("findings\n")
    words = shlex.split(again.removeprefix("  again: "))
    assert words[:3] == ["calybris-ref", "campaign", "replay"]
    file = words[3]
    replay = campaign(*words[2:])
    assert (replay.code, replay.out.splitlines()[-1]) == (1, "1 of 1 cases are still wrong")
    right = campaign("replay", file, "--", *bug("right"))
    assert (right.code, right.out) == (0, "answered rightly\n")
    shrunk = campaign("shrink", file, "--json", "--", *port)
    assert (shrunk.code, shrunk.json()["file"]) == (1, file)
    assert campaign("shrink", file, "--", *bug("right")).code == 0


def test_json_says_everything(campaign: Any) -> None:
    answer = campaign("run", "--cases", "512", "--seed", "7", "--json", "--", *bug("two-floors"))
    summary = answer.json()
    assert (answer.code, summary["how"], summary["seed"], summary["cases"]) == (1, "single", "7", 512)
    assert summary["wrong"] > 0
    assert sum(summary["answers"].values()) <= 512
    assert summary["findings"][0]["repeat"].startswith("calybris-ref campaign replay findings/campaign-decide-")
    assert "DECIDE-1" in summary["clauses"]
    assert summary["unreached"]


def test_what_is_explained_is_no_finding(campaign: Any, tmp_path: Path) -> None:
    words = ("run", "--cases", "512", "--seed", "7", "--known-findings", "known.toml")
    port = bug("two-floors")
    kinds = [one["kind"] for one in campaign(*words[:5], "--json", "--", *port).json()["findings"]]
    entries = "".join(f'[[finding]]\nkind = "{kind}"\nreason = "It rounds \\u001b twice."\n' for kind in kinds)
    (tmp_path / "known.toml").write_text(entries, "utf-8")
    answer = campaign(*words, "--", *port)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{kinds[0]}\n  known: It rounds ")
    assert "\x1b" not in answer.out
    assert answer.out.endswith(f"no finding, and {len(kinds)} known\n")
    summary = campaign(*words, "--first", "--json", "--", *port).json()
    assert summary["wrong"] > 0
    assert summary["findings"] == []
    assert [one["kind"] for one in summary["known"]] == kinds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[[finding", "It is not TOML: "),
        (b"\xff", "It is not UTF-8."),
        (b"[[failure]]", "It has the unknown key 'failure'; only [[finding]] may stand there."),
        (b"finding = 1", "'finding' is not a list of tables; write [[finding]]."),
        (b"finding = [1]", "Entry 1 is not a table; write [[finding]]."),
        (b"[[finding]]\nkind = 'a'", "Entry 1 lacks the text 'reason'."),
        (b"[[finding]]\nkind = 'a'\nreason = ' '", "Entry 1 lacks the text 'reason'."),
        (b"[[finding]]\nkind = 1\nreason = 'b'", "Entry 1 lacks the text 'kind'."),
        (b"[[finding]]\nkind = 'a'\nreason = 'b'\nop = 'c'", "Entry 1 has the unknown key 'op'."),
        (b"[[finding]]\nkind = 'a'\nreason = 'b'\n" * 2, "Entry 2: the kind 'a' is listed twice."),
        (None, "No such file or directory"),
    ],
)
def test_a_list_that_is_none_is_refused_at_once(campaign: Any, tmp_path: Path, text: bytes | None, said: str) -> None:
    if text is not None:
        (tmp_path / "known.toml").write_bytes(text)
    answer = campaign("run", "--known-findings", "known.toml", "--in-process", "wheel")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"calybris-ref: error: known.toml: {said}")


def test_another_seed_asks_something_else_and_the_same_seed_the_same(campaign: Any) -> None:
    answers = [
        campaign("run", "--cases", "100", "--seed", seed, "--json", "--in-process", ADAPTER).json()["answers"]
        for seed in ("1", "1", "2")
    ]
    assert answers[0] == answers[1] != answers[2]


def test_a_campaign_goes_on(campaign: Any) -> None:
    words = ("run", "--seed", "3", "--state", "state.jsonl", "--json", "--in-process", ADAPTER)
    first = campaign(*words, "--cases", "65536").json()
    second = campaign(*words, "--cases", "131072").json()
    assert (first["ranges"], second["ranges"]) == (1, 2)
    assert campaign(*words[:3], *words[5:], "--cases", "65536", "--units", "4").json()["ranges"] == 4
    other = campaign(*words[:1], "--seed", "4", *words[3:])
    assert (other.code, other.out) == (2, "")
    assert "was begun by another campaign (seed differ)" in other.err


def test_workers_find_the_same(campaign: Any) -> None:
    words = ("run", "--cases", "65536", "--json", "--in-process", ADAPTER)
    alone, together = campaign(*words).json(), campaign(*words, "--jobs", "2").json()
    for summary in (alone, together):
        del summary["seconds"], summary["cases_per_second"]
    assert alone == together


def test_only_some_profiles(campaign: Any) -> None:
    summary = campaign("run", "--cases", "64", "--profile", "budget", "--json", "--", *bug("cap-ignored")).json()
    assert (summary["answers"], summary["cases"]) == ({}, 64)
    assert {finding["profile"] for finding in summary["findings"]} == {"budget"}
    nothing = campaign("run", "--profile", "log", "--in-process", ADAPTER)
    assert (nothing.code, "claims nothing that log asks" in nothing.err) == (2, True)


def test_workers_need_an_extra(campaign: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "calybris_conformance.campaign.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    answer = campaign("run", "--jobs", "2", "--in-process", ADAPTER)
    assert (answer.code, answer.out) == (2, "")
    assert "the extra 'cluster' brings" in answer.err


def test_a_port_that_cannot_be_asked_any_more(campaign: Any) -> None:
    answer = campaign("run", "--cases", "4000", "--", *rude("crash"))
    assert answer.code == 1
    assert "decide crash" in answer.out or "stopped early: Given up after 20 restarts of the port." in answer.out


def rude(manner: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.support.rude", manner)


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("run",), 2, "arguments are required: PORT"),
        (("run", "--in-process", "wheel", "--", "x"), 2, "not both"),
        (("run", "--in-process", "none:x"), 2, "There is no adapter 'none:x'"),
        (("run", "--", "no-such-port"), 3, "cannot be started"),
        (("run", "--seed", "-1", "--", "x"), 2, "is not a whole number below 2^64"),
        (("run", "--cases", "0", "--", "x"), 2, "is not a whole number from 1 on"),
        (("run", "--", sys.executable, "-c", "pass"), 3, "never became ready"),
        (("replay", "none.json", "--", "x"), 2, "none.json: No such file"),
    ],
)
def test_usage(campaign: Any, words: tuple[str, ...], code: int, error: str) -> None:
    answer = campaign(*words)
    assert (answer.code, answer.out) == (code, "")
    assert error in answer.err
    assert answer.err.count("\n") == 1


def test_a_port_without_decisions_is_not_for_campaigns(campaign: Any, tmp_path: Path) -> None:
    port = tmp_path / "port.py"
    port.write_text(
        "import sys\nfrom dataclasses import replace\n"
        "from calybris_conformance.adapters.reference import ADAPTER\n"
        "from calybris_conformance.adapters.serve import serve\n"
        "serve(replace(ADAPTER, features=frozenset({'echo'})), sys.stdin.buffer, sys.stdout.buffer)\n"
    )
    answer = campaign("run", "--", sys.executable, str(port))
    assert (answer.code, "does not claim 'decide'" in answer.err) == (2, True)


def test_promoting_keeps_the_question(campaign: Any, tmp_path: Path) -> None:
    campaign("run", "--first", "--cases", "1000", "--", *bug("two-floors"))
    file, kept = str(next((tmp_path / "findings").iterdir())), tmp_path / "kept.json"
    named = ("--id", "floors/two", "--about", "The quality term is rounded twice.")
    words = ("promote", file, *named, "--into", str(kept))
    answer = campaign(*words)
    assert answer.code == 0
    assert answer.out.startswith("added promoted/floors/two to ")
    (entry,) = promoted.entries(kept)
    assert (entry["id"], entry["op"]) == ("floors/two", "decide")
    assert (campaign(*words).code, len(promoted.entries(kept))) == (2, 1)


def test_interrupting_keeps_what_was_done(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    command = ["run", "--seconds", "60", "--state", str(state), "--in-process", "wheel"]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}  # noqa: PTH109 - as a user's shell has it
    with subprocess.Popen(
        [sys.executable, "-m", "calybris_ref", "campaign", *command], stderr=subprocess.PIPE, env=environment, text=True
    ) as process:
        deadline = time.monotonic() + 40
        while (not state.exists() or state.read_bytes().count(b"\n") < 3) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "calybris-ref: error: interrupted\n")
    assert all(json.loads(line) for line in state.read_bytes().splitlines())
