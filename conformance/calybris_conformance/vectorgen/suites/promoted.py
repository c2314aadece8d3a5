"""Cases that campaigns found and that were kept, whatever their operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen import promoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Draft


def files() -> Iterator[Draft]:
    """What the list beside the generator holds."""
    return promoted.drafts()
