"""What a ledger operation answers: one value per outcome of LEDGER-3, LEDGER-5 … LEDGER-7 and LEDGER-10, for `match`.

A refusal of the ledger is ordinary work, so it is a value and not an exception. `status` is the name of the outcome in
the specification; two operations may use one name with different amounts, which makes them different classes here.
Amounts are microcents.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias


@dataclass(frozen=True, slots=True)
class MissingTenant:
    """There is no tenant with this id."""

    status: ClassVar[str] = "missing_tenant"


@dataclass(frozen=True, slots=True)
class MissingReservation:
    """The reservation is not open: committed or released already, of another engine, or made before a restore."""

    status: ClassVar[str] = "missing_reservation"


@dataclass(frozen=True, slots=True)
class InvalidAmount:
    """A top-up of 0 or less, or a negative actual cost."""

    status: ClassVar[str] = "invalid_amount"


@dataclass(frozen=True, slots=True)
class ToppedUp:
    """The tenant was granted more: how much, all that it was ever granted, and what it can reserve now (LEDGER-3)."""

    added_microcents: int
    new_initial_microcents: int
    remaining_microcents: int
    status: ClassVar[str] = "topped_up"


@dataclass(frozen=True, slots=True)
class TopUpOverflow:
    """What the tenant was ever granted would pass 2^63 - 1 (LEDGER-3)."""

    status: ClassVar[str] = "overflow"


@dataclass(frozen=True, slots=True)
class Reserved:
    """The cost is held: what the tenant can still reserve (LEDGER-5)."""

    remaining_microcents: int
    status: ClassVar[str] = "reserved"


@dataclass(frozen=True, slots=True)
class Insufficient:
    """The cost is more than what remains; for a cost of 0 or less, 0 is shown as what remains (LEDGER-5)."""

    remaining_microcents: int
    required_microcents: int
    status: ClassVar[str] = "insufficient"


@dataclass(frozen=True, slots=True)
class ExposureLimitExceeded:
    """The open holds of the tenant would pass its cap (LEDGER-5)."""

    current_reserved_microcents: int
    max_reserved_microcents: int
    status: ClassVar[str] = "exposure_limit_exceeded"


@dataclass(frozen=True, slots=True)
class ReservationOverflow:
    """The open holds of the tenant would pass 2^63 - 1 (LEDGER-5)."""

    current_reserved_microcents: int
    status: ClassVar[str] = "overflow"


@dataclass(frozen=True, slots=True)
class Committed:
    """The actual cost is spent and the hold closed: what the tenant can reserve now, and the actual cost (LEDGER-6)."""

    remaining_microcents: int
    actual_microcents: int
    status: ClassVar[str] = "committed"


@dataclass(frozen=True, slots=True)
class Overrun:
    """What the actual cost needs beyond the hold does not remain; the hold stays open (LEDGER-6)."""

    remaining_microcents: int
    status: ClassVar[str] = "overrun"


@dataclass(frozen=True, slots=True)
class SettlementOverflow:
    """What the tenant ever spent would pass 2^63 - 1; the hold stays open (LEDGER-6)."""

    remaining_microcents: int
    status: ClassVar[str] = "overflow"


@dataclass(frozen=True, slots=True)
class Released:
    """The hold is closed and nothing was spent: what the tenant can reserve now, and what came back (LEDGER-7)."""

    remaining_microcents: int
    returned_microcents: int
    status: ClassVar[str] = "released"


@dataclass(frozen=True, slots=True)
class Balanced:
    """Every tenant's money is in exactly one place (LEDGER-10)."""

    status: ClassVar[str] = "balanced"


@dataclass(frozen=True, slots=True)
class Violation:
    """The first tenant that is not in balance, and by how much: exact, up to 65 bits (LEDGER-10)."""

    tenant_id: str
    delta_microcents: int
    status: ClassVar[str] = "violation"


@dataclass(frozen=True, slots=True)
class AggregateOverflow:
    """The three parts of a tenant's money do not add up to an i64 (LEDGER-10)."""

    status: ClassVar[str] = "aggregate_overflow"


TopUpOutcome: TypeAlias = ToppedUp | InvalidAmount | MissingTenant | TopUpOverflow
ReserveOutcome: TypeAlias = Reserved | Insufficient | MissingTenant | ReservationOverflow | ExposureLimitExceeded
CommitOutcome: TypeAlias = Committed | InvalidAmount | MissingReservation | SettlementOverflow | Overrun
ReleaseOutcome: TypeAlias = Released | MissingReservation
ConservationStatus: TypeAlias = Balanced | Violation | AggregateOverflow

# A frozen dataclass sets its fields through object.__setattr__, one by one. For the two outcomes of every good hold
# that is a fifth of the whole time, so the engine fills a class with the same slots that is not frozen, and makes it
# the outcome at the end: the same values, of the same types.
ReservedDraft: Final[Any] = type("ReservedDraft", (), {"__slots__": Reserved.__slots__})
CommittedDraft: Final[Any] = type("CommittedDraft", (), {"__slots__": Committed.__slots__})
