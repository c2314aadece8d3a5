"""Decisions over catalogs of every size, and over policies and requests that no check has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import (
    GATES,
    I64_MAX,
    MAX_BPS,
    U16,
    U64,
    Record,
    failing,
    given,
    model,
    request,
    series,
)
from calybris_conformance.vectorgen.draft import Group, Question, single
from calybris_conformance.vectorgen.market import accumulated_request, market
from calybris_conformance.vectorgen.suites.decide_money import open_given, open_request
from calybris_conformance.vectorgen.suites.decide_ranking import candidate, ranked_given, ranked_request

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE = {"input_cost_microunits_per_million_tokens": 0, "output_cost_microunits_per_million_tokens": 0}
_SEED = b"calybris"
_MARKET_REQUESTS = 60


def unchecked() -> Iterator[Group]:
    """What only `new_unchecked` lets through: deciding is total all the same."""

    def of(*models: Record, **changes: Any) -> Record:
        return given(models, constructor="unchecked", **changes)

    def ranked(*models: Record) -> Record:
        return ranked_given(models, constructor="unchecked")

    asked = {"request": request()}
    yield single("empty", "no-model", "No model at all.", of(), asked, "EMPTY_CATALOG")
    for name, changes in (("risk", {"risk_bps": 9_600}), ("confidence", {"confidence_bps": 0})):
        about = f"No model at all, and the {name} limit comes first."
        yield single("empty", f"{name}-limit", about, of(), {"request": request(**changes)}, "EMPTY_CATALOG")
    yield single("disabled", "all", "Every model is disabled.", of(*(failing("disabled", k) for k in (1, 2, 3))), asked)
    yield single("disabled", "alone", "The only model is disabled.", of(failing("disabled")), asked)
    for enabled in (1, 2, 127, 128, 255):
        flags = ("ENABLED_ONLY_ONE",) if enabled > 1 else ()
        yield single("enabled", str(enabled), f"enabled is {enabled}: on.", of(model(enabled=enabled)), asked, *flags)
    for provider in (63, 64, 65, 95, 96, 127, 128, 255, 256, 319, U16 - 1, U16):
        for word, mask in (("all", U64), ("low-bit", 1 << provider % 64), ("others", U64 ^ (1 << provider % 64))):
            about = f"Provider {provider:,} under a mask with {word.replace('-', ' ')}."
            flags = ("PROVIDER_ABOVE_63",) if provider > 63 and word != "others" else ()
            where = {"request": request(allowed_provider_mask=mask)}
            yield single("provider", f"{provider}-{word}", about, of(model(provider_id=provider)), where, *flags)
    asked = {"request": ranked_request(requested_model_id=7)}
    for size in (2, 3):
        same = [candidate(7)] * size
        about = f"{size} models are equal in everything, the id too: the first stays."
        yield single("equal", f"all-{size}", about, ranked(*same), asked, "EQUAL_LATER_WINS")
    worse, better = candidate(7, latency=60), candidate(7)
    yield single(
        "equal", "same-id-better-last", "One id twice: the better one.", ranked(worse, better), asked, "RUNNER_UP_STALE"
    )
    yield single("equal", "same-id-better-first", "One id twice: the better one.", ranked(better, worse), asked)
    first, second = candidate(7, provider_id=3, capabilities=0b0110), candidate(7, capabilities=0b1111)
    yield single(
        "equal",
        "differ-elsewhere",
        "They differ in what does not rank.",
        ranked(first, second),
        asked,
        "EQUAL_LATER_WINS",
    )
    for_second = [candidate(1, 9_000), candidate(7), candidate(7), candidate(8)]
    yield single("equal", "for-second-place", "Two equals for the second place.", ranked(*for_second), asked)
    high = dict.fromkeys(("hard_risk_limit_bps", "risk_penalty_multiplier_bps"), U16)
    wide = of(model(quality_bps=U16, risk_ceiling_bps=U16), **high)
    yield single(
        "above-bounds",
        "everything",
        "Quality, ceiling, limit and multiplier are 65,535.",
        wide,
        {"request": request(risk_bps=MAX_BPS)},
    )
    yield single(
        "above-bounds",
        "minimum-confidence",
        "No confidence reaches 65,535.",
        of(model(), minimum_confidence_bps=U16),
        {"request": request(confidence_bps=MAX_BPS)},
        "HARD_LIMIT_EVALUATES",
    )
    yield single(
        "above-bounds",
        "hard-risk-limit",
        "No risk reaches 65,535.",
        of(model(), hard_risk_limit_bps=U16),
        {"request": request(risk_bps=MAX_BPS)},
    )
    yield single(
        "above-bounds",
        "quality-above-value",
        "A quality of 20,000 doubles the value.",
        of(model(quality_bps=20_000)),
        {"request": request()},
    )
    clamped = open_given(model(**_FREE, quality_bps=10_001), constructor="unchecked")
    best = {"request": open_request(business_value_microunits=I64_MAX)}
    yield single("above-bounds", "clamped-utility", "The utility exceeds 2^63 − 1.", clamped, best, "UTILITY_WRAPS")


def input_unchecked() -> Iterator[Group]:
    """Proportions above 10,000 are used as they stand; the highest ones drive the utility beyond i64."""
    wide = given([model(risk_ceiling_bps=MAX_BPS), model(2, quality_bps=MAX_BPS, p95_latency_ms=300)])
    questions = [
        Question(f"{field.replace('_', '-')}-{value}", f"{field} is {value:,}.", {"request": request(**{field: value})})
        for field in ("risk_bps", "confidence_bps", "minimum_quality_bps")
        for value in (10_001, 16_384, 20_000, 32_767, 32_768, U16)
    ]
    everything = request(risk_bps=U16, confidence_bps=U16, minimum_quality_bps=U16)
    questions.append(Question("everything-largest", "All three are 65,535.", {"request": everything}))
    yield Group("above-bounds", tuple(questions), wide)
    free = model(**_FREE, quality_bps=MAX_BPS)
    for price in (0, 1, 2, 3):
        catalog = open_given({**free, "input_cost_microunits_per_million_tokens": price * 1_000})
        asked = open_request(business_value_microunits=2**62, confidence_bps=20_000)
        about = f"The quality term is 2^63, the cost {price}."
        flags = ("UTILITY_CLAMPED_EARLY",) if price else ("UTILITY_WRAPS",)
        yield single("clamp", f"cost-{price}", about, catalog, {"request": asked}, *flags)
    catalog = open_given({**free, "p95_latency_ms": 3}, latency_penalty_microunits_per_ms=2**61)
    asked = open_request(business_value_microunits=I64_MAX, confidence_bps=U16)
    yield single(
        "clamp",
        "latency",
        "A term beyond i64 less a large penalty.",
        catalog,
        {"request": asked},
        "UTILITY_CLAMPED_EARLY",
    )
    two = open_given(free, {**free, "model_id": 2, "quality_bps": 9_999})
    about = "Both utilities are clamped to 2^63 − 1: they tie, and the quality decides."
    yield single("clamp", "tie-at-the-top", about, two, {"request": asked}, "TIE_QUALITY")
    dear = open_given(
        {**free, "input_cost_microunits_per_million_tokens": 1_000}, {**free, "model_id": 2, "quality_bps": 9_999}
    )
    about = "Both utilities are clamped: the lower cost wins, though the exact sum is lower."
    yield single("clamp", "cost-at-the-top", about, dear, {"request": asked}, "TIE_COST")


def both_unchecked() -> Iterator[Group]:
    """The largest proportions on both sides."""
    free = model(**_FREE, quality_bps=U16, risk_ceiling_bps=U16)
    unbounded = {"constructor": "unchecked", "hard_risk_limit_bps": U16}
    for name, multiplier, risk in (("small-risk", 1, 1), ("large-risk", U16, U16 - 1), ("nearly-equal", U16, U16 - 2)):
        catalog = open_given(free, **unbounded, risk_penalty_multiplier_bps=multiplier)
        for word, confidence in (("largest", U16), ("one-less", U16 - 1)):
            asked = open_request(business_value_microunits=I64_MAX, confidence_bps=confidence, risk_bps=risk)
            about = f"Both terms are far beyond i64: risk {risk:,} at {multiplier:,}, confidence {confidence:,}."
            yield single(
                "terms",
                f"{name}-confidence-{word}",
                about,
                catalog,
                {"request": asked},
                "UTILITY_CLAMPED_EARLY",
                "PRODUCT_64_BITS",
            )
    limit = open_given(free, **unbounded)
    yield single(
        "limits",
        "risk-reaches-65535",
        "Risk and limit are 65,535.",
        limit,
        {"request": open_request(risk_bps=U16)},
        "HARD_LIMIT_BOUNDARY",
    )
    ceiling = open_given({**free, "risk_ceiling_bps": 30_000}, **unbounded)
    questions = tuple(
        Question(
            f"ceiling-{risk}",
            f"Risk {risk:,} under a ceiling of 30,000.",
            {"request": open_request(risk_bps=risk)},
            ("GATE_BOUNDARY",) if risk == 30_000 else (),
        )
        for risk in (30_000, 30_001)
    )
    yield Group("limits", questions, ceiling)


def ordinary() -> Iterator[Group]:
    """The catalogs of `accumulate` and its first requests, one by one: for whoever gets another digest there."""
    for size in (1, 3, 22):
        questions = (
            Question(
                f"request-{k}",
                f"Accumulated request {k} of the seed 'calybris'.",
                {"request": accumulated_request(_SEED, k)},
            )
            for k in range(_MARKET_REQUESTS if size == 22 else 20)
        )
        yield Group(f"market-{size}", tuple(questions), {"policy": market(size)})
    mixed = [failing(gate, 2 * place) if place % 3 else model(2 * place) for place, gate in enumerate(GATES, 1)]
    yield single(
        "mixed",
        "nine",
        "Every third model is eligible, the others fail one gate each.",
        given(mixed),
        {"request": request()},
    )


_INPUT_RATE = "input_cost_microunits_per_million_tokens"


def many() -> Iterator[Group]:
    """Many models: everybody equal, nobody eligible, and the last one best."""
    thousand = "models-1000"
    same = ranked_given(series(1_000, candidate(1), model_id=1))
    about = "1,000 equal models: the first wins, all are eligible."
    yield single(thousand, "equal", about, same, {"request": ranked_request()}, "TIE_MODEL_ID")
    worthless = {"request": ranked_request(business_value_microunits=0)}
    yield single(thousand, "nobody", "1,000 models without value.", same, worthless, "REJECT_NOT_BLANK")
    last = ranked_given(series(1_000, candidate(1, cost=1_000), model_id=1, **{_INPUT_RATE: -1}))
    asked = {"request": ranked_request(requested_model_id=1_000)}
    yield single(thousand, "last-wins", "Each model costs 1 less: the last wins.", last, asked, "RUNNER_UP_STALE")
    last = ranked_given(series(U16, candidate(1, cost=U16), model_id=1, **{_INPUT_RATE: -1}))
    about = "Each of 65,535 models costs 1 less: the last wins, at index 65,534."
    yield single(f"models-{U16}", "last-wins", about, last, _VALUED, "COUNTS_WRAP")


def beyond() -> Iterator[Group]:
    """More models than a count can hold: every one is walked, counts and the index stop at 65,535."""
    count = U16 + 2
    catalog = series(count, candidate(1, cost=count), model_id=1, **{_INPUT_RATE: -1})
    about = f"{count:,} models, of which the last wins, at index 65,536."
    last = ranked_given(catalog, constructor="unchecked")
    yield single("beyond", f"last-of-{count}", about, last, _VALUED, "COUNTS_WRAP")


_VALUED = {"request": ranked_request(business_value_microunits=10**6, budget_limit_microunits=10**6)}
