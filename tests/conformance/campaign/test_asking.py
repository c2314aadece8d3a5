"""Every way to ask: right ports are right, wrong rows are found, and no manner of a port is a crash of the judge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calybris_conformance.campaign import cases, framed
from calybris_conformance.campaign.asking import Asker, Stopped, Wrong
from calybris_conformance.campaign.in_process import AdapterError, InProcess
from calybris_conformance.campaign.units import Batch
from calybris_conformance.compare import same_answer
from calybris_conformance.outcomes import Outcome
from calybris_conformance.session import Settings
from tests.support.campaigning import REFERENCE, bug, made, opened

WAYS = {"single": (), "frames": ("--rows",)}


def rude(manner: str, *options: str) -> tuple[str, ...]:
    return (REFERENCE[0], "-m", "tests.support.rude", manner, *options)


def with_the_one(at: int | None = 40, rows: int = 600) -> tuple[Batch, Mapping[str, Any]]:
    """A unit in which one row is the one at which rude ports misbehave."""
    batch, _ = made("routing", "", rows)
    batch.columns["risk_bps"][batch.columns["risk_bps"] == 7] = 8
    if at is not None:
        batch.columns["risk_bps"][at] = 7
    from calybris_conformance.campaign import expected

    return batch, expected.decide(batch.snapshot, batch.columns)


def asked(asker: Asker, unit: tuple[Batch, Mapping[str, Any]]) -> tuple[int, list[Wrong]]:
    return asker.wrong_rows(*unit)


@pytest.mark.parametrize("way", WAYS)
def test_a_right_port_is_right(way: str) -> None:
    with opened(*rude("right", *WAYS[way])) as asker:
        assert type(asker).__name__ == {"single": "Single", "frames": "Framed"}[way]
        for profile in ("routing", "ties", "extremes"):
            focus = {"ties": "mixed", "extremes": "cost"}.get(profile, "")
            assert asked(asker, made(profile, focus, 600)) == (0, [])


def test_right_frames_are_recognised_without_being_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(*rude("right", "--rows")) as asker:
        assert asked(asker, made(rows=300)) == (0, [])
        monkeypatch.setattr(framed, "parse_response", None)
        assert asked(asker, made(rows=600, index=2)) == (0, [])


@pytest.mark.parametrize("way", WAYS)
def test_wrong_rows_are_counted_and_one_of_each_kind_is_kept(way: str) -> None:
    with opened(*bug("tie-on-id-reversed", *WAYS[way])) as asker:
        unit = made("ties", "model_id", 400)
        count, wrongs = asked(asker, unit)
    assert 0 < count <= 400
    assert {wrong.outcome for wrong in wrongs} == {Outcome.MISMATCH}
    assert all(wrong.kind.startswith("decide mismatch ") and wrong.case.op == cases.DECIDE for wrong in wrongs)
    assert len({wrong.kind for wrong in wrongs}) == len(wrongs)
    assert wrongs[0].case == cases.decision(*unit, wrongs[0].row)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("manner", "outcome"),
    [("crash", "crash"), ("garbage", "crash"), ("hang", "timeout"), ("throws", "fault")],
)
def test_a_port_that_misbehaves_at_one_row_is_a_finding(manner: str, outcome: str, way: str) -> None:
    settings = Settings(timeout_seconds=1.0, start_seconds=20)
    with opened(*rude(manner, *WAYS[way]), settings=settings) as asker:
        count, wrongs = asked(asker, with_the_one())
        assert [(wrong.row, str(wrong.outcome)) for wrong in wrongs] == [(40, outcome)]
        assert count >= 1
        assert asked(asker, with_the_one(None)) == (0, [])  # and it can be asked on


@pytest.mark.parametrize("way", WAYS)
def test_a_port_that_crashes_once_is_flaky(way: str, tmp_path: Path) -> None:
    with opened(*rude("crash-once", str(tmp_path / "marker"), *WAYS[way])) as asker:
        _, wrongs = asked(asker, with_the_one())
    assert [str(wrong.outcome) for wrong in wrongs] == ["flaky"]


@pytest.mark.parametrize("manner", ["frames-wrong", "frames-short", "frames-more"])
def test_what_is_only_wrong_in_a_frame_is_found_as_a_frame(manner: str) -> None:
    with opened(*rude(manner, "--rows")) as asker:
        batch, due = made(rows=300)
        count, wrongs = asked(asker, (batch, due))
        assert count >= 1
        (wrong,) = wrongs
        assert (wrong.case.op, wrong.outcome) == (cases.ROWS, Outcome.MISMATCH)
        right = cases.answered(cases.ROWS, wrong.case.given, wrong.case.input, "again")
        assert same_answer(right.expect, wrong.case.expect)


@pytest.mark.parametrize("way", WAYS)
def test_a_port_that_always_crashes_is_given_up(way: str) -> None:
    settings = Settings(restarts=2, timeout_seconds=3, start_seconds=20)
    with opened(*rude("crash", *WAYS[way]), settings=settings) as asker:
        batch, due = with_the_one(rows=60)
        batch.columns["risk_bps"][:] = 7
        with pytest.raises(Stopped, match="Given up after 2 restarts"):
            asked(asker, (batch, due))


def test_a_library_in_this_process() -> None:
    assert asked(InProcess("tests.support.campaigning:right"), made()) == (0, [])
    assert asked(InProcess("wheel"), made(rows=300)) == (0, [])
    count, wrongs = asked(InProcess("tests.support.campaigning:throws"), with_zero())
    assert (count, [(wrong.row, str(wrong.outcome)) for wrong in wrongs]) == (64, [(5, "fault")])
    count, wrongs = asked(InProcess("tests.support.campaigning:late"), made())
    assert (count, [(wrong.row, str(wrong.outcome)) for wrong in wrongs]) == (64, [(0, "flaky")])


def with_zero() -> tuple[Batch, Mapping[str, Any]]:
    """A unit in which one request has no risk."""
    from calybris_conformance.campaign import expected

    batch, _ = made()
    batch.columns["risk_bps"] = np.maximum(batch.columns["risk_bps"], np.uint64(1))
    batch.columns["risk_bps"][5] = 0
    return batch, expected.decide(batch.snapshot, batch.columns)


@pytest.mark.parametrize("name", ["no.such.module:x", "tests.support.campaigning:none", "json", ":"])
def test_no_such_adapter(name: str) -> None:
    with pytest.raises(AdapterError, match="There is no adapter"):
        InProcess(name)


def test_a_library_that_is_wrong_in_one_field() -> None:
    batch, due = made()
    wrong = dict(due)
    wrong["evaluated_models"] = due["evaluated_models"] + np.uint64(1)
    count, wrongs = asked(InProcess("wheel"), (batch, wrong))
    assert (count, [one.kind for one in wrongs]) == (64, ["decide mismatch evaluated_models"])
