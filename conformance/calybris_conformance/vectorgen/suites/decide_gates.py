"""Decisions at the limit of every gate, and with every kind of bit in every mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import MILLION, U32, U64, given, model, request
from calybris_conformance.vectorgen.draft import Group, Question, single

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN_COST = {"input_cost_microunits_per_million_tokens": MILLION, "output_cost_microunits_per_million_tokens": 0}

#: Bits where a shift, a sign or a double goes wrong.
_BITS = (0, 1, 15, 16, 30, 31, 32, 33, 47, 52, 53, 54, 62, 63)


def boundaries() -> Iterator[Group]:
    """Every gate that compares numbers, from −1 to +1 of equality; 0 where it means no limit."""
    yield Group("quality", tuple(_around("minimum_quality_bps", 8_000, (0, 7_999, 8_000, 8_001, 10_000))), given())
    perfect = given([model(quality_bps=10_000), model(2, quality_bps=9_999, p95_latency_ms=100)])
    yield Group("best-quality", tuple(_around("minimum_quality_bps", 10_000, (9_998, 9_999, 10_000))), perfect)
    yield Group("latency", tuple(_around("max_p95_latency_ms", 200, (1, 199, 200, 201, U32))), given())
    zero = Question(
        "zero", "A limit of 0 is no limit.", {"request": request(max_p95_latency_ms=0)}, ("ZERO_CONSTRAINS",)
    )
    yield Group("latency", (zero,), given())
    instant = given([model(p95_latency_ms=0)])
    yield Group("latency-of-zero", tuple(_around("max_p95_latency_ms", 0, (0, 1))), instant)
    slowest = given([model(p95_latency_ms=U32)], latency_penalty_microunits_per_ms=0)
    yield Group("slowest", tuple(_around("max_p95_latency_ms", U32, (0, U32 - 1, U32))), slowest)
    yield Group("risk-ceiling", tuple(_around("risk_bps", 5_000, (4_999, 5_000, 5_001))), given())
    yield Group("risk-ceiling-zero", tuple(_around("risk_bps", 0, (0, 1))), given([model(risk_ceiling_bps=0)]))
    yield Group("budget", tuple(_around("budget_limit_microunits", 5_000, (0, 4_999, 5_000, 5_001, U64))), given())
    free = given([model(**dict.fromkeys(_PLAIN_COST, 0))])
    yield Group("budget-of-free", tuple(_around("budget_limit_microunits", 0, (0, 1))), free)
    yield Group("utility", tuple(_utilities()), given([model(quality_bps=10_000)], **_NO_PENALTIES))
    for gate, place in (("utility", 1), ("utility", 2)):
        catalog = [model(one, quality_bps=10_000 if one == place else 9_000) for one in (1, 2)]
        changed = request(business_value_microunits=5_001, confidence_bps=10_000)
        about = f"Model {place} gains 1, the other loses: one is eligible."
        yield single(gate, f"one-of-two-{place}", about, given(catalog, **_NO_PENALTIES), {"request": changed})


_NO_PENALTIES = {"risk_penalty_multiplier_bps": 0, "latency_penalty_microunits_per_ms": 0}


def _around(field: str, limit: int, values: tuple[int, ...]) -> Iterator[Question]:
    for value in values:
        # for the latency, 0 is not a limit that could be met exactly
        met = value == limit and (field, value) != ("max_p95_latency_ms", 0)
        flags = ("GATE_BOUNDARY",) if met else ()
        about = f"{field} is {value:,}; the model has {limit:,}."
        yield Question(f"at-{value}", about, {"request": request(**{field: value})}, flags)


def _utilities() -> Iterator[Question]:
    for name, value in {"minus-2": 4_998, "minus-1": 4_999, "zero": 5_000, "plus-1": 5_001, "plus-2": 5_002}.items():
        changed = request(business_value_microunits=value, confidence_bps=10_000)
        flags = ("UTILITY_ZERO_ELIGIBLE",) if value == 5_000 else ()
        yield Question(name, f"The utility is {value - 5_000}.", {"request": changed}, flags)


def masks() -> Iterator[Group]:
    """One bit, no bit, all bits, all but one; the provider's place in its mask."""
    everything = given([model(capabilities=U64, region_mask=U64)])
    nothing = given([model(capabilities=0, region_mask=0)])
    for bit in _BITS:
        one = 1 << bit
        high = ("MASK_32_BITS",) if bit > 31 else ()
        tested = request(required_capabilities=one, required_region_mask=one)
        only = given(
            [model(capabilities=one, region_mask=one), model(2, capabilities=U64 ^ one, region_mask=U64 ^ one)]
        )
        yield Group(
            f"bit-{bit}",
            (
                Question(
                    "capability-and-region",
                    f"Bit {bit} is required; model 2 has all others.",
                    {"request": tested},
                    high,
                ),
                # One mask at a time: a port that loses the upper half of one requirement lets model 2 pass here only.
                Question(
                    "capability-alone",
                    f"Capability {bit} is required, no region.",
                    {"request": request(required_capabilities=one, required_region_mask=0)},
                    high,
                ),
                Question(
                    "region-alone",
                    f"Region {bit} is required, no capability.",
                    {"request": request(required_capabilities=0, required_region_mask=one)},
                    high,
                ),
                Question(
                    "capability-others",
                    f"Every capability but bit {bit} is required.",
                    {"request": request(required_capabilities=U64 ^ one, required_region_mask=0)},
                ),
                Question(
                    "region-others",
                    f"Every region but bit {bit} would do.",
                    {"request": request(required_capabilities=0, required_region_mask=U64 ^ one)},
                ),
            ),
            only,
        )
        provider = given([model(1, provider_id=bit), model(2, provider_id=(bit + 32) % 64, p95_latency_ms=201)])
        yield Group(
            f"provider-{bit}",
            (
                Question(
                    "allowed", f"Only provider {bit} is allowed.", {"request": request(allowed_provider_mask=one)}, high
                ),
                Question(
                    "forbidden",
                    f"All but provider {bit} are allowed.",
                    {"request": request(allowed_provider_mask=U64 ^ one)},
                    high,
                ),
            ),
            provider,
        )
    yield Group("all-bits", tuple(_whole_masks()), everything)
    yield Group("no-bits", tuple(_whole_masks()), nothing)
    ends = given([model(provider_id=0), model(2, provider_id=63)])
    yield Group(
        "providers",
        tuple(
            Question(name, about, {"request": request(allowed_provider_mask=mask)})
            for name, about, mask in (
                ("none", "No provider is allowed.", 0),
                ("all", "Every provider is allowed.", U64),
                ("first", "Only provider 0 is allowed.", 1),
                ("last", "Only provider 63 is allowed.", 1 << 63),
                ("between", "All but the first and the last.", U64 ^ 1 ^ 1 << 63),
            )
        ),
        ends,
    )
    two_bits = given([model(capabilities=0b01, region_mask=0b01), model(2, capabilities=0b11, region_mask=0b10)])
    yield Group(
        "any-or-all",
        (
            Question(
                "capabilities",
                "Two capabilities are required; model 1 has one.",
                {"request": request(required_capabilities=0b11, required_region_mask=0)},
                ("MASK_TESTS_EXCHANGED",),
            ),
            Question(
                "regions",
                "Either region will do; each model has one.",
                {"request": request(required_capabilities=0, required_region_mask=0b11)},
                ("MASK_TESTS_EXCHANGED",),
            ),
            Question(
                "more-than-asked",
                "Model 2 has one capability more than required.",
                {"request": request(required_capabilities=0b10, required_region_mask=0)},
            ),
        ),
        two_bits,
    )


def _whole_masks() -> Iterator[Question]:
    for name, capabilities, region, flags in (
        ("nothing-required", 0, 0, ("ZERO_CONSTRAINS",)),
        ("everything-required", U64, U64, ()),
        ("all-capabilities", U64, 0, ()),
        ("any-region", 0, U64, ()),
        ("upper-half", 2**64 - 2**32, 2**64 - 2**32, ()),
        ("lower-half", 2**32 - 1, 2**32 - 1, ()),
        ("sign-bit", 1 << 63, 1 << 63, ()),
    ):
        changed = request(required_capabilities=capabilities, required_region_mask=region)
        yield Question(name, f"Required: {name.replace('-', ' ')}.", {"request": changed}, flags)
