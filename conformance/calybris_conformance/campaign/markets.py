"""Realistic policies and requests: a router of language models, and the checks before a trade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calybris_conformance.campaign.catalogs import INPUT_RATE, OUTPUT_RATE, U64, Record, drawn, policy

if TYPE_CHECKING:
    from calybris_conformance.campaign.draws import Draws

Columns = dict[str, Any]

# Prices per million tokens in microunits, input and output: from the cheapest models that are sold to the dearest.
_PRICES = (
    (50_000, 200_000),
    (150_000, 600_000),
    (250_000, 1_250_000),
    (800_000, 4_000_000),
    (1_250_000, 10_000_000),
    (3_000_000, 15_000_000),
    (15_000_000, 75_000_000),
)


def routing(draws: Draws, rows: int) -> tuple[Record, Columns]:
    """A request to a language model: some thousand tokens, tools or images now and then, a few regions."""

    def fields(_place: int) -> Record:
        tier = draws.number(0, len(_PRICES) - 1)
        input_rate, output_rate = _PRICES[tier]
        return {
            "provider_id": draws.number(0, 7),
            "quality_bps": min(6_000 + tier * 500 + draws.number(0, 900), 10_000),
            "risk_ceiling_bps": draws.one((4_000, 7_000, 9_000, 9_500)),
            "enabled": int(draws.chance(930)),
            "p95_latency_ms": 150 + tier * 250 + draws.number(0, 600),
            "capabilities": draws.word() & 0b111111 | 1,
            "region_mask": draws.word() & 0b1111 | 1 << draws.number(0, 3),
            INPUT_RATE: input_rate,
            OUTPUT_RATE: output_rate,
        }

    models = drawn(draws, draws.number(4, 22), fields)
    record = policy(
        models,
        policy_epoch=draws.number(1, 500),
        catalog_epoch=draws.number(1, 500),
        hard_risk_limit_bps=9_600,
        minimum_confidence_bps=5_500,
        risk_penalty_multiplier_bps=3_500,
        latency_penalty_microunits_per_ms=draws.one((1, 2, 2, 5)),
    )
    wanted = draws.between(rows, 0, 63) & draws.between(rows, 0, 63) & draws.between(rows, 0, 63)
    return record, {
        "requested_model_id": draws.picks(rows, [one["model_id"] for one in models]),
        "input_tokens": draws.magnitudes(rows, 2**17 - 1),
        "output_tokens": draws.magnitudes(rows, 2**13 - 1),
        "business_value_microunits": draws.magnitudes(rows, 2**25 - 1).view(np.int64),
        "budget_limit_microunits": draws.magnitudes(rows, 2**22 - 1),
        "risk_bps": draws.between(rows, 0, 9_000) * draws.between(rows, 0, 1) + draws.between(rows, 0, 700),
        "confidence_bps": draws.between(rows, 5_200, 10_000),
        "minimum_quality_bps": draws.picks(rows, (0, 0, 6_000, 7_000, 8_000, 9_000, 9_500)),
        "max_p95_latency_ms": draws.picks(rows, (0, 0, 400, 800, 1_500, 3_000)),
        "required_capabilities": wanted,
        "allowed_provider_mask": draws.picks(rows, (U64, U64, 0b11110000, 0b00111111, 1)),
        "required_region_mask": draws.picks(rows, (0, 0, 0b0001, 0b0110, 0b1000)),
    }


def trade(draws: Draws, rows: int) -> tuple[Record, Columns]:
    """An order before it goes to a venue: large amounts, few milliseconds, risk near its limit, venues that may not."""

    def fields(_place: int) -> Record:
        return {
            "provider_id": draws.number(0, 15),
            "quality_bps": draws.number(9_000, 10_000),
            "risk_ceiling_bps": draws.one((2_500, 5_000, 5_001, 7_500)),
            "enabled": int(draws.chance(970)),
            "p95_latency_ms": draws.number(1, 12),
            "capabilities": draws.word() & 0b1111 | 1,
            "region_mask": 1 << draws.number(0, 2),
            INPUT_RATE: draws.number(1, 40) * 25_000,
            OUTPUT_RATE: draws.number(0, 3) * 1_000,
        }

    models = drawn(draws, draws.number(3, 9), fields)
    limit = draws.one((5_001, 6_000, 7_500))
    record = policy(
        models,
        policy_epoch=draws.number(1, 2**40),
        catalog_epoch=draws.number(1, 2**40),
        hard_risk_limit_bps=limit,
        minimum_confidence_bps=9_000,
        risk_penalty_multiplier_bps=draws.one((5_000, 10_000, 20_000)),
        latency_penalty_microunits_per_ms=draws.one((10_000, 250_000)),
    )
    risks = [2_500, 5_000, limit - 1, limit, 100, 900]
    return record, {
        "requested_model_id": draws.picks(rows, [one["model_id"] for one in models]),
        "input_tokens": draws.between(rows, 1, 10_000) * np.uint64(100),
        "output_tokens": draws.between(rows, 0, 3),
        "business_value_microunits": draws.magnitudes(rows, 2**46 - 1).view(np.int64),
        "budget_limit_microunits": draws.magnitudes(rows, 2**24 - 1),
        "risk_bps": draws.picks(rows, risks),
        "confidence_bps": draws.picks(rows, (8_999, 9_000, 9_001, 9_500, 10_000)),
        "minimum_quality_bps": draws.between(rows, 9_000, 9_900),
        "max_p95_latency_ms": draws.between(rows, 0, 12),
        "required_capabilities": draws.picks(rows, (1, 1, 3, 5)),
        "allowed_provider_mask": draws.words(rows) | draws.words(rows),
        "required_region_mask": draws.picks(rows, (0, 1, 2, 4, 6)),
    }
