"""The chain behind the log, with the hash as a parameter (LOG-2, LOG-4, LOG-8, LOG-11).

    genesis ─▶ H(genesis ‖ data₁) ─▶ H(hash₁ ‖ data₂) ─▶ …

Nothing here knows what a hash is. Wherever one is needed its value is an argument, `digest`: H of the entry's
`previous_hash` and `data`. Hashes and payloads are opaque: texts when a log is read, numbers in theorems/chain.py,
which assumes of H only that it is a function without collisions on the entries that a theorem speaks of.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from calybris_spec.codes import ACCEPTED, Refusal
from calybris_spec.integers import U64_MAX
from calybris_spec.logic import NONE, first

Hash = TypeVar("Hash")
Data = TypeVar("Data")

REFUSALS = (
    ACCEPTED,
    Refusal("LOG_SEQUENCE_UNEXPECTED", "sequence"),
    Refusal("LOG_CHAIN_BROKEN", "previous_hash"),
    Refusal("LOG_CHAIN_BROKEN", "entry_hash"),
)
SEQUENCE, LINK, DIGEST = 1, 2, 3

ANCHOR_REFUSALS = (
    ACCEPTED,
    Refusal("LOG_ANCHOR_MISMATCH", "anchor.sequence"),
    Refusal("LOG_ANCHOR_MISMATCH", "anchor.last_hash"),
    Refusal("LOG_ANCHOR_MISMATCH", "anchor.keyed"),
)


class Entry(NamedTuple, Generic[Hash, Data]):
    """One entry (LOG-1), in the order in which a writer prints it."""

    sequence: int
    previous_hash: Hash
    entry_hash: Hash
    data: Data


class Head(NamedTuple, Generic[Hash]):
    """Where a chain ends: the last sequence and the last hash; 0 and the word `genesis` before the first entry."""

    sequence: int
    last_hash: Hash


class Run(NamedTuple, Generic[Hash]):
    """A chain that is being read: the head after the last good entry, and the row of REFUSALS that stopped it."""

    head: Head[Hash]
    problem: int


def entry_problem(head: Head[Hash], entry: Entry[Hash, Data], digest: Hash) -> int:
    """Return the row of REFUSALS that applies first, 0 when the entry continues the chain (LOG-4)."""
    return first(
        (
            entry.sequence != head.sequence + 1,
            entry.previous_hash != head.last_hash,
            entry.entry_hash != digest,
        )
    )


def advance(run: Run[Hash], entry: Entry[Hash, Data], digest: Hash) -> Run[Hash]:
    """Return the chain after one more entry; behind the first bad entry nothing is looked at (LOG-4)."""
    if run.problem != NONE:
        return run
    problem = entry_problem(run.head, entry, digest)
    return Run(run.head, problem) if problem != NONE else Run(Head(entry.sequence, entry.entry_hash), NONE)


def is_exhausted(head: Head[Hash]) -> bool:
    """Whether no sequence is left for another entry (LOG-8)."""
    return head.sequence >= U64_MAX


def following(head: Head[Hash], data: Data, digest: Hash) -> Entry[Hash, Data]:
    """Return the entry that a writer appends: the next number, the last hash, and `digest`, H of it and the data."""
    return Entry(head.sequence + 1, head.last_hash, digest, data)


def anchor_problem(head: Head[Hash], keyed: bool, anchor: Head[Hash], anchor_keyed: bool) -> int:
    """Return the row of ANCHOR_REFUSALS that applies first, 0 when the chain ends at the anchor (LOG-11)."""
    return first(
        (
            head.sequence != anchor.sequence,
            head.last_hash != anchor.last_hash,
            keyed != anchor_keyed,
        )
    )
