"""Decisions whose amounts hunt for a rounding, a wrap or a lost digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import (
    I64_MAX,
    I64_MIN,
    MAX_BPS,
    MILLION,
    U32,
    U64,
    Record,
    given,
    model,
    request,
)
from calybris_conformance.vectorgen.draft import Group, Question, single

if TYPE_CHECKING:
    from collections.abc import Iterator

_INPUT_RATE = "input_cost_microunits_per_million_tokens"
_OUTPUT_RATE = "output_cost_microunits_per_million_tokens"

#: No gate stands in the way, and the utility is the quality term minus the cost.
_OPEN_POLICY = {
    "hard_risk_limit_bps": 10_000,
    "minimum_confidence_bps": 0,
    "risk_penalty_multiplier_bps": 0,
    "latency_penalty_microunits_per_ms": 0,
}
_OPEN_REQUEST = {
    "budget_limit_microunits": U64,
    "risk_bps": 0,
    "confidence_bps": MAX_BPS,
    "minimum_quality_bps": 0,
    "max_p95_latency_ms": 0,
}
_AROUND = {"below-2-31": 2**31 - 1, "at-2-31": 2**31, "below-2-32": 2**32 - 1}
_AROUND_WIDE = _AROUND | {
    "at-2-32": 2**32,
    "above-2-32": 2**32 + 1,
    "below-2-53": 2**53 - 1,
    "at-2-53": 2**53,
    "above-2-53": 2**53 + 1,
    "below-2-63": 2**63 - 1,
}
_AROUND_U64 = _AROUND_WIDE | {"at-2-63": 2**63, "above-2-63": 2**63 + 1, "below-2-64": U64}


def open_given(*models: Record, **changes: Any) -> Record:
    """A policy without penalties."""
    return given(models, **{**_OPEN_POLICY, **changes})


def open_request(**changes: Any) -> Record:
    """A request that no gate but the last stops."""
    return request(**{**_OPEN_REQUEST, **changes})


def cost() -> Iterator[Group]:
    """Tokens and rates whose sides have fractions, are exact, or do not fit 64 bits."""
    for name, about, tokens, rates, flags in (
        ("both-fractions", "Two sides of a millionth each: 1 + 1.", (1, 1), (1, 1), ("COST_ROUNDING",)),
        ("halves", "Two halves: 1 + 1, though the sum is exactly 1.", (1, 1), (500_000, 500_000), ("COST_ROUNDING",)),
        ("just-above-one", "Both sides are just above 1: 2 + 2.", (1_000_001, 1), (1, 1_000_001), ("COST_ROUNDING",)),
        ("input-fraction", "Only the input has a fraction.", (3, 1), (333_333, 2 * MILLION), ("COST_ROUNDING",)),
        ("output-fraction", "Only the output has a fraction.", (1, 7), (2 * MILLION, 142_858), ("COST_ROUNDING",)),
        ("input-only", "No output tokens.", (1_500, 0), (2_500_000, U64), ()),
        ("output-only", "No input tokens.", (0, 1_500), (U64, 2_500_000), ()),
        ("exact", "Both sides are exact.", (MILLION, 2 * MILLION), (3, 5), ()),
        ("one-below-exact", "One token below a million.", (999_999, 0), (1, 0), ("COST_ROUNDING",)),
        ("one-above-exact", "One token above a million.", (1_000_001, 0), (1, 0), ("COST_ROUNDING",)),
        ("no-tokens", "No tokens: free at any rate.", (0, 0), (U64, U64), ()),
        ("no-rates", "No rates: free for any number of tokens.", (U32, U32), (0, 0), ()),
        ("sides-differ", "Exchanged sides would cost 14,000.", (4_000, 1_000), (MILLION, 3 * MILLION), ()),
        ("most-tokens", "The most tokens of both sides at rate 1.", (U32, U32), (1, 1), ("COST_ROUNDING",)),
        ("above-2-53", "The product exceeds 2^53.", (U32, U32 - 1), (4_194_305, 8_388_609), ("DOUBLE_PRECISION",)),
    ):
        catalog = open_given(model(**{_INPUT_RATE: rates[0], _OUTPUT_RATE: rates[1]}))
        asked = open_request(business_value_microunits=2**60, input_tokens=tokens[0], output_tokens=tokens[1])
        yield single("cost", name, about, catalog, {"request": asked}, *flags)
    yield from _saturation()


def _saturation() -> Iterator[Group]:
    saturated = ("COST_WRAPS",)
    for name, about, tokens, rates, flags in (
        ("just-fits", "The cost is 2^64 − 1 by itself.", (MILLION, 0), (U64, 0), ()),
        ("sum-just-fits", "The two sides make 2^64 − 1.", (MILLION, 1), (U64 - 1, 1), ()),
        ("sum-exceeds", "The two sides make 2^64.", (MILLION, 1), (U64, 1), saturated),
        ("wraps-to-one", "The two sides make 2^64 + 1: a wrap would cost 1.", (MILLION, MILLION), (U64, 2), saturated),
        ("one-side-exceeds", "One side alone is 2^64.", (2 * MILLION, 0), (2**63, 0), saturated),
        ("largest", "Everything is the largest.", (U32, U32), (U64, U64), saturated),
        ("product-wraps", "tokens · rate is 2^64: a wrapped product would cost 0.", (2**32 - 2**31, 0), (2**33, 0), ()),
    ):
        catalog = open_given(model(**{_INPUT_RATE: rates[0], _OUTPUT_RATE: rates[1]}))
        for budget in (U64, U64 - 1):
            asked = open_request(
                business_value_microunits=I64_MAX,
                budget_limit_microunits=budget,
                input_tokens=tokens[0],
                output_tokens=tokens[1],
            )
            case = f"{name}-budget-{'largest' if budget == U64 else 'one-less'}"
            yield single("saturation", case, about, catalog, {"request": asked}, *flags)


def terms() -> Iterator[Group]:
    """One floor, not two; a negative value is no value; each factor of each term."""
    free = model(**{_INPUT_RATE: 0, _OUTPUT_RATE: 0}, risk_ceiling_bps=MAX_BPS)
    for name, value, confidence, quality in (
        ("one-not-zero", 3, 5_000, 9_000),
        ("one-not-zero-reversed", 3, 9_000, 5_000),
        ("three-factors", 20_001, 9_999, 9_997),
        ("primes", 100_002, 7_919, 6_271),
        ("truncates", 3, 10_000, 6_000),
        ("truncates-near-one", 10_001, 9_999, 9_999),
        ("beyond-2-53", 2**53 + 1, 9_999, 9_999),
        ("beyond-2-62", 2**62 + 12_345, 9_999, 7_777),
    ):
        flags = _term_flags(value, confidence, quality)
        about = f"{value:,} · {confidence:,} · {quality:,} / 10^8, rounded down once."
        asked = open_request(business_value_microunits=value, confidence_bps=confidence)
        yield single(
            "quality-term", name, about, open_given({**free, "quality_bps": quality}), {"request": asked}, *flags
        )
    for name, value, risk, multiplier in (
        ("one-floor", 1_000_009, 3_333, 7_777),
        ("small", 7, 5_000, 6_000),
        ("small-reversed", 7, 6_000, 5_000),
        ("largest-multiplier", 999_999, 1_234, 50_000),
        ("truncates", 100_003, 1_999, 9_999),
        ("beyond-2-62", 2**62 + 54_321, 1_237, 9_973),
    ):
        flags = _term_flags(value, risk, multiplier)
        about = f"{value:,} · {risk:,} · {multiplier:,} / 10^8, rounded down once."
        asked = open_request(business_value_microunits=value, risk_bps=risk)
        catalog = open_given({**free, "quality_bps": MAX_BPS}, risk_penalty_multiplier_bps=multiplier)
        yield single("risk-term", name, about, catalog, {"request": asked}, *flags)
    risky = open_given(free, risk_penalty_multiplier_bps=50_000)
    yield Group(
        "negative-value",
        tuple(
            Question(
                name,
                f"A value of {value:,} counts as 0, whatever the risk.",
                {"request": open_request(business_value_microunits=value, risk_bps=9_000)},
                ("NEGATIVE_VALUE_KEPT",) if value < -1 else (),
            )
            for name, value in {
                "zero": 0,
                "minus-one": -1,
                "minus-ten": -10,
                "large": -(10**12),
                "smallest": I64_MIN,
            }.items()
        ),
        risky,
    )
    heavy = open_given({**free, "quality_bps": MAX_BPS}, risk_penalty_multiplier_bps=10_000)
    yield Group(
        "risk-against-quality",
        tuple(
            Question(
                f"risk-{risk}",
                f"Confidence 5,000 and risk {risk:,} at equal weight.",
                {"request": open_request(business_value_microunits=MILLION, confidence_bps=5_000, risk_bps=risk)},
            )
            for risk in (4_999, 5_000, 5_001)
        ),
        heavy,
    )


def extremes() -> Iterator[Group]:
    """Products and sums that need more than 64 bits."""
    free = model(**{_INPUT_RATE: 0, _OUTPUT_RATE: 0}, risk_ceiling_bps=MAX_BPS, quality_bps=MAX_BPS)
    best = open_request(business_value_microunits=I64_MAX)
    yield single("largest", "value", "The utility is 2^63 − 1.", open_given(free), {"request": best}, "PRODUCT_64_BITS")
    dear = {**free, _INPUT_RATE: MILLION}
    yield single("largest", "value-minus-cost", "The utility is 2^63 − 1001.", open_given(dear), {"request": best})
    for name, latency, penalty in (
        ("product-2-64", 2**31, 2**33),
        ("product-2-63", 2**31, 2**32),
        ("product-2-64-plus", 2**31 + 1, 2**33),
        ("largest", U32, U64),
        ("largest-penalty", 1, U64),
        ("penalty-2-63", 1, 2**63),
        ("penalty-just-affordable", 1, I64_MAX - 1),
        ("penalty-just-too-high", 1, I64_MAX),
    ):
        catalog = open_given({**free, "p95_latency_ms": latency}, latency_penalty_microunits_per_ms=penalty)
        about = f"{latency:,} ms at {penalty:,} per ms against the highest value."
        flags = ("PRODUCT_64_BITS",) if latency * penalty >= 2**63 else ()
        wraps = _wraps_upwards(I64_MAX - latency * penalty)
        yield single("latency-penalty", name, about, catalog, {"request": best}, *flags, *wraps)
    for name, rate in (
        ("2-63-minus-1", I64_MAX),
        ("2-63", 2**63),
        ("2-63-plus-1", 2**63 + 1),
        ("2-63-plus-2", 2**63 + 2),
        ("2-64-minus-1", U64),
    ):
        catalog = open_given({**free, _INPUT_RATE: rate})
        asked = {"request": open_request(business_value_microunits=1, input_tokens=MILLION)}
        about = f"A cost of {rate:,} against a value of 1."
        yield single("cost-against-one", name, about, catalog, asked, *_wraps_upwards(1 - rate))
    ruinous = {**free, "p95_latency_ms": 2**31}
    modest = {**free, "model_id": 2, "p95_latency_ms": 0, "quality_bps": 9_999}
    catalog = open_given(ruinous, modest, latency_penalty_microunits_per_ms=2**33)
    about = "A wrapped utility would beat the modest one: the penalty is 2^64."
    yield single("wrap-wins", "latency", about, catalog, {"request": best}, "UTILITY_WRAPS", "PRODUCT_64_BITS")
    risk = open_given(free, risk_penalty_multiplier_bps=50_000)
    asked = open_request(business_value_microunits=I64_MAX, risk_bps=9_999)
    yield single(
        "risk-term",
        "five-times-the-value",
        "The risk term is nearly 5 · 2^63.",
        risk,
        {"request": asked},
        "PRODUCT_64_BITS",
    )
    asked = open_request(business_value_microunits=I64_MAX, risk_bps=1_999)
    yield single(
        "risk-term", "nearly-the-value", "Risk and quality nearly cancel, far beyond 2^53.", risk, {"request": asked}
    )


def _term_flags(value: int, one: int, other: int) -> tuple[str, ...]:
    """The flags that value · one · other / 10^8 deserves: does a floor after each factor, in some order, change it?"""
    exact = value * one * other // MAX_BPS**2
    stepwise = {value * a // MAX_BPS * b // MAX_BPS for a, b in ((one, other), (other, one))}
    flags = ("TWO_FLOORS",) if stepwise != {exact} else ()
    return (*flags, "PRODUCT_64_BITS") if value * one * other >= 2**63 else flags


def _wraps_upwards(exact: int) -> tuple[str, ...]:
    """The flag of a utility that a cast to 64 bits would make positive."""
    return ("UTILITY_WRAPS",) if exact <= 0 and 0 < exact % 2**64 < 2**63 else ()


def magnitudes() -> Iterator[Group]:
    """One field at a time around the powers where a type ends; the answer shows every digit."""
    free = model(**{_INPUT_RATE: 0, _OUTPUT_RATE: 0}, quality_bps=MAX_BPS)
    for field, values in (
        ("request_sequence", _AROUND_U64),
        ("business_value_microunits", _AROUND_WIDE),
        ("requested_model_id", _AROUND),
        ("input_tokens", _AROUND),
        ("output_tokens", _AROUND),
    ):
        catalog = [free, {**model(2), "quality_bps": 9_000}]
        if field == "requested_model_id":
            catalog = [{**free, "model_id": 2**31}, {**free, "model_id": U32, "p95_latency_ms": 1}]
        if field.endswith("tokens"):
            catalog = [{**free, _INPUT_RATE: 1_999_999, _OUTPUT_RATE: 2_000_003}]
        yield Group(
            field.replace("_", "-"),
            tuple(
                _magnitude(name, field, value, open_request(**{"business_value_microunits": 2**62, field: value}))
                for name, value in values.items()
            ),
            open_given(*catalog),
        )
    rate = open_given({**free, _INPUT_RATE: 2 * MILLION}, {**free, "model_id": 2, _INPUT_RATE: 2 * MILLION + 1})
    budgets = tuple(
        _magnitude(
            name,
            "budget_limit_microunits",
            value,
            open_request(business_value_microunits=I64_MAX, budget_limit_microunits=value, input_tokens=U32),
        )
        for name, value in _AROUND_U64.items()
    )
    yield Group("budget-limit-microunits", budgets, rate)
    asked = open_request(business_value_microunits=I64_MAX, input_tokens=MILLION, output_tokens=MILLION)
    for field in (_INPUT_RATE, _OUTPUT_RATE, "p95_latency_ms"):
        for name, value in (_AROUND if field == "p95_latency_ms" else _AROUND_WIDE).items():
            under = open_given({**free, field: value}, latency_penalty_microunits_per_ms=1)
            yield Group(field.replace("_", "-"), (_magnitude(name, field, value, asked),), under)
    for field in ("policy_epoch", "catalog_epoch", "latency_penalty_microunits_per_ms"):
        values = _AROUND_WIDE if field.startswith("latency") else _AROUND_U64
        for name, value in values.items():
            under = open_given({**free, "p95_latency_ms": 1}, **{field: value})
            yield Group(field.replace("_", "-"), (_magnitude(name, field, value, asked),), under)


def _magnitude(name: str, field: str, value: int, asked: Record) -> Question:
    # A double keeps 2^53 − 1 and every power of two; it is the neighbours that it loses.
    flags = () if int(float(value)) == value else ("DOUBLE_PRECISION",)
    return Question(name, f"{field} is {value:,}.", {"request": asked}, flags)
