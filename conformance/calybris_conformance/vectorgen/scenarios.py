"""Situations that several suites ask about: hard limits, each gate alone, every pair of gates, every tie of gates."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import GATES, Record, failing, failing_both, given, model, request
from calybris_conformance.vectorgen.draft import Group, Question, single

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The gates in the order in which ties for the dominant reason are decided: the last wins (DECIDE-3).
DOMINANCE = ("capability", "region", "provider", "quality", "risk_ceiling", "latency", "budget", "utility", "disabled")


def slug(*words: str) -> str:
    """The words as one part of an id."""
    return "-".join(words).replace("_", "-")


def limits() -> Iterator[Group]:
    """Both hard limits from −1 to +1 and at their extremes, alone and together."""
    boundary, swapped = ("HARD_LIMIT_BOUNDARY",), ("HARD_LIMITS_SWAPPED",)
    three = [model(1, risk_ceiling_bps=10_000), model(2), model(3, enabled=0)]

    def risk(value: int, limit: int) -> Question:
        # A risk this high also exceeds the ceiling of model 2: the reason tells which rule came first.
        about = f"Risk {value:,} under a hard limit of {limit:,}."
        return Question(
            f"risk-{value}", about, {"request": request(risk_bps=value)}, boundary if value == limit else ()
        )

    def confidence(value: int, minimum: int) -> Question:
        about = f"Confidence {value:,} under a minimum of {minimum:,}."
        flags = boundary if value == minimum else ()
        return Question(f"confidence-{value}", about, {"request": request(confidence_bps=value)}, flags)

    def both(name: str, about: str, risk_bps: int, confidence_bps: int) -> Question:
        broken = request(risk_bps=risk_bps, confidence_bps=confidence_bps)
        return Question(name, about, {"request": broken}, swapped)

    questions = (
        *(risk(value, 9_600) for value in (0, 1, 9_599, 9_600, 9_601, 10_000)),
        *(confidence(value, 5_500) for value in (0, 5_499, 5_500, 5_501, 10_000)),
        both("both", "Both limits are broken: the risk is reported.", 9_600, 5_499),
        both("both-by-far", "Both limits are broken by far.", 10_000, 0),
    )
    yield Group("hard-limits", questions, given(three))
    widest = given(three, hard_risk_limit_bps=10_000, minimum_confidence_bps=0)
    yield Group("widest-limits", (risk(9_999, 10_000), risk(10_000, 10_000), confidence(0, 0)), widest)
    narrowest = given(three, hard_risk_limit_bps=0, minimum_confidence_bps=10_000)
    order = both("confidence-9999", "Limit 0 and minimum 10,000: both are broken.", 0, 9_999)
    yield Group("narrowest-limits", (risk(0, 0), order), narrowest)
    sure = given(three, minimum_confidence_bps=10_000)
    yield Group("full-confidence", (confidence(9_999, 10_000), confidence(10_000, 10_000)), sure)
    everything_fails = given([failing(gate, model_id) for model_id, gate in enumerate(GATES, 1)])
    for name, changes in (("risk", {"risk_bps": 9_700}), ("confidence", {"confidence_bps": 1})):
        about = f"No model is looked at after the {name} limit."
        flags = ("HARD_LIMIT_EVALUATES", "REJECT_NOT_BLANK")
        yield single("limits-before-gates", name, about, everything_fails, {"request": request(**changes)}, *flags)


def gates_alone(*flags: str) -> Iterator[Group]:
    """Each gate as the only one that fails: of every model (with these flags), and of one of three."""
    for gate in GATES:
        name = slug("alone", gate)
        yield single(
            name, "nobody-passes", f"Nobody passes {gate}.", given(_rejected(gate)), {"request": request()}, *flags
        )
        catalog = [failing(gate, 1), model(2), model(3, p95_latency_ms=300)]
        about = f"One of three fails {gate}; the others are eligible."
        yield single(name, "others-pass", about, given(catalog), {"request": request()})


def gate_pairs(*, histogram: bool) -> Iterator[Group]:
    """Every pair of gates failed by one model: counted once, under the first.

    Without a `histogram` in the answer, a second count shows only when it takes over as the reason.
    """
    for first, second in combinations(GATES, 2):
        about = f"A model fails {first} and {second}: it is counted under {first}."
        catalog = _rejected(first, failing_both(first, second))
        name = slug(first, "before", second)
        shows = histogram or DOMINANCE.index(second) > DOMINANCE.index(first)
        flags = ("GATE_ORDER", "GATE_COUNTS_ALL") if shows else ("GATE_ORDER",)
        yield single("gate-pairs", name, about, given(catalog), {"request": request()}, *flags)


def _rejected(gate: str, first: Record | None = None) -> list[Record]:
    """A catalog of a model that fails this gate; a valid one needs an enabled model, which then fails the utility."""
    first = failing(gate) if first is None else first
    return [first, failing("utility", 2)] if gate == "disabled" else [first]


def dominant_ties() -> Iterator[Group]:
    """Every pair of gates with one model each, both ways round, then larger ties."""
    for first, second in combinations(DOMINANCE, 2):
        for pair, word in (((first, second), "and"), ((second, first), "after")):
            catalog = [failing(gate, model_id) for model_id, gate in enumerate(pair, 1)]
            about = f"One model fails {pair[0]}, the next {pair[1]}: {second} stands last in the list."
            yield single(
                "dominant-ties",
                slug(first, word, second),
                about,
                given(catalog),
                {"request": request()},
                "DOMINANT_TIES",
            )
    for size in range(3, len(DOMINANCE) + 1):
        catalog = [failing(gate, model_id) for model_id, gate in enumerate(DOMINANCE[:size], 1)]
        about = f"The first {size} gates of the list tie: {DOMINANCE[size - 1]} wins."
        yield single("dominant-ties", f"first-{size}", about, given(catalog), {"request": request()}, "DOMINANT_TIES")


def dominant_majorities() -> Iterator[Group]:
    """Each gate rejects one model more than the others do."""
    for gate in DOMINANCE:
        fails = [gate, *(other for other in DOMINANCE if other != gate), gate]
        catalog = [failing(one, model_id) for model_id, one in enumerate(fails, 1)]
        flags = () if gate == DOMINANCE[-1] else ("DOMINANT_TIES",)  # the last of the list wins with and without a tie
        about = f"Two of ten models fail {gate}, one each of the others: no tie."
        yield single("dominant-majority", slug(gate), about, given(catalog), {"request": request()}, *flags)
