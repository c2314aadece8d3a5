"""Whether what threads saw of a ledger can have happened one operation after another (after Wing and Gong, 1993).

A history is a list of calls, each with the moments of its begin and its end and what it answered. It is linearizable
when the calls can be put in one order that keeps every call before those that began after its end, and in which a plain
sequential ledger gives the same answers. The search keeps what it has tried: calls done and the state behind them.
"""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from calybris_ref import BudgetEngine, Reservation


class Call(NamedTuple):
    """One call of one thread: the operation with its arguments, its answer, and when it began and ended."""

    operation: str
    arguments: tuple[Any, ...]
    answer: Any
    begin: int
    end: int


class Tenant(NamedTuple):
    """A tenant of the sequential ledger."""

    initial: int
    remaining: int
    reserved: int
    committed: int


class Ledger(NamedTuple):
    """The sequential ledger: its tenants by name, its open holds by label, and the version of its last snapshot."""

    tenants: tuple[tuple[str, Tenant], ...]
    holds: frozenset[tuple[str, str, int]] = frozenset()
    version: int = 0

    def money(self, name: str) -> Tenant:
        return dict(self.tenants)[name]

    def with_money(self, name: str, money: Tenant) -> "Ledger":
        return self._replace(tenants=tuple((one, money if one == name else old) for one, old in self.tenants))


def reserve(ledger: Ledger, label: str, name: str, cost: int) -> tuple[Ledger, Any]:
    money = ledger.money(name)
    if cost > money.remaining:
        return ledger, ("insufficient", money.remaining)
    left = money._replace(remaining=money.remaining - cost, reserved=money.reserved + cost)
    held = ledger._replace(holds=ledger.holds | {(label, name, cost)})
    return held.with_money(name, left), ("reserved", left.remaining)


def settle(ledger: Ledger, label: str, actual: int | None) -> tuple[Ledger, Any]:
    """A commit of an actual cost, or a release (None)."""
    for hold in sorted(ledger.holds):
        if hold[0] == label:
            break
    else:
        return ledger, ("missing_reservation",)
    _, name, held = hold
    money = ledger.money(name)
    remaining = money.remaining + held - (actual or 0)
    if remaining < 0:
        return ledger, ("overrun", money.remaining)
    spent = Tenant(money.initial, remaining, money.reserved - held, money.committed + (actual or 0))
    closed = ledger._replace(holds=ledger.holds - {hold}).with_money(name, spent)
    return closed, ("released" if actual is None else "committed", remaining)


def top_up(ledger: Ledger, name: str, amount: int) -> tuple[Ledger, Any]:
    money = ledger.money(name)
    more = money._replace(initial=money.initial + amount, remaining=money.remaining + amount)
    return ledger.with_money(name, more), ("topped_up", more.remaining)


def snapshot(ledger: Ledger) -> tuple[Ledger, Any]:
    after = ledger._replace(version=ledger.version + 1)
    return after, (after.version, len(ledger.holds), ledger.tenants)


MODEL: dict[str, Callable[..., tuple[Ledger, Any]]] = {
    "reserve": reserve,
    "settle": settle,
    "top_up": top_up,
    "snapshot": snapshot,
}


def is_linearizable(history: list[Call], start: Ledger) -> bool:
    """Whether some order of the calls explains every answer."""
    tried: set[Hashable] = set()
    waiting: list[tuple[frozenset[int], Ledger]] = [(frozenset(), start)]
    while waiting:
        done, ledger = waiting.pop()
        if len(done) == len(history):
            return True
        if (done, ledger) in tried:
            continue
        tried.add((done, ledger))
        left = [place for place in range(len(history)) if place not in done]
        # Whatever comes next must have begun before everything that is left has ended.
        first_end = min(history[place].end for place in left)
        for place in left:
            call = history[place]
            if call.begin < first_end:
                after, answer = MODEL[call.operation](ledger, *call.arguments)
                if answer == call.answer:
                    waiting.append((done | {place}, after))
    return False


class Observed:
    """An engine as the model sees it: operations by name, reservations by label."""

    def __init__(self, engine: BudgetEngine, tenants: dict[str, int]) -> None:
        self.engine = engine
        self.reservations: dict[str, Reservation | None] = {}
        for name, budget in tenants.items():
            engine.ensure_tenant(name, budget)
        self.start = Ledger(tuple((name, Tenant(budget, budget, 0, 0)) for name, budget in sorted(tenants.items())))

    def ask(self, operation: str, *arguments: Any) -> Any:
        """The engine's answer, in the form of the model's."""
        return getattr(self, operation)(*arguments)

    def reserve(self, label: str, name: str, cost: int) -> Any:
        outcome, self.reservations[label] = self.engine.try_reserve(name, cost)
        return outcome.status, outcome.remaining_microcents  # type: ignore[union-attr]  # it is reserved or insufficient

    def settle(self, label: str, actual: int | None) -> Any:
        reservation = self.reservations.get(label)
        outcome: Any = self.engine.release(reservation) if actual is None else self.engine.commit(reservation, actual)
        if outcome.status == "missing_reservation":
            return (outcome.status,)
        return outcome.status, outcome.remaining_microcents

    def top_up(self, name: str, amount: int) -> Any:
        outcome: Any = self.engine.top_up_tenant(name, amount)
        return outcome.status, outcome.remaining_microcents

    def snapshot(self) -> Any:
        taken = self.engine.snapshot()
        tenants = tuple(
            (
                one.tenant_id,
                Tenant(
                    one.initial_microcents, one.remaining_microcents, one.reserved_microcents, one.committed_microcents
                ),
            )
            for one in taken.tenants
        )
        return taken.version, taken.active_reservations, tenants
