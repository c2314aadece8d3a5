"""Options that the tests share."""

import pytest
from hypothesis import settings

# A busy machine is no failure, and a test that passed passes again.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("differential")
    group.addoption("--decisions", type=int, default=50_000, help="decisions that implementations are compared on")
    group.addoption("--seed", type=int, default=0, help="seed of the random policies and requests")
