"""What an operator sees of a running engine: an event for each call, spans, and numbers. Off unless asked for.

Nothing else in the library knows of this. It wraps the objects that a program has, and the program uses what it gets:

    watched = instrument()
    policy, engine = watched.policy(policy), watched.engine(engine)

Each call of a wrapped method is one event of the standard `logging`, with its fields in `record.calybris`, and one span
with the same fields where a tracer is given. An event holds the numbers of a decision, statuses, and the beginning of a
hash: no key, no payload, no metadata, no tenant and none of its amounts. No handler and no exporter is set up.
"""

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, overload

from calybris_ref.budget import BudgetEngine
from calybris_ref.instrument_events import Call, Observer
from calybris_ref.instrument_proxies import ObservedAsyncLog, ObservedEngine, ObservedLog, ObservedPolicy
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import U64, Record
from calybris_ref.verify import DigestMismatch, Mismatch, Valid, verify_decision, verify_decision_digest
from calybris_ref.wal import WalWriter

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Meter, Observation
    from opentelemetry.trace import Tracer

    from calybris_ref.async_wal import AsyncWalWriter

__all__ = [
    "EngineMetrics",
    "Instrumentation",
    "ObservedAsyncLog",
    "ObservedEngine",
    "ObservedLog",
    "ObservedPolicy",
    "instrument",
]

_NAME = "calybris_ref"


@dataclass(frozen=True, slots=True)
class EngineMetrics(Record):
    """Numbers at one moment, over everything that was wrapped.

    `conservation_balanced` is what the last check of a wrapped engine found, and None before the first;
    `wal_sequence` is the highest of the wrapped logs, and 0 without one.
    """

    decisions_total: U64
    decisions_executed: U64
    decisions_substituted: U64
    decisions_rejected: U64
    reservations_active: U64
    tenants_total: U64
    conservation_balanced: bool | None
    wal_sequence: U64


# Field of EngineMetrics -> what it counts.
_COUNTERS = {
    "decisions_total": "decisions taken",
    "decisions_executed": "decisions that execute the requested model",
    "decisions_substituted": "decisions that execute another model",
    "decisions_rejected": "decisions that reject",
}
# The same of those that may fall, too.
_GAUGES = {
    "reservations_active": "open holds",
    "tenants_total": "tenants",
    "conservation_balanced": "1 when the last check found the ledger balanced, else 0",
    "wal_sequence": "the sequence of the last entry of the log",
}


class Instrumentation(Observer):
    """Wraps policies, engines and logs, and counts what they do; safe for any number of threads.

    The logger is `calybris_ref` by default. A tracer and a meter are those of OpenTelemetry: True asks for its global
    ones, and raises ModuleNotFoundError where it is not installed.
    """

    def __init__(
        self,
        logger: logging.Logger | None = None,
        tracer: "Tracer | Literal[True] | None" = None,
        meter: "Meter | Literal[True] | None" = None,
    ) -> None:
        super().__init__(_silent_logger() if logger is None else logger, _global_tracer() if tracer is True else tracer)
        self._engines: list[BudgetEngine] = []
        self._logs: list[WalWriter | AsyncWalWriter] = []
        if meter is not None:
            self._measure(_global_meter() if meter is True else meter)

    def policy(self, snapshot: PolicySnapshot) -> ObservedPolicy:
        """A policy of which every decision is an event."""
        return ObservedPolicy(self, snapshot)

    def engine(self, engine: BudgetEngine) -> ObservedEngine:
        """An engine of which reservations, settlements and checks are events; its holds and tenants are counted."""
        with self._lock:
            if not any(known is engine for known in self._engines):
                self._engines.append(engine)
        return ObservedEngine(self, engine)

    @overload
    def log(self, writer: WalWriter) -> ObservedLog: ...

    @overload
    def log(self, writer: "AsyncWalWriter") -> ObservedAsyncLog: ...

    def log(self, writer: "WalWriter | AsyncWalWriter") -> ObservedLog | ObservedAsyncLog:
        """A writer of which every append is an event."""
        with self._lock:
            if not any(known is writer for known in self._logs):
                self._logs.append(writer)
        return ObservedLog(self, writer) if isinstance(writer, WalWriter) else ObservedAsyncLog(self, writer)

    def verify_decision(
        self, snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision
    ) -> Valid | Mismatch:
        """As `verify_decision`; an event `verify`, a warning for a mismatch."""
        with Call(self, "verify", request_sequence=request.request_sequence) as call:
            verdict = verify_decision(snapshot, request, decision)
            call.found(logging.INFO if isinstance(verdict, Valid) else logging.WARNING, status=verdict.status)
        return verdict

    def verify_decision_digest(self, decision: KernelDecision, claimed_hex: str) -> Valid | DigestMismatch:
        """As `verify_decision_digest`; an event `verify`, an error for a mismatch."""
        with Call(self, "verify", request_sequence=decision.request_sequence) as call:
            verdict = verify_decision_digest(decision, claimed_hex)
            call.found(logging.INFO if isinstance(verdict, Valid) else logging.ERROR, status=verdict.status)
        return verdict

    def metrics(self) -> EngineMetrics:
        """The numbers now. No snapshot is taken for them, so that asking changes no version."""
        with self._lock:
            counts = (self._executed, self._substituted, self._rejected)
            balanced = self._balanced
            engines, logs = self._engines.copy(), self._logs.copy()
        return EngineMetrics(
            sum(counts),
            *counts,
            reservations_active=sum(engine.active_reservations for engine in engines),
            tenants_total=sum(engine.tenant_count for engine in engines),
            conservation_balanced=balanced,
            wal_sequence=max((log.sequence for log in logs), default=0),
        )

    def _measure(self, meter: "Meter") -> None:
        for name, description in _COUNTERS.items():
            meter.create_observable_counter(f"calybris.{name}", [partial(self._observed, name)], "1", description)
        for name, description in _GAUGES.items():
            meter.create_observable_gauge(f"calybris.{name}", [partial(self._observed, name)], "1", description)

    def _observed(self, name: str, _options: "CallbackOptions") -> "list[Observation]":
        from opentelemetry.metrics import Observation

        value = getattr(self.metrics(), name)
        return [] if value is None else [Observation(int(value))]


def instrument(
    logger: logging.Logger | None = None,
    tracer: "Tracer | Literal[True] | None" = None,
    meter: "Meter | Literal[True] | None" = None,
) -> Instrumentation:
    """Turn on events, and spans and metrics where a tracer or a meter is given: an `Instrumentation`."""
    return Instrumentation(logger, tracer, meter)


def _silent_logger() -> logging.Logger:
    logger = logging.getLogger(_NAME)
    if not logger.handlers:
        # Else Python itself prints the warnings of a program that has set up no handler.
        logger.addHandler(logging.NullHandler())
    return logger


def _global_tracer() -> "Tracer":
    from opentelemetry import trace

    return trace.get_tracer(_NAME)


def _global_meter() -> "Meter":
    from opentelemetry import metrics

    return metrics.get_meter(_NAME)
