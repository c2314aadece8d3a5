"""Explanations: a row per candidate, its gate, its numbers, its terms (EXPL-1 to EXPL-4)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import (
    GATES,
    I64_MAX,
    I64_MIN,
    MAX_BPS,
    MILLION,
    U16,
    U32,
    U64,
    Record,
    failing,
    failing_both,
    given,
    model,
    request,
)
from calybris_conformance.vectorgen.draft import Draft, Group, Question, single
from calybris_conformance.vectorgen.market import accumulated_request, market
from calybris_conformance.vectorgen.scenarios import slug
from calybris_conformance.vectorgen.suites.decide_money import open_given, open_request

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERS = "EXPL-1 EXPL-2 EXPL-3"


def files() -> Iterator[Draft]:
    """Rows of every status and gate, terms beyond 64 bits, order, and no rows after a hard limit."""
    yield _file("rows", "A row of every status and gate", _NUMBERS, _rows())
    yield _file("gate-pairs", "Two gates failed: the row names the first", "EXPL-2 GATE-3", _gate_pairs())
    yield _file("terms", "Terms are exact, the utility is clamped", "EXPL-3 MONEY-6", _terms())
    yield _file("limits", "No rows after a hard limit", "EXPL-4", _limits())
    yield _file("order-given", "Rows in the order given", "EXPL-1 POLICY-5", _order("try_new"), "constructor.try_new")
    yield _file(
        "order-sorted",
        "Rows in ascending ids",
        "EXPL-1 POLICY-7",
        _order("try_new_trusted"),
        "constructor.try_new_trusted",
    )
    yield _file("unchecked", "Policies that no check has seen", _NUMBERS, _unchecked(), "constructor.unchecked")


def _file(name: str, title: str, clauses: str, groups: Iterator[Group], requires: str = "") -> Draft:
    return Draft("explain", name, "explain", title, clauses, tuple(groups), requires=requires)


def _rows() -> Iterator[Group]:
    filled = "EXPLAIN_FILLED"
    asked = {"request": request()}
    yield single("status", "eligible", "An eligible model: no gate, all terms.", given(), asked, filled)
    for gate in GATES:
        catalog = given([failing(gate), model(2)])
        yield single("status", slug(gate), f"A model that fails {gate} alone.", catalog, asked, filled)
    every = [model(1), *(failing(gate, place) for place, gate in enumerate(GATES, 2)), model(11, p95_latency_ms=100)]
    about = "Every status and gate once, the best candidate last."
    yield single("status", "every", about, given(every), asked, filled, "EXPLAIN_NOT_CATALOG_ORDER")
    for gate, changes in (
        ("capability", {"required_capabilities": U64}),
        ("provider", {"allowed_provider_mask": 0}),
        ("region", {"required_region_mask": 1 << 63}),
        ("latency", {"max_p95_latency_ms": 1}),
        ("quality", {"minimum_quality_bps": MAX_BPS}),
        ("budget", {"budget_limit_microunits": 0}),
    ):
        about = f"The request's side of {gate} at an extreme."
        yield single("extremes", gate, about, given(), {"request": request(**changes)}, filled)
    questions = (
        Question(
            f"request-{k}",
            f"Accumulated request {k} of the seed 'explain'.",
            {"request": accumulated_request(b"explain", k)},
        )
        for k in range(12)
    )
    yield Group("market-22", tuple(questions), {"policy": market(22)})


def _gate_pairs() -> Iterator[Group]:
    asked = {"request": request()}
    for first, second in combinations(GATES, 2):
        catalog = given([failing_both(first, second), model(2)])
        about = f"A model fails {first} and {second}: the row names {first}."
        yield single("gate-pairs", slug(first, "before", second), about, catalog, asked, "GATE_ORDER")


def _terms() -> Iterator[Group]:
    flag = "EXPLAIN_TERMS_CLAMPED"
    free = model(
        input_cost_microunits_per_million_tokens=0, output_cost_microunits_per_million_tokens=0, quality_bps=MAX_BPS
    )
    best = {"request": open_request(business_value_microunits=I64_MAX)}
    slow = open_given({**free, "p95_latency_ms": U32}, latency_penalty_microunits_per_ms=U64)
    yield single("terms", "latency-96-bits", "The latency term is (2^32 − 1) · (2^64 − 1).", slow, best, flag)
    slow = open_given({**free, "p95_latency_ms": 2}, latency_penalty_microunits_per_ms=2**63)
    yield single("terms", "latency-2-64", "The latency term is 2^64.", slow, best, flag)
    risky = open_given({**free, "risk_ceiling_bps": MAX_BPS}, risk_penalty_multiplier_bps=50_000)
    asked = {"request": open_request(business_value_microunits=I64_MAX, risk_bps=9_999)}
    yield single("terms", "risk-66-bits", "The risk term is nearly 5 · 2^63.", risky, asked, flag)
    asked = {"request": open_request(business_value_microunits=I64_MIN, risk_bps=9_999)}
    yield single("terms", "negative-value", "A negative value: both terms are 0.", risky, asked, "NEGATIVE_VALUE_KEPT")
    costly = open_given({**free, "input_cost_microunits_per_million_tokens": U64})
    for tokens in (MILLION, MILLION + 1, U32):
        asked = {"request": open_request(business_value_microunits=1, input_tokens=tokens)}
        flags = ("COST_WRAPS",) if tokens > MILLION else ()
        yield single("terms", f"cost-of-{tokens}", f"{tokens:,} tokens at the highest rate.", costly, asked, *flags)
    for offset in (-2, -1, 0, 1, 2):
        # value 0: the utility is minus the cost, here around −2^63
        catalog = open_given({**free, "input_cost_microunits_per_million_tokens": 2**63 + offset})
        asked = {"request": open_request(business_value_microunits=0, input_tokens=MILLION)}
        flags = ("UTILITY_WRAPS",) if offset > 0 else ()
        yield single(
            "lowest", f"offset-{offset + 2}", f"The exact utility is −2^63 {-offset:+d}.", catalog, asked, *flags
        )
    yield single("terms", "highest", "The utility is 2^63 − 1.", open_given(free), best, "PRODUCT_64_BITS")
    zero = {"request": open_request(business_value_microunits=0)}
    yield single(
        "terms",
        "all-zero",
        "Every term is 0, and so is the utility.",
        open_given({**free, "p95_latency_ms": 0}),
        zero,
        "UTILITY_ZERO_ELIGIBLE",
    )
    asked = {"request": open_request(business_value_microunits=3, confidence_bps=5_000)}
    one_floor = open_given({**free, "quality_bps": 9_000})
    yield single("terms", "one-floor", "1.35 is 1, not 0.", one_floor, asked, "TWO_FLOORS")


def _limits() -> Iterator[Group]:
    questions = tuple(
        Question(name, about, {"request": request(**changes)}, ("EXPLAIN_NOT_CATALOG_ORDER",))
        for name, about, changes in (
            ("risk", "The risk reaches the hard limit.", {"risk_bps": 9_600}),
            ("confidence", "The confidence is below the minimum.", {"confidence_bps": 5_499}),
            ("both", "Both limits are broken.", {"risk_bps": MAX_BPS, "confidence_bps": 0}),
        )
    )
    just_inside = Question(
        "neither", "Neither limit is broken.", {"request": request(risk_bps=9_599, confidence_bps=5_500)}
    )
    yield Group("limits", (*questions, just_inside), given([model(1), failing("quality", 2)]))


def _order(constructor: str) -> Iterator[Group]:
    catalog = [
        model(30),
        failing("budget", 10),
        model(20, p95_latency_ms=100),
        failing("disabled", 40),
        failing("utility", 5),
    ]
    about = "Ids 30, 10, 20, 40, 5: neither ranked nor grouped."
    where = given(catalog, constructor=constructor)
    yield single(
        slug("order", constructor),
        "mixed",
        about,
        where,
        {"request": request()},
        "EXPLAIN_NOT_CATALOG_ORDER",
        "CONSTRUCTOR_ORDER",
    )


def _unchecked() -> Iterator[Group]:
    def of(*models: Record) -> Record:
        return given(models, constructor="unchecked")

    asked = {"request": request(allowed_provider_mask=U64)}
    yield single("unchecked", "empty", "No model: no row.", of(), asked)
    for provider in (64, 127, U16):
        about = f"Provider {provider:,}: the limit shown is 63, not the mask."
        yield single(
            "unchecked", f"provider-{provider}", about, of(model(provider_id=provider)), asked, "PROVIDER_ABOVE_63"
        )
    yield single("unchecked", "enabled-255", "enabled 255 is on.", of(model(enabled=255)), asked, "ENABLED_ONLY_ONE")
    yield single("unchecked", "same-id", "One id twice: two rows.", of(model(7), model(7, quality_bps=1)), asked)
    above = of(model(quality_bps=U16, risk_ceiling_bps=U16))
    yield single("unchecked", "quality-65535", "A quality of 65,535 counts as it is.", above, asked)
