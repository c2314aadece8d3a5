"""Whether what threads saw of a ledger can have happened one operation after another (after Wing and Gong, 1993).

A history is a list of calls, each with the moments of its begin and its end and what it answered. It is linearizable
when the calls can be put in one order that keeps every call before those that began after its end, and in which the
sequential ledger of the specification (`calybris_spec.book`, LEDGER-1 to LEDGER-9) gives the same answers. The search
keeps what it has tried: calls done and the state behind them.
"""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from calybris_ref import BudgetEngine, Reservation
from calybris_spec import book


class Call(NamedTuple):
    """One call of one thread: the operation with its arguments, its answer, and when it began and ended."""

    operation: str
    arguments: tuple[Any, ...]
    answer: Any
    begin: int
    end: int


class Money(NamedTuple):
    """What a snapshot shows of a tenant."""

    initial: int
    remaining: int
    reserved: int
    committed: int


class Ledger(NamedTuple):
    """The specification's ledger, and the number of each hold by the label that a thread gave it."""

    book: book.Book
    numbers: frozenset[tuple[str, int]] = frozenset()


def begun(tenants: dict[str, int]) -> Ledger:
    """A ledger with these tenants and their budgets."""
    state = book.NEW
    for name, budget in tenants.items():
        state = book.ensure_tenant(state, name, budget)
    return Ledger(state)


def reserve(ledger: Ledger, label: str, name: str, cost: int) -> tuple[Ledger, Any]:
    after, told = book.reserve(ledger.book, name, cost)
    made = frozenset() if told.number is None else frozenset([(label, told.number)])
    return Ledger(after, ledger.numbers | made), (told.status, told.amounts["remaining_microcents"])


def settle(ledger: Ledger, label: str, actual: int | None) -> tuple[Ledger, Any]:
    """A commit of an actual cost, or a release (None)."""
    number = dict(ledger.numbers).get(label, NO_HOLD)
    after, told = book.release(ledger.book, number) if actual is None else book.commit(ledger.book, number, actual)
    return ledger._replace(book=after), (told.status, *[told.amounts[name] for name in told.amounts if name in SHOWN])


def top_up(ledger: Ledger, name: str, amount: int) -> tuple[Ledger, Any]:
    after, told = book.top_up(ledger.book, name, amount)
    return ledger._replace(book=after), (told.status, told.amounts["remaining_microcents"])


def snapshot(ledger: Ledger) -> tuple[Ledger, Any]:
    after, taken = book.take_snapshot(ledger.book)
    tenants = tuple((tenant[0], Money(*tenant[1:])) for tenant in taken.tenants)
    return ledger._replace(book=after), (taken.version, taken.active_reservations, tenants)


NO_HOLD = 0
SHOWN = ("remaining_microcents",)
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
    """An engine as the specification sees it: operations by name, reservations by label."""

    def __init__(self, engine: BudgetEngine, tenants: dict[str, int]) -> None:
        self.engine = engine
        self.reservations: dict[str, Reservation | None] = {}
        for name, budget in tenants.items():
            engine.ensure_tenant(name, budget)
        self.start = begun(tenants)

    def ask(self, operation: str, *arguments: Any) -> Any:
        """The engine's answer, in the form of the specification's."""
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
                Money(
                    one.initial_microcents, one.remaining_microcents, one.reserved_microcents, one.committed_microcents
                ),
            )
            for one in taken.tenants
        )
        return taken.version, taken.active_reservations, tenants
