"""What counts as a kill, and how much is spent on finding one.

A condition kills a mutant when it is refuted, or when the rule raises for some input. That no input meets a condition's
preconditions any more kills nothing: the prover cannot tell it from a search that found none in time. Nor does a proof
that did not finish. A module that cannot be imported is an invalid mutant, not a killed one.
"""

from __future__ import annotations

from dataclasses import dataclass

from calybris_conformance.prove.verdicts import RAISES, REFUTED


@dataclass(frozen=True, slots=True)
class Budget:
    """CPU seconds for each condition, pass by pass, and for a mutant in all.

    First those conditions that killed most mutants of the same definition; then all of them briefly, because most
    mutants die young; then what has not finished by then. What is not reached before the money is spent stays open,
    and the result says so.
    """

    first: float = 3.0
    brief: float = 0.3
    full: float = 15.0
    total: float = 40.0


PATIENT = Budget(full=60.0, total=600.0)
"""For survivors about which proofs are open."""

FAVOURITES = 3
"""How many conditions are asked first."""
KILLS = (REFUTED, RAISES)
