"""Candidates that tie: their utilities are made equal by letting the better one wait longer.

Chance hardly ever makes two utilities equal, and what decides then (cost, quality, id, place) is what ports get wrong.
With a penalty of one microunit a millisecond, latency makes up for every difference in quality or cost. Rows keep the
amounts that the candidates were balanced for, most of them exactly, and move everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calybris_conformance.campaign import money
from calybris_conformance.campaign.catalogs import BPS, INPUT_RATE, OUTPUT_RATE, Record, drawn, policy

if TYPE_CHECKING:
    from calybris_conformance.campaign.draws import Draws

FOCI: Final = ("cost", "quality", "model_id", "near", "mixed")
"""What decides between the candidates: cost, quality, id; utilities one apart; or all of these in one catalog."""

_MOVED: Final = 60  # of a thousand rows, whose amounts are not those that the candidates were balanced for


def ties(draws: Draws, rows: int, focus: str) -> tuple[Record, dict[str, Any]]:
    """A catalog in which most candidates have one utility, and requests that keep it."""
    anchor = {
        "input_tokens": draws.number(0, 5_000),
        "output_tokens": draws.number(0, 5_000),
        "business_value_microunits": draws.number(200_000_000, 2_000_000_000),
        "confidence_bps": draws.number(5_000, BPS),
        "risk_bps": draws.one((0, draws.number(0, 2_000))),
    }
    shared = {
        "quality_bps": draws.number(7_000, BPS),
        INPUT_RATE: draws.number(0, 40) * 250_000,
        OUTPUT_RATE: draws.number(0, 40) * 250_000,
    }

    def fields(_place: int) -> Record:
        kind = draws.one(FOCI[:3]) if focus in ("near", "mixed") else focus
        # Few values, so that a better and a worse candidate are not alone.
        own = {
            "cost": {INPUT_RATE: draws.number(0, 8) * 500_000, OUTPUT_RATE: draws.number(0, 8) * 500_000},
            "quality": {"quality_bps": 7_000 + 300 * draws.number(0, 10)},
            "model_id": {},
        }[kind]
        return {**shared, **own, "provider_id": draws.number(0, 5), "capabilities": draws.word() | 1}

    models = drawn(draws, draws.number(2, 7), fields)
    record = policy(
        models, latency_penalty_microunits_per_ms=1, risk_penalty_multiplier_bps=draws.one((0, 3_500)), policy_epoch=7
    )
    _balance(draws, record, anchor, per_mille_off={"near": 500, "mixed": 200}.get(focus, 0))
    return record, _requests(draws, rows, anchor, models, moved_tokens=focus in ("quality", "model_id"))


def _balance(draws: Draws, record: Record, anchor: Record, per_mille_off: int) -> None:
    """Gives every candidate the latency at which its utility is that of the worst; some are then one apart."""
    utilities = [money.utility(record, one, anchor) for one in record["models"]]
    lowest = min(utilities)
    for one, utility in zip(record["models"], utilities, strict=True):
        off = draws.number(0, 1) if draws.chance(per_mille_off) else 0
        one["p95_latency_ms"] = utility - lowest + 1 + off


def _requests(draws: Draws, rows: int, anchor: Record, models: list[Record], *, moved_tokens: bool) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, number in anchor.items():
        kept = np.full(rows, number, dtype=np.int64 if name == "business_value_microunits" else np.uint64)
        per_mille = 800 if moved_tokens and name.endswith("_tokens") else _MOVED
        near = draws.picks(rows, (max(number - 1, 0), number, number + 1, number + 2)).astype(kept.dtype)
        columns[name] = np.where(draws.marks(rows, per_mille), near, kept)
    columns["confidence_bps"] = np.minimum(columns["confidence_bps"], np.uint64(BPS))
    # Which of the tied are in the way of the rest: masks and budgets take some of them out.
    costs = [money.cost(one, anchor) for one in models]
    columns["budget_limit_microunits"] = draws.picks(rows, (2**64 - 1, 2**64 - 1, *costs))
    columns["allowed_provider_mask"] = draws.picks(rows, (2**64 - 1, 0b111111, 0b111110, 0b011111, 0b101010))
    columns["requested_model_id"] = draws.picks(rows, [one["model_id"] for one in models])
    columns["minimum_quality_bps"] = draws.picks(rows, (0, 0, 7_000, 7_300))
    return columns
