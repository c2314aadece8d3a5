"""Budget scripts: operations one after another on a new engine, and the state behind each (LEDGER-1 to LEDGER-11)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group
from calybris_conformance.vectorgen.ledgers import random_steps, script
from calybris_conformance.vectorgen.suites import budget_money, budget_snapshots, budget_tenants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from calybris_conformance.vectorgen.draft import Question

#: Extra features of the steps that not every ledger has (docs/operations.md).
_QUERY = "budget.query"
_SNAPSHOT = "budget.snapshot"


def files() -> Iterator[Draft]:
    """From the single operation to long scripts; what needs snapshots or queries stands in files of its own."""
    yield _file("tenants", "Tenants, top-ups and caps", "LEDGER-1 LEDGER-2 LEDGER-3 LEDGER-4", budget_tenants.TENANTS)
    yield _file("ids", "Ids are compared by their bytes", "LEDGER-1", budget_tenants.IDS)
    yield _file("reserve", "Reservations, at every boundary", "LEDGER-4 LEDGER-5", budget_money.RESERVE)
    yield _file("settle", "Commits and releases, at every boundary", "LEDGER-6 LEDGER-7", budget_money.SETTLE)
    yield _file("reopened", "A hold that was not closed, and one that was", "LEDGER-6 LEDGER-7", budget_money.HOLDS)
    yield _file("query", "Queries", "LEDGER-8", budget_snapshots.QUERY, _QUERY)
    yield _file(
        "snapshot",
        "Versions of snapshots, proofs and certificates",
        "LEDGER-9 FIN-1",
        budget_snapshots.SNAPSHOT_GROUPS,
        _SNAPSHOT,
    )
    both = f"{_QUERY} {_SNAPSHOT}"
    yield _file("restore", "Restores in the middle of a script", "LEDGER-9 LEDGER-11", budget_snapshots.RESTORE, both)
    yield _file(
        "baseline", "Certificates, and what was spent between them", "FIN-2 FIN-3", budget_snapshots.BASELINE, both
    )
    clauses = "LEDGER-1 LEDGER-2 LEDGER-3 LEDGER-4 LEDGER-5 LEDGER-6 LEDGER-7"
    one = {"long-one": partial(_long, 6, 40, ("acme",))}
    yield _file("long-one", "Longer scripts about one tenant", clauses, one)
    three = {"long-three": partial(_long, 4, 36, ("acme", "", "\u00e9"))}
    yield _file("long-three", "Longer scripts about three tenants", clauses, three)
    everything = {"long-everything": partial(_long, 4, 45, ("zeta", "acme", "\U0001f600"), snapshots=True)}
    more = "LEDGER-8 LEDGER-9 LEDGER-11 FIN-1 FIN-3"
    yield _file("long-everything", "Longer scripts with every step", f"{clauses} {more}", everything, both)


def _file(
    name: str, title: str, clauses: str, groups: Mapping[str, Callable[[], Iterator[Question]]], requires: str = ""
) -> Draft:
    made = tuple(Group(group, tuple(make())) for group, make in groups.items())
    return Draft("budget", name, "budget.script", title, clauses, made, requires=requires)


def _long(count: int, steps: int, tenants: tuple[str, ...], *, snapshots: bool = False) -> Iterator[Question]:
    for k in range(1, count + 1):
        seed = f"budget {len(tenants)} {int(snapshots)} {k}"
        made = random_steps(seed, steps, tenants, snapshots=snapshots)
        yield script(f"script-{k}", f"{len(made)} steps made from the seed {seed!r}.", made)
