"""Ledgers: each operation is the engine's, and a label of a script stands for an id that the engine gave."""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calybris
from calybris import BudgetEngine
from values import JSON, Instead, integer, integers, record_of, refusal, unsupported, untranslatable, written

# What a step is called, its method, and the amount that goes with the tenant or the reservation.
STEPS: dict[str, tuple[Callable[..., Any], str | None]] = {
    "ensure_tenant": (BudgetEngine.ensure_tenant, "budget_microcents"),
    "top_up_tenant": (BudgetEngine.top_up_tenant, "amount_microcents"),
    "set_max_reserved": (BudgetEngine.set_max_reserved_microcents, "max_reserved_microcents"),
    "try_reserve": (BudgetEngine.try_reserve, "cost_microcents"),
    "commit": (BudgetEngine.commit, "actual_microcents"),
    "release": (BudgetEngine.release, None),
}
NEVER_ISSUED = 2**64 - 1
AMOUNTS = "initial_microcents", "remaining_microcents", "reserved_microcents", "committed_microcents"


def budget_script(_given: JSON, question: JSON) -> JSON:
    engine, labels, named = BudgetEngine(), dict[str, int | None](), set[str]()
    return {"steps": [script_step(engine, labels, named, step) for step in question["steps"]]}


def script_step(engine: BudgetEngine, labels: dict[str, int | None], named: set[str], step: JSON) -> JSON:
    if step["op"] not in STEPS:
        raise unsupported("budget.query" if step["op"] == "query" else "budget.snapshot")
    method, amount = STEPS[step["op"]]
    subject: Any = step.get("tenant_id")
    if subject is not None:
        named.add(subject)
    elif (subject := labels.get(step["label"])) is None:
        subject = NEVER_ISSUED
    outcome = method(engine, subject, *([] if amount is None else [integer(step[amount], amount)])) or {}
    if step["op"] == "try_reserve":
        labels[step["label"]] = outcome.pop("reservation_id")
    return {"ok": record_of(outcome), "state": state_of(engine, named)}


def state_of(engine: BudgetEngine, named: set[str]) -> JSON:
    tenants = [
        record_of({"tenant_id": name} | {amount: getattr(engine, amount)(name) for amount in AMOUNTS})
        for name in sorted(named, key=str.encode)
        if engine.initial_microcents(name) is not None
    ]
    return {"tenants": tenants, "active_reservations": written(engine.active_reservations())}


# Snapshots carry this bit in their version, and no other is restored (README.md); older releases have no such bit.
VERSION_BIT = BudgetEngine().snapshot()["version"] & 1 << 63
RESTORE_REFUSALS = (
    (r"with \d+ active reservations", "RESTORE_RESERVATIONS_ACTIVE", "active_reservations"),
    (r"duplicate tenant_id in snapshot: (?P<name>.*)", "RESTORE_TENANT_DUPLICATE", "tenant_id"),
    (r"tenant (?P<name>.*) has reserved_microcents=", "RESTORE_RESERVED_WITHOUT_HOLD", "reserved_microcents"),
    (r"tenant (?P<name>.*) has negative (?P<field>\w+):", "RESTORE_FIELD_NEGATIVE", None),
    (r"conservation violated for tenant (?P<name>.*): delta=", "RESTORE_UNBALANCED", ""),
)


def ledger_restore(_given: JSON, question: JSON) -> JSON:
    snapshot = question["snapshot"]
    asked = integer(snapshot["version"], "version")
    tenants = [{**integers(amounts(one)), "tenant_id": one["tenant_id"]} for one in snapshot["tenants"]]
    file = {
        "version": asked | VERSION_BIT,
        "tenants": tenants,
        "active_reservations": integer(snapshot["active_reservations"], "active_reservations"),
        "wal_high_watermark": snapshot["wal_high_watermark"] and int(snapshot["wal_high_watermark"]),
    }
    engine = BudgetEngine()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "snapshot.json")
        path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
        try:
            engine.restore(path)
        except calybris.PersistenceError as error:
            raise restore_refusal(str(error), [one["tenant_id"] for one in tenants]) from error
    taken = engine.snapshot()
    if asked < VERSION_BIT:  # what was put in is taken out
        taken["version"] &= ~VERSION_BIT
    return {"snapshot": record_of(taken) | {"tenants": [record_of(tenant) for tenant in taken["tenants"]]}}


def amounts(record: JSON) -> JSON:
    return {key: text for key, text in record.items() if key != "tenant_id"}


def restore_refusal(sentence: str, names: list[str]) -> Instead:
    for pattern, code, field in RESTORE_REFUSALS:
        if found := re.search(pattern, sentence, re.DOTALL):
            groups = found.groupdict()
            if "name" not in groups:
                return refusal(code, str(field), sentence)
            places = [place for place, name in enumerate(names) if name == groups["name"]]
            place = places[code == "RESTORE_TENANT_DUPLICATE"]
            last = groups.get("field", field)
            return refusal(code, f"tenants[{place}]" + (f".{last}" if last else ""), sentence)
    return untranslatable(sentence)
