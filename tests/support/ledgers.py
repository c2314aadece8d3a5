"""Ledgers for tests: each says only what it is about."""

from collections.abc import Iterable
from typing import Any

from calybris_ref import BudgetEngine, BudgetSnapshot, TenantLedger


def tenant(tenant_id: str, initial: int = 0, remaining: int = 0, reserved: int = 0, committed: int = 0) -> TenantLedger:
    """A tenant with these amounts, in the order of LEDGER-1."""
    return TenantLedger(tenant_id, initial, remaining, reserved, committed)


def snapshot(tenants: Iterable[TenantLedger] = (), /, **changes: Any) -> BudgetSnapshot:
    """A snapshot with version 1, no open hold and no watermark, with the changes given."""
    values: dict[str, Any] = {"version": 1, "tenants": tuple(tenants), "active_reservations": 0} | changes
    return BudgetSnapshot(**values)


def engine(**budgets: int) -> BudgetEngine:
    """An engine with tenants of these names and budgets."""
    made = BudgetEngine()
    for tenant_id, budget in budgets.items():
        made.ensure_tenant(tenant_id, budget)
    return made
