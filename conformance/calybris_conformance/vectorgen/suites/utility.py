"""The utility of one model: only when the request and the model pass everything (UTIL-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import GATES, MAX_BPS, U32, Record, failing, given, model, request
from calybris_conformance.vectorgen.draft import Draft, Group, Question, single
from calybris_conformance.vectorgen.market import accumulated_request, market
from calybris_conformance.vectorgen.scenarios import slug

if TYPE_CHECKING:
    from collections.abc import Iterator


def files() -> Iterator[Draft]:
    """Eligible, rejected by each gate, stopped by a limit, unknown; ids twice need an unchecked policy."""
    yield Draft("utility", "models", "utility", "The utility of one model", "UTIL-1 GATE-3 MONEY-6", tuple(_models()))
    yield Draft(
        "utility",
        "unchecked",
        "utility",
        "The first model with the id is meant",
        "UTIL-1 POLICY-6",
        tuple(_unchecked()),
        requires="constructor.unchecked",
    )


def _ask(name: str, about: str, model_id: int, asked: Record, *flags: str) -> Question:
    return Question(name, about, {"request": asked, "model_id": model_id}, flags)


def _models() -> Iterator[Group]:
    catalog = given(
        [
            model(1, risk_ceiling_bps=MAX_BPS),
            *(failing(gate, place) for place, gate in enumerate(GATES, 2)),
            model(20, p95_latency_ms=300),
        ]
    )
    gated = "UTILITY_NOT_GATED"
    questions = [
        _ask("winner", "The winner's utility.", 1, request()),
        _ask("other", "An eligible model that is not the winner.", 20, request()),
        _ask("not-requested", "The requested model does not matter.", 20, request(requested_model_id=999)),
        _ask("unknown", "There is no model 999.", 999, request()),
        _ask("zero", "There is no model 0.", 0, request()),
        _ask("largest", "There is no model 2^32 − 1.", U32, request()),
        _ask("index", "11 is an index of the catalog, 13 no id.", 13, request()),
        *(
            _ask(slug("fails", gate), f"It fails {gate}.", place, request(), gated)
            for place, gate in enumerate(GATES, 2)
        ),
        _ask("risk-limit", "The risk reaches the hard limit.", 1, request(risk_bps=9_600), gated),
        _ask("below-confidence", "The confidence is below the minimum.", 1, request(confidence_bps=5_499), gated),
        _ask("no-value", "No value: no utility.", 1, request(business_value_microunits=0), gated),
        _ask("negative-value", "A negative value.", 1, request(business_value_microunits=-5), gated),
    ]
    yield Group("models", tuple(questions), catalog)
    sharp = given([model(quality_bps=MAX_BPS)], risk_penalty_multiplier_bps=0, latency_penalty_microunits_per_ms=0)
    boundary = (
        _ask(
            name,
            f"The utility is {value - 5_000}.",
            1,
            request(business_value_microunits=value, confidence_bps=MAX_BPS),
            *(("UTILITY_ZERO_ELIGIBLE",) if name == "zero" else ()),
        )
        for name, value in {"minus-1": 4_999, "zero": 5_000, "plus-1": 5_001}.items()
    )
    yield Group("boundary", tuple(boundary), sharp)
    largest = given(
        [
            model(
                quality_bps=MAX_BPS,
                input_cost_microunits_per_million_tokens=0,
                output_cost_microunits_per_million_tokens=0,
            )
        ],
        risk_penalty_multiplier_bps=0,
        latency_penalty_microunits_per_ms=0,
    )
    best = request(business_value_microunits=2**63 - 1, confidence_bps=MAX_BPS)
    yield Group("largest", (_ask("value", "The utility is 2^63 − 1.", 1, best, "DOUBLE_PRECISION"),), largest)
    questions = [
        _ask(
            f"request-{k}-model-{model_id}",
            f"Accumulated request {k} of the seed 'utility', model {model_id}.",
            model_id,
            accumulated_request(b"utility", k),
        )
        for k in range(5)
        for model_id in (1, 7, 12, 18, 20, 22)
    ]
    yield Group("market-22", tuple(questions), {"policy": market(22)})


def _unchecked() -> Iterator[Group]:
    def ask(name: str, about: str, *models: Record) -> Group:
        flags = ("UTILITY_NOT_GATED",) if name == "first-not-eligible" else ()
        return single(
            "twice", name, about, given(models, constructor="unchecked"), {"request": request(), "model_id": 7}, *flags
        )

    better, worse, disabled = model(7), model(7, p95_latency_ms=400), model(7, enabled=0)
    yield ask("first-better", "The first of two is better.", better, worse)
    yield ask("second-better", "The second of two is better: still the first.", worse, better)
    yield ask(
        "first-not-eligible", "The first of two is disabled: none, though the second is eligible.", disabled, better
    )
    yield ask("second-not-eligible", "The second of two is disabled.", better, disabled)
    yield ask("after-others", "Other models stand before the two.", model(1), model(9), worse, better)
    yield ask("empty", "No model at all.")
