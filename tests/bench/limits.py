"""What is wanted of each job: a ratio to the wheel that must hold, and one that would be better still.

A row stands for every job whose name begins with its own. A job without a row is measured and held to nothing.
"""

from typing import NamedTuple


class Limit(NamedTuple):
    """The most that a ratio may be."""

    job: str
    must: float
    stretch: float


LIMITS = (
    Limit("one decision, 22 models, 22 eligible", 35, 22),
    Limit("one decision, 22 models, 2 eligible", 22, 12),
    Limit("compiled: one decision, 22 models, 22 eligible", 6, 1.1),
    Limit("compiled: one decision, 22 models, 2 eligible", 3.5, 1.1),
    Limit("100,000 decisions from columns, all eligible, one thread", 0.75, 0.35),
    Limit("100,000 decisions from columns, all eligible, two threads", 0.5, 0.2),
    Limit("100,000 decisions from columns, mixed, one thread", 0.75, 0.35),
    Limit("100,000 decisions from columns, mixed, two threads", 0.5, 0.2),
    Limit("both digests of a record", 0.8, 0.4),
    Limit("verify a log", 0.9, 0.55),
    Limit("replay a log", 0.85, 0.5),
    Limit("append a decision to a log, no sync", 1.1, 0.75),
    Limit("append a decision to a log, sync every 256", 1.0, 0.75),
    Limit("reserve and commit, one thread", 1.5, 1.0),
    Limit("command line --version", 3, 2),
)


def limit_of(job: str) -> Limit | None:
    """The row of a job, or None."""
    return next((limit for limit in LIMITS if job.startswith(limit.job)), None)
