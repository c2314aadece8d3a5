"""Decisions: who wins, at what price, and why nobody does (GATE-1 to DECIDE-8, MONEY-1 to MONEY-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen import scenarios
from calybris_conformance.vectorgen.draft import Draft, Group, large
from calybris_conformance.vectorgen.suites import decide_catalogs, decide_gates, decide_money, decide_ranking

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOMINANT = "DECIDE-2 DECIDE-3 TYPES-7"


def files() -> Iterator[Draft]:
    """One file per rule; what not every port can be asked stands apart."""
    yield _file("limits", "The two hard limits", "GATE-1 GATE-2 DECIDE-2", scenarios.limits())
    yield _file(
        "gates", "Each gate alone", "GATE-3 DECIDE-2 TYPES-6 TYPES-7", scenarios.gates_alone("REJECT_NOT_BLANK")
    )
    yield _file(
        "gate-pairs", "Two gates failed: the first counts", "GATE-3 DECIDE-2", scenarios.gate_pairs(histogram=False)
    )
    yield _file("dominant", "The reason when gates tie", _DOMINANT, scenarios.dominant_ties())
    yield _file("majority", "The gate that rejects most", _DOMINANT, scenarios.dominant_majorities())
    yield _file(
        "boundaries",
        "Every gate at its limit, −1, 0, +1",
        "GATE-5 GATE-6 GATE-10 GATE-11 GATE-12",
        decide_gates.boundaries(),
    )
    yield _file("masks", "Every kind of bit of every mask", "GATE-7 GATE-8 GATE-9", decide_gates.masks())
    yield _file("cost", "The cost: two sides, rounded up, saturated", "MONEY-1 MONEY-2 GATE-11", decide_money.cost())
    yield _file("value", "The terms of the utility: one floor each", "MONEY-3 MONEY-4 MONEY-5", decide_money.terms())
    yield _file("clamp", "Amounts beyond 64 bits", "MONEY-2 MONEY-4 MONEY-6", decide_money.extremes())
    yield _file("magnitudes", "Values around 2^31, 2^32, 2^53 and 2^63", "TYPES-1 DECIDE-8", decide_money.magnitudes())
    yield _file("ties", "Every level of the ranking", "RANK-1 DECIDE-1", decide_ranking.ties())
    yield _file("runner-up", "The runner-up is the counterfactual", "RANK-3 DECIDE-1", decide_ranking.runner_up())
    yield _file("requested", "The requested model", "DECIDE-1 RANK-3", decide_ranking.requested())
    yield _file("carried", "What is carried over", "DECIDE-8", decide_ranking.carried())
    yield _file(
        "order-given",
        "A catalog in the order given",
        "DECIDE-6 POLICY-5 RANK-1",
        decide_ranking.order_given(),
        "constructor.try_new",
    )
    yield _file(
        "order-sorted",
        "A catalog sorted by the constructor",
        "DECIDE-6 POLICY-7",
        decide_ranking.order_sorted(),
        "constructor.try_new_trusted",
    )
    yield _file(
        "unchecked",
        "Policies that no check has seen",
        "POLICY-6 INPUT-2 GATE-4 GATE-8 RANK-2 DECIDE-4",
        decide_catalogs.unchecked(),
        "constructor.unchecked",
    )
    yield _file(
        "input-unchecked", "Requests above 10,000", "INPUT-2", decide_catalogs.input_unchecked(), "input.unchecked"
    )
    yield _file(
        "both-unchecked",
        "Policies and requests that no check has seen",
        "INPUT-2 MONEY-6",
        decide_catalogs.both_unchecked(),
        "constructor.unchecked input.unchecked",
    )
    yield _file("catalogs", "Catalogs of ordinary size", "RANK-1 DECIDE-6", decide_catalogs.ordinary())
    yield large(
        "decide",
        "large",
        "decide",
        "Catalogs of 1,000 and of 65,535 models",
        "DECIDE-5 DECIDE-6",
        decide_catalogs.many(),
        "",
    )
    yield large(
        "decide",
        "beyond",
        "decide",
        "Catalogs of more than 65,535 models",
        "DECIDE-5 DECIDE-6",
        decide_catalogs.beyond(),
        "constructor.unchecked",
    )


def _file(name: str, title: str, clauses: str, groups: Iterator[Group], requires: str = "") -> Draft:
    return Draft("decide", name, "decide", title, clauses, tuple(groups), requires=requires)
