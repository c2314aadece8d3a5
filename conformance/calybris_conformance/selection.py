"""Which cases a run asks: the profiles, the filters, and what the port claims (docs/operations.md, "Profiles")."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from calybris_conformance.corpus import Case, Corpus

ECHO: Final = "echo"
ACCUMULATE: Final = "accumulate"
FULL: Final = "full"
PROFILES: Final[Mapping[str, frozenset[str]]] = {
    "core": frozenset(
        {
            "echo",
            "integer",
            "policy.validate",
            "input.validate",
            "decide",
            "trace",
            "utility",
            "digest.policy",
            "digest.input",
            "digest.decision",
            "hex.decode",
            "verify.decision",
            "verify.digest",
            "verify.bundle",
            "verify.canonical",
            "verify.certificate",
        }
    ),
    "ledger": frozenset(
        {
            "echo",
            "integer",
            "digest.ledger",
            "ledger.conservation",
            "ledger.restore",
            "budget.script",
            "budget.query",
            "budget.snapshot",
            "finance.prove",
            "finance.certify",
            "snapshot.save",
            "snapshot.load",
        }
    ),
    "log": frozenset(
        {
            "echo",
            "integer",
            "wal.append",
            "wal.append_parts",
            "wal.append_audited",
            "append.unverified",
            "wal.verify",
            "wal.replay",
            "replay.policies",
            "proof.seal",
            "proof.validate",
            "recovery.plan",
        }
    ),
}
"""The features of each profile; `full` is every feature that a vector asks for."""


class SelectionError(Exception):
    """A filter that names nothing; str() is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Cases must match one name of every filter that is set. `cases` are ids, in which `*` stands for anything.

    `subset`: the ids of a part of the vectors, such as the quick one; None is all of them.
    """

    profile: str | None = None
    suites: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    subset: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A case that is not asked, because the port does not claim these features."""

    case: Case
    missing: tuple[str, ...]


def profile_features(corpus: Corpus, profile: str) -> frozenset[str]:
    """Every feature that a port of this profile must claim. Raises SelectionError for an unknown profile."""
    if profile == FULL:
        return frozenset(feature for case in corpus.cases for feature in case.requires)
    if profile not in PROFILES:
        known = ", ".join(sorted((*PROFILES, FULL)))
        raise SelectionError(f"There is no profile {profile!r}; there are {known}.")
    return PROFILES[profile]


def nearest(name: str, names: Iterable[str]) -> str:
    """What to say to somebody who wrote a name that is none of these: the nearest one, or where they are listed."""
    import difflib  # only a mistake needs it

    found = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.75)
    return f"did you mean {found[0]!r}?" if found else "`calybris-ref vectors list` shows what there is."


def _no_such(kind: str, name: str, names: Collection[str]) -> str:
    if kind == "suite":
        return f"There is no suite {name!r} in these vectors; there are {', '.join(sorted(names))}."
    return f"There is no {kind} {name!r} in these vectors; {nearest(name, names)}"


def select(corpus: Corpus, filters: Filters) -> tuple[Case, ...]:
    """The cases that pass the filters: echo first, accumulate last, else in the corpus's order.

    Raises SelectionError for a name that no case has, and when the filters together leave nothing.
    """
    chosen: Iterable[Case] = corpus.cases
    if filters.subset is not None:
        chosen = [case for case in chosen if case.id in filters.subset]
    if filters.profile is not None:
        features = profile_features(corpus, filters.profile)
        chosen = [case for case in chosen if case.requires <= features]
    for kind, wanted, names in (
        ("suite", filters.suites, lambda case: (case.suite,)),
        ("case", filters.cases, lambda case: (case.id,)),
        ("flag", filters.flags, lambda case: case.flags),
        ("clause", filters.clauses, lambda case: case.clauses),
    ):
        for name in wanted:
            if not any(_matches(names(case), [name]) for case in corpus.cases):
                raise SelectionError(_no_such(kind, name, {one for case in corpus.cases for one in names(case)}))
        if wanted:
            chosen = [case for case in chosen if _matches(names(case), wanted)]
    # A wrong rule shows in a case that names it before it shows in a digest over ten thousand decisions.
    selected = tuple(sorted(chosen, key=lambda case: (case.op != ECHO, case.op == ACCUMULATE)))
    if not selected:
        raise SelectionError("The filters together leave no case.")
    return selected


def split(cases: Iterable[Case], features: Collection[str]) -> tuple[tuple[Case, ...], tuple[Skip, ...]]:
    """(what a port with these features is asked, what it is not)."""
    asked: list[Case] = []
    skipped: list[Skip] = []
    for case in cases:
        missing = tuple(sorted(case.requires - set(features)))
        if missing:
            skipped.append(Skip(case, missing))
        else:
            asked.append(case)
    return tuple(asked), tuple(skipped)


def shuffle(cases: Iterable[Case], seed: int) -> tuple[Case, ...]:
    """The cases in an order that depends on the seed and on nothing else."""
    return tuple(sorted(cases, key=lambda case: hashlib.sha256(f"{seed} {case.id}".encode()).digest()))


def _matches(names: Iterable[str], patterns: Collection[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
