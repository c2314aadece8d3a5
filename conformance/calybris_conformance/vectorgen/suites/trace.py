"""Traces: each candidate is counted once, in the right place (TRACE-1, TRACE-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen import scenarios
from calybris_conformance.vectorgen.builders import GATES, U16, failing, failing_both, given, model, request, series
from calybris_conformance.vectorgen.draft import Draft, Group, Question, large, single
from calybris_conformance.vectorgen.market import accumulated_request, market
from calybris_conformance.vectorgen.suites.decide_ranking import candidate, ranked_given, ranked_request

if TYPE_CHECKING:
    from collections.abc import Iterator


def files() -> Iterator[Draft]:
    """The situations of the decide suite that a histogram shows more of, and some of its own."""
    yield _file("limits", "No histogram after a hard limit", "TRACE-2 GATE-1 GATE-2", scenarios.limits())
    yield _file(
        "gates", "Each gate alone", "TRACE-1 GATE-3", scenarios.gates_alone("REJECT_NOT_BLANK", "HISTOGRAM_BLANK")
    )
    yield _file("gate-pairs", "Two gates failed: counted once", "TRACE-1 GATE-3", scenarios.gate_pairs(histogram=True))
    yield _file("dominant", "The histogram behind the reason", "TRACE-1 DECIDE-3", scenarios.dominant_ties())
    yield _file("majority", "The gate that rejects most", "TRACE-1 DECIDE-3", scenarios.dominant_majorities())
    yield _file("counts", "Catalogs of mixed fate", "TRACE-1", _counts())
    saturate = "TRACE-1 DECIDE-5"
    yield large("trace", "beyond", "trace", "Counts saturate", saturate, _beyond(), "constructor.unchecked")
    yield _file(
        "unchecked", "Policies that no check has seen", "TRACE-1 POLICY-6", _unchecked(), "constructor.unchecked"
    )


def _file(name: str, title: str, clauses: str, groups: Iterator[Group], requires: str = "") -> Draft:
    return Draft("trace", name, "trace", title, clauses, tuple(groups), requires=requires)


def _counts() -> Iterator[Group]:
    every = [failing(gate, place) for place, gate in enumerate(GATES, 1)]
    yield single(
        "every-gate", "once", "Every gate rejects one model.", given(every), {"request": request()}, "HISTOGRAM_BLANK"
    )
    with_winner = [*every, model(10)]
    yield single(
        "every-gate",
        "and-a-winner",
        "Every gate rejects one model, and one is eligible.",
        given(with_winner),
        {"request": request()},
    )
    different = [failing(gate, 20 * place + k) for place, gate in enumerate(GATES, 1) for k in range(place)]
    about = "One disabled model, two without quality, and so on to nine: every count is different."
    yield single("every-gate", "one-to-nine", about, given(different), {"request": request()}, "HISTOGRAM_BLANK")
    questions = (
        Question(
            f"request-{k}",
            f"Accumulated request {k} of the seed 'trace'.",
            {"request": accumulated_request(b"trace", k)},
        )
        for k in range(40)
    )
    yield Group("market-22", tuple(questions), {"policy": market(22)})


def _beyond() -> Iterator[Group]:
    for word, changes in (("eligible", {}), ("disabled", {"enabled": 0})):
        catalog = ranked_given(series(U16 + 1, candidate(1, **changes), model_id=1), constructor="unchecked")
        about = f"65,536 models, all {word}: the count stays at 65,535."
        yield single("beyond", f"all-{word}", about, catalog, {"request": ranked_request()}, "COUNTS_WRAP")


def _unchecked() -> Iterator[Group]:
    def of(*models: dict[str, int]) -> dict[str, object]:
        return given(models, constructor="unchecked")

    asked = {"request": request()}
    yield single("unchecked", "empty", "No model at all.", of(), asked, "EMPTY_CATALOG")
    disabled = of(failing("disabled"), failing("disabled", 2))
    yield single("unchecked", "all-disabled", "Every model is disabled.", disabled, asked, "HISTOGRAM_BLANK")
    for gate in GATES[1:]:
        both = of(failing_both("disabled", gate))
        name = scenarios.slug("disabled", "and", gate)
        yield single("unchecked", name, f"The only model is disabled and fails {gate}.", both, asked, "GATE_COUNTS_ALL")
    everybody = {"request": request(allowed_provider_mask=2**64 - 1)}
    high = of(model(1, provider_id=64), model(2, provider_id=U16), model(3, provider_id=63))
    yield single(
        "unchecked", "providers", "Providers 64 and 65,535 under a full mask.", high, everybody, "PROVIDER_ABOVE_63"
    )
    equal = of(model(5), model(5), model(5))
    yield single("unchecked", "equal", "One model three times is three candidates.", equal, asked)
