"""Budget scripts: operations of a ledger one after another, with amounts that meet, exceed and overflow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.campaign.catalogs import I64

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from calybris_conformance.campaign.draws import Draws

OP: Final = "budget.script"
QUERY: Final = "budget.query"
SNAPSHOT: Final = "budget.snapshot"

MARKS: Final = (
    *(f"budget/try_reserve/{status}" for status in ("reserved", "missing_tenant", "insufficient", "overflow")),
    "budget/try_reserve/exposure_limit_exceeded",
    *(f"budget/commit/{status}" for status in ("committed", "overrun", "overflow", "missing_reservation")),
    "budget/commit/invalid_amount",
    *(f"budget/release/{status}" for status in ("released", "missing_reservation")),
    *(f"budget/top_up_tenant/{status}" for status in ("topped_up", "invalid_amount", "missing_tenant", "overflow")),
)
"""The outcomes that scripts try to reach: every one of LEDGER's tables."""

_TENANTS: Final = ("a", "a", "b", "\u00e9")
_LABELS: Final = ("r1", "r1", "r2", "r3")
# How often each step stands in a script, of the steps that the port can be asked.
_STEPS: Final[Mapping[str, int]] = {
    "ensure_tenant": 3,
    "top_up_tenant": 2,
    "set_max_reserved": 1,
    "try_reserve": 6,
    "commit": 4,
    "release": 2,
}
_BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    QUERY: ("query",),
    SNAPSHOT: ("snapshot", "prove", "certify"),
}


def question(draws: Draws, features: frozenset[str]) -> dict[str, Any]:
    """A script of some steps, on the wire."""
    steps = [step for step, share in _STEPS.items() for _ in range(share)]
    steps += [step for feature, more in _BEHIND.items() if feature in features for step in more]
    # One size of amounts for a whole script: only then do they meet.
    amounts = _amounts(draws)
    first = [{"op": "ensure_tenant", "tenant_id": "a", "budget_microcents": str(draws.one(amounts))}]
    return {"steps": first + [_step(draws, draws.one(steps), amounts) for _ in range(draws.number(3, 20))]}


def marks(question_asked: Mapping[str, Any], expect: Mapping[str, Any]) -> Iterable[str]:
    """Which outcomes a script has."""
    for step, answer in zip(question_asked["steps"], expect["steps"], strict=True):
        if "ok" in answer and "status" in answer["ok"]:
            yield f"budget/{step['op']}/{answer['ok']['status']}"


def _amounts(draws: Draws) -> tuple[int, ...]:
    unit = draws.one((1, 7, 1_000_000, 2**31, 2**53, I64 // 3, I64 // 2 + 1))
    multiples = [unit * factor for factor in (1, 2, 3) if unit * factor <= I64]
    near = [amount + step for amount in multiples for step in (-1, 1) if 0 < amount + step <= I64]
    return (*multiples, *multiples, *near, I64, I64, 0, -1)


def _step(draws: Draws, op: str, amounts: tuple[int, ...]) -> dict[str, str]:
    tenant, label, amount = draws.one(_TENANTS), draws.one(_LABELS), str(draws.one(amounts))
    keys = {
        "ensure_tenant": {"tenant_id": tenant, "budget_microcents": amount},
        "top_up_tenant": {"tenant_id": tenant, "amount_microcents": amount},
        "set_max_reserved": {"tenant_id": tenant, "max_reserved_microcents": amount},
        "try_reserve": {"tenant_id": tenant, "cost_microcents": amount, "label": label},
        "commit": {"label": label, "actual_microcents": amount},
        "release": {"label": label},
        "query": {"tenant_id": tenant},
    }
    return {"op": op, **keys.get(op, {})}
