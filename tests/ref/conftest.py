"""Fixtures for what is told of an instrumented engine."""

import logging
from collections.abc import Iterator

import pytest

from calybris_ref import (
    Instrumentation,
)
from calybris_ref.instrument import instrument
from tests.support.observed import Told, Tracing


@pytest.fixture
def logger() -> logging.Logger:
    """A logger of its own, which lets everything through."""
    made = logging.Logger("test")
    made.setLevel(logging.DEBUG)
    return made


@pytest.fixture
def told(logger: logging.Logger) -> Told:
    handler = Told()
    logger.addHandler(handler)
    return handler


@pytest.fixture
def watched(logger: logging.Logger, told: Told) -> Instrumentation:
    return instrument(logger)


@pytest.fixture
def tracing() -> Iterator[Tracing]:
    made = Tracing()
    yield made
    made.provider.shutdown()
