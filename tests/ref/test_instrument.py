"""`instrument`: its logger, its numbers, and OpenTelemetry when it is asked for."""

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from opentelemetry import metrics as otel_metrics
from opentelemetry import trace as otel_trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint

from calybris_ref import (
    EngineMetrics,
    Instrumentation,
    WalWriter,
)
from calybris_ref.instrument import instrument
from tests.support import ledgers
from tests.support.observed import POLICY, REJECTED, REQUEST, SUBSTITUTED, Told, Tracing, everything


def test_the_default_logger_is_silent_until_somebody_listens(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("calybris_ref")
    watched = instrument()
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler]
    instrument()
    assert len(logger.handlers) == 1
    with caplog.at_level(logging.INFO, "calybris_ref"):
        watched.policy(POLICY).prescribe(REQUEST)
    assert [record.name for record in caplog.records] == ["calybris_ref"]
    assert capfd.readouterr().err == ""


def test_metrics_count_what_was_wrapped(watched: Instrumentation, tmp_path: Path) -> None:
    assert watched.metrics() == EngineMetrics(0, 0, 0, 0, 0, 0, None, 0)
    policy = watched.policy(POLICY)
    for request in (REQUEST, REQUEST, SUBSTITUTED, REJECTED, REJECTED, REJECTED):
        policy.prescribe(request)
    one, other = ledgers.engine(a=10, b=10), ledgers.engine(c=10)
    engine = watched.engine(one)
    watched.engine(one)
    engine.try_reserve("a", 1)
    watched.engine(other).try_reserve("c", 1)
    version = one.snapshot_version
    writer = WalWriter.open(tmp_path / "a.wal")
    with watched.log(writer) as log:
        watched.log(writer)
        log.append(1)
        assert watched.metrics() == EngineMetrics(6, 2, 1, 3, 2, 3, None, 1)
        assert one.snapshot_version == version
        engine.verify_conservation()
        writer.append(2)
        assert watched.metrics() == EngineMetrics(6, 2, 1, 3, 2, 3, True, 2)


def test_nothing_is_lost_between_threads(watched: Instrumentation, told: Told) -> None:
    policy, engine = watched.policy(POLICY), watched.engine(ledgers.engine(a=10**9))

    def work(_: int) -> None:
        for request in (REQUEST, SUBSTITUTED, REJECTED):
            policy.prescribe(request)
        engine.try_reserve("a", 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert watched.metrics() == EngineMetrics(600, 200, 200, 200, 200, 1, None, 0)
    assert (len(told.records), watched.events_lost) == (800, 0)


def measured(reader: InMemoryMetricReader) -> dict[str, tuple[str, int | float]]:
    """Name -> kind and value of everything that is exported."""
    data = reader.get_metrics_data()
    return {
        metric.name: (type(metric.data).__name__, point.value)
        for resource in (data.resource_metrics if data else [])
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
        if isinstance(point, NumberDataPoint)
    }


def test_metrics_are_measured(logger: logging.Logger, tmp_path: Path) -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    watched = instrument(logger, meter=provider.get_meter("test"))
    assert "calybris.conservation_balanced" not in measured(reader)
    watched.policy(POLICY).prescribe_batch([REQUEST, SUBSTITUTED, REJECTED, REJECTED])
    engine = watched.engine(ledgers.engine(a=10))
    engine.try_reserve("a", 1)
    engine.verify_conservation()
    with watched.log(WalWriter.open(tmp_path / "a.wal")) as log:
        log.append(1)
    assert measured(reader) == {
        "calybris.decisions_total": ("Sum", 4),
        "calybris.decisions_executed": ("Sum", 1),
        "calybris.decisions_substituted": ("Sum", 1),
        "calybris.decisions_rejected": ("Sum", 2),
        "calybris.reservations_active": ("Gauge", 1),
        "calybris.tenants_total": ("Gauge", 1),
        "calybris.conservation_balanced": ("Gauge", 1),
        "calybris.wal_sequence": ("Gauge", 1),
    }
    assert {name.removeprefix("calybris.") for name in measured(reader)} == set(watched.metrics().to_dict())
    provider.shutdown()


def test_the_global_ones_are_used_when_asked_for(
    logger: logging.Logger, tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    monkeypatch.setattr(otel_trace, "get_tracer", tracing.provider.get_tracer)
    monkeypatch.setattr(otel_metrics, "get_meter", provider.get_meter)
    instrument(logger, tracer=True, meter=True).policy(POLICY).prescribe(REQUEST)
    (span,) = tracing.spans
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "calybris_ref"
    assert measured(reader)["calybris.decisions_total"] == ("Sum", 1)
    provider.shutdown()


def test_without_opentelemetry_everything_else_works(
    logger: logging.Logger, told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    everything(instrument(logger), tmp_path)
    assert len(told.records) >= 10
    with pytest.raises(ModuleNotFoundError, match="opentelemetry"):
        instrument(logger, tracer=True)
    with pytest.raises(ModuleNotFoundError, match="opentelemetry"):
        instrument(logger, meter=True)


def test_nothing_is_imported_unless_asked_for() -> None:
    code = (
        "import sys; from calybris_ref import WalWriter, PolicySnapshot; print('logging' in sys.modules);"
        "from calybris_ref.instrument import instrument; instrument();"
        "print(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["False", "False"]
