"""Findings become small: choices lead back to their case, and what is left is what the bug needs."""

from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.data import ConjectureData

from calybris_conformance import wire
from calybris_conformance.campaign import choices, coarse, damage, others, pieces, scripts, shrink, units, work
from calybris_conformance.campaign.asking import wrong_of
from calybris_conformance.campaign.catalogs import ABILITIES
from calybris_conformance.campaign.choices import neutral
from calybris_conformance.campaign.steering import DECISIONS
from calybris_conformance.campaign.tally import Finding, finding_of
from calybris_conformance.campaign.units import Unit
from calybris_conformance.outcomes import Outcome
from calybris_conformance.transport import Interrupted
from tests.support.campaigning import bug, made, opened, part, scale


def drawn(form: pieces.Form) -> dict[str, object]:
    strategy, encoded = form
    data = ConjectureData.for_choices(encoded)
    result = data.draw(strategy)
    assert len(data.choices) == len(encoded)
    return result


@pytest.mark.parametrize("arm", DECISIONS[::5], ids="-".join)
def test_the_choices_of_a_decision_lead_back_to_it(arm: tuple[str, str]) -> None:
    for index in range(6):
        batch = units.make(Unit(1, index, *arm, 4, ABILITIES if index % 2 else frozenset()))
        given_, question = batch.given(), {"request": batch.request(2)}
        form = choices.strategy(), choices.encode(given_, question)
        assert drawn(form) == {"given": given_, "input": question}


@pytest.mark.parametrize("profile", others.PROFILES)
def test_the_choices_of_scripts_and_logs_lead_back_to_them(profile: str) -> None:
    for case in others.cases_of(Unit(1, 3, profile, "", 0), frozenset({scripts.QUERY, scripts.SNAPSHOT})):
        form = pieces.form(case)
        assert form is not None
        assert drawn(form) == {"given": case.given, "input": case.input}


def test_only_what_is_asked_is_taken_apart() -> None:
    (case, *_) = others.cases_of(Unit(1, 3, "log", "", 0), frozenset())
    assert case.op == damage.VERIFY
    assert pieces.form(replace(case, op="echo")) is None


def test_what_is_neutral_is_the_first_choice() -> None:
    scalars = {name: str(neutral(name)) for name in wire.POLICY_SCALARS}
    encoded = choices.encode(
        {"policy": {"constructor": "validated", **scalars, "models": []}},
        {"request": {name: str(neutral(name)) for name in wire.REQUEST}},
    )
    assert set(encoded) == {0}


@settings(max_examples=30)
@given(st.sets(st.integers(0, 6), min_size=1))
def test_the_coarse_cut_leaves_the_candidates_that_are_needed(needed: set[int]) -> None:
    batch, _ = made("uniform", "", 4)
    models = [{**batch.given()["policy"]["models"][0], "p95_latency_ms": str(place)} for place in range(7)]
    policy = {**batch.given()["policy"], "models": models}
    question = {"given": {"policy": policy}, "input": {"request": batch.request(0)}}

    def still_wrong(made_: object) -> bool:
        kept = {one["p95_latency_ms"] for one in made_["given"]["policy"]["models"]}  # type: ignore[index]
        return {str(place) for place in needed} <= kept

    small = coarse.cut(question, still_wrong)
    assert len(small["given"]["policy"]["models"]) == len(needed)
    assert small["input"]["request"] == {name: str(neutral(name)) for name in small["input"]["request"]}


def test_pairs_are_left_out_where_a_draw_is_needed() -> None:
    """As many of the one kind as of the other: no candidate can be left out alone."""
    batch, _ = made("uniform", "", 4)
    models = [{**batch.given()["policy"]["models"][0], "enabled": str(place % 2)} for place in range(6)]
    policy = {**batch.given()["policy"], "models": models}

    def still_wrong(made_: Any) -> bool:
        kinds = [one["enabled"] for one in made_["given"]["policy"]["models"]]
        return 0 < kinds.count("0") == kinds.count("1")

    small = coarse.cut({"given": {"policy": policy}, "input": {"request": batch.request(0)}}, still_wrong)
    assert len(small["given"]["policy"]["models"]) == 2


def met(name: str) -> Finding:
    """A finding of this bug, as a campaign meets it first."""
    with opened(*bug(name)) as asker:
        for number in range(40):
            tally = work.do(scale(), part(number), asker, Event())
            if tally.findings:
                return min(tally.findings.values(), key=lambda finding: finding.place)
    raise AssertionError(f"{name} was not met")


def test_a_finding_becomes_small_and_stays_wrong() -> None:
    finding = met("two-floors")
    with opened(*bug("two-floors")) as asker:
        small = shrink.shrunk(finding, asker)
        (result,) = asker.results([small.case])
        assert result.outcome is finding.outcome
        assert len(small.case.given["policy"]["models"]) == 1
        request = small.case.input["request"]
        needed = {name for name, value in request.items() if value != str(neutral(name))}
        assert needed <= {"business_value_microunits", "confidence_bps"}
        assert (small.place, small.profile) == (finding.place, finding.profile)
        again = shrink.from_case(small.case, asker)
        assert again == replace(small, index=0, row=0, profile="", focus="")


def test_what_is_answered_rightly_now_stays_as_it_was_met() -> None:
    finding = met("two-floors")
    with opened(*bug("right")) as asker:
        assert shrink.shrunk(finding, asker) == finding
        assert shrink.from_case(finding.case, asker) is None


def test_when_the_time_is_over_the_smallest_so_far_is_kept() -> None:
    finding = met("two-floors")
    with opened(*bug("two-floors")) as asker:
        assert shrink.shrunk(finding, asker, seconds=0) == finding


def test_somebody_tells_it_to_stop() -> None:
    finding, stop = met("two-floors"), Event()
    with opened(*bug("two-floors"), stop=stop) as asker:
        stop.set()
        with pytest.raises(Interrupted):
            shrink.shrunk(finding, asker)


def test_a_script_becomes_small() -> None:
    """The cap on reservations is ignored: a tenant, a cap, and one reservation above it are enough."""
    with opened(*bug("cap-ignored")) as asker:
        for index in range(60):
            cases = others.cases_of(Unit(1, index, "budget", "", 0), asker.features)
            wrong = [result for result in asker.results(cases) if result.outcome is not Outcome.PASS]
            if wrong:
                break
        small = shrink.shrunk(finding_of(index, "budget", "", wrong_of(0, wrong[0])), asker)
    steps = [step["op"] for step in small.case.input["steps"]]
    assert sorted(steps) == ["ensure_tenant", "set_max_reserved", "try_reserve"]


def test_a_log_becomes_small() -> None:
    """Blank lines are refused: one is enough."""
    with opened(*bug("blank-line-refused")) as asker:
        for index in range(60):
            cases = others.cases_of(Unit(1, index, "log", "", 0), asker.features)
            wrong = [result for result in asker.results(cases) if result.outcome is not Outcome.PASS]
            if wrong:
                break
        small = shrink.shrunk(finding_of(index, "log", "", wrong_of(0, wrong[0])), asker)
    log = b"".join(bytes.fromhex(one["hex"]) for one in small.case.input["log"])
    assert log.strip() == b""
    assert log.count(b"\n") <= 1
