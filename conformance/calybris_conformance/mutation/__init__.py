"""Mutation of the specification: would the contracts and theorems notice a rule that is wrong?

    records     which record an expression is, from the annotations
    operators   the small changes that make a rule wrong, one table
    mutants     every mutant of a module: what stands where, and what stands there instead
    graph       which conditions can notice a change of a definition, the nearest first
    worker      a process with the prover loaded; each mutant is judged in a fork of it
    judge       asks the workers, and the vectors about what they let pass
    results     what is known of each mutant, and for how long it stays true
    survivors   the list of mutants that no contract refutes, each with its reason
    page        docs/mutation.md

`python -m calybris_conformance.mutation run`. Contracts, theorems and docstrings are never changed.
"""
