"""The objects that `instrument` hands out: each does what the wrapped one does, and tells of it.

What is not named here goes to the wrapped object as it is. Functions that ask for the object itself, such as
`verify_decision`, `checkpoint` or `prove_conservation`, get it from `wrapped`.
"""

import logging
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar

from calybris_ref.budget import BudgetEngine, Reservation
from calybris_ref.instrument_events import Call, Observer
from calybris_ref.model import DecisionTrace, KernelDecision, KernelInput
from calybris_ref.outcomes import Balanced, CommitOutcome, ConservationStatus, ReleaseOutcome, ReserveOutcome
from calybris_ref.policy import PolicySnapshot
from calybris_ref.verify import AuditBundle
from calybris_ref.wal import WalEntry, WalWriter

if TYPE_CHECKING:
    from calybris_ref.async_wal import AsyncWalWriter

_HASH_DIGITS = 16

# Importing asyncio takes longer than all the others, and only who has such a writer needs it.
AsyncWriter: TypeAlias = "AsyncWalWriter"
_T = TypeVar("_T")


class _Observed(Generic[_T]):
    """An object of which some calls are told; `wrapped` is the object itself."""

    __slots__ = ("_observer", "wrapped")

    def __init__(self, observer: Observer, wrapped: _T) -> None:
        self._observer = observer
        self.wrapped = wrapped

    def __getattr__(self, name: str) -> Any:
        if name in _Observed.__slots__:
            raise AttributeError(name)  # a copy that is being made has none yet
        return getattr(self.wrapped, name)


class ObservedPolicy(_Observed[PolicySnapshot]):
    """A policy of which every decision is told."""

    __slots__ = ()

    def prescribe(self, request: KernelInput) -> KernelDecision:
        """As `PolicySnapshot.prescribe`; an event `prescribe`."""
        with self._call(request) as call:
            return self._found(call, self.wrapped.prescribe(request))

    def prescribe_with_trace(self, request: KernelInput) -> tuple[KernelDecision, DecisionTrace]:
        """As `PolicySnapshot.prescribe_with_trace`; an event `prescribe`."""
        with self._call(request) as call:
            decision, trace = self.wrapped.prescribe_with_trace(request)
            return self._found(call, decision), trace

    def prescribe_batch(self, requests: Iterable[KernelInput]) -> list[KernelDecision]:
        """As `PolicySnapshot.prescribe_batch`; an event `prescribe` for each decision."""
        return [self.prescribe(request) for request in requests]

    def _call(self, request: KernelInput) -> Call:
        return Call(
            self._observer,
            "prescribe",
            request_sequence=request.request_sequence,
            requested_model_id=request.requested_model_id,
            input_tokens=request.input_tokens,
            output_tokens=request.output_tokens,
        )

    def _found(self, call: Call, decision: KernelDecision) -> KernelDecision:
        self._observer.decided(decision)
        call.found(
            action=decision.action.label,
            reason=decision.reason.label,
            selected_model_id=decision.selected_model_id,
            expected_utility_microunits=decision.expected_utility_microunits,
            estimated_cost_microunits=decision.estimated_cost_microunits,
            eligible_models=decision.eligible_models,
        )
        return decision


class ObservedEngine(_Observed[BudgetEngine]):
    """A budget engine: events say what was answered, and nothing of tenants and amounts."""

    __slots__ = ()

    def try_reserve(self, tenant_id: str, cost_microcents: int) -> tuple[ReserveOutcome, Reservation | None]:
        """As `BudgetEngine.try_reserve`; an event `reserve`."""
        with Call(self._observer, "reserve") as call:
            outcome, reservation = self.wrapped.try_reserve(tenant_id, cost_microcents)
            call.found(status=outcome.status)
        return outcome, reservation

    def commit(self, reservation: Reservation | None, actual_microcents: int) -> CommitOutcome:
        """As `BudgetEngine.commit`; an event `commit`."""
        with Call(self._observer, "commit") as call:
            outcome = self.wrapped.commit(reservation, actual_microcents)
            call.found(status=outcome.status)
        return outcome

    def release(self, reservation: Reservation | None) -> ReleaseOutcome:
        """As `BudgetEngine.release`; an event `release`."""
        with Call(self._observer, "release") as call:
            outcome = self.wrapped.release(reservation)
            call.found(status=outcome.status)
        return outcome

    def verify_conservation(self) -> ConservationStatus:
        """As `BudgetEngine.verify_conservation`; an event `conservation`, an error for a ledger out of balance."""
        with Call(self._observer, "conservation") as call:
            status = self.wrapped.verify_conservation()
            balanced = isinstance(status, Balanced)
            self._observer.checked(balanced=balanced)
            call.found(logging.INFO if balanced else logging.ERROR, status=status.status)
        return status


class ObservedLog(_Observed[WalWriter]):
    """A writer of a log: of an entry, an event has the place and no content."""

    __slots__ = ()

    def append(self, payload: Any) -> WalEntry:
        """As `WalWriter.append`; an event `append`."""
        with Call(self._observer, "append") as call:
            return _appended(call, self.wrapped.append(payload))

    def append_audited(
        self, audit: AuditBundle, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """As `WalWriter.append_audited`; an event `append`."""
        with Call(self._observer, "append") as call:
            return _appended(call, self.wrapped.append_audited(audit, request, decision, metadata))

    def append_verified_audited(
        self, snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """As `WalWriter.append_verified_audited`; an event `append`."""
        with Call(self._observer, "append") as call:
            return _appended(call, self.wrapped.append_verified_audited(snapshot, request, decision, metadata))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wrapped.close()


class ObservedAsyncLog(_Observed[AsyncWriter]):
    """As `ObservedLog`, for an event loop."""

    __slots__ = ()

    async def append(self, payload: Any) -> WalEntry:
        """As `AsyncWalWriter.append`; an event `append`."""
        with Call(self._observer, "append") as call:
            return _appended(call, await self.wrapped.append(payload))

    async def append_audited(
        self, audit: AuditBundle, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """As `AsyncWalWriter.append_audited`; an event `append`."""
        with Call(self._observer, "append") as call:
            return _appended(call, await self.wrapped.append_audited(audit, request, decision, metadata))

    async def append_verified_audited(
        self, snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision, metadata: Any = None
    ) -> WalEntry:
        """As `AsyncWalWriter.append_verified_audited`; an event `append`."""
        with Call(self._observer, "append") as call:
            return _appended(call, await self.wrapped.append_verified_audited(snapshot, request, decision, metadata))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.wrapped.close()


def _appended(call: Call, entry: WalEntry) -> WalEntry:
    call.found(sequence=entry.sequence, entry_hash_prefix=entry.entry_hash[:_HASH_DIGITS])
    return entry
