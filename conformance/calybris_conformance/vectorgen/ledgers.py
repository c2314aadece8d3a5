"""Tenants, ledgers and the steps of budget scripts, written short: what the suites about ledgers are made of.

Amounts that hunt nothing are small and all different: a port that exchanges two fields must show it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.builders import I64_MAX
from calybris_conformance.vectorgen.draft import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

#: Ids that some way of comparing text takes for one another, or sorts in another order than their bytes.
BEHIND_BY_UTF16 = ("\uffff", "\U0001f600")
LOOK_ALIKE: dict[str, tuple[str, str]] = {
    "case": ("acme", "Acme"),
    "composed": ("caf\u00e9", "cafe\u0301"),
    "space-behind": ("acme", "acme "),
    "space-before": ("acme", " acme"),
    "nul-behind": ("acme", "acme\0"),
    "full-width": ("a", "\uff41"),
    "dotless-i": ("i", "\u0131"),
    "sharp-s": ("stra\u00dfe", "strasse"),
    "kelvin": ("k", "\u212a"),
    "zero-width": ("acme", "acme\u200b"),
    "number": ("7", "07"),
}


def tenant(
    tenant_id: str = "acme",
    remaining: int = 60,
    committed: int = 40,
    reserved: int = 0,
    *,
    initial: int | None = None,
) -> Record:
    """A tenant, in balance unless `initial` is given."""
    return {
        "tenant_id": tenant_id,
        "initial_microcents": remaining + reserved + committed if initial is None else initial,
        "remaining_microcents": remaining,
        "reserved_microcents": reserved,
        "committed_microcents": committed,
    }


def ledger(*tenants: Record, version: int = 2, active: int = 0, watermark: int | None = None) -> Record:
    """A snapshot with these tenants."""
    return {
        "version": version,
        "tenants": list(tenants),
        "active_reservations": active,
        "wal_high_watermark": watermark,
    }


def ensure(tenant_id: str, budget: int) -> Record:
    """A step that creates a tenant."""
    return {"op": "ensure_tenant", "tenant_id": tenant_id, "budget_microcents": budget}


def top_up(tenant_id: str, amount: int) -> Record:
    """A step that grants a tenant more."""
    return {"op": "top_up_tenant", "tenant_id": tenant_id, "amount_microcents": amount}


def cap(tenant_id: str, limit: int) -> Record:
    """A step that caps a tenant's open holds."""
    return {"op": "set_max_reserved", "tenant_id": tenant_id, "max_reserved_microcents": limit}


def reserve(tenant_id: str, cost: int, label: str = "first") -> Record:
    """A step that reserves, under a label."""
    return {"op": "try_reserve", "tenant_id": tenant_id, "cost_microcents": cost, "label": label}


def commit(actual: int, label: str = "first") -> Record:
    """A step that commits the hold of a label."""
    return {"op": "commit", "label": label, "actual_microcents": actual}


def release(label: str = "first") -> Record:
    """A step that releases the hold of a label."""
    return {"op": "release", "label": label}


def query(tenant_id: str = "acme") -> Record:
    """A step that asks everything there is to ask about a tenant."""
    return {"op": "query", "tenant_id": tenant_id}


def restore(snapshot: Record) -> Record:
    """A step that restores a snapshot."""
    return {"op": "restore", "snapshot": snapshot}


SNAPSHOT: Record = {"op": "snapshot"}
PROVE: Record = {"op": "prove"}
CERTIFY: Record = {"op": "certify"}


def script(name: str, about: str, steps: list[Record], *flags: str) -> Question:
    """A question of `budget.script`."""
    return Question(name, about, {"steps": steps}, flags)


def spent(tenant_id: str, amount: int, label: str = "spend") -> list[Record]:
    """Steps that spend an amount of a tenant that has it."""
    return [reserve(tenant_id, amount, label), commit(amount, label)]


def random_steps(seed: str, count: int, tenants: tuple[str, ...], *, snapshots: bool) -> list[Record]:
    """A script from counter-mode SHA-256 of the seed: the same one for ever.

    Amounts are small, so that budgets run out and caps bite, and now and then at the edge of i64.
    """
    steps = [cap(tenants[-1], 60), *(ensure(one, 40 + 50 * place) for place, one in enumerate(tenants))]
    steps += [_random_step(draw, tenants, snapshots=snapshots) for draw in _draws(seed, count)]
    return steps + ([SNAPSHOT, PROVE, CERTIFY] if snapshots else [])


def _draws(seed: str, count: int) -> Iterator[bytes]:
    for k in range(count):
        yield hashlib.sha256(seed.encode() + k.to_bytes(8, "little")).digest()


_LABELS = ("ant", "bee", "cow", "doe", "elk")


def _random_step(draw: bytes, tenants: tuple[str, ...], *, snapshots: bool) -> Record:
    who, label = tenants[draw[1] % len(tenants)], _LABELS[draw[2] % len(_LABELS)]
    amount = draw[3] % 48 - 2
    if draw[4] < 12:
        amount = I64_MAX - draw[3] % 4
    match draw[0] % 16:
        case 0:
            return top_up(who, amount)
        case 1:
            return cap(who, draw[3] % 90 - 5)
        case 2 | 3 | 4:
            return commit(amount, label)
        case 5 | 6:
            return release(label)
        case 7 if snapshots:
            return query(who)
        case 8 if snapshots:
            return (SNAPSHOT, PROVE, CERTIFY)[draw[5] % 3]
        case 9 if snapshots and draw[5] < 64:
            return restore(ledger(tenant(who, draw[6], draw[7]), version=draw[8]))
    return reserve(who, amount, label)
