"""docs/mutation.md, written from the results and the list of survivors."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from calybris_conformance.mutation import survivors
from calybris_conformance.mutation.operators import OPERATORS
from calybris_conformance.mutation.results import INVALID, KILLED, SURVIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from calybris_conformance.mutation.mutants import Mutant
    from calybris_conformance.mutation.results import Known
    from calybris_conformance.mutation.survivors import Entry

_OPENING = """\
# Mutation of the specification

Would the contracts and theorems notice a rule that is wrong? Every rule of the specification is made wrong in every
small way that a table of operators knows, one change at a time, and the proofs are asked. A mutant that no proof
refutes needs a reason. This page is generated; the figures are those of the results in the repository.

```sh
make spec-mutants                                           # ask about what is not known yet, then write this page
python -m calybris_conformance.mutation list --module cost  # every mutant of a module, and what is known of it
python -m calybris_conformance.mutation run --module cost   # judge the mutants of one module
```

## Figures

"""
_METHOD = """
## How it works

- **What is changed:** bodies of functions, tables, constants and records. Never contracts, theorems, docstrings,
  assertions and texts, and no function that only contracts use. What changes nothing by construction is not generated:
  the arguments of `min`, equal neighbours in a table.
- **Who is asked:** the conditions that rest on the changed definition, the nearest first. A caller of a function that
  is known by its contract does not rest on its body.
- **What kills:** a condition that is refuted, or a rule that raises for some input. A proof that did not finish kills
  nothing, nor does a precondition that no input was found for: it cannot be told from a search that was too short.
- **What is invalid:** a mutant that cannot be imported. It is counted apart.
- **What the vectors say:** each survivor answers the vectors without contracts. Where no vector sees it, it has to be
  equivalent, and the list says why.
- **For how long:** a kill is kept while the condition that killed and everything that it rests on stay the same; a
  survivor while nothing changed that could notice it. A test compares the results with the source.

The list of survivors is [`survivors.toml`](../spec/mutation/survivors.toml). A run fails on a survivor that is not on
it, on an entry whose mutant is killed by now, on an empty reason, on one that the vectors contradict, and when
contracts alone kill less than 95 % of the valid mutants. Why the tool is our own:
[decision 8](decisions/0008-own-mutator.md).

## Operators

"""
_MODULE_HEADER = ("module", "mutants", "killed by contracts", "by vectors", "equivalent", "invalid")
_OPERATOR_HEADER = ("operator", "change", "mutants", "killed by contracts")
_BY_VECTORS, _EQUIVALENT = "\n## What only vectors see\n\n", "\n## Equivalent\n\n"


def text(entries: Mapping[str, Entry], mutants: Sequence[Mutant], known: Mapping[str, Known]) -> str:
    """The page."""
    modules = {mutant.id: mutant.module for mutant in mutants}
    operators = {mutant.id: mutant.operator for mutant in mutants}
    killed, valid = survivors.tally(known.values())
    share = f"Contracts and theorems alone kill {killed:,} of {valid:,} valid mutants: {killed / max(valid, 1):.1%}.\n"
    by_operator = _counted(operators, entries, known)
    kinds = [
        [f"`{name}`", _sentence(operator.__doc__), *(_numbers(by_operator[name])[:2])]
        for name, operator in OPERATORS.items()
        if name in by_operator
    ]
    return "".join(
        [
            _OPENING,
            _table(_MODULE_HEADER, _figures(modules, entries, known)),
            f"\n{share}",
            _METHOD,
            _table(_OPERATOR_HEADER, kinds),
            _survivors(_BY_VECTORS, ("mutant", "change", "case"), survivors.BY_VECTORS, entries),
            _survivors(_EQUIVALENT, ("mutant", "change", "why nobody can see it"), survivors.EQUIVALENT, entries),
        ]
    )


def _figures(modules: Mapping[str, str], entries: Mapping[str, Entry], known: Mapping[str, Known]) -> list[list[str]]:
    counted = _counted(modules, entries, known)
    total = sum(counted.values(), Counter[str]())
    return [[f"`{name}`", *_numbers(found)] for name, found in counted.items()] + [["total", *_numbers(total)]]


def _counted(
    groups: Mapping[str, str], entries: Mapping[str, Entry], known: Mapping[str, Known]
) -> dict[str, Counter[str]]:
    """How many mutants of each group have which outcome; a survivor is equivalent, or left to the vectors."""
    counted = {group: Counter[str]() for group in dict.fromkeys(groups.values())}
    for name, group in groups.items():
        outcome = known[name].outcome
        entry = entries.get(name)
        if outcome == SURVIVED and entry and entry.is_equivalent:
            outcome = survivors.EQUIVALENT
        counted[group][outcome] += 1
    return counted


def _numbers(found: Counter[str]) -> list[str]:
    kinds = (KILLED, SURVIVED, survivors.EQUIVALENT, INVALID)
    return [f"{number:,}" for number in (found.total(), *(found[kind] for kind in kinds))]


def _survivors(heading: str, header: tuple[str, ...], kind: str, entries: Mapping[str, Entry]) -> str:
    found = [
        [f"`{name}`", _code(entry.change), entry.reason.removeprefix(kind)]
        for name, entry in sorted(entries.items())
        if entry.reason.startswith(kind)
    ]
    return heading + _table(header, found) if found else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _code(change: str) -> str:
    """A change as code in a cell of a table: a bar would end the cell."""
    return f"`{change}`".replace("|", "\\|")


def _sentence(docstring: str | None) -> str:
    return " ".join((docstring or "").split()).removesuffix(".")
