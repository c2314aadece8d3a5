"""How one call becomes one event: a record of the standard `logging`, and a span where there is a tracer.

An event is told after the call and beside it: whatever goes wrong while telling, the caller gets its answer, and a
reservation is not lost with its event.
"""

import logging
from threading import Lock
from time import time_ns
from types import TracebackType
from typing import TYPE_CHECKING, Self

from calybris_ref.errors import CalybrisError
from calybris_ref.model import KernelDecision
from calybris_ref.record import I64_WIDTH

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Field = int | str


class Observer:
    """Where events go, and what is counted of them; safe for any number of threads."""

    def __init__(self, logger: logging.Logger, tracer: "Tracer | None") -> None:
        self._logger = logger
        self._tracer = tracer
        self._lock = Lock()
        self._executed = 0
        self._substituted = 0
        self._rejected = 0
        self._balanced: bool | None = None
        self._events_lost = 0

    @property
    def events_lost(self) -> int:
        """How many events a logger or a tracer refused with an exception."""
        return self._events_lost

    def decided(self, decision: KernelDecision) -> None:
        """Count a decision."""
        with self._lock:
            self._executed += decision.is_requested_execution
            self._substituted += decision.is_substitution
            self._rejected += decision.is_rejected

    def checked(self, *, balanced: bool) -> None:
        """Remember what a check of a ledger found."""
        with self._lock:
            self._balanced = balanced

    def tell(self, event: str, level: int, fields: dict[str, Field], started_ns: int) -> None:
        """Tell of a call that has ended; never raises."""
        try:
            if self._logger.isEnabledFor(level):
                text = " ".join(f"{name}={value}" for name, value in fields.items())
                self._logger.log(level, "%s %s", event, text, extra={"calybris": {"event": event, **fields}})
            if self._tracer is not None:
                _trace(self._tracer, event, level, fields, started_ns)
        except Exception:  # noqa: BLE001 - what was done is done, and its answer must reach the caller
            with self._lock:
                self._events_lost += 1


class Call:
    """One call that is observed: `with` stands around it, and an exception is told as an error, by its code or class.

    No message of an exception is told, because one may quote a payload or a tenant.
    """

    def __init__(self, observer: Observer, event: str, **asked: Field) -> None:
        self._observer = observer
        self._event = event
        self._fields: dict[str, Field] = asked
        self._level = logging.INFO
        self._started_ns = 0

    def found(self, level: int = logging.INFO, /, **fields: Field) -> None:
        """What the call answered, and how much that matters."""
        self._level = level
        self._fields |= fields

    def __enter__(self) -> Self:
        self._started_ns = time_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._level = logging.ERROR
            self._fields["error"] = error.code if isinstance(error, CalybrisError) else type(error).__name__
        self._observer.tell(self._event, self._level, self._fields, self._started_ns)


def _trace(tracer: "Tracer", event: str, level: int, fields: dict[str, Field], started_ns: int) -> None:
    attributes = {f"calybris.{name}": _attribute(value) for name, value in fields.items()}
    span = tracer.start_span(f"calybris.{event}", start_time=started_ns, attributes=attributes)
    if level >= logging.ERROR:
        from opentelemetry.trace import StatusCode

        span.set_status(StatusCode.ERROR)
    span.end()


def _attribute(value: Field) -> Field:
    # Exporters write attributes as i64; a sequence may have all of its 64 bits.
    fits = isinstance(value, str) or I64_WIDTH.minimum <= value <= I64_WIDTH.maximum
    return value if fits else str(value)
