"""A guard in front of trading desks: which venue may take an order, and whether the desk can pay for it.

Shows: venues as candidates, a hard risk limit and a confidence floor, a budget for each desk with a cap on what may be
open, a guard that lets nothing out unless every check has said yes, and a proof at the end that no money was lost.

A "token" is a share here, so that a price per million tokens is a fee per million shares.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from calybris_ref import (
    MICROCENTS_PER_CENT,
    BudgetEngine,
    CalybrisError,
    EngineConfig,
    InputBuilder,
    KernelDecision,
    KernelInput,
    ModelBuilder,
    PolicyBuilder,
    Reservation,
    checkpoint,
    load_snapshot,
    prove_snapshot,
    verify_decision,
)

USD = 1_000_000  # in microunits, in which the kernel counts
USD_IN_LEDGER = 100 * MICROCENTS_PER_CENT  # the ledger counts in microcents
VENUES = {1: "midpoint cross", 2: "lit auction", 3: "broker algo"}

config = EngineConfig().hard_risk_limit(8_000).minimum_confidence(7_000).default_exposure_cap(120 * USD_IN_LEDGER)
policy = (
    PolicyBuilder(config)  # the fee is 0.0010, 0.0030 or 0.0060 dollars for a share; quality is how well a venue fills
    .model(ModelBuilder(1, 0).quality(6_500).risk_ceiling(4_000).latency(2_000).cost(1_000 * USD, 0).build())
    .model(ModelBuilder(2, 1).quality(8_500).risk_ceiling(6_500).latency(5).cost(3_000 * USD, 0).build())
    .model(ModelBuilder(3, 2).quality(9_400).risk_ceiling(9_000).latency(300).cost(6_000 * USD, 0).build())
    .build()
)


class Order(NamedTuple):
    """An order: the edge that it may earn in dollars, its risk, and how sure the figures are."""

    desk: str
    shares: int
    edge: int
    risk: int = 1_500
    confidence: int = 9_000


class BlockedError(Exception):
    """An order that does not go out."""


def guard(
    number: int, order: Order, engine: BudgetEngine, decide: Callable[[KernelInput], KernelDecision]
) -> tuple[KernelDecision, Reservation]:
    """The decision and the hold that pays for it. There is one way out, at the end; whatever else happens blocks."""
    try:
        request = InputBuilder(number, 2).tokens(order.shares, 0).business_value(order.edge * USD)
        asked = request.risk(order.risk, order.confidence).budget_limit(100 * USD).build()
        decision = decide(asked)
        if verify_decision(policy, asked, decision).status != "valid":
            raise BlockedError("the decision is not the policy's")
        if not decision.is_executable:
            raise BlockedError(decision.reason.label)
        outcome, hold = engine.try_reserve(order.desk, decision.estimated_cost_microunits * USD_IN_LEDGER // USD)
        if hold is None:
            raise BlockedError(outcome.status)
    except CalybrisError as error:
        raise BlockedError(error.code) from error
    return decision, hold


def forged(request: KernelInput) -> KernelDecision:
    """What a router that was tampered with says: the cheapest venue, whatever the risk."""
    return replace(policy.prescribe(request), selected_model_id=1, selected_model_index=0)


ORDERS = [
    Order("rates", 10_000, edge=200),
    Order("rates", 12_000, edge=2_000, risk=6_600),
    Order("rates", 10_000, edge=200),
    Order("rates", 10_000, edge=200, risk=8_000),
    Order("rates", 10_000, edge=200, confidence=6_999),
    Order("rates", 10_000, edge=200, risk=12_000),
    Order("rates", 10_000, edge=10),
    Order("options", 16_000, edge=3_000),
    Order("options", 17_000, edge=3_000, risk=7_000),
    Order("nobody", 10_000, edge=200),
]


def main(folder: Path) -> None:
    """Send orders through the guard, settle what went out, and prove the ledger, also from its file."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = BudgetEngine()
    for desk in ("rates", "options"):
        config.ensure_tenant(engine, desk, 150 * USD_IN_LEDGER)

    holds: list[tuple[int, Reservation, int]] = []
    for number, (order, decide) in enumerate([*((o, policy.prescribe) for o in ORDERS), (ORDERS[0], forged)], 1):
        try:
            decision, hold = guard(number, order, engine, decide)
        except BlockedError as why:
            print(f"{number:>2}  {order.desk:<7}  BLOCKED  {why}")
        else:
            fee = decision.estimated_cost_microunits * USD_IN_LEDGER // USD
            holds.append((number, hold, fee))
            venue = VENUES[decision.selected_model_id]
            print(f"{number:>2}  {order.desk:<7}  passed   {venue}, {fee // USD_IN_LEDGER} dollars held")

    print()
    (first, filled, fee), (second, cancelled, _), (third, dear, its_fee) = holds
    print(f"order {first} is filled: {engine.commit(filled, fee).status}")
    print(f"order {second} is cancelled: {engine.release(cancelled).status}, again: {engine.release(cancelled).status}")
    print(f"order {third} costs twice as much: {engine.commit(dear, 2 * its_fee).status}, and the hold stays")
    print(f"order {third}, what was agreed: {engine.commit(dear, its_fee).status}")

    saved = checkpoint(engine, folder / "ledger.json")
    proof = prove_snapshot(saved)
    print(f"\nin balance: {proof.tenant_count} desks, {proof.active_reservations} holds open")
    print(f"granted {proof.total_initial_microcents}, spent {proof.total_committed_microcents} microcents")
    print(f"ledger digest {proof.ledger_digest_hex}")
    print(f"the file says the same: {prove_snapshot(load_snapshot(folder / 'ledger.json')) == proof}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
