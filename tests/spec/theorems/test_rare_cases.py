"""Theorems on the arguments that random ones seldom are: every branch that a theorem has is run."""

import pytest

from calybris_spec.integers import I64_MAX
from calybris_spec.ledger import Account
from calybris_spec.theorems import book, digest

MINE, OTHER = Account(100, 60, 30, 10), Account(9, 1, 5, 3)
FULL = Account(I64_MAX, I64_MAX - 5, 5, 0)


@pytest.mark.parametrize("operation", range(6))
def test_every_operation_on_a_book(operation: int) -> None:
    assert book.an_operation_on_one_tenant_leaves_the_other_alone(MINE, OTHER, operation, 7, 40)
    assert book.every_operation_keeps_a_book_whole(MINE, OTHER, operation, 7, 40)


@pytest.mark.parametrize(
    ("mine", "cost", "cap"),
    [
        (MINE, 0, 40),  # no cost
        (MINE, 61, 40),  # more than there is
        (MINE, 11, 40),  # more than the cap
        (MINE, 10, 40),  # just that
        (FULL, I64_MAX - 5, I64_MAX),  # all there is
        (MINE, I64_MAX, 0),  # no amount holds what would be held
    ],
)
def test_every_answer_to_a_reservation(mine: Account, cost: int, cap: int) -> None:
    assert book.a_refused_cost_shows_what_it_was_compared_with(mine, OTHER, cost, cap)


@pytest.mark.parametrize(("budget", "again"), [(-1, -1), (-1, 5), (5, -1), (5, 6)])
def test_every_pair_of_budgets(budget: int, again: int) -> None:
    assert book.a_tenant_is_created_once_and_with_all_its_budget(budget, again)


@pytest.mark.parametrize("last", [0, 47, 48, 57, 58, 65, 96, 97, 102, 103, 255])
def test_characters_around_the_digits(last: int) -> None:
    assert digest.sixty_four_characters_make_thirty_two_bytes(last)
