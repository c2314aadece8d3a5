"""What an adapter, asked directly, answers where the vectors expect something: the judge is lenient, tests are not."""

from collections.abc import Mapping
from typing import Any


def due(expect: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for this expectation: without the preimage, and with the steps of a script in `ok`."""
    if "steps" in expect:
        return {"ok": dict(expect)}
    return {key: value for key, value in expect.items() if key != "preimage_hex"}
