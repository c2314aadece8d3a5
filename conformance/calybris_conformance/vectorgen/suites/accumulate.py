"""Many decisions in one answer: 100, 10,000 and 1,000,000 of them (docs/accumulate.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.market import market

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEED = b"calybris"
_CLAUSES = "DECIDE-1 DECIDE-3 DECIDE-7 DECIDE-8 RANK-1 MONEY-6 DIGEST-5"


def files() -> Iterator[Draft]:
    """Small counts for a first check, 10,000 over three catalogs, and the million, which is slow, apart."""
    yield Draft(
        "accumulate",
        "decisions",
        "accumulate",
        "Up to 10,000 decisions in one digest",
        _CLAUSES,
        (*(_checkpoints(size, (0, 1, 2, 100, 10_000)) for size in (1, 3, 22)), _seeds()),
        timeout_seconds=300,
    )
    yield Draft(
        "accumulate",
        "million",
        "accumulate",
        "1,000,000 decisions in one digest",
        _CLAUSES,
        (_checkpoints(22, (1_000_000,)),),
        requires="accumulate.million",
        timeout_seconds=300,
    )


def _checkpoints(size: int, counts: tuple[int, ...]) -> Group:
    return Group(
        f"market-{size}",
        tuple(
            Question(
                f"count-{count}",
                f"{count:,} decisions over a catalog of {size}.",
                {"op": "decide", "seed_hex": _SEED.hex(), "count": count},
            )
            for count in counts
        ),
        {"policy": market(size)},
    )


def _seeds() -> Group:
    return Group(
        "seeds",
        tuple(
            Question(name, f"A seed of {len(seed)} bytes.", {"op": "decide", "seed_hex": seed.hex(), "count": 20})
            for name, seed in (
                ("empty", b""),
                ("one-byte", b"\0"),
                ("thirty-two-bytes", bytes(range(32))),
                ("two-hundred-bytes", bytes(range(200))),
                ("high-bytes", b"\xff" * 8),
            )
        ),
        {"policy": market(22)},
    )
