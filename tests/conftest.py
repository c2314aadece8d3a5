"""Options that the tests share."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("differential")
    group.addoption("--decisions", type=int, default=50_000, help="decisions that implementations are compared on")
    group.addoption("--seed", type=int, default=0, help="seed of the random policies and requests")
