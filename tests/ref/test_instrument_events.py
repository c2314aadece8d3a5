"""How a call is told: levels, spans, errors; what never is; and that telling changes nothing."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.trace import StatusCode

from calybris_ref import (
    AuditFailed,
    BudgetEngine,
    Instrumentation,
    Released,
    Reserved,
    WalWriter,
    WidthError,
)
from calybris_ref.instrument import instrument
from tests.support import ledgers, records
from tests.support.observed import CANARY, DECISION, KEY, POLICY, REQUEST, Broken, Told, Tracing, everything


def test_what_is_raised_is_told_as_an_error_and_still_raised(
    watched: Instrumentation, told: Told, tmp_path: Path
) -> None:
    wrong = replace(DECISION, selected_model_id=2)
    with watched.log(WalWriter.open(tmp_path / "a.wal")) as log, pytest.raises(AuditFailed):
        log.append_verified_audited(POLICY, REQUEST, wrong)
    with pytest.raises(WidthError):
        watched.engine(BudgetEngine()).try_reserve("acme", 2**63)
    with pytest.raises(AttributeError):
        watched.policy(None).prescribe(REQUEST)  # type: ignore[arg-type]  # the mistake is the point
    assert [(fields["event"], fields["error"]) for fields in told.fields] == [
        ("append", "LOG_DECISION_NOT_REPLAYED"),
        ("reserve", "INTEGER_OUT_OF_RANGE"),
        ("prescribe", "AttributeError"),
    ]
    assert set(told.levels) == {"ERROR"}


def test_no_secret_is_told(logger: logging.Logger, told: Told, tracing: "Tracing", tmp_path: Path) -> None:
    everything(instrument(logger, tracer=tracing.tracer), tmp_path)
    text = "".join(str(vars(record)) + record.getMessage() for record in told.records)
    text += "".join(span.to_json() for span in tracing.spans)
    assert len(told.records) == len(tracing.spans) >= 10
    for secret in (CANARY, KEY.hex(), "987654321", "123456789", "111111111", "876543210"):
        assert secret not in text
    assert all(not span.events for span in tracing.spans)


def test_nothing_is_told_below_the_level_of_the_logger(
    watched: Instrumentation, logger: logging.Logger, told: Told
) -> None:
    logger.setLevel(logging.WARNING)
    watched.policy(POLICY).prescribe(REQUEST)
    watched.verify_decision(POLICY, REQUEST, replace(DECISION, selected_model_id=2))
    assert told.levels == ["WARNING"]
    assert watched.metrics().decisions_total == 1


def test_a_broken_logger_costs_no_reservation(logger: logging.Logger, told: Told) -> None:
    def broken(record: logging.LogRecord) -> bool:
        raise ZeroDivisionError

    logger.addFilter(broken)
    watched = instrument(logger)
    engine = watched.engine(ledgers.engine(a=10))
    outcome, reservation = engine.try_reserve("a", 4)
    assert outcome == Reserved(6)
    assert engine.release(reservation) == Released(10, 4)
    with pytest.raises(WidthError):
        engine.try_reserve("a", 2**63)
    assert (told.records, watched.events_lost) == ([], 3)


def test_a_broken_tracer_costs_no_reservation(logger: logging.Logger, told: Told) -> None:
    class Tracer:
        def start_span(self, *_: object, **__: object) -> None:
            raise ZeroDivisionError

    watched = instrument(logger, tracer=Tracer())  # type: ignore[arg-type]  # what it is not is the point
    assert watched.engine(ledgers.engine(a=10)).try_reserve("a", 4)[0] == Reserved(6)
    assert (len(told.records), watched.events_lost) == (1, 1)


def test_a_span_has_the_fields_of_the_event(
    logger: logging.Logger, told: Told, tracing: Tracing, tmp_path: Path
) -> None:
    watched = instrument(logger, tracer=tracing.tracer)
    with tracing.tracer.start_as_current_span("of the program") as parent:
        watched.policy(POLICY).prescribe(REQUEST)
        watched.engine(Broken()).verify_conservation()
    decided, checked, _ = tracing.spans
    assert [span.name for span in (decided, checked)] == ["calybris.prescribe", "calybris.conservation"]
    for span, fields in zip((decided, checked), told.fields, strict=True):
        assert span.attributes == {f"calybris.{name}": value for name, value in fields.items() if name != "event"}
        assert span.parent == parent.get_span_context()
        assert (span.start_time or 0) <= (span.end_time or 0)
    assert [span.status.status_code for span in (decided, checked)] == [StatusCode.UNSET, StatusCode.ERROR]


def test_a_number_that_no_exporter_writes_is_a_text(logger: logging.Logger, tracing: Tracing) -> None:
    watched = instrument(logger, tracer=tracing.tracer)
    for sequence in (2**63 - 1, 2**63, 2**64 - 1):
        watched.policy(POLICY).prescribe(records.request(request_sequence=sequence))
    found = [(span.attributes or {})["calybris.request_sequence"] for span in tracing.spans]
    assert found == [2**63 - 1, str(2**63), str(2**64 - 1)]


def test_spans_need_no_logger(logger: logging.Logger, told: Told, tracing: Tracing) -> None:
    logger.setLevel(logging.CRITICAL)
    instrument(logger, tracer=tracing.tracer).policy(POLICY).prescribe(REQUEST)
    assert (len(told.records), len(tracing.spans)) == (0, 1)
