"""Every mutant dies, and dies of the vectors that were written against its bug.

`make test` asks the reference itself and a sample; `make mutants` asks everything.
"""

from collections import Counter

import pytest

from calybris_conformance import corpus
from tests.mutants.mutation import Mutant, judge
from tests.mutants.roster import MUTANTS

SAMPLE = ("gate-order-latency-before-quality", "quality-two-floors", "integer-through-double", "big-endian")

# What changes nothing that an answer could show.
UNCHANGED = Mutant(
    "unchanged",
    "calybris_ref/kernel.py",
    "cost = -(-input_tokens * input_rate // _RATE_TOKENS) - (-output_tokens * output_rate // _RATE_TOKENS)",
    "cost = (input_tokens * input_rate + _RATE_TOKENS - 1) // _RATE_TOKENS"
    " + (output_tokens * output_rate + _RATE_TOKENS - 1) // _RATE_TOKENS",
    "Nothing: it is another way to round up.",
    "COST_ROUNDING",
)


def assert_dies(mutant: Mutant, *, quick: bool) -> None:
    """The corpus refutes the mutant, and one of the cases that do was written against its bug."""
    verdict = judge(mutant, quick=quick)
    assert verdict.killed, f"{mutant.id} survives {verdict.asked} cases: {mutant.wrong}"
    others = sorted(verdict.killed)[:5]
    assert mutant.flag in verdict.flags, f"{mutant.id} dies of {others}, but of no case with {mutant.flag}"


def test_every_mutant_applies_to_the_source_as_it_is() -> None:
    for mutant in MUTANTS:
        assert mutant.old != mutant.new
        compile(mutant.source(), mutant.file, "exec")


def test_every_mutant_is_another_one() -> None:
    assert max(Counter(mutant.id for mutant in MUTANTS).values()) == 1
    assert max(Counter((mutant.file, mutant.old, mutant.new) for mutant in MUTANTS).values()) == 1
    for mutant in MUTANTS:
        assert mutant.wrong.endswith(".")


def test_every_flag_of_the_corpus_has_a_mutant() -> None:
    """The other half, that a mutant's flag is among those that kill it, is what each mutant is asked below."""
    assert {mutant.flag for mutant in MUTANTS} == set(corpus.load().notes)


def test_a_change_that_does_not_stand_in_the_source_is_an_error() -> None:
    gone = Mutant("gone", "calybris_ref/kernel.py", "no such text", "", "Nothing.", "GATE_ORDER")
    with pytest.raises(ValueError, match="stands 0 times"):
        gone.source()


def test_a_mutant_that_cannot_be_asked_is_an_error_and_not_dead() -> None:
    broken = Mutant("broken", "calybris_ref/kernel.py", "_DISABLED, _QUALITY", "(", "Syntax.", "GATE_ORDER")
    with pytest.raises(RuntimeError, match="SyntaxError"):
        judge(broken, quick=True)


def test_what_changes_nothing_survives_the_small_cases() -> None:
    verdict = judge(UNCHANGED, quick=True)
    assert verdict.asked > 1_000
    assert verdict.killed == {}


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_of_the_sample_dies(name: str) -> None:
    (mutant,) = (mutant for mutant in MUTANTS if mutant.id == name)
    assert_dies(mutant, quick=True)


@pytest.mark.slow
def test_what_changes_nothing_survives_every_case() -> None:
    verdict = judge(UNCHANGED)
    assert verdict.asked == len(corpus.load().cases)
    assert verdict.killed == {}


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.id for mutant in MUTANTS])
def test_a_mutant_dies(mutant: Mutant) -> None:
    assert_dies(mutant, quick=False)
