"""How much is compared, and from which seed."""

import pytest


@pytest.fixture
def decisions(request: pytest.FixtureRequest) -> int:
    count: int = request.config.getoption("--decisions")
    return count


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    number: int = request.config.getoption("--seed")
    return number
