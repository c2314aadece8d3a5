"""Every mutant of the fast path dies of the vectors; the two paths do not hide each other's bugs."""

import pytest

from tests.mutants.fast import MUTANTS
from tests.mutants.mutation import Mutant, judge


def test_every_mutant_of_the_fast_path_applies_to_the_source_as_it_is() -> None:
    for mutant in MUTANTS:
        compile(mutant.source(), mutant.file, "exec")


def test_a_mutant_of_the_fast_path_dies_at_once() -> None:
    assert judge(MUTANTS[0], quick=True).killed


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.id for mutant in MUTANTS])
def test_a_mutant_of_the_fast_path_dies(mutant: Mutant) -> None:
    """Not always of a case with its flag: many of those ask for a trace, which the readable kernel gives."""
    assert judge(mutant, quick=True).killed or judge(mutant).killed
