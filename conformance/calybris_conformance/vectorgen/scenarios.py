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
    """The hard limits of the baseline policy, 9,600 and 5,500, from −1 to +1, alone and together."""
    questions = []
    for risk in (0, 1, 9_599, 9_600, 9_601, 10_000):
        # A risk this high also exceeds the model's ceiling: the reason tells which rule came first.
        about = f"Risk {risk:,} under a hard limit of 9,600."
        questions.append(Question(f"risk-{risk}", about, {"request": request(risk_bps=risk)}, ("HARD_LIMIT_BOUNDARY",)))
    for confidence in (0, 5_499, 5_500, 5_501, 10_000):
        about = f"Confidence {confidence:,} under a minimum of 5,500."
        changed = request(confidence_bps=confidence)
        questions.append(Question(f"confidence-{confidence}", about, {"request": changed}, ("HARD_LIMIT_BOUNDARY",)))
    both = request(risk_bps=9_600, confidence_bps=5_499)
    questions.append(
        Question("both", "Both limits are broken: the risk is reported.", {"request": both}, ("HARD_LIMITS_SWAPPED",))
    )
    both = request(risk_bps=10_000, confidence_bps=0)
    questions.append(
        Question("both-by-far", "Both limits are broken by far.", {"request": both}, ("HARD_LIMITS_SWAPPED",))
    )
    three = [model(1, risk_ceiling_bps=10_000), model(2), model(3, enabled=0)]
    yield Group("hard-limits", tuple(questions), given(three))
    open_limits = given(three, hard_risk_limit_bps=10_000, minimum_confidence_bps=0)
    edges = [
        Question(
            "risk-9999", "One below the highest limit.", {"request": request(risk_bps=9_999)}, ("HARD_LIMIT_BOUNDARY",)
        ),
        Question(
            "risk-10000",
            "The highest risk reaches the highest limit.",
            {"request": request(risk_bps=10_000)},
            ("HARD_LIMIT_BOUNDARY",),
        ),
        Question(
            "confidence-zero", "No confidence, none asked for: no value either.", {"request": request(confidence_bps=0)}
        ),
    ]
    yield Group("widest-limits", tuple(edges), open_limits)
    closed = given(three, hard_risk_limit_bps=0, minimum_confidence_bps=10_000)
    edges = [
        Question(
            "risk-zero",
            "A limit of 0 rejects every request.",
            {"request": request(risk_bps=0)},
            ("HARD_LIMIT_BOUNDARY",),
        ),
        Question(
            "confidence-9999",
            "Limit 0 and minimum 10,000.",
            {"request": request(risk_bps=0, confidence_bps=9_999)},
            ("HARD_LIMITS_SWAPPED",),
        ),
    ]
    yield Group("narrowest-limits", tuple(edges), closed)
    sure = given(three, minimum_confidence_bps=10_000)
    edges = [
        Question(
            f"confidence-{confidence}",
            f"Confidence {confidence:,} of 10,000.",
            {"request": request(confidence_bps=confidence)},
            ("HARD_LIMIT_BOUNDARY",),
        )
        for confidence in (9_999, 10_000)
    ]
    yield Group("full-confidence", tuple(edges), sure)
    flags = ("HARD_LIMIT_EVALUATES", "REJECT_NOT_BLANK")
    everything_fails = given([failing(gate, model_id) for model_id, gate in enumerate(GATES, 1)])
    blank = [
        Question("risk", "No model is looked at after the risk limit.", {"request": request(risk_bps=9_700)}, flags),
        Question(
            "confidence",
            "No model is looked at after the confidence minimum.",
            {"request": request(confidence_bps=1)},
            flags,
        ),
    ]
    yield Group("limits-before-gates", tuple(blank), everything_fails)


def gates_alone() -> Iterator[Group]:
    """Each gate as the only one that fails: of every model, and of one of three whose others are eligible."""
    for gate in GATES:
        name = slug("alone", gate)
        flags = ("REJECT_NOT_BLANK", "HISTOGRAM_BLANK")
        yield single(
            name, "nobody-passes", f"Nobody passes {gate}.", given(_rejected(gate)), {"request": request()}, *flags
        )
        catalog = [failing(gate, 1), model(2), model(3, p95_latency_ms=300)]
        about = f"One of three fails {gate}; the others are eligible."
        yield single(name, "others-pass", about, given(catalog), {"request": request()})


def gate_pairs() -> Iterator[Group]:
    """Every pair of gates failed by one model: counted once, under the first."""
    for first, second in combinations(GATES, 2):
        about = f"A model fails {first} and {second}: it is counted under {first}."
        catalog = _rejected(first, failing_both(first, second))
        name = slug(first, "before", second)
        flags = ("GATE_ORDER", "GATE_COUNTS_ALL")
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
        about = f"Two of ten models fail {gate}, one each of the others: no tie."
        yield single("dominant-majority", slug(gate), about, given(catalog), {"request": request()}, "DOMINANT_TIES")
