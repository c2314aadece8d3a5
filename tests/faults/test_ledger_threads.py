"""Threads on one ledger: every snapshot balances, no money is lost, and what they see is linearizable (LEDGER-9)."""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from calybris_ref import (
    Balanced,
    BudgetEngine,
    BudgetSnapshot,
    Reservation,
    Reserved,
    TenantLedger,
    ToppedUp,
    certify_ledger,
    conservation_status,
    prove_snapshot,
)
from calybris_ref.outcomes import ReserveOutcome
from tests.faults.linearizability import Call, Ledger, Money, Observed, begun, is_linearizable

THREADS = 8
START = begun({"a": 10})


@pytest.fixture(autouse=True)
def many_switches() -> Iterator[None]:
    """Threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: list[Callable[[], object]]) -> None:
    """Run all at once; the first thing that went wrong in any of them is raised here."""
    gate, wrong = threading.Barrier(len(work)), list[BaseException]()

    def run(one: Callable[[], object]) -> None:
        try:
            gate.wait()
            one()
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is seen
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


@pytest.mark.no_cover
def test_every_snapshot_balances_and_no_money_is_lost() -> None:
    engine, tenants = BudgetEngine(), ["a", "b", "c"]
    granted, spent, certified = [0] * THREADS, [0] * THREADS, [0] * THREADS
    for tenant in tenants:
        engine.ensure_tenant(tenant, 1_000)
        engine.set_max_reserved_microcents(tenant, 700)

    def work(thread: int) -> None:
        rng = random.Random(thread)  # noqa: S311 - reproducible, not secret
        held: list[Reservation | None] = []
        for step in range(1_500):
            outcome, reservation = engine.try_reserve(rng.choice(tenants), rng.randint(1, 200))
            if isinstance(outcome, Reserved):
                held.append(reservation)
            if held and rng.random() < 0.8:
                one = held.pop(rng.randrange(len(held)))
                actual = rng.randint(0, 250)
                if engine.commit(one, actual).status == "committed":
                    spent[thread] += actual
                else:
                    assert engine.release(one).status == "released"
            if step % 7 == 0:
                shown = engine.snapshot()
                assert conservation_status(shown) == Balanced()
                assert all(tenant.reserved_microcents <= 700 for tenant in shown.tenants)
                assert prove_snapshot(shown).total_committed_microcents <= engine.total_committed_microcents
            if step % 11 == 0:
                granted[thread] += 50 * isinstance(engine.top_up_tenant(rng.choice(tenants), 50), ToppedUp)
            if step % 50 == 0:
                certified[thread] += certify_ledger(engine).committed_since_last_certificate
        for one in held:
            assert engine.release(one).status == "released"

    together([lambda thread=thread: work(thread) for thread in range(THREADS)])  # type: ignore[misc]  # bound early

    last = engine.snapshot()
    assert conservation_status(last) == Balanced()
    assert sum(tenant.initial_microcents for tenant in last.tenants) == 3_000 + sum(granted)
    assert engine.total_committed_microcents == sum(spent) > 0
    assert sum(certified) + engine.committed_since_last_certificate == sum(spent), "nothing is certified twice"
    assert engine.active_reservations == last.active_reservations == 0


@pytest.mark.no_cover
def test_a_restore_is_one_step_for_everybody() -> None:
    engine = BudgetEngine()
    states = [tuple(TenantLedger(name, budget, budget, 0, 0) for name in "abc") for budget in (100, 200)]
    engine.restore_from_snapshot(BudgetSnapshot(1, states[0], 0))

    def restore() -> None:
        for step in range(100):
            engine.restore_from_snapshot(BudgetSnapshot(1, states[step % 2], 0))

    def look() -> None:
        for _ in range(200):
            assert engine.snapshot().tenants in states

    together([restore, restore, *[look] * 6])


class Torn(BudgetEngine):
    """Wrong on purpose: a snapshot reads one tenant after another, and lets others in between."""

    __slots__ = ()

    def snapshot(self) -> BudgetSnapshot:
        tenants = []
        for name in ("a", "b"):
            money: list[Any] = [
                getattr(self, f"{field}_microcents")(name)
                for field in ("initial", "remaining", "reserved", "committed")
            ]
            tenants.append(TenantLedger(name, *money))
            time.sleep(0)
        return BudgetSnapshot(super().snapshot().version, tuple(tenants), self.active_reservations)


class Checked(BudgetEngine):
    """Wrong on purpose: what remains is asked before the lock is taken, and answered behind it."""

    __slots__ = ()

    def try_reserve(self, tenant_id: str, cost_microcents: int) -> tuple[ReserveOutcome, Reservation | None]:
        remaining = self.remaining_microcents(tenant_id)
        time.sleep(0)
        outcome, reservation = super().try_reserve(tenant_id, cost_microcents)
        if isinstance(outcome, Reserved) and remaining is not None:
            return Reserved(remaining - cost_microcents), reservation
        return outcome, reservation


def history(kind: type[BudgetEngine], seed: int) -> tuple[list[Call], Ledger]:
    """What eight threads did with a new engine, each some few operations, and the ledger that they began with."""
    observed, clock = Observed(kind(), {"a": 60, "b": 60}), count()
    calls: list[Call] = []

    def work(thread: int) -> None:
        rng = random.Random(f"{seed}/{thread}")  # noqa: S311 - reproducible, not secret
        for step in range(3):
            labels = sorted(observed.reservations)
            operation: tuple[Any, ...] = rng.choice(
                [
                    ("reserve", f"{thread}.{step}", rng.choice("ab"), rng.randint(1, 40)),
                    ("settle", rng.choice(labels or ["none"]), rng.choice([None, 0, 15, 50])),
                    ("top_up", rng.choice("ab"), 5),
                    ("snapshot",),
                ]
            )
            begin = next(clock)
            answer = observed.ask(*operation)
            calls.append(Call(operation[0], operation[1:], answer, begin, next(clock)))

    together([lambda thread=thread: work(thread) for thread in range(THREADS)])  # type: ignore[misc]  # bound early
    return calls, observed.start


@pytest.mark.no_cover
def test_what_threads_see_is_linearizable() -> None:
    overlapping = 0
    for seed in range(300):
        calls, start = history(BudgetEngine, seed)
        assert is_linearizable(calls, start), calls
        overlapping += any(one.begin < other.begin < one.end for one in calls for other in calls)
    assert overlapping > 50, "calls that do not overlap show nothing"


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", [Torn, Checked])
def test_a_planted_race_is_found(kind: type[BudgetEngine]) -> None:
    assert any(not is_linearizable(*history(kind, seed)) for seed in range(500))


def call(operation: str, *arguments: Any, answer: Any, begin: int, end: int) -> Call:
    return Call(operation, arguments, answer, begin, end)


FIRST = call("reserve", "x", "a", 6, answer=("reserved", 4), begin=0, end=3)


@pytest.mark.parametrize(
    ("calls", "linearizable"),
    [
        ([], True),
        ([FIRST], True),
        ([FIRST._replace(answer=("reserved", 5))], False),
        # one of two reservations that overlap is too late, whichever: both cannot be in time
        ([FIRST, call("reserve", "y", "a", 6, answer=("insufficient", 4), begin=1, end=2)], True),
        ([FIRST, call("reserve", "y", "a", 6, answer=("reserved", 4), begin=1, end=2)], False),
        # a call that began after another had ended cannot have come before it
        ([FIRST, call("snapshot", answer=(1, 0, (("a", Money(10, 10, 0, 0)),)), begin=1, end=2)], True),
        ([FIRST, call("snapshot", answer=(1, 0, (("a", Money(10, 10, 0, 0)),)), begin=4, end=5)], False),
        ([FIRST, call("snapshot", answer=(1, 1, (("a", Money(10, 4, 6, 0)),)), begin=4, end=5)], True),
        # settled once
        (
            [
                FIRST,
                call("settle", "x", 2, answer=("committed", 8), begin=4, end=7),
                call("settle", "x", None, answer=("missing_reservation",), begin=5, end=6),
            ],
            True,
        ),
        (
            [
                FIRST,
                call("settle", "x", 2, answer=("committed", 8), begin=4, end=7),
                call("settle", "x", None, answer=("released", 10), begin=5, end=6),
            ],
            False,
        ),
        ([FIRST, call("settle", "x", 11, answer=("overrun", 4), begin=4, end=5)], True),
        ([call("top_up", "a", 5, answer=("topped_up", 15), begin=0, end=1)], True),
    ],
)
def test_the_checker_tells_right_from_wrong(calls: list[Call], linearizable: bool) -> None:
    assert is_linearizable(calls, START) is linearizable
