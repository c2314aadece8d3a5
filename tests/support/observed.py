"""Somebody who listens to an instrumented engine, and everything that there is to hear."""

import logging
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from calybris_ref import (
    BudgetEngine,
    Instrumentation,
    Violation,
    WalWriter,
)
from tests.support import records

POLICY = records.policy([records.model(1), records.model(2, quality_bps=7_000)])
REQUEST = records.request()
DECISION = POLICY.prescribe(REQUEST)
SUBSTITUTED = records.request(requested_model_id=9)
REJECTED = records.request(risk_bps=10_000)
CANARY = "do-not-tell"
KEY = CANARY.encode().ljust(32, b"!")


class Told(logging.Handler):
    """Keeps what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def fields(self) -> list[dict[str, Any]]:
        return [record.calybris for record in self.records]  # type: ignore[attr-defined]  # an extra of the record

    @property
    def levels(self) -> list[str]:
        return [record.levelname for record in self.records]


class Broken(BudgetEngine):
    """An engine that lost money."""

    def verify_conservation(self) -> Violation:
        return Violation("acme", -1)


def everything(watched: Instrumentation, folder: Path) -> None:
    """Every wrapped call, good and bad, with a secret wherever there is a place for one."""
    policy, engine = watched.policy(POLICY), watched.engine(BudgetEngine())
    policy.prescribe(REQUEST)
    watched.verify_decision(POLICY, REQUEST, DECISION)
    watched.verify_decision_digest(DECISION, CANARY)
    engine.ensure_tenant(CANARY, 987_654_321)
    _, reservation = engine.try_reserve(CANARY, 123_456_789)
    engine.try_reserve(CANARY, 999_999_999)
    engine.commit(reservation, 111_111_111)
    engine.verify_conservation()
    with pytest.raises(Exception, match="tenant_id"):
        engine.try_reserve(CANARY + "\ud800", 1)
    with watched.log(WalWriter.open_keyed(folder / CANARY, KEY)) as log:
        log.append_verified_audited(POLICY, REQUEST, DECISION, {CANARY: CANARY})
        with pytest.raises(Exception, match="a number"):
            log.append({CANARY: 0.5})
        log.wrapped.close()
        with pytest.raises(Exception, match="closed"):
            log.append(CANARY)


class Tracing:
    """A tracer of the SDK, and the spans that it ended."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = self.provider.get_tracer("test")

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())
