"""The answer to a question: the specification gives it, and the reference must give the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from calybris_conformance.adapters.reference import ADAPTER as REFERENCE
from calybris_conformance.adapters.spec import ADAPTER as SPECIFICATION
from calybris_conformance.operations import Refused
from calybris_conformance.vectorgen.draft import wire
from calybris_conformance.vectorgen.preimage import preimage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.operations import Adapter

#: Requests of an `accumulate` that the specification decides; the reference alone decides the rest.
CHECKED_COUNT = 10_000


class GenerationError(Exception):
    """A vector cannot be made: the sources do not agree, or a frozen case would change."""


def ask(adapter: Adapter, op: str, given: Mapping[str, Any], input_: Mapping[str, Any]) -> dict[str, Any]:
    """What one implementation answers: `{"ok": …}` or `{"error": {"code", "at"}}`. Takes and returns wire values."""
    try:
        return {"ok": adapter.operations[op](given, input_)}
    except Refused as refusal:
        return {"error": {"code": refusal.code, "at": refusal.at}}


def answer(name: str, op: str, given: Mapping[str, Any], input_: Mapping[str, Any]) -> dict[str, Any]:
    """The expectation of the case `name`; raises GenerationError when the two implementations, or the bytes, differ."""
    compared = _first_requests(input_) if op == "accumulate" else input_
    right = ask(SPECIFICATION, op, given, compared)
    second = ask(REFERENCE, op, given, compared)
    if right != second:
        raise GenerationError(f"{name}: the specification answers {right}, the reference {second}.")
    if compared != input_:
        return ask(REFERENCE, op, given, input_)
    data = preimage(op, input_) if "ok" in right else None
    if data is None:
        return right
    if hashlib.sha256(data).hexdigest() != right["ok"]["digest_hex"]:
        raise GenerationError(f"{name}: the digest {right['ok']['digest_hex']} is not the one of its preimage.")
    return {**right, "preimage_hex": data.hex()}


def ok(op: str, given: Mapping[str, Any], input_: Mapping[str, Any]) -> dict[str, Any]:
    """The complete output for a question that is the raw material of another one, such as a decision to verify."""
    found = answer(f"raw material for a case ({op})", op, wire(given), wire(input_))
    if "ok" not in found:
        raise GenerationError(f"{op} refused its raw material: {found['error']}.")
    return dict(found["ok"])


def _first_requests(input_: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**input_, "count": str(min(int(input_["count"]), CHECKED_COUNT))}
