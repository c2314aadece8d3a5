"""The budget engine: holds money of tenants, reserves it, settles it, and loses none (LEDGER-1 … LEDGER-11).

The engine is linearizable: one lock stands around every operation, snapshots and queries included, so all that any
number of threads see is one sequence of whole operations. What an operation refuses is an outcome (`outcomes`) and
changes nothing; what is no amount or no tenant id at all raises.

Between two operations the fields of every tenant are i64, none is negative, and remaining + reserved + committed =
initial. Where an addition below is not checked, this is why. Nothing is called between the first and the last change of
an operation, so that an interrupt (Ctrl-C) cannot end it half-way, and `with` is used for the same reason: an interrupt
between acquiring a lock and entering a `try` would leave it locked.
"""

from threading import Lock
from typing import Any, Final

from calybris_ref.ledger import (
    BudgetSnapshot,
    TenantLedger,
    check_restorable,
    check_tenant_id,
    conservation_status,
)
from calybris_ref.outcomes import (
    CommitOutcome,
    Committed,
    CommittedDraft,
    ConservationStatus,
    ExposureLimitExceeded,
    Insufficient,
    InvalidAmount,
    MissingReservation,
    MissingTenant,
    Overrun,
    Released,
    ReleaseOutcome,
    ReservationOverflow,
    Reserved,
    ReservedDraft,
    ReserveOutcome,
    SettlementOverflow,
    ToppedUp,
    TopUpOutcome,
    TopUpOverflow,
)
from calybris_ref.record import I64_WIDTH, U64_WIDTH, sized

_I64_MAX: Final = I64_WIDTH.maximum
_U64_MAX: Final = U64_WIDTH.maximum
# Open holds never pass this anyway (LEDGER-5, row 3), so it is no cap, and one comparison asks for both.
_NO_CAP: Final = _I64_MAX


class Reservation:
    """An open hold. It has no content: an engine knows the ones that it issued and not yet closed, and no others.

    What identifies it is the object itself, so no number can be guessed, forged, or issued a second time (LEDGER-1).
    """

    __slots__ = ()


class _Tenant:
    """The money of a tenant, while it moves."""

    __slots__ = ("cap", "committed", "initial", "remaining", "reserved")

    def __init__(self, initial: int, remaining: int, committed: int, cap: int) -> None:
        self.initial = initial
        self.remaining = remaining
        self.reserved = 0
        self.committed = committed
        self.cap = cap


class BudgetEngine:
    """Budgets of tenants in microcents, with holds; safe for any number of threads.

    Every method raises RecordError for a tenant id that is no text and WidthError for an amount that is no i64.
    """

    __slots__ = ("_baseline", "_caps_waiting", "_lock", "_open", "_tenants", "_version")

    def __init__(self) -> None:
        self._lock = Lock()
        self._tenants: dict[str, _Tenant] = {}
        self._caps_waiting: dict[str, int] = {}  # of tenants that do not exist yet
        self._open: dict[Reservation, tuple[_Tenant, int]] = {}
        self._version = 0
        self._baseline = 0

    def ensure_tenant(self, tenant_id: str, budget_microcents: int) -> None:
        """Create a tenant with this budget; nothing when it exists, or when the budget is negative (LEDGER-2)."""
        check_tenant_id(tenant_id)
        budget = sized("budget_microcents", budget_microcents, I64_WIDTH)
        if budget < 0:
            return
        with self._lock:
            if tenant_id not in self._tenants:
                cap = self._caps_waiting.get(tenant_id, _NO_CAP)
                self._tenants[tenant_id] = _Tenant(budget, budget, 0, cap)

    def top_up_tenant(self, tenant_id: str, amount_microcents: int) -> TopUpOutcome:
        """Grant a tenant more (LEDGER-3)."""
        check_tenant_id(tenant_id)
        amount = sized("amount_microcents", amount_microcents, I64_WIDTH)
        if amount <= 0:
            return InvalidAmount()
        with self._lock:
            tenant = self._tenants.get(tenant_id)
            if tenant is None:
                return MissingTenant()
            if tenant.initial + amount > _I64_MAX:
                return TopUpOverflow()
            tenant.initial += amount
            tenant.remaining += amount
            return ToppedUp(amount, tenant.initial, tenant.remaining)

    def set_max_reserved_microcents(self, tenant_id: str, max_reserved_microcents: int) -> None:
        """Cap the open holds of a tenant, also of one that does not exist yet; 0 or less is no cap (LEDGER-4)."""
        check_tenant_id(tenant_id)
        cap = sized("max_reserved_microcents", max_reserved_microcents, I64_WIDTH)
        if cap <= 0:
            cap = _NO_CAP
        with self._lock:
            tenant = self._tenants.get(tenant_id)
            if tenant is None:
                self._caps_waiting[tenant_id] = cap
            else:
                tenant.cap = cap

    def try_reserve(self, tenant_id: str, cost_microcents: int) -> tuple[ReserveOutcome, Reservation | None]:
        """Hold the cost: (Reserved, the reservation), or (why not, None) (LEDGER-5)."""
        if type(tenant_id) is not str or type(cost_microcents) is not int or cost_microcents <= 0:
            check_tenant_id(tenant_id)
            cost_microcents = sized("cost_microcents", cost_microcents, I64_WIDTH)
            if cost_microcents <= 0:
                return Insufficient(0, cost_microcents), None
        with self._lock:
            try:
                tenant = self._tenants[tenant_id]
            except KeyError:
                # The id of a tenant that exists was checked when it was created, and what is within a cap is an i64:
                # only refusals ask for both.
                check_tenant_id(tenant_id)
                sized("cost_microcents", cost_microcents, I64_WIDTH)
                return MissingTenant(), None
            reserved = tenant.reserved + cost_microcents
            if reserved > tenant.cap:
                sized("cost_microcents", cost_microcents, I64_WIDTH)
                if reserved > _I64_MAX:
                    return ReservationOverflow(tenant.reserved), None
                return ExposureLimitExceeded(tenant.reserved, tenant.cap), None
            remaining = tenant.remaining - cost_microcents
            if remaining < 0:
                return Insufficient(tenant.remaining, cost_microcents), None
            reservation = Reservation()
            self._open[reservation] = (tenant, cost_microcents)
            tenant.remaining = remaining
            tenant.reserved = reserved
        outcome: Any = ReservedDraft()
        outcome.remaining_microcents = remaining
        outcome.__class__ = Reserved
        return outcome, reservation

    def commit(self, reservation: Reservation | None, actual_microcents: int) -> CommitOutcome:
        """Spend the actual cost, also 0, and close the hold (LEDGER-6)."""
        if type(actual_microcents) is not int or actual_microcents < 0 or type(reservation) is not Reservation:
            actual_microcents = sized("actual_microcents", actual_microcents, I64_WIDTH)
            if actual_microcents < 0:
                return InvalidAmount()
            if type(reservation) is not Reservation:
                return MissingReservation()
        with self._lock:
            try:
                tenant, held = self._open[reservation]
            except KeyError:
                sized("actual_microcents", actual_microcents, I64_WIDTH)
                return MissingReservation()
            committed = tenant.committed + actual_microcents
            if committed > _I64_MAX:
                sized("actual_microcents", actual_microcents, I64_WIDTH)
                return SettlementOverflow(tenant.remaining)
            remaining = tenant.remaining + held - actual_microcents
            if remaining < 0:
                return Overrun(tenant.remaining)
            del self._open[reservation]
            tenant.remaining = remaining
            tenant.reserved -= held
            tenant.committed = committed
        outcome: Any = CommittedDraft()
        outcome.remaining_microcents = remaining
        outcome.actual_microcents = actual_microcents
        outcome.__class__ = Committed
        spent: Committed = outcome
        return spent

    def release(self, reservation: Reservation | None) -> ReleaseOutcome:
        """Give the hold back and close it (LEDGER-7)."""
        if type(reservation) is not Reservation:
            return MissingReservation()
        with self._lock:
            try:
                tenant, held = self._open[reservation]
            except KeyError:
                return MissingReservation()
            del self._open[reservation]
            tenant.remaining += held
            tenant.reserved -= held
            return Released(tenant.remaining, held)

    def initial_microcents(self, tenant_id: str) -> int | None:
        """What the tenant was ever granted; None for an unknown one (LEDGER-8)."""
        with self._lock:
            tenant = self._found(tenant_id)
            return None if tenant is None else tenant.initial

    def remaining_microcents(self, tenant_id: str) -> int | None:
        """What the tenant can reserve; None for an unknown one (LEDGER-8)."""
        with self._lock:
            tenant = self._found(tenant_id)
            return None if tenant is None else tenant.remaining

    def reserved_microcents(self, tenant_id: str) -> int:
        """What the open holds of the tenant add up to; 0 for an unknown one (LEDGER-8)."""
        with self._lock:
            tenant = self._found(tenant_id)
            return 0 if tenant is None else tenant.reserved

    def committed_microcents(self, tenant_id: str) -> int | None:
        """What the tenant ever spent; None for an unknown one (LEDGER-8)."""
        with self._lock:
            tenant = self._found(tenant_id)
            return None if tenant is None else tenant.committed

    @property
    def tenant_count(self) -> int:
        """How many tenants there are (LEDGER-8)."""
        with self._lock:
            return len(self._tenants)

    @property
    def active_reservations(self) -> int:
        """How many holds are open, over all tenants (LEDGER-8)."""
        with self._lock:
            return len(self._open)

    @property
    def total_committed_microcents(self) -> int:
        """What all tenants ever spent, saturated at 2^63 - 1 (LEDGER-8)."""
        with self._lock:
            return _saturated_committed(self._tenants)

    @property
    def total_committed_checked_microcents(self) -> int | None:
        """What all tenants ever spent; None when it is no i64 (LEDGER-8)."""
        with self._lock:
            total = _committed(self._tenants)
        return total if total <= _I64_MAX else None

    @property
    def committed_since_last_certificate(self) -> int:
        """How much the saturated total has grown since the last certificate or restore (LEDGER-8, FIN-3)."""
        with self._lock:
            return _saturated_committed(self._tenants) - self._baseline

    @property
    def snapshot_version(self) -> int:
        """The version of the last snapshot taken; 0 before the first (LEDGER-8)."""
        with self._lock:
            return self._version

    def snapshot(self) -> BudgetSnapshot:
        """The ledger at one moment; each has the version after the one before (LEDGER-9)."""
        with self._lock:
            version, rows, active = self._copied()
        return _snapshot(version, rows, active)

    def snapshot_for_certificate(self) -> tuple[BudgetSnapshot, int]:
        """A snapshot, and what was committed since the last certificate, which this one now is (FIN-3).

        The growth is never negative: between restores what is committed only grows, and a restore moves the baseline.
        """
        with self._lock:
            version, rows, active = self._copied()
            total = _saturated_committed(self._tenants)
            committed_since = total - self._baseline
            self._baseline = total
        return _snapshot(version, rows, active), committed_since

    def verify_conservation(self) -> ConservationStatus:
        """Take a snapshot and say whether it balances (LEDGER-10). It does: anything else is a fault of this engine."""
        return conservation_status(self.snapshot())

    def restore_from_snapshot(self, snapshot: BudgetSnapshot) -> None:
        """Replace everything by the snapshot's tenants (LEDGER-11); RestoreError leaves the engine as it was.

        No hold is open then, no cap is set, and no reservation that was issued before is valid again.
        """
        check_restorable(snapshot)
        tenants = {
            tenant.tenant_id: _Tenant(
                tenant.initial_microcents, tenant.remaining_microcents, tenant.committed_microcents, _NO_CAP
            )
            for tenant in snapshot.tenants
        }
        baseline = _saturated_committed(tenants)
        caps_waiting: dict[str, int] = {}
        none_open: dict[Reservation, tuple[_Tenant, int]] = {}
        with self._lock:
            self._tenants = tenants
            self._caps_waiting = caps_waiting
            self._open = none_open
            self._version = snapshot.version
            self._baseline = baseline

    def _found(self, tenant_id: str) -> _Tenant | None:
        check_tenant_id(tenant_id)
        return self._tenants.get(tenant_id)

    def _copied(self) -> tuple[int, list[tuple[str, int, int, int, int]], int]:
        """The next version, the tenants' money, and the number of open holds; to be called under the lock."""
        if self._version < _U64_MAX:
            self._version += 1
        rows = [(name, t.initial, t.remaining, t.reserved, t.committed) for name, t in self._tenants.items()]
        return self._version, rows, len(self._open)


def _snapshot(version: int, rows: list[tuple[str, int, int, int, int]], active_reservations: int) -> BudgetSnapshot:
    """Records are built, and sorted by the bytes of their ids, outside the lock: others need not wait for it."""
    rows.sort(key=lambda row: row[0].encode())
    return BudgetSnapshot(version, tuple(TenantLedger(*row) for row in rows), active_reservations)


def _committed(tenants: dict[str, _Tenant]) -> int:
    return sum(tenant.committed for tenant in tenants.values())


def _saturated_committed(tenants: dict[str, _Tenant]) -> int:
    return min(_committed(tenants), _I64_MAX)
