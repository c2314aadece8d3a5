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

# Why a ratio above its limit stays there; the beginning of a job's name -> what its time is made of.
REASONS = {
    "one decision, 22 models, 2 eligible": (
        "it stands at its limit: below it in one run, above it in the next. What is left is some twenty operations of "
        "the interpreter for each candidate."
    ),
    "append a decision to a log, sync every 256": (
        "the 256 appends take as long as the wheel's or less; what is added is the disk, which differs from run to run "
        "by more than the two do."
    ),
    "compiled: one decision, 22 models, 2 eligible": (
        "most of it is not the decision: 13 fields of a request and 8 of a policy are read, and 13 of a decision are "
        "set, each through the slot of an ordinary Python class. Only classes that are compiled, too, would be faster, "
        "and their fields would no longer be told by their annotations."
    ),
    "verify a log": (
        "three parts alone take 0.77 of the wheel's time: SHA-256 by OpenSSL, the grammar of JSON by msgspec, and "
        "reading the file. The rest is a dozen small Python objects for each line. Two processes take two thirds of "
        "the wheel's time by the clock."
    ),
}


def limit_of(job: str) -> Limit | None:
    """The row of a job, or None."""
    return next((limit for limit in LIMITS if job.startswith(limit.job)), None)


def reason_of(job: str) -> str | None:
    """Why a job does not do what its limit wants, where that is known."""
    return next((reason for name, reason in REASONS.items() if job.startswith(name)), None)
