"""`calybris-ref conformance matrix`: reports side by side."""

import json
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.report import jsonl
from calybris_ref.cli import main
from tests.support.judging import case, obedient, write_corpus

WRONG = ["reply", {"ok": {"value": "2"}}]


def judged(tmp_path: Path, name: str, *cases: dict[str, Any], features: list[str] | None = None) -> Path:
    """The folder of a report on a port that gives these answers."""
    vectors = write_corpus(
        tmp_path / f"vectors-{name}",
        {"suite": "decide", "cases": list(cases)},
        {"suite": "echo", "op": "echo", "cases": [case("echo/a/1")]},
    )
    out = tmp_path / name
    port = obedient(**({} if features is None else {"ready": {"features": features}}))
    main(["conformance", "run", "--vectors", str(vectors), "--name", name, "--out", str(out), "--", *port])
    return out


@pytest.fixture
def right(tmp_path: Path) -> Path:
    return judged(tmp_path, "right", case("decide/a/1"), case("decide/a/2"))


@pytest.fixture
def other(tmp_path: Path, right: Path) -> Path:
    """A report on the same vectors, as far as it says, with one failure and one known failure."""
    out = judged(tmp_path, "other", case("decide/a/1"), case("decide/a/2", WRONG))
    report, same = out / jsonl.REPORT, json.loads((right / jsonl.REPORT).read_text("utf-8").splitlines()[0])
    first, *rest = report.read_text("utf-8").splitlines()
    header = json.loads(first) | {"vectors": same["vectors"]}
    report.write_text("\n".join([json.dumps(header), *rest, ""]), "utf-8")
    return out


def test_ports_that_are_right(right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["conformance", "matrix", str(right), str(right / jsonl.REPORT)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["port", "language", "version", "passed", "known", "failed", "not", "claimed"]
    assert lines[1][-5:] == ["3", "0", "0", "0", "conformant"]
    assert lines[1] == lines[2]
    assert lines[4:7] == [
        ["suite", "cases", "right", "right"],
        ["decide", "2", "2", "2"],
        ["echo", "1", "1", "1"],
    ]


def test_a_port_that_is_wrong(right: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["conformance", "matrix", str(right), str(other)]) == 1
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[2][-6:] == ["2", "0", "1", "0", "NOT", "CONFORMANT"]
    assert lines[5] == ["decide", "2", "2", "1", "!1"]


def test_known_failures_and_what_is_not_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = judged(tmp_path, "partly", case("decide/a/1"), case("decide/a/2", WRONG))
    report = out / jsonl.REPORT
    text = report.read_text("utf-8").replace('"outcome": "mismatch"', '"outcome": "known_failure"')
    report.write_text(text, "utf-8")
    little = judged(tmp_path, "little", case("decide/a/1"), case("decide/a/2", WRONG), features=["echo"])
    capsys.readouterr()
    assert main(["conformance", "matrix", str(out), str(little)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[5] == ["decide", "2", "1", "+1", "–"]
    assert lines[6] == ["echo", "1", "1", "1"]


def test_as_json(right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["conformance", "matrix", "--json", str(right)]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["name"], one["conformant"]) == ("right", True)
    assert one["suites"]["decide"] == {"cases": 2, "passed": 2, "known": 0, "failed": 0, "not_claimed": 0}


def test_as_a_page(tmp_path: Path, right: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (other / "report.html").unlink()
    (tmp_path / "pages").mkdir()
    path = tmp_path / "pages" / "matrix.html"
    assert main(["conformance", "matrix", "--html", str(path), str(right), str(other / jsonl.REPORT)]) == 1
    page = path.read_text("utf-8")
    assert '<a href="../right/report.html" rel="noreferrer">right</a>' in page
    assert "other/report.html" not in page  # it is not there
    assert "other" in capsys.readouterr().out  # and the table is printed as ever


def test_reports_of_other_vectors_are_refused(tmp_path: Path, right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    older = judged(tmp_path, "older", case("decide/a/1"))
    capsys.readouterr()
    assert main(["conformance", "matrix", str(right), str(older)]) == 2
    assert "The reports are of different vectors" in capsys.readouterr().err


def test_what_is_no_report_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "matrix", str(tmp_path)]) == 2
    assert "report.jsonl: cannot be read" in capsys.readouterr().err
