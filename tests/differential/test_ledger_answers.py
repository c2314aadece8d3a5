"""Random ledgers and random scripts: the specification and the library give the same answers, step by step.

They were written from the same pages, apart from each other. The library is compared with the published wheel in
test_ledger_wheel.py, which takes the differences that the wheel is known for out of the answers; here it stands aside.
"""

import random
from typing import Any

import pytest

from tests.differential.topics import Topic, compare

QUESTIONS = 400
MOST, LEAST = 2**63 - 1, -(2**63)
NAMES = ("", "acme", "Acme", "é", "\uffff", "\U0001f600")
VERSIONS = (0, 1, 7, 2**64 - 2, 2**64 - 1)
LABELS = ("one", "two", "three")
WHEEL = frozenset({"wheel"})


def amount(rng: random.Random) -> int:
    if rng.random() < 0.3:
        return rng.choice((LEAST, -1, 0, 1, MOST // 2, MOST - 1, MOST))
    return rng.randrange(-2, 120)


def tenant(rng: random.Random) -> dict[str, Any]:
    remaining, reserved, committed = (rng.randrange(5), rng.choice((0, 0, 0, 1)), rng.randrange(5))
    initial = remaining + reserved + committed
    if rng.random() < 0.3:
        initial, remaining, reserved, committed = (rng.choice((LEAST, -1, 0, 1, 5, MOST)) for _ in range(4))
    return {
        "tenant_id": rng.choice(NAMES),
        "initial_microcents": initial,
        "remaining_microcents": remaining,
        "reserved_microcents": reserved,
        "committed_microcents": committed,
    }


def ledger(rng: random.Random) -> dict[str, Any]:
    return {
        "version": rng.choice(VERSIONS),
        "tenants": [tenant(rng) for _ in range(rng.choice((0, 1, 1, 2, 2, 3)))],
        "active_reservations": rng.choice((0, 0, 0, 0, 1)),
        "wal_high_watermark": rng.choice((None, 0, 2**64 - 1)),
    }


def step(rng: random.Random) -> dict[str, Any]:
    kinds = ["try_reserve"] * 6 + ["commit"] * 5 + ["release", "top_up_tenant", "set_max_reserved", "ensure_tenant"] * 2
    kind = rng.choice([*kinds, "query", "snapshot", "prove", "certify", "restore"])
    name, label = rng.choice(NAMES[:3]), rng.choice(LABELS)
    fields: dict[str, dict[str, Any]] = {
        "ensure_tenant": {"tenant_id": name, "budget_microcents": amount(rng)},
        "top_up_tenant": {"tenant_id": name, "amount_microcents": amount(rng)},
        "set_max_reserved": {"tenant_id": name, "max_reserved_microcents": amount(rng)},
        "try_reserve": {"tenant_id": name, "cost_microcents": amount(rng), "label": label},
        "commit": {"label": label, "actual_microcents": amount(rng)},
        "release": {"label": label},
        "query": {"tenant_id": name},
        "restore": {"snapshot": ledger(rng)},
    }
    return {"op": kind, **fields.get(kind, {})}


def script(rng: random.Random) -> dict[str, Any]:
    opening = [{"op": "ensure_tenant", "tenant_id": name, "budget_microcents": amount(rng)} for name in NAMES[:2]]
    return {"steps": [*opening, *(step(rng) for _ in range(rng.randrange(25)))]}


def certificate(rng: random.Random) -> dict[str, Any]:
    return {
        "snapshot": ledger(rng),
        "conservation_balanced": rng.random() < 0.5,
        "committed_since_last_certificate": amount(rng),
    }


def of_ledger(rng: random.Random) -> dict[str, Any]:
    return {"snapshot": ledger(rng)}


RESTORE_CODES = {
    "RESTORE_RESERVATIONS_ACTIVE",
    "RESTORE_TENANT_DUPLICATE",
    "RESTORE_RESERVED_WITHOUT_HOLD",
    "RESTORE_FIELD_NEGATIVE",
    "RESTORE_UNBALANCED",
}
OUTCOMES = {
    *("topped_up", "reserved", "insufficient", "exposure_limit_exceeded", "overflow", "committed", "overrun"),
    *("released", "invalid_amount", "missing_tenant", "missing_reservation"),
}
TOPICS = [
    Topic("budget.script", {}, script, OUTCOMES | RESTORE_CODES, WHEEL),
    Topic("ledger.restore", {}, of_ledger, RESTORE_CODES, WHEEL),
    Topic("ledger.conservation", {}, of_ledger, {"balanced", "violation", "aggregate_overflow"}),
    Topic("digest.ledger", {}, of_ledger, set()),
    Topic("finance.prove", {}, of_ledger, {"FINANCE_LEDGER_UNBALANCED"}),
    Topic("finance.certify", {}, certificate, set()),
]


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.op for topic in TOPICS])
def test_every_answer_is_the_same(topic: Topic, seed: int) -> None:
    compare(topic, QUESTIONS, seed)
