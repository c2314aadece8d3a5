"""How a flag is explained: written short for the tables of flags."""

from __future__ import annotations

from calybris_conformance.corpus import Note


def note(hunts: str, why: str, clauses: str) -> Note:
    """What the flagged cases hunt, why the mistake is made, and the clauses, space-separated, that it breaks."""
    return Note(hunts, why, tuple(clauses.split()))
