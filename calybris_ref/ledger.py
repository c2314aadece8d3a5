"""What a ledger is at one moment: tenants and snapshots, whether they balance, and whether one may be restored.

Clauses LEDGER-1, LEDGER-9, LEDGER-10 and LEDGER-11. A snapshot is a frozen record; it may come from anywhere, so only
widths are taken for granted: it may be out of order, out of balance, or hold a tenant twice.
"""

from dataclasses import dataclass

from calybris_ref.errors import RecordError, RestoreError, shown
from calybris_ref.outcomes import AggregateOverflow, Balanced, ConservationStatus, Violation
from calybris_ref.record import I64, I64_WIDTH, U64, Record


@dataclass(frozen=True, slots=True)
class TenantLedger(Record):
    """The money of one tenant in microcents: ever granted, free, in open holds, ever spent (LEDGER-1).

    `tenant_id` is any text that has a UTF-8 form; RecordError RECORD_TEXT_INVALID for half of a surrogate pair.
    """

    tenant_id: str
    initial_microcents: I64
    remaining_microcents: I64
    reserved_microcents: I64
    committed_microcents: I64

    def __post_init__(self) -> None:
        # Not super(): a slotted dataclass is a new class, which the compiler's cell of super() does not know.
        Record.__post_init__(self)
        check_tenant_id(self.tenant_id)


@dataclass(frozen=True, slots=True)
class BudgetSnapshot(Record):
    """A ledger at one moment (LEDGER-9): those of an engine hold the tenants sorted by the bytes of their ids.

    `wal_high_watermark` is the sequence of the last log entry that the ledger knows of, or None.
    """

    version: U64
    tenants: tuple[TenantLedger, ...]
    active_reservations: U64
    wal_high_watermark: U64 | None = None


def check_tenant_id(tenant_id: object) -> None:
    """Raise RecordError unless this can be the id of a tenant: a str, and one that UTF-8 can write (LEDGER-1)."""
    if type(tenant_id) is not str:
        detail = f"a str is needed, not {type(tenant_id).__name__}"
        raise RecordError(detail, code="RECORD_TYPE_INVALID", key="tenant_id")
    try:
        tenant_id.encode()
    except UnicodeEncodeError:
        detail = f"{shown(tenant_id)} holds half of a surrogate pair"
        raise RecordError(detail, code="RECORD_TEXT_INVALID", key="tenant_id") from None


def conservation_status(snapshot: BudgetSnapshot) -> ConservationStatus:
    """The first finding, tenant after tenant in the snapshot's order, or Balanced (LEDGER-10)."""
    return conservation_finding(snapshot)[1]


def conservation_finding(snapshot: BudgetSnapshot) -> tuple[int, ConservationStatus]:
    """As `conservation_status`, with the place of the tenant that was found; the number of tenants when balanced."""
    for place, tenant in enumerate(snapshot.tenants):
        total = tenant.remaining_microcents + tenant.reserved_microcents + tenant.committed_microcents
        if not fits_i64(total):
            return place, AggregateOverflow()
        if total != tenant.initial_microcents:
            return place, Violation(tenant.tenant_id, total - tenant.initial_microcents)
        if tenant.remaining_microcents < 0:
            return place, Violation(tenant.tenant_id, tenant.remaining_microcents)
    return len(snapshot.tenants), Balanced()


def fits_i64(amount: int) -> bool:
    """Whether an exact sum is an i64."""
    return I64_WIDTH.minimum <= amount <= I64_WIDTH.maximum


# LEDGER-11, rows 4 to 6.
_NEVER_NEGATIVE = ("remaining_microcents", "initial_microcents", "committed_microcents")


def check_restorable(snapshot: BudgetSnapshot) -> None:
    """Raise RestoreError for the first reason why an engine refuses to restore this snapshot (LEDGER-11)."""
    if snapshot.active_reservations:
        raise RestoreError(
            f"{snapshot.active_reservations} reservations are open, and a snapshot does not hold them",
            code="RESTORE_RESERVATIONS_ACTIVE",
            at="active_reservations",
            value=snapshot.active_reservations,
        )
    seen: set[str] = set()
    for place, tenant in enumerate(snapshot.tenants):
        _check_tenant(tenant, f"tenants[{place}]", seen)
        seen.add(tenant.tenant_id)
    place, finding = conservation_finding(snapshot)
    if not isinstance(finding, Balanced):
        tenant = snapshot.tenants[place]
        raise RestoreError(
            f"remaining, reserved and committed of {shown(tenant.tenant_id)} do not add up to initial",
            code="RESTORE_UNBALANCED",
            at=f"tenants[{place}]",
            tenant_id=tenant.tenant_id,
            value=finding,
        )


def _check_tenant(tenant: TenantLedger, at: str, seen: set[str]) -> None:
    """LEDGER-11, rows 2 to 6, of one tenant; `seen` holds the ids of those before it."""
    if tenant.tenant_id in seen:
        raise RestoreError(
            f"{shown(tenant.tenant_id)} stands in the snapshot twice",
            code="RESTORE_TENANT_DUPLICATE",
            at=f"{at}.tenant_id",
            tenant_id=tenant.tenant_id,
            value=tenant.tenant_id,
        )
    if tenant.reserved_microcents:
        raise RestoreError(
            f"{tenant.reserved_microcents} microcents are held by no reservation",
            code="RESTORE_RESERVED_WITHOUT_HOLD",
            at=f"{at}.reserved_microcents",
            tenant_id=tenant.tenant_id,
            value=tenant.reserved_microcents,
        )
    for field in _NEVER_NEGATIVE:
        amount = getattr(tenant, field)
        if amount < 0:
            raise RestoreError(
                f"{amount} microcents are negative",
                code="RESTORE_FIELD_NEGATIVE",
                at=f"{at}.{field}",
                tenant_id=tenant.tenant_id,
                value=amount,
            )
