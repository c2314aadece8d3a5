"""Words for contracts, and the one way in which the specification checks things in order.

The words keep a condition on ONE path of the symbolic checker: `and`, `or`, `not` and `if` fork, `&`, `|` and `^` on
booleans do not, nor do `all([...])` and `any([...])` over lists. Rules that people read use the same words, so that a
theorem can look through them.

Every rule of the form "these checks, in this order, the first that fails decides" is a tuple of booleans handed to
`first`: the nine gates (GATE-3), the bounds of a policy (POLICY-1), of a request (INPUT-1), of a configuration
(CONFIG-2) and of an audit bundle (VERIFY-5).
"""

from __future__ import annotations

NONE = 0
"""What `first` answers when nothing is true."""


def implies(premise: bool, conclusion: bool) -> bool:
    """Whether the conclusion holds wherever the premise does."""
    return (premise ^ True) | conclusion


def no(statement: bool) -> bool:
    """Whether the statement is false."""
    return statement ^ True


def within(low: int, value: int, high: int) -> bool:
    """Whether low ≤ value ≤ high."""
    return (low <= value) & (value <= high)


def repeats(ids: tuple[str | int, ...]) -> tuple[bool, ...]:
    """Return for each id, of a model (POLICY-3) or of a tenant (LEDGER-11), whether it stood earlier in the list."""
    seen: set[str | int] = set()
    found = []
    for name in ids:
        found.append(name in seen)
        seen.add(name)
    return tuple(found)


def first(flags: tuple[bool, ...]) -> int:
    """Return the position of the first true flag, counted from 1, or NONE (pinned in theorems/logic.py)."""
    for position, flag in enumerate(flags, 1):
        if flag:
            return position
    return NONE
