"""The real judge against real ports that are wrong on purpose: each fails in the one way that its table declares."""

import subprocess
import sys
from pathlib import Path

import pytest

from calybris_conformance import corpus
from calybris_conformance.adapters.sabotage.table import SABOTAGES
from calybris_conformance.outcomes import Exit
from calybris_conformance.report import jsonl
from calybris_ref.cli import main

FLAGS = {case.id: frozenset(case.flags) for case in corpus.load().cases}
# What a judge needs anyway, and the longest line that it takes; one that it must not keep has 100 MB.
MEMORY_LIMIT_KB = 100 * 1024
# Runs a command line, then prints the most memory that the process ever had. (Linux counts the parent's, too, in
# ru_maxrss.)
MEASURED = """
import pathlib, sys
from calybris_ref.cli import main
code = main(sys.argv[1:])
status = pathlib.Path("/proc/self/status").read_text()
print(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
sys.exit(code)
"""


def command(name: str, out: Path) -> list[str]:
    port = [sys.executable, "-m", "calybris_conformance.adapters.sabotage", name]
    return ["conformance", "run", *SABOTAGES[name].asked, "--out", str(out), "--", *port]


@pytest.mark.parametrize("name", SABOTAGES)
def test_each_sabotage_fails_in_its_own_way(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sabotage = SABOTAGES[name]

    code = main(command(name, tmp_path))

    assert code == sabotage.exit, capsys.readouterr()
    if code == Exit.NEVER_READY:
        assert capsys.readouterr().err.startswith("calybris-ref: error: ")
        return
    report = jsonl.read(tmp_path / "report.jsonl")
    assert report.incomplete is None
    assert {case["outcome"] for case in report.failures} == sabotage.outcomes
    assert sabotage.flags <= {flag for case in report.failures for flag in FLAGS[case["id"]]}


def test_a_line_of_100_mb_is_not_kept(tmp_path: Path) -> None:
    judge = subprocess.run(
        [sys.executable, "-c", MEASURED, *command("line_of_100_mb", tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert judge.returncode == Exit.NOT_CONFORMANT, judge.stderr
    assert int(judge.stdout.split()[-1]) < MEMORY_LIMIT_KB


def test_without_a_name_the_ports_are_listed() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "calybris_conformance.adapters.sabotage"], capture_output=True, text=True, check=False
    )
    assert [line.split()[0] for line in listed.stderr.splitlines()] == list(SABOTAGES)


def test_the_report_holds_the_bytes_that_the_port_hashed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = [sys.executable, "-m", "calybris_conformance.adapters.sabotage", "big_endian"]
    main(["conformance", "run", "--case", "digest/input-fields/baseline", "--out", str(tmp_path), "--", *port])
    assert "field request_sequence" in capsys.readouterr().out
    (failure,) = jsonl.read(tmp_path / "report.jsonl").failures
    assert failure["preimage_hex"].startswith("63616c79696e703100" + "00000000000003e9")
